"""Whether counts, codes and words together leave only one value for somebody (what rules 5 and 6 alone do not see).

Rule 4 looks at who is in the sets, not at what they answered. A total of 10 of 13 beside a sector of six of whom
"some" agree leaves the seven others no choice: all of them agreed. So the values are checked too. The check looks for
another set of answers that reads exactly the same: it moves favourable answers between atoms (one appears or goes, one
moves, two move opposite ways) and accepts only what keeps every shown set inside what is said of it. Whoever can be
moved is safe. `directions.py` looks first, because one matrix answers for most figures of a large round; where moves
settle nothing either, `walk.py` looks further. What none can move is treated as given away, so the check may hide too
much, never too little.
"""

from functools import cached_property
from itertools import product

import numpy as np

from .directions import all_open
from .walk import leaves_a_choice

WIDEST_SEARCH = 24
AT_ONCE = 16
LAST_BITS = (1 << 16) - 1


def given_away(atoms, favourable, counts, lowest, highest, threshold=None):
    """Whether some respondent's answer, or a coded or worded count, has only one possible value.

    `favourable`: by atom; `counts`, `lowest`, `highest`: by set, the truth and what the reader is told. With a
    `threshold`, also whether the favourable count of fewer people than that may have one possible value only.
    """
    members = atoms.members.astype(bool)
    fixed = ((favourable == 0) | (favourable == atoms.sizes)) & ~_printed(members, atoms.sizes, lowest, highest)
    if all_open(atoms, favourable, counts, lowest, highest, must_vary=fixed, threshold=threshold):
        return False
    moves = _Moves(members, atoms.sizes, favourable, highest > counts, lowest < counts)
    fixed &= ~moves.moved()
    if _settles(moves, fixed, lowest < highest, threshold):
        return False
    return not leaves_a_choice(atoms, favourable, lowest, highest, must_vary=fixed, threshold=threshold)


def _settles(moves, fixed, blurred, threshold):
    """Whether single moves, or pairs of them from the true answers, show that everybody has a choice."""
    if not moves.changed()[blurred].all():
        return False
    if not all(moves.has_tight_pair(atom) for atom in moves.left_fixed(fixed)):
        return False
    return threshold is None or moves.free_every_union(threshold)


def derived_extreme(atoms, counts, exact, sectors):
    """Rule 5 for counts had by subtraction: the rest of a set beside a part of it, and all hidden sectors together.

    Only exact counts subtract exactly. Such a rest is treated alike at 0 and 1 (n-1 and n), so that hiding a breakdown
    does not itself say which. `exact`, `sectors`: boolean by set; the first set is the total.
    """
    n = atoms.members @ atoms.sizes
    inside = (atoms.members @ (1 - atoms.members.T)) == 0  # [part, whole]
    part, whole = np.nonzero(inside & exact[:, None] & exact[None, :])
    rest, left = n[whole] - n[part], counts[whole] - counts[part]
    if ((rest > 0) & ((left <= 1) | (left >= rest - 1))).any():
        return True
    if not (exact[0] and sectors.any() and exact[sectors].all()):
        return False
    hidden = n[0] - n[sectors].sum()
    unsaid = counts[0] - counts[sectors].sum()
    return bool(hidden and (unsaid <= 1 or unsaid >= hidden - 1))


def _printed(members, sizes, lowest, highest):
    """Atoms of a set that itself says none or all: coding (rules 5 and 6) answers for those."""
    whole = members @ sizes
    plain = (lowest == highest) & ((lowest == 0) | (lowest == whole))
    return members[plain].any(axis=0)


