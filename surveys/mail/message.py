"""A mail is compiled once per text and language; per recipient only names and links are put in and the text is encoded."""

import binascii
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache

from surveys.mail.headers import mailbox, one_line, unstructured, wire_address
from surveys.merge import render

# What differs from recipient to recipient; every other field is filled in when the mail is compiled.
PERSONAL_FIELDS = ("name", "first_name", "organisation", "link", "unsubscribe_link")
# Characters of the private use area mark the places; texts and values are cleaned of them.
OPENING, CLOSING = "\ue000", "\ue001"
PLACE = re.compile(f"{OPENING}([a-z_]+){CLOSING}")
LINE_BREAK = re.compile(r"\r\n|\r|\n")
DOT_AT_START = re.compile(rb"(?m)^\.")


@dataclass(frozen=True)
class Recipient:
    """`fields` holds a value for each of PERSONAL_FIELDS; `message_id` is given without the angle brackets."""

    address: str
    name: str
    message_id: str
    fields: dict[str, str] = field(repr=False)


@dataclass(frozen=True)
class Envelope:
    """What all mails of a round share: the sender's name, our own address, and where answers go."""

    sender_name: str
    sender_address: str
    reply_to: str


class CompiledMessage:
    """One text in one language, ready to be merged. `fields` are the values that are equal for everybody."""

    def __init__(self, *, subject, body, fields, envelope):
        fixed = {name: _without_marks(value) for name, value in fields.items()}
        places = {name: f"{OPENING}{name}{CLOSING}" for name in PERSONAL_FIELDS}
        self._subject = _pieces(render(_without_marks(subject), fixed | places))
        self._body = _pieces(LINE_BREAK.sub("\r\n", render(_without_marks(body), fixed | places).rstrip()) + "\r\n")
        self._head = _fixed_head(envelope)

    def subject_for(self, recipient):
        return one_line(_merged(self._subject, recipient.fields))

    def text_for(self, recipient):
        return _merged(self._body, recipient.fields)

    def merge(self, recipient):
        """The whole mail as bytes with CRLF line ends, seven-bit. AddressUnusable when it cannot be addressed."""
        head = (
            f"To: {mailbox(recipient.name, recipient.address)}\r\n"
            f"Subject: {unstructured(self.subject_for(recipient))}\r\n"
            f"Date: {_date(int(time.time()))}\r\n"
            f"Message-ID: <{recipient.message_id}>\r\n"
            f"List-Unsubscribe: <{recipient.fields['unsubscribe_link']}>\r\n"
        )
        text = self.text_for(recipient).encode("utf-8", "replace")
        return self._head + head.encode() + b"\r\n" + binascii.b2a_qp(text, istext=True)


def on_the_wire(content):
    """The bytes that follow DATA: leading dots doubled, and the final dot that hands the mail over."""
    return DOT_AT_START.sub(b"..", content) + b".\r\n"


def _fixed_head(envelope):
    sender = mailbox(envelope.sender_name, envelope.sender_address)
    return (
        f"From: {sender}\r\n"
        f"Reply-To: {wire_address(envelope.reply_to)}\r\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        "Auto-Submitted: auto-generated\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n"
    ).encode()


@lru_cache(maxsize=1)
def _date(second):
    return format_datetime(datetime.fromtimestamp(second, UTC))


def _without_marks(value):
    return str(value).replace(OPENING, "").replace(CLOSING, "")


def _pieces(text):
    """Text and field names in turn: [text, name, text, …]."""
    return PLACE.split(text)


def _merged(pieces, fields):
    merged = pieces.copy()
    merged[1::2] = [one_line(fields[name]) for name in pieces[1::2]]
    return "".join(merged)
