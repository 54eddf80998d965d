"""Before a round is sent, staff read its mails in their own mailbox."""

from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext as _

from accounts.models import User
from core.doorbell import ring
from core.limits import within
from surveys.actions.rounds import RoundRefused, require_draft
from surveys.merge import render
from surveys.messages import message
from surveys.models import Round, RoundText
from surveys.queries.messages import RoundMessages
from surveys.queries.rounds import texts_before_sending
from surveys.queries.samples import Person
from surveys.tokens import preview_token

TESTS_PER_HOUR = 10


def send_test(*, round, by):
    """Queue each mail of a round in each language to `by`. Raises RoundRefused past ten an hour, so that nobody is flooded."""
    require_draft(round=round)
    if not within("survey-test", str(by.pk), times=TESTS_PER_HOUR, seconds=3600):
        raise RoundRefused(_("Ten tests were sent in the last hour. Wait a while, then send the next."))
    ring("surveys.tasks.send_test", round.pk, by.pk)


def mail_test(*, round_id, user_id):
    """Send the test mails. Their link shows the questions and stores nothing."""
    round = Round.objects.select_related("initiative", "instrument_version").get(pk=round_id)
    user = User.objects.get(pk=user_id)
    mails = RoundMessages(round)
    kinds = dict.fromkeys(text.kind for text in texts_before_sending(round))
    if not round.reminder_days:
        kinds.pop(RoundText.Kind.REMINDER, None)
    letters = [_letter(mails, user, kind, code) for code, _name in settings.SURVEY_LANGUAGES for kind in kinds]
    get_connection().send_messages(letters)


def _letter(mails, user, kind, language):
    round, note = mails.round, message("test", language)
    link = f"{settings.BASE_URL}/p/{preview_token(round.pk)}/?language={language}"
    person = Person(user.email, str(user), round.initiative.name)
    recipient = mails.recipient(person, link=link, unsubscribe=link, message="test")
    compiled = mails.compiled(kind, language)
    opening = render(note.body, {"initiative": round.initiative.name})
    return EmailMessage(
        subject=f"{note.subject} {compiled.subject_for(recipient)}",
        body=f"{opening}\n\n{compiled.text_for(recipient)}",
        from_email=formataddr((round.sender_name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=[user.email],
        reply_to=[round.reply_to],
    )
