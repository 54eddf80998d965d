"""Changing activities in the list: one in its place, several at once, each with its own entry in history."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backbone.actions.activities import change_parts
from backbone.models import Activity
from initiatives.models import HistoryEntry
from tests.backbone.factories import ActivityFactory
from tests.backbone.test_activities import address, function, shares_of
from tests.factories import GroupFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def told():
    return list(HistoryEntry.objects.order_by("id").values_list("verb", "object_id"))


def several(client, initiative, chosen, query="", **fields):
    here = address("activity-several", initiative) + query
    return client.post(here, {"chosen": [activity.pk for activity in chosen]} | fields)


def row_fields(activity, **changes):
    fields = {"title": activity.title, "minutes": activity.minutes}
    return fields | {"functions": list(activity.shares.values_list("function", flat=True))} | changes


def test_row_is_changed_in_its_place_and_keeps_everything_else(staff, initiative):
    activity = ActivityFactory(initiative=initiative, functions={"vision": 3, "policy": 1}, outcome="Much")
    here = address("activity-row", initiative, activity.pk)
    form = staff.get(here, headers=HTMX).content.decode()
    assert f'value="{activity.title}"' in form
    changed = row_fields(activity, title="Better", minutes=75, functions=[
        function(initiative, code).pk for code in ("vision", "community")
    ])  # fmt: skip
    row = staff.post(here, changed, headers=HTMX).content.decode()
    assert [word in row for word in ("<tr", ">Better</a>", "1 h 15 min", "Saved")] == [True] * 4
    activity.refresh_from_db()
    assert (activity.title, activity.minutes, activity.outcome) == ("Better", 75, "Much")
    assert shares_of(activity) == {"vision": 3, "community": 1}
    assert told() == [("activity_changed", activity.pk)]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": " "}, "Write in a few words what you did."),
        ({"minutes": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"functions": []}, "Choose at least one function."),
    ],
)
def test_row_that_is_refused_stays_a_form_and_writes_nothing(staff, initiative, changes, sentence):
    activity = ActivityFactory(initiative=initiative)
    here = address("activity-row", initiative, activity.pk)
    fields = row_fields(activity, title="Typed") | changes
    answer = staff.post(here, fields, headers=HTMX).content.decode()
    assert sentence in answer
    assert f'value="{fields["title"].strip() or " "}"' in answer
    assert told() == []


def test_row_can_be_left_as_it_was(staff, initiative):
    activity = ActivityFactory(initiative=initiative)
    row = staff.get(address("activity-row", initiative, activity.pk) + "?shown", headers=HTMX).content.decode()
    assert (row.count("<tr"), "Saved" in row, told()) == (1, False, [])


def test_without_htmx_the_page_of_the_activity_does_the_same(staff, initiative):
    activity = ActivityFactory(initiative=initiative)
    assert staff.get(address("activity-row", initiative, activity.pk)).url == activity.get_absolute_url()
    page = staff.get(address("activity-list", initiative)).content.decode()
    assert page.count(f'href="{activity.get_absolute_url()}"') == 2


@pytest.mark.parametrize("name", ["activity-row", "activity-several"])
def test_changing_in_the_list_needs_the_permission(committee_member, initiative, name):
    activity = ActivityFactory(initiative=initiative)
    arguments = [activity.pk] if name == "activity-row" else []
    answer = committee_member.post(address(name, initiative, *arguments), {"chosen": [activity.pk], "delete": "on"})
    assert (answer.status_code, Activity.objects.count(), told()) == (403, 1, [])


def test_several_get_what_was_chosen_and_keep_the_rest(staff, initiative):
    group = GroupFactory(initiative=initiative)
    rows = ActivityFactory.create_batch(2, initiative=initiative, functions={"vision": 1, "policy": 2})
    untouched = ActivityFactory(initiative=initiative)
    fields = {"group": group.pk, "behind_the_scenes": "yes"}
    answer = several(staff, initiative, rows, "?page=1", **fields)
    assert answer.url == address("activity-list", initiative) + "?page=1"
    for row in rows:
        row.refresh_from_db()
        assert (row.group, row.behind_the_scenes, shares_of(row)) == (group, True, {"vision": 1, "policy": 2})
    untouched.refresh_from_db()
    assert (untouched.group, untouched.behind_the_scenes) == (None, False)
    assert told() == [("activity_changed", row.pk) for row in rows]


def test_several_get_one_function_and_lose_their_group(staff, initiative):
    rows = ActivityFactory.create_batch(2, initiative=initiative, group=GroupFactory(initiative=initiative))
    several(staff, initiative, rows, function=function(initiative, "policy").pk, group="none", behind_the_scenes="no")
    assert [shares_of(row) for row in Activity.objects.all()] == [{"policy": 1}] * 2
    assert [row.group for row in Activity.objects.all()] == [None] * 2


def test_several_are_deleted_and_can_be_restored(staff, initiative):
    *gone, stays = ActivityFactory.create_batch(3, initiative=initiative)
    page = staff.get(several(staff, initiative, gone, delete="on").url).content.decode()
    assert list(Activity.objects.all()) == [stays]
    assert Activity.with_deleted.count() == 3
    assert "2 activities were deleted. They can be restored for 30 days" in page
    assert sorted(told()) == [("activity_deleted", row.pk) for row in gone]


def test_a_foreign_row_among_the_chosen_stops_everything(staff, initiative, other_initiative):
    own, foreign = ActivityFactory(initiative=initiative), ActivityFactory(initiative=other_initiative)
    for fields in ({"delete": "on"}, {"behind_the_scenes": "yes"}):
        answer = several(staff, initiative, [own, foreign], **fields)
        assert "One of these activities is not here any more." in answer.content.decode()
    assert Activity.objects.filter(behind_the_scenes=False).count() == 2
    assert told() == []


def test_foreign_function_and_group_are_refused(staff, initiative, other_initiative):
    own = ActivityFactory(initiative=initiative)
    fields = {
        "function": function(other_initiative, "policy").pk,
        "group": GroupFactory(initiative=other_initiative).pk,
    }
    for name, value in fields.items():
        assert several(staff, initiative, [own], **{name: value}).context["several"].errors.keys() == {name}
    assert told() == []


@pytest.mark.parametrize(
    ("number", "fields", "sentence"),
    [
        (0, {"behind_the_scenes": "yes"}, "Choose the activities first: tick the box before each."),
        (1, {}, "Say what to change: a function, a kind, a group, or behind the scenes."),
        (101, {"delete": "on"}, "Change at most 100 at once."),
    ],
)
def test_several_without_sense_are_refused_and_stay_ticked(staff, initiative, number, fields, sentence):
    rows = ActivityFactory.create_batch(number + 1, initiative=initiative)[1:]
    answer = several(staff, initiative, rows, **fields)
    page = answer.content.decode()
    assert (answer.status_code, sentence in page, told()) == (200, True, [])
    assert page.count(" checked") == min(number, 25)


def test_several_are_changed_all_or_none(staff, initiative, monkeypatch):
    rows = ActivityFactory.create_batch(2, initiative=initiative)
    seen = []

    def fail_at_the_second(**_entry):
        seen.append(1)
        if len(seen) == 2:
            raise RuntimeError("the cable was cut")

    monkeypatch.setattr("initiatives.actions.history.record", fail_at_the_second)
    with pytest.raises(RuntimeError, match="cable"):
        change_parts(activities=rows, parts={"behind_the_scenes": True}, by=staff.user)
    assert Activity.objects.filter(behind_the_scenes=True).count() == 0


def test_list_costs_the_same_with_one_three_and_three_thousand(staff, initiative):
    counts = []
    for number in (1, 2, 2_997):
        Activity.objects.bulk_create(
            Activity(initiative=initiative, title=f"Call {n}", held_on=initiative.today(), minutes=30)
            for n in range(number)
        )
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(address("activity-list", initiative)).status_code == 200
        counts.append(len(queries))
    assert (Activity.objects.count(), len(set(counts))) == (3_000, 1)
