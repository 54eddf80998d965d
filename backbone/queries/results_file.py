"""All figures that the pages show as rows of a file: the same words, the same numbers, nothing that is kept back."""

from django.utils.translation import gettext as _

from backbone.log_words import cell_in_short, hidden_words, in_short, period_words, status_figure
from backbone.queries.dashboard import STATUS
from backbone.queries.figure_page import cell_words
from backbone.queries.kept_back import nameless, why_kept_back
from backbone.queries.own_words import own_words_of
from indicators.catalogue import GOVERNANCE, SOURCES, catalogue
from indicators.models import Result
from indicators.queries.publications import LOG, latest_publications
from indicators.statistics import one_decimal
from indicators.words.figures import WHO, verdict_of
from indicators.words.response import panel_of
from surveys.models import InstrumentVersion
from surveys.queries.answering import definition_of

WHOLE, SECTOR, GROUP = "", "sector", "group"
ORDER = {kind: place for place, kind in enumerate(Result.Kind.values[::-1])}


def header():
    return [
        _("Source"),
        _("Who was asked"),
        _("Round"),
        _("From"),
        _("To"),
        _("Kind"),
        _("Code"),
        _("What was measured"),
        _("Broken down by"),
        _("Part"),
        _("As the page shows it"),
        _("Favourable"),
        _("n"),
        _("Percent"),
        _("At least, of all who were asked"),
        _("At most, of all who were asked"),
        _("All who were asked"),
        _("Percent, from"),
        _("Percent, to"),
        _("Mean"),
        _("Don't know"),
        _("Does not apply"),
        _("How many chose each answer"),
        _("Change"),
        _("Points"),
        _("Points, from"),
        _("Points, to"),
        _("Why it is kept back"),
    ]


def rows(initiative):
    """A row for each rate, figure and part of the newest publications, as members see them: a handful of queries."""
    latest = latest_publications(initiative)
    labels = _labels(initiative)
    items = _items(initiative, latest.values(), labels)
    found = {}
    for result in Result.objects.filter(publication__in=[publication.pk for publication in latest.values()]):
        found.setdefault(result.publication_id, []).append(result)
    for publication in latest.values():
        yield from _rates(publication)
        named = labels | items.get(publication.pk, {})
        told = [result for result in found.get(publication.pk, []) if (result.kind, result.code) in named]
        for result in sorted(told, key=lambda result: _place(result, list(named))):
            yield _row(result, publication, named[result.kind, result.code])


def texts_header():
    return [_("Who was asked"), _("Round"), _("Question"), _("Text")]


def texts(initiative):
    """A row for each released text of the newest publications, in the random order of the pages. Only a workbook has them: a
    CSV is one table, and that of the figures."""
    for words in own_words_of(latest_publications(initiative).values()):
        for text, times in words.told.texts:
            yield from [[words.who, words.publication.title, words.told.label, text]] * times


def _labels(initiative):
    """{(kind, code): label} of the functions in use and their indicators, in the order of the page."""
    functions = [function for function in initiative.functions.all() if function.enabled]
    labels = {(Result.Kind.FUNCTION, function.code): str(function) for function in functions}
    for code in [*(function.code for function in functions), GOVERNANCE]:
        labels |= {(Result.Kind.INDICATOR, i.code): str(i.label) for i in catalogue().of_function(code)}
    return labels


def _items(initiative, publications, labels):
    """{publication id: {(kind, code): text}} of the statements behind the indicators that are shown."""
    found = initiative.rounds.filter(publication__in=[publication.pk for publication in publications])
    version_of = dict(found.values_list("publication", "instrument_version"))
    versions = InstrumentVersion.objects.defer("definition").in_bulk(set(version_of.values()))
    return {
        key: {
            (Result.Kind.ITEM, item.code): str(item.text)
            for item in definition_of(versions[version]).items()
            if any((Result.Kind.INDICATOR, code) in labels for code in item.indicators)
        }
        for key, version in version_of.items()
    }


def _place(result, named):
    breakdowns = [WHOLE, SECTOR, GROUP]
    return (
        ORDER[result.kind],
        named.index((result.kind, result.code)),
        breakdowns.index(result.breakdown),
        bool(result.breakdown) and not result.cell,
        result.cell.casefold(),
    )


def _about(publication):
    return [
        str(SOURCES[publication.source_kind]),
        str(WHO.get(publication.audience, publication.audience)),
        period_words(publication) if publication.source_kind == LOG else publication.title,
        publication.starts_on.isoformat(),
        publication.ends_on.isoformat(),
    ]


def _rates(publication):
    panel = panel_of(publication)
    for rate in panel.rates if panel else []:
        percent = one_decimal(100 * rate.count / rate.of) if rate.of else ""
        numbers = [rate.count, rate.of, percent]
        yield [*_about(publication), _("response rate"), "", rate.label, "", "", rate.text, *numbers, *[""] * 14]


def _row(result, publication, label):
    if publication.source_kind == LOG:
        return _log_row(result, publication, label)
    if publication.source_kind == STATUS:
        return _status_row(result, publication, label)
    shown, part = result.shown, ""
    breakdown = {SECTOR: _("sector"), GROUP: _("group")}.get(result.breakdown, "")
    if result.breakdown:
        part = result.cell or nameless(result.breakdown)
    count, n = shown.get("count", ""), result.n if result.n else ""
    change = shown.get("change") or {}
    verdict = verdict_of(change, shown, result.n)
    people, interval = shown.get("people", {}), shown.get("interval", {})
    return [
        *_about(publication),
        str(Result.Kind(result.kind).label),
        result.code,
        label,
        breakdown,
        part,
        cell_words(result),
        count,
        n,
        one_decimal(100 * count / n) if count != "" else "",
        people.get("low", ""),
        people.get("high", ""),
        people.get("of", ""),
        interval.get("low", ""),
        interval.get("high", ""),
        shown.get("mean", ""),
        shown.get("dont_know", ""),
        shown.get("not_applicable", ""),
        "; ".join(f"{answer} = {number}" for answer, number in shown.get("distribution", [])),
        verdict.label if verdict else "",
        change.get("points", ""),
        change.get("low", ""),
        change.get("high", ""),
        why_kept_back(result, publication.threshold),
    ]


def _status_row(result, publication, label):
    """A milestone has no number: its stage stands in words."""
    figure = status_figure(result)
    said = [str(Result.Kind(result.kind).label), result.code, label, "", "", f"{figure.figure}, {figure.words}"]
    row = [*_about(publication), *said]
    return [*row, *[""] * (len(header()) - len(row))]


def _log_row(result, publication, label):
    """What was counted has a count, n and percent where it is a share; everything else stands in words."""
    count, part = result.shown.get("count", ""), bool(result.breakdown)
    said = [
        str(Result.Kind(result.kind).label),
        result.code,
        label,
        _("sector") if part else "",
        (result.cell or nameless(result.breakdown)) if part else "",
        cell_in_short(result) if part else in_short(result),
        count,
        result.n or "",
        one_decimal(100 * count / result.n) if count != "" else "",
    ]
    kept_back = "" if result.is_shown else hidden_words(publication.threshold)
    row = [*_about(publication), *said]
    return [*row, *[""] * (len(header()) - len(row) - 1), kept_back]
