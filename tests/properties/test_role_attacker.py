"""The attacker reads what each role is served: pages, files and mails of three rounds, and the public publication.

Rounds are closed by the real actions; figures are parsed from the answers to requests (`served.py`), never taken from the
database. Only the public publication is read as it was written, as long as no page shows it to everyone.
"""

import random
from functools import partial

import pytest
from django.core import mail
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from indicators.catalogue import catalogue
from indicators.disclosure import Rule, Rules
from indicators.models import Result
from initiatives.permissions import Role
from surveys.actions.closing import close_round
from surveys.actions.telling import tell_of_results
from surveys.models import Round
from surveys.queries import results
from surveys.tokens import survey_token
from tests.conftest import client_of
from tests.factories import InitiativeFactory, MembershipFactory
from tests.surveys.closing_rounds import Roster, open_round, says

from . import served
from .attacker import attack
from .test_published_attacker import PARTS, REVERSE, Reader, random_answers, random_people

CODES = ("GV1", "GV3", "SA1", "vision")
TITLES = ("First", "Second", "Third")
some = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
ASKED = "asked"
SAID = ("n", "count", "at_most", "at_least", "word")


class Served:
    """One initiative whose rounds are closed one after the other, and what every role has read of it so far.

    `read[role]` holds statements as the attacker takes them, `read[ASKED]` those of people with a survey link, and
    `public` those of the public publications.
    """

    def __init__(self, people, threshold=5, roles=tuple(Role)):
        caches["pages"].clear()  # rows of the example before had the same keys
        self.initiative = InitiativeFactory(threshold=threshold, quiet_from=None, quiet_until=None)
        members = {role: MembershipFactory(initiative=self.initiative, role=role) for role in roles}
        self.clients = {role: client_of(member.user) for role, member in members.items()}
        self.emails = {member.user.email for member in members.values()}
        self.roster, self.readers = Roster(self.initiative, people), []
        self.read, self.public, self._parsed = {role: {} for role in (*roles, ASKED)}, [], {}

    def close(self, answers, people):
        """Ask `people`; everybody looks while the round is open, and again when it is closed."""
        self.roster.people = [(c, *place[1:]) for (c, _, _), place in zip(self.roster.people, people, strict=True)]
        number, before = len(self.readers), self.readers[-1] if self.readers else None
        round = open_round(self.roster, answers, title=TITLES[number], ended_days_ago=300 - 100 * number)
        self._look_around(["overview", "csv"])
        self.readers.append(Reader(number, people, answers, before))
        assert close_round(round_id=round.pk)
        self._mails(round)
        self._look_around(["overview", *CODES, "csv", "xlsx"])
        self._look_at_the_survey_link(round)
        closed = Round.objects.get(pk=round.pk)
        self.public += self.readers[-1].statements(Result.objects.filter(publication=closed.public_publication_id))

    def _mails(self, round):
        """Everybody is told that results are out, and nothing of what they are."""
        mail.outbox.clear()
        tell_of_results(round_id=round.pk)
        assert {address for sent in mail.outbox for address in sent.to} == self.emails
        assert served.told_in_mails(mail.outbox) == []

    def _look_around(self, kinds):
        for role, client in self.clients.items():
            for kind in kinds:
                for said in self._said(kind, self._get(client, self._address(kind))):
                    self._keep(role, said)

    def _address(self, kind):
        pages = {"overview": "dashboard", "csv": "results-csv", "xlsx": "results-xlsx"}
        slug = self.initiative.slug
        if kind in pages:
            return reverse(f"backbone:{pages[kind]}", args=[slug])
        return reverse("backbone:dashboard-figure", args=[slug, kind])

    def _look_at_the_survey_link(self, round):
        invitation = round.invitations.first()
        address = f"/s/{survey_token(invitation.pk, invitation.link_version)}/results/"
        for said in self._said("results", self._get(Client(), address)):
            self._keep(ASKED, said)

    def _get(self, client, address):
        answer = client.get(address)
        assert answer.status_code == 200
        return answer.content

    def _said(self, kind, content):
        """What a page or file says, parsed once where all roles are served the same words."""
        if kind not in ("csv", "xlsx"):
            content = served.main_of(content.decode())
        key = (kind, content)
        if key not in self._parsed:
            self._parsed[key] = list(PARSERS[kind](content))
        return self._parsed[key]

    def _keep(self, role, said):
        for statement in self._statements(said):
            self.read[role].setdefault(str(sorted(statement.items(), key=str)), statement)

    def _statements(self, said):
        number = TITLES.index(said.round)
        reader = self.readers[number]
        about = {"series": said.code, "audience": "inside", "breakdown": said.breakdown, "cell": said.cell}
        about["figure"] = f"{number} {said.code}"
        if said.numbers:
            members = reader.members(said.code, said.breakdown, said.cell)
            assert len(members) == said.numbers["n"], (said, members)
            parts = [f"{number} {part}" for part in PARTS[said.code] if part != said.code]
            yield about | _turned(said) | {"members": members, "parts": parts}
        if said.previous:
            count, n = said.previous
            members = reader.before.members(said.code)
            assert len(members) == n
            yield about | {"figure": f"{number - 1} {said.code}", "members": members, "n": n, "count": count}
        if said.paired:
            yield from self._pairs(reader, said, about)

    def _pairs(self, reader, said, about):
        """What two numbers tell of the same people in both rounds: how many at least and at most, and the difference."""
        n, rose, fell = said.paired
        then = {place for _, place in reader.before.members(said.code)}
        now = [person for person in reader.members(said.code) if person[1] in then]
        was = [(reader.before.number, place) for _, place in now]
        assert len(now) == n
        about |= {"n": n, "breakdown": "matched"}
        yield about | {"members": now, "between": [rose, n - fell]}
        yield about | {"figure": f"{reader.before.number} {said.code}", "members": was, "between": [fell, n - rose]}
        yield about | {"members": now, "less": was, "between": [rose - fell, rose - fell]}

    def organisations(self):
        return {person: who for reader in self.readers for person, who in reader.organisations().items()}

    def attack(self, reader, threshold):
        return attack([*self.read[reader].values(), *self.public], threshold, self.organisations())


