"""A time zone as a calendar file describes it (RFC 5545, 3.6.5), made from the time zone database. Pure arithmetic.

Our own, because the onset of a part has to be given on the clock of before the change, and icalendar 7.3 gives that of
summer time on the clock of after: an hour late.
"""

import calendar
import datetime
import zoneinfo
from dataclasses import dataclass

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from backbone.occurrences import WEEKDAYS

DAY, SECOND = datetime.timedelta(days=1), datetime.timedelta(seconds=1)
# Over so many years a change must follow a rule to be written as one.
YEARS_LOOKED_AT = 8
LAST = -1


@dataclass(frozen=True)
class Part:
    """What changes to what: summer time begins, or ends."""

    is_summer: bool
    name: str
    before: datetime.timedelta
    after: datetime.timedelta


def described(name, first, last):
    """The component for zone `name`, right from the day `first` until the day `last`, and beyond where it follows a rule."""
    begins, ends = first.year - 1, max(last.year + 1, first.year + YEARS_LOOKED_AT)
    found = Timezone()
    found.add("tzid", name)
    start = datetime.datetime(begins, 1, 1, tzinfo=datetime.UTC)
    found.add_component(_observance(_standing(zoneinfo.ZoneInfo(name), start), [start.replace(tzinfo=None)], ends))
    for part, onsets in _changes(zoneinfo.ZoneInfo(name), start, ends).items():
        found.add_component(_observance(part, onsets, ends))
    return found


def _standing(zone, when):
    """What holds at the beginning, as a change that changes nothing."""
    local = when.astimezone(zone)
    return Part(bool(local.dst()), local.tzname(), local.utcoffset(), local.utcoffset())


def _changes(zone, start, last_year):
    """{part: its onsets, each on the clock of before it}."""
    found, when = {}, start
    while when.year <= last_year:
        if (when + DAY).astimezone(zone).utcoffset() != when.astimezone(zone).utcoffset():
            change = _second_of_change(zone, when)
            before, after = (change - SECOND).astimezone(zone).utcoffset(), change.astimezone(zone)
            part = Part(bool(after.dst()), after.tzname(), before, after.utcoffset())
            found.setdefault(part, []).append(change.replace(tzinfo=None) + before)
        when += DAY
    return found


def _second_of_change(zone, day):
    low, high, before = 0, int(DAY / SECOND), day.astimezone(zone).utcoffset()
    while low < high:
        middle = (low + high) // 2
        if (day + middle * SECOND).astimezone(zone).utcoffset() == before:
            low = middle + 1
        else:
            high = middle
    return day + low * SECOND


def _observance(part, onsets, last_year):
    made = TimezoneDaylight() if part.is_summer else TimezoneStandard()
    made.add("dtstart", onsets[0])
    if rule := _yearly(onsets, last_year):
        made.add("rrule", vRecur.from_ical(rule))
    elif len(onsets) > 1:
        made.add("rdate", onsets[1:])
    made.add("tzname", part.name)
    made.add("tzoffsetfrom", part.before)
    made.add("tzoffsetto", part.after)
    return made


def _yearly(onsets, last_year):
    """The rule that names all onsets and goes on, or "": calendars follow a rule where some do not read a list."""
    if [onset.year for onset in onsets] != list(range(onsets[0].year, last_year + 1)) or len(onsets) < 2:
        return ""
    if len({(onset.month, onset.weekday(), onset.time()) for onset in onsets}) > 1:
        return ""
    weekday, month = WEEKDAYS[onsets[0].weekday()], onsets[0].month
    if all(_is_last(onset) for onset in onsets):
        return f"FREQ=YEARLY;BYMONTH={month};BYDAY={LAST}{weekday}"
    places = {(onset.day - 1) // 7 + 1 for onset in onsets}
    return f"FREQ=YEARLY;BYMONTH={month};BYDAY={places.pop()}{weekday}" if len(places) == 1 else ""


def _is_last(day):
    return day.day + 7 > calendar.monthrange(day.year, day.month)[1]
