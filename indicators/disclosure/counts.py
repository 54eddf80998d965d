"""Figures of which nothing but a favourable count and n is known, as a report publishes them: the whole round alone."""

from .coding import code_count
from .nouns import HIDDEN_TOO_FEW, Cell, Rules
from .publication import INSIDE, PUBLIC


def disclose_counts(figures, *, rules=None, audiences=(INSIDE, PUBLIC)):
    """What each audience may be shown of (kind, code, count, n): {audience: tuple of Cell}.

    Threshold and coding apply as to any whole round (rules 2 and 5). There is nothing to subtract: no breakdown, no
    mean, no distribution, and counts of different statements are no sums of each other.
    """
    rules = rules or Rules()
    own = {audience: rules.for_public() if audience == PUBLIC else rules for audience in audiences}
    return {audience: tuple(_cell(*figure, own[audience].threshold) for figure in figures) for audience in audiences}


def _cell(kind, code, count, n, threshold):
    if n < threshold:
        return Cell(code, kind, "", "", hidden=HIDDEN_TOO_FEW)
    return Cell(code, kind, "", "", n=n, **code_count(count, n))
