"""The committee's page: function by function what was said, what it took, and what is still missing."""

import datetime
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, FilteredRelation, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backbone.log_words import log_figure, status_figure
from backbone.minutes import in_words
from backbone.models import EffortPlan, EffortShare
from backbone.queries.activities import last_months, minutes_by_month, total_by_function
from backbone.queries.own_words import own_words_of
from core.statements import CompiledRead, columns_of
from indicators.catalogue import AUDIENCES, GOVERNANCE, SOURCES, catalogue
from indicators.models import Publication, Result
from indicators.queries.publications import EARLIER, LOG, latest_publications
from indicators.words.figures import Figure, empty_figure, figure_of
from indicators.words.response import panel_of
from initiatives.models import HistoryEntry, Initiative
from initiatives.queries import functions_of
from surveys.models import Invitation, Round

SURVEY, STATUS = Publication.SourceKind.SURVEY, Publication.SourceKind.STATUS


@dataclass(frozen=True)
class OpenRound:
    """A round that is being answered: only how many have answered is told before it closes."""

    title: str
    closes: str
    invited: int
    answered: int
    text: str


@dataclass(frozen=True)
class IndicatorCard:
    """One indicator with what each source and audience says of it, side by side and never pooled."""

    code: str
    label: str
    figures: list

    @property
    def has_data(self):
        return any(figure.state != "empty" for figure in self.figures)


@dataclass(frozen=True)
class FunctionCard:
    """A function's summaries (one per audience), its indicators, and the time it took."""

    code: str
    label: str
    summaries: list
    indicators: list
    note: str
    effort: str
    effort_words: str
    effort_minutes: int
    effort_of: int

    @property
    def has_data(self):
        return any(indicator.has_data for indicator in self.indicators)

    @property
    def answered(self):
        return sum(indicator.has_data for indicator in self.indicators)

    @property
    def asked(self):
        """What surveys say of its single indicators, hidden figures among them, in their order."""
        figures = [figure for indicator in self.indicators for figure in indicator.figures]
        return [figure for figure in figures if figure.source == SURVEY and figure.state != "empty"]

    @property
    def logged(self):
        """What log and milestones say of its indicators, in their order."""
        figures = [figure for indicator in self.indicators for figure in indicator.figures]
        return [figure for figure in figures if figure.source != SURVEY and figure.is_shown]


@dataclass(frozen=True)
class Figures:
    """All that the cached part of the page shows."""

    panels: list
    functions: list
    governance: list
    effort_period: str
    own_words: list

    @property
    def measured(self):
        return [function for function in self.functions if function.has_data]

    @property
    def waiting(self):
        """The functions of which nothing is known yet."""
        return [function for function in self.functions if not function.has_data]


class Dashboard:
    """What the page needs: what changes by the minute is here, everything else is made when it is first asked for.

    `key` names the state of everything that `figures` tells, so that a page made of it can be kept for as long as the
    key stays: the newest publication, the newest entry of the history (every change writes one), and the month.
    """

    def __init__(self, initiative, publication_id, history_id, open_rounds, has_surveys):
        self.initiative = initiative
        self.has_results = publication_id is not None
        self.has_surveys = has_surveys
        self.open_rounds = open_rounds
        self.period = last_months(initiative.today())
        month = self.period[1].isoformat()
        self.key = f"{initiative.pk}:{publication_id}:{history_id}:{month}"

    def figures(self):
        return figures_of(self.initiative, self.period)


def dashboard(initiative):
    """The `Dashboard` of an initiative: one query; `figures()` costs a handful, whatever was published or logged."""
    rows = _state.all(initiative.pk)
    opened = [_open_round(*row) for *row, key, _newest, _changed, _surveyed in rows if key is not None]
    *_row, newest, changed, surveyed = rows[0]
    return Dashboard(initiative, newest, changed, opened, surveyed is not None)


