"""Past activities from a file: see `partners.actions.file_imports`."""

from collections import Counter

from django.utils import timezone

from backbone import logbook
from backbone.logbook_report import report_of
from backbone.models import Activity, ActivityFunction, ActivityImport
from backbone.queries.activity_files import known_to
from initiatives.models import Initiative
from partners.actions.file_imports import FileImports


class ActivityImports(FileImports):
    model = ActivityImport
    verb = "activity_import"
    check_task, run_task = "backbone.tasks.check_activity_import", "backbone.tasks.run_activity_import"
    usual_name = "activities.csv"

    def known_to(self, initiative):
        return known_to(initiative)

    def read(self, content, known):
        return logbook.read(content, known)

    def report_of(self, found, known):
        return report_of(found, known)

    def write(self, *, initiative, rows, by):
        """Two imports at once take turns, so that one file sent twice is still there once."""
        Initiative.objects.select_for_update(no_key=True).get(pk=initiative.pk)
        new = _missing(initiative, rows)
        now = timezone.now()
        made = Activity.objects.bulk_create(
            Activity(
                initiative=initiative,
                title=row.title,
                held_on=row.held_on,
                minutes=row.minutes,
                group_id=row.group,
                outcome=row.outcome,
                behind_the_scenes=row.behind_the_scenes,
                **row.facts,
                created_by=by,
                created_at=now,
            )
            for row in new
        )
        _write_beside(list(zip(made, new, strict=True)))
        return {"activities": len(made)}


def _missing(initiative, rows):
    """Those of `rows` that the log does not hold yet, as often as the file has them."""
    days = {row.held_on for row in rows}
    logged = initiative.activities.filter(held_on__in=days).values_list("held_on", "title", "minutes")
    there, new = Counter(logbook.key_of(*values) for values in logged), []
    for row in rows:
        if there[row.key] < row.occurrence:
            there[row.key] += 1
            new.append(row)
    return new


def _write_beside(pairs):
    """Functions, people, partners and target audiences of the new activities: a statement for each."""
    ActivityFunction.objects.bulk_create(
        ActivityFunction(activity=activity, function_id=function, weight=weight)
        for activity, row in pairs
        for function, weight in row.functions.items()
    )
    people, partners = Activity.people.through, Activity.partners.through
    audiences = Activity.target_audiences.through
    people.objects.bulk_create(
        people(activity=activity, user_id=person) for activity, row in pairs for person in row.people
    )
    partners.objects.bulk_create(
        partners(activity=activity, organisation_id=partner) for activity, row in pairs for partner in row.partners
    )
    audiences.objects.bulk_create(
        audiences(activity=activity, targetaudience_id=audience)
        for activity, row in pairs
        for audience in row.target_audiences
    )


activity_imports = ActivityImports()