class _Moves:
    def __init__(self, members, sizes, favourable, may_rise, may_fall):
        self.members = members
        self.sizes, self.favourable = sizes, favourable
        self._tight_known = {}
        self.can_gain, self.can_lose = favourable < sizes, favourable > 0
        self.gains = self.can_gain & ~members[~may_rise].any(axis=0)
        self.loses = self.can_lose & ~members[~may_fall].any(axis=0)
        self.swaps = self._swaps(may_rise, may_fall)

    def _swaps(self, may_rise, may_fall):
        """[a, b]: one favourable answer may move from atom b to atom a."""
        inside = self.members.astype(np.float32)
        outside = 1 - inside
        blocked = inside[~may_rise].T @ outside[~may_rise] + outside[~may_fall].T @ inside[~may_fall]
        return (blocked == 0) & self.can_gain[:, None] & self.can_lose[None, :] & ~np.eye(len(self.sizes), dtype=bool)

    def moved(self):
        return self.gains | self.loses | self.swaps.any(axis=1) | self.swaps.any(axis=0)

    def free_every_union(self, threshold):
        """Whether every union of fewer than `threshold` people has a move that changes its count.

        A union that no move changes holds all or none of the atoms that swaps connect, so none of a connected part
        with `threshold` people, nor of one with a single move. A pair of moves in which all other atoms are ruled out
        already rules out its own; whatever is left in the end may be given away.
        """
        if (self.sizes >= threshold).all():
            return True
        part = self._connected()
        ruled_out = (part @ self.sizes >= threshold) | part[:, self.gains | self.loses].any(axis=1)
        widest = WIDEST_SEARCH
        while not ruled_out.all():
            new = self._paired_with(ruled_out, widest)
            if not new.any() and widest >= len(ruled_out):
                return False
            ruled_out |= part[:, new].any(axis=1)
            # What is ruled out in the end is the same in whatever order it is found; as wide again finds little more.
            widest *= 2
        return True

    def _connected(self):
        """[a, b]: swaps lead from a to b."""
        leads = self.swaps | self.swaps.T | np.eye(len(self.sizes), dtype=bool)
        # Each atom takes the lowest number among those it leads to, until nothing changes.
        before, part = None, np.arange(len(self.sizes))
        while not np.array_equal(before, part):
            before, part = part, np.where(leads, part, len(part)).min(axis=1)
        return part[:, None] == part[None, :]

    def _paired_with(self, others, widest):
        """Atoms outside `others` with a balanced pair of moves whose three other atoms are all among `others`.

        Only the `widest` largest of the others are tried.
        """
        found = np.zeros(len(self.sizes), dtype=bool)
        left = np.flatnonzero(~others)
        others = np.flatnonzero(others)
        others = others[np.argsort(-self.sizes[others])][:widest]
        senses = (
            (self.can_gain, self.can_lose, self.favourable),
            (self.can_lose, self.can_gain, self.sizes - self.favourable),
        )
        known = {}  # the large atoms can mostly gain and lose alike, and then both senses ask the same
        for gain, lose, room in senses:
            takers, givers, twice = (others[may[others]] for may in (gain, lose, room >= 2))
            question = takers.tobytes(), givers.tobytes(), twice.tobytes()
            if question not in known:
                known[question] = self._balanced(left, takers, givers, twice)
            found[left] |= gain[left] & known[question]
        return found

    def _balanced(self, left, takers, givers, twice):
        """By atom of `left`: whether it and a taker have the memberships of one of `twice` and a giver together."""
        codes = self._codes
        gaps = np.sort((codes[givers][:, None] - codes[takers][None, :]).ravel())
        gaps = gaps[gaps != 0]
        found = np.zeros(len(left), dtype=bool)
        for start in range(0, len(twice), AT_ONCE):  # most are found with the first few
            rest = np.flatnonzero(~found)
            wanted = codes[left[rest]][:, None] - codes[twice[start : start + AT_ONCE]][None, :]
            found[rest] = _among(wanted, gaps).any(axis=1)
        return found

    def changed(self):
        """By set: whether some single move changes its count."""
        inside = self.members.astype(np.float32)
        swaps = self.swaps.astype(np.float32)
        across = ((inside @ (swaps + swaps.T)) * (1 - inside)).any(axis=1)
        return across | self.members[:, self.gains | self.loses].any(axis=1)

    def left_fixed(self, fixed):
        """The atoms of the mask for which no pair of moves with atoms outside it was found, cheapest search first."""
        for widest in (WIDEST_SEARCH, len(fixed)):
            if fixed.any():
                fixed = fixed & ~self._paired_with(~fixed, widest)
        return np.flatnonzero(fixed)

    @cached_property
    def _codes(self):
        """A number by atom whose differences tell memberships apart (base 3; exact up to 39 sets)."""
        kind = np.int64 if len(self.members) < 40 else object
        return 3 ** np.arange(len(self.members)).astype(kind) @ self.members.astype(kind)

    def has_tight_pair(self, atom):
        """The same over all atoms of a small round: +atom -b +c -d with four different atoms (or the reverse)."""
        if len(self.sizes) > 2 * WIDEST_SEARCH:
            return False
        full = bool(self.favourable[atom])
        lose, codes, by_gap = self._tight_gaps(full)
        return any(
            b != atom and atom not in pair and b not in pair
            for b in lose
            for pair in by_gap.get(codes[atom] - codes[b], ())
        )

    def _tight_gaps(self, full):
        if full not in self._tight_known:
            self._tight_known[full] = self._find_tight_gaps(full)
        return self._tight_known[full]

    def _find_tight_gaps(self, full):
        """Atoms that can give one up (take one in, if `full`), codes, and pairs (giver, taker) by their difference."""
        gain, lose = (self.can_lose, self.can_gain) if full else (self.can_gain, self.can_lose)
        lose, gain, codes = np.flatnonzero(lose).tolist(), np.flatnonzero(gain).tolist(), self._codes.tolist()
        by_gap = {}
        for d, c in product(lose, gain):
            if c != d:
                by_gap.setdefault(codes[d] - codes[c], []).append((d, c))
        return lose, codes, by_gap


def _among(wanted, ordered):
    """By element of `wanted`: whether it is one of the ordered values."""
    found = np.zeros(wanted.shape, dtype=bool)
    if not len(ordered):
        return found
    if wanted.dtype == object:
        maybe = np.ones(wanted.shape, dtype=bool)
    else:  # most are none of them, and their last bits show it for a fraction of what a search costs
        ends = np.zeros(LAST_BITS + 1, dtype=bool)
        ends[ordered & LAST_BITS] = True
        maybe = ends[wanted & LAST_BITS]
    asked = wanted[maybe]
    found[maybe] = ordered[np.minimum(np.searchsorted(ordered, asked), len(ordered) - 1)] == asked
    return found
