"""Logging what the backbone did. `functions` maps each function served to its weight; at least one is needed."""

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
    by,
):
    """Write a new activity with its history entry; returns it."""
    activity = Activity(initiative=initiative, created_by=by)
    _write(activity, title, held_on, minutes, functions, people, partners, group, outcome, behind_the_scenes)
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
    by,
):
    """Set everything an activity says; history tells what differs, and nothing is told where nothing does."""
    stored = Activity.objects.select_related("initiative").get(pk=activity.pk)
    before = activity_snapshot(stored)
    _write(stored, title, held_on, minutes, functions, people, partners, group, outcome, behind_the_scenes)
    after = activity_snapshot(stored)
    if after != before:
        history.record(
            initiative=stored.initiative, verb="activity_changed", target=stored, before=before, after=after, by=by
        )
    return stored


@transaction.atomic
def delete_activity(*, activity, by):
    """Take an activity out of the log; history keeps what it said, and it can be restored for 30 days."""
    stored = Activity.objects.select_related("initiative").get(pk=activity.pk)
    restoring.delete(row=stored, before=activity_snapshot(stored), by=by)


def _write(activity, title, held_on, minutes, functions, people, partners, group, outcome, behind_the_scenes):
    if not functions:
        raise ValueError("an activity serves at least one function")
    activity.title, activity.held_on, activity.minutes = title, held_on, minutes
    activity.group, activity.outcome, activity.behind_the_scenes = group, outcome, behind_the_scenes
    activity.save()
    activity.people.set(people)
    activity.partners.set(partners)
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
