"""Where the hours went against where they should have gone, with whom, and what they cost."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backbone.effort import (
    fiscal_year_of,
    last_day_of,
    name_of_year,
    percent,
    plan_of_day,
    planned_minutes,
    split_money,
)
from backbone.minutes import in_words, staff_minutes
from backbone.models import Activity
from backbone.queries.activities import minutes_by_month, minutes_of_activities, total_by_function
from core import charts

MOST_PARTNERS = 15
YEARS_OFFERED = 5


@dataclass(frozen=True)
class EffortLine:
    """One function in words: `plan` and `difference` are "" where no plan foresees it."""

    label: str
    time: str
    share: str
    plan: str
    difference: str


@dataclass(frozen=True)
class Effort:
    """Time by function against the plan, from `since`. `before` is what was logged before the first plan began."""

    lines: list
    total: str
    chart: charts.Chart | None
    has_plan: bool
    since: str
    before: str
    groups: list
    partners: list
    other_partners: str


def plans_of(initiative):
    """All plans, the oldest first, each with its shares: two queries."""
    return list(initiative.effort_plans.prefetch_related("shares__function").select_related("created_by"))


def percents_of(plan):
    return {share.function.code: share.percent for share in plan.shares.all() if share.percent}


def plan_in_force(initiative, day):
    """The plan that holds on a day, or None."""
    return plan_of_day([(plan.starts_on, plan) for plan in plans_of(initiative)], day)


@dataclass(frozen=True)
class PlanRow:
    """A plan as its page tells it."""

    phase: str
    since: str
    by: str
    shares: list
    is_current: bool


def plan_rows(initiative):
    """The newest first, with (function, percent) of each."""
    plans = plans_of(initiative)
    current = plan_of_day([(plan.starts_on, plan) for plan in plans], initiative.today())
    return [
        PlanRow(
            plan.phase,
            date_format(plan.starts_on, "DATE_FORMAT"),
            str(plan.created_by or ""),
            sorted(((str(share.function), share.percent) for share in plan.shares.all()), key=lambda share: -share[1]),
            plan == current,
        )
        for plan in reversed(plans)
    ]


def effort(initiative, first, last):
    """The `Effort` from `first` to `last`; where a plan was in force in a part of that time only, it tells of that part."""
    plans = [(plan.starts_on, plan) for plan in plans_of(initiative)]
    logged, by_plan, before = defaultdict(int), defaultdict(int), 0
    for held_on, parts in minutes_of_activities(initiative, first, last):
        plan, minutes = plan_of_day(plans, held_on), sum(parts.values())
        if plans and plan is None:
            before += minutes
            continue
        for code, number in parts.items():
            logged[code] += number
        if plan:
            by_plan[plan] += minutes
    planned = planned_minutes([(minutes, percents_of(plan)) for plan, minutes in by_plan.items()])
    return _effort(initiative, first, last, plans, logged, planned, before)


def _effort(initiative, first, last, plans, logged, planned, before):
    total = sum(logged.values())
    shown = [f for f in initiative.functions.all() if f.enabled or f.code in logged or f.code in planned]
    lines = [_line(f, logged.get(f.code, 0), planned.get(f.code, 0) if planned else None, total) for f in shown]
    since = max(first, plans[0][0]) if plans else first
    about = _activities(initiative, first, last)
    partners = _partners(initiative, first, last, about)
    return Effort(
        lines,
        in_words(total),
        _chart(shown, lines, logged, planned, total) if total else None,
        bool(plans),
        date_format(since, "DATE_FORMAT"),
        in_words(before),
        _groups(about),
        partners[:MOST_PARTNERS],
        _others(len(partners) - MOST_PARTNERS),
    )


def _line(function, minutes, planned, total):
    share = percent(minutes, total)
    plan = percent(planned, total) if planned is not None else None
    return EffortLine(
        str(function),
        in_words(minutes) or "–",
        f"{share} %" if minutes else "–",
        f"{plan} %" if plan is not None else "",
        _points(share - plan) if plan is not None else "",
    )


def _points(difference):
    if not difference:
        return _("as planned")
    words = ngettext("%(number)d point %(side)s", "%(number)d points %(side)s", abs(difference))
    return words % {"number": abs(difference), "side": _("more") if difference > 0 else _("less")}


def _chart(functions, lines, logged, planned, total):
    rows = [
        (line.label, logged.get(f.code, 0), planned.get(f.code, 0) if planned else None, _words(line))
        for f, line in zip(functions, lines, strict=True)
    ]
    title = _("Time against the plan") if planned else _("Time by function")
    description = _("%(total)s in all; one bar per function.") % {"total": in_words(total)}
    if planned:
        description += " " + _("The line across each bar is the plan.")
    return charts.bars_with_marks(title=title, description=description, columns=[_("Function"), _("Time")], rows=rows)


def _words(line):
    """Short, because it stands beside a bar on a phone; the table below tells the time as well."""
    if line.difference:
        return f"{line.share}, {line.difference}" if line.share != "–" else line.difference
    return f"{line.time} ({line.share})" if line.time != "–" else "–"


def _activities(initiative, first, last):
    """{key: (staff minutes, name of the group)}: one query."""
    rows = Activity.objects.filter(initiative=initiative, held_on__gte=first, held_on__lte=last).order_by()
    found = rows.annotate(present=Count("people")).values_list("pk", "minutes", "present", "group__name")
    return {key: (staff_minutes(minutes, present), group) for key, minutes, present, group in found}


def _groups(about):
    """(group, time, share) by time; these lines add up to the total."""
    sums = defaultdict(int)
    for minutes, group in about.values():
        sums[group or ""] += minutes
    total = sum(sums.values())
    ordered = sorted(sums.items(), key=lambda pair: (not pair[0], -pair[1], pair[0]))
    return [
        (group or _("no committee or group"), in_words(number), f"{percent(number, total)} %")
        for group, number in ordered
    ]


def _partners(initiative, first, last, about):
    """(partner, time) by time. An activity with several partners counts for each of them."""
    through = Activity.partners.through.objects.filter(
        activity__initiative=initiative,
        activity__deleted_at=None,
        activity__held_on__gte=first,
        activity__held_on__lte=last,
    )
    sums = defaultdict(int)
    for key, name in through.values_list("activity_id", "organisation__name"):
        sums[name] += about[key][0]
    return [(name, in_words(number)) for name, number in sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))]


def _others(number):
    if number <= 0:
        return ""
    words = ngettext("%(number)d other partner had less.", "%(number)d other partners had less.", number)
    return words % {"number": number}


@dataclass(frozen=True)
class CostYear:
    """One fiscal year. `lines`: (function, time, share, amounts by currency in the order of `currencies`)."""

    name: str
    period: str
    costs: list
    totals: list
    currencies: list
    lines: list
    time: str


def money(amount, currency):
    """ "1,250.00 EUR", as numbers are written in the reader's language."""
    places = 0 if amount == amount.to_integral_value() else 2
    return f"{number_format(amount, places, force_grouping=True)} {currency}"


