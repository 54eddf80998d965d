"""Calendar files, read back by icalendar and by vobject, and compared with the rows they are made of."""

import datetime
from email.utils import parseaddr

import icalendar
import pytest
import vobject

from backbone.actions.meetings import cancel_meeting, change_following, change_meeting, delete_meeting, plan_series
from backbone.calendars import REQUEST, Entry, Person, calendar_file
from backbone.occurrences import moment, rule
from backbone.queries.calendars import entries_of
from tests.backbone.factories import MeetingFactory

pytestmark = pytest.mark.django_db
STAMP = datetime.datetime(2026, 11, 23, 8, tzinfo=datetime.UTC)
OURS = Person("Bright Futures", "desk@example.org")
ZONES = ["America/New_York", "Europe/Berlin", "Australia/Sydney", "Africa/Nairobi", "UTC"]
HOUR = datetime.timedelta(hours=1)


def file_of(meeting, **options):
    return calendar_file(
        entries_of(meeting, **options),
        method=REQUEST,
        organizer=OURS,
        attendee=Person("Ana", "ana@x.example"),
        stamp=STAMP,
    )


def series(initiative, *, zone="Europe/Berlin", repeats="weekly", count=60, first=datetime.date(2027, 1, 12), **said):
    fields = {"title": "Steering committee", "duration": 90, "place": "Town hall"} | said
    return plan_series(
        initiative=initiative,
        recurrence=rule(repeats, first, count=count),
        starts_at=moment(first, datetime.time(15), zone),
        time_zone=zone,
        by=None,
        **fields,
    )


def standing(meeting):
    """{(start, end)} of the rows."""
    rows = meeting.series.meetings.filter(cancelled_at=None)
    return {(row.starts_at, row.starts_at + datetime.timedelta(minutes=row.duration)) for row in rows}


def by_icalendar(content):
    """{(start, end)} of all occurrences in UTC, overrides in the place of what they replace."""
    events = icalendar.Calendar.from_ical(content).walk("VEVENT")
    found = {}
    for event in sorted(events, key=lambda each: "RECURRENCE-ID" in each):
        start, end = event["DTSTART"].dt, event["DTEND"].dt
        if "RECURRENCE-ID" in event:
            found[event["RECURRENCE-ID"].dt.astimezone(datetime.UTC)] = start, end
            continue
        text = event["RRULE"].to_ical().decode() if "RRULE" in event else "FREQ=DAILY;COUNT=1"
        for turn in expanded(text, start):
            found[turn.astimezone(datetime.UTC)] = turn, turn.astimezone(datetime.UTC) + (end - start)
        out = event.get("EXDATE", [])
        for listed in out if isinstance(out, list) else [out]:
            for day in listed.dts:
                del found[day.dt.astimezone(datetime.UTC)]
    return {tuple(each.astimezone(datetime.UTC) for each in pair) for pair in found.values()}


def expanded(text, start):
    """The occurrences of a rule by counting days ourselves: every day is asked whether the rule names it."""
    parts = dict(part.split("=") for part in text.split(";"))
    day, found = start, []
    while len(found) < int(parts["COUNT"]):
        if named(parts, start, day):
            found.append(day)
        day = (day.replace(tzinfo=None) + datetime.timedelta(days=1)).replace(tzinfo=start.tzinfo)
    return found


def named(parts, start, day):
    step, months = int(parts.get("INTERVAL", 1)), (day.year - start.year) * 12 + day.month - start.month
    if parts["FREQ"] == "WEEKLY":
        return (day.date() - start.date()).days % (7 * step) == 0
    if parts["FREQ"] == "DAILY":
        return True
    if months % step:
        return False
    last = (day.replace(day=28) + datetime.timedelta(days=4)).replace(day=1) - datetime.timedelta(days=1)
    if "BYMONTHDAY" in parts:
        wanted = max(int(number) for number in parts["BYMONTHDAY"].split(","))
        return day.day == min(wanted, last.day)
    place = -1 if parts["BYDAY"].startswith("-1") else int(parts["BYDAY"][0])
    is_place = day.day + 7 > last.day if place == -1 else (day.day - 1) // 7 + 1 == place
    return day.weekday() == start.weekday() and is_place


