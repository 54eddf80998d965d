"""The attacker sees what a reader sees; with all rules on it singles out nobody, with any one rule off it can."""

import ast
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.disclosure import INSIDE, PUBLIC, Rule, Rules

from . import attacker
from .attacker import attack
from .rounds import random_round

EXAMPLES = int(os.environ.get("DISCLOSURE_EXAMPLES", "50"))
PUBLIC_THRESHOLD = 10

# Where each rule matters: small rounds for the threshold, one organisation's sectors for the complement, and so on.
PROFILES = {
    Rule.THRESHOLD: {"people": (4, 20)},
    Rule.COMPLEMENT: {"people": (30, 60), "sectors": (3, 4), "groups": (0, 0), "organisations": (4, 12)},
    Rule.AUDIT: {"people": (14, 40), "sectors": (1, 3), "groups": (1, 3), "matching": 0.6},
    Rule.BOUNDS: {"people": (12, 30)},
    Rule.CODING: {"people": (6, 20)},
    Rule.CELLS: {"people": (12, 30)},
    Rule.RELATIVES: {"people": (10, 16), "skipping": 0.12},
}

rounds = st.builds(
    random_round,
    seed=st.integers(0, 2**32 - 1),
    sectors=st.sampled_from([(1, 5), (2, 8)]),
    groups=st.sampled_from([(0, 0), (0, 3), (2, 4)]),
    skipping=st.sampled_from([0.0, 0.04, 0.15]),
)
examples = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


def says(figure, members, **printed):
    return {"figure": figure, "audience": "inside", "breakdown": "", "cell": "", "members": members} | printed


@examples
@given(rounds, st.sampled_from([3, 5, 7]))
def test_attacker_singles_out_nobody_from_both_publications(round_, threshold):
    statements = round_.statements(Rules(threshold=threshold), (INSIDE, PUBLIC))
    assert attack(statements, threshold, round_.organisation_of) == []


@examples
@given(rounds)
def test_attacker_singles_out_nobody_from_the_public_publication(round_):
    statements = round_.statements(Rules(), (PUBLIC,))
    assert attack(statements, PUBLIC_THRESHOLD, round_.organisation_of) == []


@pytest.mark.parametrize("rule", list(Rule), ids=lambda rule: rule.value)
def test_attacker_wins_within_200_rounds_when_one_rule_is_off(rule):
    rules = Rules()
    for seed in range(200):
        round_ = random_round(seed=seed, **PROFILES[rule])
        if attack(round_.statements(rules.without(rule)), rules.threshold, round_.organisation_of):
            assert attack(round_.statements(rules), rules.threshold, round_.organisation_of) == []
            return
    pytest.fail(f"The attacker never won without {rule}; either it is too weak or the rule does nothing.")


def test_attacker_imports_nothing_from_the_product():
    tree = ast.parse(Path(attacker.__file__).read_text())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported == {"dataclasses", "fractions", "itertools", "numpy", "random", "scipy.optimize"}


def test_attacker_subtracts_a_sector_from_the_total():
    statements = [says("I1", list(range(9)), n=9, count=5), says("I1", list(range(6)), n=6, count=4)]
    assert {finding.people for finding in attack(statements, 5)} == {frozenset({6, 7, 8})}


def test_attacker_adds_two_groups_and_takes_away_the_total():
    groups = [says("I1", list(range(8)), n=8, count=4), says("I1", list(range(6, 14)), n=8, count=4)]
    statements = [says("I1", list(range(14)), n=14, count=7), *groups]
    assert [finding.people for finding in attack(statements, 5)] == [frozenset({6, 7})]


def test_attacker_reads_a_word_against_the_total():
    statements = [says("I1", list(range(13)), n=13, count=10), says("I1", list(range(6)), n=6, word="some")]
    assert (frozenset(range(6, 13)), "every single answer") in {(f.people, f.what) for f in attack(statements, 5)}


def test_attacker_finds_what_a_code_hides_when_the_rest_is_exact():
    coded = says("I1", list(range(10)), n=10, at_least=9)
    statements = [says("I1", list(range(20)), n=20, count=15), coded, says("I1", list(range(10, 20)), n=10, count=6)]
    assert "coded count" in {finding.what for finding in attack(statements, 5)}


def test_attacker_finds_nothing_in_one_total():
    assert attack([says("I1", list(range(9)), n=9, count=5)], 5) == []


def test_attacker_finds_nothing_in_a_total_in_code():
    assert attack([says("I1", list(range(9)), n=9, at_least=8)], 5) == []


def test_attacker_takes_the_same_people_of_two_rounds_away_and_finds_who_joined():
    before, now = [(0, n) for n in range(10)], [(1, n) for n in range(11)]
    totals = [says("0 I1", before, n=10, count=5), says("1 I1", now, n=11, count=6)]
    same = says("1 I1", now[:10], n=10, less=before, between=[0, 0])
    statements = [statement | {"series": "I1"} for statement in (*totals, same)]
    assert {finding.people for finding in attack(statements, 5)} == {frozenset({(1, 10)})}
    assert attack(statements[:2], 5) == []


def test_attacker_finds_the_person_who_skipped_an_item():
    first = [[2, 3], [4, 6]]  # nine people: sum 30
    second = [[1, 1], [2, 3], [4, 6]]  # ten people: sum 31, the tenth answered 1
    statements = [
        says("I1", list(range(10)), n=10, mean=3.1, parts=["a", "b"]),
        says("a", list(range(9)), n=9, distribution=first),
        says("b", list(range(10)), n=10, distribution=second),
    ]
    assert [finding.people for finding in attack(statements, 5)] == [frozenset({9})]


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ({"n": 9, "count": 4}, (4, 4)),
        ({"n": 9, "at_most": 1}, (0, 1)),
        ({"n": 9, "at_least": 8}, (8, 9)),
        ({"n": 9, "word": "few"}, (0, 2)),
        ({"n": 9, "word": "some"}, (3, 5)),
        ({"n": 9, "word": "most"}, (6, 9)),
        ({"n": 9}, None),
    ],
)
def test_attacker_reads_a_printed_count_as_a_range(printed, expected):
    assert attacker.count_range(printed) == expected
