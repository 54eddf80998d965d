"""Header values of a mail, written so that no name, title or address can add a line of its own."""

import base64
import re

PLAIN = re.compile(r"[ -~]*", re.ASCII)
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?", re.ASCII)
# A header line holds 78 characters; an encoded word 75, twelve of which are its frame.
LONGEST_PLAIN = 60
BYTES_PER_WORD = 45


class AddressUnusable(ValueError):
    """An address that cannot be written in an SMTP command."""


def one_line(text):
    """The text with every control character, line break and invisible mark turned into a blank."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(text.split())


def unstructured(text):
    """The value of a header such as Subject (RFC 2047 where it is not plain or too long for a line)."""
    text = one_line(text)
    return text if _is_plain(text) else _encoded_words(text)


def mailbox(name, address):
    """`"Name" <address>` for From, To and Reply-To."""
    name, address = one_line(name), wire_address(address)
    if not name:
        return address
    if _is_plain(name):
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{address}>'
    return f"{_encoded_words(name)}\r\n <{address}>"


def wire_address(address):
    """The address as SMTP takes it, an international domain in its ASCII form; AddressUnusable if there is none."""
    local, _, domain = address.strip().rpartition("@")
    try:
        found = f"{local}@{domain if domain.isascii() else domain.encode('idna').decode()}"
    except UnicodeError:
        found = ""
    if len(found) > 254 or not ADDRESS.fullmatch(found):
        raise AddressUnusable("This address cannot be written in a mail.")
    return found


def _is_plain(text):
    return len(text) <= LONGEST_PLAIN and "=?" not in text and PLAIN.fullmatch(text) is not None


def _encoded_words(text):
    """Base64 words of whole characters, one per line."""
    words, piece = [], b""
    for character in text:
        encoded = character.encode("utf-8", "replace")
        if len(piece) + len(encoded) > BYTES_PER_WORD:
            words.append(piece)
            piece = b""
        piece += encoded
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in [*words, piece])
