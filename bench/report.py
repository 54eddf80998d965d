"""The arithmetic of a measurement: medians, ratios, goals, and when a row is not ok. Pure but for `alternating`."""

import json
import math
from dataclasses import dataclass
from statistics import median

# A floor slower than this share of the figure in docs/performance.md is no floor: the machine, or the floor, is not right.
FLOOR_SHARE = 0.6
RUNS = 5


@dataclass(frozen=True)
class Goal:
    """What the ratio has to be, at least or at most; or `ours`: what our own figure has to stay under."""

    least: float | None = None
    most: float | None = None
    ours: float | None = None

    def holds(self, ratio, ours):
        bounds = (self.least is None or ratio >= self.least, self.most is None or ratio <= self.most)
        return all(bounds) and (self.ours is None or ours < self.ours)

    def __str__(self):
        parts = {">= ": self.least, "<= ": self.most, "ours < ": self.ours}
        return " and ".join(f"{sign}{bound:g}" for sign, bound in parts.items() if bound is not None)


@dataclass(frozen=True)
class Row:
    """One figure of ours beside its floor. `unit` ending in "/s" is a rate (more is better), anything else a cost.

    `known`: the floor's figure on a like machine, None where there is none. `note`: what is wrong, or what to know.
    `sound`: False when the run itself cannot be trusted (a check failed), whatever the ratio says.
    """

    name: str
    unit: str
    ours: float
    floor: float
    goal: Goal
    known: float | None = None
    note: str = ""
    sound: bool = True

    @property
    def ratio(self):
        return self.ours / self.floor if self.floor else float("inf")

    @property
    def floor_is_low(self):
        if self.known is None:
            return False
        speed = self.floor / self.known if self.unit.endswith("/s") else self.known / self.floor
        return speed < FLOOR_SHARE

    @property
    def ok(self):
        return self.sound and not self.floor_is_low and self.goal.holds(self.ratio, self.ours)

    def as_json(self):
        fields = {
            "name": self.name,
            "unit": self.unit,
            "ours": rounded(self.ours),
            "floor": rounded(self.floor),
            "ratio": rounded(self.ratio),
            "goal": str(self.goal),
            "ok": self.ok,
            "note": self.remark,
        }
        return json.dumps(fields)

    @property
    def remark(self):
        low = f"the floor is under {FLOOR_SHARE:.0%} of its figure, {self.known:g}" if self.floor_is_low else ""
        return "; ".join(part for part in (low, self.note) if part)


def rounded(number):
    """Three figures: 0.123, 12.3, 1230."""
    return float(f"{number:.3g}")


def alternating(ours, floor, runs=RUNS):
    """Call both in turn, `runs` times each, first one first and then the other; returns both medians.

    Each call returns its own figure, so that preparing a run is not measured.
    """
    measured = ([], [])
    for run in range(runs):
        pair = [(0, ours), (1, floor)]
        for place, measure in pair if run % 2 == 0 else reversed(pair):
            measured[place].append(measure())
    return median(measured[0]), median(measured[1])


def percentile(values, share):
    """The smallest value that at least `share` of all values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]


HEADINGS = ("name", "unit", "ours", "floor", "ratio", "goal", "ok", "note")


def table(rows):
    """The rows, as they come out of their JSON lines, as text in columns."""
    lines = [HEADINGS, *([_cell(row[name]) for name in HEADINGS] for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(HEADINGS))]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def _cell(value):
    if isinstance(value, bool):
        return "yes" if value else "NO"
    return f"{value:g}" if isinstance(value, float | int) else str(value)
