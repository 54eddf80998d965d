"""The nouns of disclosure control: what goes in (figures, rules), what comes out (cells)."""

from dataclasses import dataclass, field
from enum import Enum

import numpy as np

FAVOURABLE_FROM = 3.5
LOWEST_THRESHOLD = 3
PUBLIC_THRESHOLD = 10
NO_SECTOR = ""

# Why a cell is hidden: too few people answered, or people of one organisation alone, or another cell or person could be
# computed from it. The first two follow from who answered. Rules 3 and 4 and the bounds share the last word on purpose:
# which of them spoke would say something about the answers.
HIDDEN_TOO_FEW = "few"
HIDDEN_ALONE = "alone"
HIDDEN_TOGETHER = "together"


class Rule(Enum):
    """One switch per rule, so that a test can take each away alone. In the product all are on."""

    THRESHOLD = "threshold"
    COMPLEMENT = "complement"
    AUDIT = "audit"
    BOUNDS = "bounds"
    CODING = "coding"
    CELLS = "cells"
    RELATIVES = "relatives"


@dataclass(frozen=True)
class Rules:
    """Thresholds in respondents and organisations; `enabled` holds the rules that apply."""

    threshold: int = 5
    organisations: int = 2
    exact_from: int = 10
    enabled: frozenset = field(default_factory=lambda: frozenset(Rule))

    def __post_init__(self):
        if self.threshold < LOWEST_THRESHOLD:
            raise ValueError(f"The threshold is {self.threshold}; it may never be below {LOWEST_THRESHOLD}.")

    def for_public(self):
        """The public publication's own rules: never below ten respondents."""
        return Rules(max(PUBLIC_THRESHOLD, self.threshold), self.organisations, self.exact_from, self.enabled)

    def without(self, rule):
        return Rules(self.threshold, self.organisations, self.exact_from, self.enabled - {rule})

    def has(self, rule):
        return rule in self.enabled


@dataclass(frozen=True, eq=False)
class Matched:
    """The same people in two rounds: `now` holds row numbers of this round, `before` their earlier scores (no NaN).

    `previous_n` and `previous_count` are the earlier round's respondents and favourable answers for the figure,
    because those who left can be had by subtraction too; None where nothing of that round is shown.
    """

    now: np.ndarray
    before: np.ndarray
    previous_n: int | None = None
    previous_count: int | None = None


@dataclass(frozen=True, eq=False)
class Figure:
    """One item, indicator or function of a round.

    `scores`: one float per respondent of the round in the keyed direction, NaN = no score. `answers`: the coded
    answers of an item before keying (NaN = none), for its distribution over `options`. `relatives`: codes of the
    figures built from the same answers above it (an item's indicator and function, an indicator's function).
    """

    code: str
    kind: str
    scores: np.ndarray
    answers: np.ndarray | None = None
    relatives: tuple = ()
    matched: Matched | None = None
    options: tuple = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Cell:
    """What one audience may be told about one figure in one cell; a number that is hidden is not here at all.

    `breakdown` is "" (whole round), "sector", "group" or "matched". Exactly one of `count`, `at_most`, `at_least`,
    `word` is set, or `hidden` says why none is; a cell in which nobody answered has n = 0 and neither ("no answers
    yet"). `distribution` holds (option, count) pairs. `rose` and `fell` are the paired counts of a matched cell.
    """

    code: str
    kind: str
    breakdown: str
    cell: str
    n: int | None = None
    count: int | None = None
    at_most: int | None = None
    at_least: int | None = None
    word: str | None = None
    mean: float | None = None
    deviation: float | None = None
    distribution: tuple | None = None
    rose: int | None = None
    fell: int | None = None
    hidden: str | None = None
