"""The demo's year of activities, each logged by the action that the form calls."""

from collections import defaultdict
from decimal import Decimal

from django.utils import timezone

from backbone import people_range
from backbone.actions.activities import log_activity
from backbone.actions.demo.past import moment
from backbone.demo import story
from backbone.demo.diary import entries
from backbone.models import Activity
from initiatives.models import HistoryEntry


def log_year(*, initiative, people, today):
    """Log all entries of the diary. `people` are users by key. Returns how many."""
    organisations = {row.name: row for row in initiative.organisations.select_related("sector")}
    functions = {row.code: row for row in initiative.functions.all()}
    groups = {row.name: row for row in initiative.groups.all()}
    audiences = {row.name: row for row in initiative.target_audiences.all()}
    by_sector = defaultdict(list)
    for name, row in organisations.items():
        by_sector[row.sector.name if row.sector else ""].append(name)
    made = [
        log_activity(
            initiative=initiative,
            title=entry.title,
            held_on=entry.held_on,
            minutes=entry.minutes,
            functions={functions[code]: weight for code, weight in entry.functions.items()},
            people=[people[key] for key in entry.people],
            partners=[organisations[name] for name in entry.partners],
            group=groups.get(entry.group),
            outcome=entry.outcome,
            behind_the_scenes=entry.behind_the_scenes,
            kind=entry.kind,
            **_own_fields(entry),
            target_audiences=[audiences[name] for name in entry.target_audiences],
            by=people[entry.people[0]],
        )
        for entry in entries(story.read("activities"), by_sector, today)
    ]
    _set_back(initiative, made)
    return len(made)


def _own_fields(entry):
    """What only some kinds of activity say."""
    least, most = people_range.read(entry.reached)
    return {
        "engagement_level": entry.engagement_level,
        "audience": entry.audience,
        "topic": entry.topic,
        "days": Decimal(entry.days) if entry.days else None,
        "people_least": least,
        "people_most": most,
    }


def _set_back(initiative, activities):
    """Each was logged on its own day."""
    now = timezone.now()
    logged = {row.pk: min(moment(initiative=initiative, day=row.held_on), now) for row in activities}
    for row in activities:
        row.created_at = logged[row.pk]
    Activity.objects.bulk_update(activities, ["created_at"], batch_size=100)
    told = list(initiative.history.filter(verb="activity_logged", object_id__in=list(logged)))
    for entry in told:
        entry.happened_at = logged[entry.object_id]
    HistoryEntry.objects.bulk_update(told, ["happened_at"], batch_size=100)
