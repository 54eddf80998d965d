"""Engagement: people as ranges and never a false exact number, and who was told, assisted and celebrated."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backbone import engagement
from backbone.actions.activities import delete_activity
from backbone.engagement import Entry, Help, Reach
from backbone.models import Activity
from backbone.queries.engagement import engagement_page, reach_in_words
from initiatives.permissions import Role
from tests.backbone.factories import ActivityFactory
from tests.backbone.test_activities import HOSTILE, address, errors_of
from tests.factories import OrganisationFactory

pytestmark = pytest.mark.django_db
YEAR = datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)
DAY = datetime.date(2026, 10, 14)


def of_level(level, least=None, most=None, day=DAY):
    return Entry(day, level=level, least=least, most=most)


def engaged(initiative, level="consult", least=None, most=None, **said):
    people = {"people_least": least, "people_most": most}
    return ActivityFactory(initiative=initiative, kind="engagement", engagement_level=level, **people, **said)


def test_people_of_a_level_are_a_range_and_what_nobody_counted_is_missing():
    entries = [of_level("consult", 40, 60), of_level("consult", 20, 20), of_level("consult"), of_level("lead")]
    assert engagement.by_level(entries) == [
        ("inform", Reach(0, None, None, 0)),
        ("consult", Reach(3, 60, 80, 2)),
        ("involve", Reach(0, None, None, 0)),
        ("collaborate", Reach(0, None, None, 0)),
        ("lead", Reach(1, None, None, 0)),
    ]


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Reach(0, None, None, 0), "–"),
        (Reach(2, None, None, 0), "not noted"),
        (Reach(1, 0, 0, 1), "0"),
        (Reach(2, 1500, 1500, 2), "1,500"),
        (Reach(3, 50, 50, 2), "50, by 2 of 3 that say so"),
        (Reach(8, 180, 240, 6), "between 180 and 240, by 6 of 8 that say so"),
    ],
)
def test_reach_never_sounds_more_certain_than_it_is(found, words):
    assert reach_in_words(found) == words


def test_quarters_follow_the_fiscal_year_and_are_cut_to_the_time_chosen():
    spans = engagement.quarters(datetime.date(2026, 2, 1), datetime.date(2026, 6, 30), 3)
    assert spans == [
        (datetime.date(2026, 2, 1), datetime.date(2026, 2, 28)),
        (datetime.date(2026, 3, 1), datetime.date(2026, 5, 31)),
        (datetime.date(2026, 6, 1), datetime.date(2026, 6, 30)),
    ]


def test_every_activity_lies_in_one_quarter():
    spans = engagement.quarters(*YEAR, 1)
    entries = [of_level("inform", day=day) for span in spans for day in span] + [of_level("lead")]
    counts = engagement.by_quarter(entries, spans)
    assert (counts["inform"], counts["lead"], counts["involve"]) == ([2] * 4, [0, 0, 0, 1], [0] * 4)


def test_words_that_differ_in_capitals_are_one_audience():
    entries = [Entry(DAY, audience=words) for words in ("The press", "Parents", "parents ")]
    assert [(words, len(found)) for words, found in engagement.by_words(entries, "audience")] == [
        ("Parents", 2),
        ("The press", 1),
    ]


def test_days_and_partners_of_assistance_are_added_up_where_they_are_said():
    entries = [
        Entry(DAY, topic="Data", days=Decimal("2.5"), partners=frozenset({1, 2})),
        Entry(DAY, topic="Data", partners=frozenset({2})),
    ]
    assert engagement.help_given(entries) == Help(2, frozenset({1, 2}), Decimal("2.5"), 1)
    assert engagement.help_given(entries[1:]) == Help(1, frozenset({2}), None, 0)
    assert engagement.by_partner(entries) == [(2, 2), (1, 1)]


def test_page_opens_for_the_backbone_and_for_nobody_else(staff, stranger, client_as, initiative):
    here = address("activity-engagement", initiative)
    assert "Nothing of this kind logged here" in staff.get(here).content.decode()
    assert stranger.get(here).status_code == 404
    for role in (Role.COMMITTEE, Role.CO_CHAIR, Role.MEMBER, Role.FUNDER, Role.OBSERVER):
        assert client_as(role).get(here).status_code == 403


def test_page_tells_levels_chart_and_the_way_to_the_activities(staff, initiative):
    engaged(initiative, "consult", 40, 60)
    engaged(initiative, "consult", held_on=datetime.date(2026, 1, 5))
    engaged(initiative, "lead", held_on=datetime.date(2025, 12, 31))
    answer = staff.get(address("activity-engagement", initiative), {"since": "2026-01-01", "until": "2026-12-01"})
    shown = answer.context["engagement"]
    query = "kind=engagement&engagement_level=consult&since=2026-01-01&until=2026-12-31"
    assert shown.levels[1] == ("consult", 2, "between 40 and 60, by 1 of 2 that say so", query)
    assert shown.period == "1 January 2026 – 31 December 2026"
    assert shown.levels[4] == ("lead", "–", "–", "")
    assert shown.chart.rows[0] == ["Jan–Mar 2026", "–", 1, "–", "–", "–"]
    listed = staff.get(f"{address('activity-list', initiative)}?{query}")
    assert (len(listed.context["page"]), listed.context["form"].errors) == (2, {})
    assert query.replace("&", "&amp;") in answer.content.decode()


def test_page_tells_who_was_told_assisted_and_celebrated(initiative):
    alder, birch, _gone = OrganisationFactory.create_batch(3, initiative=initiative)
    _gone.left_on = datetime.date(2025, 6, 1)
    _gone.save()
    ActivityFactory(initiative=initiative, kind="communication", audience="Parents", people_least=200, people_most=300)
    ActivityFactory(initiative=initiative, kind="communication", audience="parents")
    for days in (Decimal("2.5"), Decimal(4)):
        row = ActivityFactory(initiative=initiative, kind="assistance", topic="Data agreements", days=days)
        row.partners.set([alder, birch])
    for _number in (1, 2):
        row = ActivityFactory(initiative=initiative, kind="achievement", audience="All", people_least=5, people_most=5)
        row.partners.set([alder])
    shown = engagement_page(initiative, *YEAR)
    assert (shown.chart, shown.is_empty) == (None, False)
    assert shown.communications.lines == [("Parents", 2, "between 200 and 300, by 1 of 2 that say so")]
    assert shown.assistance.lines == [("Data agreements", 2, ", ".join(sorted([str(alder), str(birch)])), "6.5")]
    assert shown.assistance.together == "2 partners were helped. Days: 6.5."
    [(name, number, query)] = shown.achievements.lines
    assert (name, number, f"partner={alder.pk}" in query) == (str(alder), 2, True)
    assert shown.achievements.together == "Achievements of 1 of 2 partners were spread. People reached: 10."


def test_what_is_deleted_foreign_or_of_another_time_is_not_counted(initiative, other_initiative, director):
    gone = engaged(initiative, least=5, most=5)
    delete_activity(activity=gone, by=director.user)
    engaged(other_initiative)
    engaged(initiative, held_on=datetime.date(2027, 1, 1))
    ActivityFactory(initiative=initiative)
    assert engagement_page(initiative, *YEAR).is_empty is True


def test_a_long_list_says_how_many_are_not_listed(initiative):
    for number in range(17):
        ActivityFactory(initiative=initiative, kind="communication", audience=f"Audience {number}")
    shown = engagement_page(initiative, *YEAR).communications
    assert (len(shown.lines), shown.others) == (15, "2 more are not listed.")


def test_time_that_makes_no_sense_is_refused_at_its_field(staff, initiative):
    answer = staff.get(address("activity-engagement", initiative), {"since": "2026-10-02", "until": "2026-10-01"})
    assert errors_of(answer) == {"until": ["This day lies before the first one. Change one of the two."]}


def test_page_costs_the_same_queries_with_one_and_three_of_each_kind(staff, initiative):
    counts = []
    for number in (1, 2):
        for _place in range(number):
            for kind in Activity.Kind.values:
                level = "involve" if kind == "engagement" else ""
                row = ActivityFactory(initiative=initiative, kind=kind, engagement_level=level, audience="A", topic="B")
                row.partners.add(OrganisationFactory(initiative=initiative))
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(address("activity-engagement", initiative)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_markup_typed_into_audience_topic_and_partner_stays_text(staff, initiative):
    partner = OrganisationFactory(initiative=initiative, name=HOSTILE)
    for kind in ("communication", "assistance", "achievement"):
        ActivityFactory(initiative=initiative, kind=kind, audience=HOSTILE, topic=HOSTILE).partners.add(partner)
    page = staff.get(address("activity-engagement", initiative)).content.decode()
    assert (HOSTILE in page, page.count("&lt;script&gt;")) == (False, 4)


@pytest.mark.parametrize("page", ["activity-engagement", "activity-time"])
@pytest.mark.parametrize("query", ["until=0001-01-01", "until=9999-12-31", "since=9999-12-01"])
def test_days_at_the_ends_of_the_calendar_are_refused_in_words(page, query, director, initiative):
    answer = director.get(reverse(f"backbone:{page}", args=[initiative.slug]) + f"?{query}")
    assert answer.status_code == 200
    assert "Choose a day between 1950 and 2150." in answer.content.decode()
