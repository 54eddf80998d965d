"""Scores as such: mean, standard deviation, distribution, and whether the items of a scale hang together."""

from dataclasses import dataclass

import numpy as np

ALPHA_FROM = 20


@dataclass(frozen=True, slots=True)
class Description:
    """Unrounded; `mean` is None without scores, `deviation` (n-1) below two; `distribution`: (option, count) pairs."""

    n: int
    mean: float | None
    deviation: float | None
    distribution: tuple


def describe(scores, options=()):
    """`Description` of one array of scores; NaN is left out. Give `options` for coded answers only."""
    present = scores[np.isfinite(scores)]
    n = len(present)
    counts = tuple((option, int((present == option).sum())) for option in options)
    return Description(n, float(present.mean()) if n else None, float(present.std(ddof=1)) if n > 1 else None, counts)


def cronbach_alpha(answers):
    """Alpha of respondents × items in the keyed direction, over the rows without a gap.

    None below two items or two such rows, or where all rows have the same sum.
    """
    whole = answers[np.isfinite(answers).all(axis=1)]
    rows, items = whole.shape
    if rows < 2 or items < 2:
        return None
    of_sums = whole.sum(axis=1).var(ddof=1)
    return float(items / (items - 1) * (1 - whole.var(axis=0, ddof=1).sum() / of_sums)) if of_sums > 0 else None


def scale_reliability(answers):
    """Cronbach's alpha where at least 20 respondents answered every item; None below."""
    enough = np.isfinite(answers).all(axis=1).sum() >= ALPHA_FROM
    return cronbach_alpha(answers) if enough else None
