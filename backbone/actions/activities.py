"""Logging what the backbone did. `functions` maps each function served to its weight; at least one is needed.

Which of `engagement_level`, `audience`, `topic`, `days` and the people reached belong to a `kind`, `backbone.activity_kinds`
says; `people` are the staff who were there.
"""

from django.db import transaction

from backbone.models import Activity, ActivityFunction
from backbone.queries.activities import activity_snapshot
from initiatives.actions import history, restoring


@transaction.atomic
def log_activity(
    *,
    initiative,
    title,
    held_on,
    minutes,
    functions,
    people=(),
    partners=(),
    group=None,
    outcome="",
    behind_the_scenes=False,
    kind=Activity.Kind.WORK,
    engagement_level="",
    audience="",
    topic="",
    days=None,
    people_least=None,
    people_most=None,
    target_audiences=(),
    meeting=None,
    by,
):
    """Write a new activity with its history entry; returns it. `meeting`: the one whose time this is."""
    activity = Activity(initiative=initiative, meeting=meeting, created_by=by)
    _write(
        activity,
        title=title,
        held_on=held_on,
        minutes=minutes,
        functions=functions,
        people=people,
        partners=partners,
        group=group,
        outcome=outcome,
        behind_the_scenes=behind_the_scenes,
        kind=kind,
        engagement_level=engagement_level,
        audience=audience,
        topic=topic,
        days=days,
        people_least=people_least,
        people_most=people_most,
        target_audiences=target_audiences,
    )
    after = activity_snapshot(activity)
    history.record(initiative=initiative, verb="activity_logged", target=activity, after=after, by=by)
    return activity


@transaction.atomic
def change_activity(
    *,
    activity,
    title,
    held_on,
    minutes,
    functions,
    people=(),
    partners=(),
    group=None,
    outcome="",
    behind_the_scenes=False,
    kind=Activity.Kind.WORK,
    engagement_level="",
    audience="",
    topic="",
    days=None,
    people_least=None,
    people_most=None,
    target_audiences=(),
    by,
):
    """Set everything an activity says; history tells what differs, and nothing is told where nothing does."""
    stored = Activity.objects.select_related("initiative").get(pk=activity.pk)
    _change(
        stored,
        by,
        title=title,
        held_on=held_on,
        minutes=minutes,
        functions=functions,
        people=people,
        partners=partners,
        group=group,
        outcome=outcome,
        behind_the_scenes=behind_the_scenes,
        kind=kind,
        engagement_level=engagement_level,
        audience=audience,
        topic=topic,
        days=days,
        people_least=people_least,
        people_most=people_most,
        target_audiences=target_audiences,
    )
    return stored


@transaction.atomic
def change_parts(*, activities, parts, by):
    """Set some of what each of `activities` says, all or none; `parts` are arguments of `change_activity` by name.

    Each that differs afterwards has its own entry in history. Returns how many these are.
    """
    stored = Activity.objects.filter(pk__in=[activity.pk for activity in activities]).select_related("initiative")
    return sum(_change(row, by, **parts) for row in stored.order_by("pk"))


@transaction.atomic
def delete_activity(*, activity, reason="", by):
    """Take an activity out of the log; history keeps what it said, and it can be restored for 30 days."""
    stored = Activity.objects.select_related("initiative").get(pk=activity.pk)
    restoring.delete(row=stored, before=activity_snapshot(stored), reason=reason, by=by)


@transaction.atomic
def delete_activities(*, activities, by):
    """Take several out of the log, all or none, each with its own entry in history."""
    for activity in activities:
        delete_activity(activity=activity, by=by)


def _change(stored, by, **parts):
    """Set `parts`, tell history what differs, and return whether anything does."""
    before = activity_snapshot(stored)
    _write(stored, **parts)
    after = activity_snapshot(stored)
    if after == before:
        return False
    history.record(
        initiative=stored.initiative, verb="activity_changed", target=stored, before=before, after=after, by=by
    )
    return True


def _write(activity, *, functions=None, people=None, partners=None, target_audiences=None, **columns):
    """What is not named stays as it is."""
    if functions is not None and not functions:
        raise ValueError("an activity serves at least one function")
    for name, value in columns.items():
        setattr(activity, name, value)
    activity.save()
    if people is not None:
        activity.people.set(people)
    if partners is not None:
        activity.partners.set(partners)
    if target_audiences is not None:
        activity.target_audiences.set(target_audiences)
    if functions is not None:
        _write_functions(activity, functions)


def _write_functions(activity, functions):
    activity.shares.exclude(function__in=functions).delete()
    ActivityFunction.objects.bulk_create(
        [
            ActivityFunction(activity=activity, function=function, weight=weight)
            for function, weight in functions.items()
        ],
        update_conflicts=True,
        unique_fields=["activity", "function"],
        update_fields=["weight"],
    )
