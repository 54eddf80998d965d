"""Days that come round, and quarters of a year that may begin in any month."""

import datetime

import pytest

from surveys.recurrence import next_occurrence, occurrence_in, quarter_of


def day(text):
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("months", "on", "since", "found"),
    [
        ([3, 9], 1, "2026-01-15", "2026-03-01"),
        ([9, 3], 1, "2026-03-01", "2026-03-01"),
        ([3, 9], 1, "2026-03-02", "2026-09-01"),
        ([3, 9], 1, "2026-09-02", "2027-03-01"),
        ([3], 31, "2026-03-31", "2026-03-31"),
        ([9], 31, "2026-09-01", "2026-09-30"),
        ([2], 29, "2027-12-01", "2028-02-29"),
        ([2], 31, "2027-01-01", "2027-02-28"),
        ([12], 31, "2026-12-31", "2026-12-31"),
        ([1], 1, "2026-12-31", "2027-01-01"),
        (list(range(1, 13)), 30, "2028-02-01", "2028-02-29"),
    ],
)
def test_next_occurrence(months, on, since, found):
    assert next_occurrence(months, on, since=day(since)) == day(found)


def test_without_months_nothing_comes_round():
    assert next_occurrence([], 1, since=day("2026-01-01")) is None


def test_each_month_has_a_day_however_short():
    assert [occurrence_in(2100, month, 31).day for month in range(1, 13)] == [
        31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("on", "first_month", "start", "end"),
    [
        ("2026-03-31", 1, "2026-01-01", "2026-04-01"),
        ("2026-04-01", 1, "2026-04-01", "2026-07-01"),
        ("2026-12-31", 1, "2026-10-01", "2027-01-01"),
        ("2026-01-31", 2, "2025-11-01", "2026-02-01"),
        ("2026-02-01", 2, "2026-02-01", "2026-05-01"),
        ("2026-02-28", 12, "2025-12-01", "2026-03-01"),
        ("2026-07-15", 7, "2026-07-01", "2026-10-01"),
    ],
)
def test_quarter_follows_the_fiscal_year(on, first_month, start, end):
    assert quarter_of(day(on), first_month) == (day(start), day(end))
