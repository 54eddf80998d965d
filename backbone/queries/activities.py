"""The activity log: what its pages and its history show."""

import datetime
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from backbone.activity_kinds import days_written
from backbone.minutes import in_words, split, staff_minutes
from backbone.models import Activity, ActivityFunction
from backbone.queries.activity_kinds import facts_of
from backbone.queries.phases import phase_bands
from core import charts
from core.statements import CompiledRead
from initiatives.models import Membership
from initiatives.permissions import BACKBONE_ROLES
from initiatives.queries import snapshot

PERIOD_MONTHS = 12
# How many entries are looked through for those that the form offers to begin with.
LOOKED_BACK, MOST_PATTERNS = 20, 3
FILTERS = {
    "function": "shares__function",
    "person": "people",
    "group": "group",
    "partner": "partners",
    "kind": "kind",
    "engagement_level": "engagement_level",
    "since": "held_on__gte",
    "until": "held_on__lte",
}

SNAPSHOT = (
    *("title", "held_on", "minutes", "group", "outcome", "behind_the_scenes", "kind"),
    *("engagement_level", "people_least", "people_most", "audience", "topic"),
)


def activity_snapshot(activity):
    """What an activity says, as history keeps it: people and partners by key, functions by code with their weight."""
    return snapshot(activity, SNAPSHOT) | {
        "people": sorted(activity.people.values_list("pk", flat=True)),
        "partners": sorted(activity.partners.values_list("pk", flat=True)),
        "functions": dict(activity.shares.order_by("function__position").values_list("function__code", "weight")),
        "days": days_written(activity.days),
        "target_audiences": sorted(activity.target_audiences.values_list("pk", flat=True)),
    }


def backbone_people(initiative, also=()):
    """The people who are the backbone now, directors and staff, and `also` those (the people of an older activity)."""
    found = Exists(_backbone_memberships(initiative)) | Q(pk__in=[person.pk for person in also])
    return get_user_model().objects.filter(found).order_by("name", "email")


def people_of_log(initiative):
    """Whoever is the backbone now, and whoever was when an activity was logged."""
    logged = Activity.people.through.objects.filter(
        activity__initiative=initiative, activity__deleted_at=None, user=OuterRef("pk")
    )
    found = Exists(_backbone_memberships(initiative)) | Exists(logged)
    return get_user_model().objects.filter(found).order_by("name", "email")


def _backbone_memberships(initiative):
    return Membership.objects.filter(initiative=initiative, role__in=BACKBONE_ROLES, user=OuterRef("pk"))


def activities(initiative, filters=None):
    """Newest first, with all a list shows. `filters`: any of the keys of FILTERS, each with its value."""
    rows = initiative.activities.select_related("group").prefetch_related(
        "shares__function", "people", "partners", "target_audiences", "attachments"
    )
    for name, value in (filters or {}).items():
        rows = rows.filter(**{FILTERS[name]: value})
    return rows


def recent_patterns(initiative, user):
    """What `user` logged last, one of each title, to begin the next entry with."""
    rows = initiative.activities.filter(created_by=user).order_by("-id")[:LOOKED_BACK]
    of_title = {}
    for row in rows:
        of_title.setdefault(row.title, row)
    return list(of_title.values())[:MOST_PATTERNS]


@dataclass(frozen=True)
class ActivityRow:
    """An activity as the list shows it, its words ready."""

    activity: Activity
    duration: str
    functions: list
    people: str
    partners: str
    facts: str
    audiences: str

    @property
    def key(self):
        return str(self.activity.pk)


def activity_rows(found):
    return [
        ActivityRow(
            activity,
            in_words(activity.minutes),
            sorted((share.function for share in activity.shares.all()), key=lambda function: function.position),
            ", ".join(str(person) for person in activity.people.all()),
            ", ".join(str(partner) for partner in activity.partners.all()),
            facts_of(activity),
            ", ".join(str(audience) for audience in activity.target_audiences.all()),
        )
        for activity in found
    ]


