"""From the people asked in a round to the figures that disclosure control looks at. Pure."""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from indicators.disclosure import Figure, Matched
from indicators.figures import Basis
from indicators.statistics import Outcome
from surveys.response_panel import FEEDING
from surveys.scoring import Plan, Scores, by_organisation, score

# Disclosure control looks at 62 sets of respondents for a figure at most: everybody, the pairs and these.
MOST_CELLS = 60


@dataclass(frozen=True, eq=False)
class Sheet:
    """The answers that count, one row per person, or per organisation where each has one voice.

    `contacts`: who each row is, empty for organisations. `organisations`: a number per row. `sectors`: index into
    `sector_labels`, -1 = none. `groups`: label -> boolean per row. `eligible`: persons (organisations) who were asked
    and could answer, None where nobody knows. `asked`: {(breakdown, cell): how many of them}.
    """

    scores: Scores
    contacts: tuple
    organisations: np.ndarray
    sectors: np.ndarray
    sector_labels: tuple
    groups: dict
    eligible: int | None
    asked: dict
    _rows_known: dict = field(default_factory=dict, init=False, repr=False)

    @property
    def plan(self):
        return self.scores.plan

    def basis(self):
        """{code: Basis} of every figure."""
        said = {code: self.scores.counts(code) for code in self.plan.figures}
        known = self.eligible is not None
        return {code: Basis(self.eligible - na if known else None, dk, na) for code, (dk, na) in said.items()}

    def memberships(self):
        """The cells as `disclose` takes them."""
        return {
            "organisations": self.organisations,
            "sectors": self.sectors,
            "sector_labels": list(self.sector_labels),
            "groups": self.groups,
        }

    def rows_in(self, other):
        """By row: the row of the same person in another sheet, -1 = none. Asked once for every figure, found once."""
        if other not in self._rows_known:
            row_of = {contact: row for row, contact in enumerate(other.contacts)}
            rows = [row_of.get(contact, -1) for contact in self.contacts]
            self._rows_known[other] = np.array(rows, dtype=int)
        return self._rows_known[other]

    def mask(self, breakdown, cell):
        """The rows of one cell of a breakdown; of nobody, where no such cell is."""
        if breakdown == "group":
            return self.groups.get(cell, np.zeros(len(self.scores), dtype=bool))
        if cell and cell not in self.sector_labels:
            return np.zeros(len(self.scores), dtype=bool)
        return self.sectors == (self.sector_labels.index(cell) if cell else -1)


def plan_of(definition, function_of):
    """What is scored of a questionnaire; `function_of` maps the indicators of enabled functions to these."""
    return Plan(definition.items(), function_of)


def tabulate(people, outcomes, plan, *, organisations_speak=False):
    """The `Sheet` of a round from its `Asked` and their outcomes; complete and partial responses count."""
    unit = _Units(people, outcomes, organisations_speak)
    counting = [person for person, reached in zip(people, outcomes, strict=True) if reached in FEEDING]
    labels, group_labels = unit.cells()
    place = {label: index for index, label in enumerate(labels)}
    scores = score([person.answers for person in counting], plan)
    keys = [person.organisation for person in counting]
    sectors = np.array([place.get(person.cluster, -1) for person in counting], dtype=int)
    masks = {label: np.array([label in person.groups for person in counting], dtype=bool) for label in group_labels}
    contacts, numbers = tuple(person.contact for person in counting), _numbers(keys)
    if organisations_speak and counting:
        voices = by_organisation(scores, keys)
        scores, contacts = voices.scores, ()
        sectors, numbers = voices.first_of(sectors), voices.first_of(numbers)
        masks = {label: voices.any_of(mask) for label, mask in masks.items()}
    return Sheet(scores, contacts, numbers, sectors, labels, masks, unit.eligible, unit.asked)


class _Units:
    """Who could answer, counted in persons or in organisations, altogether and by cell."""

    def __init__(self, people, outcomes, organisations_speak):
        alike = defaultdict(set)  # few people have memberships that nobody shares
        for place, (person, reached) in enumerate(zip(people, outcomes, strict=True)):
            if reached == Outcome.INELIGIBLE:
                continue
            own = person.organisation if organisations_speak and person.organisation is not None else (place,)
            alike[person.cluster, *person.groups].add(own)
        found = defaultdict(set)
        for (cluster, *groups), units in alike.items():
            for cell in ("sector", cluster), *(("group", group) for group in groups):
                found[cell] |= units
        self.asked = {cell: len(units) for cell, units in found.items()}
        self.eligible = len(set().union(*alike.values()))

    def cells(self):
        """(sector labels, group labels), as many as can be looked at together; the smallest groups go first."""
        sectors = sorted(cell for breakdown, cell in self.asked if breakdown == "sector" and cell)
        if len(sectors) > MOST_CELLS - 1:
            sectors = []
        groups = [cell for breakdown, cell in self.asked if breakdown == "group"]
        groups = sorted(groups, key=lambda group: (-self.asked["group", group], group))[: MOST_CELLS - 1 - len(sectors)]
        return tuple(sectors), sorted(groups)


def _numbers(keys):
    """A number per row; rows of one organisation share it, everybody without one has their own."""
    numbers = {}
    own = ((False, key) if key is not None else (True, place) for place, key in enumerate(keys))
    return np.array([numbers.setdefault(key, len(numbers)) for key in own], dtype=int)


def functions_without_summary(sheet, indicators_of, with_data):
    """Functions of which less than half of the indicators have data, here or (`with_data`) from another source.

    `indicators_of`: {function: codes of its indicators}.
    """
    here = {code for code in sheet.plan.indicators if np.isfinite(sheet.scores.of(code)).any()}
    known = here | with_data
    return {
        function
        for function in sheet.plan.functions
        if 2 * len(known & indicators_of[function]) < len(indicators_of[function])
    }


def figures_of(sheet, *, without=frozenset(), matched=None):
    """The `Figure` of every item, indicator and function but those in `without`. `matched`: {code: Matched}."""
    matched = matched or {}
    return [
        Figure(
            code=code,
            kind=sheet.plan.kinds[code],
            scores=sheet.scores.of(code),
            answers=sheet.scores.answers(code),
            relatives=tuple(other for other in sheet.plan.relatives[code] if other not in without),
            matched=matched.get(code),
            options=tuple(range(items[0].minimum, items[0].maximum + 1)),
        )
        for code, items in sheet.plan.figures.items()
        if code not in without
    ]


def matched_pairs(sheet, earlier, code):
    """(`Matched` of those with a score in both rounds, which rows of the earlier sheet they are)."""
    rows = sheet.rows_in(earlier)
    before = earlier.scores.of(code)
    both = (rows >= 0) & np.isfinite(sheet.scores.of(code))
    both[both] = np.isfinite(before[rows[both]])
    there = rows[both]
    present = np.isfinite(before)
    count = int((before[present] >= 3.5).sum())
    return Matched(np.flatnonzero(both), before[there], int(present.sum()), count), there
