"""One kept connection to whatever takes our mails: an SMTP server, the local outbox, or any Django mail backend.

A mail is handed over in two steps. `offer` goes as far as the server's "go ahead" (354); `deliver` sends the text and the
final dot. Before that dot the mail is certainly not sent, after the reply it certainly is.
"""

import contextlib
import email
import smtplib
import ssl
from email.policy import default as modern
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from core import outbox
from surveys.mail.message import on_the_wire
from surveys.mail.replies import Reply, Stage

SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
OUTBOX_BACKEND = "core.outbox.EmailBackend"
GO_AHEAD = 354
OK = Reply(Stage.HANDED_OVER, 250, "2.0.0 kept")
LOST = (smtplib.SMTPServerDisconnected, OSError)


def connect():
    """A new connection of the kind that EMAIL_URL names, not yet open."""
    kinds = {SMTP_BACKEND: SmtpConnection, OUTBOX_BACKEND: OutboxConnection}
    return kinds.get(settings.EMAIL_BACKEND, BackendConnection)()


class SmtpConnection:
    """smtplib, with each stage's reply told apart. Never raises for what a server or a network may do."""

    def __init__(self):
        self.smtp = None

    def open(self):
        """Connect, encrypt and sign in. None when all is well, else the reply that stood in the way."""
        stage = Stage.CONNECT
        try:
            self.smtp = self._connected()
            self.smtp.ehlo_or_helo_if_needed()
            if settings.EMAIL_USE_TLS:
                self.smtp.starttls(context=ssl.create_default_context())
                self.smtp.ehlo()
            stage = Stage.SIGN_IN
            if settings.EMAIL_HOST_USER:
                self.smtp.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self.close()
            return _trouble(stage, error)
        return None

    def offer(self, sender, recipient):
        """MAIL FROM, RCPT TO, DATA. None when the server waits for the text, else its refusal."""
        for stage, command in (
            (Stage.SENDER, f"MAIL FROM:<{sender}>"),
            (Stage.RECIPIENT, f"RCPT TO:<{recipient}>"),
            (Stage.CONTENT, "DATA"),
        ):
            reply = self._asked(stage, command)
            if reply.code != GO_AHEAD and (stage is Stage.CONTENT or not 200 <= reply.code < 300):
                self._begin_again(reply)
                return reply
        return None

    def deliver(self, content):
        """The text and the final dot. A failure while sending leaves out the dot; one while waiting is uncertain."""
        stage = Stage.CONTENT
        try:
            self.smtp.send(on_the_wire(content))
            stage = Stage.HANDED_OVER
            reply = Reply(stage, *_read(self.smtp))
        except LOST as error:
            self.close()
            return Reply(stage, 0, str(error))
        if reply.code == 421:
            self.close()
        return reply

    def probe_sender(self, sender):
        """MAIL FROM and RSET: would this sender be accepted? None if so, else the refusal. Nothing is sent."""
        reply = self._asked(Stage.SENDER, f"MAIL FROM:<{sender}>")
        self._begin_again(reply)
        return None if 200 <= reply.code < 300 else reply

    def close(self):
        """Drop the connection at once; a mail whose final dot was not sent is thus not sent."""
        if self.smtp is not None:
            self.smtp.close()
            self.smtp = None

    def leave(self):
        """Say goodbye and close."""
        if self.smtp is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self.smtp.docmd("QUIT")
            self.close()

    @property
    def is_open(self):
        return self.smtp is not None

    def _connected(self):
        kind = smtplib.SMTP_SSL if settings.EMAIL_USE_SSL else smtplib.SMTP
        extra = {"context": ssl.create_default_context()} if settings.EMAIL_USE_SSL else {}
        name = urlsplit(settings.BASE_URL).hostname or "localhost"
        return kind(
            settings.EMAIL_HOST, settings.EMAIL_PORT, local_hostname=name, timeout=settings.EMAIL_TIMEOUT, **extra
        )

    def _asked(self, stage, command):
        try:
            self.smtp.putcmd(command)
            return Reply(stage, *_read(self.smtp))
        except LOST as error:
            self.close()
            return Reply(stage, 0, str(error))

    def _begin_again(self, reply):
        if self.smtp is not None and (reply.code == 421 or self._asked(reply.stage, "RSET").code != 250):
            self.close()


class OutboxConnection:
    """Each mail becomes a file that /outbox/ shows. Nothing is ever refused."""

    is_open = False

    def open(self):
        self.is_open = True

    def offer(self, sender, recipient):
        return None

    def deliver(self, content):
        outbox.keep(content)
        return OK

    def close(self):
        self.is_open = False

    leave = close


class BackendConnection(OutboxConnection):
    """Any other Django mail backend, the one that keeps mails in memory during tests among them."""

    def open(self):
        self.backend = get_connection()
        self.is_open = True

    def offer(self, sender, recipient):
        self.sender, self.recipient = sender, recipient

    def deliver(self, content):
        self.backend.send_messages([_django_message(content, self.sender, self.recipient)])
        return OK


def _django_message(content, sender, recipient):
    parsed = email.message_from_bytes(content, policy=modern)
    own = {"To", "From", "Subject", "Reply-To", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"}
    return EmailMessage(
        subject=parsed["Subject"],
        body=parsed.get_content(),
        from_email=parsed["From"],
        to=[recipient],
        reply_to=[parsed["Reply-To"]],
        headers={name: str(value) for name, value in parsed.items() if name not in own},
    )


def _read(smtp):
    code, text = smtp.getreply()
    return code, text.decode("utf-8", "replace")


def _trouble(stage, error):
    """The reply behind an exception of smtplib; a wrong certificate or a missing STARTTLS is for people to mend."""
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return Reply(stage, error.smtp_code, text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text))
    hopeless = (ssl.SSLCertVerificationError, smtplib.SMTPNotSupportedError, ValueError)
    if isinstance(error, hopeless) or type(error) is smtplib.SMTPException:
        return Reply(stage, 554, str(error))
    return Reply(stage, 0, str(error))
