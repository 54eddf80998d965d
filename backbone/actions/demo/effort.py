"""The demo's plans for its hours and what they cost, set by the actions that the pages call."""

import datetime
from decimal import Decimal

from backbone.actions.demo.past import happening
from backbone.actions.effort import add_cost, set_plan
from backbone.demo import story
from backbone.effort import fiscal_year_of


def plan_effort(*, initiative, today, by):
    """Each was written down on its day: a plan when it began, a cost when its year began or the demo did."""
    told = story.read("effort")
    functions = {function.code: function for function in initiative.functions.all()}
    for plan in told["plans"]:
        starts_on = today - datetime.timedelta(days=plan["days_ago"])
        percents = {functions[code]: percent for code, percent in plan["percents"].items()}
        with happening(initiative=initiative, day=starts_on):
            set_plan(initiative=initiative, starts_on=starts_on, phase=plan["phase"], percents=percents, by=by)
    this_year = fiscal_year_of(today, initiative.fiscal_year_starts_in)[0]
    for cost in told["costs"]:
        first = this_year.replace(year=this_year.year - cost["years_ago"])
        with happening(initiative=initiative, day=min(first, today - datetime.timedelta(days=1))):
            add_cost(
                initiative=initiative,
                year_starts_on=first,
                kind=cost["kind"],
                amount=Decimal(cost["amount"]),
                currency=initiative.currency,
                note=cost["note"],
                by=by,
            )
