"""Milestones are set, changed and deleted, and criteria reviewed. `values` are fields of the model by name; `evidence` in
them are rows."""

from django.db import transaction

from backbone import stages
from backbone.actions.attachments import attach
from backbone.models import CriterionReview, Milestone
from backbone.queries.milestones import milestone_snapshot, review_snapshot
from initiatives.actions import history, restoring


@transaction.atomic
def reach(*, initiative, model, values, file=None, by):
    """The initiative is in a stage of `model` (its code) from a day on, perhaps an earlier one than before. Returns the
    Milestone. `file`: arguments of `attachments.attach`. Raises ValueError for a stage that the model does not have."""
    if not stages.model(model).stage(values["stage"]):
        raise ValueError(f"{model} has no stage {values['stage']}")
    milestone = Milestone(initiative=initiative, model=model, created_by=by)
    _write(milestone, values)
    after = milestone_snapshot(milestone)
    history.record(initiative=initiative, verb="milestone_added", target=milestone, after=after, by=by)
    if file:
        attach(owner=milestone, **file, by=by)
    return milestone


@transaction.atomic
def change(*, milestone, values, reason="", by):
    """Set `values`, what is not named stays; nothing is told where nothing differs."""
    stored = Milestone.objects.select_related("initiative").get(pk=milestone.pk)
    before = milestone_snapshot(stored)
    _write(stored, values)
    after = milestone_snapshot(stored)
    if after != before:
        told = {"before": before, "after": after, "reason": reason}
        history.record(initiative=stored.initiative, verb="milestone_changed", target=stored, **told, by=by)
    return stored


@transaction.atomic
def delete(*, milestone, reason="", by):
    """Take a milestone out; the one before it stands again. It can be restored. Returns whether it was still there."""
    return restoring.delete(row=milestone, before=milestone_snapshot(milestone), reason=reason, by=by)


@transaction.atomic
def review(*, initiative, model, values, file=None, by):
    """Say how far a criterion of `model` (its code) was met on a day; earlier reviews stay. Returns the CriterionReview.
    Raises ValueError for a criterion that the model does not have."""
    if not stages.model(model).criterion(values["criterion"]):
        raise ValueError(f"{model} has no criterion {values['criterion']}")
    found = CriterionReview(initiative=initiative, model=model, created_by=by)
    _write(found, values)
    after = review_snapshot(found)
    history.record(initiative=initiative, verb="criterionreview_added", target=found, after=after, by=by)
    if file:
        attach(owner=found, **file, by=by)
    return found


def _write(row, values):
    for name, value in values.items():
        if name != "evidence":
            setattr(row, name, value)
    row.save()
    if "evidence" in values:
        row.evidence.set(values["evidence"])
