"""The mailbox that returned mails are delivered to, over IMAP. What was read is marked there, so that nobody reads it twice.

The mark is "answered", not "seen": a person who looks into the mailbox does not hide a mail from us.
"""

import imaplib
import ssl
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from surveys.mail.headers import one_line

SECONDS = 20
# A report stands before the mail it is about, so the beginning is enough.
MOST_BYTES = 128 * 1024
# Messages looked through in one command: its answer stays far below the million bytes that imaplib takes.
WINDOW = 5_000
PORTS = {"imaps": 993, "imap+tls": 143, "imap": 143}
LOOPBACK = ("localhost", "127.0.0.1", "::1")
TROUBLE = (imaplib.IMAP4.error, OSError, ValueError, EOFError)


class InboxUnavailable(Exception):
    """The mailbox cannot be read; a whole sentence that names it, without the password."""


@dataclass(frozen=True)
class Place:
    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str

    def __str__(self):
        return f"{self.folder} of {self.user} at {self.host}:{self.port}"


def place_of(url):
    """The Place that BOUNCE_MAILBOX names."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        words = [unquote(word or "") for word in (parts.username, parts.password, parts.path.strip("/") or "INBOX")]
    except (KeyError, ValueError):
        host, words = "", []
    if not host or not all(word and word.isascii() and word.isprintable() for word in words):
        raise InboxUnavailable(
            "BOUNCE_MAILBOX is no address of a mailbox. Write imaps://user:password@host/INBOX, with special characters "
            "percent-encoded."
        )
    if parts.scheme == "imap" and host not in LOOPBACK:
        raise InboxUnavailable(
            f"BOUNCE_MAILBOX would send its password to {host} unencrypted. Write imaps:// or imap+tls:// instead of imap://."
        )
    return Place(parts.scheme, host, port, *words)


class Inbox:
    """Use as a context; raises InboxUnavailable for whatever a server or a network may do."""

    def __init__(self, url):
        self.place = place_of(url)

    def __enter__(self):
        self.connection = None
        try:
            with self._trouble_told():
                self.connection = self._connected()
                self.connection.login(self.place.user, self.place.password)
                self.count = int(_ok(self.connection.select(_quoted(self.place.folder)))[0])
        except InboxUnavailable:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error):
        if self.connection is not None:
            for farewell in (self.connection.logout, self.connection.shutdown):
                with suppress(*TROUBLE):
                    farewell()

    def unread(self, limit):
        """The numbers (UIDs) of at most `limit` mails that were not marked yet, oldest first."""
        found = []
        with self._trouble_told():
            for first in range(1, self.count + 1, WINDOW):
                window = f"{first}:{min(first + WINDOW - 1, self.count)}"
                (uids, *_more) = _ok(self.connection.uid("SEARCH", window, "UNANSWERED", "UNDELETED"))
                found += [uid.decode() for uid in (uids or b"").split() if uid.isdigit()]
                if len(found) >= limit:
                    break
        return found[:limit]

    def content(self, uid):
        """The first MOST_BYTES of a mail; empty when it is gone or the server cannot read it: the ones behind it wait."""
        with self._trouble_told():
            _kind, answer = self.connection.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
        return next((part[1][:MOST_BYTES] for part in answer if isinstance(part, tuple)), b"")

    def mark_as_read(self, uid):
        with self._trouble_told():
            _ok(self.connection.uid("STORE", uid, "+FLAGS.SILENT", r"(\Answered \Seen)"))

    def _connected(self):
        place, trusted = self.place, ssl.create_default_context()
        if place.scheme == "imaps":
            return imaplib.IMAP4_SSL(place.host, place.port, ssl_context=trusted, timeout=SECONDS)
        connection = imaplib.IMAP4(place.host, place.port, timeout=SECONDS)
        if place.scheme == "imap+tls":
            try:
                connection.starttls(ssl_context=trusted)
            except BaseException:
                connection.shutdown()
                raise
        return connection

    @contextmanager
    def _trouble_told(self):
        try:
            yield
        except TROUBLE as error:
            raise InboxUnavailable(f"The mailbox {self.place} cannot be read: {_words_of(error)}.") from error


def _ok(answer):
    kind, data = answer
    if kind != "OK":
        raise imaplib.IMAP4.error(data[-1])
    return data


def _words_of(error):
    """What a server said, or the library; imaplib hands on some of it as bytes."""
    said = error.args[0] if len(error.args) == 1 else str(error)
    said = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return one_line(said).rstrip(".")[:300] or type(error).__name__


def _quoted(folder):
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
