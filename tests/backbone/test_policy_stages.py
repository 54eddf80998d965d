"""The stages of policy items: forward, back, lost, amended on the same day; where an item stands, and what moved."""

import datetime

import pytest
from django.urls import reverse

from backbone.actions import policy
from backbone.models import PolicyItem
from backbone.queries.policy import agreeing_of_all, direction, head_of, moved_between, way_of, with_standing
from initiatives.models import HistoryEntry
from tests.backbone.factories import PolicyItemFactory, PolicyStageFactory

pytestmark = pytest.mark.django_db


def address(name, initiative, *arguments):
    return reverse(f"backbone:policy-{name}", args=[initiative.slug, *arguments])


def day(text):
    return datetime.date.fromisoformat(text)


def way(*steps):
    """("idea fully 2026-01-01", …) as the factory wants it."""
    return [(stage, alignment, day(text)) for stage, alignment, text in map(str.split, steps)]


def typed(**changes):
    return {"stage": "adopted", "alignment": "fully", "reached_on": "2026-11-01"} | changes


def standing(item, text):
    found = with_standing(PolicyItem.objects.filter(pk=item.pk), day(text)).get()
    return found.standing, found.standing_alignment, found.standing_since


def test_item_stands_at_the_stage_of_the_latest_day_until_a_day(initiative):
    steps = ["introduced partly 2026-03-01", "idea fully 2026-01-01", "drafted partly 2026-05-01"]
    item = PolicyItemFactory(initiative=initiative, way=way(*steps))
    assert standing(item, "2025-12-31") == (None, None, None)
    assert standing(item, "2026-01-01") == ("idea", "fully", day("2026-01-01"))
    assert standing(item, "2026-04-30") == ("introduced", "partly", day("2026-03-01"))
    assert standing(item, "2026-05-01") == ("drafted", "partly", day("2026-05-01"))


def test_of_two_stages_on_one_day_the_one_written_last_stands(initiative):
    item = PolicyItemFactory(initiative=initiative, way=way("introduced fully 2026-03-01", "introduced not 2026-03-01"))
    assert standing(item, "2026-03-01") == ("introduced", "not", day("2026-03-01"))
    assert [(step.alignment, step.direction, step.stands) for step in way_of(item)] == [
        ("fully aligned", "", False),
        ("not aligned", "same", True),
    ]


def test_way_tells_how_each_step_leads(staff, initiative):
    steps = ["idea fully 2026-01-01", "introduced partly 2026-02-01", "drafted partly 2026-03-01"]
    steps += ["adopted fully 2026-04-01", "lost fully 2026-05-01", "introduced fully 2026-06-01"]
    item = PolicyItemFactory(initiative=initiative, way=way(*steps))
    assert [step.direction for step in way_of(item)] == ["", "forward", "back", "forward", "back", "forward"]
    page = staff.get(item.get_absolute_url()).content.decode()
    assert (page.count("went back"), page.count('aria-current="step"')) == (1, 1)
    assert page.index("1 January 2026") < page.index("1 March 2026") < page.index("1 May 2026")


@pytest.mark.parametrize(
    ("before", "after", "leads"),
    [
        ("idea", "drafted", "forward"),
        ("adopted", "in_force", "forward"),
        ("in_force", "adopted", "back"),
        ("idea", "lost", "back"),
        ("lost", "idea", "forward"),
        ("lost", "lost", "same"),
    ],
)
def test_direction_of_a_step(before, after, leads):
    assert direction(before, after) == leads


def test_agreeing_are_the_adopted_and_in_force_that_are_aligned_of_all_with_a_stage(initiative):
    for steps in (
        ["adopted partly 2026-03-01"],
        ["in_force fully 2026-03-01"],
        ["adopted not 2026-03-01"],
        ["introduced fully 2026-03-01"],
        ["adopted fully 2026-03-01", "lost fully 2026-03-01"],
        ["adopted fully 2026-07-01"],
        [],
    ):
        PolicyItemFactory(initiative=initiative, way=way(*steps))
    PolicyItemFactory(way=way("adopted fully 2026-03-01"))
    assert agreeing_of_all(initiative, day("2026-02-28")) == (0, 0)
    assert agreeing_of_all(initiative, day("2026-03-31")) == (2, 5)
    assert agreeing_of_all(initiative, day("2026-07-01")) == (3, 6)


def test_moved_are_the_items_with_a_step_in_the_period(initiative):
    for steps in (
        ["idea fully 2025-12-01", "drafted fully 2026-01-01", "introduced fully 2026-02-01"],
        ["introduced fully 2025-12-01", "drafted fully 2026-02-01", "introduced fully 2026-12-31"],
        ["introduced fully 2026-01-01", "lost fully 2026-02-01"],
        ["idea fully 2025-11-01", "drafted fully 2025-12-01", "drafted not 2026-05-01"],
        ["adopted fully 2026-05-01"],
    ):
        PolicyItemFactory(initiative=initiative, way=way(*steps))
    assert moved_between(initiative, day("2026-01-01"), day("2026-12-31")) == (2, 2)
    assert moved_between(initiative, day("2026-01-01"), day("2026-12-30")) == (1, 2)


