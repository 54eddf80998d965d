"""Change between two rounds: Newcombe's interval, the verdict that rests on it, and the same people in both."""

import math
from bisect import bisect_left
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from .shares import Interval, Share, favourable, percentage, wilson

# A clear change is at least this many respondents and this many points, besides an interval that excludes 0.
LEAST_RESPONDENTS = 2
LEAST_POINTS = 5


class Verdict(StrEnum):
    UP = "up"
    DOWN = "down"
    NO_CLEAR_CHANGE = "no_clear_change"
    BASELINE = "baseline"
    NOT_COMPARABLE = "not_comparable"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Needed:
    """From which count of the current n a change would have been clear; None where no count would have been.

    The points are rounded away from zero: a change said to be enough always is.
    """

    up_count: int | None
    up_points: int | None
    down_count: int | None
    down_points: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """What may be said about two rounds. All but the verdict is None where it rests on no pair of shown counts.

    `difference` is current minus previous (-1 to 1), `points` the same in whole points, halves away from zero.
    `needed` is there for `no_clear_change` alone.
    """

    verdict: Verdict
    difference: float | None = None
    points: int | None = None
    interval: Interval | None = None
    needed: Needed | None = None


def newcombe(previous, current):
    """95 % interval of current minus previous from the two Wilson limits (Newcombe 1998, method 10).

    Each `Share` is corrected for its own population where that is known. None where one of them has no answers.
    """
    if not (previous.n and current.n):
        return None
    before = wilson(previous.count, previous.n, previous.population)
    now = wilson(current.count, current.n, current.population)
    difference = current.value - previous.value
    down = math.hypot(current.value - now.low, before.high - previous.value)
    up = math.hypot(now.high - current.value, previous.value - before.low)
    return Interval(max(difference - down, -1.0), min(difference + up, 1.0))


def compare(previous, current, *, has_previous=True, comparable=True):
    """The `Change` from `previous` to `current`, each a `Share`, or None where its count is not shown as it is.

    A coded count ("at most 1 of n") is not shown as it is: a verdict computed from it would undo the coding.
    """
    if current is None or not current.n:
        return Change(Verdict.TOO_FEW)
    if not has_previous:
        return Change(Verdict.BASELINE)
    if not comparable:
        return Change(Verdict.NOT_COMPARABLE)
    if previous is None or not previous.n:
        return Change(Verdict.TOO_FEW)
    verdict = _verdict(previous, current)
    needed = needed_change(previous, current.n, current.population) if verdict == Verdict.NO_CLEAR_CHANGE else None
    difference = current.value - previous.value
    return Change(verdict, difference, _points(previous, current), newcombe(previous, current), needed)


def needed_change(previous, n, population=None):
    """How large a change from `previous` would have been clear among `n` respondents: a `Needed`."""
    up = _first_clear_rise(previous, n, population)
    mirrored = _first_clear_rise(previous.complement, n, population)
    down = None if mirrored is None else n - mirrored
    return Needed(up, _points_up(previous, up, n), down, _points_up(previous, down, n))


def _verdict(previous, current):
    if _is_clear_rise(previous, current):
        return Verdict.UP
    if _is_clear_rise(previous.complement, current.complement):
        return Verdict.DOWN
    return Verdict.NO_CLEAR_CHANGE


def _is_clear_rise(previous, current):
    """In respondents of the smaller round, because that is where one person weighs most; in whole numbers."""
    rise, whole = _difference(previous, current)
    least = rise * min(previous.n, current.n) >= LEAST_RESPONDENTS * whole and 100 * rise >= LEAST_POINTS * whole
    return least and newcombe(previous, current).low > 0


def _first_clear_rise(previous, n, population):
    """Bisection is right because both limits of Newcombe's interval grow with the current count."""
    counts = range(n + 1)
    first = bisect_left(counts, True, key=lambda count: _is_clear_rise(previous, Share(count, n, population)))
    return first if first <= n else None


def _difference(previous, current):
    """The difference as an exact fraction: numerator and denominator."""
    return current.count * previous.n - previous.count * current.n, previous.n * current.n


def _points(previous, current):
    numerator, whole = _difference(previous, current)
    points = percentage(abs(numerator), whole)
    return points if numerator >= 0 else -points


def _points_up(previous, count, n):
    if count is None:
        return None
    numerator, whole = _difference(previous, Share(count, n))
    points = -(-100 * abs(numerator) // whole)
    return points if numerator >= 0 else -points


@dataclass(frozen=True, slots=True)
class Paired:
    """The same `n` people in two rounds: how many became favourable, how many ceased to be, and McNemar's p."""

    n: int
    rose: int
    fell: int
    p_value: float


def paired(before, now):
    """`Paired` from two score arrays, row by row the same people; rows without a score in both are left out."""
    both = np.isfinite(before) & np.isfinite(now)
    earlier, later = favourable(before[both]), favourable(now[both])
    rose, fell = int((later & ~earlier).sum()), int((earlier & ~later).sum())
    return Paired(int(both.sum()), rose, fell, exact_mcnemar(rose, fell))


def exact_mcnemar(rose, fell):
    """Two-sided p of the exact McNemar test: a fair coin thrown for each person who changed sides."""
    changed, fewer = rose + fell, min(rose, fell)
    steps = np.arange(1, fewer + 1)
    logarithms = np.concatenate(([0.0], np.cumsum(np.log((changed - steps + 1) / steps)))) - changed * math.log(2)
    return min(1.0, 2 * float(np.exp(logarithms).sum()))
