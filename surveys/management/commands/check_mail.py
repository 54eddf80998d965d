"""Tests the mail server from here, and says what the sender's domain needs so that mails arrive."""

from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from surveys.mail.headers import AddressUnusable, wire_address
from surveys.mail.inbox import Inbox, InboxUnavailable
from surveys.mail.return_path import return_path
from surveys.mail.transport import SMTP_BACKEND, SmtpConnection

RECORDS = """
What the domain {domain} needs in its DNS (nothing was looked up from here):

SPF    One TXT record at {domain} that names whoever sends for it, for example
         v=spf1 include:YOUR-PROVIDER -all
       or, for a server of your own,
         v=spf1 ip4:ADDRESS-OF-YOUR-SERVER -all
       There must be only one; add to it when there is one already.
DKIM   The mail server {server} must sign what it sends with a key of {domain}. Your provider names a selector and
       the record to add at SELECTOR._domainkey.{domain}.
DMARC  A TXT record at _dmarc.{domain}. Begin with
         v=DMARC1; p=none; rua=mailto:SOMEBODY@{domain}
       and go on to p=quarantine once the reports show that your own mails pass.

Each mail carries List-Unsubscribe with one-click (RFC 8058). For that to count, DKIM must sign those two headers, and
{base_url} must be reachable by https.
"""


RETURN_MX = """
Mails come back to {address}, with "+" and a signature before the @: they must reach the mailbox that BOUNCE_MAILBOX
names. Receivers look up SPF at {domain}, the domain of that address.
"""
OTHER_DOMAIN = """
It is not the domain of the sender, so the SPF record above belongs at {domain}; and SPF counts for DMARC only where
{domain} and {sender_domain} belong to one organisation (as example.org and bounces.example.org do).
Otherwise only DKIM with a key of {sender_domain} makes a mail pass.
"""


class Command(BaseCommand):
    help = (
        "Tests connection, sign-in and sender of the mail server and the mailbox of returned mails, sending nothing, and "
        "says what SPF, DKIM and DMARC need."
    )

    def handle(self, *args, **options):
        sender = self._sender()
        if settings.EMAIL_BACKEND == SMTP_BACKEND:
            self._check_server([sender, return_path(0)] if settings.RETURN_PATH else [sender])
        else:
            print(f"Mails do not leave: EMAIL_URL is {settings.EMAIL_URL!r}. Set it to smtp://… to send for real.")
        domain = sender.rpartition("@")[2]
        print(RECORDS.format(domain=domain, server=settings.EMAIL_HOST, base_url=settings.BASE_URL))
        self._check_return_path(domain)
        if urlsplit(settings.BASE_URL).scheme != "https":
            print(
                "BASE_URL does not begin with https://: links in mails will look unsafe, and one-click will not work."
            )

    def _sender(self):
        address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        try:
            return wire_address(address)
        except AddressUnusable as error:
            raise CommandError(
                f"DEFAULT_FROM_EMAIL ({settings.DEFAULT_FROM_EMAIL!r}) holds no usable address. Set it to, for example, "
                '"Our initiative <mail@our-initiative.org>".'
            ) from error

    def _check_server(self, senders):
        where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
        connection = SmtpConnection()
        trouble = connection.open()
        if trouble is not None:
            raise CommandError(
                f"The mail server {where} failed us while {trouble.stage.value}: {trouble} Check EMAIL_URL: host, port, "
                "user, password, and smtp+tls:// (port 587) or smtp+ssl:// (port 465) where the server wants encryption."
            )
        print(f"ok  Connected to {where}" + (", encrypted." if self._is_encrypted() else ", NOT encrypted."))
        print(f"ok  Signed in as {settings.EMAIL_HOST_USER}." if settings.EMAIL_HOST_USER else "--  No sign-in is set.")
        refusals = {sender: connection.probe_sender(sender) for sender in senders}
        connection.leave()
        for sender, refusal in refusals.items():
            if refusal is not None:
                setting = "DEFAULT_FROM_EMAIL" if sender == senders[0] else "RETURN_PATH"
                raise CommandError(
                    f"The mail server does not accept {sender} as sender: {refusal} Set {setting} to an address that "
                    "this account may send from."
                )
            print(f"ok  {sender} may send.")

    def _check_return_path(self, sender_domain):
        address, place = settings.RETURN_PATH, settings.BOUNCE_MAILBOX
        if not address:
            unread = " BOUNCE_MAILBOX is not read without it." if place else ""
            print(f"--  RETURN_PATH is not set: a mail that is taken and comes back later is not noticed.{unread}")
            return
        domain = address.partition("@")[2]
        text = RETURN_MX if domain == sender_domain.lower() else RETURN_MX.rstrip() + OTHER_DOMAIN
        print(text.format(address=address, domain=domain, sender_domain=sender_domain))
        if not place:
            print("--  BOUNCE_MAILBOX is not set: mails come back to the return path, and nobody reads them.")
            return
        try:
            with Inbox(place) as inbox:
                print(f"ok  Signed in to the mailbox {inbox.place}; it holds {inbox.count} mails.")
        except InboxUnavailable as trouble:
            raise CommandError(f"{trouble} Check BOUNCE_MAILBOX: host, user, password and folder.") from trouble

    def _is_encrypted(self):
        return settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL
