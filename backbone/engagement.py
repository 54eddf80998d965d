"""How far engagement, communication and assistance went, added up. Pure: no database and no clock.

People are ranges (see `backbone.people_range`): what nobody counted is missing from a sum, and the sum says of how many it is.
"""

import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal

from backbone import people_range
from backbone.counting.periods import QUARTER, period_of
from partners.names import fold

# The spectrum, from being told to leading.
LEVELS = ("inform", "consult", "involve", "collaborate", "lead")


@dataclass(frozen=True)
class Entry:
    """An activity of one of the kinds counted here; `partners` are keys."""

    held_on: datetime.date
    level: str = ""
    least: int | None = None
    most: int | None = None
    audience: str = ""
    topic: str = ""
    days: Decimal | None = None
    partners: frozenset = frozenset()


@dataclass(frozen=True)
class Reach:
    """How many activities, and how many people `said` of them say they reached; least and most are None where none does."""

    number: int
    least: int | None
    most: int | None
    said: int


@dataclass(frozen=True)
class Help:
    """How many times, for which partners, and the days that `said` of them took; None where none says so."""

    number: int
    partners: frozenset
    days: Decimal | None
    said: int


def reach(entries):
    return Reach(len(entries), *people_range.together([(entry.least, entry.most) for entry in entries]))


def help_given(entries):
    days = [entry.days for entry in entries if entry.days is not None]
    partners = frozenset().union(*(entry.partners for entry in entries))
    return Help(len(entries), partners, sum(days, Decimal(0)) if days else None, len(days))


def by_level(entries):
    """[(level, Reach)], every level in the order of the spectrum."""
    return [(level, reach([entry for entry in entries if entry.level == level])) for level in LEVELS]


def quarters(first, last, first_month):
    """[(first day, last day)] of the quarters between two days, cut to them, where years begin in `first_month`."""
    found, day = [], first
    while day <= last:
        period = period_of(QUARTER, day, first_month)
        found.append((day, min(period.last, last)))
        day = period.last + datetime.timedelta(days=1)
    return found


def by_quarter(entries, spans):
    """{level: how many activities in each of `spans`}."""
    return {
        level: [
            sum(entry.level == level and first <= entry.held_on <= last for entry in entries) for first, last in spans
        ]
        for level in LEVELS
    }


def by_words(entries, name):
    """[(words, entries)] by what the field `name` says, in whatever capitals; the most frequent first."""
    of_words = defaultdict(list)
    for entry in entries:
        of_words[fold(getattr(entry, name))].append(entry)
    ordered = sorted(of_words.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return [(getattr(found[0], name), found) for _folded, found in ordered]


def by_partner(entries):
    """[(key, in how many)], the most frequent first."""
    return Counter(key for entry in entries for key in sorted(entry.partners)).most_common()
