"""From the answers of a round to arrays of scores: respondents × items, indicators, functions. Pure.

Closing a round reads `Response.answers` in one query and calls `score(answers, plan)`; everything after works on the
columns of `Scores`, never on one answer at a time.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np

from indicators.statistics import Outcome
from surveys.definition import DONT_KNOW, NOT_APPLICABLE, Item, answered

# How an answer that is no number stands in the table of codes; scales begin at 0 or above.
MISSING, SAID_DONT_KNOW, SAID_NOT_APPLICABLE = -1, -2, -3
NO_NUMBER = {None: MISSING, DONT_KNOW: SAID_DONT_KNOW, NOT_APPLICABLE: SAID_NOT_APPLICABLE}
# A mean of means is kept to this many decimals: 3.5 out of sixths would else be a little less, and not favourable.
DECIMALS = 9
RANK = {"item": 0, "indicator": 1, "function": 2}


class ScoringError(ValueError):
    """The plan contradicts itself, or an answer is not on its item's scale. The message never holds an answer."""


@dataclass(frozen=True)
class Plan:
    """What is scored: the matrix items, and `function_of`, which maps an indicator's code to its function.

    An indicator that `function_of` leaves out (switched off, or of no function) feeds no function's summary.
    """

    items: tuple[Item, ...]
    function_of: Mapping[str, str]

    def __post_init__(self):
        codes = [*(item.code for item in self.items), *self.indicators, *self.functions]
        repeated = sorted({code for code in codes if codes.count(code) > 1})
        if repeated:
            raise ScoringError(f"{', '.join(repeated)}: items, indicators and functions need codes of their own.")
        for code, items in {**self.indicators, **self.functions}.items():
            if len({(item.minimum, item.maximum) for item in items}) > 1:
                raise ScoringError(f"{code} has items on different scales, so their mean says nothing.")

    @cached_property
    def indicators(self):
        """{indicator: its items}, in the order of the questionnaire."""
        return _gather((code, item) for item in self.items for code in item.indicators)

    @cached_property
    def functions(self):
        """{function: the items of its indicators}, each item once."""
        return _gather(
            (function, item)
            for item in self.items
            for function in dict.fromkeys(self.function_of.get(code) for code in item.indicators)
            if function is not None
        )

    @cached_property
    def figures(self):
        """{code: its items} of every column of `Scores.keyed`: items first, then indicators, then functions."""
        return {**{item.code: (item,) for item in self.items}, **self.indicators, **self.functions}

    @cached_property
    def kinds(self):
        """{code: "item", "indicator" or "function"} of every figure, in the order of the columns."""
        sizes = {"item": len(self.items), "indicator": len(self.indicators), "function": len(self.functions)}
        kinds = chain.from_iterable([kind] * size for kind, size in sizes.items())
        return dict(zip(self.figures, kinds, strict=True))

    @cached_property
    def relatives(self):
        """{code: codes of the figures above that are built from the same answers}."""
        return {
            code: tuple(
                other
                for other in self.figures
                if RANK[self.kinds[other]] > RANK[self.kinds[code]] and self._codes[other] & self._codes[code]
            )
            for code in self.figures
        }

    @cached_property
    def sizes(self):
        """How many items each figure has, in the order of the columns."""
        return np.array([len(items) for items in self.figures.values()], dtype=np.intp)

    def sum_items(self, values):
        """Respondents × items of whole numbers to respondents × figures: each figure's items added up.

        Row by row of the turned table rather than by a matrix product, whose BLAS threads stall where cores are busy.
        """
        place = {item.code: number for number, item in enumerate(self.items)}
        rows = np.ascontiguousarray(values.T, dtype=np.int32)
        sums = np.zeros((len(self.figures), len(values)), dtype=np.int32)
        for total, items in zip(sums, self.figures.values(), strict=True):
            for item in items:
                total += rows[place[item.code]]
        return np.ascontiguousarray(sums.T)

    def comparable_with(self, earlier):
        """Codes of the figures that rest on the same items, coded the same way and marked comparable, in both plans."""
        here, there = self._signatures(), earlier._signatures()
        return frozenset(code for code, signature in here.items() if signature and signature == there.get(code))

    @cached_property
    def _codes(self):
        return {code: {item.code for item in items} for code, items in self.figures.items()}

    def _signatures(self):
        """{code: how its items are coded}, None where an item is not to be compared."""
        return {
            code: {(item.code, item.reverse, item.minimum, item.maximum) for item in items}
            if all(item.comparable for item in items)
            else None
            for code, items in self.figures.items()
        }


@dataclass(frozen=True, eq=False)
class Scores:
    """One row per respondent (or per organisation, see `by_organisation`), one column per figure of the plan.

    `keyed`: floats in the keyed direction, NaN = no score. `raw`: the answers to the items as they were given, NaN =
    none; None for organisations, whose means are no answers. `dont_know` and `not_applicable`: booleans by row and
    figure; a person says so of an indicator or function by saying so of each of its items (both mixed: don't know).
    """

    plan: Plan
    keyed: np.ndarray
    raw: np.ndarray | None
    dont_know: np.ndarray
    not_applicable: np.ndarray

    def __len__(self):
        return len(self.keyed)

    @cached_property
    def column(self):
        return {code: number for number, code in enumerate(self.plan.figures)}

    def of(self, code):
        """The scores of one item, indicator or function; KeyError where the plan has none."""
        return self.keyed[:, self.column[code]]

    def answers(self, code):
        """The answers to an item before keying, for its distribution; None for other figures and for organisations."""
        if self.raw is None or self.plan.kinds[code] != "item":
            return None
        return self.raw[:, self.column[code]]

    def counts(self, code):
        """(don't know, does not apply): how many stand beside the denominator of a figure."""
        number = self.column[code]
        return int(self.dont_know[:, number].sum()), int(self.not_applicable[:, number].sum())

    def population(self, code, eligible):
        """Everybody invited to whom the figure applies: `eligible` without those who said that it does not."""
        return eligible - self.counts(code)[1]


