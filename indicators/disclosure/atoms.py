"""Respondents who belong to the same shown sets cannot be told apart: they are one atom.

A round of thousands has at most some hundred atoms, so every question about what can be computed from the shown sets
becomes a small one.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Atoms:
    """`members`: sets x atoms, 0 or 1; `sizes`: respondents by atom; `of`: the atom of each respondent."""

    members: np.ndarray
    sizes: np.ndarray
    of: np.ndarray

    def count(self, favourable):
        """Favourable respondents by atom, from one boolean per respondent."""
        return np.bincount(self.of[favourable], minlength=len(self.sizes))


def atoms_of(sets):
    """Atoms of the boolean matrix `sets` (sets x respondents, at most 62 sets)."""
    if len(sets) > 62:
        raise ValueError(f"A publication shows at most 62 sets of respondents for a figure; this one has {len(sets)}.")
    bits = np.left_shift(1, np.arange(len(sets), dtype=np.int64)) @ sets
    patterns, of, sizes = np.unique(bits, return_inverse=True, return_counts=True)
    members = (patterns[None, :] >> np.arange(len(sets))[:, None]) & 1
    return Atoms(members, sizes, of)
