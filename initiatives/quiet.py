"""When a mail may leave: quiet hours, quiet days and the least distance between two mails to one person. Pure arithmetic
over moments; every answer is an aware datetime in UTC."""

import datetime
import re
from dataclasses import dataclass

UTC = datetime.UTC
MIDNIGHT = datetime.time()
SATURDAY = 5
EACH_YEAR = re.compile(r"(\d{2})-(\d{2})")
MOST_HOLIDAYS = 60
# More days in a row than weekends and the most holidays can make together.
LONGEST_QUIET_DAYS = 120


@dataclass(frozen=True)
class QuietTime:
    """When people are left in peace, in their own zone. From 20:00 until 08:00 goes over midnight; without hours only days
    count. `holidays` are texts: "2026-04-06" for one day, "12-25" for a day of each year."""

    starts: datetime.time | None = None
    ends: datetime.time | None = None
    weekends: bool = False
    holidays: frozenset = frozenset()

    @property
    def is_any(self):
        return bool(self.starts or self.weekends or self.holidays or self.ends)

    def allows(self, moment, zone):
        """Whether the clock on the wall there lets a mail arrive."""
        local = moment.astimezone(zone)
        return not self._is_quiet_day(local.date()) and not self._is_quiet_hour(local.time())

    def next_allowed(self, moment, zone):
        """`moment` itself where it is allowed, else the first moment after it that is."""
        if self.allows(moment, zone):
            return moment.astimezone(UTC)
        first = moment.astimezone(zone).date()
        for ahead in range(LONGEST_QUIET_DAYS + 1):
            day = first + datetime.timedelta(days=ahead)
            for time in sorted({MIDNIGHT, self.ends or MIDNIGHT}):
                candidate = _instant(day, time, zone)
                if candidate > moment and self.allows(candidate, zone):
                    return candidate
        return moment.astimezone(UTC)

    def _is_quiet_day(self, day):
        is_weekend = self.weekends and day.weekday() >= SATURDAY
        return is_weekend or day.isoformat() in self.holidays or day.strftime("%m-%d") in self.holidays

    def _is_quiet_hour(self, time):
        if self.starts is None or self.ends is None or self.starts == self.ends:
            return False
        if self.starts < self.ends:
            return self.starts <= time < self.ends
        return time >= self.starts or time < self.ends


def _instant(day, time, zone):
    """The moment at which a clock there shows `time`: the second one where it does so twice, and where the clock jumps over
    it, as long after the jump as the time lies after its beginning. Never a moment that is still quiet."""
    readings = [datetime.datetime.combine(day, time, tzinfo=zone).replace(fold=fold) for fold in (0, 1)]
    return max(reading.astimezone(UTC) for reading in readings)


def leaves_at(wanted, *, quiet, zone, last=None, gap_days=0, closes_at=None):
    """When a mail that is wanted at a moment may leave.

    Not before `gap_days` days after the day of the `last` mail to the same person, and never in quiet time. With
    `closes_at` (for an invitation) being asked comes first: where all that would be later than the round's end, the gap
    is given up, and where the next allowed moment is still too late, the quiet time as well.
    """
    rested = max(wanted, _day_after(last, gap_days, zone)) if last is not None and gap_days else wanted
    moments = [quiet.next_allowed(rested, zone), quiet.next_allowed(wanted, zone), wanted]
    if closes_at is None:
        return moments[0]
    return next((moment for moment in moments if moment < closes_at), wanted)


def _day_after(last, days, zone):
    """The beginning of the day, there, that lies `days` days after the day of `last`."""
    day = last.astimezone(zone).date() + datetime.timedelta(days=days)
    return datetime.datetime.combine(day, MIDNIGHT, tzinfo=zone).astimezone(UTC)


def is_holiday(text):
    """Whether `text` names a day: "2026-04-06", or "12-25" for each year (02-29 among them)."""
    words = f"2000-{text}" if EACH_YEAR.fullmatch(text) else text
    try:
        return datetime.date.fromisoformat(words).isoformat() == words
    except ValueError:
        return False
