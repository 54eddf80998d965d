"""The attacker knows who takes answers back after a round was counted, and reads everything before and after."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from indicators.models import Publication
from initiatives.permissions import Role
from surveys.actions import withdrawing
from surveys.actions.closing import close_round
from surveys.models import Invitation, Round
from surveys.queries import releases, results
from tests.conftest import client_of
from tests.factories import MembershipFactory
from tests.surveys.releases import address, content_of, csv_rows

from .serving import Kind, Served
from .test_published_attacker import random_answers, random_people
from .test_role_attacker import saying, sized

few = settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))


def answered(world, number):
    return [place for place, answer in enumerate(world.readers[number].answers) if answer is not None]


@pytest.mark.slow
class ThreeRoundsWithWithdrawals(TestCase):
    """Each example runs in its own transaction, which is rolled back."""

    @few
    @given(st.integers(0, 2**32 - 1), st.sampled_from([3, 5]))
    def test_nobody_who_takes_answers_back_is_singled_out(self, seed, threshold):
        chance = random.Random(seed)
        people = random_people(chance)
        world = Served(people, threshold, roles=(Role.OBSERVER,))
        for number in range(3):
            world.close(random_answers(chance, people), people)
            there = answered(world, number)
            world.withdraw(number, chance.sample(there, min(2, len(there))))
            world.conclude(number)
        assert world.attacks(threshold) == []
        assert world.told() == []


# --- each rule switched off alone -----------------------------------------------------------------------------------


def reads_a_withdrawal():
    """Twelve people answer; one takes the answers back."""
    people, answers = sized(("A", 12)), saying(7, 5)
    world = Served(people, roles=(Role.OBSERVER,))
    world.close(answers, people)
    world.withdraw(0, [0])
    world.conclude(0)
    return world


def recomputing(*, invitation):
    """Takes answers back, and counts the round again."""
    withdraw(invitation=invitation)
    round = Round.objects.get(pk=invitation.round_id)
    Publication.objects.filter(pk__in=[round.publication_id, round.public_publication_id]).delete()
    Round.objects.filter(pk=round.pk).update(state=Round.State.OPEN)
    assert close_round(round_id=round.pk)


withdraw = withdrawing.withdraw


@pytest.mark.django_db
def test_reader_wins_when_figures_are_computed_again(monkeypatch):
    assert reads_a_withdrawal().attacks(5) == []
    monkeypatch.setattr(withdrawing, "withdraw", recomputing)
    found = reads_a_withdrawal().attacks(5)
    assert frozenset({(0, 0)}) in {finding.people for finding in found}


def reads_pairs():
    """All who answer in both rounds change their minds, so that their sentence tells their earlier count exactly."""
    people = sized(("A", 17))
    world = Served(people, roles=(Role.OBSERVER,))
    world.close(saying(7, 5) + [None] * 5, people)
    world.withdraw(0, [0])
    world.close([None, *saying(0, 6, 5), *saying(3, 2)], people)
    return world


@pytest.mark.django_db
def test_reader_wins_when_pairs_are_told_beside_withdrawn_answers(monkeypatch):
    assert reads_pairs().attacks(5) == []
    monkeypatch.setattr(results, "has_every_answer", lambda round: True)
    monkeypatch.setattr(Round, "has_every_answer", True)
    found = reads_pairs().attacks(5)
    assert frozenset({(0, 0)}) in {finding.people for finding in found}


def heard_no_more(world):
    """Who was thanked for answering and was never told what came of it."""
    heard = {kind: {each.address for each in world.letters[0] if each.kind == kind} for kind in Kind.values}
    assert len(heard[Kind.THANKS]) == 12
    return heard[Kind.THANKS] - heard[Kind.RESULTS]


def marking(*, invitation):
    """Takes answers back, and notes at the invitation who did."""
    withdraw(invitation=invitation)
    Invitation.objects.filter(pk=invitation.pk).update(state=Invitation.State.WITHDRAWN)


@pytest.mark.django_db
def test_reader_of_mails_learns_who_withdrew_where_that_is_noted(monkeypatch):
    assert heard_no_more(reads_a_withdrawal()) == set()
    monkeypatch.setattr(withdrawing, "withdraw", marking)
    world = reads_a_withdrawal()
    assert heard_no_more(world) == {world.roster.people[0][0].email}


def reads_the_released_file():
    """The data steward asks after somebody withdrew, holds the file against the figures, and knows who withdrew."""
    world = reads_a_withdrawal()
    director, steward = (MembershipFactory(initiative=world.initiative, role=Role.DIRECTOR).user for _ in range(2))
    round = world.rounds[0]
    Round.objects.filter(pk=round.pk).update(steward=steward, steward_name=str(steward), threshold=5)
    client, second = client_of(steward), client_of(director)
    client.post(address("release-request", round), {"purpose": "To look closer"})
    release = round.releases.first()
    if release is None:
        return world
    second.post(address("release-decide", round, release.pk), {"decision": "approve"})
    header, *rows = csv_rows(content_of(client, round))
    said = [row[header.index("gv3_a")] for row in rows]
    world.read[Role.OBSERVER]["file"] = {
        "figure": "0 GV3",
        "series": "GV3",
        "breakdown": "",
        "members": world._there(world.readers[0].members("GV3")),
        "n": len(said),
        "count": sum(int(answer) > 3 for answer in said),
    }
    return world


@pytest.mark.django_db
def test_steward_wins_when_answers_are_released_beside_withdrawn_ones(monkeypatch):
    assert reads_the_released_file().attacks(5) == []
    monkeypatch.setattr(releases, "_incomplete", lambda round: "")
    found = reads_the_released_file().attacks(5)
    assert frozenset({(0, 0)}) in {finding.people for finding in found}
