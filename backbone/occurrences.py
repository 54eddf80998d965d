"""When meetings come round: days and hours on the clock of one place, as calendars reckon them (RFC 5545). Pure arithmetic."""

import calendar
import datetime
import zoneinfo

from dateutil.rrule import rrulestr

MOST_OCCURRENCES = 104
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LAST = -1
NONE, WEEKLY, FORTNIGHTLY = "", "weekly", "fortnightly"
MONTHLY_BY_DATE, MONTHLY_BY_WEEKDAY, QUARTERLY = "monthly_by_date", "monthly_by_weekday", "quarterly"


class NoSuchTime(ValueError):
    """The clocks there spring over this time."""


def moment(day, time, zone):
    """The moment, in UTC, when the clock of the zone named `zone` shows `time` on `day`; the first where it does so twice.

    Raises NoSuchTime where clocks spring over it.
    """
    local = datetime.datetime.combine(day, time.replace(tzinfo=None))
    found = in_utc(local, zone)
    if found.astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=None) != local:
        raise NoSuchTime(f"{local} in {zone}")
    return found


def in_utc(local, zone):
    """As `moment`; a time that clocks spring over is read on the clock of before, as calendars do (RFC 5545, 3.3.5)."""
    return local.replace(tzinfo=zoneinfo.ZoneInfo(zone), fold=0).astimezone(datetime.UTC)


def on_the_clock(when, zone):
    """What the clock of `zone` shows at a moment: a datetime without a zone."""
    return when.astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=None)


def rule(repeats, first_on, *, count=None, until=None):
    """The rule (RFC 5545, 3.3.10) by which days follow `first_on`, or "" where nothing comes round.

    It always counts: `until`, the last possible day, is turned into a number, because calendars disagree on an UNTIL
    with a time zone. At most MOST_OCCURRENCES.
    """
    step = _step(repeats, first_on)
    if not step:
        return ""
    if until is not None:
        count = sum(1 for day in days(f"{step};COUNT={MOST_OCCURRENCES}", first_on) if day <= until)
    return f"{step};COUNT={max(1, min(count or MOST_OCCURRENCES, MOST_OCCURRENCES))}"


def _step(repeats, first_on):
    weekday = WEEKDAYS[first_on.weekday()]
    if repeats == WEEKLY:
        return f"FREQ=WEEKLY;BYDAY={weekday}"
    if repeats == FORTNIGHTLY:
        return f"FREQ=WEEKLY;INTERVAL=2;BYDAY={weekday}"
    if repeats == MONTHLY_BY_DATE:
        return f"FREQ=MONTHLY;{_date_in_each_month(first_on.day)}"
    if repeats == MONTHLY_BY_WEEKDAY:
        return f"FREQ=MONTHLY;BYDAY={place_in_month(first_on)}{weekday}"
    if repeats == QUARTERLY:
        return f"FREQ=MONTHLY;INTERVAL=3;BYDAY={place_in_month(first_on)}{weekday}"
    return ""


def _date_in_each_month(day):
    """The 31st is the last day of shorter months, where calendars would leave the month out."""
    if day <= calendar.monthrange(2001, 2)[1]:
        return f"BYMONTHDAY={day}"
    return f"BYMONTHDAY={','.join(str(number) for number in range(28, day + 1))};BYSETPOS=-1"


def place_in_month(day):
    """1 for the first of its weekday in the month, up to 4; a fifth is the last, which every month has."""
    place = (day.day - 1) // 7 + 1
    return place if place <= 4 else LAST


def days(text, first_on):
    """The days of a rule, `first_on` the first."""
    start = datetime.datetime.combine(first_on, datetime.time())
    return [when.date() for when in rrulestr(text, dtstart=start)]


def occurrences(text, first_on, time, zone):
    """The moments of a rule in UTC: `time` on the clock of `zone` each day, whatever clocks did in between."""
    return [in_utc(datetime.datetime.combine(day, time), zone) for day in days(text, first_on)]


def with_count(text, count):
    """The same rule, ending after `count`."""
    parts = [part for part in text.split(";") if not part.startswith("COUNT=")]
    return ";".join([*parts, f"COUNT={count}"])


def count_of(text):
    return next(int(part.removeprefix("COUNT=")) for part in text.split(";") if part.startswith("COUNT="))
