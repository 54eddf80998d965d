"""What the first page of a survey promises holds until its results are out, whatever a director changes in between."""

import pytest
from django.test import Client

from initiatives.actions import initiatives
from surveys.actions import rounds
from surveys.actions.closing import close_round
from surveys.models import Round
from surveys.queries.rosters import roster
from surveys.tokens import survey_token
from tests.factories import ContactFactory
from tests.surveys.closing_rounds import agrees, open_round, plain_roster, results_of
from tests.surveys.factories import InvitationFactory, RoundFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(initiative, director):
    draft = RoundFactory(initiative=initiative, state=Round.State.DRAFT, opened_at=None, prepared_at=None)
    ContactFactory(initiative=initiative)
    return rounds.send(round=draft, digest=roster(draft).digest, by=director.user)


def lower_threshold(initiative, director):
    changed = initiatives.change_settings(initiative=initiative, changes={"threshold": 3}, by=director.user)
    assert changed.threshold == 3


def test_the_number_promised_is_that_of_the_sending(initiative, director, sent):
    lower_threshold(initiative, director)
    invitation = InvitationFactory(round=sent)
    page = Client().get(f"/s/{survey_token(invitation.pk, 1)}/").content.decode()
    assert "groups of at least 5 people" in page


def test_a_lower_threshold_shows_nothing_more_of_a_round_already_sent(initiative, director):
    round = open_round(plain_roster(initiative, 4), agrees(2, 4), threshold=5)
    lower_threshold(initiative, director)
    close_round(round_id=round.pk)
    round.refresh_from_db()
    shown = [result.is_shown for result in results_of(round).values()]
    assert (round.publication.threshold, any(shown)) == (5, False)


def test_a_lower_threshold_counts_for_the_next_round(initiative, director):
    lower_threshold(initiative, director)
    round = open_round(plain_roster(initiative, 4), agrees(2, 4), threshold=3)
    close_round(round_id=round.pk)
    assert any(result.is_shown for result in results_of(round).values())


def test_a_round_taken_back_is_promised_anew(initiative, director, sent):
    Round.objects.update(state=Round.State.SCHEDULED)
    rounds.unschedule(round=sent, by=director.user)
    assert Round.objects.get().threshold is None


def first_page(round):
    invitation = InvitationFactory(round=round)
    return Client().get(f"/s/{survey_token(invitation.pk, 1)}/").content.decode()


def test_the_first_page_says_how_long_answers_are_kept_as_it_stood_at_sending(initiative, director, sent):
    initiatives.change_settings(initiative=initiative, changes={"retention_months": 60}, by=director.user)
    assert "deleted 24 months after the survey has closed" in first_page(sent)
    sent.refresh_from_db()
    assert sent.kept_months == 24


@pytest.fixture
def with_steward(initiative, director, staff):
    draft = RoundFactory(initiative=initiative, state=Round.State.DRAFT, opened_at=None, prepared_at=None)
    ContactFactory(initiative=initiative)
    rounds.name_steward(round=draft, steward=staff.user, by=director.user)
    return draft


def test_the_first_page_names_the_steward_and_what_may_be_released(director, staff, with_steward):
    sent = rounds.send(round=with_steward, digest=roster(with_steward).digest, by=director.user)
    staff.user.name = "Another Name"
    staff.user.save()
    page = first_page(sent)
    assert f"<bdi>{sent.steward_name}</bdi> is the data steward of this survey" in page
    assert "Another Name" not in page
    assert "without what you write in your own words" in page


def test_the_first_page_of_a_round_without_a_steward_names_none(sent):
    assert (sent.steward_name, "data steward" in first_page(sent)) == ("", False)


def test_a_named_round_promises_no_steward(director, with_steward):
    with_steward.mode = Round.Mode.NAMED
    with_steward.save()
    sent = rounds.send(round=with_steward, digest=roster(with_steward).digest, by=director.user)
    assert (sent.steward_name, "data steward" in first_page(sent)) == ("", False)


def test_a_steward_cannot_be_named_after_sending(director, staff, sent):
    with pytest.raises(rounds.RoundRefused):
        rounds.name_steward(round=sent, steward=staff.user, by=director.user)
    address = f"/i/{sent.initiative.slug}/rounds/{sent.pk}/steward/"
    assert director.post(address, {"steward": staff.user.pk}).status_code == 404
    assert Round.objects.get(pk=sent.pk).steward is None


def test_somebody_who_left_meanwhile_cannot_be_promised_as_steward(director, staff, with_steward):
    staff.user.memberships.all().delete()
    with pytest.raises(rounds.RoundRefused, match="no longer a member"):
        rounds.send(round=with_steward, digest=roster(with_steward).digest, by=director.user)
    assert Round.objects.get().state == Round.State.DRAFT


def test_a_stranger_cannot_be_named_steward(director, stranger, initiative, with_steward):
    address = f"/i/{initiative.slug}/rounds/{with_steward.pk}/steward/"
    assert stranger.user.pk not in [c[0] for c in _choices(director, address)]
    answer = director.post(address, {"steward": stranger.user.pk})
    assert (answer.status_code, Round.objects.get().steward_id) == (200, with_steward.steward_id)


def _choices(director, address):
    return list(director.get(address).context["form"].fields["steward"].choices)


def test_staff_do_not_name_the_steward(staff, initiative, with_steward):
    assert staff.post(f"/i/{initiative.slug}/rounds/{with_steward.pk}/steward/", {"steward": ""}).status_code == 403


READ = "Only what you write in your own words is read"
STAYS = "A text that was shown no longer leads to anybody: it stays, also when your answers are withdrawn or deleted."


@pytest.mark.parametrize(
    ("mode", "sentence"),
    [
        (
            "confidential",
            f"{READ}, without your name: after the survey has closed, by the backbone team, and only where",
        ),
        ("named", "What you write in your own words may be shown to others without your name, but only where"),
        ("anonymous", f"{READ}: after the survey has closed, by the backbone team, and only where"),
    ],
)
def test_the_first_page_says_who_reads_own_words_and_that_what_was_shown_stays(initiative, mode, sentence):
    page = first_page(RoundFactory(initiative=initiative, mode=mode, threshold=7))
    assert (f"{sentence} at least 7 people" in page, STAYS in page) == (True, True)


def test_a_survey_without_own_words_says_nothing_of_them(initiative):
    round = open_round(plain_roster(initiative, 1), [None], ended_days_ago=-3)
    assert (STAYS in first_page(round), "Who sees what" in first_page(round)) == (False, True)


def test_whoever_withdraws_after_closing_is_told_that_shown_texts_stay(initiative):
    round = open_round(plain_roster(initiative, 6), agrees(3, 6))
    address = f"/s/{survey_token(round.invitations.first().pk, 1)}/withdraw/"
    sentence = "Texts in people's own words that were shown before stay as well"
    assert sentence not in Client().get(address).content.decode()
    close_round(round_id=round.pk)
    assert sentence in Client().get(address).content.decode()


@pytest.mark.parametrize("language", ["es", "fr"])
def test_own_words_are_promised_in_the_language_of_the_page(initiative, language):
    invitation = InvitationFactory(round=RoundFactory(initiative=initiative))
    page = Client().get(f"/s/{survey_token(invitation.pk, 1)}/?language={language}").content.decode()
    assert STAYS not in page
