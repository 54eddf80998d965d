"""How clear and timely decisions were made (BI3). No database, no clock.

A decision is (raised_on, needed_by, decided_on), the last two None where there is no such day. A period is its first and its
last day, both included. What is missing is None and never zero.
"""

import statistics
from dataclasses import dataclass


@dataclass(frozen=True)
class DecisionTimes:
    """`median_days`: from raised to decided, over those decided in the period, None for none. `in_time` of `needed`: decided
    by the day needed, of those needed in the period. `open` and `overdue`: as of the last day."""

    median_days: int | float | None
    decided: int
    in_time: int
    needed: int
    open: int
    overdue: int

    @property
    def is_empty(self):
        return not (self.decided or self.needed or self.open)


def decision_times(decisions, first, last):
    days = days_to_decide(decisions, first, last)
    in_time, needed = decided_in_time(decisions, first, last)
    open_, overdue = open_and_overdue(decisions, last)
    return DecisionTimes(median(days), len(days), in_time, needed, open_, overdue)


def days_to_decide(decisions, first, last):
    """Days from raised to decided of each decided in the period; 0 for one decided on the day it was raised."""
    return [
        (decided_on - raised_on).days
        for raised_on, _needed_by, decided_on in decisions
        if decided_on is not None and first <= decided_on <= last
    ]


def median(days):
    """The middle one, or the mean of the two in the middle: whole where it is whole."""
    if not days:
        return None
    middle = statistics.median(days)
    return int(middle) if middle == int(middle) else middle


def decided_in_time(decisions, first, last):
    """(decided by the day needed, needed): over those needed in the period. Late ones and open ones were not in time."""
    needed = [
        decided_on is not None and decided_on <= needed_by
        for _raised_on, needed_by, decided_on in decisions
        if needed_by is not None and first <= needed_by <= last
    ]
    return sum(needed), len(needed)


def open_and_overdue(decisions, day):
    """(open, overdue) at the end of `day`: raised by then and not decided by then; needed before that day."""
    waiting = [
        needed_by
        for raised_on, needed_by, decided_on in decisions
        if raised_on <= day and (decided_on is None or decided_on > day)
    ]
    return len(waiting), sum(needed_by is not None and needed_by < day for needed_by in waiting)
