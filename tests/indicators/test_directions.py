"""The first look of the audit of values against trying every set of answers."""

import numpy as np

from indicators.disclosure import INSIDE, Rules
from indicators.disclosure.atoms import atoms_of
from indicators.disclosure.directions import all_open
from tests.indicators.test_walk import THRESHOLD, everything_that_reads_the_same, some_round, unions
from tests.properties.attacker import attack
from tests.properties.rounds import random_round


def fixed_in(atoms, favourable):
    return (favourable == 0) | (favourable == atoms.sizes)


def test_whatever_the_first_look_lets_pass_has_another_value():
    chance, passed = np.random.default_rng(11), 0
    for _example in range(1500):
        atoms, favourable, lowest, highest = some_round(chance)
        fixed, counts = fixed_in(atoms, favourable), atoms.members @ favourable
        if not all_open(atoms, favourable, counts, lowest, highest, must_vary=fixed, threshold=THRESHOLD):
            continue
        passed += 1
        alike = everything_that_reads_the_same(atoms, lowest, highest)
        assert all(len(set(alike[:, atom])) > 1 for atom in np.flatnonzero(fixed))
        assert all(len(set(alike[:, union].sum(axis=1))) > 1 for union in unions(atoms.sizes))
        assert all(len(set(alike @ row)) > 1 for row in atoms.members[lowest < highest])
    assert passed > 10


def test_first_look_settles_a_round_of_a_real_size():
    chance = np.random.default_rng(3)
    sector = chance.integers(0, 8, 600)
    sets = [np.ones(600, bool), *(sector == s for s in range(8)), *(chance.random((3, 600)) < 0.3)]
    atoms = atoms_of(np.array(sets))
    favourable = atoms.count(chance.random(600) < 0.6)
    counts = atoms.members @ favourable
    assert all_open(atoms, favourable, counts, counts, counts, must_vary=fixed_in(atoms, favourable), threshold=5)


def test_first_look_never_lets_everybody_of_a_shown_set_pass():
    sets = np.array([np.ones(12, bool), np.arange(12) < 6])
    atoms = atoms_of(sets)
    favourable = atoms.count((np.arange(12) < 6) | (np.arange(12) == 8))
    counts = atoms.members @ favourable
    assert not all_open(atoms, favourable, counts, counts, counts, must_vary=fixed_in(atoms, favourable), threshold=5)


def test_attacker_finds_nothing_in_what_only_the_first_look_shows():
    # In this round the walk misses a step that is possible only at the start, and the first look finds it.
    shape = {"people": (20, 90), "sectors": (2, 8), "groups": (2, 4), "skipping": 0.15, "organisations": (5, 30)}
    round_ = random_round(seed=5024, **shape)
    assert attack(round_.statements(Rules(threshold=3), (INSIDE,)), 3, round_.organisation_of) == []
