"""Mails that came back: the mailbox is read, and a report marks the one mailing that its sealed return path names.

A report is a claim by whoever could write to the mailbox. The seal says which mail came back; the report says only
whether its address is wrong, and never names a person. First the books are written, then the mail is marked as read: a
reader that is killed in between, or two at once, find the mailing marked already and change nothing.
"""

import logging
import time

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from initiatives.actions import history
from surveys.actions import reachability
from surveys.mail import returned
from surveys.mail.inbox import Inbox, InboxUnavailable
from surveys.mail.return_path import mailing_named_in
from surveys.models import Mailing

logger = logging.getLogger(__name__)

MAILS_AT_ONCE = 200
SECONDS_AT_ONCE = 60
LOCK, LOCK_SECONDS = "reading-returned-mail", 180
# What may have left. A mail that is in flight comes back when its sender was killed after handing it over.
UNDER_WAY = [Mailing.State.SENT, Mailing.State.UNCERTAIN, Mailing.State.IN_FLIGHT]


def read_mailbox():
    """Act on what is new in the mailbox of the return path. Returns how many mails were read; 0 where none is set.

    One reader at a time, held by a key in the cache: that is courtesy to the mail server.
    """
    if not (settings.RETURN_PATH and settings.BOUNCE_MAILBOX) or not cache.add(LOCK, True, LOCK_SECONDS):
        return 0
    try:
        with Inbox(settings.BOUNCE_MAILBOX) as inbox:
            return _read_all(inbox)
    except InboxUnavailable as trouble:
        logger.warning("%s The next try is in five minutes; `manage.py check_mail` tests it at once.", trouble)
        return 0
    finally:
        cache.delete(LOCK)


def _read_all(inbox):
    ends_at, count = time.monotonic() + SECONDS_AT_ONCE, 0
    for uid in inbox.unread(MAILS_AT_ONCE):
        if time.monotonic() > ends_at:
            break
        receive(content=inbox.content(uid))
        inbox.mark_as_read(uid)
        count += 1
    return count


def receive(*, content):
    """Act on one mail, given as bytes. Returns whether it changed anything: most mails are not for us."""
    try:
        mail = returned.read(content)
        mailing_id = mailing_named_in(mail.delivered_to)
    except Exception:
        # Whatever somebody has sent must not keep us from the mails behind it.
        logger.exception("A mail in the mailbox of the return path could not be read, and was passed over.")
        return False
    if mailing_id is None or mail.failure is None:
        return False
    return mark_returned(mailing_id=mailing_id, failure=mail.failure)


@transaction.atomic
def mark_returned(*, mailing_id, failure):
    """Note that a mail came back. Where that is the address's fault nobody writes to it any more; else staff decide."""
    state = Mailing.State.BOUNCED if failure.blames_address else Mailing.State.FAILED
    under_way = Mailing.objects.filter(pk=mailing_id, state__in=UNDER_WAY)
    if not under_way.update(state=state, reply=failure.text, claim=""):
        return False
    mailing = Mailing.objects.select_related("invitation__contact__initiative").get(pk=mailing_id)
    if failure.blames_address:
        reachability.bounced(invitation=mailing.invitation, reason=failure.text, by=None)
        return True
    history.record(
        initiative=mailing.invitation.contact.initiative,
        verb="mailing.returned",
        target=mailing,
        label=mailing.invitation.name,
        reason=failure.text,
        by=None,
    )
    return True