def cost_years(initiative):
    """Each year with a cost, the newest first; what it cost is shared out over the functions by their minutes."""
    by_year = defaultdict(list)
    for cost in initiative.backbone_costs.all():
        by_year[cost.year_starts_on].append(cost)
    labels = {function.code: str(function) for function in initiative.functions.all()}
    return [_cost_year(initiative, first, costs, labels) for first, costs in by_year.items()]


def _cost_year(initiative, first, costs, labels):
    last = last_day_of(first)
    sums = defaultdict(Decimal)
    for cost in costs:
        sums[cost.currency] += cost.amount
    minutes = total_by_function(minutes_by_month(initiative, first, last))
    total = sum(minutes.values())
    shared = {currency: split_money(amount, minutes) for currency, amount in sums.items()}
    lines = [
        (
            label,
            in_words(minutes[code]),
            f"{percent(minutes[code], total)} %",
            [(currency, money(shared[currency][code], currency)) for currency in sums],
        )
        for code, label in labels.items()
        if minutes.get(code)
    ]
    return CostYear(
        name_of_year(first),
        f"{date_format(first, 'DATE_FORMAT')} – {date_format(last, 'DATE_FORMAT')}",
        [(cost.pk, cost.get_kind_display(), money(cost.amount, cost.currency), cost.note) for cost in costs],
        [money(amount, currency) for currency, amount in sums.items()],
        list(sums),
        lines,
        in_words(total),
    )


def fiscal_years(initiative):
    """The years that a cost can be noted for, the newest first: [(first day, name)]."""
    first = fiscal_year_of(initiative.today(), initiative.fiscal_year_starts_in)[0]
    days = [first.replace(year=first.year + 1 - back) for back in range(YEARS_OFFERED + 1)]
    return [(day, name_of_year(day)) for day in days]
