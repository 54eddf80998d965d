"""Asking partners to sign a story off by mail: written down first, then each mail leaves at most once.

A mail is claimed by an UPDATE on its row before it leaves: of two workers one sends it. A worker that is killed in between
leaves a mail of which nobody knows whether it left; it becomes `uncertain`, and nothing sends it again by itself.
"""

import datetime
import logging
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.queries import full_address
from backbone.actions.handing_over import hand_over
from backbone.models import StorySignOff
from backbone.queries.story_sign_offs import mails_to_send, why_not_asked, with_all
from backbone.tokens import story_token
from surveys.actions import reachability
from surveys.mail.allowance import take
from surveys.mail.headers import one_line
from surveys.mail.replies import Verdict, judge
from surveys.mail.transport import connect

logger = logging.getLogger(__name__)
Mail = StorySignOff.Mail
# A claim that is older belongs to a worker that ended.
LOST_AFTER = datetime.timedelta(minutes=15)
# What a mail server put off is offered again after so long, twice as long each time, and given up after so many tries.
PUT_OFF = datetime.timedelta(minutes=10)
MOST_TRIES = 6
LONGEST_REASON = 500


def send_waiting(*, story_id):
    """Send what waits about one story and may leave now. Returns how many mails left."""
    waiting, connection, sent = mails_to_send(story_id), connect(), 0
    if not waiting:
        return 0
    # Opened before the first claim: a mail server that is away costs nobody their mail.
    if trouble := connection.open():
        logger.warning("Mails about stories wait for the mail server: %s", trouble)
        return 0
    try:
        for sign_off in waiting:
            # Who finds this second full leaves the rest to the next sweep.
            if not take(1) or not connection.is_open:
                break
            verdict = _send(sign_off, connection)
            sent += verdict is Verdict.SENT
            if verdict is Verdict.PAUSE:
                break
    finally:
        connection.leave()
    return sent


def _send(sign_off, connection):
    """Claim and send one mail, as things stand then. Returns the Verdict, None where nothing was to be sent."""
    claimed_at = timezone.now()
    waiting = StorySignOff.objects.filter(pk=sign_off.pk, mail=Mail.WAITING, mail_version=sign_off.mail_version)
    if not waiting.update(mail=Mail.SENDING, mail_at=claimed_at):
        return None
    # Whoever took this row for lost, or sent it again by hand, has set another moment: then it is no longer ours to judge.
    mine = StorySignOff.objects.filter(pk=sign_off.pk, mail_at=claimed_at)
    claimed = with_all(mine).first()
    if claimed is None:
        return None
    if claimed.answered_version == claimed.story.version:
        # They answered by an earlier link while this mail was put off.
        mine.update(mail=Mail.NONE)
        return None
    if why_not_asked(claimed):
        mine.update(mail=Mail.FAILED, mail_problem="Nobody writes to this address any more.")
        return None
    address = claimed.contact.email
    reply = hand_over(connection=connection, message=message_of(sign_off=claimed), address=address)
    verdict = judge(reply)
    _record(mine, claimed, reply, verdict)
    if verdict is Verdict.BOUNCED:
        reachability.contact_bounced(contact=claimed.contact, address=address, reason=str(reply))
    return verdict


def _record(mine, sign_off, reply, verdict):
    """Write down what became of the mail. What certainly did not leave waits again: after a while, and not for ever where the
    server put this address off; until somebody mends it where the fault is ours."""
    problem = one_line(str(reply))[:LONGEST_REASON]
    if verdict is not Verdict.SENT:
        logger.warning("A mail about a story did not leave for sure, %s: %s", verdict.value, reply)
    if verdict is Verdict.SENT:
        mine.update(mail=Mail.SENT, mail_problem="")
    elif verdict is Verdict.UNCERTAIN:
        mine.update(mail=Mail.UNCERTAIN, mail_problem=problem)
    elif verdict is Verdict.PAUSE:
        mine.update(mail=Mail.WAITING, mail_problem=problem, mail_at=timezone.now() + PUT_OFF)
    elif verdict is Verdict.LATER and sign_off.mail_tries < MOST_TRIES:
        later = timezone.now() + PUT_OFF * 2**sign_off.mail_tries
        mine.update(mail=Mail.WAITING, mail_problem=problem, mail_at=later, mail_tries=F("mail_tries") + 1)
    else:
        mine.update(mail=Mail.FAILED, mail_problem=problem)


def give_up_lost():
    """What a worker claimed and never told of is uncertain now. Returns how many mails that are."""
    lost = StorySignOff.objects.filter(mail=Mail.SENDING, mail_at__lt=timezone.now() - LOST_AFTER)
    return lost.update(mail=Mail.UNCERTAIN)


def message_of(*, sign_off, link=None):
    """The mail as it leaves, in the language of whom is asked; `link` stands for their own where somebody else looks at it."""
    story, contact, by = sign_off.story, sign_off.contact, sign_off.asked_by
    initiative = story.initiative
    with translation.override(contact.language):
        words = {
            "name": one_line(contact.name),
            "title": one_line(story.title),
            "organisation": one_line(sign_off.organisation.name),
            "initiative": one_line(initiative.name),
            "by": one_line(str(by)) if by else "",
            "link": link or full_address("own:story", story_token(sign_off)),
        }
        subject = one_line(render_to_string("backbone/mail/story_subject.txt", words))
        body = render_to_string("backbone/mail/story_body.txt", words)
    return EmailMessage(
        subject=subject,
        body=body,
        from_email=formataddr((one_line(initiative.name), parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=[contact.email],
        reply_to=[by.email if by else parseaddr(settings.DEFAULT_FROM_EMAIL)[1]],
        headers={"Auto-Submitted": "auto-generated"},
    )


def samples_of(*, people, link, by):
    """[(code of the language, its name, subject, text)]: the mail to the first person of each language, with `link` as their link."""
    names, found = dict(settings.SURVEY_LANGUAGES), {}
    for asked in people:
        language = asked.contact.language
        if language not in found:
            asked.sign_off.asked_by = by
            message = message_of(sign_off=asked.sign_off, link=link)
            found[language] = (language, names.get(language, language), message.subject, message.body)
    return list(found.values())
