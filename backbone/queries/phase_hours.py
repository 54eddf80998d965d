"""What the present phase asks of a backbone, beside where its hours go. It advises and never judges."""

import datetime
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from backbone.effort import percent
from backbone.minutes import in_words
from backbone.queries.activities import last_months, minutes_by_month, total_by_function
from backbone.queries.effort import percents_of, plan_in_force
from backbone.queries.milestones import criteria_in_words, reviews_that_stand, standing, steps_of
from backbone.queries.phases import chosen_model, phases_between
from core import charts


@dataclass(frozen=True)
class PhasePage:
    """Without `model` none is chosen, without `stage` no phase has begun. `chart` is None where nothing was logged."""

    model: object
    steps: list
    stage: str
    since: str
    asks: str
    criteria: str
    phases: list
    hours_since: str
    total: str
    chart: charts.Chart | None


def phase_page(initiative):
    """The `PhasePage` of the model of phases that the initiative has chosen."""
    model, today = chosen_model(initiative), initiative.today()
    milestone = standing(initiative, model.code, today) if model else None
    stage = milestone and model.stage(milestone.stage)
    if stage is None:
        return PhasePage(model, steps_of(model, None) if model else [], "", "", "", "", [], "", "", None)
    first = max(milestone.starts_on, last_months(today)[0])
    minutes = total_by_function(minutes_by_month(initiative, first, today))
    phases = phases_between(initiative, datetime.date.min, today)
    return PhasePage(
        model,
        steps_of(model, milestone),
        str(stage.label),
        date_format(milestone.starts_on, "DATE_FORMAT"),
        str(stage.asks),
        criteria_in_words(model, stage, reviews_that_stand(initiative)),
        [(label, date_format(begun, "DATE_FORMAT"), _until(last, today)) for label, begun, last in reversed(phases)],
        date_format(first, "DATE_FORMAT"),
        in_words(sum(minutes.values())),
        _chart(initiative, stage, minutes, first) if sum(minutes.values()) else None,
    )


def _until(last, today):
    return "" if last == today else date_format(last, "DATE_FORMAT")


def _chart(initiative, stage, minutes, first):
    plan = plan_in_force(initiative, initiative.today())
    planned, total = percents_of(plan) if plan else {}, sum(minutes.values())
    shown = [f for f in initiative.functions.all() if f.enabled or minutes.get(f.code)]
    series = [
        (_("Where the hours went"), [percent(minutes.get(f.code, 0), total) for f in shown]),
        (_("What the phase suggests"), [stage.share_of.get(f.code) for f in shown]),
    ]
    if plan:
        series.append((_("Your plan"), [planned.get(f.code, 0) for f in shown]))
    return charts.grouped_bars(
        title=_("Hours beside what the phase suggests"),
        description=_("Percent of staff time since %(day)s; one group of bars per function.")
        % {"day": date_format(first, "DATE_FORMAT")},
        first_column=_("Function"),
        labels=[str(function) for function in shown],
        series=[(name, values, [_share(value) for value in values]) for name, values in series],
    )


def _share(value):
    return "–" if value is None else f"{value} %"