def by_vobject(content):
    """The same, by another library with its own reading of zones and rules."""
    calendar = vobject.readOne(content.decode())
    found, moved = {}, {}
    for event in calendar.vevent_list:
        start, end = event.dtstart.value, event.dtend.value
        if hasattr(event, "recurrence_id"):
            moved[event.recurrence_id.value.astimezone(datetime.UTC)] = start, end
        else:
            for turn in event.getrruleset() if hasattr(event, "rrule") else [start]:
                found[turn.astimezone(datetime.UTC)] = turn, turn.astimezone(datetime.UTC) + (end - start)
    return {tuple(each.astimezone(datetime.UTC) for each in pair) for pair in (found | moved).values()}


@pytest.mark.parametrize("repeats", ["weekly", "fortnightly", "monthly_by_weekday", "monthly_by_date", "quarterly"])
@pytest.mark.parametrize("zone", ZONES)
def test_a_series_over_both_clock_changes_is_in_the_file_as_in_the_rows(initiative, zone, repeats):
    first = series(initiative, zone=zone, repeats=repeats, count=60 if repeats == "weekly" else 30)[0]
    content = file_of(first, whole_series=True)
    assert by_icalendar(content) == by_vobject(content) == standing(first)
    assert {row.begins.hour for row in first.series.meetings.all()} == {15}
    offsets = {row.begins - row.starts_at.replace(tzinfo=None) for row in first.series.meetings.all()}
    assert len(offsets) == (1 if zone in {"Africa/Nairobi", "UTC"} else 2)


def test_moved_cancelled_and_deleted_meetings_are_in_the_file_as_in_the_rows(initiative):
    rows = series(initiative, count=30)
    said = {"title": "Moved", "duration": 45, "time_zone": "Europe/Berlin"}
    change_meeting(meeting=rows[3], starts_at=rows[3].starts_at + 26 * HOUR, **said, by=None)
    change_meeting(meeting=rows[4], starts_at=rows[4].starts_at, **said | {"time_zone": "America/New_York"}, by=None)
    cancel_meeting(meeting=rows[10], by=None)
    delete_meeting(meeting=rows[11], by=None)
    rows[0].series.refresh_from_db()
    content = file_of(rows[0], whole_series=True)
    assert by_icalendar(content) == by_vobject(content) == standing(rows[0])
    events = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert [(str(event["SUMMARY"]), "RRULE" in event) for event in events] == [
        ("Steering committee", True),
        ("Moved", False),
        ("Moved", False),
    ]
    assert {(str(event["UID"]), event["SEQUENCE"]) for event in events} == {(str(rows[0].series.uid), 3)}


def test_changing_this_and_following_moves_them_and_leaves_the_earlier(initiative):
    rows = series(initiative, count=20)
    before = [row.starts_at for row in rows]
    said = {"title": "Later", "duration": 60, "time_zone": "Europe/Berlin"}
    change_following(meeting=rows[5], starts_at=rows[5].starts_at + 25 * HOUR, **said, by=None)
    stored = list(rows[0].series.meetings.order_by("series_start"))
    assert [row.starts_at for row in stored[:5]] == before[:5]
    assert {row.begins.strftime("%a %H:%M") for row in stored[5:]} == {"Wed 16:00"}
    assert [row.series_start for row in stored] == before
    rows[0].series.refresh_from_db()
    content = file_of(rows[0], whole_series=True)
    assert by_icalendar(content) == by_vobject(content) == standing(rows[0])


def test_changing_all_meetings_on_their_days_changes_the_series_itself(initiative):
    rows = series(initiative, count=20)
    cancel_meeting(meeting=rows[2], by=None)
    starts_at = moment(rows[0].begins.date(), datetime.time(9), "America/New_York")
    change_following(
        meeting=rows[0], starts_at=starts_at, title="Early", duration=60, time_zone="America/New_York", by=None
    )
    meeting = type(rows[0]).objects.get(pk=rows[0].pk)
    content = file_of(meeting, whole_series=True)
    assert len(icalendar.Calendar.from_ical(content).walk("VEVENT")) == 1
    assert by_icalendar(content) == by_vobject(content) == standing(meeting)
    assert {row.begins.hour for row in meeting.series.meetings.all()} == {9}


