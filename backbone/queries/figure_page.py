"""The page behind one figure: its sentence in full, who said what by sector and group, its items, and earlier rounds."""

from dataclasses import dataclass, field, replace

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from backbone.log_words import status_figure
from backbone.queries.dashboard import STATUS, IndicatorCard, indicator_cards, results_of
from backbone.queries.kept_back import nameless, why_kept_back
from backbone.queries.log_figures import LogVoice, log_voice
from backbone.queries.own_words import own_words_of
from core import charts
from indicators.catalogue import FUNCTIONS, catalogue
from indicators.models import Publication, Result
from indicators.queries.publications import LOG, latest_publications, publications
from indicators.words.figures import (
    Figure,
    count_words,
    empty_figure,
    figure_of,
    percent_words,
)
from surveys.models import InstrumentVersion
from surveys.queries.answering import definition_of

EARLIER_ROUNDS = 8


@dataclass(frozen=True)
class Breakdown:
    """One way of dividing the respondents. `kept_back`: [(names of parts, the rule that keeps their number back)]."""

    label: str
    chart: charts.Chart
    kept_back: list


@dataclass(frozen=True)
class ItemFigure:
    text: str
    figure: Figure
    chart: charts.Chart | None


@dataclass(frozen=True)
class Voice:
    """What one source and audience say: the figure, its breakdowns, the items behind it and the rounds before it."""

    figure: Figure
    breakdowns: list
    items: list
    earlier: list


@dataclass(frozen=True)
class FigurePage:
    """`function` is (code, label) of the function an indicator belongs to, None for a function itself."""

    code: str
    label: str
    function: tuple | None
    is_change: bool
    voices: list
    empty: list
    indicators: list
    own_words: list = field(default_factory=list)
    log: LogVoice | None = None


def figure_page(initiative, code):
    """The `FigurePage` of an indicator or of a function in use; None where there is neither."""
    labels = {function.code: str(function) for function in initiative.functions.all() if function.enabled}
    latest = latest_publications(initiative)
    if code in labels:
        return _function_page(initiative, code, labels[code], latest)
    return _indicator_page(initiative, catalogue()[code], labels, latest) if code in catalogue() else None


def _function_page(initiative, code, label, latest):
    cards: list[IndicatorCard] = indicator_cards(code, latest, results_of(latest)) if code in FUNCTIONS else []
    voices = _voices(initiative, latest, Result.Kind.FUNCTION, code, label)
    return FigurePage(code, label, None, False, voices, [], cards)


def _indicator_page(initiative, indicator, labels, latest):
    label = str(indicator.label)
    voices = _voices(initiative, latest, Result.Kind.INDICATOR, indicator.code, label, is_change=indicator.is_change)
    said = {voice.figure.source: voice for voice in voices}
    log = log_voice(initiative, indicator, latest)
    empty = [
        empty_figure(source, audience, indicator.log_label)
        for source in indicator.sources
        for audience in (indicator.audiences if source == "survey" else [""])
        if (log is None if source == LOG else (source, audience) not in latest and (audience or source not in said))
    ]
    of = (indicator.function, labels[indicator.function]) if indicator.function in labels else None
    own_words = [words for words in own_words_of(latest.values()) if indicator.code in words.told.indicators]
    return FigurePage(indicator.code, label, of, indicator.is_change, voices, empty, [], own_words, log)


def _voices(initiative, latest, kind, code, label, *, is_change=False):
    wanted = {publication.pk: publication for publication in latest.values() if publication.source_kind != LOG}
    results = {}
    for result in Result.objects.filter(publication__in=wanted, kind=kind, code=code):
        results.setdefault(result.publication_id, []).append(result)
    items = _items(initiative, [wanted[key] for key in results], code) if kind == Result.Kind.INDICATOR else {}
    earlier = _earlier(initiative, kind, code)
    return [_voice(wanted[key], found, label, is_change, items.get(key, []), earlier) for key, found in results.items()]


