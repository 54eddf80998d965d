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
