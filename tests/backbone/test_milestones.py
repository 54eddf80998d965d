"""Milestones and criteria: who reads what, setting a stage, going back, reviewing, files and history."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backbone.actions import milestones as actions
from backbone.actions.log_figures import count_log
from backbone.log_words import status_figure
from backbone.models import CriterionReview, Milestone
from backbone.queries.dashboard import dashboard
from backbone.queries.milestones import standing, standings
from indicators.models import Result
from initiatives.models import HistoryEntry
from initiatives.permissions import Role
from tests.backbone.factories import CriterionReviewFactory, EvidenceFactory, MilestoneFactory
from tests.indicators.factories import PublicationFactory

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"
MODEL, CRITERION = "shared_data_system", "lead_named"
DAY = datetime.date(2026, 3, 1)


def address(name, initiative, *arguments):
    return reverse(f"backbone:milestone-{name}", args=[initiative.slug, *arguments])


def typed(**changes):
    return {"stage": "in_design", "starts_on": "2026-03-01"} | changes


def reviewed(**changes):
    return {"status": "met", "looked_on": "2026-04-01"} | changes


def errors_of(answer):
    return {name: list(errors) for name, errors in answer.context["form"].errors.items()}


def page_of(client, initiative):
    return client.get(address("model", initiative, MODEL)).content.decode()


READ = [("list",), ("model", MODEL), ("phases",)]
WRITTEN = [("add", MODEL), ("review", MODEL, CRITERION), ("phases-choose",)]


@pytest.mark.parametrize("page", READ, ids=lambda page: page[0])
def test_every_role_reads_and_strangers_do_not(page, client_as, stranger, initiative):
    MilestoneFactory(initiative=initiative)
    assert {client_as(role).get(address(page[0], initiative, *page[1:])).status_code for role in Role} == {200}
    assert stranger.get(address(page[0], initiative, *page[1:])).status_code == 404


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page[0])
def test_only_the_backbone_writes(page, client_as, stranger, initiative):
    here = address(page[0], initiative, *page[1:])
    found = {role: client_as(role).get(here).status_code for role in Role}
    assert found == {role: 200 if role in (Role.DIRECTOR, Role.STAFF) else 403 for role in Role}
    assert stranger.get(here).status_code == 404


@pytest.mark.parametrize("name", ["edit", "delete", "file-add"])
def test_a_milestone_is_changed_by_the_backbone_of_its_own_initiative(
    name, staff, committee_member, initiative, other_initiative
):
    own, foreign = MilestoneFactory(initiative=initiative), MilestoneFactory(initiative=other_initiative)
    assert committee_member.post(address(name, initiative, own.pk), typed()).status_code == 403
    assert staff.post(address(name, initiative, foreign.pk), typed(stage="in_use")).status_code == 404
    assert set(Milestone.objects.values_list("stage", flat=True)) == {"in_design"}
    assert not HistoryEntry.objects.exists()


@pytest.mark.parametrize("page", [("model", "no_model"), ("add", "no_model"), ("review", MODEL, "no_criterion")])
def test_an_unknown_model_or_criterion_is_not_found(page, staff, initiative):
    assert staff.get(address(page[0], initiative, *page[1:])).status_code == 404


def test_a_milestone_of_a_model_no_longer_shipped_breaks_no_page(staff, initiative):
    old = MilestoneFactory(initiative=initiative, model="old_model", stage="old_stage")
    assert staff.get(address("list", initiative)).status_code == 200
    assert staff.get(address("edit", initiative, old.pk)).status_code == 404


def test_a_stage_is_set_with_all_its_grounds_and_told(staff, initiative):
    entry = EvidenceFactory(initiative=initiative, title="The council used the figures")
    grounds = {"note": "Signed by all", "source_link": "https://example.org/plan", "evidence": [entry.pk]}
    grounds |= {"reviewed_by": staff.user.pk, "reviewed_on": "2026-03-02"}
    answer = staff.post(address("add", initiative, MODEL), typed(**grounds), follow=True)
    milestone = Milestone.objects.get()
    assert (milestone.model, milestone.stage, milestone.starts_on, milestone.created_by) == (
        MODEL,
        "in_design",
        DAY,
        staff.user,
    )
    words = ["Shared data system: In design, since 1 March 2026” was written down", "Signed by all", str(entry)]
    words += ["https://example.org/plan", f"Reviewed by {staff.user} on 2 March 2026"]
    page = answer.content.decode()
    assert [word for word in words if word not in page] == []
    entry = HistoryEntry.objects.get()
    assert (entry.verb, entry.after["stage"], entry.object_label) == ("milestone_added", "in_design", str(milestone))


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"stage": ""}, {"stage": ["Choose one of them."]}),
        ({"stage": "ready"}, {"stage": ["Select a valid choice. ready is not one of the available choices."]}),
        (
            {"starts_on": "2999-01-01"},
            {"starts_on": ["This day has not come yet. Choose today or an earlier one."]},
        ),
        ({"source_link": "javascript:alert(1)"}, {"source_link": ["Enter a valid URL."]}),
        ({"reviewed_on": "2026-03-01"}, {"reviewed_by": ["Choose who looked at it, or leave the day empty."]}),
    ],
)
def test_what_is_refused_is_said_and_nothing_is_lost(staff, initiative, changes, errors):
    answer = staff.post(address("add", initiative, MODEL), typed(note="Much thought", **changes))
    assert errors_of(answer) == errors
    assert "Much thought</textarea>" in answer.content.decode()
    assert Milestone.objects.count() == HistoryEntry.objects.count() == 0


def test_a_reviewer_needs_a_day_and_evidence_is_of_this_initiative(staff, initiative, other_initiative):
    foreign = EvidenceFactory(initiative=other_initiative)
    answer = staff.post(
        address("review", initiative, MODEL, CRITERION),
        reviewed(reviewed_by=staff.user.pk, evidence=[foreign.pk]),
    )
    assert set(errors_of(answer)) == {"reviewed_on", "evidence"}
    assert not CriterionReview.objects.exists()


def test_going_back_is_a_milestone_more_and_both_stay(staff, initiative):
    MilestoneFactory(initiative=initiative, stage="in_development", starts_on=DAY)
    staff.post(address("add", initiative, MODEL), typed(stage="in_design", starts_on="2026-06-01"))
    page = staff.get(address("model", initiative, MODEL)).context["page"]
    assert (page.stage, page.since) == ("In design", "1 June 2026")
    assert [(row.label, row.went_back, row.is_current) for row in page.history] == [
        ("In design", True, True),
        ("In development", False, False),
    ]
    assert [step.is_current for step in page.track] == [False, True, False, False]


def test_what_stands_is_the_last_that_begins_no_later_then_the_later_written(initiative):
    day = datetime.timedelta(days=1)
    first, second, third = (
        MilestoneFactory(initiative=initiative, starts_on=starts_on)
        for starts_on in (DAY, DAY + 9 * day, DAY + 9 * day)
    )
    found = [standing(initiative, MODEL, DAY + number * day) for number in (-1, 0, 8, 9, 10)]
    assert found == [None, first, first, third, third]
    assert standing(initiative, "readiness", DAY) is None
    assert standings(initiative, DAY + 9 * day) == {MODEL: third}
    third.delete()
    assert standing(initiative, MODEL, DAY + 9 * day) == second


def test_changing_is_told_with_a_reason_and_saving_the_same_is_not(staff, initiative):
    milestone = MilestoneFactory(initiative=initiative)
    here = address("edit", initiative, milestone.pk)
    staff.post(here, typed())
    assert not HistoryEntry.objects.exists()
    staff.post(here, typed(stage="in_use", reason="Misread"))
    entry = HistoryEntry.objects.get()
    assert (entry.verb, entry.before, entry.after, entry.reason) == (
        "milestone_changed",
        {"stage": "in_design"},
        {"stage": "in_use"},
        "Misread",
    )
    page = staff.get(reverse("backbone:history-object", args=[initiative.slug, "milestone", milestone.pk]))
    assert [word for word in ("In design", "In use", "Misread") if word not in page.content.decode()] == []


def test_a_reviewer_who_has_left_stays_named(staff, initiative, stranger):
    gone = {"reviewed_by": stranger.user, "reviewed_on": DAY}
    milestone = MilestoneFactory(initiative=initiative, **gone)
    here = address("edit", initiative, milestone.pk)
    values = typed(stage="in_use", reviewed_by=stranger.user.pk, reviewed_on="2026-03-01")
    assert staff.post(here, values).status_code == 302
    Milestone.objects.update(reviewed_by=None)
    assert staff.post(here, typed(stage="none", reviewed_on="2026-03-01")).status_code == 302
    assert Milestone.objects.get().reviewed_on == DAY


def test_deleting_lets_the_one_before_stand_and_undo_brings_it_back(staff, initiative):
    MilestoneFactory(initiative=initiative, stage="none", starts_on=DAY)
    milestone = MilestoneFactory(initiative=initiative, starts_on=datetime.date(2026, 5, 1))
    page = staff.post(address("delete", initiative, milestone.pk), {"reason": "Too early"}, follow=True)
    assert (page.context["page"].stage, HistoryEntry.objects.get().reason) == ("None yet", "Too early")
    undo = reverse("backbone:deleted-restore", args=[initiative.slug, "milestone", milestone.pk])
    assert f'action="{undo}"' in page.content.decode()
    staff.post(undo)
    assert staff.get(address("model", initiative, MODEL)).context["page"].stage == "In design"


def test_deleting_needs_a_post(staff, initiative):
    milestone = MilestoneFactory(initiative=initiative)
    assert staff.get(address("delete", initiative, milestone.pk)).status_code == 405


def test_a_criterion_is_reviewed_anew_and_the_latest_day_stands(staff, initiative):
    here = address("review", initiative, MODEL, CRITERION)
    for status, day in [("met", "2026-06-01"), ("not_yet", "2026-04-01"), ("partly", "2026-06-01")]:
        assert staff.post(here, reviewed(status=status, looked_on=day)).status_code == 302
    stages = staff.get(address("model", initiative, MODEL)).context["page"].stages
    row = next(row for row in stages[0].criteria if row.code == CRITERION)
    assert (row.latest.status, row.latest.looked_on) == ("partly met", "1 June 2026")
    assert [review.status for review in row.earlier] == ["met", "not yet"]
    assert stages[0].criteria_words == "0 of 3 criteria met"
    assert set(HistoryEntry.objects.values_list("verb", flat=True)) == {"criterionreview_added"}


def test_actions_refuse_what_the_model_does_not_have(initiative):
    with pytest.raises(ValueError, match="no stage ready"):
        actions.reach(initiative=initiative, model=MODEL, values={"stage": "ready", "starts_on": DAY}, by=None)
    values = {"criterion": "champion", "status": "met", "looked_on": DAY}
    with pytest.raises(ValueError, match="no criterion champion"):
        actions.review(initiative=initiative, model=MODEL, values=values, by=None)


def test_others_than_the_backbone_read_stage_and_state_and_no_grounds(staff, client_as, initiative):
    entry = EvidenceFactory(initiative=initiative, title="Secret entry")
    said = {"note": "Secret note", "source_link": "https://secret.example/", "evidence": [entry.pk]}
    said |= {"reviewed_by": staff.user.pk, "reviewed_on": "2026-05-01"}
    file = SimpleUploadedFile("secret.txt", b"Plain words")
    staff.post(address("add", initiative, MODEL), typed(**said, file=file))
    file = SimpleUploadedFile("secret.txt", b"Plain words")
    staff.post(address("review", initiative, MODEL, CRITERION), reviewed(**said, file=file))
    kept = [Milestone.objects.get().attachments.get(), CriterionReview.objects.get().attachments.get()]
    files = [address("file", initiative, kept[0].pk), address("review-file", initiative, kept[1].pk)]
    secrets = ["Secret note", "secret.example", "Secret entry", "secret.txt", str(staff.user)]
    assert [word for word in secrets if word not in page_of(staff, initiative)] == []
    assert [b"".join(staff.get(file)) for file in files] == [b"Plain words"] * 2
    for role in set(Role) - {Role.DIRECTOR, Role.STAFF}:
        client = client_as(role)
        page = page_of(client, initiative)
        assert [word for word in secrets if word in page] == []
        assert page.count("Reviewed by the backbone on 1 May 2026") == 2
        assert [client.get(file).status_code for file in files] == [403, 403]


def test_files_of_another_initiative_or_of_a_deleted_milestone_do_not_exist(staff, initiative, other_initiative):
    for owner in (MilestoneFactory(initiative=other_initiative), MilestoneFactory(initiative=initiative)):
        file = owner.attachments.create(name="plan.txt", kind="txt", size=0)
        actions.delete(milestone=owner, by=staff.user)
        assert staff.get(address("file", initiative, file.pk)).status_code == 404
        assert staff.post(address("file-delete", initiative, file.pk)).status_code == 404
    review = CriterionReviewFactory(initiative=other_initiative)
    foreign = review.attachments.create(name="plan.txt", kind="txt", size=0)
    assert staff.get(address("review-file", initiative, foreign.pk)).status_code == 404


def test_files_are_added_and_taken_away_and_a_refused_one_is_told(staff, initiative):
    milestone = MilestoneFactory(initiative=initiative)
    add = address("file-add", initiative, milestone.pk)
    staff.post(add, {"file": SimpleUploadedFile("plan.txt", b"Plain words")})
    kept = milestone.attachments.get()
    assert "plan.txt" in staff.get(address("edit", initiative, milestone.pk)).content.decode()
    answer = staff.post(add, {"file": SimpleUploadedFile("plan.exe", b"MZ\x00\x01")})
    assert "none of the kinds below" in answer.content.decode()
    assert list(milestone.attachments.all()) == [kept]
    staff.post(address("file-delete", initiative, kept.pk))
    assert not milestone.attachments.exists()


def test_deleted_evidence_is_shown_no_longer(staff, initiative):
    entry = EvidenceFactory(initiative=initiative, title="Withdrawn entry", deleted_at="2026-11-30T12:00Z")
    MilestoneFactory(initiative=initiative).evidence.add(entry)
    assert "Withdrawn entry" not in page_of(staff, initiative)


def test_the_page_of_the_data_system_leads_to_the_figure_it_feeds(committee_member, initiative):
    figure = reverse("backbone:dashboard-figure", args=[initiative.slug, "SM1"])
    assert f'href="{figure}"' in page_of(committee_member, initiative)
    other = committee_member.get(address("model", initiative, "readiness")).content.decode()
    assert "feeds the indicator" not in other


def test_the_list_tells_of_each_model_where_the_initiative_stands(staff, initiative):
    MilestoneFactory(initiative=initiative, stage="none")
    CriterionReviewFactory(initiative=initiative, status="met")
    rows = {row.model.code: (row.stage, row.criteria) for row in staff.get(address("list", initiative)).context["rows"]}
    assert rows == {
        MODEL: ("None yet", "1 of 3 criteria met"),
        "readiness": ("", ""),
        "dialogic_change": ("", ""),
        "collective_impact": ("", ""),
    }


def test_hostile_words_come_out_as_text(staff, initiative):
    entry = EvidenceFactory(initiative=initiative, title=HOSTILE)
    said = {"note": HOSTILE, "reviewed_by": staff.user, "reviewed_on": DAY}
    for row in (MilestoneFactory(initiative=initiative, **said), CriterionReviewFactory(initiative=initiative, **said)):
        row.evidence.add(entry)
    pages = [
        page_of(staff, initiative),
        staff.get(address("edit", initiative, Milestone.objects.get().pk)).content.decode(),
    ]
    for page in pages:
        assert ("<script>alert" in page, "&lt;script&gt;alert(1)" in page) == (False, True)


@pytest.mark.parametrize("page", READ, ids=lambda page: page[0])
def test_pages_cost_the_same_queries_with_one_and_with_three_milestones(page, staff, initiative):
    counts = []
    for number in (1, 2):
        for _ in range(number):
            entry = EvidenceFactory(initiative=initiative)
            said = {"initiative": initiative, "reviewed_by": staff.user, "reviewed_on": DAY}
            MilestoneFactory(**said).evidence.add(entry)
            CriterionReviewFactory(**said).evidence.add(entry)
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert staff.get(address(page[0], initiative, *page[1:])).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_stage_that_a_model_no_longer_knows_crashes_nothing(director, initiative):
    MilestoneFactory(initiative=initiative, model=MODEL, stage="gone", starts_on=DAY)
    for page in READ:
        assert director.get(address(page[0], initiative, *page[1:])).status_code == 200
    count_log(initiative_id=initiative.pk)
    assert not Result.objects.filter(code="SM1").exists()


def test_published_stage_that_a_model_no_longer_knows_reads_as_none(director, initiative):
    MilestoneFactory(initiative=initiative, model=MODEL, stage="in_design", starts_on=DAY)
    count_log(initiative_id=initiative.pk)
    for lost in ({"stage": "gone"}, {"model": "gone"}):
        result = Result.objects.get(code="SM1")
        result.shown |= lost
        result.save()
        assert status_figure(result).state == "empty"
        assert director.get(reverse("backbone:dashboard-figure", args=[initiative.slug, "SM1"])).status_code == 200


def test_page_of_the_committee_is_made_anew_when_the_last_milestone_is_gone(initiative):
    """Nothing is published then, and a later publication of another kind stands."""
    milestone = MilestoneFactory(initiative=initiative, model=MODEL, stage="in_design", starts_on=DAY)
    count_log(initiative_id=initiative.pk)
    PublicationFactory(initiative=initiative)
    actions.delete(milestone=milestone, by=None)
    before = dashboard(initiative).key
    count_log(initiative_id=initiative.pk)
    assert dashboard(initiative).key != before
    settled = dashboard(initiative).key
    count_log(initiative_id=initiative.pk)
    assert dashboard(initiative).key == settled
