"""Shares of people, how they are written, and Wilson's interval around them."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

Z95 = 1.959963984540054
FAVOURABLE_FROM = 3.5
# Undoes what binary fractions lose; far below anything a mean of whole answers can differ by.
TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Interval:
    """Limits of a share (0 to 1) or of a difference of shares (-1 to 1), 95 %."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `n` people; `population` is everybody invited to whom it applies, None where that is not known."""

    count: int
    n: int
    population: int | None = None

    def __post_init__(self):
        if not 0 <= self.count <= self.n:
            raise ValueError(f"{self.count} of {self.n} is no share: the count lies between 0 and n.")
        if self.population is not None and self.population < self.n:
            raise ValueError(f"{self.n} people answered of {self.population} invited: the population is too small.")

    @property
    def value(self):
        """The share from 0 to 1; None where nobody answered."""
        return self.count / self.n if self.n else None

    @property
    def percent(self):
        return percentage(self.count, self.n)

    @property
    def complement(self):
        return Share(self.n - self.count, self.n, self.population)


def percentage(count, n):
    """Whole percent, halves up, in whole numbers so that no half is lost; None where n is 0."""
    return (200 * count + n) // (2 * n) if n else None


def percentage_one_decimal(count, n):
    """Percent with one decimal for files, halves up; None where n is 0."""
    return (2000 * count + n) // (2 * n) / 10 if n else None


def one_decimal(value):
    """One decimal, halves away from zero: 2.25 is 2.3 and -2.25 is -2.3."""
    return math.copysign(math.floor(abs(value) * 10 + 0.5 + TINY) / 10, value) if value else 0.0


def favourable(scores):
    """Whether a score on 1-5 is favourable, for one score or an array; NaN (no score) is not."""
    return np.greater_equal(scores, FAVOURABLE_FROM - TINY)


def tally(scores):
    """(favourable counts, n) per column of respondents × figures; NaN leaves the denominator."""
    return favourable(scores).sum(axis=0), np.isfinite(scores).sum(axis=0)


@lru_cache(maxsize=4096)
def wilson(count, n, population=None):
    """Wilson's 95 % interval of a share; None where n is 0.

    With a population, n is replaced by n (N-1) / (N-n): the finite population correction. A census gives a point.
    """
    share = Share(count, n, population)
    if not n:
        return None
    if n == population:
        return Interval(share.value, share.value)
    size = n if population is None else n * (population - 1) / (population - n)
    spread = Z95**2 / size
    centre = (share.value + spread / 2) / (1 + spread)
    half = math.sqrt(share.value * (1 - share.value) * spread + spread**2 / 4) / (1 + spread)
    # At 0 of n and n of n the limit is the share itself; rounding errors may not push it past.
    return Interval(min(max(centre - half, 0.0), share.value), max(min(centre + half, 1.0), share.value))


def people_interval(count, n, population):
    """(low, high): how many of all invited people would be favourable, whole people rounded outward.

    Never below those who said so, never above them and all who did not answer. None where n is 0.
    """
    limits = wilson(count, n, population)
    if limits is None:
        return None
    most = count + population - n
    low, high = math.floor(limits.low * population + TINY), math.ceil(limits.high * population - TINY)
    return min(max(low, count), most), max(min(high, most), count)
