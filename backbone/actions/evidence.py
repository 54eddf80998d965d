"""Evidence is written, changed and deleted. `values` are fields of the model by name; partners and audiences are rows."""

from django.db import transaction

from backbone.actions.attachments import attach
from backbone.models import Evidence
from backbone.queries.evidence import LINKED, evidence_snapshot
from initiatives.actions import history, restoring


@transaction.atomic
def add(*, initiative, values, file=None, by):
    """Write a new entry with its history; returns it. Without a source it is kept, and counted in no figure.

    `file`: arguments of `attach` by name.
    """
    evidence = Evidence(initiative=initiative, created_by=by)
    _write(evidence, values)
    after = evidence_snapshot(evidence)
    history.record(initiative=initiative, verb="evidence_added", target=evidence, after=after, by=by)
    if file:
        attach(owner=evidence, **file, by=by)
    return evidence


@transaction.atomic
def change(*, evidence, values, file=None, by):
    """Set `values`, what is not named stays; history tells what differs, and nothing is told where nothing does."""
    stored = Evidence.objects.select_related("initiative").get(pk=evidence.pk)
    before = evidence_snapshot(stored)
    _write(stored, values)
    after = evidence_snapshot(stored)
    if after != before:
        told = {"before": before, "after": after}
        history.record(initiative=stored.initiative, verb="evidence_changed", target=stored, **told, by=by)
    if file:
        attach(owner=stored, **file, by=by)
    return stored


@transaction.atomic
def delete(*, evidence, reason="", by):
    """Take an entry out of the list and out of all figures; it can be restored. Returns whether it was still there."""
    return restoring.delete(row=evidence, before=evidence_snapshot(evidence), reason=reason, by=by)


def _write(evidence, values):
    for name, value in values.items():
        if name not in LINKED:
            setattr(evidence, name, value)
    evidence.save()
    for name in LINKED:
        if name in values:
            getattr(evidence, name).set(values[name])
