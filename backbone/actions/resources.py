"""Money and help in kind are written down, changed, and said to have been pledged, received or fallen through."""

from decimal import Decimal

from django.db import transaction

from backbone.models import Resource
from backbone.queries.resources import NEXT, resource_snapshot
from initiatives.actions import history, restoring

CENT = Decimal("0.01")


@transaction.atomic
def add(*, initiative, values, by):
    """Write a resource down, with its history entry; `values` are fields of the model. Returns it."""
    resource = Resource(initiative=initiative, created_by=by)
    _set(resource, values)
    resource.save()
    _tell(resource, "added", after=resource_snapshot(resource), by=by)
    return resource


@transaction.atomic
def change(*, resource, values, by):
    """Set `values`; nothing is written where nothing differs. Returns the resource as it is now."""
    stored = _stored(resource)
    before = resource_snapshot(stored)
    _set(stored, values)
    after = resource_snapshot(stored)
    if after != before:
        stored.save(update_fields=values.keys())
        _tell(stored, "changed", before=before, after=after, by=by)
    return stored


@transaction.atomic
def mark(*, resource, certainty, on, by):
    """Say that it was pledged, received or fell through on a day. Returns False where that cannot be said any more."""
    stored = _stored(resource)
    now = stored.certainty_on(stored.initiative.today())
    before = resource_snapshot(stored)
    open_ = Resource.objects.filter(pk=stored.pk, received_on=None, fell_through_on=None)
    if certainty not in NEXT.get(now, []) or not open_.update(**{f"{certainty}_on": on}):
        return False
    setattr(stored, f"{certainty}_on", on)
    _tell(stored, str(certainty), before=before, after=resource_snapshot(stored), by=by)
    return True


def delete(*, resource, reason="", by):
    """Take it away; it can be restored. Returns whether it was still there."""
    return restoring.delete(row=resource, before=resource_snapshot(resource), reason=reason, by=by)


def _stored(resource):
    return Resource.with_deleted.select_related("initiative").get(pk=resource.pk)


def _set(resource, values):
    for name, value in values.items():
        setattr(resource, name, value)
    if resource.amount is not None:
        resource.amount = Decimal(resource.amount).quantize(CENT)


def _tell(resource, verb, **told):
    history.record(initiative=resource.initiative, verb=f"resource_{verb}", target=resource, **told)
