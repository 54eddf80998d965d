"""Dates as people write them in a table. Nothing is guessed: where two readings are possible, none is taken."""

import datetime
import re

EARLIEST = datetime.date(1900, 1, 1)


class NotADate(ValueError):
    """`code` is `not_a_date`, `no_such_date` or `date_of_two_meanings`."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def read(text):
    """A date as YYYY-MM-DD, or as two numbers and a year where only one order of day and month is possible."""
    parts = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?", text)
    if parts:
        return _existing(*map(int, parts.groups()))
    parts = re.fullmatch(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})", text)
    if not parts:
        raise NotADate("not_a_date")
    first, second, year = map(int, parts.groups())
    if first <= 12 and second <= 12 and first != second:
        raise NotADate("date_of_two_meanings")
    return _existing(year, second, first) if first > 12 else _existing(year, first, second)


def _existing(year, month, day):
    try:
        date = datetime.date(year, month, day)
    except ValueError:
        raise NotADate("no_such_date") from None
    if date < EARLIEST:
        raise NotADate("no_such_date")
    return date
