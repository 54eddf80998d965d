"""What the director sets: where the hours should go, and what they cost."""

from django.db import transaction

from backbone.effort import WHOLE
from backbone.models import BackboneCost, EffortPlan, EffortShare
from initiatives.actions import history
from initiatives.queries import snapshot

# No amounts and no notes: more people read history than may know what somebody earns.
COST_IN_HISTORY = ["year_starts_on", "kind", "currency"]


@transaction.atomic
def set_plan(*, initiative, starts_on, percents, phase="", by):
    """Write a new plan that holds from `starts_on`; older ones stay as they were. `percents` maps functions to percent."""
    if sum(percents.values()) != WHOLE:
        raise ValueError("the shares of a plan add up to 100 percent")
    plan = EffortPlan.objects.create(initiative=initiative, starts_on=starts_on, phase=phase, created_by=by)
    EffortShare.objects.bulk_create(
        EffortShare(plan=plan, function=function, percent=percent) for function, percent in percents.items()
    )
    after = snapshot(plan, ["starts_on", "phase"]) | {f.code: number for f, number in percents.items() if number}
    history.record(initiative=initiative, verb="effort_plan_set", target=plan, after=after, by=by)
    return plan


@transaction.atomic
def add_cost(*, initiative, year_starts_on, kind, amount, currency, note="", by):
    """Note an amount for the fiscal year that starts on `year_starts_on`."""
    if year_starts_on.day != 1:
        raise ValueError("a fiscal year starts with a month")
    cost = BackboneCost.objects.create(
        initiative=initiative,
        year_starts_on=year_starts_on,
        kind=kind,
        amount=amount,
        currency=currency,
        note=note,
        created_by=by,
    )
    _tell("backbone_cost_added", cost, after=snapshot(cost, COST_IN_HISTORY), by=by)
    return cost


@transaction.atomic
def delete_cost(*, cost, by):
    """Take an amount away; history keeps that there was one."""
    _tell("backbone_cost_deleted", cost, before=snapshot(cost, COST_IN_HISTORY), by=by)
    cost.delete()


def _tell(verb, cost, **told):
    history.record(initiative=cost.initiative, verb=verb, target=cost, label=cost.get_kind_display(), **told)
