"""Approved minutes on their way: the list is written down first, then each mail leaves at most once."""

import logging
import secrets
from email.utils import formataddr, parseaddr
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from backbone.models import ApprovedMinutes, Meeting, MeetingMail
from backbone.queries.minutes import minutes_list, minutes_to_mail, why_no_mail
from backbone.queries.roll import roll_told
from core.doorbell import ring
from core.markdown import as_text
from initiatives.actions import history
from surveys.mail.headers import one_line

REFUSALS = (SMTPRecipientsRefused, SMTPSenderRefused, SMTPDataError)
LONGEST_REASON = 500
logger = logging.getLogger(__name__)


@transaction.atomic
def send_minutes(*, approval, digest, by):
    """Write down a mail to each person of the list that was looked at; they leave once this is committed. Returns how many,
    or None where the list has changed since.
    """
    meeting = Meeting.objects.select_for_update().get(pk=approval.minutes.meeting_id)
    found = minutes_list(approval)
    if found.digest != digest:
        return None
    fields = {"meeting": meeting, "kind": MeetingMail.Kind.MINUTES, "sequence": approval.number, "sent_by": by}
    MeetingMail.objects.bulk_create([MeetingMail(contact=contact, **fields) for contact in found.people])
    if found.people:
        after = {"number": approval.number, "people": len(found.people)}
        history.record(initiative=meeting.initiative, verb="minutes_sent", target=approval.minutes, after=after, by=by)
        ring("backbone.tasks.mail_minutes", meeting.pk)
    return len(found.people)


def mail_minutes(*, meeting_id):
    """Send the minutes that wait about one meeting; each mail is claimed before it leaves. Returns how many were sent.

    What was claimed and is neither sent nor refused may or may not have arrived; nothing sends it again by itself.
    """
    waiting, sent = list(minutes_to_mail(meeting_id)), 0
    if not waiting:
        return 0
    approvals = ApprovedMinutes.objects.filter(minutes__meeting=meeting_id).select_related(
        "approved_by", "minutes__meeting__initiative", "minutes__meeting__group"
    )
    by_number = {approval.number: approval for approval in approvals}
    # Opened before the first claim: a mail server that is away costs nobody their mail.
    with get_connection() as connection:
        for mail in waiting:
            if _claim(mail):
                sent += _send(mail, by_number[mail.sequence], connection)
    return sent


def _claim(mail):
    return MeetingMail.objects.filter(pk=mail.pk, claim="", sent_at=None).update(claim=secrets.token_hex(8)) == 1


def _send(mail, approval, connection):
    if why_no_mail(mail.contact, mail.meeting.initiative.today()):
        return _failed(mail, "Nobody writes to this address any more.")
    try:
        message_of(approval=approval, contact=mail.contact, sent_by=mail.sent_by, connection=connection).send()
    except REFUSALS as refusal:
        logger.warning("The mail server refused mail %s with minutes of meeting %s.", mail.pk, mail.meeting_id)
        return _failed(mail, one_line(str(refusal)))
    MeetingMail.objects.filter(pk=mail.pk).update(sent_at=timezone.now())
    return 1


def _failed(mail, reason):
    MeetingMail.objects.filter(pk=mail.pk).update(failed_because=reason[:LONGEST_REASON])
    return 0


def message_of(*, approval, contact, sent_by=None, connection=None):
    """The mail as it leaves, in the language of its reader; who has no account finds all of it in there."""
    meeting = approval.minutes.meeting
    with translation.override(contact.language):
        words = _words(approval, meeting, contact)
        subject = one_line(render_to_string("backbone/mail/minutes_subject.txt", words))
        body = render_to_string("backbone/mail/minutes_body.txt", words)
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return EmailMessage(
        subject=subject,
        body=body,
        from_email=formataddr((one_line(meeting.initiative.name), sender)),
        to=[contact.email],
        reply_to=[sent_by.email] if sent_by else None,
        headers={"Auto-Submitted": "auto-generated"},
        connection=connection,
    )


def _words(approval, meeting, contact):
    return {
        "name": contact.name,
        "meeting": meeting,
        "initiative": meeting.initiative,
        "text": as_text(approval.text).strip(),
        "is_correction": approval.number > 1,
        "roll": roll_told(meeting),
        # Of another body, or of none, they are not everybody's.
        "decisions": list(meeting.decisions.filter(body=meeting.group, body__isnull=False).exclude(decided_on=None)),
        "action_items": list(meeting.action_items.select_related("owner_staff", "owner_contact")),
    }


def samples_of(*, approval, people):
    """[(name of the language, subject, text)]: the mail to the first person of each language."""
    names, found = dict(settings.SURVEY_LANGUAGES), {}
    for contact in people:
        if contact.language not in found:
            message = message_of(approval=approval, contact=contact)
            found[contact.language] = (names.get(contact.language, contact.language), message.subject, message.body)
    return list(found.values())
