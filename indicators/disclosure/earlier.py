"""Matched pairs seen from the earlier round: their count before is one more set shown beside that round's own sets."""

import numpy as np

from .atoms import atoms_of
from .audit import isolated, isolated_organisation
from .bounds import given_away
from .coding import word_range
from .nouns import FAVOURABLE_FROM


def said_range(shown, n):
    """The lowest and highest favourable count of n that reads as {count | at_most | at_least | word}."""
    if "count" in shown:
        return shown["count"], shown["count"]
    if "word" in shown:
        return word_range(shown["word"], n)
    return (0, shown["at_most"]) if "at_most" in shown else (shown["at_least"], n)


def pairs_fit_earlier(scores, pairs, sets, *, organisations, threshold):
    """Whether the count of `pairs` (a mask over the earlier round's rows) may stand beside what that round showed.

    `scores`: the earlier scores, NaN = none. `sets`: [(mask, breakdown, {count, at_most, at_least or word})] of the
    figure there, the whole round first. The linear audit and the check of bounds of the round's own publication apply.
    """
    present = ~np.isnan(scores)
    favourable = (scores >= FAVOURABLE_FROM)[present]
    rows = np.array([mask[present] for mask in (*(mask for mask, _, _ in sets), pairs)])
    atoms = atoms_of(rows)
    counts = rows.astype(int) @ favourable
    said = [said_range(shown, int(row.sum())) for row, (_, _, shown) in zip(rows, sets, strict=False)]
    lowest, highest = np.array([*said, (counts[-1], counts[-1])]).T
    if isolated(atoms, threshold) is not None:
        return False
    partition = [place for place, (_, breakdown, _) in enumerate(sets) if breakdown in ("", "sector")]
    if isolated_organisation(atoms, organisations[present], threshold, partition) is not None:
        return False
    return not given_away(atoms, atoms.count(favourable), counts, lowest, highest, threshold)
