"""Meetings are planned, changed, cancelled and deleted. What mails and calendars learn of it is another action."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from backbone.models import Meeting, MeetingSeries
from backbone.occurrences import occurrences, on_the_clock
from backbone.queries.meetings import meeting_snapshot, series_snapshot
from initiatives.actions import history, restoring


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
        for when in occurrences(recurrence, series.first_on, series.starts_at, time_zone)
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
        stored.save()
        _raise_sequence(stored)
        history.record(
            initiative=stored.initiative, verb="meeting_changed", target=stored, before=before, after=after, by=by
        )
    return stored


@transaction.atomic
def cancel_meeting(*, meeting, by):
    """Say that a meeting does not take place; cancelling it again changes nothing. Returns whether this call did it."""
    done = Meeting.objects.filter(pk=meeting.pk, cancelled_at=None).update(cancelled_at=timezone.now())
    if done:
        _raise_sequence(meeting)
        history.record(initiative=meeting.initiative, verb="meeting_cancelled", target=meeting, by=by)
    return bool(done)


@transaction.atomic
def delete_meeting(*, meeting, by):
    """Take a meeting away with all that hangs on it; for 30 days it can be restored."""
    return restoring.delete(row=meeting, before=meeting_snapshot(meeting), by=by)


def _raise_sequence(meeting):
    """Calendars take what changed: one number for a meeting, or for its whole series."""
    model, key = (MeetingSeries, meeting.series_id) if meeting.series_id else (Meeting, meeting.pk)
    model.objects.filter(pk=key).update(sequence=F("sequence") + 1)
