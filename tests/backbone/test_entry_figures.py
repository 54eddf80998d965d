"""From an entry that somebody wrote down to the figure on the committee's page, and back to the rows beneath it."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backbone.actions import evidence, milestones, policy, resources
from backbone.actions.activities import log_activity
from backbone.actions.log_figures import count_log
from backbone.counting import FED
from backbone.models import EvidenceAttachment, StatusPeriod
from backbone.queries.dashboard import dashboard
from backbone.queries.figure_page import figure_page
from backbone.queries.log_facts import initiatives_to_count, log_facts
from backbone.queries.results_file import rows
from indicators.models import Publication
from initiatives.actions import restoring
from initiatives.permissions import Role
from tests.factories import OrganisationFactory

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def today(initiative):
    return initiative.today()


@pytest.fixture
def by(staff):
    return staff.user


def written(initiative, by, kind="public_advocacy", **values):
    values = {
        "kind": kind,
        "happened_on": initiative.today(),
        "title": "Spoke up",
        "source_link": "https://a.example/",
    } | values
    return evidence.add(initiative=initiative, values=values, by=by)


def given(initiative, by, **values):
    values = {
        "title": "Grant for tutors",
        "kind": "money",
        "origin": "new",
        "source": "public",
        "recipient": "partners",
        "amount": Decimal("1200.50"),
        "currency": "USD",
        "received_on": initiative.today(),
    } | values
    return resources.add(initiative=initiative, values=values, by=by)


def followed(initiative, by, *stages):
    item = policy.add(initiative=initiative, values={"title": "Bus passes for students"}, by=by)
    for stage, alignment, day in stages:
        policy.reach(policy_item=item, values={"stage": stage, "alignment": alignment, "reached_on": day}, by=by)
    return item


def figure(initiative, code, source="log"):
    """The figure of the committee's page after counting."""
    count_log(initiative_id=initiative.pk)
    page = dashboard(initiative).figures()
    found = [i for card in page.functions for i in card.indicators] + page.governance
    (indicator,) = [each for each in found if each.code == code]
    return next(each for each in indicator.figures if each.source == source)


def said(initiative, code, source="log"):
    found = figure(initiative, code, source)
    return f"{found.figure} {found.words}".strip()


def row_page(client, initiative, code):
    period = initiative.log_periods.filter(kind="month").order_by("-starts_on").first()
    return client.get(reverse("backbone:log-rows", args=[initiative.slug, code, period.pk]))


@pytest.mark.parametrize(
    ("kind", "code", "words"),
    [
        ("public_advocacy", "GV2", "1 time partners spoke up in public"),
        ("data_use", "SM5", "1 time partners used data"),
        ("community_support", "CE2", "1 sign of support from the community"),
        ("community_action", "CE4", "1 action of the community"),
        ("policy_advocacy", "AP2", "1 time a target audience spoke up for change"),
        ("funder_requirement", "MF1", "1 funder’s requirement noted"),
    ],
)
def test_sourced_entry_of_each_kind_is_a_figure_of_the_committees_page(initiative, by, kind, code, words):
    written(initiative, by, kind)
    assert said(initiative, code) == words


def test_entry_without_a_source_is_counted_once_it_has_one(initiative, by):
    entry = written(initiative, by, source_link="")
    assert figure(initiative, "GV2").state == "empty"
    evidence.change(evidence=entry, values={"confirmed_by_other": "The mayor's office"}, by=by)
    assert initiatives_to_count() == [initiative.pk]
    assert figure(initiative, "GV2").figure == "1"


def test_file_is_a_source(initiative, by):
    entry = written(initiative, by, source_link="")
    EvidenceAttachment.objects.create(evidence=entry, name="clip.pdf", kind="pdf", size=1)
    assert [fact.kind for fact in log_facts(initiative).evidence] == ["public_advocacy"]


def test_deleted_entries_leave_every_figure_and_come_back_restored(initiative, by, today):
    made = [written(initiative, by), given(initiative, by), followed(initiative, by, ("adopted", "fully", today))]
    codes = ("GV2", "MF3", "AP3")
    before = [said(initiative, code) for code in codes]
    for row in made:
        restoring.delete(row=row, by=by)
    assert [figure(initiative, code).state for code in codes] == ["empty"] * 3
    for row in made:
        restoring.restore(row=row, by=by)
    assert [said(initiative, code) for code in codes] == before


