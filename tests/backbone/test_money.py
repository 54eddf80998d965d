"""Money by hand: several currencies, pledges that never came, and help in kind that nobody valued."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbone.money import (
    ResourceFacts,
    asked,
    by,
    fell_through,
    fiscal_years_of,
    leverage,
    levered,
    parts,
    pledged,
    received,
    standing,
    sums,
    unvalued,
    waiting,
)

FIRST, LAST = datetime.date(2026, 7, 1), datetime.date(2026, 9, 30)


def fact(amount="100.00", currency="USD", **changes):
    days = dict.fromkeys(("asked_on", "pledged_on", "received_on", "fell_through_on"))
    days |= {name: datetime.date.fromisoformat(changes.pop(name)) for name in list(changes) if name in days}
    words = {"kind": "money", "origin": "new", "source": "public", "recipient": "partners"} | changes
    return ResourceFacts(**words, amount=None if amount is None else Decimal(amount), currency=currency, **days)


GRANT = fact("5000.50", asked_on="2026-01-10", pledged_on="2026-07-01", received_on="2026-09-30")
EUROS = fact("200", "EUR", source="private", pledged_on="2026-08-01", received_on="2026-08-01")
LATE = fact("70", asked_on="2026-08-02", pledged_on="2026-09-01", received_on="2026-10-01")
NEVER = fact("900", pledged_on="2026-03-01", fell_through_on="2026-08-15")
REFUSED = fact("40", asked_on="2026-07-05", fell_through_on="2026-09-30", origin="redirected")
ROOMS = fact(None, "", kind="in_kind", received_on="2026-07-20", recipient="initiative")
VALUED = fact("0.10", kind="in_kind", received_on="2026-07-01", recipient="backbone")
PROMISED = fact("30", asked_on="2026-01-01", pledged_on="2026-02-01")
OPEN = fact("8", asked_on="2026-09-30")
ALL = [GRANT, EUROS, LATE, NEVER, REFUSED, ROOMS, VALUED, PROMISED, OPEN]


def test_each_day_counts_in_the_period_in_which_it_lies():
    assert asked(ALL, FIRST, LAST) == [LATE, REFUSED, OPEN]
    assert pledged(ALL, FIRST, LAST) == [GRANT, EUROS, LATE]
    assert received(ALL, FIRST, LAST) == [GRANT, EUROS, ROOMS, VALUED]
    assert fell_through(ALL, FIRST, LAST) == [NEVER, REFUSED]


def test_what_was_received_is_added_up_by_currency_and_never_across():
    found = received(ALL, FIRST, LAST)
    assert sums(found) == {"EUR": Decimal("200"), "USD": Decimal("5000.60")}
    assert list(sums(found)) == ["EUR", "USD"]
    assert unvalued(found) == 1


def test_pledge_stands_until_it_is_received_or_falls_through():
    assert standing(ALL, datetime.date(2026, 8, 14)) == [GRANT, NEVER, PROMISED]
    assert standing(ALL, datetime.date(2026, 8, 15)) == [GRANT, PROMISED]
    assert standing(ALL, LAST) == [LATE, PROMISED]
    assert standing(ALL, LAST + datetime.timedelta(days=1)) == [PROMISED]


def test_what_was_asked_for_waits_until_it_is_pledged_or_falls_through():
    assert waiting(ALL, datetime.date(2026, 8, 2)) == [LATE, REFUSED]
    assert waiting(ALL, LAST) == [OPEN]


def test_parts_tell_nothing_of_what_nobody_valued():
    found = received(ALL, FIRST, LAST)
    assert by(found, "recipient") == {
        "backbone": {"USD": Decimal("0.10")},
        "initiative": {},
        "partners": {"EUR": Decimal("200"), "USD": Decimal("5000.50")},
    }
    assert parts(found, "kind", "source")["in_kind", "public"] == [ROOMS, VALUED]


def test_nothing_adds_up_to_no_sum_and_not_to_zero():
    assert (sums([]), sums([ROOMS]), by([], "kind"), unvalued([])) == ({}, {}, {}, 0)


def test_leverage_leaves_out_what_the_backbone_was_given():
    found = received(ALL, FIRST, LAST)
    assert levered(found) == [GRANT, EUROS, ROOMS]
    assert leverage(found, [{"USD": Decimal("2000.20")}]) == {"USD": Decimal("2.5")}


@pytest.mark.parametrize(
    ("costs", "found"),
    [
        ([], {}),
        ([{}], {}),
        ([{"MXN": Decimal(10)}], {"MXN": 0}),
        ([{"EUR": Decimal(0)}], {}),
        ([{"EUR": Decimal(50)}, {"EUR": Decimal(30)}], {"EUR": Decimal("2.5")}),
        ([{"EUR": Decimal(50)}, {"USD": Decimal(30)}], {}),
    ],
)
def test_leverage_is_told_only_where_every_year_has_a_cost_in_that_currency(costs, found):
    assert leverage([GRANT, EUROS], costs) == found


@pytest.mark.parametrize(
    ("first", "last", "starts_in", "years"),
    [
        ((2026, 1, 1), (2026, 12, 31), 1, [2026]),
        ((2026, 3, 1), (2026, 8, 31), 7, [2025, 2026]),
        ((2024, 12, 31), (2026, 1, 1), 1, [2024, 2025, 2026]),
        ((2026, 2, 2), (2026, 2, 1), 1, []),
    ],
)
def test_fiscal_years_are_those_that_the_period_touches(first, last, starts_in, years):
    found = fiscal_years_of(datetime.date(*first), datetime.date(*last), starts_in)
    assert [start for start, _end in found] == [datetime.date(year, starts_in, 1) for year in years]


DAYS = st.none() | st.dates(datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))
FACTS = st.lists(
    st.builds(
        ResourceFacts,
        kind=st.sampled_from(["money", "in_kind"]),
        origin=st.sampled_from(["new", "redirected"]),
        source=st.sampled_from(["public", "private"]),
        recipient=st.sampled_from(["partners", "initiative", "backbone"]),
        amount=st.none() | st.integers(0, 10**13).map(lambda cents: Decimal(cents) / 100),
        currency=st.sampled_from(["EUR", "MXN", "USD"]),
        asked_on=DAYS,
        pledged_on=DAYS,
        received_on=DAYS,
        fell_through_on=DAYS,
    ),
    max_size=8,
)


@given(facts=FACTS, name=st.sampled_from(["kind", "origin", "source", "recipient"]))
def test_parts_add_up_to_the_whole_of_each_currency(facts, name):
    whole, added = sums(facts), {}
    for part in by(facts, name).values():
        for currency, amount in part.items():
            added[currency] = added.get(currency, 0) + amount
    assert (added, list(whole)) == (whole, sorted(whole))
    assert sum(unvalued(part) for part in parts(facts, name).values()) == unvalued(facts)
    assert all(type(amount) is Decimal for amount in whole.values())


@given(facts=FACTS, cut=st.dates(datetime.date(2026, 1, 1), datetime.date(2026, 12, 30)))
def test_two_periods_that_meet_hold_what_the_whole_holds(facts, cut):
    first, last = datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)
    for among in (asked, pledged, received, fell_through):
        halves = among(facts, first, cut) + among(facts, cut + datetime.timedelta(days=1), last)
        assert sums(halves) == sums(among(facts, first, last))
