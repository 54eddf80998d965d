"""The demo's minutes: written from the agenda and approved, but for the last meetings, which still wait for theirs."""

import datetime

from backbone.actions import minutes
from backbone.actions.demo.past import happening, moment
from backbone.demo import story
from backbone.models import ApprovedMinutes, Attendance, Minutes
from backbone.models.agendas import AgendaItem

DAY = datetime.timedelta(days=1)


def write_minutes(*, initiative, people, today):
    """Write what minutes.toml tells of every meeting that is over. The newest ones have no minutes yet, the one before them a
    draft. `people` are users by key. Returns how many were approved.
    """
    told = story.read("minutes")
    over = initiative.meetings.filter(cancelled_at=None).select_related("initiative").order_by("starts_at", "pk")
    held = [meeting for meeting in over if meeting.begins.date() < today]
    written = held[: -told["unwritten"]]
    for meeting in written:
        day = min(meeting.begins.date() + DAY, today - DAY)
        with happening(initiative=initiative, day=day):
            saved = minutes.save_minutes(
                meeting=meeting, text=_text(meeting, told), base="", version=0, by=people["partners"]
            )
            if meeting != written[-1]:
                minutes.approve_minutes(meeting=meeting, version=saved.version, by=people["director"])
        _set_back(meeting, moment(initiative=initiative, day=day))
    return len(written[:-1])


def _set_back(meeting, when):
    """Saved and approved now, and told as of that day."""
    rows = Minutes.objects.filter(meeting=meeting)
    rows.update(edited_at=when)
    rows.filter(approved_at__isnull=False).update(approved_at=when)
    ApprovedMinutes.objects.filter(minutes__meeting=meeting).update(approved_at=when)


def _text(meeting, told):
    place = f"{meeting.place}." if meeting.place else ""
    number = meeting.roll.filter(state__in=Attendance.TOOK_PART).count()
    parts = [told["opening"].format(people=number, place=place).strip()] if number else []
    for item in meeting.agenda.all():
        parts += [f"## {item.title}", _words(item, told)]
    return "\n\n".join(parts or [meeting.purpose])


def _words(item, told):
    if item.was_reached is False:
        return told["unreached"]
    return told["items"].get(item.title, told["kinds"][AgendaItem.Kind(item.kind).value])