def test_partners_and_people_of_evidence_are_told(initiative, by):
    partners = [OrganisationFactory(initiative=initiative) for _ in range(2)]
    written(initiative, by, "community_action", partners=partners, people_least=40, people_most=60)
    written(initiative, by, "community_action", partners=partners[:1])
    sentences = figure(initiative, "CE4").sentences
    assert "2 different partners took part." in sentences
    assert "from 40 to 60 people, by the 1 of 2 that say so; somebody who came twice is counted twice." in sentences


def test_achievement_that_was_spread_feeds_its_indicator(initiative, by, today):
    vision = initiative.functions.get(code="vision")
    log_activity(
        initiative=initiative,
        title="Story in the newsletter",
        held_on=today,
        minutes=30,
        functions={vision: 1},
        kind="achievement",
        audience="Everyone",
        partners=[OrganisationFactory(initiative=initiative)],
        by=by,
    )
    assert said(initiative, "BI6") == "1 achievement of partners spread"


def test_policy_that_is_law_is_told_of_all_that_are_followed(initiative, by, today):
    followed(initiative, by, ("drafted", "fully", today - 400 * DAY), ("in_force", "partly", today))
    followed(initiative, by, ("introduced", "fully", today - 10 * DAY), ("lost", "fully", today))
    words = "1 of 2 policies are adopted or in force, and agree with the agenda (50\u202f%)"
    assert said(initiative, "AP3") == words


def test_money_is_told_by_currency_new_and_redirected_apart(initiative, by):
    given(initiative, by)
    given(initiative, by, amount=Decimal(70), currency="EUR")
    given(initiative, by, origin="redirected", amount=Decimal("5.5"))
    assert said(initiative, "MF3") == "70 EUR and 1,200.50 USD new, and received"
    assert said(initiative, "MF2") == "5.50 USD redirected and received"


def test_pledge_that_never_came_is_no_money(initiative, by, today):
    given(initiative, by, received_on=None, pledged_on=today - 40 * DAY)
    assert said(initiative, "MF3") == "nothing received 1,200.50 USD pledged"


def test_milestone_is_published_as_a_status_and_follows_every_change(initiative, by, today):
    def reach(stage, day):
        values = {"stage": stage, "starts_on": day, "reviewed_on": day, "reviewed_by": by}
        return milestones.reach(initiative=initiative, model="shared_data_system", values=values, by=by)

    assert figure(initiative, "SM1", "status").state == "empty"
    first = reach("in_design", today - 30 * DAY)
    assert said(initiative, "SM1", "status").endswith("stage 2 of 4")
    second = reach("in_use", today)
    assert said(initiative, "SM1", "status").endswith("stage 4 of 4")
    for row in (second, first):
        restoring.delete(row=row, by=by)
    assert figure(initiative, "SM1", "status").state == "empty"
    assert (StatusPeriod.objects.count(), Publication.objects.filter(source_kind="status").count()) == (0, 0)


def test_milestone_counted_again_writes_nothing(initiative, by, today):
    values = {"stage": "in_use", "starts_on": today}
    milestones.reach(initiative=initiative, model="shared_data_system", values=values, by=by)
    count_log(initiative_id=initiative.pk)
    before = list(Publication.objects.values_list("pk", flat=True))
    count_log(initiative_id=initiative.pk)
    assert list(Publication.objects.values_list("pk", flat=True)) == before


def test_milestone_stands_on_its_page_and_in_the_file(initiative, director, by, today):
    values = {"stage": "in_development", "starts_on": today, "note": "Private words of the backbone"}
    milestones.reach(initiative=initiative, model="shared_data_system", values=values, by=by)
    words = said(initiative, "SM1", "status")
    page = director.get(reverse("backbone:dashboard-figure", args=[initiative.slug, "SM1"])).content.decode()
    assert "stage 3 of 4" in page
    assert "Private words" not in page
    assert [voice.figure.figure for voice in figure_page(initiative, "SM1").voices] == [words.split(" stage")[0]]
    (row,) = [row for row in rows(initiative) if row[0] == "status"]
    assert (row[6], row[10].endswith("stage 3 of 4")) == ("SM1", True)


