"""Taking rows out so that they can come back: what is deleted leaves every page at once, and the database 30 days later."""

import datetime

from django.db import transaction
from django.utils import timezone

from initiatives.actions import history
from initiatives.models import Restorable

# A restore that began in the last second is not overtaken.
GRACE = datetime.timedelta(hours=1)
CHUNK = 200


@transaction.atomic
def delete(*, row, before=None, reason="", by):
    """Take a `Restorable` row out; `before` is its snapshot for history. False where somebody did so before."""
    model = type(row)
    now = timezone.now()
    if not model.objects.filter(pk=row.pk).update(deleted_at=now, deleted_by=by):
        return False
    row.deleted_at, row.deleted_by = now, by
    _tell(row, "deleted", before=before, reason=reason, by=by)
    return True


@transaction.atomic
def restore(*, row, by):
    """Bring a deleted row back. False where it stands already or is gone for good."""
    kept = type(row).with_deleted.filter(pk=row.pk, deleted_at__gte=timezone.now() - Restorable.KEPT_FOR)
    if not kept.update(deleted_at=None, deleted_by=None):
        return False
    row.deleted_at = row.deleted_by = None
    _tell(row, "restored", by=by)
    return True


def _tell(row, what, **told):
    history.record(initiative=row.initiative, verb=f"{row._meta.model_name}_{what}", target=row, **told)


def delete_for_good(*, model, now):
    """Remove from the database what was deleted more than 30 days before `now`, in short transactions. Returns how many."""
    removed = 0
    over = model.with_deleted.filter(deleted_at__lt=now - Restorable.KEPT_FOR - GRACE).order_by("pk")
    while keys := list(over.values_list("pk", flat=True)[:CHUNK]):
        model.with_deleted.filter(pk__in=keys).delete()
        removed += len(keys)
    return removed