LABELS = {str(indicator.label): indicator.code for indicator in catalogue()}
PARSERS = {"csv": served.from_csv, "xlsx": served.from_workbook, "overview": served.from_overview}
PARSERS |= {"results": partial(served.from_results_page, codes=LABELS)}
PARSERS |= {code: partial(served.from_figure_page, code=code) for code in CODES}


def _turned(said):
    """The numbers as the attacker takes them; answers to a reverse statement are turned."""
    numbers = dict(said.numbers)
    if "distribution" in numbers:
        turn = (lambda v: 6 - v) if said.code == REVERSE else (lambda v: v)
        numbers["distribution"] = [[turn(answer), people] for answer, people in numbers["distribution"]]
    return numbers


def regrouped(chance, people):
    """The same people; now and then somebody has joined or left a group since the last round."""
    return [(o, s, g if chance.random() < 0.9 else tuple({"G1", "G2"} - set(g))) for o, s, g in people]


def three_rounds(seed, threshold):
    chance = random.Random(seed)
    people = random_people(chance)
    world = Served(people, threshold)
    for _ in TITLES:
        world.close(random_answers(chance, people), people)
        people = regrouped(chance, people)
    return world


@pytest.mark.slow
class ThreeRounds(TestCase):
    """Each example runs in its own transaction, which is rolled back."""

    @some
    @given(st.integers(0, 2**32 - 1), st.sampled_from([3, 5, 7]))
    def test_no_role_singles_out_anybody_from_three_rounds(self, seed, threshold):
        world = three_rounds(seed, threshold)
        assert world.attack(Role.OBSERVER, threshold) == []
        known = set(world.read[Role.OBSERVER])
        for reader, read in world.read.items():
            assert set(read) <= known or world.attack(reader, threshold) == []

    @some
    @given(st.integers(0, 2**32 - 1))
    def test_reader_of_the_public_publications_singles_out_nobody_below_ten(self, seed):
        chance = random.Random(seed)
        people = random_people(chance)
        world = Served(people, roles=())
        for _ in TITLES:
            world.close(random_answers(chance, people), people)
        assert attack(world.public, 10, world.organisations()) == []


