"""The digest of the week: on Monday morning where each member of the staff is, once, and only if there is something to say."""

import logging
import secrets
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.utils import timezone, translation

from accounts.queries import full_address
from backbone import letters
from backbone.actions.handing_over import hand_over
from backbone.models import WeeklyDigest
from backbone.queries.digest import digest_of, digests_due
from surveys.mail.allowance import take
from surveys.mail.headers import one_line
from surveys.mail.replies import Verdict, judge
from surveys.mail.transport import connect

logger = logging.getLogger(__name__)
LOCK = "digesting"


def send_due():
    """Mail the digest to everybody whose Monday morning it is. Returns how many mails left; harmless when run twice.

    The week is claimed before the mail leaves: of two workers one sends, and who was in reach of a killed one gets none that week.
    """
    if not cache.add(LOCK, "1", timeout=settings.MAIL_LEASE_SECONDS):
        return 0
    try:
        waiting = digests_due(now=timezone.now())
        return _send_all(waiting) if waiting else 0
    finally:
        cache.delete(LOCK)


def _send_all(waiting):
    connection, sent = connect(), 0
    # Opened before the first week is claimed: a mail server that is away costs nobody their digest.
    if trouble := connection.open():
        logger.warning("Digests wait for the mail server: %s", trouble)
        return 0
    try:
        for membership, week in waiting:
            if not connection.is_open or not take(1):
                break
            verdict = send(membership=membership, week=week, connection=connection)
            sent += verdict is Verdict.SENT
            if verdict is Verdict.PAUSE:
                break
    finally:
        connection.leave()
    return sent


def send(*, membership, week, connection):
    """Claim and send one digest. Returns the Verdict, None where nothing was to be sent."""
    language = membership.user.language or membership.initiative.default_language
    with translation.override(language), timezone.override(membership.initiative.zone):
        sections = digest_of(membership)
        digest = _claim(membership, week, sum(section.number for section in sections))
        if digest is None or not sections:
            return None
        message = _message(membership, sections)
    reply = hand_over(connection=connection, message=message, address=membership.user.email)
    verdict = judge(reply)
    _record(digest, reply, verdict)
    return verdict


def _claim(membership, week, number):
    claim = secrets.token_hex(8)
    digest = WeeklyDigest(membership=membership, week=week, number=number, claim=claim)
    WeeklyDigest.objects.bulk_create([digest], ignore_conflicts=True)
    return WeeklyDigest.objects.filter(membership=membership, week=week, claim=claim).first()


def _record(digest, reply, verdict):
    mine = WeeklyDigest.objects.filter(pk=digest.pk)
    if verdict is Verdict.SENT:
        mine.update(sent_at=timezone.now())
        return
    logger.warning("A digest did not leave for sure, %s: %s", verdict.value, reply)
    if verdict is Verdict.PAUSE or (verdict is Verdict.LATER and reply.code == 0):
        # The connection or we were at fault, and it certainly did not leave: the next sweep tries again.
        mine.delete()
    elif verdict is not Verdict.UNCERTAIN:
        mine.update(failed_because=str(reply)[:500])


def _message(membership, sections):
    initiative = membership.initiative
    subject, body = letters.digest(
        sections,
        name=str(membership.user),
        initiative=initiative.name,
        base_url=settings.BASE_URL,
        settings_link=full_address("initiatives:own-edit", initiative.slug),
    )
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return EmailMessage(
        subject=subject,
        body=body,
        from_email=formataddr((one_line(initiative.name), sender)),
        to=[membership.user.email],
        reply_to=[sender],
        headers={"Auto-Submitted": "auto-generated"},
    )
