"""Reading a mail that came back: a delivery status notification (RFC 3464), and nothing else. Pure.

Whoever can write to the mailbox writes here, so this reads as little as it can: the header lines and the part with the
delivery status, both as plain lines. It follows no nesting, decodes no attachment and never looks at the mail that was
sent. What it returns is a verdict and one line of text.
"""

import re
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser

from core.logs import mask_links
from surveys.mail.headers import one_line
from surveys.mail.replies import Reply, Stage, Verdict, enhanced_code, judge

# Where a mail server writes to whom a mail was delivered: the address of the envelope, whatever a mail says of itself.
DELIVERED_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
LONGEST_HEADER = 2_000
LONGEST_TEXT = 300
# A report has three parts; somebody may have put one before.
MOST_PARTS = 8
MOST_PEOPLE = 50
# Characters that Python, and nobody else, takes for the end of a header line.
ODD_BREAKS = str.maketrans(dict.fromkeys("\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029", " "))
BLANK_LINE = re.compile(r"\n[ \t]*\n")
SMTP_REPLY = re.compile(r"\s*smtp\s*;\s*([245]\d\d)[ -]\s*(.*)", re.I | re.S)
ARRIVED = {"delivered", "relayed", "expanded"}


@dataclass(frozen=True)
class Failure:
    """A mail was given up for good. `text` is one line of what the server said."""

    blames_address: bool
    text: str


@dataclass(frozen=True)
class ReturnedMail:
    """`delivered_to` is the text of the headers that name the envelope's recipient; `failure` may be None."""

    delivered_to: str
    failure: Failure | None


def read(content):
    """A ReturnedMail from the bytes of any mail, cut off or not."""
    text = content.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").translate(ODD_BREAKS)
    head, _, body = text.partition("\n\n")
    headers = HeaderParser().parsestr(head)
    delivered_to = [_short(value) for name in DELIVERED_TO for value in headers.get_all(name, [])]
    return ReturnedMail("\n".join(delivered_to), _failure(_people(headers, body)))


def _short(value):
    return str(value)[:LONGEST_HEADER]


def _people(headers, body):
    """The blocks about recipients in the delivery status: those of its blocks that have an Action."""
    kind = _content_type(headers)
    report_type = str(kind.get_param("report-type", "")).lower()
    if kind.get_content_type() != "multipart/report" or report_type != "delivery-status":
        return []
    boundary = kind.get_boundary()
    for part in _parts(body, boundary) if boundary else []:
        head, _, status = part.partition("\n\n")
        if _content_type(HeaderParser().parsestr(head)).get_content_type() == "message/delivery-status":
            blocks = (HeaderParser().parsestr(block.strip("\n")) for block in BLANK_LINE.split(status, 2 * MOST_PEOPLE))
            return [block for block in blocks if "Action" in block][:MOST_PEOPLE]
    return []


def _content_type(headers):
    """A message with nothing but the Content-Type, of bounded length: the library takes a hostile one very slowly."""
    found = Message()
    found["Content-Type"] = one_line(_short(headers.get("Content-Type", "")))
    return found


def _parts(body, boundary):
    """The first parts between the lines of the boundary, one level deep."""
    line = re.compile(rf"(?m)^--{re.escape(boundary)}(?:--)?[ \t]*\n?")
    return line.split(body, MOST_PARTS)[1:]


def _failure(people):
    """The Failure, or None where nobody was given up, or where somebody got the mail."""
    actions = [_word(person["Action"]) for person in people]
    failed = [person for person, action in zip(people, actions, strict=True) if action == "failed"]
    if not failed or ARRIVED & set(actions):
        return None
    return Failure(all(_blames_address(person) for person in failed), _text(failed[0]))


def _word(value):
    return (_short(value).split() or [""])[0].lower()


def _blames_address(person):
    """Whether every code that is given blames the address, by the rule for refusals at the door."""
    codes = [_short(person.get("Status", "")).strip()]
    if reply := SMTP_REPLY.match(_short(person.get("Diagnostic-Code", ""))):
        codes.append(reply[2])
    told = [enhanced for enhanced in map(enhanced_code, codes) if enhanced[1:] not in (("", ""), ("0", "0"))]
    return bool(told) and all(_verdict(*enhanced) is Verdict.BOUNCED for enhanced in told)


def _verdict(kind, subject, detail):
    return judge(Reply(Stage.RECIPIENT, int(kind) * 100 + 50, f"{kind}.{subject}.{detail}"))


def _text(person):
    """The status and what the server said, as one line without marks, links or control characters."""
    status = ".".join(enhanced_code(_short(person.get("Status", ""))))
    said = _short(person.get("Diagnostic-Code", ""))
    reply = SMTP_REPLY.match(said)
    words = f"{reply[1]} {reply[2]}" if reply else f"{status.strip('.')} {said}"
    return mask_links(one_line(words))[:LONGEST_TEXT] or "It was returned without a reason."
