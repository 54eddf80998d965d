"""Taking the roll. Two people may do it at once: a line is written only where it still says what the page showed."""

from dataclasses import dataclass

from django.db import transaction

from backbone.models import Attendance, Meeting
from initiatives.actions import history


@dataclass(frozen=True)
class Saved:
    """How many lines were written, and the keys of those that somebody else had changed meanwhile: these stayed as they are."""

    written: int
    kept: tuple[int, ...]


@transaction.atomic
def take_roll(*, meeting, lines, said, shown, by):
    """Write what differs, with one history entry.

    `lines` are the RollLines of the page by key of the contact; `said` and `shown` map keys to (state, proxy's key, proxy's
    name): what the page says now, and what it said when it came. An empty state takes a line off the roll.
    """
    Meeting.objects.select_for_update().get(pk=meeting.pk)
    stored = {row.contact_id: row for row in meeting.roll.all()}
    noted = {key: (row.state, row.proxy_id, row.proxy_name) for key, row in stored.items()}
    changed, kept = _compared(said, shown, noted, nothing=("", None, ""))
    gone = [stored[key].pk for key, (state, _proxy, _name) in changed.items() if not state and key in stored]
    Attendance.objects.filter(pk__in=gone).delete()
    Attendance.objects.bulk_create(
        [_row(meeting, lines[key], values) for key, values in changed.items() if values[0]],
        update_conflicts=True,
        unique_fields=["meeting", "contact"],
        update_fields=["state", "proxy", "proxy_name"],
    )
    _record("roll_taken", meeting, noted, changed, by)
    return Saved(len(changed), kept)


@transaction.atomic
def note_engagement(*, meeting, said, shown, by):
    """Note levels of engagement, {key of the contact: 0 to 3, or None for not noted}; otherwise as `take_roll`."""
    Meeting.objects.select_for_update().get(pk=meeting.pk)
    rows = {row.contact_id: row for row in meeting.roll.filter(state__in=Attendance.TOOK_PART)}
    noted = {key: row.engagement for key, row in rows.items()}
    here = {key: level for key, level in said.items() if key in rows}
    changed, kept = _compared(here, shown, noted, nothing=None)
    for key, level in changed.items():
        rows[key].engagement = level
    Attendance.objects.bulk_update([rows[key] for key in changed], ["engagement"])
    _record("engagement_noted", meeting, noted, changed, by)
    return Saved(len(changed), kept)


def _compared(said, shown, noted, *, nothing):
    """({key: value} to be written, keys that somebody else changed meanwhile to something else)."""
    touched = {key: value for key, value in said.items() if value != shown.get(key, nothing)}
    differing = {key: value for key, value in touched.items() if value != noted.get(key, nothing)}
    kept = tuple(key for key in differing if noted.get(key, nothing) != shown.get(key, nothing))
    return {key: value for key, value in differing.items() if key not in kept}, kept


def _row(meeting, line, values):
    """The seat, organisation and sector are written with the first save and stay those of that day."""
    state, proxy_id, proxy_name = values
    return Attendance(
        meeting=meeting,
        contact=line.contact,
        seat=line.seat,
        organisation=line.organisation,
        sector=line.sector,
        state=state,
        proxy_id=proxy_id,
        proxy_name=proxy_name,
    )


def _record(verb, meeting, noted, changed, by):
    if changed:
        before = {str(key): noted.get(key) for key in changed}
        after = {str(key): value for key, value in changed.items()}
        history.record(initiative=meeting.initiative, verb=verb, target=meeting, before=before, after=after, by=by)
