"""Rule 4: no small set of respondents is a linear combination of the shown sets.

A reader who knows who belongs to which shown set, and the figure of each, can add and subtract. What can be computed
that way for a set of people is exactly what lies in the row space of the sets' indicator vectors; people with the
same memberships (an atom) stand or fall together, so only unions of atoms count. A small union is zero on every other
atom. The reduced echelon form with those other atoms' columns first therefore leaves a few rows that live on the
small atoms alone, and since a union is 0 or 1 at their pivots it is the sum of some of these rows: trying all such
sums is a complete search.

The arithmetic is modulo a prime above every minor of a 0/1 matrix of up to 20 rows (Hadamard), hence exact there.
"""

import numpy as np

PRIME = 2**31 - 1
MOST_COMBINATIONS = 1 << 16


def echelon(rows):
    """Reduced row echelon form modulo PRIME and its pivot columns.

    Row after row in the order given: each is already free of the pivots before it, so its first entry is its pivot, and
    clearing that column everywhere disturbs no earlier one.
    """
    rows = np.array(rows, dtype=np.int64) % PRIME
    places, pivots = [], []
    for place, row in enumerate(rows):
        column = int((row != 0).argmax())
        entry = int(row[column])
        if not entry:
            continue
        if entry != 1:
            row *= pow(entry, -1, PRIME)
            row %= PRIME
        factors = rows[:, column].copy()
        factors[place] = 0
        touched = factors.nonzero()[0]  # few, and the remainder is what takes time
        rows[touched] = (rows[touched] - factors[touched, None] * row) % PRIME
        places.append(place)
        pivots.append(column)
    order = np.argsort(pivots)
    return rows[np.array(places, dtype=int)[order]], np.array(pivots, dtype=int)[order].tolist()


def in_span(rows, vector):
    """Whether a 0/1 vector over the atoms is a linear combination of the rows."""
    return len(echelon(rows)[1]) == len(echelon(np.vstack([rows, vector]))[1])


def find_union(rows, sizes, allowed, below=None):
    """A union of `allowed` atoms (0/1 vector) in the row space of `rows`, of fewer than `below` respondents if given.

    None where there is none. Beyond MOST_COMBINATIONS sums the search gives up and answers with all allowed atoms:
    the caller then drops a set that it might have kept, never the other way round.
    """
    if not allowed.any():
        return None
    order = np.lexsort((-sizes, allowed))
    reduced, pivots = echelon(rows[:, order])
    first = int((~allowed).sum())
    reduced = reduced[[pivot >= first for pivot in pivots], first:]
    if not len(reduced):
        return None
    found = _zero_one_sum(reduced, sizes[order][first:], [p - first for p in pivots if p >= first], below)
    if found is None:
        return None
    union = np.zeros(len(sizes), dtype=np.int64)
    union[order[first:]] = found
    return union


def _zero_one_sum(reduced, sizes, pivots, below):
    """The lightest 0/1 sum of rows, or None; all ones where there are too many sums to try."""
    chosen = _choices(sizes[pivots], below)
    if chosen is None:
        return np.ones(len(sizes), dtype=np.int64)
    sums = chosen @ reduced % PRIME
    weights = np.where(sums <= 1, sums, 0) @ sizes
    fits = (sums <= 1).all(axis=1) & (weights > 0)
    if below is not None:
        fits &= weights < below
    if not fits.any():
        return None
    return sums[fits][np.argmin(weights[fits])]


def _choices(weights, below):
    """Every non-empty choice of rows whose pivots weigh less than `below`, as 0/1 rows; None if too many."""
    chosen = np.zeros((1, 0), dtype=np.int64)
    for row in range(len(weights)):
        chosen = np.vstack([np.insert(chosen, row, bit, axis=1) for bit in (0, 1)])
        if below is not None:
            chosen = chosen[chosen @ weights[: row + 1] < below]
        if len(chosen) > MOST_COMBINATIONS:
            return None
    return chosen[chosen.any(axis=1)]


def isolated(atoms, threshold):
    """A union of fewer than `threshold` respondents that the shown sets give away, or None."""
    return find_union(atoms.members, atoms.sizes, atoms.sizes < threshold, below=threshold)


def isolated_organisation(atoms, organisations, threshold, partition_rows):
    """A union of people who all come from one organisation, given away by sets other than a partition alone.

    Rule 2 asks for two organisations; a group of `threshold` people of one organisation that is had by subtraction is
    as small as one shown. Inside a partition rule 3 sees to it.
    """
    lowest = np.full(len(atoms.sizes), np.iinfo(np.int64).max)
    highest = np.full(len(atoms.sizes), np.iinfo(np.int64).min)
    np.minimum.at(lowest, atoms.of, organisations)
    np.maximum.at(highest, atoms.of, organisations)
    pure = lowest == highest
    known, which = np.unique(lowest[pure], return_inverse=True)
    people = np.bincount(which, weights=atoms.sizes[pure], minlength=len(known))
    for organisation in known[people >= threshold]:
        union = find_union(atoms.members, atoms.sizes, pure & (lowest == organisation))
        if union is not None and not in_span(atoms.members[partition_rows], union):
            return union
    return None


def first_to_drop(rows, union, order):
    """The first set in `order` (row numbers, in the order in which sets go) without which `union` is safe.

    Where no single set settles it the first in the order goes, and the audit runs again.
    """
    for row in order:
        if not in_span(np.delete(rows, row, axis=0), union):
            return row
    return order[0]
