"""Telling the members that results are out, each at most once."""

import logging
import secrets
from email.utils import formataddr, parseaddr
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import formats, translation

from indicators.models import PublicationNotice
from surveys import merge
from surveys.messages import message
from surveys.models import Round
from surveys.queries.closing import members_to_tell
from surveys.queries.sending import text_for, texts_of

KIND = "members"
logger = logging.getLogger(__name__)


def tell_of_results(*, round_id):
    """Mail every member who may see the page that the results of a closed round are there. Returns how many were told.

    The notice is written before a mail leaves: of two workers one tells, and who was in reach of a killed one is told
    no second time.
    """
    rounds = Round.objects.select_related("initiative", "publication", "instrument_version")
    round = rounds.filter(pk=round_id, state=Round.State.CLOSED, publication__isnull=False).first()
    # Closing is at midnight; in quiet time the next sweeps try again.
    if round is None or not round.initiative.is_awake():
        return 0
    texts, told = texts_of(round), 0
    waiting = list(members_to_tell(round))
    if not waiting:
        return 0
    # Opened before the first notice is written: a mail server that is away costs nobody their mail.
    with get_connection() as connection:
        for membership in waiting:
            if _claim(round.publication, membership):
                told += _send(_mail(round, membership.user, texts, connection), membership)
    return told


def _send(mail, membership):
    try:
        return mail.send()
    except SMTPRecipientsRefused:
        logger.warning("The mail server refused the address of membership %s.", membership.pk)
        return 0


def _claim(publication, membership):
    claim = secrets.token_hex(8)
    notice = PublicationNotice(publication=publication, membership=membership, claim=claim)
    PublicationNotice.objects.bulk_create([notice], ignore_conflicts=True)
    return PublicationNotice.objects.filter(publication=publication, membership=membership, claim=claim).exists()


def _mail(round, user, texts, connection):
    language = user.language or round.initiative.default_language
    has_text = any(kind == KIND for kind, _language in texts)
    text = text_for(texts, KIND, language, round.initiative.default_language) if has_text else message(KIND, language)
    fields = _fields(round, user, getattr(text, "language", language))
    return EmailMessage(
        subject=merge.render(text.subject, fields),
        body=merge.render(text.body, fields),
        from_email=formataddr((round.sender_name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=[user.email],
        reply_to=[round.reply_to],
        connection=connection,
    )


def _fields(round, user, language):
    with translation.override(language):
        opens_on = formats.date_format(round.opening_day, "DATE_FORMAT")
        closes_on = formats.date_format(round.closes_on, "DATE_FORMAT")
    return {
        "first_name": (user.name or user.email).split()[0],
        "name": user.name or user.email,
        "organisation": "",
        "initiative": round.initiative.name,
        "sender": round.sender_name,
        "link": f"{settings.BASE_URL}{round.initiative.get_absolute_url()}",
        "opens_on": opens_on,
        "closes_on": closes_on,
        "minutes": "",
    }
