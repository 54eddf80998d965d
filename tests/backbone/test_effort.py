"""Hours against the plan and what they cost: pure arithmetic, the pages, and who may see them."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from backbone.actions.effort import add_cost, set_plan
from backbone.effort import (
    fiscal_year_of,
    last_day_of,
    name_of_year,
    percent,
    plan_of_day,
    planned_minutes,
    split_money,
)
from backbone.models import Activity, ActivityFunction, BackboneCost, EffortPlan, EffortShare
from backbone.queries.effort import cost_years, effort, plan_rows
from initiatives.models import HistoryEntry
from tests.backbone.factories import ActivityFactory
from tests.backbone.test_activities import HOSTILE, address, errors_of, function
from tests.factories import GroupFactory, OrganisationFactory
from tests.indicators.factories import PublicationFactory

pytestmark = pytest.mark.django_db
YEAR = datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)
JULY = datetime.date(2026, 7, 1)


def planned(initiative, starts_on, by, **percents):
    shares = {function(initiative, code): number for code, number in percents.items()}
    return set_plan(initiative=initiative, starts_on=starts_on, percents=shares, by=by)


def lines(initiative, *period):
    found = effort(initiative, *period).lines
    return {line.label: (line.time, line.share, line.plan, line.difference) for line in found if line.time != "–"}


def cost(initiative, by, amount="1000", currency="EUR", year=YEAR[0]):
    return add_cost(
        initiative=initiative, year_starts_on=year, kind="salaries", amount=Decimal(amount), currency=currency, by=by
    )


@pytest.mark.parametrize(
    ("part", "whole", "found"), [(1, 8, 13), (1, 3, 33), (2, 3, 67), (0, 5, 0), (5, 5, 100), (0, 0, None)]
)
def test_percent_is_rounded_half_up_and_of_nothing_there_is_none(part, whole, found):
    assert percent(part, whole) == found


def test_plan_of_a_day_is_the_last_that_began_and_of_one_day_the_later():
    plans = [(YEAR[0], "old"), (JULY, "first"), (JULY, "second")]
    days = [datetime.date(2025, 12, 31), YEAR[0], datetime.date(2026, 6, 30), JULY, YEAR[1]]
    assert [plan_of_day(plans, day) for day in days] == [None, "old", "old", "second", "second"]


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 100)), max_size=5))
def test_planned_minutes_add_up_to_what_was_logged(phases):
    found = planned_minutes([(minutes, {"a": part, "b": 100 - part}) for minutes, part in phases])
    assert sum(found.values()) == sum(minutes for minutes, _part in phases)


@given(st.decimals(0, 10**9, places=2), st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 10**6), max_size=6))
def test_money_adds_up_to_the_cent_or_is_shared_over_nothing(amount, minutes):
    parts = split_money(amount, minutes)
    assert sum(parts.values()) == (amount if sum(minutes.values()) else 0)
    assert (not sum(minutes.values())) == (parts == {})


@pytest.mark.parametrize(
    ("day", "starts_in", "first", "last", "name"),
    [
        ((2026, 6, 30), 7, (2025, 7, 1), (2026, 6, 30), "2025/26"),
        ((2026, 7, 1), 7, (2026, 7, 1), (2027, 6, 30), "2026/27"),
        ((2026, 2, 3), 1, (2026, 1, 1), (2026, 12, 31), "2026"),
        ((2028, 2, 29), 3, (2027, 3, 1), (2028, 2, 29), "2027/28"),
        ((1999, 12, 31), 10, (1999, 10, 1), (2000, 9, 30), "1999/00"),
    ],
)
def test_fiscal_year_need_not_start_in_january(day, starts_in, first, last, name):
    found = fiscal_year_of(datetime.date(*day), starts_in)
    assert found == (datetime.date(*first), datetime.date(*last))
    assert (last_day_of(found[0]), name_of_year(found[0])) == (datetime.date(*last), name)


def test_time_is_held_against_the_plan_of_its_day(director, initiative):
    planned(initiative, YEAR[0], director.user, vision=50, policy=50)
    planned(initiative, JULY, director.user, vision=0, policy=100)
    ActivityFactory(initiative=initiative, minutes=300, held_on=YEAR[0])
    ActivityFactory(initiative=initiative, minutes=100, held_on=JULY, functions={"policy": 1})
    assert lines(initiative, *YEAR) == {
        "Guide vision and strategy": ("5 h", "75 %", "38 %", "37 points more"),
        "Advance policy": ("1 h 40 min", "25 %", "63 %", "38 points less"),
    }
    assert effort(initiative, *YEAR).total == "6 h 40 min"


def test_time_before_the_first_plan_is_told_and_not_compared(director, initiative):
    planned(initiative, JULY, director.user, vision=100)
    ActivityFactory(initiative=initiative, minutes=60, held_on=JULY - datetime.timedelta(days=1))
    ActivityFactory(initiative=initiative, minutes=30, held_on=JULY)
    found = effort(initiative, *YEAR)
    assert (found.before, found.total, found.since) == ("1 h", "30 min", "1 July 2026")
    assert lines(initiative, *YEAR) == {"Guide vision and strategy": ("30 min", "100 %", "100 %", "as planned")}


def test_without_a_plan_nothing_is_compared(staff, initiative):
    ActivityFactory(initiative=initiative)
    assert lines(initiative, *YEAR) == {"Guide vision and strategy": ("30 min", "100 %", "", "")}
    page = staff.get(address("activity-effort", initiative), {"since": "2026-01-01", "until": "2026-12-31"})
    assert "There is no plan yet." in page.content.decode()


def test_chart_marks_the_plan(director, initiative):
    planned(initiative, YEAR[0], director.user, vision=25, policy=75)
    ActivityFactory(initiative=initiative, minutes=100)
    chart = effort(initiative, *YEAR).chart
    assert chart.rows[0] == ["Guide vision and strategy", "100 %, 75 points more"]
    assert chart.rows[4] == ["Advance policy", "75 points less"]
    assert [drawing.lines[0].x1 < drawing.lines[4].x1 for drawing in (chart.wide, chart.narrow)] == [True, True]


def test_groups_add_up_and_each_partner_counts_in_full(staff, director, initiative):
    group = GroupFactory(initiative=initiative, name="Data group")
    both = ActivityFactory(initiative=initiative, minutes=60, group=group, people=[staff.user, director.user])
    ActivityFactory(initiative=initiative, minutes=30, people=[])
    for name in ("Alder", "Birch"):
        both.partners.add(OrganisationFactory(initiative=initiative, name=name))
    found = effort(initiative, *YEAR)
    assert found.groups == [("Data group", "2 h", "80 %"), ("no committee or group", "30 min", "20 %")]
    assert (found.partners, found.other_partners) == ([("Alder", "2 h"), ("Birch", "2 h")], "")


def test_deleted_and_foreign_activities_are_in_no_line(staff, initiative, other_initiative):
    gone = ActivityFactory(initiative=initiative, group=GroupFactory(initiative=initiative))
    gone.partners.add(OrganisationFactory(initiative=initiative))
    ActivityFactory(initiative=other_initiative)
    staff.post(address("activity-delete", initiative, gone.pk))
    found = effort(initiative, *YEAR)
    assert (found.groups, found.partners, found.total, found.chart) == ([], [], "", None)


def test_plan_is_set_by_directors_and_kept_with_its_history(director, staff, initiative):
    fields = {"starts_on": "2026-07-01", "phase": "Start", "percent_vision": "60", "percent_policy": "40"}
    assert staff.post(address("activity-plan", initiative), fields).status_code == 403
    assert EffortPlan.objects.count() == 0
    director.post(address("activity-plan", initiative), fields)
    director.post(address("activity-plan", initiative), fields | {"percent_vision": "100", "percent_policy": ""})
    told = HistoryEntry.objects.order_by("id").first()
    assert told.after == {"starts_on": "2026-07-01", "phase": "Start", "vision": 60, "policy": 40}
    assert [[share for share in row.shares if share[1]] for row in plan_rows(initiative)] == [
        [("Guide vision and strategy", 100)],
        [("Guide vision and strategy", 60), ("Advance policy", 40)],
    ]


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"percent_policy": "30"}, {"__all__": ["The percentages add up to 90. Change them so that they are 100 together."]}),
        ({"percent_policy": "101"}, {"percent_policy": ["Ensure this value is less than or equal to 100."]}),
        ({"starts_on": ""}, {"starts_on": ["This field is required."]}),
    ],
)  # fmt: skip
def test_plan_that_makes_no_sense_is_refused_and_nothing_is_written(director, initiative, changes, errors):
    fields = {"starts_on": "2026-07-01", "percent_vision": "60", "percent_policy": "40"} | changes
    answer = director.post(address("activity-plan", initiative), fields)
    assert errors_of(answer) == errors
    assert 'value="60"' in answer.content.decode()
    assert EffortPlan.objects.count() == EffortShare.objects.count() == HistoryEntry.objects.count() == 0


def test_action_refuses_a_plan_of_less_than_everything(director, initiative):
    with pytest.raises(ValueError, match="add up to 100"):
        planned(initiative, JULY, director.user, vision=99)
    assert EffortPlan.objects.count() == 0


def test_cost_is_shared_out_by_minutes_within_its_fiscal_year(director, initiative):
    initiative.fiscal_year_starts_in = 7
    initiative.save()
    cost(initiative, director.user, "100", year=JULY)
    cost(initiative, director.user, "50.01", year=JULY)
    cost(initiative, director.user, "9", currency="USD", year=JULY)
    ActivityFactory(initiative=initiative, minutes=20, held_on=JULY)
    ActivityFactory(initiative=initiative, minutes=10, held_on=datetime.date(2027, 6, 30), functions={"policy": 1})
    for outside in (datetime.date(2026, 6, 30), datetime.date(2027, 7, 1)):
        ActivityFactory(initiative=initiative, held_on=outside)
    [year] = cost_years(initiative)
    assert (year.name, year.time, year.totals) == ("2026/27", "30 min", ["150.01 EUR", "9 USD"])
    assert year.lines == [
        ("Guide vision and strategy", "20 min", "67 %", [("EUR", "100.01 EUR"), ("USD", "6 USD")]),
        ("Advance policy", "10 min", "33 %", [("EUR", "50 EUR"), ("USD", "3 USD")]),
    ]


def test_a_year_without_time_shares_nothing_out(director, initiative):
    cost(initiative, director.user)
    page = director.get(address("activity-cost", initiative)).content.decode()
    assert "its cost is shared out over nothing" in page
    assert "1,000 EUR" in page
    [year] = cost_years(initiative)
    assert (year.lines, year.time) == ([], "")


def test_cost_is_noted_and_deleted_with_history(director, initiative):
    here = address("activity-cost", initiative)
    first = director.get(here).context["form"].initial["year_starts_on"]
    fields = {"year_starts_on": first, "kind": "other", "amount": "12.50", "currency": "eur", "note": HOSTILE}
    assert director.post(here, fields).url == here
    noted = BackboneCost.objects.get()
    assert (str(noted.year_starts_on), noted.amount, noted.currency) == (first, Decimal("12.50"), "EUR")
    assert HOSTILE not in director.get(here).content.decode()
    director.post(address("activity-cost-delete", initiative, noted.pk))
    assert BackboneCost.objects.count() == 0
    assert list(HistoryEntry.objects.order_by("id").values_list("verb", flat=True)) == [
        "backbone_cost_added", "backbone_cost_deleted",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"amount": "-1"}, "amount"), ({"currency": "XXY"}, "currency"), ({"year_starts_on": "2026-02-30"}, "year_starts_on")],
)  # fmt: skip
def test_cost_that_makes_no_sense_is_refused(director, initiative, changes, field):
    first = director.get(address("activity-cost", initiative)).context["form"].initial["year_starts_on"]
    fields = {"year_starts_on": first, "kind": "other", "amount": "1", "currency": "EUR"} | changes
    assert list(errors_of(director.post(address("activity-cost", initiative), fields))) == [field]
    assert BackboneCost.objects.count() == 0


def test_history_that_staff_read_tells_no_amount(director, staff, initiative):
    noted = add_cost(
        initiative=initiative, year_starts_on=JULY, kind="salaries", amount=Decimal("98765.43"), currency="EUR",
        note="Raise for Anna", by=director.user,
    )  # fmt: skip
    director.post(address("activity-cost-delete", initiative, noted.pk))
    page = staff.get(address("history-list", initiative)).content.decode()
    kept = str(list(HistoryEntry.objects.values_list("object_label", "before", "after")))
    assert [("98765" in text or "98,765" in text, "Anna" in text) for text in (page, kept)] == [(False, False)] * 2
    assert "Salaries" in page


def test_only_directors_see_what_it_costs(staff, committee_member, stranger, director, initiative):
    noted = cost(initiative, director.user)
    statuses = [
        who.get(address("activity-cost", initiative)).status_code for who in (staff, committee_member, stranger)
    ]
    assert statuses == [403, 403, 404]
    assert staff.post(address("activity-cost-delete", initiative, noted.pk)).status_code == 403
    assert (
        address("activity-cost", initiative) not in staff.get(address("activity-effort", initiative)).content.decode()
    )
    assert committee_member.get(address("activity-effort", initiative)).status_code == 403


def test_cost_of_another_initiative_does_not_exist_here(director, initiative, other_initiative):
    foreign = cost(other_initiative, director.user)
    assert director.post(address("activity-cost-delete", initiative, foreign.pk)).status_code == 404
    assert BackboneCost.objects.count() == 1


def test_effort_costs_the_same_with_one_three_and_three_thousand(director, initiative):
    planned(initiative, YEAR[0], director.user, vision=100)
    partner, vision, counts = OrganisationFactory(initiative=initiative), function(initiative, "vision"), []
    for number in (1, 2, 2_997):
        made = Activity.objects.bulk_create(
            Activity(initiative=initiative, title="Call", held_on=JULY, minutes=30) for _ in range(number)
        )
        ActivityFunction.objects.bulk_create(ActivityFunction(activity=row, function=vision) for row in made)
        through = Activity.partners.through
        through.objects.bulk_create(through(activity=row, organisation=partner) for row in made)
        with CaptureQueriesContext(connection) as queries:
            found = director.get(address("activity-effort", initiative), {"since": "2026-01-01", "until": "2026-12-31"})
        counts.append(len(queries))
    assert (found.context["effort"].total, len(set(counts))) == ("1500 h", 1)


def test_committees_page_tells_the_plan_in_force_and_no_row(committee_member, director, initiative):
    PublicationFactory(initiative=initiative)
    ActivityFactory(initiative=initiative, title="Call with the mayor", held_on=initiative.today())
    page = committee_member.get(address("dashboard", initiative)).content.decode()
    assert ("30 min of 30 min logged" in page, "the plan now gives it" in page) == (True, False)
    planned(initiative, YEAR[0], director.user, vision=100)
    planned(initiative, initiative.today(), director.user, vision=30, policy=70)
    planned(initiative, datetime.date(2099, 1, 1), director.user, policy=100)
    page = committee_member.get(address("dashboard", initiative)).content.decode()
    assert [page.count(f"; the plan now gives it {number} %") for number in (30, 70, 100)] == [1, 1, 0]
    assert "Call with the mayor" not in page
