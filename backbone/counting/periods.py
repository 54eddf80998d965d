"""Months, quarters and fiscal years, whichever month the year begins in."""

import datetime
from dataclasses import dataclass

MONTH, QUARTER, FISCAL_YEAR = "month", "quarter", "fiscal_year"
MONTHS_OF = {MONTH: 1, QUARTER: 3, FISCAL_YEAR: 12}
KINDS = tuple(MONTHS_OF)


@dataclass(frozen=True)
class Period:
    """Both days are in it."""

    kind: str
    first: datetime.date
    last: datetime.date

    def __contains__(self, day):
        return day is not None and self.first <= day <= self.last


def period_of(kind, day, first_month):
    """The period of this kind that holds `day`, in a year that begins in `first_month`."""
    month, length = day.year * 12 + day.month - 1, MONTHS_OF[kind]
    start = month - (month - (first_month - 1)) % length
    return Period(kind, _first_of(start), _first_of(start + length) - datetime.timedelta(days=1))


def before(period, first_month):
    """The period of the same kind that ended the day before."""
    return period_of(period.kind, period.first - datetime.timedelta(days=1), first_month)


def periods(first, last, first_month):
    """Every period that has a day between two days, the oldest first, kind by kind."""
    found = []
    for kind in KINDS:
        period = period_of(kind, first, first_month)
        while period.first <= last:
            found.append(period)
            period = period_of(kind, period.last + datetime.timedelta(days=1), first_month)
    return found


def _first_of(month):
    """The first day of a month counted from the year 0."""
    return datetime.date(month // 12, month % 12 + 1, 1)
