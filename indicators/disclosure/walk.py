"""The second look of the audit of values: a walk through other sets of answers that read the same.

The moves of `bounds.py` start at the true answers and are judged one by one. Where they settle nothing, this search goes
on from what it finds: each step adds two answers and takes two away (or one, or none) so that no exact count changes, and
stays inside what is said of coded and worded ones. Every set of answers it comes to is one that the reader cannot tell
from the truth, and so is the count of any people whom a step changes. A union of people is given away only if every step
found leaves its count alone: if it stands at right angles to all of them, which is the question `find_union` answers.
"""

import numpy as np

from .audit import PRIME, echelon, find_union

MOST_ATOMS, MOST_ROUNDS, STEPS_LEARNT = 100, 24, 4


def leaves_a_choice(atoms, favourable, lowest, highest, *, must_vary, threshold):
    """Whether the steps found change every atom in `must_vary`, every count that is not exact, and (with a `threshold`)
    every union of fewer people than that. Deterministic; False where nothing was found within the bounds of the search.
    """
    if len(atoms.sizes) > MOST_ATOMS:
        return False
    members = atoms.members.astype(np.int64)
    steps = _Walk(members, atoms.sizes, favourable, lowest, highest).learn()
    blurred = members[lowest < highest]
    if not steps.any(axis=0)[must_vary].all() or not (steps @ blurred.T % PRIME).any(axis=0).all():
        return False
    if threshold is None:
        return True
    return find_union(_right_angles(steps), atoms.sizes, atoms.sizes < threshold, below=threshold) is None


class _Walk:
    def __init__(self, members, sizes, favourable, lowest, highest):
        self.members, self.lowest, self.highest = members, lowest, highest
        self.chance = np.random.default_rng(len(sizes))
        # One more atom of nobody: a step that touches fewer than four atoms takes it for the others.
        self.room = np.append(sizes, 0)
        self.now = favourable.astype(np.int64)
        exact = members[lowest == highest]
        weights = self.chance.integers(1, 1 << 40, size=len(exact))
        codes = np.append(weights @ exact, 0)
        self.first, self.second = np.triu_indices(len(codes))
        self.sums = codes[self.first] + codes[self.second]
        self.most = len(sizes) - len(echelon(exact)[1])

    def learn(self):
        """Steps that can be taken on the way (rows of differences by atom), reduced modulo a prime."""
        known = np.zeros((0, len(self.now)), dtype=np.int64)
        for _round in range(MOST_ROUNDS):
            possible = self._possible()
            if not len(possible):
                break
            taken = self.chance.permutation(len(possible))[: STEPS_LEARNT * len(self.now)]
            known = echelon(np.vstack([known, possible[taken]]))[0]
            known = known[known.any(axis=1)]
            if len(known) == self.most:
                break
            self.now = self.now + possible[taken[0]]
        return known

    def _possible(self):
        """Steps from here: pairs of atoms with equal memberships in the exact sets, one pair up, the other down."""
        order = self.chance.permutation(len(self.sums))
        order = order[np.argsort(self.sums[order], kind="stable")]
        same = self.sums[order][1:] == self.sums[order][:-1]
        ups, downs = order[1:][same], order[:-1][same]
        # Small numbers in small types: exact all the same, and a fraction of the memory to go through.
        steps = np.zeros((len(ups), len(self.room)), dtype=np.int32)
        rows = np.arange(len(ups))
        for sign, pairs in ((1, ups), (-1, downs)):
            # Within one of these lines every row is touched once, so that += adds what it should.
            steps[rows, self.first[pairs]] += sign
            steps[rows, self.second[pairs]] += sign
        steps = steps[:, :-1]
        steps = steps[steps.any(axis=1)]
        steps = np.vstack([steps, -steps])
        there = self.now.astype(np.int32) + steps
        fits = ((there >= 0) & (there <= self.room[:-1].astype(np.int32))).all(axis=1)
        counts = there[fits].astype(np.float64) @ self.members.T.astype(np.float64)
        within = ((counts >= self.lowest) & (counts <= self.highest)).all(axis=1)
        return steps[fits][within].astype(np.int64)


def _right_angles(steps):
    """A basis modulo PRIME of everything whose product with each of the reduced rows is 0."""
    width = steps.shape[1]
    pivots = [int(np.argmax(row != 0)) for row in steps]
    free = [column for column in range(width) if column not in pivots]
    basis = np.zeros((len(free), width), dtype=np.int64)
    for row, column in enumerate(free):
        basis[row, column] = 1
        basis[row, pivots] = -steps[:, column] % PRIME
    return basis
