"""Phases by date, the bands that they draw under charts over time, and what a phase asks beside where the hours go."""

import datetime
import itertools

import pytest
from django.urls import reverse

from backbone.actions import phases as actions
from backbone.models import EffortPlan, PhaseModel
from backbone.queries.activities import time_table
from backbone.queries.engagement import engagement_page
from backbone.queries.phase_hours import phase_page
from backbone.queries.phases import phase_bands, phases_between
from initiatives.models import HistoryEntry
from tests.backbone.factories import ActivityFactory, MilestoneFactory

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
FIRST, LAST = datetime.date(2026, 1, 1), datetime.date(2026, 6, 30)


def address(name, initiative):
    return reverse(f"backbone:{name}", args=[initiative.slug])


def phase(initiative, stage, *day, model="collective_impact"):
    return MilestoneFactory(initiative=initiative, model=model, stage=stage, starts_on=datetime.date(*day))


@pytest.fixture
def chosen(initiative):
    return PhaseModel.objects.create(initiative=initiative, model="collective_impact")


def test_phases_are_chosen_once_told_and_the_same_choice_is_not_told_again(staff, initiative):
    for model in ("dialogic_change", "dialogic_change", "collective_impact"):
        answer = staff.post(address("milestone-phases-choose", initiative), {"model": model})
        assert answer.url == address("milestone-phases", initiative)
    assert PhaseModel.objects.get().model == "collective_impact"
    entries = HistoryEntry.objects.order_by("id").values_list("verb", "before", "after")
    assert list(entries) == [
        ("phasemodel_chosen", {}, {"model": "dialogic_change"}),
        ("phasemodel_chosen", {"model": "dialogic_change"}, {"model": "collective_impact"}),
    ]


@pytest.mark.parametrize("model", ["", "readiness", "no_model"])
def test_a_model_without_phases_cannot_be_chosen(model, staff, initiative):
    answer = staff.post(address("milestone-phases-choose", initiative), {"model": model})
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, ["model"])
    assert not PhaseModel.objects.exists()
    with pytest.raises(ValueError, match="no model of phases"):
        actions.choose(initiative=initiative, model=model, by=staff.user)


def test_the_page_says_what_comes_next_while_nothing_is_chosen_or_set(staff, committee_member, initiative):
    page = address("milestone-phases", initiative)
    assert "No phases chosen yet" in staff.get(page).content.decode()
    assert address("milestone-phases-choose", initiative) not in committee_member.get(page).content.decode()
    PhaseModel.objects.create(initiative=initiative, model="collective_impact")
    assert "No phase has been set yet" in staff.get(page).content.decode()


def test_phases_are_cut_to_the_days_asked_for_and_going_back_is_one_more(initiative, chosen):
    phase(initiative, "assess_readiness", 2025, 3, 1)
    phase(initiative, "initiate", 2026, 2, 1)
    phase(initiative, "assess_readiness", 2026, 4, 10)
    phase(initiative, "organise", 2026, 7, 1)
    assert phases_between(initiative, FIRST, LAST) == [
        ("Assess readiness", FIRST, datetime.date(2026, 1, 31)),
        ("Initiate", datetime.date(2026, 2, 1), datetime.date(2026, 4, 9)),
        ("Assess readiness", datetime.date(2026, 4, 10), LAST),
    ]


def test_of_one_day_the_later_written_counts_and_a_phase_said_twice_is_one(initiative, chosen):
    phase(initiative, "initiate", 2026, 2, 1)
    phase(initiative, "organise", 2026, 2, 1)
    phase(initiative, "organise", 2026, 3, 1)
    assert phases_between(initiative, FIRST, LAST) == [("Organise for impact", datetime.date(2026, 2, 1), LAST)]


def test_there_are_no_phases_without_a_choice_before_the_first_and_of_deleted_milestones(initiative, other_initiative):
    phase(initiative, "initiate", 2026, 2, 1)
    assert phases_between(initiative, FIRST, LAST) == []
    PhaseModel.objects.create(initiative=initiative, model="dialogic_change")
    PhaseModel.objects.create(initiative=other_initiative, model="dialogic_change")
    phase(other_initiative, "explore_engage", 2026, 2, 1, model="dialogic_change")
    assert phases_between(initiative, FIRST, LAST) == []
    later = phase(initiative, "explore_engage", 2026, 7, 1, model="dialogic_change")
    assert phases_between(initiative, FIRST, LAST) == []
    later.starts_on, later.deleted_at = FIRST, "2026-11-30T12:00Z"
    later.save()
    assert phases_between(initiative, FIRST, LAST) == []


def spans(*firsts):
    """Columns that follow each other, up to LAST."""
    return [(first, following - DAY) for first, following in itertools.pairwise([*firsts, LAST + DAY])]


