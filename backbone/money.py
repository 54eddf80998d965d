"""Money and help in kind, added up: asked for, pledged, received, fallen through. No database, no clock.

Amounts of two currencies are never added. Help in kind that nobody valued has the amount None: it is counted beside the sums
and is never zero. A period is its first and its last day, both included.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from backbone.effort import fiscal_year_of

BACKBONE = "backbone"


@dataclass(frozen=True)
class ResourceFacts:
    """One resource as far as sums need it. `amount` is None where its value is not known; days are None where they are not."""

    kind: str
    origin: str
    source: str
    recipient: str
    amount: Decimal | None
    currency: str
    asked_on: datetime.date | None
    pledged_on: datetime.date | None
    received_on: datetime.date | None
    fell_through_on: datetime.date | None


def asked(facts, first, last):
    return _within(facts, "asked_on", first, last)


def pledged(facts, first, last):
    """Pledged in the period, whatever became of it since."""
    return _within(facts, "pledged_on", first, last)


def received(facts, first, last):
    return _within(facts, "received_on", first, last)


def fell_through(facts, first, last):
    """What was pledged or only asked for, and came to nothing in the period."""
    return _within(facts, "fell_through_on", first, last)


def _within(facts, name, first, last):
    return [fact for fact in facts if (day := getattr(fact, name)) is not None and first <= day <= last]


def standing(facts, day):
    """Pledged by the end of `day`, and by then neither received nor fallen through."""
    return [fact for fact in facts if _by_then(fact.pledged_on, day) and not _is_settled(fact, day)]


def waiting(facts, day):
    """Asked for by the end of `day`, and by then neither pledged nor received nor fallen through."""
    return [
        fact
        for fact in facts
        if _by_then(fact.asked_on, day) and not _by_then(fact.pledged_on, day) and not _is_settled(fact, day)
    ]


def _is_settled(fact, day):
    return _by_then(fact.received_on, day) or _by_then(fact.fell_through_on, day)


def _by_then(on, day):
    return on is not None and on <= day


def sums(facts):
    """{currency: amount} in the order of the currencies; {} where nothing has a value."""
    found = {}
    for fact in facts:
        if fact.amount is not None:
            found[fact.currency] = found.get(fact.currency, Decimal()) + fact.amount
    return dict(sorted(found.items()))


def unvalued(facts):
    """How many have no known value."""
    return sum(fact.amount is None for fact in facts)


def by(facts, name):
    """{value: sums} of a field such as "origin", in the order of the values; the sums of its parts add up to `sums`."""
    return {value: sums(part) for value, part in parts(facts, name).items()}


def parts(facts, *names):
    """{value, or values in a tuple where several fields are named: facts} in the order of the values."""
    found = {}
    for fact in facts:
        values = tuple(getattr(fact, name) for name in names)
        found.setdefault(values if len(names) > 1 else values[0], []).append(fact)
    return dict(sorted(found.items()))


def levered(facts):
    """What reached partners and the initiative; what the backbone itself was given moves nothing."""
    return [fact for fact in facts if fact.recipient != BACKBONE]


def fiscal_years_of(first, last, starts_in):
    """(first day, last day) of each fiscal year that the period touches, in order."""
    years, day = [], first
    while day <= last:
        years.append(fiscal_year_of(day, starts_in))
        day = years[-1][1] + datetime.timedelta(days=1)
    return years


def leverage(facts, costs):
    """{currency: amount for each unit that the backbone cost}, of facts that were received in whole fiscal years.

    `costs` are {currency: cost}, one for each of these years. A currency is left out where a year has no cost in it, because
    what is not known is not nothing. One that has a cost and brought nothing has the leverage 0.
    """
    brought = sums(levered(facts))
    known = set(costs[0]).intersection(*costs[1:]) if costs else set()
    spent = {currency: sum(year[currency] for year in costs) for currency in sorted(known)}
    return {currency: brought.get(currency, Decimal()) / cost for currency, cost in spent.items() if cost}
