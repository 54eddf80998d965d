"""BI3 by hand: what was decided, how long it took, what was in time, and what still waits."""

import datetime
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbone.decision_times import DecisionTimes, days_to_decide, decision_times, median

FIRST, LAST = datetime.date(2026, 7, 1), datetime.date(2026, 9, 30)
GOLDEN = [
    # raised, needed by, decided
    ("2026-06-01", "2026-06-30", "2026-07-01"),  # decided on the first day, after 30 days; needed before the period
    ("2026-07-10", "2026-07-20", "2026-07-20"),  # 10 days, in time on the very day
    ("2026-08-05", "2026-08-05", "2026-08-05"),  # on the day it was raised: 0 days, in time
    ("2026-08-01", "2026-08-31", "2026-09-30"),  # decided on the last day, after 60 days, 30 too late
    ("2026-08-20", None, "2026-09-01"),  # 12 days, no day was needed
    ("2026-09-01", "2026-09-15", "2026-10-02"),  # decided after the period: open and overdue as of its last day
    ("2026-09-10", "2026-09-30", None),  # needed on the last day and open then: not in time, overdue from tomorrow on
    ("2026-09-20", "2026-10-31", None),  # open, not needed yet
    ("2026-10-01", "2026-10-05", None),  # raised after the period
    ("2026-03-01", "2026-04-01", "2026-05-01"),  # all before the period
]


def days(rows):
    return [tuple(value and datetime.date.fromisoformat(value) for value in row) for row in rows]


def test_golden_table():
    assert decision_times(days(GOLDEN), FIRST, LAST) == DecisionTimes(
        # 0, 10, 12, 30, 60
        median_days=12,
        decided=5,
        # needed in it: 20 July, 5 August, 31 August, 15 September, 30 September
        in_time=2,
        needed=5,
        open=3,
        overdue=1,
    )


def test_empty_period_has_no_figures_and_no_zero_median():
    assert decision_times([], FIRST, LAST) == DecisionTimes(None, 0, 0, 0, 0, 0)
    assert decision_times([], FIRST, LAST).is_empty


def test_nothing_needed_is_no_share():
    times = decision_times(days([("2026-07-01", None, "2026-07-02")]), FIRST, LAST)
    assert (times.in_time, times.needed, times.median_days, times.is_empty) == (0, 0, 1, False)


@pytest.mark.parametrize(("found", "middle"), [([0], 0), ([3, 4], 3.5), ([1, 3], 2), ([5, 1, 9], 5), ([], None)])
def test_median_is_whole_where_it_is_whole(found, middle):
    assert median(found) == middle
    assert isinstance(median(found), type(middle))


def test_quarters_of_a_year_add_up_to_the_year():
    year = datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)
    quarters = [(1, 3, 31), (4, 6, 30), (7, 9, 30), (10, 12, 31)]
    parts = [
        decision_times(days(GOLDEN), datetime.date(2026, a, 1), datetime.date(2026, b, last)) for a, b, last in quarters
    ]
    whole = decision_times(days(GOLDEN), *year)
    for name in ("decided", "in_time", "needed"):
        assert sum(getattr(part, name) for part in parts) == getattr(whole, name)


DAYS = st.dates(datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))
ROWS = st.lists(st.tuples(DAYS, st.none() | DAYS, st.none() | st.integers(0, 200)))


@given(rows=ROWS, period=st.tuples(DAYS, DAYS).map(sorted))
def test_median_is_that_of_the_standard_library_and_counts_keep_their_bounds(rows, period):
    decisions = [
        (raised, needed, None if took is None else raised + datetime.timedelta(days=took))
        for raised, needed, took in rows
    ]
    times, found = decision_times(decisions, *period), days_to_decide(decisions, *period)
    assert times.median_days == (statistics.median(found) if found else None)
    assert 0 <= times.in_time <= times.needed
    assert 0 <= times.overdue <= times.open
    assert times.decided == sum(d is not None and period[0] <= d <= period[1] for _raised, _needed, d in decisions)