def score(answers, plan):
    """`Scores` of a list of answers as they are stored: {code: number, "dk" or "na"}, absent = not answered.

    A score is the mean of the answered items, if at least half of them were answered.
    """
    table = _table(answers, plan)
    raw = np.where(table < 0, np.nan, table)
    reverse = np.array([item.reverse for item in plan.items], dtype=bool)
    ends = np.array([item.minimum + item.maximum for item in plan.items], dtype=float)
    dont_know, not_applicable = _no_side(table, plan)
    return Scores(plan, _means(np.where(reverse, ends - raw, raw), plan), raw, dont_know, not_applicable)


@dataclass(frozen=True, eq=False)
class Voices:
    """One organisation, one voice: `scores` has a row per organisation, `row_of` says which one each respondent is in."""

    scores: Scores
    row_of: np.ndarray

    def any_of(self, mask):
        """A respondents' mask (a group) for organisations: true where any of its respondents is in."""
        return np.bincount(self.row_of, weights=mask, minlength=len(self.scores)) > 0

    def first_of(self, values):
        """One value per organisation (its sector, its id) from values per respondent: its first respondent's."""
        _rows, first = np.unique(self.row_of, return_index=True)
        return np.asarray(values)[first]


def by_organisation(scores, organisations):
    """`Voices`: each score averaged within the organisation first; a respondent without one (None) stands alone.

    An organisation has no score where none of its people has. It then counts as "don't know" if anybody said so, as
    "does not apply" if nobody did and somebody said that.
    """
    row_of = _rows(organisations)
    size = row_of.max(initial=-1) + 1
    present = np.isfinite(scores.keyed)
    answered_by = _sums(present, row_of, size)
    sums = _sums(np.where(present, scores.keyed, 0.0), row_of, size)
    keyed = np.round(np.divide(sums, answered_by, where=answered_by > 0, out=np.full_like(sums, np.nan)), DECIMALS)
    silent = answered_by == 0
    dont_know = silent & (_sums(scores.dont_know, row_of, size) > 0)
    not_applicable = silent & ~dont_know & (_sums(scores.not_applicable, row_of, size) > 0)
    return Voices(Scores(scores.plan, keyed, None, dont_know, not_applicable), row_of)


def completeness(answered, applicable):
    """Complete from 80 % of the applicable questions, partial from 50 %, else a break-off."""
    if 5 * answered >= 4 * applicable:
        return Outcome.COMPLETE
    return Outcome.PARTIAL if 2 * answered >= applicable else Outcome.BREAK_OFF


def outcome(definition, answers, *, submitted, drafts_count=False):
    """What became of one response. A draft counts like a submitted one only if the first page said so."""
    number, applicable = answered(definition, answers)
    if submitted or (drafts_count and number):
        return completeness(number, applicable)
    return Outcome.BREAK_OFF if number else Outcome.UNANSWERED


def _gather(pairs):
    gathered = defaultdict(list)
    for code, item in pairs:
        gathered[code].append(item)
    return {code: tuple(items) for code, items in gathered.items()}


def _table(answers, plan):
    """Respondents × items of whole numbers, below 0 where the answer is no number."""
    codes = [item.code for item in plan.items]
    lowest = np.array([item.minimum for item in plan.items], dtype=int)
    highest = np.array([item.maximum for item in plan.items], dtype=int)
    known = {**NO_NUMBER, **{number: number for number in range(highest.max(initial=0) + 1)}}
    given = chain.from_iterable(map(each.get, codes) for each in answers)
    try:
        flat = np.fromiter(map(known.__getitem__, given), dtype=np.int16, count=len(answers) * len(codes))
    except (KeyError, TypeError):
        # The cause would quote the answer.
        raise ScoringError("A stored answer is on no scale of this instrument version.") from None
    table = flat.reshape(len(answers), len(codes))
    off = ((table >= 0) & ((table < lowest) | (table > highest))).any(axis=0)
    if off.any():
        raise ScoringError(f"{codes[int(off.argmax())]}: a stored answer is not on the item's scale.")
    return table


def _means(keyed, plan):
    present = np.isfinite(keyed)
    answered_of = plan.sum_items(present)
    sums = plan.sum_items(np.where(present, keyed, 0))
    enough = (answered_of > 0) & (2 * answered_of >= plan.sizes)
    return np.divide(sums, answered_of, where=enough, out=np.full(sums.shape, np.nan))


def _no_side(table, plan):
    """(don't know, does not apply) by row and figure."""
    inapplicable = plan.sum_items(table == SAID_NOT_APPLICABLE)
    unknown = plan.sum_items(table == SAID_DONT_KNOW)
    not_applicable = inapplicable == plan.sizes
    return (unknown + inapplicable == plan.sizes) & ~not_applicable, not_applicable


def _rows(organisations):
    """Numbers from 0 in the order of first appearance; every None is a new one."""
    numbers = {}
    keys = ((True, place) if each is None else (False, each) for place, each in enumerate(organisations))
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.intp)


def _sums(values, row_of, size):
    """Sums of rows by organisation: sorted and cut, which is much faster than adding at indices one by one."""
    starts = np.searchsorted(row_of, np.arange(size), sorter=(order := np.argsort(row_of, kind="stable")))
    return np.add.reduceat(values[order].astype(float), starts, axis=0)
