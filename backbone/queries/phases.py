"""The phases of the initiative by date, in the model of phases that it has chosen."""

import datetime

from backbone import stages
from backbone.models import PhaseModel

DAY = datetime.timedelta(days=1)


def chosen_model(initiative):
    """The `StageModel` of phases that the initiative has chosen, None where it has chosen none."""
    code = PhaseModel.objects.filter(initiative=initiative).values_list("model", flat=True).first()
    model = stages.model(code)
    return model if model and model.is_phases else None


def phases_between(initiative, first, last):
    """[(label, first day, last day)] of the phases that touch the days from `first` to `last`, cut to them, in their order.

    Of two milestones of one day the later written counts. Days before the first phase belong to none. Two queries.
    """
    model = chosen_model(initiative)
    if model is None:
        return []
    found = initiative.milestones.filter(model=model.code, starts_on__lte=last).order_by("starts_on", "id")
    begun = {milestone.starts_on: milestone.get_stage_display() for milestone in found}
    return _cut(list(begun.items()), first, last)


def _cut(begun, first, last):
    """`begun`: (first day, label) in their order; neighbours with one label are one phase."""
    phases = []
    for place, (starts_on, label) in enumerate(begun):
        ends_on = begun[place + 1][0] - DAY if place + 1 < len(begun) else last
        if ends_on < first:
            continue
        if phases and phases[-1][0] == label:
            phases[-1] = (label, phases[-1][1], ends_on)
        else:
            phases.append((label, max(starts_on, first), ends_on))
    return phases


def phase_bands(initiative, spans):
    """`bands` for a chart over time (core.charts). `spans`: (first day, last day) of each of its columns, one after another."""
    phases = phases_between(initiative, spans[0][0], spans[-1][1])
    return [(label, _place(spans, begun), _place(spans, ended + DAY)) for label, begun, ended in phases]


def _place(spans, day):
    """How many columns lie before a day, with its part of its own."""
    for number, (first, last) in enumerate(spans):
        if day <= last:
            return number + (day - first) / (last + DAY - first)
    return len(spans)
