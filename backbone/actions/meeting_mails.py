"""Telling people of a meeting: the list is written down first, then each mail leaves at most once."""

import logging
import secrets
from email.utils import formataddr, parseaddr
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from backbone.calendars import CANCEL, PUBLISH, REQUEST, Person, calendar_file
from backbone.models import MeetingMail
from backbone.queries.calendars import entries_of
from backbone.queries.invitations import is_reachable, mails_to_send, recipient_of, told_by, words_for
from core.doorbell import ring
from initiatives.actions import history
from surveys.mail.allowance import take
from surveys.mail.headers import one_line

REFUSALS = (SMTPRecipientsRefused, SMTPSenderRefused, SMTPDataError)
LONGEST_REASON = 500
logger = logging.getLogger(__name__)


@transaction.atomic
def tell(*, notice, by):
    """Write down a mail to each recipient of the notice; they leave once this is committed. Returns how many."""
    mails = [
        MeetingMail(
            meeting=notice.meeting,
            series=notice.meeting.series if notice.whole_series else None,
            contact=recipient.contact,
            user=recipient.user,
            kind=notice.kind,
            sequence=notice.sequence,
            sent_by=by,
        )
        for recipient in notice.recipients
    ]
    # Who got it from somebody else in this very second is not asked twice.
    MeetingMail.objects.bulk_create(mails, ignore_conflicts=True)
    after = {"kind": notice.kind, "people": len(mails), "whole_series": notice.whole_series}
    history.record(
        initiative=notice.meeting.initiative, verb="meeting_mails_queued", target=notice.meeting, after=after, by=by
    )
    ring("backbone.tasks.send_meeting_mails", notice.meeting.pk)
    return len(mails)


@transaction.atomic
def send_again(*, mail, by):
    """Let a mail that did not arrive, or may not have, leave once more. Returns whether this call did it."""
    stuck = MeetingMail.objects.filter(pk=mail.pk, sent_at=None).exclude(claim="")
    if not stuck.update(claim="", failed_because=""):
        return False
    meeting = mail.meeting
    history.record(
        initiative=meeting.initiative, verb="meeting_mail_sent_again", target=meeting, after={"mail": mail.pk}, by=by
    )
    ring("backbone.tasks.send_meeting_mails", meeting.pk)
    return True


def send_waiting(*, meeting_id):
    """Send what waits about one meeting; each mail is claimed before it leaves. Returns how many were sent."""
    waiting, sent = list(mails_to_send(meeting_id)), 0
    if not waiting:
        return 0
    # Opened before the first claim: a mail server that is away costs nobody their mail.
    with get_connection() as connection:
        for mail in waiting:
            # Who finds this second full leaves the rest to the next sweep.
            if not take(1):
                break
            if _claim(mail):
                sent += _send(mail, connection)
    return sent


def _claim(mail):
    claim = secrets.token_hex(8)
    return MeetingMail.objects.filter(pk=mail.pk, claim="", sent_at=None).update(claim=claim) == 1


def _send(mail, connection):
    if mail.contact and not is_reachable(mail.contact, mail.meeting.initiative.today()):
        return _failed(mail, "Nobody writes to this address any more.")
    try:
        message_of(
            notice=told_by(mail), recipient=recipient_of(mail), sent_by=mail.sent_by, connection=connection
        ).send()
    except REFUSALS as refusal:
        logger.warning("The mail server refused mail %s about meeting %s.", mail.pk, mail.meeting_id)
        return _failed(mail, one_line(str(refusal)))
    MeetingMail.objects.filter(pk=mail.pk).update(sent_at=timezone.now())
    return 1


def _failed(mail, reason):
    MeetingMail.objects.filter(pk=mail.pk).update(failed_because=reason[:LONGEST_REASON])
    return 0


def message_of(*, notice, recipient, sent_by=None, connection=None):
    """The mail as it leaves: words for people, and for their calendar the same in its own language, twice: what mail
    programs offer as buttons, and a file for those that do not."""
    with translation.override(recipient.language):
        words = words_for(notice, recipient)
        subject = one_line(render_to_string("backbone/mail/meeting_subject.txt", words))
        body = render_to_string("backbone/mail/meeting_body.txt", words)
    method = CANCEL if notice.is_cancellation else REQUEST
    content = file_of(notice=notice, recipient=recipient)
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    message = EmailMultiAlternatives(
        subject=subject,
        body=body,
        from_email=formataddr((one_line(notice.meeting.initiative.name), sender)),
        to=[recipient.address],
        reply_to=[sent_by.email] if sent_by else None,
        headers={"Auto-Submitted": "auto-generated"},
        connection=connection,
    )
    message.attach_alternative(content.decode(), f"text/calendar; method={method}")
    message.attach("invite.ics", content, "application/ics")
    return message


def file_of(*, notice, recipient):
    """The calendar file for one person, who is the only one named in it."""
    initiative = notice.meeting.initiative
    return calendar_file(
        entries_of(notice.meeting, whole_series=notice.whole_series),
        method=CANCEL if notice.is_cancellation else REQUEST,
        # Ours, so that every change comes from the same organizer, whoever sends it.
        organizer=Person(initiative.name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]),
        attendee=Person(recipient.name, recipient.address),
        stamp=timezone.now(),
    )


def samples_of(*, notice, by):
    """[(language, its name, subject, text)]: the mail to the first recipient of each language."""
    names, found = dict(settings.SURVEY_LANGUAGES), {}
    for recipient in notice.recipients:
        if recipient.language not in found:
            message = message_of(notice=notice, recipient=recipient, sent_by=by)
            name = names.get(recipient.language, recipient.language)
            found[recipient.language] = (recipient.language, name, message.subject, message.body)
    return list(found.values())


def published_file(*, meeting):
    """The file for whoever reads the meeting's page; it names nobody."""
    sender = Person(meeting.initiative.name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
    return calendar_file(entries_of(meeting), method=PUBLISH, organizer=sender, stamp=timezone.now())
