"""Writing, approving and reopening minutes. Nobody's words are written over; what was approved never changes."""

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from backbone.models import ApprovedMinutes, Minutes
from core.merging import is_clean, merge, text_of
from initiatives.actions import history

# History tells of somebody's writing once in so long, not of each saving.
TOLD_AGAIN_AFTER = datetime.timedelta(minutes=30)
MOST_TRIES = 10


@dataclass(frozen=True)
class SavedMinutes:
    """What stands now. `is_merged`: somebody else's words came in, so that it is not what the writer sent."""

    text: str
    version: int
    is_merged: bool


class MinutesClash(Exception):
    """Both writers changed the same lines. `parts` say which, and hold all that both wrote."""

    def __init__(self, parts, stored):
        super().__init__("the same lines were changed by somebody else")
        self.parts, self.stored, self.text = parts, stored, text_of(parts)


class MinutesApproved(Exception):
    """The minutes were approved meanwhile, and are closed."""


class MinutesChanged(Exception):
    """They are no longer what the reader saw, or there is nothing in them."""


@transaction.atomic
def save_minutes(*, meeting, text, base, version, page="", by):
    """Save `text`, which was made from `base`, the text of `version`. Where another version is stored by now, both are put
    together; MinutesClash where they cannot be. `page` names the open page, which knows its own words again if it never heard
    that they were saved. Returns SavedMinutes.
    """
    text, base = text.replace("\r\n", "\n"), base.replace("\r\n", "\n")
    Minutes.objects.get_or_create(meeting=meeting)
    for _turn in range(MOST_TRIES):
        stored = Minutes.objects.get(meeting=meeting)
        if stored.approved_at:
            raise MinutesApproved
        wanted = _wanted(stored, text, base, version, page)
        if wanted == stored.text or _written(stored, wanted, page, by):
            is_new = wanted != stored.text
            return SavedMinutes(wanted, stored.version + is_new, is_merged=wanted != text)
    raise MinutesClash(merge(base, text, stored.text), stored)


def _wanted(stored, text, base, version, page):
    is_own = bool(page) and stored.page == page and stored.version == version + 1
    if stored.version == version or is_own:
        return text
    parts = merge(base, text, stored.text)
    if not is_clean(parts):
        raise MinutesClash(parts, stored)
    return text_of(parts)


def _written(stored, text, page, by):
    """Write if nobody else did since `stored` was read, and none has approved it."""
    now = timezone.now()
    unchanged = Minutes.objects.filter(pk=stored.pk, version=stored.version, approved_at=None)
    fields = {"text": text, "version": stored.version + 1, "page": page, "edited_by": by, "edited_at": now}
    if not unchanged.update(**fields):
        return False
    if stored.edited_by_id != by.pk or stored.edited_at is None or now - stored.edited_at > TOLD_AGAIN_AFTER:
        after = {"version": stored.version + 1}
        history.record(initiative=stored.meeting.initiative, verb="minutes_written", target=stored, after=after, by=by)
    return True


@transaction.atomic
def approve_minutes(*, meeting, version, by):
    """Close the minutes as they were read in `version` and keep that text for good; returns the ApprovedMinutes."""
    minutes = Minutes.objects.select_for_update().filter(meeting=meeting).first()
    if minutes is None or not minutes.text.strip():
        raise MinutesChanged
    now = timezone.now()
    as_read = Minutes.objects.filter(pk=minutes.pk, version=version, approved_at=None)
    if not as_read.update(approved_at=now, approved_by=by):
        raise MinutesChanged
    number = minutes.approvals.count() + 1
    approval = ApprovedMinutes.objects.create(
        minutes=minutes, number=number, text=minutes.text, approved_by=by, approved_at=now
    )
    history.record(
        initiative=meeting.initiative, verb="minutes_approved", target=minutes, after={"number": number}, by=by
    )
    return approval


@transaction.atomic
def reopen_minutes(*, meeting, by):
    """Open approved minutes for a correction; members go on reading what was approved. Returns whether there was anything to do."""
    closed = Minutes.objects.filter(meeting=meeting, approved_at__isnull=False)
    minutes = closed.first()
    if minutes is None or not closed.update(approved_at=None, approved_by=None):
        return False
    before = {"number": minutes.approvals.count()}
    history.record(initiative=meeting.initiative, verb="minutes_reopened", target=minutes, before=before, by=by)
    return True
