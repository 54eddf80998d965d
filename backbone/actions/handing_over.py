"""Handing one mail to the mail server, with its reply told apart: what certainly left, what certainly did not, and what nobody knows."""

from email.utils import parseaddr

from django.conf import settings

from surveys.mail.headers import AddressUnusable, wire_address
from surveys.mail.replies import Reply, Stage


def hand_over(*, connection, message, address):
    """The last Reply of the server to an EmailMessage for `address`."""
    try:
        sender, recipient = wire_address(parseaddr(settings.DEFAULT_FROM_EMAIL)[1]), wire_address(address)
    except AddressUnusable as error:
        return Reply(Stage.RECIPIENT, 553, f"5.1.3 {error}")
    return connection.offer(sender, recipient) or connection.deliver(message.message().as_bytes(linesep="\r\n"))
