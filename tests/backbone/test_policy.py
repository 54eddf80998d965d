"""Policy items: the ladder of their pages, writing them with their first stage, the list, its filters and its head."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backbone.models import PolicyItem, PolicyStage
from initiatives.actions import restoring
from initiatives.models import HistoryEntry
from initiatives.permissions import Role
from tests.backbone.factories import PolicyItemFactory, TargetAudienceFactory

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"
READERS = {Role.DIRECTOR, Role.STAFF, Role.COMMITTEE}
WRITERS = {Role.DIRECTOR, Role.STAFF}


def address(name, initiative, *arguments):
    return reverse(f"backbone:policy-{name}", args=[initiative.slug, *arguments])


def day(text):
    return datetime.date.fromisoformat(text)


def typed(**changes):
    return {
        "title": "Free school meals",
        "stage": "introduced",
        "alignment": "partly",
        "reached_on": "2026-10-01",
    } | changes


def errors_of(form):
    return {name: list(errors) for name, errors in form.errors.items()}


def titles(answer):
    return [row.item.title for row in answer.context["rows"]]


def test_backbone_and_committee_read_and_nobody_else(client_as, stranger, initiative):
    item = PolicyItemFactory(initiative=initiative, way=[("idea", "fully", day("2026-10-01"))])
    for here in (address("list", initiative), address("detail", initiative, item.pk)):
        answers = {role: client_as(role).get(here).status_code for role in Role}
        assert answers == {role: 200 if role in READERS else 403 for role in Role}
        assert stranger.get(here).status_code == 404


def test_committee_reads_without_a_button_and_cannot_write(committee_member, initiative):
    item = PolicyItemFactory(initiative=initiative, way=[("idea", "fully", day("2026-10-01"))])
    stage = item.stages.get()
    written = [
        address("add", initiative),
        address("edit", initiative, item.pk),
        address("delete", initiative, item.pk),
        address("stage-add", initiative, item.pk),
        address("stage-edit", initiative, stage.pk),
        address("stage-remove", initiative, stage.pk),
    ]
    assert [committee_member.post(here, typed()).status_code for here in written] == [403] * 6
    pages = [committee_member.get(address(*names)) for names in [("list", initiative), ("detail", initiative, item.pk)]]
    assert [here for here in written for page in pages if here in page.content.decode()] == []
    assert (PolicyItem.objects.get(), PolicyStage.objects.get().stage) == (item, "idea")


@pytest.mark.parametrize("name", ["detail", "edit", "delete", "stage-add"])
def test_item_of_another_initiative_does_not_exist_here(name, staff, initiative, other_initiative):
    foreign = PolicyItemFactory(initiative=other_initiative)
    here = address(name, initiative, foreign.pk)
    assert staff.get(here).status_code in (404, 405)
    assert staff.post(here, typed()).status_code in (404, 405)
    assert PolicyItem.objects.get().stages.count() == 0


def test_item_is_written_with_its_first_stage(staff, initiative):
    audience = TargetAudienceFactory(initiative=initiative)
    more = {"jurisdiction": "City", "description": "All pupils eat", "target_audiences": [audience.pk]}
    answer = staff.post(address("add", initiative), typed(**more))
    item = PolicyItem.objects.get()
    stage = item.stages.get()
    assert (answer.url, item.created_by, stage.created_by) == (item.get_absolute_url(), staff.user, staff.user)
    assert (item.title, item.jurisdiction, item.description) == ("Free school meals", "City", "All pupils eat")
    assert (list(item.target_audiences.all()), stage.stage, stage.alignment) == ([audience], "introduced", "partly")
    page = staff.get(answer.url).content.decode()
    words = ["City", "All pupils eat", str(audience), "introduced", "partly aligned", "1 October 2026"]
    assert [word for word in words if word not in page] == []
    told = HistoryEntry.objects.order_by("id").values_list("verb", "object_kind", "object_id")
    kind = ("backbone.policyitem", item.pk)
    assert list(told) == [("policyitem_added", *kind), ("policyitem_stage_reached", *kind)]


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"title": ""}, {"title": ["Write in a few words what it is."]}),
        ({"stage": ""}, {"stage": ["Choose the stage that it reached."]}),
        ({"alignment": ""}, {"alignment": ["Choose how far it agrees."]}),
        ({"reached_on": "2999-01-01"}, {"reached_on": ["This day has not come yet. Choose today or an earlier one."]}),
        ({"source_link": "javascript:alert(1)"}, {"source_link": ["Enter a valid URL."]}),
    ],
)
def test_what_is_refused_is_said_and_nothing_is_lost_or_written(staff, initiative, changes, errors):
    answer = staff.post(address("add", initiative), typed(description="Much thought", **changes))
    assert errors_of(answer.context["form"]) | errors_of(answer.context["stage_form"]) == errors
    assert "Much thought</textarea>" in answer.content.decode()
    assert PolicyItem.objects.count() == PolicyStage.objects.count() == HistoryEntry.objects.count() == 0


def test_audience_of_another_initiative_is_no_choice(staff, initiative, other_initiative):
    TargetAudienceFactory(initiative=initiative)
    foreign = TargetAudienceFactory(initiative=other_initiative, name="Their council")
    answer = staff.post(address("add", initiative), typed(target_audiences=[foreign.pk]))
    assert list(errors_of(answer.context["form"])) == ["target_audiences"]
    assert "Their council" not in answer.content.decode()
    assert PolicyItem.objects.count() == 0


def test_change_is_told_with_both_values_and_no_change_is_not(staff, initiative):
    item = PolicyItemFactory(initiative=initiative, title="Meals")
    audience = TargetAudienceFactory(initiative=initiative, name="School board")
    fields = {"title": "Free meals", "jurisdiction": "", "description": "", "target_audiences": [audience.pk]}
    for _ in range(2):
        assert staff.post(address("edit", initiative, item.pk), fields).status_code == 302
    entry = HistoryEntry.objects.get()
    assert (entry.before, entry.after) == (
        {"title": "Meals", "target_audiences": []},
        {"title": "Free meals", "target_audiences": [audience.pk]},
    )
    page = staff.get(reverse("backbone:history-object", args=[initiative.slug, "policyitem", item.pk]))
    assert "School board" in page.content.decode()


def test_deleting_leaves_the_list_and_the_head_and_undo_brings_it_back(staff, initiative):
    item = PolicyItemFactory(initiative=initiative, way=[("adopted", "fully", day("2026-10-01"))])
    here = address("list", initiative)
    page = staff.post(address("delete", initiative, item.pk), {"reason": "Twice"}, follow=True)
    assert (titles(page), page.context["head"], HistoryEntry.objects.get().reason) == ([], None, "Twice")
    assert staff.get(address("stage-edit", initiative, item.stages.get().pk)).status_code == 404
    assert staff.get(item.get_absolute_url()).status_code == 404
    staff.post(reverse("backbone:deleted-restore", args=[initiative.slug, "policyitem", item.pk]))
    page = staff.get(here)
    assert (titles(page), page.context["head"].agreeing) == ([item.title], 1)


def test_list_shows_where_each_stands_and_what_was_lost_last(staff, initiative):
    PolicyItemFactory(initiative=initiative, title="Lost", way=[("lost", "fully", day("2026-11-01"))])
    PolicyItemFactory(initiative=initiative, title="Old", way=[("in_force", "not", day("2025-01-01"))])
    PolicyItemFactory(
        initiative=initiative,
        title="New",
        jurisdiction="County",
        way=[("idea", "not", day("2026-09-01")), ("drafted", "against", day("2026-10-01"))],
    )
    answer = staff.get(address("list", initiative))
    shown = [(row.item.title, row.stage, row.alignment, row.since) for row in answer.context["rows"]]
    assert shown == [
        ("New", "drafted", "against the agenda", day("2026-10-01")),
        ("Old", "in force", "not aligned", day("2025-01-01")),
        ("Lost", "lost", "fully aligned", day("2026-11-01")),
    ]
    assert 'class="policy-lost"' in answer.content.decode()


def test_list_is_filtered_by_each_of_its_filters(staff, initiative):
    audience = TargetAudienceFactory(initiative=initiative)
    way = [("idea", "fully", day("2026-01-01")), ("introduced", "partly", day("2026-02-01"))]
    wanted = PolicyItemFactory(initiative=initiative, title="Café law", jurisdiction="City of York", way=way)
    wanted.target_audiences.add(audience)
    PolicyItemFactory(initiative=initiative, title="Other", way=[("idea", "fully", day("2026-01-01"))])
    filters = [
        {"stage": "introduced"},
        {"alignment": "partly"},
        {"jurisdiction": "york"},
        {"audience": audience.pk},
        {"search": "cafe LAW"},
    ]
    assert [titles(staff.get(address("list", initiative), each)) for each in filters] == [["Café law"]] * 5
    assert len(titles(staff.get(address("list", initiative), {"stage": "idea"}))) == 1


def test_filter_that_makes_no_sense_is_refused_at_its_field(staff, initiative, other_initiative):
    PolicyItemFactory(initiative=initiative)
    foreign = TargetAudienceFactory(initiative=other_initiative)
    answer = staff.get(address("list", initiative), {"stage": "nowhere", "audience": foreign.pk})
    assert list(answer.context["form"].errors) == ["stage", "audience"]
    assert len(titles(answer)) == 1


def test_list_says_what_is_empty(staff, committee_member, initiative):
    here = address("list", initiative)
    assert "No policy items yet" in staff.get(here).content.decode()
    assert address("add", initiative) not in committee_member.get(here).content.decode()
    assert "Nothing matches" in staff.get(here, {"search": "meals"}).content.decode()


def test_pages_cost_the_same_with_one_and_three(staff, initiative):
    def cost(here):
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(here).status_code == 200
        return len(queries)

    def more():
        item = PolicyItemFactory(initiative=initiative, way=[("idea", "fully", day("2026-01-01"))])
        item.target_audiences.add(TargetAudienceFactory(initiative=initiative))
        return item

    item = more()
    pages = [address("list", initiative), address("detail", initiative, item.pk)]
    one = [cost(here) for here in pages]
    for _ in range(2):
        more()
        item.stages.create(stage="lost", alignment="fully", reached_on=day("2026-02-01"))
        item.target_audiences.add(TargetAudienceFactory(initiative=initiative))
    assert [cost(here) for here in pages] == one


def test_hostile_words_stay_text(staff, initiative):
    audience = TargetAudienceFactory(initiative=initiative, name=HOSTILE, note=HOSTILE)
    fields = typed(title=HOSTILE, jurisdiction=HOSTILE, description=HOSTILE, note=HOSTILE)
    here = staff.post(address("add", initiative), fields | {"target_audiences": [audience.pk]}).url
    stage = PolicyStage.objects.get()
    pages = [here, *(address(name, initiative) for name in ("list", "audience-list"))]
    pages += [address("stage-edit", initiative, stage.pk), address("stage-add", initiative, stage.policy_item.pk)]
    pages += [address("audience-edit", initiative, audience.pk)]
    shown = [staff.get(page).content.decode() for page in pages]
    assert [HOSTILE in page for page in shown] == [False] * 6
    assert all("&lt;script&gt;" in page for page in shown)


def test_search_finds_items_for_those_who_may_see_them(staff, committee_member, client_as, initiative):
    PolicyItemFactory(
        initiative=initiative, title="Meals", description="All pupils", way=[("idea", "fully", day("2026-01-01"))]
    )
    here = reverse("backbone:search", args=[initiative.slug])
    clients = (staff, committee_member, client_as(Role.MEMBER))
    link = PolicyItem.objects.get().get_absolute_url()
    assert [link in c.get(here, {"q": "pupils"}).content.decode() for c in clients] == [True, True, False]
    restoring.delete(row=PolicyItem.objects.get(), by=staff.user)
    assert link not in staff.get(here, {"q": "pupils"}).content.decode()


def test_deleting_and_removing_need_a_post(staff, initiative):
    item = PolicyItemFactory(initiative=initiative, way=[("idea", "fully", day("2026-01-01"))])
    here = [address("delete", initiative, item.pk), address("stage-remove", initiative, item.stages.get().pk)]
    assert [staff.get(each).status_code for each in here] == [405, 405]
    assert PolicyItem.objects.get().stages.count() == 1
