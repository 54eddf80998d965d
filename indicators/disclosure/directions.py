"""The first look of the audit of values: whether small steps lead from the true answers in every direction left open.

A step adds favourable answers to two atoms and takes them from two others (or one, or none) so that no exact count
changes, and stays inside what is said of coded and worded ones: another set of answers that the reader cannot tell from
the truth. Where the steps span everything that the exact counts leave open, a union of people has one possible count
only if it is a linear combination of the exact sets, which is the question that `find_union` answers. So nothing need be
searched: one matrix settles the figure. Where the steps do not span it, `bounds.py` and `walk.py` look further.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from .audit import find_union

MOST_ATOMS = 100
# The most sets whose memberships, counted up to two, fit into one number.
MOST_SETS = 39
# Above every rounding error of the triangular form (100 atoms, a trace below 50,000: under 1e-7), below what steps
# yield.
MARGIN = 1e-4


def all_open(atoms, favourable, counts, lowest, highest, *, must_vary, threshold):
    """Whether steps from the true answers change every atom in `must_vary`, every count that is not exact, and (with a
    `threshold`) that of every union of fewer people, because they span what the exact counts leave open.

    False says nothing.
    """
    exact = lowest == highest
    members = atoms.members[exact]
    if len(atoms.sizes) > MOST_ATOMS or len(members) > MOST_SETS:
        return False
    pairs = _pairs(np.packbits(members.astype(bool)).tobytes(), *members.shape)
    up, down = _steps(pairs, atoms.sizes, favourable)
    blurred = atoms.members[~exact]
    if len(blurred):
        within = _within(blurred, pairs, up, down, lowest[~exact] - counts[~exact], highest[~exact] - counts[~exact])
        up, down = up[within], down[within]
    products = _products(pairs, up, down, len(atoms.sizes))
    if not products.diagonal()[must_vary].all() or not ((blurred @ products) * blurred).sum(axis=1).all():
        return False
    if not _is_regular(products + pairs.outer):
        return False
    return threshold is None or find_union(members, atoms.sizes, atoms.sizes < threshold, below=threshold) is None


class _Pairs(NamedTuple):
    """Pairs of atoms, those with the same memberships in the exact sets beside each other.

    `first`, `second`: the atoms; one more atom, of nobody, stands in for a step that touches fewer. `starts`: where the
    pairs of one kind of membership begin; `kind`: which kind each pair is. `outer`: the exact sets multiplied with
    themselves.
    """

    first: np.ndarray
    second: np.ndarray
    starts: np.ndarray
    kind: np.ndarray
    outer: np.ndarray


@lru_cache(maxsize=16)
def _pairs(packed, sets, atoms):
    """The `_Pairs` of a packed matrix of memberships: figures of one round mostly share it."""
    members = np.unpackbits(np.frombuffer(packed, np.uint8), count=sets * atoms).reshape(sets, atoms).astype(np.int64)
    codes = np.append(3 ** np.arange(sets, dtype=np.int64) @ members, 0)
    first, second = np.triu_indices(atoms + 1)
    sums = codes[first] + codes[second]
    order = np.argsort(sums, kind="stable")
    is_new = np.append(True, np.diff(sums[order]) != 0)
    kind = np.cumsum(is_new) - 1
    # Whole numbers in floats: exact, and many times as fast.
    outer = members.T.astype(float) @ members.astype(float)
    return _Pairs(first[order], second[order], np.flatnonzero(is_new), kind, outer)


def _steps(pairs, sizes, favourable):
    """(pairs that go up, pairs that go down) of steps that span all steps between two pairs of a kind."""
    rises, falls = (_may_go(pairs, np.append(room, 2)) for room in (sizes - favourable, favourable))
    # Each pair that can rise does so against one that can fall, and the other way round; one that can do both joins all.
    against = _one_of_each(pairs, np.where(falls, 1 + rises, 0))
    with_it = _one_of_each(pairs, np.where(rises, 1 + falls, 0))
    risers = np.flatnonzero(rises & (against >= 0))
    fallers = np.flatnonzero(falls & ~rises & (with_it >= 0))
    up, down = np.append(risers, with_it[fallers]), np.append(against[risers], fallers)
    return up[up != down], down[up != down]


def _may_go(pairs, room):
    return (
        (room[pairs.first] > 0) & (room[pairs.second] > 0) & ((pairs.first != pairs.second) | (room[pairs.first] > 1))
    )


def _one_of_each(pairs, rank):
    """By pair: one of the pairs of its kind with the highest rank, -1 where all of them rank 0."""
    places = np.arange(len(rank))
    best = np.maximum.reduceat(rank * len(rank) + places, pairs.starts)
    return np.where(best >= len(rank), best % len(rank), -1)[pairs.kind]


def _within(blurred, pairs, up, down, lowest, highest):
    """By step: whether it leaves every blurred count inside `lowest` and `highest`, told as differences."""
    blurred = np.hstack([blurred, np.zeros((len(blurred), 1), dtype=blurred.dtype)])
    of_pair = blurred[:, pairs.first] + blurred[:, pairs.second]
    change = of_pair[:, up] - of_pair[:, down]
    return ((change >= lowest[:, None]) & (change <= highest[:, None])).all(axis=0)


def _products(pairs, up, down, width):
    """The steps (rows of differences by atom) multiplied with themselves, from the four atoms that each touches."""
    touched = pairs.first[up], pairs.second[up], pairs.first[down], pairs.second[down]
    signs = 1, 1, -1, -1
    cells = np.concatenate([a * (width + 1) + b for a in touched for b in touched])
    weights = np.repeat([float(one * other) for one in signs for other in signs], len(up))
    return np.bincount(cells, weights, minlength=(width + 1) ** 2).reshape(width + 1, width + 1)[:width, :width]


def _is_regular(matrix):
    """Whether a symmetric matrix of whole numbers, no eigenvalue below 0, has none at 0. Never mistaken when it says yes."""
    try:
        np.linalg.cholesky(matrix - MARGIN * np.eye(len(matrix)))
    except np.linalg.LinAlgError:
        return False
    return True
