"""Decisions are raised, changed and recorded. Each saving counts up, so that nobody's words are overwritten unseen."""

from django.db import transaction
from django.db.models import Q

from backbone.models import AgendaItem, Decision
from backbone.queries.decisions import decision_snapshot
from initiatives.actions import history, restoring


class DecisionConflict(Exception):
    """Somebody saved the decision since its form was opened. `decision` is as they left it."""

    def __init__(self, decision):
        self.decision = decision
        super().__init__(f"version {decision.version} was saved in between")


@transaction.atomic
def raise_decision(*, initiative, values, raised_in=None, agenda_item=None, by):
    """Write a new, open decision; an agenda item it was raised from then points to it."""
    decision = Decision(initiative=initiative, raised_in=raised_in, created_by=by, **values)
    decision.save()
    if agenda_item is not None:
        free = Q(decision=None) | Q(decision__deleted_at__isnull=False)
        AgendaItem.objects.filter(free, pk=agenda_item.pk).update(decision=decision)
    after = decision_snapshot(decision)
    history.record(initiative=initiative, verb="decision_raised", target=decision, after=after, by=by)
    return decision


def change_decision(*, decision, version, values, reason="", by):
    """Set `values` on the version that the form began with. Nothing is written where nothing differs. Raises
    DecisionConflict."""
    return _write(decision, version, values, "decision_changed", reason, by)


def record_decision(*, decision, version, values, reason="", by):
    """Write down what was decided, or correct it. Raises DecisionConflict."""
    return _write(decision, version, values, "decision_recorded", reason, by)


def reopen_decision(*, decision, version, reason="", by):
    """It was not decided after all; what was written stays. Raises DecisionConflict."""
    return _write(decision, version, {"decided_on": None}, "decision_reopened", reason, by)


@transaction.atomic
def _write(decision, version, values, verb, reason, by):
    stored = Decision.with_deleted.select_related("initiative").get(pk=decision.pk)
    before = decision_snapshot(stored)
    for name, value in values.items():
        setattr(stored, name, value)
    after = decision_snapshot(stored)
    if after == before and stored.deleted_at is None:
        return stored
    # Of two at once the second finds another version, and its writer gets the conflict.
    same = Decision.objects.filter(pk=stored.pk, version=version)
    if not same.update(**values, version=version + 1):
        raise DecisionConflict(Decision.with_deleted.get(pk=stored.pk))
    stored.version = version + 1
    if verb == "decision_recorded" and before["decided_on"]:
        verb = "decision_changed"
    history.record(
        initiative=stored.initiative, verb=verb, target=stored, before=before, after=after, reason=reason, by=by
    )
    return stored


def delete_decision(*, decision, reason="", by):
    """Withdraw a decision; it can be restored. Returns whether it was still there."""
    return restoring.delete(row=decision, before=decision_snapshot(decision), reason=reason, by=by)
