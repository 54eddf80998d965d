"""Meetings are planned, changed, cancelled and deleted. What mails and calendars learn of it is another action."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from backbone.models import Meeting, MeetingSeries
from backbone.occurrences import in_utc, on_the_clock
from backbone.queries.meetings import (
    following,
    has_earlier,
    is_awaited,
    meeting_snapshot,
    moments_of,
    series_snapshot,
)
from initiatives.actions import history, restoring


class MeetingRefused(Exception):
    """What was asked for cannot be done; the message is a sentence for whoever asked."""


@transaction.atomic
def plan_meeting(*, initiative, title, starts_at, duration, time_zone, group=None, place="", link="", purpose="", by):
    """Write one meeting with its history entry; returns it. `starts_at` is a moment, `time_zone` whose clock shows it."""
    meeting = Meeting.objects.create(
        initiative=initiative,
        title=title,
        starts_at=starts_at,
        duration=duration,
        time_zone=time_zone,
        group=group,
        place=place,
        link=link,
        purpose=purpose,
        created_by=by,
    )
    after = meeting_snapshot(meeting)
    history.record(initiative=initiative, verb="meeting_planned", target=meeting, after=after, by=by)
    return meeting


@transaction.atomic
def plan_series(
    *, initiative, recurrence, title, starts_at, duration, time_zone, group=None, place="", link="", purpose="", by
):
    """Write a series whose first meeting is at `starts_at`, and a meeting for each time its rule names; returns these."""
    local = on_the_clock(starts_at, time_zone)
    series = MeetingSeries.objects.create(
        initiative=initiative,
        group=group,
        title=title,
        recurrence=recurrence,
        first_on=local.date(),
        starts_at=local.time(),
        duration=duration,
        time_zone=time_zone,
        place=place,
        link=link,
        purpose=purpose,
        created_by=by,
    )
    made = Meeting.objects.bulk_create(
        Meeting(
            initiative=initiative,
            series=series,
            series_start=when,
            group=group,
            title=title,
            starts_at=when,
            duration=duration,
            time_zone=time_zone,
            place=place,
            link=link,
            purpose=purpose,
            created_by=by,
        )
        for when in moments_of(series)
    )
    after = series_snapshot(series)
    history.record(initiative=initiative, verb="meeting_series_planned", target=series, after=after, by=by)
    return made


@transaction.atomic
def change_meeting(*, meeting, title, starts_at, duration, time_zone, group=None, place="", link="", purpose="", by):
    """Set everything one meeting says; of a series, it alone is moved. Nothing is told where nothing differs."""
    stored = Meeting.objects.select_related("initiative", "series").get(pk=meeting.pk)
    before = meeting_snapshot(stored)
    stored.title, stored.starts_at, stored.duration, stored.time_zone = title, starts_at, duration, time_zone
    stored.group, stored.place, stored.link, stored.purpose = group, place, link, purpose
    after = meeting_snapshot(stored)
    if after != before:
        stored.sequence = _next_sequence(stored)
        stored.save()
        history.record(
            initiative=stored.initiative, verb="meeting_changed", target=stored, before=before, after=after, by=by
        )
    return stored


@transaction.atomic
def change_following(*, meeting, title, starts_at, duration, time_zone, group=None, place="", link="", purpose="", by):
    """Set the same for a meeting and all that follow it in its series: each moves by as many days, to the same hour.

    Each keeps its place in the series (`series_start`). Where that is the whole series, on the same days, the series
    itself changes. Returns the meeting.
    """
    stored = Meeting.objects.select_related("initiative", "series").get(pk=meeting.pk)
    local, rows = on_the_clock(starts_at, time_zone), following(stored)
    shift = local.date() - stored.begins.date()
    said = {"title": title, "duration": duration, "time_zone": time_zone, "group": group}
    said |= {"place": place, "link": link, "purpose": purpose}
    before = [meeting_snapshot(row) for row in rows]
    for row in rows:
        row.starts_at = in_utc(datetime.combine(row.begins.date() + shift, local.time()), time_zone)
        for name, value in said.items():
            setattr(row, name, value)
    after = [meeting_snapshot(row) for row in rows]
    if after == before:
        return rows[0]
    sequence = _next_sequence(stored)
    for row in rows:
        row.sequence = sequence
    Meeting.objects.bulk_update(rows, ["starts_at", "sequence", *said], batch_size=100)
    if not shift and not has_earlier(stored):
        _change_series(stored.series, said | {"starts_at": local.time()})
    history.record(
        initiative=stored.initiative, verb="meetings_changed", target=stored, before=before[0], after=after[0], by=by
    )
    return rows[0]


def _change_series(series, said):
    """The series as a whole says something else; its meetings, also the cancelled and deleted ones, keep their turn."""
    before = moments_of(series)
    for name, value in said.items():
        setattr(series, name, value)
    series.save(update_fields=list(said))
    turns = dict(zip(before, moments_of(series), strict=True))
    rows = list(Meeting.with_deleted.filter(series=series))
    for row in rows:
        row.series_start = turns.get(row.series_start, row.series_start)
    Meeting.with_deleted.bulk_update(rows, ["series_start"], batch_size=100)


@transaction.atomic
def cancel_meeting(*, meeting, by):
    """Say that a meeting does not take place; cancelling it again changes nothing. Returns whether this call did it."""
    if not Meeting.objects.filter(pk=meeting.pk, cancelled_at=None).update(cancelled_at=timezone.now()):
        return False
    Meeting.objects.filter(pk=meeting.pk).update(sequence=_next_sequence(meeting))
    history.record(initiative=meeting.initiative, verb="meeting_cancelled", target=meeting, by=by)
    return True


@transaction.atomic
def cancel_following(*, meeting, by):
    """Cancel a meeting and all that follow it in its series. Returns how many this call cancelled."""
    keys = [row.pk for row in following(meeting)]
    done = Meeting.objects.filter(pk__in=keys, cancelled_at=None).update(cancelled_at=timezone.now())
    if done:
        Meeting.objects.filter(pk__in=keys).update(sequence=_next_sequence(meeting))
        after = {"meetings": done}
        history.record(initiative=meeting.initiative, verb="meetings_cancelled", target=meeting, after=after, by=by)
    return done


@transaction.atomic
def delete_meeting(*, meeting, reason="", by):
    """Take a meeting away with all that hangs on it; for 30 days it can be restored.

    Raises MeetingRefused for one to come that people were invited to: they would never learn of it.
    """
    if is_awaited(meeting):
        raise MeetingRefused(_("People were invited to this meeting. Cancel it and tell them, then delete it."))
    return restoring.delete(row=meeting, before=meeting_snapshot(meeting), reason=reason, by=by)


def _next_sequence(meeting):
    """The number with which calendars take what changed: of a meeting, or counted over its whole series."""
    if meeting.series_id is None:
        return Meeting.objects.values_list("sequence", flat=True).get(pk=meeting.pk) + 1
    MeetingSeries.objects.filter(pk=meeting.series_id).update(sequence=F("sequence") + 1)
    return MeetingSeries.objects.values_list("sequence", flat=True).get(pk=meeting.series_id)
