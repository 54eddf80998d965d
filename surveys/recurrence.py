"""The days on which something comes round: months of the year and a day of the month. Pure arithmetic over dates."""

import calendar
import datetime


def occurrence_in(year, month, day):
    """That day of the month; in a shorter month its last day: the 31st of February is the 28th or 29th."""
    return datetime.date(year, month, min(day, calendar.monthrange(year, month)[1]))


def next_occurrence(months, day, *, since):
    """The first occurrence on or after a date, or None without months."""
    years = (since.year, since.year + 1)
    found = (occurrence_in(year, month, day) for year in years for month in sorted(set(months)))
    return next((occurrence for occurrence in found if occurrence >= since), None)


def quarter_of(day, first_month):
    """(first day, first day of the next) of the quarter that holds `day`, in a year that begins in `first_month`."""
    months = day.year * 12 + day.month - 1
    start = months - (months - (first_month - 1)) % 3
    return tuple(datetime.date(*_first_day(number)) for number in (start, start + 3))


def _first_day(number):
    """(year, month, 1) of a month counted from the year 0."""
    year, month = divmod(number, 12)
    return year, month + 1, 1
