"""The attacker reads what people wrote, wherever a role is served it, and knows who works where, who was asked
in which language, and who answered. Nobody's words stand among fewer than the threshold or among one organisation's."""

import random
from collections import defaultdict

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from initiatives.permissions import Role
from surveys.actions import texts
from surveys.actions.closing import close_round
from surveys.actions.rounds import RoundRefused
from surveys.models import Response, Round
from surveys.queries import texts as queries
from surveys.tokens import survey_token
from tests.conftest import client_of
from tests.factories import InitiativeFactory, MembershipFactory
from tests.surveys.closing_rounds import Roster, open_round
from tests.surveys.texts import version_with_texts

from . import served
from .test_published_attacker import random_answers, random_people
from .test_role_attacker import ASKED

some = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


class Written:
    """A closed round in which some wrote something on `comment`, released by the rules; `words[text]` is who wrote it."""

    def __init__(self, chance, threshold, roles):
        caches["pages"].clear()  # rows of the example before had the same keys
        self.initiative = InitiativeFactory(threshold=threshold)
        self.clients = {
            role: client_of(MembershipFactory(initiative=self.initiative, role=role).user) for role in roles
        }
        self.people, self.words = random_people(chance), {}
        answers = random_answers(chance, self.people)
        eager = chance.random()
        for place, answer in enumerate(answers):
            if answer is not None and chance.random() < eager:
                answer["comment"] = f"said-{chance.getrandbits(64):016x}"
                self.words[answer["comment"]] = place
        version = version_with_texts(self.initiative)
        round = open_round(Roster(self.initiative, self.people), answers, version=version, threshold=threshold)
        self.language_of = [chance.choice(["en", "en", "en", "es", "fr"]) for _person in self.people]
        for place, invitation in enumerate(round.invitations.order_by("pk")):
            Response.objects.filter(invitation=invitation).update(language=self.language_of[place])
        assert close_round(round_id=round.pk)
        self.round = Round.objects.get(pk=round.pk)
        self.release(chance)

    def release(self, chance):
        """As staff would: some texts are left out, and what the rules refuse stays inside."""
        asked = queries.open_text(self.round, "comment")
        review = queries.review_of(self.round, asked)
        if review is None:
            return
        left_out = [entry for entry in review.entries if chance.random() < 0.1]
        changes = [texts.Change(entry.key, entry.seen, entry.original, "names") for entry in left_out]
        texts.redact(round=self.round, asked=asked, changes=changes, by=None)
        try:
            texts.release(round=self.round, asked=asked, digest=queries.review_of(self.round, asked).digest, by=None)
        except RoundRefused:
            return

    def read_by(self, reader):
        """The words that somebody finds on all pages and in the file."""
        if reader == ASKED:
            invitation = self.round.invitations.first()
            pages = [Client().get(f"/s/{survey_token(invitation.pk, invitation.link_version)}/results/")]
            return {text for page in pages for text in self._on(page)}
        client, slug = self.clients[reader], self.initiative.slug
        addresses = [
            reverse("backbone:dashboard", args=[slug]),
            reverse("backbone:dashboard-figure", args=[slug, "GV1"]),
            reverse("backbone:own-words", args=[slug, self.round.publication_id, "comment"]),
        ]
        found = {text for address in addresses for text in self._on(client.get(address, follow=True))}
        return found | set(served.own_words_in(client.get(reverse("backbone:results-xlsx", args=[slug])).content))

    @staticmethod
    def _on(answer):
        assert answer.status_code == 200
        return served.own_words_on(served.main_of(answer.content.decode()))


def singled_out(world, read, threshold):
    """The sets of writers that are smaller than promised or of one organisation: all together, and by language."""
    sets = defaultdict(set)
    for text in read:
        writer = world.words[text]
        sets[""].add(writer)
        sets[world.language_of[writer]].add(writer)
    return [
        (language, writers)
        for language, writers in sets.items()
        if len(writers) < threshold or len({world.people[writer][0] for writer in writers}) < 2
    ]


@pytest.mark.slow
class OwnWords(TestCase):
    """Each example runs in its own transaction, which is rolled back."""

    @some
    @given(st.integers(0, 2**32 - 1), st.sampled_from([3, 5, 7]))
    def test_whoever_reads_own_words_reads_those_of_enough_people_or_none(self, seed, threshold):
        world = Written(random.Random(seed), threshold, (Role.OBSERVER, Role.DIRECTOR))
        read = [world.read_by(reader) for reader in (Role.OBSERVER, Role.DIRECTOR, ASKED)]
        assert read[0] == read[1] == read[2]
        assert singled_out(world, read[0], threshold) == []


def first_win(tries=60):
    """The first of so many random rounds in which somebody is singled out, or None."""
    for seed in range(tries):
        world = Written(random.Random(seed), 5, (Role.OBSERVER,))
        if singled_out(world, world.read_by(Role.OBSERVER), 5):
            return seed
    return None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "rule",
    [
        lambda round, written, least: written,
        lambda round, written, least: written if len(written) >= least else [],
    ],
    ids=["no threshold", "no organisations and no languages"],
)
def test_with_a_rule_off_the_reader_wins(rule, monkeypatch):
    monkeypatch.setattr(queries, "readable", rule)
    assert first_win() is not None
