"""How often mails speak of one thing: the steps, day by day."""

import datetime

import pytest

from backbone import brakes

DAY = datetime.timedelta(days=1)
DUE = datetime.date(2026, 12, 10)


@pytest.mark.parametrize(
    ("days", "step"),
    [(-4, None), (-3, -3), (-1, -3), (0, 0), (6, 0), (7, 7), (13, 7), (14, 14), (70, 70)],
)
def test_steps_are_three_days_before_on_the_day_and_each_week(days, step):
    assert brakes.last_step(DUE, DUE + days * DAY) == (None if step is None else DUE + step * DAY)


def test_what_has_no_day_has_no_step():
    assert brakes.last_step(None, DUE) is None


@pytest.mark.parametrize(("days", "step"), [(0, None), (1, 1), (7, 1), (8, 8), (15, 15), (22, 15), (300, 15)])
def test_nobody_is_asked_more_than_three_times_to_confirm(days, step):
    assert brakes.last_question(DUE, DUE + days * DAY) == (None if step is None else DUE + step * DAY)


def test_a_step_counts_once_and_only_after_what_was_written_down():
    assert [brakes.is_wanted(DUE, since) for since in (None, DUE - DAY, DUE, DUE + DAY)] == [True, True, False, False]
    assert brakes.is_wanted(None, None) is False