def test_one_meeting_of_a_series_names_its_turn(initiative):
    rows = series(initiative, count=5)
    change_meeting(
        meeting=rows[2],
        title="Moved",
        starts_at=rows[2].starts_at + HOUR,
        duration=60,
        time_zone="Europe/Berlin",
        by=None,
    )
    changed = type(rows[2]).objects.get(pk=rows[2].pk)
    (event,) = icalendar.Calendar.from_ical(file_of(changed)).walk("VEVENT")
    assert event["RECURRENCE-ID"].dt == rows[2].series_start
    assert event["RECURRENCE-ID"].params["TZID"] == "Europe/Berlin"
    assert (str(event["UID"]), event["SEQUENCE"], "RRULE" in event) == (str(changed.series.uid), 1, False)


def test_a_cancelled_series_says_so(initiative):
    rows = series(initiative, count=3)
    for row in rows:
        cancel_meeting(meeting=row, by=None)
    (event,) = icalendar.Calendar.from_ical(file_of(rows[0], whole_series=True)).walk("VEVENT")
    assert (str(event["STATUS"]), "EXDATE" in event, "RECURRENCE-ID" in event) == ("CANCELLED", False, False)


HOSTILE = 'Party\r\nATTENDEE:mailto:all@x.example\nEND:VEVENT\u2028\x0b\rBEGIN:VALARM; \\n " , x'


def lines_of(content):
    """The lines of the file, folded ones put together."""
    return content.decode().replace("\r\n ", "").split("\r\n")


def test_no_text_can_add_a_line(initiative):
    meeting = MeetingFactory(initiative=initiative, title=HOSTILE, place=HOSTILE, purpose=HOSTILE, link=HOSTILE)
    content = calendar_file(
        entries_of(meeting), method=REQUEST, organizer=Person(HOSTILE, OURS.address), attendee=Person(HOSTILE, HOSTILE),
        stamp=STAMP,
    )  # fmt: skip
    plain = calendar_file(
        entries_of(MeetingFactory(initiative=initiative, title="x", place="x", purpose="x", link="x")),
        method=REQUEST, organizer=OURS, attendee=OURS, stamp=STAMP,
    )  # fmt: skip
    names = [line.split(":")[0].split(";")[0] for line in lines_of(content)]
    assert names == [line.split(":")[0].split(";")[0] for line in lines_of(plain)]
    assert not any(character in content.decode() for character in ("\u2028", "\x0b"))
    (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert str(event["SUMMARY"]) == " ".join(HOSTILE.replace("\u2028", " ").split())
    assert vobject.readOne(content.decode()).vevent.summary.value == str(event["SUMMARY"])


def test_only_the_reader_is_named(initiative):
    (event,) = icalendar.Calendar.from_ical(file_of(MeetingFactory(initiative=initiative))).walk("VEVENT")
    assert str(event["ATTENDEE"]) == "mailto:ana@x.example"
    assert (str(event["ORGANIZER"]), event["ORGANIZER"].params["CN"]) == ("mailto:desk@example.org", "Bright Futures")
    assert event["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"


def test_lines_are_short_and_end_as_they_must(initiative):
    content = file_of(MeetingFactory(initiative=initiative, title="Réunion " * 20, purpose="الاجتماع\n" * 40))
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert content.count(b"\n") == content.count(b"\r\n")


def test_an_event_keeps_its_name_when_it_changes(initiative):
    meeting = MeetingFactory(initiative=initiative)
    before = icalendar.Calendar.from_ical(file_of(meeting)).walk("VEVENT")[0]
    changed = change_meeting(
        meeting=meeting,
        title="Other",
        starts_at=meeting.starts_at + HOUR,
        duration=30,
        time_zone="Europe/Berlin",
        by=None,
    )
    after = icalendar.Calendar.from_ical(file_of(changed)).walk("VEVENT")[0]
    assert (str(before["UID"]), before["SEQUENCE"], after["SEQUENCE"]) == (str(after["UID"]), 0, 1)


def test_an_entry_without_anything_optional_is_a_file():
    entry = Entry("u", 0, STAMP, 30, "UTC", "Title")
    content = calendar_file([entry], method="PUBLISH", organizer=Person("", parseaddr("a@b.example")[1]), stamp=STAMP)
    assert vobject.readOne(content.decode()).vevent.dtstart.value == STAMP
    assert [name for name in (b"ATTENDEE", b"LOCATION", b"VTIMEZONE", b"DESCRIPTION") if name in content] == []