def last_months(today, number=PERIOD_MONTHS):
    """(first day, last day) of the `number` months that end with this one."""
    month = today.year * 12 + today.month - number
    first = datetime.date(month // 12, month % 12 + 1, 1)
    return first, datetime.date(today.year + today.month // 12, today.month % 12 + 1, 1) - datetime.timedelta(days=1)


def _shares_logged(initiative, first, last):
    shares = ActivityFunction.objects.filter(
        Q(activity__held_on__gte=first) & Q(activity__held_on__lte=last),
        activity__initiative=initiative,
        activity__deleted_at=None,
    )
    rows = shares.annotate(present=Count("activity__people")).order_by("activity_id", "function__position")
    columns = ("activity_id", "activity__held_on", "activity__minutes", "present", "function__code", "weight")
    return rows.values_list(*columns)


_shares = CompiledRead(_shares_logged, parameters=(int, datetime.date, datetime.date))


def minutes_by_month(initiative, first, last):
    """Staff minutes as {(year, month): {function code: minutes}}; the functions of a month add up to its total.

    One query.
    """
    found = minutes_of_activities(initiative, first, last)
    return _summed(((held_on.year, held_on.month), parts) for held_on, parts in found)


def minutes_of_activities(initiative, first, last):
    """Yield (day, {function code: staff minutes}) of each activity. One query.

    Each is split over its functions in whole minutes, so every sum of them is exact.
    """
    weights, about = {}, {}
    for key, held_on, minutes, present, code, weight in _shares.all(initiative.pk, first, last):
        about[key] = held_on, staff_minutes(minutes, present)
        weights.setdefault(key, {})[code] = weight
    for key, (held_on, minutes) in about.items():
        yield held_on, split(minutes, weights[key])


def _summed(parts):
    sums = {}
    for month, minutes in parts:
        of_month = sums.setdefault(month, {})
        for code, number in minutes.items():
            of_month[code] = of_month.get(code, 0) + number
    return sums


def total_by_function(by_month):
    """{function code: minutes} over all months."""
    return next(iter(_summed((None, minutes) for minutes in by_month.values()).values()), {})


@dataclass(frozen=True)
class TimeTable:
    """Minutes by function and month, in words. `rows`: (month, cells, together, phase) with (function, words) for each
    cell; `totals` are the cells of the last line and `total` its end, "" where nothing was logged."""

    functions: list
    has_phases: bool
    rows: list
    totals: list
    total: str
    chart: charts.Chart | None


def time_table(initiative, first, last):
    """What the backbone's time went to, month by month from `first` to `last`; without `total` nothing was logged."""
    by_month = minutes_by_month(initiative, first, last)
    totals = total_by_function(by_month)
    functions = [function for function in initiative.functions.all() if function.enabled or function.code in totals]
    months = list(_months(first, last))
    values = {
        code: [by_month.get(month, {}).get(code, 0) for month in months]
        for code in (function.code for function in functions)
    }
    bands = phase_bands(initiative, [last_months(datetime.date(*month, 1), 1) for month in months])
    rows = [
        (
            _month_words(month),
            [(str(f), _cell(values[f.code][place])) for f in functions],
            _cell(sum(by_month.get(month, {}).values())),
            charts.bands_of_step(bands, place),
        )
        for place, month in enumerate(months)
    ]
    total, cells = in_words(sum(totals.values())), [(str(f), _cell(totals.get(f.code, 0))) for f in functions]
    chart = _chart(functions, months, values, total, bands) if total else None
    return TimeTable(functions, bool(bands), rows, cells, total, chart)


def _cell(minutes):
    return in_words(minutes) or "–"


def _months(first, last):
    for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield month // 12, month % 12 + 1


def _month_words(month):
    return date_format(datetime.date(*month, 1), "M Y")


def _chart(functions, months, values, total, bands):
    series = [
        (str(function), [number or None for number in values[function.code]], [_cell(n) for n in values[function.code]])
        for function in functions
    ]
    return charts.stacked_columns(
        title=_("Time by function and month"),
        description=_("%(total)s in all, from %(first)s to %(last)s; one column per month, one colour per function.")
        % {"total": total, "first": _month_words(months[0]), "last": _month_words(months[-1])},
        first_column=_("Month"),
        labels=[date_format(datetime.date(*month, 1), "M") for month in months],
        series=series,
        unit=60,
        tick_text=lambda minutes: in_words(minutes) or "0",
        bands=bands,
        bands_column=_("Phase"),
    )