@pytest.mark.django_db
def test_reader_reads_every_figure_that_was_written():
    """What is parsed is all there is: no figure of the last round is overlooked, none is made up."""
    chance = random.Random(3)
    people = [*sized(("A", 14), ("B", 11), ("C", 7), ("D", 4)), ("", "", ("G1",))]
    people = [(o or "Last", s, ("G1",) if n % 2 else g) for n, (o, s, g) in enumerate(people)]
    world = Served(people, roles=(Role.FUNDER,))
    for _ in range(2):
        world.close(random_answers(chance, people), people)
    written = Result.objects.filter(publication__reader_level="inside", publication__title="Second", n__gt=0)
    expected = {(r.code, r.breakdown, r.cell, str([r.n, *map(r.shown.get, SAID[1:])])) for r in written}
    read = [s for s in world.read[Role.FUNDER].values() if s["figure"][0] == "1" and s["breakdown"] != "matched"]
    assert {(s["series"], s["breakdown"], s["cell"], str([*map(s.get, SAID)])) for s in read} == expected
    paired = {r.code for r in written if "paired" in r.shown}
    assert {s["series"] for s in world.read[Role.FUNDER].values() if "less" in s} == paired != set()
    asked = {s["series"] for s in world.read[ASKED].values() if s["figure"][0] == "1" and not s["breakdown"]}
    assert asked == {code for code, breakdown, *_ in expected if not breakdown}


# --- each rule switched off alone: one case that the reader wins by it and only by it ------------------------------

YES, NO = (4, 2, 4, 4), (2, 4, 2, 2)


def sized(*sectors):
    """People in sectors of so many, each of an organisation of their own."""
    return [(f"{name} {n}", name, ()) for name, size in sectors for n in range(size)]


def saying(*runs):
    """So many who agree with everything, so many who do not, and so on in turn."""
    return [says(*(NO if place % 2 else YES)) for place, size in enumerate(runs) for _ in range(size)]


def four_people():
    return sized(("A", 4)), saying(2, 2)


def sector_of_one_organisation():
    """ "Some of 4" can only be two of them: the total less these and the large sector is what one organisation said."""
    people = sized(("A", 14), ("B", 4)) + [("Large", "C", ())] * 8
    return people, saying(7, 7, 2, 2, 4, 4)


def groups_that_share_two_people():
    """Two groups of twelve make up all twenty-two, so that their counts less the total are the two in both."""
    people = [(f"O{n}", "", ("G1",) * (n < 12) + ("G2",) * (n > 9)) for n in range(22)]
    return people, [says(*(YES if n % 2 else NO)) for n in range(22)]


def hidden_sectors_that_all_agree():
    """10 of 13, and of the six in B some: at least seven of the other seven agreed."""
    return sized(("A", 3), ("B", 6), ("C", 4)), saying(3 + 3, 3, 4)


def everybody_agrees():
    return sized(("A", 20)), saying(20)


def sector_in_which_all_agree():
    """Its count is said as it is; the two others are hidden together."""
    return sized(("A", 10), ("B", 7), ("C", 3)), saying(10 + 4, 3, 2, 1)


def one_skipped_a_statement():
    """The mean of the indicator leaves the skipper's answer to the other statement one value only: 1."""
    first, second = [4] * 5 + [3] * 5, [2] * 4 + [3] * 6
    rest = [(4, 4) if n % 2 else (2, 2) for n in range(11)]
    answers = [says(a, b, *others) for a, b, others in zip([*first, 1], [*second, None], rest, strict=True)]
    return sized(("A", 11)), answers


WINS = {
    Rule.THRESHOLD: four_people,
    Rule.COMPLEMENT: sector_of_one_organisation,
    Rule.AUDIT: groups_that_share_two_people,
    Rule.BOUNDS: hidden_sectors_that_all_agree,
    Rule.CODING: everybody_agrees,
    Rule.CELLS: sector_in_which_all_agree,
    Rule.RELATIVES: one_skipped_a_statement,
}


def reads_one_round(people, answers, threshold):
    world = Served(people, threshold, roles=(Role.OBSERVER,))
    world.close(answers, people)
    return world.attack(Role.OBSERVER, threshold)


@pytest.mark.django_db
@pytest.mark.parametrize("rule", list(Rule), ids=lambda rule: rule.value)
def test_reader_wins_from_what_is_served_when_one_rule_is_off(rule, monkeypatch):
    people, answers = WINS[rule]()
    threshold = 3 if rule is Rule.COMPLEMENT else 5
    assert reads_one_round(people, answers, threshold) == []
    monkeypatch.setattr(results, "Rules", lambda threshold: Rules(threshold).without(rule))
    assert reads_one_round(people, answers, threshold) != []
