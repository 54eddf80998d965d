"""The walk of the audit of values against trying every set of answers."""

from itertools import combinations, product

import numpy as np
import pytest

from indicators.disclosure.atoms import atoms_of
from indicators.disclosure.walk import leaves_a_choice

THRESHOLD = 3


def some_round(chance):
    """Atoms, favourable answers and what is said of each set: a total, two sectors, two overlapping groups."""
    people = int(chance.integers(6, 12))
    sector = chance.integers(0, 3, people)
    sets = [np.ones(people, bool), sector == 0, sector == 1, *(chance.random((2, people)) < 0.4)]
    atoms = atoms_of(np.array(sets))
    favourable = atoms.count(chance.random(people) < chance.random())
    counts = atoms.members @ favourable
    blur = chance.integers(0, 2, len(counts)) * (chance.random() < 0.5)
    most = atoms.members @ atoms.sizes
    return atoms, favourable, np.maximum(counts - blur, 0), np.minimum(counts + blur, most)


def everything_that_reads_the_same(atoms, lowest, highest):
    every = np.array(list(product(*(range(size + 1) for size in atoms.sizes))))
    counts = every @ atoms.members.T
    return every[((counts >= lowest) & (counts <= highest)).all(axis=1)]


def unions(sizes):
    for many in range(1, THRESHOLD):
        for atoms in combinations(range(len(sizes)), many):
            if sizes[list(atoms)].sum() < THRESHOLD:
                yield list(atoms)


def test_whatever_the_walk_lets_pass_has_another_value():
    chance, passed = np.random.default_rng(7), 0
    for _example in range(300):
        atoms, favourable, lowest, highest = some_round(chance)
        fixed = (favourable == 0) | (favourable == atoms.sizes)
        if not leaves_a_choice(atoms, favourable, lowest, highest, must_vary=fixed, threshold=THRESHOLD):
            continue
        passed += 1
        alike = everything_that_reads_the_same(atoms, lowest, highest)
        assert all(len(set(alike[:, atom])) > 1 for atom in np.flatnonzero(fixed))
        assert all(len(set(alike[:, union].sum(axis=1))) > 1 for union in unions(atoms.sizes))
        assert all(len(set(alike @ row)) > 1 for row in atoms.members[lowest < highest])
    assert passed > 20


def test_overlapping_groups_of_a_real_size_leave_a_choice():
    chance = np.random.default_rng(3)
    sector = chance.integers(0, 6, 100)
    sets = [np.ones(100, bool), *(sector == s for s in range(6)), *(chance.random((4, 100)) < 0.2)]
    atoms = atoms_of(np.array(sets))
    favourable = atoms.count(chance.random(100) < 0.6)
    counts = atoms.members @ favourable
    fixed = (favourable == 0) | (favourable == atoms.sizes)
    assert leaves_a_choice(atoms, favourable, counts, counts, must_vary=fixed, threshold=5)


@pytest.mark.parametrize("favourable", [0, 4])
def test_nobody_and_everybody_leave_no_choice(favourable):
    atoms = atoms_of(np.ones((1, 4), bool))
    everybody, count = np.array([True]), np.array([favourable])
    assert not leaves_a_choice(atoms, count, count, count, must_vary=everybody, threshold=3)