def test_head_tells_the_present_fiscal_year_in_words(committee_member, initiative):
    first, _last = initiative.fiscal_year(initiative.today())
    before = first - datetime.timedelta(days=1)
    assert head_of(initiative) is None
    PolicyItemFactory(initiative=initiative, way=[("introduced", "fully", before), ("adopted", "fully", first)])
    PolicyItemFactory(initiative=initiative, way=[("drafted", "fully", before), ("lost", "fully", first)])
    page = committee_member.get(address("list", initiative)).content.decode()
    assert "1 of 2 policy items are adopted or in force and agree with the agenda at least in part." in page
    assert "1 forward, 1 back or lost." in page


def test_stage_is_added_and_told_on_the_item(staff, initiative):
    item = PolicyItemFactory(initiative=initiative, way=way("introduced partly 2026-10-01"))
    form = staff.get(address("stage-add", initiative, item.pk)).context["form"]
    assert (form["alignment"].value(), form["reached_on"].value()) == ("partly", initiative.today())
    fields = typed(note="By one vote", source_link="https://city.example/minutes")
    assert staff.post(address("stage-add", initiative, item.pk), fields).url == item.get_absolute_url()
    page = staff.get(item.get_absolute_url()).content.decode()
    assert [
        word for word in ("By one vote", 'href="https://city.example/minutes"', "adopted") if word not in page
    ] == []
    entry = HistoryEntry.objects.get()
    assert (entry.verb, entry.object_id, entry.after["stage"]) == ("policyitem_stage_reached", item.pk, "adopted")


@pytest.mark.parametrize(
    ("stage", "alignment"), [("drafted", "partly"), ("lost", "fully"), ("in_force", "against"), ("introduced", "not")]
)
def test_any_stage_may_follow(stage, alignment, staff, initiative):
    item = PolicyItemFactory(initiative=initiative, way=way("introduced partly 2026-11-01"))
    fields = typed(stage=stage, alignment=alignment)
    assert staff.post(address("stage-add", initiative, item.pk), fields).status_code == 302
    assert standing(item, "2026-11-01") == (stage, alignment, day("2026-11-01"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reached_on": "2999-01-01"}, "reached_on"),
        ({"reached_on": "yesterday"}, "reached_on"),
        ({"stage": "signed"}, "stage"),
        ({"source_link": "javascript:alert(1)"}, "source_link"),
        # A second press of the button.
        ({"stage": "introduced", "alignment": "partly", "reached_on": "2026-10-01"}, "__all__"),
    ],
)
def test_stage_that_cannot_be_is_refused_and_nothing_is_lost(changes, field, staff, initiative):
    item = PolicyItemFactory(initiative=initiative, way=way("introduced partly 2026-10-01"))
    answer = staff.post(address("stage-add", initiative, item.pk), typed(note="By one vote", **changes))
    assert list(answer.context["form"].errors) == [field]
    assert "By one vote</textarea>" in answer.content.decode()
    assert (item.stages.count(), HistoryEntry.objects.count()) == (1, 0)


def test_correcting_a_stage_is_told_in_words_and_doing_nothing_is_not(staff, initiative):
    stage = PolicyStageFactory(policy_item__initiative=initiative)
    fields = {"stage": "adopted", "alignment": "partly", "reached_on": "2026-10-02", "note": "", "source_link": ""}
    for _ in range(2):
        assert staff.post(address("stage-edit", initiative, stage.pk), fields).status_code == 302
    stage.refresh_from_db()
    assert (stage.stage, stage.reached_on, HistoryEntry.objects.count()) == ("adopted", day("2026-10-02"), 1)
    item = stage.policy_item
    page = staff.get(reverse("backbone:history-object", args=[initiative.slug, "policyitem", item.pk]))
    (row,) = page.context["rows"]
    assert row.done == "stage changed"
    assert [(change.name, change.before, change.after) for change in row.changes] == [
        ("Stage", "introduced", "adopted"),
        ("Since", "1 October 2026", "2 October 2026"),
    ]


def test_removed_stage_leaves_the_one_before_and_its_words_in_history(staff, initiative):
    item = PolicyItemFactory(initiative=initiative, way=way("introduced partly 2026-10-01", "adopted fully 2026-11-01"))
    last = item.stages.get(stage="adopted")
    assert staff.post(address("stage-remove", initiative, last.pk)).url == item.get_absolute_url()
    assert standing(item, "2026-11-30")[0] == "introduced"
    entry = HistoryEntry.objects.get()
    assert (entry.verb, entry.before["stage"], entry.after) == ("policyitem_stage_removed", "adopted", {})


def test_item_without_a_stage_says_so(staff, initiative):
    item = PolicyItemFactory(initiative=initiative, way=way("introduced partly 2026-10-01"))
    policy.remove_stage(stage=item.stages.get(), by=staff.user)
    assert "No stage is written down yet." in staff.get(item.get_absolute_url()).content.decode()
    answer = staff.get(address("list", initiative))
    assert ([row.stage for row in answer.context["rows"]], answer.context["head"]) == (["no stage yet"], None)


@pytest.mark.parametrize("name", ["stage-edit", "stage-remove"])
def test_stage_of_another_initiative_does_not_exist_here(name, staff, initiative, other_initiative):
    stage = PolicyStageFactory(policy_item__initiative=other_initiative)
    assert staff.post(address(name, initiative, stage.pk), typed()).status_code == 404
    stage.refresh_from_db()
    assert stage.stage == "introduced"