def _voice(publication, results, label, is_change, items, earlier):
    whole = next(result for result in results if not result.breakdown)
    before = [row for row in earlier if row[0].comparability_key == publication.comparability_key]
    if publication.source_kind == STATUS:
        return Voice(status_figure(whole), [], [], [])
    return Voice(
        figure_of(whole, publication, label, is_change=is_change),
        [
            _breakdown(name, publication, results)
            for name in ("sector", "group")
            if any(r.breakdown == name for r in results)
        ],
        items,
        [_round_row(other, result) for other, result in before if other.pk != publication.pk][:EARLIER_ROUNDS],
    )


def _breakdown(name, publication, results):
    label = {"sector": _("By sector"), "group": _("By group")}[name]
    cells = sorted((r for r in results if r.breakdown == name), key=lambda r: (not r.cell, r.cell.casefold()))
    rows = [(cell.cell or nameless(name), cell.shown.get("percent"), cell_words(cell)) for cell in cells]
    reasons = [why_kept_back(cell, publication.threshold) for cell in cells]
    chart = charts.bars(
        title=label,
        description=_("Bars show the share of favourable answers; a part with few answers has a word or no figure."),
        columns=[label, _("Favourable")],
        rows=rows,
        maximum=100,
    )
    if any(reasons):
        explained = [[*row, reason] for row, reason in zip(chart.rows, reasons, strict=True)]
        chart = replace(chart, columns=[*chart.columns, _("Why")], rows=explained)
    return Breakdown(label, chart, _by_reason([row[0] for row in rows], reasons))


def _by_reason(labels, reasons):
    parts = {}
    for label, reason in zip(labels, reasons, strict=True):
        if reason:
            parts.setdefault(reason, []).append(label)
    return [(", ".join(found), reason) for reason, found in parts.items()]


def cell_words(cell):
    """A cell of a breakdown in words: "8 of 11 (73 %)", "some of 7", "too few answers to show", "no answers yet"."""
    if not cell.is_shown:
        return _("too few answers to show")
    if not cell.n:
        return _("no answers yet")
    words = count_words(cell.shown, cell.n)
    return f"{words} ({percent_words(cell.shown['percent'])})" if "percent" in cell.shown else words


def _items(initiative, found, code):
    """{publication id: [ItemFigure]} of the statements behind an indicator, in the words that were asked."""
    rounds = initiative.rounds.filter(publication__in=found)
    version_of = dict(rounds.values_list("publication", "instrument_version"))
    versions = InstrumentVersion.objects.defer("definition").in_bulk(set(version_of.values()))
    results = {}
    for result in Result.objects.filter(publication__in=version_of, kind=Result.Kind.ITEM, breakdown=""):
        results[result.publication_id, result.code] = result
    return {
        publication.pk: _items_of(publication, definition_of(versions[version_of[publication.pk]]), code, results)
        for publication in found
        if publication.pk in version_of
    }


def _items_of(publication, definition, code, results):
    matrices = [question for question in definition.questions if question.kind == "matrix"]
    scales = {item.code: matrix.scale for matrix in matrices for item in matrix.items}
    return [
        _item(item, scales[item.code], results[publication.pk, item.code], publication)
        for item in definition.items()
        if code in item.indicators and (publication.pk, item.code) in results
    ]


def _item(item, scale, result, publication):
    figure = figure_of(result, publication, str(item.text))
    spread = result.shown.get("distribution")
    if not spread:
        return ItemFigure(str(item.text), figure, None)
    counts = dict(spread)
    chart = charts.distribution(
        title=str(item.text),
        description=_("How many chose each answer."),
        columns=[_("Answer"), _("People")],
        rows=[
            (str(label), counts.get(point, 0), str(counts.get(point, 0))) for point, label in enumerate(scale.points, 1)
        ],
    )
    return ItemFigure(str(item.text), figure, chart)


def _earlier(initiative, kind, code):
    """[(publication, whole-round result)] of this figure in all publications, the newest first: two queries."""
    found = {publication.pk: publication for publication in publications(initiative).exclude(source_kind=LOG)}
    rows = Result.objects.filter(publication__in=found, kind=kind, code=code, breakdown="")
    by_publication = {result.publication_id: result for result in rows}
    return [(publication, by_publication[key]) for key, publication in found.items() if key in by_publication]


def _round_row(publication: Publication, result):
    """(title, closed on, figure in words) of an earlier round."""
    return publication.title, date_format(publication.ends_on, "DATE_FORMAT"), cell_words(result)