def test_a_milestone_alone_does_not_take_the_first_steps_away(initiative, director, by, today):
    values = {"stage": "in_use", "starts_on": today}
    milestones.reach(initiative=initiative, model="shared_data_system", values=values, by=by)
    count_log(initiative_id=initiative.pk)
    assert not dashboard(initiative).has_surveys


@pytest.mark.parametrize(
    ("role", "opens"),
    [
        (Role.STAFF, {"GV2": 1, "MF3": 1, "AP3": 1}),
        (Role.COMMITTEE, {"GV2": 0, "MF3": 0, "AP3": 1}),
        (Role.FUNDER, {"GV2": 0, "MF3": 0, "AP3": 0}),
    ],
)
def test_rows_beneath_a_figure_are_shown_as_far_as_the_role_opens_them(initiative, client_as, by, today, role, opens):
    written(initiative, by)
    written(initiative, by, source_link="", title="Not sourced")
    given(initiative, by)
    given(initiative, by, title="Only asked", received_on=None, asked_on=today)
    followed(initiative, by, ("adopted", "fully", today))
    count_log(initiative_id=initiative.pk)
    client = client_as(role)
    pages = {code: row_page(client, initiative, code) for code in opens}
    assert {code: len(page.context["lines"]) for code, page in pages.items()} == opens
    withheld = {code: bool(page.context["shown"].withheld) for code, page in pages.items()}
    assert withheld == {code: not number for code, number in opens.items()}


def test_rows_of_new_resources_leave_out_what_the_backbone_was_given(initiative, staff, by):
    given(initiative, by)
    given(initiative, by, recipient="backbone", title="The backbone's year")
    count_log(initiative_id=initiative.pk)
    page = row_page(staff, initiative, "MF3")
    assert ([title for title, *_rest in page.context["lines"]], page.context["shown"].withheld) == (
        ["Grant for tutors"],
        "",
    )


def test_rows_say_when_who_and_how_much_and_escape_what_was_typed(initiative, staff, by):
    partner = OrganisationFactory(initiative=initiative, name="<b>Partner</b>")
    written(initiative, by, "community_action", title="<script>", partners=[partner], people_least=5, people_most=8)
    count_log(initiative_id=initiative.pk)
    page = row_page(staff, initiative, "CE4")
    assert page.context["lines"][0][2][1:] == ["<b>Partner</b>", "from 5 to 8 people"]
    assert "<b>Partner" not in page.content.decode()


@pytest.mark.parametrize("code", FED)
def test_every_indicator_that_the_log_feeds_has_rows(initiative, staff, by, code):
    written(initiative, by)
    count_log(initiative_id=initiative.pk)
    assert row_page(staff, initiative, code).status_code == 200


def test_overview_has_survey_and_log_side_by_side(initiative, committee_member, by):
    written(initiative, by)
    given(initiative, by)
    count_log(initiative_id=initiative.pk)
    page = dashboard(initiative).figures()
    logged = {card.code: [f"{f.figure} {f.words}" for f in card.logged] for card in page.functions if card.logged}
    assert logged == {
        "vision": ["1 time partners spoke up in public"],
        "resources": ["1,200.50 USD new, and received"],
    }
    html = committee_member.get(reverse("backbone:dashboard", args=[initiative.slug])).content.decode()
    table = html[html.index('class="table table-cards overview"') :].partition("</table>")[0]
    assert [
        words for words in ("Said in surveys", "Logged", "1,200.50 USD", "no answers yet") if words not in table
    ] == []


def test_facts_cost_the_same_whatever_was_written(initiative, by, today):

    counts = []
    for number in (1, 2):
        for _ in range(number):
            written(initiative, by, partners=[OrganisationFactory(initiative=initiative)])
            given(initiative, by)
            followed(initiative, by, ("idea", "fully", today))
        with CaptureQueriesContext(connection) as queries:
            log_facts(initiative)
        counts.append(len(queries))
    assert counts[0] == counts[1]
