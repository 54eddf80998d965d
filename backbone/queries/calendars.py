"""What calendars are told of a meeting, or of its whole series."""

from backbone.calendars import Entry
from backbone.queries.meetings import moments_of

SHARED = ("title", "place", "link", "purpose", "duration", "time_zone")


def entries_of(meeting, *, whole_series=False):
    """The events of the file: the series as one that comes round, with what became of single meetings beside it; or one
    meeting, which names its place in the series."""
    if meeting.series_id and whole_series:
        return _series_entries(meeting.series)
    return [_entry(meeting, meeting.sequence)]


def _series_entries(series):
    standing = list(series.meetings.filter(cancelled_at=None).order_by("series_start"))
    kept = {meeting.series_start for meeting in standing}
    moments = moments_of(series)
    master = Entry(
        uid=str(series.uid),
        sequence=series.sequence,
        starts_at=moments[0],
        rule=series.recurrence,
        left_out=tuple(moment for moment in moments if moment not in kept) if standing else (),
        is_cancelled=not standing,
        **{name: getattr(series, name) for name in SHARED},
    )
    return [master, *(_entry(meeting, series.sequence) for meeting in standing if _differs(meeting, series))]


def _differs(meeting, series):
    said = any(getattr(meeting, name) != getattr(series, name) for name in SHARED)
    return said or meeting.starts_at != meeting.series_start


def _entry(meeting, sequence):
    series = meeting.series
    return Entry(
        uid=str(series.uid if series else meeting.uid),
        sequence=sequence,
        starts_at=meeting.starts_at,
        replaces=meeting.series_start if series else None,
        series_zone=series.time_zone if series else "",
        is_cancelled=meeting.cancelled_at is not None,
        **{name: getattr(meeting, name) for name in SHARED},
    )


def is_standing(meeting, *, whole_series=False):
    """Whether it takes place: of a series, whether any of its meetings does."""
    if whole_series and meeting.series_id:
        return meeting.series.meetings.filter(cancelled_at=None).exists()
    return meeting.cancelled_at is None
