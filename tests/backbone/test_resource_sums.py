"""Sums of a period and leverage, by hand: several currencies, pledges that never came, and what nobody valued."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from backbone.actions.effort import add_cost
from backbone.forms.resources import SumsPeriodForm
from backbone.queries.resource_sums import leverage, sums
from tests.backbone.factories import ResourceFactory

pytestmark = pytest.mark.django_db
FIRST, LAST = datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)
JUNE = datetime.date(2026, 6, 1), datetime.date(2026, 6, 30)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """The year that all this is about is over."""
    monkeypatch.setattr("initiatives.models.Initiative.today", lambda self: datetime.date(2027, 2, 1))


def address(initiative):
    return reverse("backbone:resource-sums", args=[initiative.slug])


def made(initiative, amount="100", **fields):
    return ResourceFactory(initiative=initiative, amount=amount if amount is None else Decimal(amount), **fields)


def cost(initiative, by, amount="1000", currency="USD", year=FIRST):
    add_cost(
        initiative=initiative,
        year_starts_on=year,
        kind="salaries",
        amount=Decimal(amount),
        currency=currency,
        by=by.user,
    )


def filled(initiative):
    """A year: 1600.10 USD and 50 EUR received, 70 USD pledged and lost, 30 USD still open, two without a value."""
    made(initiative, "1000.10", asked_on="2025-12-31", pledged_on="2026-02-01")
    made(initiative, "500", kind="in_kind", source="private", recipient="initiative")
    made(initiative, "100", origin="redirected", recipient="backbone")
    made(initiative, "50", currency="EUR", origin="redirected", source="private")
    made(initiative, "70", received_on=None, pledged_on="2026-03-01", fell_through_on="2026-12-31")
    made(initiative, "30", received_on=None, asked_on="2026-01-01", pledged_on="2026-12-31")
    made(initiative, None)
    made(initiative, None, received_on=None, asked_on="2026-05-01")
    made(initiative, "9999", received_on="2027-01-01")
    made(initiative, "9999", received_on="2025-12-31")


def test_states_of_each_currency_by_hand(initiative):
    filled(initiative)
    found = sums(initiative, FIRST, LAST)
    dollar, euro = found.currencies
    assert [(label, *kinds, together) for label, kinds, together in dollar.states] == [
        ("Asked for", "30 USD", "–", "30 USD"),
        ("Pledged", "1,100.10 USD", "–", "1,100.10 USD"),
        ("Received", "1,100.10 USD", "500 USD", "1,600.10 USD"),
        ("Fell through", "70 USD", "–", "70 USD"),
        ("Pledged and not received, as of 31 December 2026", "30 USD", "–", "30 USD"),
    ]
    assert euro.states == [("Received", ["50 EUR", "–"], "50 EUR")]
    word = "1 contribution in kind without a known value"
    assert found.unvalued == [("Asked for", word), ("Received", word)]


def test_received_by_origin_source_and_recipient_adds_up(initiative):
    filled(initiative)
    dollar, euro = sums(initiative, FIRST, LAST).currencies
    found = [(label, [amount for _recipient, amount in amounts], together) for label, amounts, together in dollar.ways]
    assert found == [
        ("New, public", ["1,000.10 USD", "–", "–"], "1,000.10 USD"),
        ("New, private", ["–", "500 USD", "–"], "500 USD"),
        ("Redirected, public", ["–", "–", "100 USD"], "100 USD"),
        ("Together", ["1,000.10 USD", "500 USD", "100 USD"], "1,600.10 USD"),
    ]
    assert [label for label, _amounts, _together in euro.ways] == ["Redirected, private"]


def test_chart_has_a_bar_for_each_source_and_recipient(initiative):
    filled(initiative)
    chart = sums(initiative, FIRST, LAST).currencies[0].chart
    assert chart.rows == [
        ["Public, to partners", "1,000.10 USD"],
        ["Public, to the backbone", "100 USD"],
        ["Private, to the initiative", "500 USD"],
    ]


def test_time_without_anything_has_no_sums_and_a_pledge_stands_on(director, initiative):
    assert sums(initiative, FIRST, LAST).is_empty
    assert "Nothing in this time" in director.get(address(initiative)).content.decode()
    made(initiative, received_on=None, pledged_on="2025-03-01")
    [dollar] = sums(initiative, *JUNE).currencies
    words = "Pledged and not received, as of 30 June 2026"
    assert (dollar.states, dollar.chart) == ([(words, ["100 USD", "–"], "100 USD")], None)


@pytest.mark.parametrize(
    ("typed", "period"),
    [
        ({}, ("2026-07-01", "2027-06-30")),
        ({"since": "2025-01-01"}, ("2025-01-01", "2027-06-30")),
        ({"until": "2025-08-31"}, ("2025-07-01", "2025-08-31")),
        ({"since": "2028-01-01"}, ("2028-01-01", "2028-06-30")),
        ({"since": "2026-03-01", "until": "2026-02-01"}, ("2026-03-01", "2027-06-30")),
        ({"since": "0001-01-01", "until": "9999-12-31"}, ("2026-07-01", "2027-06-30")),
    ],
)
def test_period_is_the_fiscal_year_unless_something_else_is_asked_for(director, initiative, typed, period):
    initiative.fiscal_year_starts_in = 7
    initiative.save()
    assert [day.isoformat() for day in SumsPeriodForm(typed, initiative=initiative).period] == list(period)
    assert director.get(address(initiative), typed).status_code == 200


def test_leverage_by_hand(director, initiative):
    filled(initiative)
    cost(initiative, director, "300")
    cost(initiative, director, "180.03")
    found = leverage(initiative, FIRST, LAST)
    # 1000.10 of new public money and 500 of new private help; the 100 for the backbone itself move nothing.
    [line] = found.lines
    assert (line.sentence, line.new, line.redirected) == (
        "3.1 USD for each USD that the backbone cost",
        "3.1 USD",
        "0 USD",
    )
    assert (line.received, line.cost) == ("1,500.10 USD", "480.03 USD")
    assert found.notes == [
        "No leverage in EUR: no cost in EUR is noted for 2026.",
        "Not in it: 1 contribution in kind without a known value.",
    ]


def test_leverage_of_new_and_redirected_each(director, initiative):
    made(initiative, "60")
    made(initiative, "30.5", origin="redirected", source="private")
    cost(initiative, director, "100")
    [line] = leverage(initiative, FIRST, LAST).lines
    assert (line.sentence[:8], line.new, line.redirected) == ("0.91 USD", "0.60 USD", "0.31 USD")


def test_leverage_of_a_part_of_a_year_is_that_of_its_years(director, initiative):
    filled(initiative)
    cost(initiative, director, "1000")
    cost(initiative, director, "3000", year=datetime.date(2027, 1, 1))
    cost(initiative, director, "10", currency="EUR")
    found = leverage(initiative, datetime.date(2026, 11, 1), datetime.date(2027, 1, 31))
    # 1500.10 of 2026 and 9999 of 2027, over a cost of 4000.
    assert (found.years, [line.sentence[:7] for line in found.lines]) == ("2026, 2027", ["2.9 USD"])
    assert found.notes[:3] == [
        "The time above is no whole fiscal year, so this is told of the fiscal years in which it lies.",
        "The year 2027 is not over: its whole cost stands against what was received until 1 February 2027.",
        "No leverage in EUR: no cost in EUR is noted for 2027.",
    ]


def test_leverage_says_what_is_missing_and_a_cost_that_brought_nothing_is_zero(director, initiative):
    nothing = leverage(initiative, FIRST, LAST)
    assert (nothing.lines, nothing.notes) == (
        [],
        ["Nothing with a value came for partners or the initiative, and no cost is noted."],
    )
    cost(initiative, director, "10")
    cost(initiative, director, "0", currency="EUR")
    [line] = leverage(initiative, FIRST, LAST).lines
    assert (line.sentence, line.received) == ("0 USD for each USD that the backbone cost", "–")
    made(initiative, "0.04")
    [line] = leverage(initiative, FIRST, LAST).lines
    assert line.sentence.startswith("less than 0.01 USD")


def test_leverage_and_cost_are_for_those_alone_who_see_what_the_backbone_costs(director, staff, initiative):
    filled(initiative)
    cost(initiative, director, "480.03")
    pages = [
        client.get(address(initiative), {"since": FIRST, "until": LAST}).content.decode()
        for client in (director, staff)
    ]
    for words in ("480.03 USD", "3.1 USD for each USD", reverse("backbone:activity-cost", args=[initiative.slug])):
        assert [words in page for page in pages] == [True, False], words
    assert ["1,600.10 USD" in page for page in pages] == [True, True]


def test_deleted_and_foreign_resources_are_in_no_sum(staff, initiative, other_initiative):
    made(other_initiative)
    gone = made(initiative)
    staff.post(reverse("backbone:resource-delete", args=[initiative.slug, gone.pk]))
    assert sums(initiative, FIRST, LAST).is_empty
