"""What a survey link shows once its round is closed: the round's figures as members see them, and what the backbone does.

Nobody's own answers are read here, and nothing that differs between two people who were asked: a page that is made for one
of them is right for all who read the same language.
"""

from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from indicators.catalogue import FUNCTIONS, GOVERNANCE, catalogue
from indicators.queries.publications import whole_round
from indicators.words.figures import Figure, figure_of
from indicators.words.response import Panel, panel_of
from initiatives.models import HistoryEntry
from initiatives.queries import functions_of
from surveys.models import Invitation, Round
from surveys.queries.answering import definition_of
from surveys.queries.conclusions import Reading, conclusion_of, reading_of
from surveys.queries.own_words import told_texts

# Whoever said that they left, or that somebody else should be asked, is none of those who are told.
NOT_ASKED = [Invitation.State.LEFT, Invitation.State.WRONG_PERSON]


@dataclass(frozen=True)
class Statement:
    """A statement as it was asked, and what was said to it."""

    text: str
    figure: Figure


@dataclass(frozen=True)
class IndicatorSaid:
    label: str
    figure: Figure
    statements: list


@dataclass(frozen=True)
class Part:
    """A function, or how the backbone works: its summary (None: it has none) and its indicators."""

    code: str
    label: str
    summary: Figure | None
    indicators: list


@dataclass(frozen=True)
class ResultsPage:
    round: Round
    panel: Panel | None
    parts: list
    threshold: int
    conclusion: Reading | None
    own_words: list


def may_see_results(invitation):
    """Whether a survey link leads to the results of its round (by now)."""
    return invitation.round.state == Round.State.CLOSED and invitation.state not in NOT_ASKED


def state_of(round):
    """A name for everything that the page tells, None where nothing is published: one query.

    Every change writes an entry of history, so the page may be kept for as long as no other came.
    """
    newest = HistoryEntry.objects.filter(initiative=OuterRef("initiative")).order_by("-pk").values("pk")[:1]
    row = (
        Round.objects.filter(pk=round.pk, state=Round.State.CLOSED, publication__isnull=False)
        .annotate(newest=Subquery(newest))
        .values_list("publication", "newest")
        .first()
    )
    return row and f"{round.pk}:{row[0]}:{row[1]}"


def results_page(round_id, language, *, with_draft=False):
    """The ResultsPage of a closed round, in the active language. `with_draft`: also a conclusion that only staff know yet."""
    found = Round.objects.select_related("initiative", "publication", "instrument_version").defer(
        "frozen_roster", "instrument_version__definition"
    )
    round = found.get(pk=round_id)
    round.publication.initiative = round.initiative
    conclusion = conclusion_of(round)
    is_there = conclusion and (with_draft or conclusion.published_at)
    default = round.initiative.default_language
    return ResultsPage(
        round,
        panel_of(round.publication),
        _parts(round),
        round.publication.threshold,
        reading_of(conclusion, language, default=default) if is_there else None,
        told_texts(round),
    )


def _parts(round):
    results = whole_round(round.publication)
    items = {}
    for item in definition_of(round.instrument_version).items():
        for code in item.indicators:
            items.setdefault(code, []).append(item)
    labels = {function.code: str(function) for function in functions_of(round.initiative) if function.enabled}
    codes = [code for code in labels if code in FUNCTIONS]
    parts = [_part(code, labels[code], results, round.publication, items) for code in codes]
    parts.append(_part(GOVERNANCE, _("How the backbone works"), results, round.publication, items))
    return [part for part in parts if part.summary or part.indicators]


def _part(code, label, results, publication, items):
    summary = results.get(("function", code))
    return Part(
        code,
        label,
        figure_of(summary, publication, label, draws=False) if summary else None,
        [
            _indicator(indicator, results, publication, items.get(indicator.code, []))
            for indicator in catalogue().of_function(code)
            if ("indicator", indicator.code) in results
        ],
    )


def _indicator(indicator, results, publication, items):
    label, result = str(indicator.label), results["indicator", indicator.code]
    asked = [(item, results["item", item.code]) for item in items if ("item", item.code) in results]
    return IndicatorSaid(
        label,
        figure_of(result, publication, label, is_change=indicator.is_change, draws=False),
        [Statement(str(item.text), figure_of(said, publication, "", draws=False)) for item, said in asked],
    )
