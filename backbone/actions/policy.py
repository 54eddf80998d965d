"""Policy items, the stages they reach and the target audiences: written down, changed, taken away."""

from django.db import transaction

from backbone.models import PolicyItem, PolicyStage, TargetAudience
from backbone.queries.policy import policy_snapshot, stage_snapshot
from backbone.queries.target_audiences import audience_snapshot, things_that_name
from initiatives.actions import history, restoring


class AudienceInUse(Exception):
    """A target audience that something names is not deleted. `counts` says what: {"activities": 2, …}."""

    def __init__(self, counts):
        self.counts = counts
        super().__init__(str(counts))


@transaction.atomic
def add(*, initiative, values, by):
    """Write a new item with title, jurisdiction, description and target_audiences; where it stands, `reach` says."""
    columns, audiences = _apart(values)
    item = PolicyItem(initiative=initiative, created_by=by, **columns)
    item.save()
    item.target_audiences.set(audiences or ())
    history.record(initiative=initiative, verb="policyitem_added", target=item, after=policy_snapshot(item), by=by)
    return item


@transaction.atomic
def add_with_stage(*, initiative, values, stage_values, by):
    """Write a new item together with the stage it has: both or none."""
    item = add(initiative=initiative, values=values, by=by)
    reach(policy_item=item, values=stage_values, by=by)
    return item


@transaction.atomic
def change(*, policy_item, values, by):
    """Set `values`; nothing is told where nothing differs."""
    stored = PolicyItem.objects.select_related("initiative").get(pk=policy_item.pk)
    before = policy_snapshot(stored)
    columns, audiences = _apart(values)
    for name, value in columns.items():
        setattr(stored, name, value)
    stored.save()
    if audiences is not None:
        stored.target_audiences.set(audiences)
    _tell_change(stored, "policyitem_changed", before, policy_snapshot(stored), by)
    return stored


def delete(*, policy_item, reason="", by):
    """Take an item away; it can be restored with its stages. Returns whether it was still there."""
    return restoring.delete(row=policy_item, before=policy_snapshot(policy_item), reason=reason, by=by)


@transaction.atomic
def reach(*, policy_item, values, by):
    """Write down the stage that an item reached: stage, alignment, reached_on, note and source_link."""
    stage = PolicyStage(policy_item=policy_item, created_by=by, **values)
    stage.save()
    _tell_change(policy_item, "policyitem_stage_reached", {}, stage_snapshot(stage), by)
    return stage


@transaction.atomic
def change_stage(*, stage, values, by):
    """Correct a stage; nothing is told where nothing differs."""
    stored = PolicyStage.objects.select_related("policy_item__initiative").get(pk=stage.pk)
    before = stage_snapshot(stored)
    for name, value in values.items():
        setattr(stored, name, value)
    stored.save()
    _tell_change(stored.policy_item, "policyitem_stage_changed", before, stage_snapshot(stored), by)
    return stored


@transaction.atomic
def remove_stage(*, stage, by):
    """Take away a stage that was written down by mistake; history keeps what it said."""
    before, item = stage_snapshot(stage), stage.policy_item
    if PolicyStage.objects.filter(pk=stage.pk).delete()[0]:
        _tell_change(item, "policyitem_stage_removed", before, {}, by)


@transaction.atomic
def add_audience(*, initiative, values, by):
    """Write down somebody who has to be won: name and note."""
    audience = TargetAudience(initiative=initiative, **values)
    audience.save()
    after = audience_snapshot(audience)
    history.record(initiative=initiative, verb="targetaudience_added", target=audience, after=after, by=by)
    return audience


@transaction.atomic
def change_audience(*, audience, values, by):
    """Set `values`; nothing is told where nothing differs."""
    stored = TargetAudience.objects.select_related("initiative").get(pk=audience.pk)
    before = audience_snapshot(stored)
    for name, value in values.items():
        setattr(stored, name, value)
    stored.save()
    _tell_change(stored, "targetaudience_changed", before, audience_snapshot(stored), by)
    return stored


@transaction.atomic
def delete_audience(*, audience, by):
    """Take a target audience away for good. Raises AudienceInUse where an activity, evidence or a policy item names it."""
    counts = things_that_name(audience)
    if any(counts.values()):
        raise AudienceInUse(counts)
    before = audience_snapshot(audience)
    history.record(initiative=audience.initiative, verb="targetaudience_deleted", target=audience, before=before, by=by)
    audience.delete()


def _apart(values):
    """(the columns, the target audiences or None where they are not spoken of)."""
    columns = dict(values)
    return columns, columns.pop("target_audiences", None)


def _tell_change(target, verb, before, after, by):
    if before != after:
        history.record(initiative=target.initiative, verb=verb, target=target, before=before, after=after, by=by)
