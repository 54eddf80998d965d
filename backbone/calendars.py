"""Calendar files (RFC 5545) and what mails ask calendars to do with them (RFC 5546). No database, no clock."""

import datetime
import zoneinfo
from dataclasses import dataclass

from icalendar import Calendar, Event, vCalAddress, vRecur, vText

from backbone.occurrences import days, on_the_clock
from backbone.time_zones import described
from surveys.mail.headers import one_line

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"
PRODUCT = "-//Backbone//Meetings//EN"
UTC = "UTC"


@dataclass(frozen=True)
class Entry:
    """One event. `starts_at` is a moment, shown on the clock of `time_zone`. With `rule` it comes round, but not at the
    moments in `left_out`. With `replaces`, a moment on the clock of `series_zone`, it is what became of that occurrence.
    """

    uid: str
    sequence: int
    starts_at: datetime.datetime
    duration: int
    time_zone: str
    title: str
    place: str = ""
    link: str = ""
    purpose: str = ""
    rule: str = ""
    left_out: tuple = ()
    replaces: datetime.datetime | None = None
    series_zone: str = ""
    is_cancelled: bool = False


@dataclass(frozen=True)
class Person:
    name: str
    address: str


def calendar_file(entries, *, method, organizer, attendee=None, stamp):
    """The file as bytes. Only `attendee`, who gets it, is named in it: nobody learns the address of another."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for name, first, last in _zones(entries):
        calendar.add_component(described(name, first, last))
    for entry in entries:
        calendar.add_component(_event(entry, organizer, attendee, stamp))
    return calendar.to_ical()


def _zones(entries):
    """(name, first day, last day) of each zone that the entries need."""
    spans = {}
    for entry in entries:
        day = on_the_clock(entry.starts_at, entry.time_zone).date()
        last = days(entry.rule, day)[-1] if entry.rule else day
        for zone in {entry.time_zone, entry.series_zone or entry.time_zone} - {UTC}:
            first, final = spans.get(zone, (day, last))
            spans[zone] = min(first, day), max(final, last)
    return [(zone, *span) for zone, span in sorted(spans.items())]


def _event(entry, organizer, attendee, stamp):
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", stamp.replace(microsecond=0))
    event.add("dtstart", _local(entry.starts_at, entry.time_zone))
    event.add("dtend", _local(entry.starts_at + datetime.timedelta(minutes=entry.duration), entry.time_zone))
    if entry.rule:
        event.add("rrule", vRecur.from_ical(entry.rule))
    if entry.left_out:
        event.add("exdate", [_local(moment, entry.time_zone) for moment in entry.left_out])
    if entry.replaces:
        event.add("recurrence-id", _local(entry.replaces, entry.series_zone))
    event.add("summary", one_line(entry.title))
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    for name, text in (("location", entry.place or entry.link), ("description", _description(entry))):
        if text:
            event.add(name, text if name == "description" else one_line(text))
    if entry.link:
        event.add("url", one_line(entry.link))
    event["organizer"] = _address(organizer)
    if attendee:
        event["attendee"] = _address(attendee, cutype="INDIVIDUAL", role="REQ-PARTICIPANT", partstat="NEEDS-ACTION")
    return event


def _local(moment, zone):
    """On the clock of the zone, so that calendars keep the hour when clocks change."""
    return moment.astimezone(datetime.UTC if zone == UTC else zoneinfo.ZoneInfo(zone))


def _description(entry):
    lines = [*entry.purpose.splitlines(), entry.link]
    return "\n".join(one_line(line) for line in lines).strip()


def _address(person, **parameters):
    made = vCalAddress(f"mailto:{one_line(person.address).replace(' ', '')}")
    made.params["cn"] = vText(one_line(person.name).replace('"', "'"))
    for name, value in parameters.items():
        made.params[name] = vText(value)
    return made
