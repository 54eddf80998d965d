"""The attacker reads what closing wrote: every result of both publications and the response panels, over two rounds."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from indicators.models import Result
from surveys.actions.closing import close_round
from surveys.models import Round
from tests.factories import InitiativeFactory
from tests.surveys.closing_rounds import Roster, open_round, says

from .attacker import attack

PARTS = {"GV1": ["gv1_a", "gv1_b"], "GV3": ["gv3_a"], "SA1": ["sa1_a"], "vision": ["gv1_a", "gv1_b", "gv3_a"]}
PARTS |= {item: [item] for item in ("gv1_a", "gv1_b", "gv3_a", "sa1_a")}
REVERSE = "gv1_b"
PRINTED = ("count", "at_most", "at_least", "word", "mean")
few = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


def random_people(chance):
    """Rows of (organisation, sector, groups): small sectors, overlapping groups, some organisations with many people."""
    size = chance.randint(6, 40)
    sectors = [f"S{n}" for n in range(chance.randint(1, 5))]
    weights = [chance.random() + 0.05 for _ in sectors]
    sector_of = {f"O{n}": chance.choices([*sectors, ""], [*weights, 0.1])[0] for n in range(chance.randint(3, 20))}
    names = [chance.choice(list(sector_of)) for _ in range(size)]
    return [(n, sector_of[n], tuple(g for g in ("G1", "G2", "G3") if chance.random() < 0.4)) for n in names]


def random_answers(chance, people):
    leaning = {sector: chance.choice((0.05, 0.4, 0.7, 0.95)) for _, sector, _ in people}
    rows = []
    for _, sector, _ in people:
        values = []
        for reverse in (False, True, False, False):
            agrees = (chance.random() < leaning[sector]) is not reverse
            values.append(chance.choice((4, 5) if agrees else (1, 2, 3)))
        values = [chance.choice((None, "dk", "na")) if chance.random() < 0.05 else value for value in values]
        rows.append(says(*values) if chance.random() < 0.8 else None)
    return rows


def score(answers, code):
    """The respondent's score by the rules a reader can know: keyed answers, the mean of at least half of the parts."""
    values = [answers.get(part) for part in PARTS[code]]
    keyed = [6 - v if part == REVERSE else v for v, part in zip(values, PARTS[code], strict=True) if isinstance(v, int)]
    return sum(keyed) / len(keyed) if keyed and 2 * len(keyed) >= len(values) else None


def counts(answers):
    """Whether a response answers at least half of the four questions."""
    return answers is not None and 2 * len(answers) >= 4


class Reader:
    """What somebody who knows every roster, and who answered, reads of one round; people are (round, place)."""

    def __init__(self, number, people, answers, before=None):
        self.number, self.people, self.answers, self.before = number, people, answers, before

    def members(self, code, breakdown="", cell=""):
        inside = {"": lambda p: True, "sector": lambda p: p[1] == cell, "group": lambda p: cell in p[2]}[breakdown]
        return [
            (self.number, place)
            for place, (person, answer) in enumerate(zip(self.people, self.answers, strict=True))
            if counts(answer) and inside(person) and score(answer, code) is not None
        ]

    def statements(self, results):
        for result in results:
            said = {"figure": f"{self.number} {result.code}", "breakdown": result.breakdown, "cell": result.cell}
            said["audience"] = result.publication.reader_level
            if not result.is_shown or not result.n:
                assert (result.n or 0, result.shown) == (0, {})
                continue
            members = self.members(result.code, result.breakdown, result.cell)
            assert len(members) == result.n
            parts = [f"{self.number} {part}" for part in PARTS[result.code] if part != result.code]
            yield said | self.printed(result, parts) | {"members": members, "n": result.n}
            yield from self.pairs(result, said)

    def printed(self, result, parts):
        printed = {name: result.shown.get(name) for name in PRINTED} | {"parts": parts}
        if "distribution" in result.shown:
            turned = (lambda v: 6 - v) if result.code == REVERSE else (lambda v: v)
            printed["distribution"] = [[turned(value), people] for value, people in result.shown["distribution"]]
        return printed

    def pairs(self, result, said):
        """Pairs say something of both rounds: so many were favourable now, and so many of the same people then."""
        paired = result.shown.get("paired")
        if not paired:
            return
        then = {place for _, place in self.before.members(result.code)}
        both = [place for _, place in self.members(result.code) if place in then]
        was = paired["count"] - paired["rose"] + paired["fell"]
        for number, count in ((self.number, paired["count"]), (self.before.number, was)):
            members = [(number, place) for place in both]
            figure = f"{number} {result.code}"
            yield said | {"figure": figure, "breakdown": "matched", "members": members, "n": len(both), "count": count}

    def organisations(self):
        return {(self.number, place): person[0] for place, person in enumerate(self.people)}


