"""What an SMTP reply means for the mail, for the address and for the round. Pure."""

import re
from dataclasses import dataclass
from enum import Enum

ENHANCED = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})\b")
# 5.1.7 and 5.1.8 are about the sender's address, which is ours.
ABOUT_THE_SENDER = {("1", "7"), ("1", "8")}


class Stage(Enum):
    CONNECT = "connecting"
    SIGN_IN = "signing in"
    SENDER = "MAIL FROM"
    RECIPIENT = "RCPT TO"
    CONTENT = "DATA"
    HANDED_OVER = "the final dot"


class Verdict(Enum):
    SENT = "sent"
    LATER = "later"  # certainly not sent; try again
    BOUNCED = "bounced"  # the address is wrong
    REFUSED = "refused"  # refused for good, but nothing says that the address is wrong
    PAUSE = "pause"  # something is wrong with us, not with this mail
    UNCERTAIN = "uncertain"  # handed over, never answered


@dataclass(frozen=True)
class Reply:
    """`code` 0 means that no reply came: the connection was lost or never made."""

    stage: Stage
    code: int
    text: str = ""

    @property
    def is_about_opening(self):
        """No connection was to be had: the mail has nothing to do with it."""
        return self.stage in (Stage.CONNECT, Stage.SIGN_IN)

    def __str__(self):
        words = " ".join(f"{self.code or ''} {self.text}".split())
        return words[:400] or "The connection was lost."


def judge(reply):
    """The verdict on one mail. A permanent refusal counts against the address only when its code says so."""
    if reply.code == 0:
        return Verdict.UNCERTAIN if reply.stage is Stage.HANDED_OVER else Verdict.LATER
    if 200 <= reply.code < 300 and reply.stage is Stage.HANDED_OVER:
        return Verdict.SENT
    if 500 <= reply.code < 600:
        return _permanent(reply)
    return Verdict.LATER


def _permanent(reply):
    _class, subject, detail = enhanced_code(reply.text)
    if reply.stage is not Stage.RECIPIENT or subject == "7" or (subject, detail) in ABOUT_THE_SENDER:
        return Verdict.PAUSE
    if subject == "1" or (subject, detail) == ("2", "1"):
        return Verdict.BOUNCED
    return Verdict.REFUSED


def enhanced_code(text):
    """The three numbers of an enhanced status code (RFC 3463) as text, or three empty strings."""
    found = ENHANCED.match(text)
    return found.groups() if found else ("", "", "")