def _state_of(initiative):
    newest = Publication.objects.filter(initiative=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    surveyed = Publication.objects.filter(initiative=OuterRef("pk"), source_kind=SURVEY).values("pk")[:1]
    changed = HistoryEntry.objects.filter(initiative=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    finished = Q(open__invitations__state=Invitation.State.FINISHED)
    # Of an anonymous round the count of the day: nobody's minute is told.
    answered = Coalesce(Max("open__answered_daily"), Count("open__invitations", filter=finished))
    return (
        Initiative.objects.filter(pk=initiative)
        .annotate(open=FilteredRelation("rounds", condition=Q(rounds__state=Round.State.OPEN)))
        .values(
            "open__title",
            "open__closes_on",
            "open__pk",
            newest=Subquery(newest),
            changed=Subquery(changed),
            surveyed=Subquery(surveyed),
        )
        .annotate(invited=Count("open__invitations"), answered=answered)
        .order_by("open__closes_on", "open__pk")
        .values_list(
            "open__title", "open__closes_on", "invited", "answered", "open__pk", "newest", "changed", "surveyed"
        )
    )


_state = CompiledRead(_state_of, parameters=(int,))


def _open_round(title, closes_on, invited, answered):
    text = ngettext(
        "%(answered)d of %(invited)d invited has answered",
        "%(answered)d of %(invited)d invited have answered",
        answered,
    )
    closes = date_format(closes_on, "DATE_FORMAT")
    return OpenRound(title, closes, invited, answered, text % {"answered": answered, "invited": invited})


def _percents_in_force(initiative, day):
    plans = EffortPlan.objects.filter(initiative=initiative).filter(starts_on__lte=day).order_by("-starts_on", "-pk")
    return EffortShare.objects.filter(plan=Subquery(plans.values("pk")[:1])).values_list("function__code", "percent")


_planned = CompiledRead(_percents_in_force, parameters=(int, datetime.date))

# No initiative has more newest publications: one of each source and audience, or of no audience.
EIGHTEEN = len(SOURCES) * (len(AUDIENCES) + 1)
RESULT = columns_of(Result)
_results = CompiledRead(
    lambda *keys: (
        Result.objects.filter(publication__in=keys, breakdown="").exclude(kind=Result.Kind.ITEM).values_list(*RESULT)
    ),
    parameters=EIGHTEEN,
)
_rounds = CompiledRead(
    lambda *keys: Round.objects.filter(publication__in=keys).values_list("publication", "pk"), parameters=EIGHTEEN
)


def _eighteen(publications):
    """The keys of these publications, filled up with a key that none has, so that the SQL is always the same."""
    keys = [publication.pk for publication in publications]
    return keys + [0] * (EIGHTEEN - len(keys))


def figures_of(initiative, period):
    """The `Figures` of an initiative; `period` is the (first, last) day whose logged time is told."""
    publications = latest_publications(initiative)
    results = results_of(publications)
    asked = _asked(publications, results)
    minutes = total_by_function(minutes_by_month(initiative, *period))
    # The plan of the period's last day: what the page tells changes with the month and with history alone.
    planned = dict(_planned.all(initiative.pk, period[1]))
    functions = [function for function in functions_of(initiative) if function.enabled]
    since = _("since %(month)s") % {"month": date_format(period[0], "F Y")}
    return Figures(
        _panels(publications.values()),
        [_function_card(function, asked, publications, results, minutes, planned, since) for function in functions],
        indicator_cards(GOVERNANCE, publications, results),
        since,
        own_words_of(publications.values()),
    )


def _panels(publications):
    rounds = dict(_rounds.all(*_eighteen(publications)))
    panels = [panel_of(publication, rounds.get(publication.pk)) for publication in publications]
    return [panel for panel in panels if panel]


def results_of(publications):
    """{(publication id, kind, code): Result} for the whole round of these publications: one query, items left out."""
    rows = _results.all(*_eighteen(publications.values()))
    results = [Result.from_db(connection.alias, RESULT, row) for row in rows]
    return {(result.publication_id, result.kind, result.code): result for result in results}


def _function_card(function, asked, publications, results, minutes, planned, since):
    summaries = [found for publication in asked if (found := _summary(function, publication, results))]
    indicators = indicator_cards(function.code, publications, results)
    mine, total = minutes.get(function.code, 0), sum(minutes.values())
    words = {"mine": in_words(mine), "total": in_words(total), "since": since}
    effort = _("%(mine)s of %(total)s logged %(since)s") if mine else _("no time logged %(since)s")
    if function.code in planned:
        effort = _("%(effort)s; the plan now gives it %(percent)d %%") % {
            "effort": effort % words,
            "percent": planned[function.code],
        }
    else:
        effort %= words
    note = _note(summaries, indicators)
    return FunctionCard(
        function.code,
        str(function),
        summaries,
        indicators,
        note,
        effort,
        words["mine"],
        mine,
        total,
    )


def _asked(publications, results):
    """The publications that sum up any function, in the order of the catalogue's audiences: columns of the overview."""
    summed = {key for key, kind, _code in results if kind == Result.Kind.FUNCTION}
    order = list(AUDIENCES)
    found = [publication for publication in publications.values() if publication.pk in summed]
    return sorted(found, key=lambda publication: order.index(publication.audience))


def _summary(function, publication, results):
    result = results.get((publication.pk, Result.Kind.FUNCTION, function.code))
    return result and figure_of(result, publication, str(function))


def _note(summaries, indicators):
    """Why a function has no summary: nothing measures it, nothing came in yet, or too little of it."""
    answered = sum(indicator.has_data for indicator in indicators)
    if summaries:
        return ""
    if not indicators:
        return _("No indicators of its own yet; the time it takes is counted all the same.")
    if not answered:
        return _("No answers yet.")
    if 2 * answered >= len(indicators):
        return _("A summary is made when a survey that asks about this function closes. Its indicators stand beside.")
    return _("%(answered)d of %(all)d indicators have data. A summary needs at least half of them.") % {
        "answered": answered,
        "all": len(indicators),
    }


def indicator_cards(function, publications, results):
    """The indicators of one function (or of governance) with a figure for each source and audience that feeds them."""
    return [
        IndicatorCard(indicator.code, str(indicator.label), indicator_figures(indicator, publications, results))
        for indicator in catalogue().of_function(function)
    ]


def indicator_figures(indicator, publications, results):
    return [
        _indicator_figure(indicator, source, audience, publications, results)
        for source in indicator.sources
        for audience in _audiences(indicator, source, publications)
    ]


def _audiences(indicator, source, publications):
    """Whom a source asks of this indicator; a log or milestone has no audience, or that of what was published."""
    if source == "survey":
        return indicator.audiences
    if source == LOG:
        return [""]
    return [audience for kind, audience in publications if kind == source] or [""]


def _indicator_figure(indicator, source, audience, publications, results) -> Figure:
    if source == LOG:
        return log_figure_of(indicator, publications, results)
    publication = publications.get((source, audience))
    result = publication and results.get((publication.pk, Result.Kind.INDICATOR, indicator.code))
    if result is None:
        return empty_figure(source, audience, indicator.log_label)
    if source == STATUS:
        return status_figure(result)
    return figure_of(result, publication, str(indicator.label), is_change=indicator.is_change, draws=False)


def log_figure_of(indicator, publications, results):
    """What the log says of an indicator in the quarter that runs; as long as that is nothing, in the one before."""
    found = [
        (results[publication.pk, Result.Kind.INDICATOR, indicator.code], publication)
        for publication in (publications.get((LOG, part)) for part in ("", EARLIER))
        if publication and (publication.pk, Result.Kind.INDICATOR, indicator.code) in results
    ]
    telling = [pair for pair in found if pair[0].shown or not pair[0].is_shown]
    return log_figure(*telling[0]) if telling else empty_figure(LOG, "", indicator.log_label)
