"""Mails that remind people of what they agreed to do: one a day and person at most, never twice, never at night.

The mail is claimed, and what it speaks of is marked, in one transaction before it leaves: of two workers one sends it, and a
worker that is killed in between leaves a mail that did not leave, and never a second one.
"""

import logging
import secrets
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation

from accounts.queries import full_address
from backbone import letters
from backbone.actions.handing_over import hand_over
from backbone.models import FollowUpMail
from backbone.queries.reminders import reminders_due
from backbone.tokens import own_page_token, stop_token
from initiatives.permissions import Role
from surveys.actions import reachability
from surveys.mail.allowance import take
from surveys.mail.headers import one_line
from surveys.mail.replies import Verdict, judge
from surveys.mail.transport import connect

logger = logging.getLogger(__name__)
LOCK = "reminding"


def remind_due():
    """Mail everybody who is to be reminded now. Returns how many mails left.

    One sender at a time, held by a key in the cache: that is courtesy. That nobody is mailed twice rests on the claims.
    """
    if not cache.add(LOCK, "1", timeout=settings.MAIL_LEASE_SECONDS):
        return 0
    try:
        waiting = reminders_due(now=timezone.now())
        return _send_all(waiting) if waiting else 0
    finally:
        cache.delete(LOCK)


def _send_all(waiting):
    connection, sent = connect(), 0
    # Opened before the first mail is claimed: a mail server that is away costs nobody their mail.
    if trouble := connection.open():
        logger.warning("Reminders wait for the mail server: %s", trouble)
        return 0
    try:
        for reminders in waiting:
            if not take(1) or not connection.is_open:
                break
            verdict = remind(person=reminders.person, connection=connection)
            sent += verdict is Verdict.SENT
            if verdict is Verdict.PAUSE:
                break
    finally:
        connection.leave()
    return sent


def remind(*, person, connection):
    """Claim and send the mail of the day to one person, as things stand now. Returns the Verdict, None if nothing was to be sent."""
    claimed = _claim(person)
    if claimed is None:
        return None
    mail, reminders = claimed
    reply = hand_over(connection=connection, message=compose(reminders=reminders), address=person.address)
    verdict = judge(reply)
    _record(mail, reminders, reply, verdict)
    return verdict


@transaction.atomic
def _claim(person):
    """(FollowUpMail, Reminders) of a mail that this worker alone sends, or None."""
    narrow = {"contact": person.contact} if person.is_contact else {"user": person.user}
    now = timezone.now()
    found = reminders_due(now=now, initiative=person.initiative, **narrow)
    if not found:
        return None
    (reminders,) = found
    claim = secrets.token_hex(8)
    mail = FollowUpMail(
        initiative=person.initiative,
        contact=person.contact,
        user=person.user,
        address=person.address,
        day=reminders.day,
        number=len(reminders.rows),
        claim=claim,
    )
    FollowUpMail.objects.bulk_create([mail], ignore_conflicts=True)
    mine = FollowUpMail.objects.filter(initiative=person.initiative, address=person.address, claim=claim).first()
    if mine is None:
        return None
    for row in reminders.rows:
        _rows_of(row).update(reminders=F("reminders") + 1, reminders_since=reminders.day)
    return mine, reminders


def _rows_of(row):
    return type(row).objects.filter(pk=row.pk)


def _record(mail, reminders, reply, verdict):
    """Write down what became of the mail. What certainly did not leave is not counted, and is tried again: at once where
    the connection or we were at fault, on the next day where the server put this address off."""
    mine = FollowUpMail.objects.filter(pk=mail.pk)
    if verdict is Verdict.SENT:
        mine.update(sent_at=timezone.now())
    elif verdict is not Verdict.UNCERTAIN:
        mine.update(failed_because=str(reply)[:500])
    if verdict in (Verdict.LATER, Verdict.PAUSE):
        with transaction.atomic():
            for row in reminders.rows:
                _rows_of(row).update(reminders=F("reminders") - 1, reminders_since=row.reminders_since)
            if verdict is Verdict.PAUSE or reply.code == 0:
                mine.delete()
    if verdict is Verdict.BOUNCED and mail.contact_id:
        reachability.contact_bounced(contact=mail.contact, address=mail.address, reason=str(reply))
    if verdict is not Verdict.SENT:
        logger.warning("A reminder did not leave for sure, %s: %s", verdict.value, reply)


def compose(*, reminders):
    """The EmailMessage to one person, in their language."""
    person = reminders.person
    initiative, links = person.initiative, _links_of(person)
    with translation.override(person.language):
        subject, body = letters.reminder(reminders, **links, sender=initiative.name)
    headers = {"Auto-Submitted": "auto-generated"}
    if person.is_contact:
        headers |= {
            "List-Unsubscribe": f"<{links['stop_link']}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    return EmailMessage(
        subject=subject,
        body=body,
        from_email=formataddr((one_line(initiative.name), parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=[person.address],
        reply_to=[_answers_go_to(initiative)],
        headers=headers,
    )


def _links_of(person):
    """Where the mail leads, and where it is stopped."""
    if person.is_contact:
        return {
            "link": full_address("own:page", own_page_token(person.contact)),
            "stop_link": full_address("own:stop", stop_token(person.contact)),
        }
    slug = person.initiative.slug
    own = full_address("backbone:action-item-list", slug)
    return {"link": f"{own}?owner=mine", "stop_link": full_address("initiatives:own-edit", slug)}


def _answers_go_to(initiative):
    """The director who has been there longest; the sender itself where there is none."""
    directors = initiative.memberships.filter(role=Role.DIRECTOR, user__is_active=True).select_related("user")
    first = directors.order_by("created_at", "id").first()
    return first.user.email if first else parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
