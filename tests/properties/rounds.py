"""Random rounds for the disclosure properties: rosters, sectors, overlapping groups, organisations, skipped answers."""

import random
from dataclasses import dataclass

import numpy as np

from indicators.disclosure import Figure, Matched, disclose

ITEMS = ("a", "b", "c")
PARTS = {"F": ["a", "b", "c"], "I1": ["a", "b"], "I2": ["c"]}
ABOVE = {"a": ("I1", "F"), "b": ("I1", "F"), "c": ("I2", "F"), "I1": ("F",), "I2": ("F",), "F": ()}


@dataclass
class Round:
    organisations: np.ndarray
    sectors: np.ndarray
    labels: list
    groups: dict
    figures: list

    @property
    def organisation_of(self):
        return dict(enumerate(self.organisations.tolist()))

    def statements(self, rules, audiences=("inside",)):
        """What a reader of these audiences sees, in the attacker's form."""
        shown = disclose(
            self.figures,
            organisations=self.organisations,
            sectors=self.sectors,
            sector_labels=self.labels,
            groups=self.groups,
            rules=rules,
            audiences=audiences,
        )
        return [self._statement(cell, audience) for audience, cells in shown.items() for cell in cells]

    def _statement(self, cell, audience):
        names = ("n", "count", "at_most", "at_least", "word", "mean", "distribution", "hidden", "breakdown", "cell")
        statement = {name: getattr(cell, name) for name in names}
        parts = PARTS.get(cell.code, [])
        return statement | {"figure": cell.code, "audience": audience, "parts": parts, "members": self._members(cell)}

    def _members(self, cell):
        figure = next(figure for figure in self.figures if figure.code == cell.code)
        inside = ~np.isnan(figure.scores)
        if cell.breakdown == "sector":
            inside = inside & (self.sectors == (self.labels.index(cell.cell) if cell.cell else -1))
        elif cell.breakdown == "group":
            inside = inside & self.groups[cell.cell]
        elif cell.breakdown == "matched":
            return figure.matched.now.tolist()
        return np.flatnonzero(inside).tolist()


def random_round(
    *, seed, people=(5, 45), sectors=(1, 5), groups=(0, 3), organisations=(2, 12), skipping=0.04, matching=0.3
):
    """Ranges are (lowest, highest), both included; `skipping` is the share of single answers left out."""
    chance = random.Random(seed)
    n = chance.randint(*people)
    labels = [f"s{i}" for i in range(chance.randint(*sectors))]
    weights = [chance.random() + 0.05 for _ in labels]
    sector = np.array(chance.choices(range(len(labels)), weights, k=n))
    if chance.random() < 0.2:
        sector[[chance.random() < 0.15 for _ in range(n)]] = -1
    organisation = np.array([chance.randint(1, chance.randint(*organisations)) for _ in range(n)])
    if chance.random() < 0.4:  # one large organisation is all there is of one or two sectors
        own = chance.sample(range(len(labels)), min(len(labels), chance.randint(1, 2)))
        organisation[np.isin(sector, own)] = 1
    memberships = {f"g{i}": _group(chance, sector, n) for i in range(chance.randint(*groups))}
    figures = _figures(chance, n, sector, skipping, matching)
    return Round(organisation, sector, labels, memberships, figures)


def _group(chance, sector, n):
    """A group by chance, or a sector with a few exchanged, or nearly everybody."""
    kind, share = chance.randrange(3), chance.random()
    if kind == 0:
        return np.array([chance.random() < share for _ in range(n)])
    start = sector == chance.choice(list(sector)) if kind == 1 else np.ones(n, dtype=bool)
    return start ^ np.array([chance.random() < 0.08 for _ in range(n)])


def _figures(chance, n, sector, skipping, matching):
    leaning = [chance.choice((0.05, 0.3, 0.5, 0.8, 0.95, 1.0)) for _ in range(8)]
    answers = {}
    for item in ITEMS:
        agrees = [chance.random() < leaning[s] for s in sector]
        answers[item] = np.array([float(chance.choice((4, 5) if yes else (1, 2, 3))) for yes in agrees])
        answers[item][[chance.random() < chance.choice((0, skipping)) for _ in range(n)]] = np.nan
    figures = [_figure(chance, code, _score(answers, parts), matching) for code, parts in PARTS.items()]
    items = [Figure(item, "item", answers[item], answers=answers[item], relatives=ABOVE[item]) for item in ITEMS]
    return figures + items


def _score(answers, parts):
    """The mean of the items answered, where at least half are."""
    table = np.array([answers[part] for part in parts])
    answered = (~np.isnan(table)).sum(axis=0)
    sums = np.nansum(table, axis=0)
    return np.where(2 * answered >= len(parts), sums / np.maximum(answered, 1), np.nan)


def _figure(chance, code, scores, matching):
    matched = None
    if chance.random() < matching:
        now = np.array([p for p in np.flatnonzero(~np.isnan(scores)) if chance.random() < 0.85], dtype=int)
        before = np.array([float(chance.choice((2, 3, 4, 5))) for _ in now])
        matched = Matched(now, before)
    return Figure(code, "function" if code == "F" else "indicator", scores, relatives=ABOVE[code], matched=matched)
