"""The log as a file: what one to be imported has to be held against, and what one that leaves says."""

from collections import Counter

from django.conf import settings
from django.utils import translation

from backbone.activity_kinds import days_written
from backbone.logbook import COLUMNS, Known, key_of
from backbone.models import Activity
from backbone.queries.activities import activities, people_of_log
from initiatives.models import FunctionCode
from partners.names import fold

# Hours are read, too, but minutes are whole.
EXPORTED = [column for column in COLUMNS if column != "hours"]


def header():
    return [COLUMNS[column][0] for column in EXPORTED]


def known_to(initiative):
    """What `backbone.logbook.read` has to know of the initiative, in six queries."""
    served = list(initiative.functions.all())
    functions = [
        (name, function.pk)
        for function in served
        for name in (str(function), function.code, *_in_every_language(FunctionCode(function.code).label))
    ]
    people = [(name, person.pk) for person in people_of_log(initiative) for name in (person.name, person.email)]
    logged = initiative.activities.values_list("held_on", "title", "minutes")
    return Known(
        functions=keys_by_name(functions),
        people=keys_by_name(people),
        partners=dict(initiative.organisations.values_list("folded_name", "pk")),
        groups=dict(initiative.groups.values_list("folded_name", "pk")),
        target_audiences=dict(initiative.target_audiences.values_list("folded_name", "pk")),
        kinds=words_of(Activity.Kind.choices),
        levels=words_of(Activity.EngagementLevel.choices),
        policy=next((function.pk for function in served if function.code == FunctionCode.POLICY), None),
        there=Counter(key_of(*values) for values in logged.iterator()),
        today=initiative.today(),
    )


def keys_by_name(names):
    """{folded name: key}, None where two share the name."""
    keys = {}
    for name, key in names:
        if name:
            keys[fold(str(name))] = key if keys.setdefault(fold(str(name)), key) == key else None
    return keys


def words_of(choices):
    """{folded word: value} by value and by label."""
    words = {fold(value): value for value, _label in choices}
    for value, label in choices:
        words |= {fold(name): value for name in _in_every_language(label)}
    return words


def _in_every_language(label):
    """People send files to one another, and the check of a file has no language of its own."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            yield str(label)


def imports_of(initiative):
    return initiative.activity_imports.defer("content").select_related("created_by", "initiative")


def export_rows(initiative, filters=None):
    """Yield the rows of the file, newest first, in the order of `header`; what comes out can be read in again."""
    names = Counter(person.name for person in people_of_log(initiative))
    for activity in activities(initiative, filters):
        shares = sorted(activity.shares.all(), key=lambda share: share.function.position)
        is_weighted = any(share.weight != 1 for share in shares)
        cells = {
            "held_on": activity.held_on.isoformat(),
            "title": activity.title,
            "minutes": activity.minutes,
            "functions": _joined(
                f"{share.function} × {share.weight}" if is_weighted else str(share.function) for share in shares
            ),
            "people": _joined(
                person.name if names[person.name] == 1 and person.name else person.email
                for person in activity.people.all()
            ),
            "partners": _joined(partner.name for partner in activity.partners.all()),
            "group": activity.group.name if activity.group else "",
            "outcome": activity.outcome,
            "behind_the_scenes": "yes" if activity.behind_the_scenes else "",
        } | _kind_cells(activity)
        yield [cells[column] for column in EXPORTED]


def _kind_cells(activity):
    is_other = activity.kind == Activity.Kind.WORK
    return {
        "kind": "" if is_other else activity.get_kind_display(),
        "engagement_level": activity.get_engagement_level_display(),
        "audience": activity.audience,
        # A spreadsheet would take 10-12 for a day in October.
        "reached": activity.people_written.replace("-", " to "),
        "topic": activity.topic,
        "days": days_written(activity.days),
        "target_audiences": _joined(audience.name for audience in activity.target_audiences.all()),
    }


def _joined(names):
    return "; ".join(names)
