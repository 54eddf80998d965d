"""The last look of the audit of values: a walk through other sets of answers that read the same.

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
    """Steps are numbers of two pairs of atoms, one pair up, the other down; the last atom is nobody's and stands in for
    those that a step on fewer than four atoms leaves out.
    """

    def __init__(self, members, sizes, favourable, lowest, highest):
        self.members, self.lowest, self.highest = members, lowest, highest
        self.chance = np.random.default_rng(len(sizes))
        self.sizes, self.now = sizes, favourable.astype(np.int64)
        exact = members[lowest == highest]
        weights = self.chance.integers(1, 1 << 40, size=len(exact))
        codes = np.append(weights @ exact, 0)
        self.first, self.second = np.triu_indices(len(codes))
        self.sums = codes[self.first] + codes[self.second]
        nobody = np.zeros((len(members), 1), dtype=np.int8)
        memberships = np.hstack([members.astype(np.int8), nobody])
        # By set: how many of a pair are in it. Small numbers in a small type, a fraction of the memory to go through.
        self.inside = memberships[:, self.first] + memberships[:, self.second]
        self.most = len(sizes) - len(echelon(exact)[1])

    def learn(self):
        """Steps that can be taken on the way (rows of differences by atom), reduced modulo a prime."""
        known, pivots = np.zeros((0, len(self.now)), dtype=np.int64), []
        for _round in range(MOST_ROUNDS):
            ups, downs = self._possible()
            if not len(ups):
                break
            taken = self.chance.permutation(len(ups))[: STEPS_LEARNT * len(self.now)]
            ups, downs = ups[taken], downs[taken]
            new = self._differences(_remainders(known, pivots), ups, downs) % PRIME
            new = new[new.any(axis=1)]
            if len(new):
                known, pivots = echelon(np.vstack([known, echelon(new)[0]]))
            if len(known) == self.most:
                break
            self.now = self.now + self._differences(np.eye(len(self.now), dtype=np.int64), ups[:1], downs[:1])[0]
        return known

    def _differences(self, of_atom, ups, downs):
        """The steps as rows, from a row for each atom."""
        of_atom = np.vstack([of_atom, np.zeros_like(of_atom[:1])])
        first, second = self.first, self.second
        return of_atom[first[ups]] + of_atom[second[ups]] - of_atom[first[downs]] - of_atom[second[downs]]

    def _possible(self):
        """Steps from here: pairs of atoms with equal memberships in the exact sets, one pair up, the other down."""
        order = self.chance.permutation(len(self.sums))
        order = order[np.argsort(self.sums[order], kind="stable")]
        same = self.sums[order][1:] == self.sums[order][:-1]
        ups, downs = order[1:][same], order[:-1][same]
        atoms = np.array([self.first[ups], self.second[ups], self.first[downs], self.second[downs]])
        # What the step changes at each of its atoms: some of the four may be the same, nobody's never changes.
        gains = (atoms[:, None] == atoms[None, :2]).sum(axis=1) - (atoms[:, None] == atoms[None, 2:]).sum(axis=1)
        gains[atoms == len(self.sizes)] = 0
        some = gains.any(axis=0)
        ups, downs, atoms, gains = ups[some], downs[some], atoms[:, some], gains[:, some]
        here, most = np.append(self.now, 0)[atoms], np.append(self.sizes, 0)[atoms]
        counts = self.members @ self.now
        changes = self.inside[:, ups] - self.inside[:, downs]
        fits = [
            ((here + sign * gains >= 0) & (here + sign * gains <= most)).all(axis=0)
            & (sign * changes >= (self.lowest - counts)[:, None]).all(axis=0)
            & (sign * changes <= (self.highest - counts)[:, None]).all(axis=0)
            for sign in (1, -1)
        ]
        there, back = fits
        return np.append(ups[there], downs[back]), np.append(downs[there], ups[back])


def _remainders(known, pivots):
    """By atom: what the reduced rows leave of it."""
    left = np.eye(known.shape[1], dtype=np.int64)
    left[pivots] -= known
    return left


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