def test_bands_stand_in_columns_and_their_parts(initiative, chosen):
    phase(initiative, "assess_readiness", 2025, 3, 1)
    phase(initiative, "initiate", 2026, 4, 16)
    months = spans(*(datetime.date(2026, month, 1) for month in range(1, 7)))
    assert phase_bands(initiative, months) == [("Assess readiness", 0, 3.5), ("Initiate", 3.5, 6)]
    quarters = spans(FIRST, datetime.date(2026, 4, 1))
    assert phase_bands(initiative, quarters) == [("Assess readiness", 0, 1 + 15 / 91), ("Initiate", 1 + 15 / 91, 2)]


def test_a_phase_that_begins_within_a_chart_leaves_what_is_before_it_empty(initiative, chosen):
    phase(initiative, "initiate", 2026, 4, 1)
    assert phase_bands(initiative, spans(FIRST, datetime.date(2026, 4, 1))) == [("Initiate", 1, 2)]


def test_the_chart_of_engagement_by_quarter_draws_the_phases(staff, initiative, chosen):
    phase(initiative, "initiate", 2026, 4, 1)
    said = {"kind": "engagement", "engagement_level": "inform"}
    ActivityFactory(initiative=initiative, held_on=FIRST, people=[staff.user], **said)
    chart = engagement_page(initiative, FIRST, LAST).chart
    assert (chart.columns[-1], [row[-1] for row in chart.rows]) == ("Phase", ["–", "Initiate"])


def test_the_chart_of_time_by_month_draws_the_phases_and_its_table_names_them(staff, initiative, chosen):
    ActivityFactory(initiative=initiative, held_on=FIRST, people=[staff.user])
    phase(initiative, "assess_readiness", 2025, 3, 1)
    phase(initiative, "initiate", 2026, 4, 16)
    chart = time_table(initiative, FIRST, LAST).chart
    assert chart.columns[-1] == "Phase"
    assert [row[-1] for row in chart.rows] == [
        *["Assess readiness"] * 3,
        "Assess readiness, Initiate",
        *["Initiate"] * 2,
    ]
    page = staff.get(address("activity-time", initiative), {"since": FIRST, "until": LAST}).content.decode()
    assert page.count("<title>Initiate</title>") == 2
    assert page.count('<td data-label="Phase" class="log-phase">Assess readiness, Initiate</td>') == 1
    assert page.count(">Assess readiness, Initiate</td>") == 2


def test_without_phases_the_chart_is_as_before(initiative, staff):
    ActivityFactory(initiative=initiative, held_on=FIRST, people=[staff.user])
    assert "Phase" not in time_table(initiative, FIRST, LAST).chart.columns


def test_what_the_phase_suggests_stands_beside_where_the_hours_went(staff, initiative, chosen):
    phase(initiative, "organise", 2026, 9, 1)
    ActivityFactory(initiative=initiative, minutes=90, functions={"policy": 1}, people=[staff.user])
    ActivityFactory(initiative=initiative, minutes=30, functions={"equity": 1}, people=[staff.user])
    # Before the phase began.
    ActivityFactory(initiative=initiative, held_on=LAST, people=[staff.user])
    page = phase_page(initiative)
    assert (page.stage, page.hours_since, page.total) == ("Organise for impact", "1 September 2026", "2 h")
    assert page.chart.columns == ["Function", "Where the hours went", "What the phase suggests"]
    rows = {row[0]: row[1:] for row in page.chart.rows}
    assert rows["Advance policy"] == ["75 %", "10 %"]
    # The seventh function has no suggestion, and none is not zero.
    assert rows["Ensure a focus on equity"] == ["25 %", "–"]


def test_hours_of_a_long_phase_are_those_of_the_last_twelve_months(staff, initiative, chosen, committee_member):
    phase(initiative, "organise", 2020, 9, 1)
    ActivityFactory(initiative=initiative, people=[staff.user])
    page = phase_page(initiative)
    assert page.hours_since == "1 January 2026"
    assert page.asks in committee_member.get(address("milestone-phases", initiative)).content.decode()


def test_a_plan_stands_beside_both_and_without_hours_there_is_no_chart(staff, initiative, chosen):
    phase(initiative, "organise", 2026, 9, 1)
    assert phase_page(initiative).chart is None
    assert "No staff time has been logged since" in staff.get(address("milestone-phases", initiative)).content.decode()
    ActivityFactory(initiative=initiative, functions={"policy": 1}, people=[staff.user])
    plan = EffortPlan.objects.create(initiative=initiative, starts_on=FIRST)
    plan.shares.create(function=initiative.functions.get(code="policy"), percent=100)
    chart = phase_page(initiative).chart
    assert (chart.columns[-1], {row[0]: row[1:] for row in chart.rows}["Advance policy"]) == (
        "Your plan",
        ["100 %", "10 %", "100 %"],
    )


def test_the_page_of_effort_leads_to_the_phase(staff, initiative):
    page = staff.get(address("activity-effort", initiative)).content.decode()
    assert f'href="{address("milestone-phases", initiative)}"' in page
