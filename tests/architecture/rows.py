"""One row of every model, made by looking at its fields, so that a new model cannot be forgotten."""

import datetime

from django.db import models
from django.utils import timezone

from surveys import definition
from tests.architecture.doors import models_above_the_door

# Every foreign row carries this key: whatever model a detail address looks up, it would find the other initiative's.
FOREIGN_KEY = 900_001

# Fields whose content is checked when it is read, so that a plain value would not do.
REAL_VALUES = {
    # Every round has the text of its invitation.
    "surveys.RoundText.kind": "invitation",
    "backbone.MeetingSeries.recurrence": "FREQ=MONTHLY;COUNT=2",
    "backbone.MeetingSeries.time_zone": "Europe/Berlin",
    "backbone.Meeting.time_zone": "Europe/Berlin",
    # The one state in which every column of the roll may hold something.
    "backbone.Attendance.state": "proxy",
    # Money has an amount, and came on some day.
    "backbone.Resource.amount": 7,
    "backbone.Resource.currency": "USD",
    "backbone.Resource.received_on": datetime.date(2026, 6, 1),
    # A stage and a criterion that the shipped models know.
    "backbone.Milestone.model": "shared_data_system",
    "backbone.Milestone.stage": "in_design",
    "backbone.CriterionReview.model": "shared_data_system",
    "backbone.CriterionReview.criterion": "lead_named",
    "backbone.PhaseModel.model": "collective_impact",
    "surveys.InstrumentVersion.definition": definition.to_json(
        definition.load_shipped("backbone_effectiveness_partners")
    ),
}


def value_for(field):
    """A value that the field takes: its first choice, or something plain of its type."""
    if str(field) in REAL_VALUES:
        return REAL_VALUES[str(field)]
    if field.choices:
        return next(key for key, _label in field.flatchoices if key != "")
    plain = {
        models.EmailField: "someone@elsewhere.example",
        models.DateTimeField: timezone.now(),
        models.DateField: datetime.date(2026, 6, 1),
        models.TimeField: datetime.time(9),
        models.BooleanField: True,
        models.JSONField: {},
        models.BinaryField: b"x",
        models.DecimalField: 7,
        models.IntegerField: 7,
        models.PositiveIntegerField: 7,
        models.PositiveSmallIntegerField: 7,
    }
    for kind in type(field).__mro__:
        if kind in plain:
            return plain[kind]
    return f"foreign-{field.name}"[: field.max_length or None]


def make_row(model, made):
    """Make one row of `model` with key FOREIGN_KEY, and before it the rows it must point to. `made` maps models to rows."""
    if model in made:
        return made[model]
    values = {}
    for field in model._meta.concrete_fields:
        if str(field) in REAL_VALUES:
            values[field.name] = REAL_VALUES[str(field)]
            continue
        if field.primary_key or field.generated or (field.null and not isinstance(field, models.ForeignKey)):
            continue
        if isinstance(field, models.ForeignKey):
            if not field.null:
                values[field.name] = make_row(field.related_model, made)
        elif not field.has_default() and field.db_default is models.NOT_PROVIDED and not field.blank:
            values[field.name] = value_for(field)
    made[model] = model(pk=FOREIGN_KEY, **values)
    made[model].save(force_insert=True)
    return made[model]


def make_every_row(initiative):
    """A row of every model, all in `initiative`; returns them by model."""
    initiative.functions.all().delete()
    made = {type(initiative): initiative}
    for model in models_above_the_door():
        make_row(model, made)
    return made
