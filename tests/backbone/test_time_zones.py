"""Time zones in calendar files, read by another reader than the one that wrote them."""

import datetime
import io
import zoneinfo

import pytest
from dateutil import tz

from backbone.time_zones import described

ZONES = [
    "America/New_York",
    "America/St_Johns",
    "Europe/Berlin",
    "Europe/Dublin",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Asia/Kolkata",
    "Africa/Nairobi",
    "Africa/Casablanca",
]
FIRST, LAST = datetime.date(2026, 11, 1), datetime.date(2028, 12, 31)
QUARTER = datetime.timedelta(minutes=15)


def read(name):
    return tz.tzical(io.StringIO(described(name, FIRST, LAST).to_ical().decode())).get(name)


def doubtful(local, zone):
    """Times that clocks spring over or show twice: which of the two a reader takes is its own affair."""
    return local.replace(tzinfo=zone, fold=0).utcoffset() != local.replace(tzinfo=zone, fold=1).utcoffset()


@pytest.mark.parametrize("name", ZONES)
def test_each_quarter_of_an_hour_around_every_change_is_as_in_the_time_zone_database(name):
    zone, found, wrong = zoneinfo.ZoneInfo(name), read(name), []
    day = datetime.datetime.combine(FIRST, datetime.time())
    while day.date() <= LAST:
        night = day + datetime.timedelta(days=1)
        changes = day.replace(tzinfo=zone).utcoffset() != night.replace(tzinfo=zone).utcoffset()
        for quarter in range(96 if changes else 1):
            local = day + quarter * QUARTER
            if (
                not doubtful(local, zone)
                and local.replace(tzinfo=found).utcoffset() != local.replace(tzinfo=zone).utcoffset()
            ):
                wrong.append(local)
        day = night
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("America/New_York", ["BYDAY=2SU", "BYDAY=1SU"]),
        ("Europe/Berlin", ["BYDAY=-1SU", "BYDAY=-1SU"]),
        ("Australia/Sydney", ["BYDAY=1SU", "BYDAY=1SU"]),
        ("Asia/Kolkata", []),
        ("Africa/Casablanca", []),
    ],
)
def test_changes_that_follow_a_rule_are_written_as_one(name, rules):
    text = described(name, FIRST, LAST).to_ical().decode()
    assert [line.split(";")[1] for line in text.splitlines() if line.startswith("RRULE")] == rules


def test_onset_is_on_the_clock_of_before():
    text = described("America/New_York", FIRST, LAST).to_ical().decode()
    summer = text[text.index("BEGIN:DAYLIGHT") : text.index("END:DAYLIGHT")]
    assert [line for line in summer.splitlines() if line.startswith(("DTSTART", "TZOFFSETFROM"))] == [
        "DTSTART:20250309T020000",
        "TZOFFSETFROM:-0500",
    ]
