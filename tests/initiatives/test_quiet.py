"""When a mail may leave: zones, both changes of the clock, midnight, holidays in a row, and the end of a round."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from initiatives.quiet import MOST_HOLIDAYS, QuietTime, is_holiday, leaves_at

PARIS, NEW_YORK, KOLKATA = ZoneInfo("Europe/Paris"), ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata")
NIGHT = QuietTime(datetime.time(20), datetime.time(8))
NIGHT_AND_WEEKEND = QuietTime(datetime.time(20), datetime.time(8), weekends=True)


def at(text, zone=PARIS):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=zone)


def moved(quiet, text, zone=PARIS):
    """Where a wanted moment goes, as the clock there shows it."""
    return quiet.next_allowed(at(text, zone), zone).astimezone(zone).replace(tzinfo=None).isoformat(timespec="minutes")


@pytest.mark.parametrize(
    ("wanted", "leaves"),
    [
        ("2026-03-10T12:00", "2026-03-10T12:00"),
        ("2026-03-10T08:00", "2026-03-10T08:00"),
        ("2026-03-10T07:59", "2026-03-10T08:00"),
        ("2026-03-10T19:59", "2026-03-10T19:59"),
        ("2026-03-10T20:00", "2026-03-11T08:00"),
        ("2026-03-10T00:00", "2026-03-10T08:00"),
        ("2026-12-31T23:30", "2027-01-01T08:00"),
        ("2028-02-28T21:00", "2028-02-29T08:00"),
    ],
)
def test_night_ends_in_the_morning(wanted, leaves):
    assert moved(NIGHT, wanted) == leaves


def test_hours_within_a_day_and_no_hours_at_all():
    noon = QuietTime(datetime.time(12), datetime.time(14))
    assert [moved(noon, f"2026-03-10T{time}") for time in ("11:59", "12:00", "23:00", "00:00")] == [
        "2026-03-10T11:59",
        "2026-03-10T14:00",
        "2026-03-10T23:00",
        "2026-03-10T00:00",
    ]
    assert moved(QuietTime(), "2026-03-08T03:00") == "2026-03-08T03:00"


def test_each_person_sleeps_in_their_own_zone():
    moment = at("2026-03-10T14:00")
    leaves = [NIGHT.next_allowed(moment, zone) for zone in (PARIS, NEW_YORK, KOLKATA)]
    # 14:00 in Paris is 9:00 in New York in this week, and 18:30 in Kolkata.
    assert leaves == [moment] * 3
    evening = at("2026-03-10T16:00")
    assert NIGHT.next_allowed(evening, KOLKATA) == at("2026-03-11T08:00", KOLKATA)
    assert NIGHT.next_allowed(evening, NEW_YORK) == evening


def test_friday_evening_waits_for_monday_and_holidays_in_a_row_for_their_end():
    assert moved(NIGHT_AND_WEEKEND, "2026-03-13T20:30") == "2026-03-16T08:00"
    easter = QuietTime(datetime.time(20), datetime.time(8), True, frozenset({"2026-04-03", "2026-04-06"}))
    assert moved(easter, "2026-04-02T21:00") == "2026-04-07T08:00"


def test_day_of_each_year_is_quiet_each_year_and_ends_at_midnight_without_hours():
    christmas = QuietTime(holidays=frozenset({"12-25", "12-26"}))
    assert [moved(christmas, f"{year}-12-25T09:00") for year in (2026, 2031)] == [
        "2026-12-27T00:00",
        "2031-12-27T00:00",
    ]


@pytest.mark.parametrize(
    ("ends", "wanted", "leaves"),
    [
        # The clock jumps from 2:00 to 3:00 on 29 March: 2:30 is never shown, and nothing leaves before it would have been.
        ("02:30", "2026-03-29T01:30+01:00", "2026-03-29T03:30+02:00"),
        ("03:00", "2026-03-29T01:30+01:00", "2026-03-29T03:00+02:00"),
        # It shows 2:00 to 3:00 twice on 25 October: the second 2:30 ends the night.
        ("02:30", "2026-10-25T02:10+02:00", "2026-10-25T02:30+01:00"),
        ("02:30", "2026-10-25T02:10+01:00", "2026-10-25T02:30+01:00"),
        ("08:00", "2026-10-24T20:00+02:00", "2026-10-25T08:00+01:00"),
    ],
)
def test_changes_of_the_clock(ends, wanted, leaves):
    quiet = QuietTime(datetime.time(20), datetime.time.fromisoformat(ends))
    assert quiet.next_allowed(datetime.datetime.fromisoformat(wanted), PARIS) == datetime.datetime.fromisoformat(leaves)


def test_midnight_that_does_not_exist_is_passed_over():
    santiago = ZoneInfo("America/Santiago")
    sunday_free = QuietTime(holidays=frozenset({"2026-09-05"}))
    # On 6 September the clock jumps from 0:00 to 1:00 there.
    assert moved(sunday_free, "2026-09-05T12:00", santiago) == "2026-09-06T01:00"


def test_whatever_comes_out_is_allowed_not_earlier_and_the_first_such_moment():
    quiet = QuietTime(datetime.time(20), datetime.time(8), True, frozenset({"03-30"}))
    start = datetime.datetime(2026, 3, 26, tzinfo=datetime.UTC)
    for hours in range(24 * 7):
        wanted = start + datetime.timedelta(hours=hours)
        leaves = quiet.next_allowed(wanted, PARIS)
        assert quiet.allows(leaves, PARIS)
        steps = int((leaves - wanted) / datetime.timedelta(minutes=30))
        between = [wanted + datetime.timedelta(minutes=30 * step) for step in range(steps)]
        assert not any(quiet.allows(moment, PARIS) for moment in between)


def test_most_holidays_and_all_weekends_have_an_end():
    day = datetime.date(2026, 1, 1)
    days = []
    while len(days) < MOST_HOLIDAYS:
        if day.weekday() < 5:
            days.append(day.isoformat())
        day += datetime.timedelta(days=1)
    quiet = QuietTime(datetime.time(20), datetime.time(8), True, frozenset(days))
    leaves = quiet.next_allowed(at("2026-01-01T12:00"), PARIS)
    assert leaves.astimezone(PARIS).date() == day


def test_second_mail_waits_for_the_gap_counted_in_days():
    last, wanted = at("2026-03-10T19:00"), at("2026-03-11T09:00")
    leaves = leaves_at(wanted, quiet=NIGHT, zone=PARIS, last=last, gap_days=3)
    assert leaves == at("2026-03-13T08:00")
    later = at("2026-03-20T09:00")
    assert leaves_at(later, quiet=NIGHT, zone=PARIS, last=last, gap_days=3) == later


@pytest.mark.parametrize(
    ("closes", "leaves"),
    [
        ("2026-03-20T00:00", "2026-03-16T08:00"),  # rested, and on Monday morning
        ("2026-03-16T00:00", "2026-03-13T08:00"),  # not rested, but in daylight
        ("2026-03-13T08:00", "2026-03-12T21:00"),  # no daylight left: asked at once
    ],
)
def test_invitation_leaves_before_the_round_ends_whatever_it_takes(closes, leaves):
    wanted, last = at("2026-03-12T21:00"), at("2026-03-12T09:00")
    found = leaves_at(wanted, quiet=NIGHT_AND_WEEKEND, zone=PARIS, last=last, gap_days=3, closes_at=at(closes))
    assert found == at(leaves)


def test_reminder_may_fall_behind_the_end_where_it_is_stopped():
    assert leaves_at(at("2026-03-14T09:00"), quiet=NIGHT_AND_WEEKEND, zone=PARIS) == at("2026-03-16T08:00")


def test_days_are_written_in_one_way():
    texts = ["2026-04-06", "12-25", "02-29", "2026-02-29", "13-01", "6-4", "2026-4-6", "", "20260406", "soon"]
    assert [text for text in texts if is_holiday(text)] == ["2026-04-06", "12-25", "02-29"]
