"""What a publication says of each figure, made ready for the page: from disclosed cells to rows of `Result`. Pure.

Nothing here decides what may be shown: it only adds what follows from numbers that are shown already.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from indicators.disclosure import HIDDEN_TOO_FEW, Cell
from indicators.statistics import Change, Share, Verdict, compare, exact_mcnemar, one_decimal, people_interval, wilson

WHOLE_ROUND, MATCHED = "", "matched"


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """One row of `Result`. A hidden figure has neither n nor anything shown."""

    kind: str
    code: str
    breakdown: str = ""
    cell: str = ""
    is_shown: bool = True
    hidden_because: str = ""
    n: int | None = None
    shown: Mapping = field(default_factory=dict)

    def __post_init__(self):
        if not self.is_shown and (self.n is not None or self.shown):
            raise ValueError(f"{self.code} is hidden but carries figures; hidden figures are never written.")


@dataclass(frozen=True, slots=True)
class Basis:
    """Who stands beside the answers to a figure: all asked to whom it applies, and those who took no side.

    None is what nobody knows: how many were asked in an earlier round, or who took no side of a published figure.
    """

    population: int | None
    dont_know: int | None = 0
    not_applicable: int | None = 0


@dataclass(frozen=True)
class Earlier:
    """The previous comparable publication: the counts it shows by (kind, code), and the figures that may be compared."""

    shares: Mapping[tuple[str, str], Share]
    comparable: frozenset


def prepare(cells, *, basis, earlier=None, asked=None, threshold=0):
    """A `ShownFigure` for each `Cell` of one audience; matched cells become `paired` of their whole round.

    `basis`: {code: Basis}. `earlier`: None in the first round. `asked`: {(breakdown, cell): people asked}; where fewer
    than `threshold` were, "nobody answered" would say what every one of them did, so that cell is hidden like others.
    """
    paired = {cell.code: _paired(cell) for cell in cells if cell.breakdown == MATCHED and not cell.hidden}
    asked = asked or {}
    return [
        _whole(cell, basis[cell.code], earlier, paired.get(cell.code))
        if cell.breakdown == WHOLE_ROUND
        else _part(cell, asked.get((cell.breakdown, cell.cell), 0) >= threshold)
        for cell in cells
        if cell.breakdown != MATCHED
    ]


def _whole(cell: Cell, basis, earlier, paired):
    if cell.hidden:
        return ShownFigure(cell.kind, cell.code, is_shown=False, hidden_because=cell.hidden)
    if not cell.n:
        return ShownFigure(cell.kind, cell.code, n=0)
    shown = _said(cell) | _details(cell)
    if cell.count is not None:
        shown |= _interval(cell, basis.population)
    beside = {"dont_know": basis.dont_know, "not_applicable": basis.not_applicable}
    shown |= {name: people for name, people in beside.items() if people is not None}
    shown["change"] = _change(cell, basis, earlier)
    if paired:
        shown["paired"] = paired
    return ShownFigure(cell.kind, cell.code, n=cell.n, shown=shown)


def _part(cell: Cell, may_be_empty):
    place = (cell.kind, cell.code, cell.breakdown, cell.cell)
    if cell.hidden or not (cell.n or may_be_empty):
        return ShownFigure(*place, is_shown=False, hidden_because=cell.hidden or HIDDEN_TOO_FEW)
    return ShownFigure(*place, n=cell.n, shown=_said(cell) if cell.n else {})


def _said(cell: Cell):
    """The favourable answers as they may be told: exact with their percentage, coded, or one word."""
    if cell.count is not None:
        return {"count": cell.count, "percent": Share(cell.count, cell.n).percent}
    coded = {"at_most": cell.at_most, "at_least": cell.at_least, "word": cell.word}
    return {name: value for name, value in coded.items() if value is not None}


def _interval(cell: Cell, population):
    """As people, of all who were asked; as a share where nobody knows how many these were."""
    if population is None:
        limits = wilson(cell.count, cell.n)
        return {"interval": {"low": one_decimal(100 * limits.low), "high": one_decimal(100 * limits.high)}}
    low, high = people_interval(cell.count, cell.n, population)
    return {"people": {"low": low, "high": high, "of": population}}


def _details(cell: Cell):
    details = {"mean": cell.mean, "deviation": cell.deviation}
    if cell.distribution is not None:
        details["distribution"] = [list(pair) for pair in cell.distribution]
    return {name: value for name, value in details.items() if value is not None}


def _change(cell: Cell, basis, earlier):
    if earlier is None:
        return {"verdict": Verdict.BASELINE.value}
    previous = earlier.shares.get((cell.kind, cell.code))
    current = None if cell.count is None else Share(cell.count, cell.n, basis.population)
    return _change_shown(compare(previous, current, comparable=cell.code in earlier.comparable), previous)


def _change_shown(change: Change, previous):
    if change.interval is None:
        return {"verdict": change.verdict.value}
    shown = {
        "verdict": change.verdict.value,
        "points": change.points,
        "low": one_decimal(100 * change.interval.low),
        "high": one_decimal(100 * change.interval.high),
        "previous": {"count": previous.count, "n": previous.n, "percent": previous.percent},
    }
    if change.needed is not None:
        needed = change.needed
        shown["needed"] = {
            "up_count": needed.up_count,
            "up_points": needed.up_points,
            "down_count": needed.down_count,
            "down_points": needed.down_points,
        }
    return shown


def _paired(cell: Cell):
    p_value = round(exact_mcnemar(cell.rose, cell.fell), 3)
    return {"n": cell.n, "count": cell.count, "rose": cell.rose, "fell": cell.fell, "p_value": p_value}