def two_closed_rounds(seed, threshold):
    """(statements by level, who works where) after two random rounds among the same people."""
    chance = random.Random(seed)
    initiative = InitiativeFactory(threshold=threshold)
    people = random_people(chance)
    roster, readers, statements = Roster(initiative, people), [], {"inside": [], "public": []}
    for number, days in enumerate((100, 1)):
        answers = random_answers(chance, people)
        round = open_round(roster, answers, ended_days_ago=days)
        assert close_round(round_id=round.pk)
        reader = Reader(number, people, answers, before=readers[-1] if readers else None)
        readers.append(reader)
        closed = Round.objects.get(pk=round.pk)
        for level, key in (("inside", closed.publication_id), ("public", closed.public_publication_id)):
            results = Result.objects.filter(publication=key).select_related("publication")
            statements[level] += reader.statements(results)
        check_panels(closed, threshold)
    return statements, readers[0].organisations() | readers[1].organisations()


def check_panels(closed, threshold):
    """No group of fewer than `threshold` people is told to be missing, not by subtraction either."""
    missing = closed.publication.response["missing"]
    if missing:
        sizes = [cell["invited"] for cell in missing["cells"]] + [r["invited"] for r in [missing["rest"]] if r]
        assert sum(sizes) == closed.publication.response["persons"]["eligible"]
        assert min(sizes) >= threshold or len(sizes) == 1
    assert closed.public_publication.response["missing"] is None


class PublishedRounds(TestCase):
    """Each example runs in its own transaction, which is rolled back."""

    @few
    @given(st.integers(0, 2**32 - 1), st.sampled_from([3, 5, 7]))
    def test_attacker_singles_out_nobody_from_what_was_written(self, seed, threshold):
        statements, organisations = two_closed_rounds(seed, threshold)
        assert attack(statements["inside"] + statements["public"], threshold, organisations) == []

    @few
    @given(st.integers(0, 2**32 - 1))
    def test_attacker_singles_out_nobody_below_ten_from_the_public_publications(self, seed):
        statements, organisations = two_closed_rounds(seed, 5)
        assert attack(statements["public"], 10, organisations) == []


@pytest.mark.django_db
def test_attacker_reads_the_written_figures_and_wins_with_one_more():
    """What the attacker is given is enough to win as soon as one hidden count is said besides."""
    chance = random.Random(7)
    initiative = InitiativeFactory()
    people = [(f"{s} {n}", s, ()) for s, size in (("A", 12), ("B", 14), ("C", 3), ("D", 4)) for n in range(size)]
    answers = [says(*(4, 2, 4, 4) if chance.random() < 0.5 else (2, 4, 2, 2)) for _ in people]
    round = open_round(Roster(initiative, people), answers)
    close_round(round_id=round.pk)
    reader, publication = Reader(0, people, answers), Round.objects.get(pk=round.pk).publication
    said = list(reader.statements(publication.results.select_related("publication")))
    organisations = reader.organisations()
    assert attack(said, 5, organisations) == []
    leak = {"figure": "0 GV1", "breakdown": "sector", "cell": "D", "members": reader.members("GV1", "sector", "D")}
    count = sum(score(answers[place], "GV1") >= 3.5 for _, place in leak["members"])
    found = attack([*said, leak | {"n": 4, "count": count, "audience": "inside"}], 5, organisations)
    assert {len(finding.people) for finding in found if finding.figure == "0 GV1"} >= {3, 4}
