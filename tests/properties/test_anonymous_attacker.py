"""The attacker reads three anonymous rounds: pages, files, mails, both audiences, and how many have answered day by day.

He knows who answered and where they work. What lies in the database is attacked in tests/security/test_unlinkability.py.
"""

import random
import re

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from indicators.disclosure import Rule, Rules
from initiatives.permissions import Role
from surveys.actions import pooling
from surveys.models import Round
from surveys.queries import results
from surveys.queries.pooling import everything_in
from tests.surveys.closing_rounds import open_round

from . import served
from .attacker import attack
from .serving import TITLES, Mode, Served
from .test_published_attacker import random_answers, random_people
from .test_role_attacker import everybody_agrees, four_people, one_skipped_a_statement, saying, sized

few = settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
COUNTED = re.compile(r"(\d+) of (\d+) invited")


@pytest.mark.slow
class ThreeAnonymousRounds(TestCase):
    """Each example runs in its own transaction, which is rolled back."""

    @few
    @given(st.integers(0, 2**32 - 1), st.sampled_from([3, 5, 7]))
    def test_nobody_who_answers_anonymously_is_singled_out(self, seed, threshold):
        chance = random.Random(seed)
        people = random_people(chance)
        world = Served(people, threshold, roles=(Role.STAFF, Role.OBSERVER))
        for number, _title in enumerate(TITLES):
            world.close(random_answers(chance, people), people, Mode.ANONYMOUS)
            world.conclude(number)
        assert world.attacks(threshold) == []
        assert attack(world.public, 10, world.organisations()) == []
        assert world.told() == []
        read = [statement for read in world.read.values() for statement in read.values()]
        assert {(each["breakdown"], "less" in each) for each in read} <= {("", False)}


# --- each rule switched off alone -----------------------------------------------------------------------------------


def only_one_organisation_answers():
    """Eight of one organisation and eight others are asked; the eight who answer could be those of the one."""
    return [("Large", "A", ())] * 8 + sized(("B", 8)), [*saying(3, 5), *[None] * 8]


WINS = {Rule.THRESHOLD: four_people, Rule.CODING: everybody_agrees, Rule.RELATIVES: one_skipped_a_statement}


def reads_one_round(people, answers):
    world = Served(people, roles=(Role.OBSERVER,))
    world.close(answers, people, Mode.ANONYMOUS)
    return world.attacks(5)


@pytest.mark.django_db
@pytest.mark.parametrize("rule", list(WINS), ids=lambda rule: rule.value)
def test_reader_of_an_anonymous_round_wins_when_one_rule_is_off(rule, monkeypatch):
    people, answers = WINS[rule]()
    assert reads_one_round(people, answers) == []
    monkeypatch.setattr(results, "Rules", lambda threshold: Rules(threshold).without(rule))
    assert reads_one_round(people, answers) != []


@pytest.mark.django_db
def test_reader_wins_when_a_figure_may_be_of_one_organisation_alone(monkeypatch):
    people, answers = only_one_organisation_answers()
    assert reads_one_round(people, answers) == []
    monkeypatch.setattr(results, "least_answers", lambda round: round.smallest_group)
    assert reads_one_round(people, answers) != []


# --- how many have answered, while the round is open ----------------------------------------------------------------


class Watched:
    """An open round whose people are watched as they come to the survey, some to answer; staff pages are read after each."""

    def __init__(self, days):
        people = sized(("A", sum(map(len, days))))
        self.world = Served(people, roles=(Role.STAFF, Role.DIRECTOR))
        everybody = [None] * len(people)
        self.round = open_round(self.world.roster, everybody, mode=Mode.ANONYMOUS, ended_days_ago=-14)
        pooling.prepare(round=self.round)
        self.statements, self.pages, self.seen = [], [], []
        for day in days:
            self._midnight()
            self._day(day)

    def _midnight(self):
        Round.objects.filter(answered_counted_on__isnull=False).update(answered_counted_on="2020-01-01")
        pooling.count_daily(round_id=self.round.pk)
        self.counted = len(self.seen)

    def _day(self, day):
        pages = {self._look()}
        for answers in day:
            place = len(self.seen)
            self.seen.append((0, place))
            if answers:
                invitation = self.round.invitations.order_by("pk")[place]
                assert pooling.put(invitation=invitation, answers=answers) is True
            pages.add(self._look())
        self.pages.append(pages)

    def _look(self):
        slug, read = self.world.initiative.slug, []
        addresses = [self.world.address("overview"), self.world.address("csv")]
        addresses += [reverse("surveys:round-list", args=[slug]), self.round.get_absolute_url()]
        for client in self.world.clients.values():
            for address in addresses:
                content = self.world._get(client, address).decode()
                read.append(served.main_of(content) if "<main" in content else content)
                for found in COUNTED.finditer(read[-1]):
                    self._hear(int(found[1]))
        return "\n".join(TOKEN.sub("", text) for text in read)

    def _hear(self, count):
        """The attacker takes it to be of those seen by midnight, or by now where it has moved since."""
        until, known = self.counted, {said["n"]: said["count"] for said in self.statements}
        if known.get(until, count) != count:
            until = len(self.seen)
        if until not in known:
            about = {"figure": "0 answered", "breakdown": "", "members": self.seen[:until]}
            self.statements.append(about | {"n": until, "count": count})

    def attack(self):
        return attack(self.statements, 5)


TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
DAYS = [[*saying(3, 1), None, None], [*saying(2, 2), None], [None, *saying(4)]]


@pytest.mark.django_db
def test_pages_of_an_open_round_do_not_move_while_people_answer():
    watched = Watched(DAYS)
    assert [len(pages) for pages in watched.pages] == [1, 1, 1]
    assert {said["count"] for said in watched.statements} == {0, 4, 8}
    assert watched.attack() == []


def counting_at_once(*, invitation, answers):
    put(invitation=invitation, answers=answers)
    answered = len(everything_in(invitation.round_id).answered)
    return bool(Round.objects.filter(pk=invitation.round_id).update(answered_daily=answered))


put = pooling.put


@pytest.mark.django_db
def test_watcher_wins_when_every_answer_is_counted_at_once(monkeypatch):
    monkeypatch.setattr(pooling, "put", counting_at_once)
    watched = Watched(DAYS[:1])
    assert min(len(finding.people) for finding in watched.attack()) == 1
