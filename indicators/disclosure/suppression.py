"""Which cells are large enough (rule 2) and which go with the small ones (rule 3)."""

import numpy as np


def meets_threshold(n, organisations, rules):
    """Rule 2: at least `threshold` respondents from at least `rules.organisations` organisations."""
    return n >= rules.threshold and organisations >= rules.organisations


def organisations_in(organisations, members):
    """How many different organisations the members (boolean mask) come from."""
    return len(np.unique(organisations[members]))


def complement(hidden, sizes, organisations_of, rules):
    """Rule 3: what is hidden is at least two cells, `threshold` respondents and two organisations together.

    `sizes` holds respondents by cell, cells without any play no part; `organisations_of(cells)` counts the
    organisations of several cells together. The smallest shown cell joins until the rule holds. The organisations
    are counted because the hidden cells together can be had by subtraction, and that is a group like any other.
    """
    hidden = {cell for cell in hidden if sizes[cell]}
    if not hidden:
        return hidden
    shown = sorted(
        (cell for cell in range(len(sizes)) if sizes[cell] and cell not in hidden), key=lambda c: (sizes[c], c)
    )
    while shown and not _covers(hidden, sizes, organisations_of, rules):
        hidden.add(shown.pop(0))
    return hidden


def _covers(hidden, sizes, organisations_of, rules):
    return len(hidden) >= 2 and meets_threshold(sum(sizes[c] for c in hidden), organisations_of(hidden), rules)
