"""What was deleted and can still be restored."""

import datetime
import re
from dataclasses import dataclass

from django.utils import timezone

from backbone.models import ActionItem, Activity, Decision, Evidence, Meeting, Milestone, PolicyItem, Resource, Story
from initiatives.models import Restorable
from partners.models import Commitment

KEY = re.compile(r"[0-9]{1,18}")
# By the word that stands in the address.
KINDS = {
    model._meta.model_name: model
    for model in (
        Activity,
        Meeting,
        Decision,
        ActionItem,
        Evidence,
        Story,
        PolicyItem,
        Resource,
        Milestone,
        Commitment,
    )
}


@dataclass(frozen=True)
class DeletedRow:
    kind: str
    kind_label: str
    pk: int
    title: str
    deleted_by: str
    deleted_at: datetime.datetime
    kept_until: datetime.datetime


def deleted_rows(initiative):
    """What can be restored, newest first; one query for each kind."""
    since = timezone.now() - Restorable.KEPT_FOR
    found = []
    for kind, model in KINDS.items():
        rows = model.with_deleted.filter(initiative=initiative, deleted_at__gte=since).select_related("deleted_by")
        found += [_deleted_row(kind, row) for row in rows]
    return sorted(found, key=lambda row: row.deleted_at, reverse=True)


def _deleted_row(kind, row):
    by = str(row.deleted_by) if row.deleted_by else ""
    label = str(row._meta.verbose_name)
    return DeletedRow(kind, label, row.pk, str(row), by, row.deleted_at, row.deleted_at + Restorable.KEPT_FOR)


def of_kind(initiative, kind):
    """The rows of a kind, deleted or not; none for a word that names no kind."""
    model = KINDS.get(kind, Activity)
    rows = model.with_deleted.filter(initiative=initiative).select_related("initiative")
    return rows if kind in KINDS else rows.none()


def chosen_rows(initiative, chosen):
    """The rows named by words such as "activity-17", deleted or not; words that name none are left out."""
    found = []
    for word in chosen:
        kind, _dash, key = word.partition("-")
        if KEY.fullmatch(key):
            found += of_kind(initiative, kind).filter(pk=int(key))
    return found
