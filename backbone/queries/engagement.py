"""How the community was engaged, who was told what, whom it assisted and whose achievements it spread: from the log."""

from collections import defaultdict
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backbone import engagement, people_range
from backbone.models import Activity
from backbone.queries.activity_kinds import plain_days
from backbone.queries.phases import phase_bands
from core import charts

Kind, Level = Activity.Kind, Activity.EngagementLevel
MOST_LINES = 15
NOTHING = "–"


@dataclass(frozen=True)
class Section:
    """A table in words. Each line is (words, how many, *cells, query of the list of these activities)."""

    lines: list
    others: str
    together: str


@dataclass(frozen=True)
class EngagementPage:
    """What was logged from one day to another. `levels` has a line for each level; `chart` is None where none was logged."""

    period: str
    levels: list
    number: int
    together: str
    chart: charts.Chart | None
    communications: Section
    assistance: Section
    achievements: Section

    @property
    def is_empty(self):
        return not (self.chart or self.communications.lines or self.assistance.lines or self.achievements.lines)


def engagement_page(initiative, first, last):
    """The `EngagementPage` of a time: three queries, and two for the phases below its chart."""
    entries = _entries(initiative, first, last)
    partners = {row.pk: row for row in initiative.organisations.only("initiative", "name", "partner_since", "left_on")}
    engaged = entries[Kind.ENGAGEMENT]
    period = {"since": first.isoformat(), "until": last.isoformat()}
    return EngagementPage(
        f"{date_format(first, 'DATE_FORMAT')} – {date_format(last, 'DATE_FORMAT')}",
        _levels(engaged, period),
        len(engaged),
        reach_in_words(engagement.reach(engaged)),
        _chart(initiative, engaged, first, last) if engaged else None,
        _communications(entries[Kind.COMMUNICATION]),
        _assistance(entries[Kind.ASSISTANCE], partners),
        _achievements(entries[Kind.ACHIEVEMENT], partners, period, first, last),
    )


def _entries(initiative, first, last):
    """{kind: entries}, the oldest first: two queries."""
    about = initiative.activities.filter(held_on__gte=first, held_on__lte=last).exclude(kind=Kind.WORK)
    columns = ("engagement_level", "people_least", "people_most", "audience", "topic", "days")
    partners = defaultdict(set)
    through = Activity.partners.through.objects.filter(activity__in=about)
    for activity, organisation in through.values_list("activity_id", "organisation_id"):
        partners[activity].add(organisation)
    found = defaultdict(list)
    for pk, kind, *said in about.order_by("held_on", "id").values_list("pk", "kind", "held_on", *columns):
        found[kind].append(engagement.Entry(*said, partners=frozenset(partners[pk])))
    return found


def reach_in_words(reach):
    """ "between 180 and 240, by 6 of 8 that say so": never a number that sounds more certain than it is."""
    if not reach.number:
        return NOTHING
    if not reach.said:
        return _("not noted")
    least, most = people_range.grouped(reach.least), people_range.grouped(reach.most)
    words = least if least == most else _("between %(least)s and %(most)s") % {"least": least, "most": most}
    return _by_those_that_say(words, reach)


def _by_those_that_say(words, found):
    if found.said == found.number:
        return words
    about = {"words": words, "said": found.said, "number": found.number}
    return _("%(words)s, by %(said)d of %(number)d that say so") % about


def _days_in_words(found):
    return _by_those_that_say(plain_days(found.days), found) if found.said else _("not noted")


def _levels(engaged, period):
    return [
        (
            str(Level(level).label),
            reach.number or NOTHING,
            reach_in_words(reach),
            _query(Kind.ENGAGEMENT, period, engagement_level=level) if reach.number else "",
        )
        for level, reach in engagement.by_level(engaged)
    ]


def _query(kind, period, **more):
    return urlencode({"kind": kind.value} | more | period)


def _chart(initiative, engaged, first, last):
    spans = engagement.quarters(first, last, initiative.fiscal_year_starts_in)
    counts = engagement.by_quarter(engaged, spans)
    series = [
        (str(Level(level).label), [number or None for number in numbers], [number or NOTHING for number in numbers])
        for level, numbers in counts.items()
    ]
    labels = [_span_in_words(first, last) for first, last in spans]
    description = ngettext("%(number)d activity", "%(number)d activities", len(engaged)) % {"number": len(engaged)}
    return charts.stacked_columns(
        title=_("Community engagement by quarter"),
        description=_("%(activities)s; one column per quarter, one colour per level.") % {"activities": description},
        first_column=_("Quarter"),
        labels=labels,
        series=series,
        bands=phase_bands(initiative, spans),
        bands_column=_("Phase"),
    )


def _span_in_words(first, last):
    """ "Oct–Dec 2026"; a quarter that the time cuts names the months that are left."""
    if first.month == last.month:
        return date_format(last, "M Y")
    return f"{date_format(first, 'M')}–{date_format(last, 'M Y')}"


def _communications(entries):
    lines = []
    for audience, found in engagement.by_words(entries, "audience"):
        lines.append((audience or _("not noted"), len(found), reach_in_words(engagement.reach(found))))
    return Section(lines[:MOST_LINES], _others(lines), reach_in_words(engagement.reach(entries)))


def _assistance(entries, partners):
    lines = []
    for topic, found in engagement.by_words(entries, "topic"):
        given = engagement.help_given(found)
        names = sorted(str(partners[key]) for key in given.partners)
        lines.append((topic or _("not noted"), given.number, ", ".join(names) or NOTHING, _days_in_words(given)))
    given = engagement.help_given(entries)
    helped = ngettext("%(number)d partner was helped", "%(number)d partners were helped", len(given.partners))
    together = _("%(helped)s. Days: %(days)s.") % {
        "helped": helped % {"number": len(given.partners)},
        "days": _days_in_words(given),
    }
    return Section(lines[:MOST_LINES], _others(lines), together)


def _achievements(entries, partners, period, first, last):
    spread = engagement.by_partner(entries)
    lines = [(str(partners[key]), number, _query(Kind.ACHIEVEMENT, period, partner=key)) for key, number in spread]
    lines.sort(key=lambda line: (-line[1], line[0]))
    then = {key for key, row in partners.items() if _was_partner(row, first, last)} | {key for key, _number in spread}
    together = _("Achievements of %(celebrated)d of %(all)d partners were spread. People reached: %(reach)s.") % {
        "celebrated": len(spread),
        "all": len(then),
        "reach": reach_in_words(engagement.reach(entries)),
    }
    return Section(lines[:MOST_LINES], _others(lines), together)


def _was_partner(organisation, first, last):
    """At least for a part of this time."""
    since, left = organisation.partner_since, organisation.left_on
    return (since is None or since <= last) and (left is None or left >= first)


def _others(lines):
    number = len(lines) - MOST_LINES
    if number <= 0:
        return ""
    return ngettext("%(number)d more is not listed.", "%(number)d more are not listed.", number) % {"number": number}
