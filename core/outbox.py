"""The local outbox: each mail becomes a file in OUTBOX_DIR, which /outbox/ shows. Only for development and the demo."""

import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend


@dataclass(frozen=True)
class Mail:
    """A mail as the pages show it. `name` is its file's, `text` its plain part (empty in the list)."""

    name: str
    kept_at: datetime
    sender: str
    to: str
    subject: str
    text: str = ""
    reply_to: str = ""


def keep(content: bytes) -> Path:
    """Write one mail, in its final form, so that a reader never sees half of it."""
    folder = Path(settings.OUTBOX_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{time.time_ns()}-{uuid.uuid4().hex[:8]}.eml"
    draft = path.with_suffix(".part")
    draft.write_bytes(content)
    return draft.rename(path)


def names() -> list[str]:
    """The names of all mails, the newest first."""
    return sorted((path.stem for path in Path(settings.OUTBOX_DIR).glob("*.eml")), reverse=True)


def read(name: str) -> Mail:
    """The mail called `name`, which must be one of `names()`."""
    message = message_from_bytes((Path(settings.OUTBOX_DIR) / f"{name}.eml").read_bytes(), policy=policy.default)
    kept_at = datetime.fromtimestamp(int(name.partition("-")[0]) / 1e9, tz=UTC)
    headers = (str(message[key] or "") for key in ("From", "To", "Subject"))
    return Mail(name, kept_at, *headers, text_of(message), str(message["Reply-To"] or ""))


def text_of(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain",))
    return part.get_content() if part else ""


class EmailBackend(BaseEmailBackend):
    def send_messages(self, email_messages):
        for message in email_messages:
            keep(message.message().as_bytes(linesep="\r\n"))
        return len(email_messages)
