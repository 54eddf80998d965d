"""Rule 7: figures built from the same answers are close relatives, and their sums subtract.

Covered: items are shown for the whole round only, means have one decimal, and a figure whose respondents differ by 1
to threshold-1 from those of a figure above it (an item from its indicator or function, an indicator from its
function) shows its favourable count alone. A mean, deviation or distribution of both would give the score of whoever
skipped one of them. Not covered, because no single equation joins them to fewer than `threshold` people: items beside
items of the same indicator whose respondents each equal the indicator's or differ from it by the threshold or more.
Favourable counts of relatives are no sums of each other and are left alone.
"""

import numpy as np


def near_relatives(figure, present, threshold):
    """Whether `figure` must go without mean, deviation and distribution. `present`: code -> answered (boolean)."""
    mine = present[figure.code]
    differing = (int((mine ^ present[code]).sum()) for code in figure.relatives if code in present)
    return any(1 <= people < threshold for people in differing)


def details(figure, present, *, with_distribution=True):
    """Mean and standard deviation (one decimal) and, for coded answers, the distribution over the options."""
    scores = figure.scores[present]
    shown = {
        "mean": _one_decimal(scores.mean()),
        "deviation": _one_decimal(scores.std(ddof=1)) if len(scores) > 1 else None,
    }
    if with_distribution and figure.answers is not None:
        answers = figure.answers[present]
        shown["distribution"] = tuple((option, int((answers == option).sum())) for option in figure.options)
    return shown


def _one_decimal(value):
    """Half up, as percentages are; the nudge undoes what binary fractions lose (2.25 must read 2.3)."""
    return float(np.floor(value * 10 + 0.5 + 1e-9) / 10)
