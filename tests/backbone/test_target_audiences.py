"""Target audiences: their ladder, and who last spoke with them, as far as each reader may know."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backbone.models import TargetAudience
from initiatives.actions import restoring
from initiatives.models import HistoryEntry
from initiatives.permissions import Role
from tests.backbone.factories import ActivityFactory, PolicyItemFactory, TargetAudienceFactory
from tests.factories import InitiativeFactory

pytestmark = pytest.mark.django_db
WRITTEN = ["add", "edit", "delete"]


def address(name, initiative, *arguments):
    return reverse(f"backbone:policy-audience-{name}", args=[initiative.slug, *arguments])


@pytest.fixture
def initiative(db):
    """Its year begins in January, so that ninety days and a year can be told apart."""
    return InitiativeFactory(name="Bright Futures", slug="bright-futures", fiscal_year_starts_in=1)


@pytest.fixture
def audience(initiative):
    return TargetAudienceFactory(initiative=initiative, name="School board")


def spoken(audience, days_ago=0, **fields):
    """An activity of function policy with an audience."""
    initiative = audience.initiative
    held_on = initiative.today() - datetime.timedelta(days=days_ago)
    activity = ActivityFactory(initiative=initiative, **{"held_on": held_on, "functions": {"policy": 1}} | fields)
    activity.target_audiences.add(audience)
    return activity


def row(client, initiative, **filters):
    (found,) = client.get(address("list", initiative), filters).context["rows"]
    return found


def test_page_opens_for_those_who_may_read_policy(client_as, stranger, initiative, audience):
    answers = {role: client_as(role).get(address("list", initiative)).status_code for role in Role}
    assert answers == {role: 200 if role in (Role.DIRECTOR, Role.STAFF, Role.COMMITTEE) else 403 for role in Role}
    assert stranger.get(address("list", initiative)).status_code == 404


def test_committee_cannot_write(committee_member, initiative, audience):
    pages = [address("add", initiative), *(address(name, initiative, audience.pk) for name in ("edit", "delete"))]
    assert [committee_member.post(here, {"name": "Other"}).status_code for here in pages] == [403] * 3
    shown = committee_member.get(address("list", initiative)).content.decode()
    assert [here for here in pages if here in shown] == []
    assert TargetAudience.objects.get().name == "School board"


@pytest.mark.parametrize("name", ["edit", "delete"])
def test_audience_of_another_initiative_does_not_exist_here(name, staff, initiative, other_initiative):
    foreign = TargetAudienceFactory(initiative=other_initiative, name="Theirs")
    assert staff.post(address(name, initiative, foreign.pk), {"name": "Ours"}).status_code == 404
    assert TargetAudience.objects.get().name == "Theirs"


def test_audience_is_added_changed_and_told(staff, initiative):
    staff.post(address("add", initiative), {"name": "School board", "note": "Votes in May"})
    audience = TargetAudience.objects.get()
    for _ in range(2):
        staff.post(address("edit", initiative, audience.pk), {"name": "School board", "note": "Votes in June"})
    told = HistoryEntry.objects.order_by("id").values_list("verb", "after")
    assert list(told) == [
        ("targetaudience_added", {"name": "School board", "note": "Votes in May"}),
        ("targetaudience_changed", {"note": "Votes in June"}),
    ]
    page = staff.get(reverse("backbone:history-object", args=[initiative.slug, "targetaudience", audience.pk]))
    assert "Votes in June" in page.content.decode()


@pytest.mark.parametrize("name", ["", "  school  BOARD "])
def test_name_that_is_missing_or_taken_is_refused(name, staff, initiative, audience):
    answer = staff.post(address("add", initiative), {"name": name, "note": "Much thought"})
    assert list(answer.context["form"].errors) == ["name"]
    assert "Much thought</textarea>" in answer.content.decode()
    assert (TargetAudience.objects.count(), HistoryEntry.objects.count()) == (1, 0)


def test_deleting_takes_only_what_nothing_names(staff, initiative, audience):
    activity = spoken(audience)
    answer = staff.post(address("delete", initiative, audience.pk), follow=True)
    assert "“School board” is still named: by activities (1)" in answer.content.decode()
    activity.target_audiences.clear()
    assert staff.post(address("delete", initiative, audience.pk)).status_code == 302
    assert (TargetAudience.objects.count(), HistoryEntry.objects.get().verb) == (0, "targetaudience_deleted")


def test_what_was_deleted_comes_back_with_its_audience(staff, initiative, audience):
    item = PolicyItemFactory(initiative=initiative)
    item.target_audiences.add(audience)
    restoring.delete(row=item, by=staff.user)
    answer = staff.post(address("delete", initiative, audience.pk), follow=True)
    assert "policy items (1)" in answer.content.decode()
    restoring.restore(row=item, by=staff.user)
    assert list(item.target_audiences.all()) == [audience]


def test_staff_see_who_last_spoke_with_them_and_how_often(staff, initiative, audience):
    spoken(audience, 9, people=[])
    last = spoken(audience, 3, title="Coffee with the chair", people=[staff.user])
    found = row(staff, initiative)
    assert (found.spoken_on, found.contacts, found.activity, found.people) == (last.held_on, 2, last, str(staff.user))
    page = staff.get(address("list", initiative)).content.decode()
    assert "Coffee with the chair" in page


def test_committee_sees_days_and_counts_and_neither_names_nor_titles(staff, committee_member, initiative, audience):
    item = PolicyItemFactory(initiative=initiative)
    item.target_audiences.add(audience)
    spoken(audience, 3, title="Coffee with the chair", outcome="She agrees", people=[staff.user])
    found = row(committee_member, initiative)
    assert (found.contacts, found.activity, found.people) == (1, None, "")
    for here in (address("list", initiative), item.get_absolute_url()):
        page = committee_member.get(here).content.decode()
        assert [word for word in ("Coffee", "She agrees", str(staff.user)) if word in page] == []


def test_what_happened_behind_the_scenes_is_for_readers_of_the_log(staff, committee_member, initiative, audience):
    item = PolicyItemFactory(initiative=initiative)
    item.target_audiences.add(audience)
    seen, hushed = spoken(audience, 100), spoken(audience, 1, behind_the_scenes=True)
    told = [(r.spoken_on, r.contacts, r.is_quiet) for r in (row(c, initiative) for c in (staff, committee_member))]
    assert told == [(hushed.held_on, 2, False), (seen.held_on, 1, True)]
    quiet = [c.get(address("list", initiative)).context["quiet"] for c in (staff, committee_member)]
    assert quiet == [0, 1]
    on_item = [c.get(item.get_absolute_url()).context["audiences"][0].spoken_on for c in (staff, committee_member)]
    assert on_item == [hushed.held_on, seen.held_on]


def test_contacts_are_activities_of_function_policy_that_stand_and_were_held(staff, initiative, audience):
    restoring.delete(row=spoken(audience), by=staff.user)
    spoken(audience, -1)
    spoken(audience, functions={"vision": 1})
    spoken(TargetAudienceFactory(initiative=initiative, name="Mayor"))
    found = row(staff, initiative, search="board")
    assert (found.spoken_on, found.contacts, found.is_quiet) == (None, 0, True)


def test_contacts_are_counted_once_and_in_this_fiscal_year_alone(staff, initiative, audience):
    first, _last = initiative.fiscal_year(initiative.today())
    spoken(audience, held_on=first - datetime.timedelta(days=1))
    activity = spoken(audience, held_on=first, functions={"policy": 2, "vision": 1})
    activity.target_audiences.add(TargetAudienceFactory(initiative=initiative, name="Mayor"))
    assert row(staff, initiative, search="board").contacts == 1


def test_after_ninety_days_it_is_said_and_can_be_filtered(staff, initiative):
    for days in (89, 90, 91):
        spoken(TargetAudienceFactory(initiative=initiative, name=f"Spoken {days} ago"), days)
    TargetAudienceFactory(initiative=initiative, name="Never")
    answer = staff.get(address("list", initiative), {"quiet": "on"})
    assert [found.audience.name for found in answer.context["rows"]] == ["Never", "Spoken 91 ago"]
    assert "2 of 4 were not spoken with in the last 90 days." in answer.content.decode()


def test_items_are_those_that_stand(staff, initiative, audience):
    kept, deleted = PolicyItemFactory.create_batch(2, initiative=initiative)
    for item in (kept, deleted):
        item.target_audiences.add(audience)
    restoring.delete(row=deleted, by=staff.user)
    assert row(staff, initiative).items == [kept]
    assert kept.title in staff.get(address("list", initiative)).content.decode()


def test_page_says_what_is_empty(staff, initiative):
    here = address("list", initiative)
    assert "No target audiences yet" in staff.get(here).content.decode()
    assert "Nothing matches" in staff.get(here, {"search": "board"}).content.decode()


def test_page_costs_the_same_with_one_and_three(staff, initiative):
    def more():
        audience = TargetAudienceFactory(initiative=initiative)
        PolicyItemFactory(initiative=initiative).target_audiences.add(audience)
        spoken(audience, people=[staff.user])

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(address("list", initiative)).status_code == 200
        return len(queries)

    more()
    one = cost()
    more()
    more()
    assert cost() == one
