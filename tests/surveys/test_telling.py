"""The mail that says that results are out: to members who may see the page, once each."""

import pytest
from django.core import mail
from django.utils import timezone

from indicators.models import PublicationNotice
from initiatives.permissions import Role
from surveys.actions import telling
from surveys.actions.closing import close_round
from surveys.actions.telling import tell_of_results
from surveys.models import Round
from surveys.queries.rounds import work_on_rounds
from tests.factories import MembershipFactory
from tests.surveys.closing_rounds import agrees, open_round, plain_roster

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mails_stay_here(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def round(initiative):
    MembershipFactory(initiative=initiative, role=Role.COMMITTEE, user__name="Ana Ruiz", user__email="ana@c.example")
    MembershipFactory(initiative=initiative, role=Role.FUNDER, user__email="fund@c.example", user__name="")
    return open_round(plain_roster(initiative, 12), agrees(6, 12))


def told():
    return sorted(message.to[0] for message in mail.outbox)


def test_members_are_told_when_the_closing_is_committed(round, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        close_round(round_id=round.pk)
    assert told() == ["ana@c.example", "fund@c.example"]
    letter = next(message for message in mail.outbox if message.to == ["ana@c.example"])
    assert letter.subject == "members for Ana"
    assert letter.body == "Hello Ana Ruiz,\n\nhttp://localhost:8000/i/bright-futures/\n"
    assert (letter.reply_to, letter.from_email.split(" <")[0]) == (["kim@backbone.example"], "Kim Lee")


def test_members_are_told_once_however_often_it_is_tried(round):
    close_round(round_id=round.pk)
    assert [tell_of_results(round_id=round.pk), tell_of_results(round_id=round.pk)] == [2, 0]
    assert len(mail.outbox) == 2


def test_member_told_by_another_worker_is_not_told_again(round):
    close_round(round_id=round.pk)
    closed = Round.objects.get(pk=round.pk)
    waiting = list(telling.members_to_tell(Round.objects.get(pk=round.pk)))
    telling._claim(closed.publication, waiting[0])
    assert telling._claim(closed.publication, waiting[0]) is False
    tell_of_results(round_id=round.pk)
    assert told() == [waiting[1].user.email]


def test_nobody_is_told_before_the_round_is_closed(round):
    assert tell_of_results(round_id=round.pk) == 0
    assert mail.outbox == []


def test_mail_server_that_is_away_costs_nobody_their_mail(round, monkeypatch):
    close_round(round_id=round.pk)

    class Away:
        def __enter__(self):
            raise ConnectionRefusedError

        def __exit__(self, *error): ...

    monkeypatch.setattr(telling, "get_connection", Away)
    with pytest.raises(ConnectionRefusedError):
        tell_of_results(round_id=round.pk)
    monkeypatch.undo()
    assert PublicationNotice.objects.count() == 0
    assert tell_of_results(round_id=round.pk) == 2


def test_sweep_finds_the_members_a_killed_worker_left_untold(round):
    close_round(round_id=round.pk)
    assert work_on_rounds(now=timezone.now())["tell_of_results"] == [round.pk]
    tell_of_results(round_id=round.pk)
    assert work_on_rounds(now=timezone.now())["tell_of_results"] == []


def test_mail_without_a_text_of_the_round_uses_the_shipped_words_in_the_members_language(round):
    round.texts.all().delete()
    MembershipFactory(initiative=round.initiative, role=Role.MEMBER, user__email="fr@c.example", user__language="fr")
    close_round(round_id=round.pk)
    tell_of_results(round_id=round.pk)
    letter = next(message for message in mail.outbox if message.to == ["fr@c.example"])
    assert letter.body.startswith("Bonjour")
    assert "{" not in letter.body + letter.subject


def test_member_added_after_the_closing_is_not_told(round):
    close_round(round_id=round.pk)
    MembershipFactory(initiative=round.initiative, role=Role.COMMITTEE, user__email="late@c.example")
    tell_of_results(round_id=round.pk)
    assert "late@c.example" not in told()
