"""Action items: who sees and changes which, the list, the board, the forms and the history."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backbone.actions import action_items
from backbone.models import ActionItem
from backbone.queries.action_items import CARDS_IN_A_COLUMN
from initiatives.models import HistoryEntry
from initiatives.permissions import Role
from partners.models import Seat
from tests.backbone.follow_ups import ActionItemFactory, FollowUpDecisionFactory, FollowUpMeetingFactory
from tests.factories import ContactFactory, GroupFactory, MembershipFactory, SeatFactory

pytestmark = pytest.mark.django_db
State = ActionItem.State
DAY = datetime.timedelta(days=1)
HOSTILE = "<script>alert(1)</script>"
ITEM_PAGES = ["action-item-detail", "action-item-edit", "action-item-move", "action-item-delete"]


def address(name, initiative, *arguments):
    return reverse(f"backbone:{name}", args=[initiative.slug, *arguments])


def titles(answer):
    return sorted(row.item.title for row in answer.context["rows"])


def listed(client, initiative, **filters):
    return titles(client.get(address("action-item-list", initiative), filters))


def seat(client, group, role=Seat.Role.MEMBER):
    """Give whoever signed in at `client` a seat, as the contact with the same address."""
    contact = ContactFactory(initiative=group.initiative, email=client.user.email)
    SeatFactory(group=group, holder=contact, role=role)
    return contact


def of_group(group, **fields):
    meeting = FollowUpMeetingFactory(initiative=group.initiative, group=group)
    return ActionItemFactory(initiative=group.initiative, meeting=meeting, **fields)


@pytest.mark.parametrize("name", ["action-item-list", "action-item-board"])
def test_pages_open_for_groups_and_the_backbone_and_for_nobody_else(name, staff, stranger, client_as, initiative):
    assert [staff.get(address(name, initiative)).status_code, stranger.get(address(name, initiative)).status_code] == [
        200,
        404,
    ]
    for role in (Role.COMMITTEE, Role.CO_CHAIR, Role.MEMBER):
        assert client_as(role).get(address(name, initiative)).status_code == 200
    for role in (Role.FUNDER, Role.OBSERVER):
        assert client_as(role).get(address(name, initiative)).status_code == 403


@pytest.mark.parametrize("name", ITEM_PAGES)
def test_item_of_another_initiative_does_not_exist_here(name, staff, initiative, other_initiative):
    foreign = ActionItemFactory(initiative=other_initiative)
    answer = staff.post(address(name, initiative, foreign.pk), {"state": "done", "title": "Taken"})
    assert answer.status_code in (404, 405)
    foreign.refresh_from_db()
    assert (foreign.state, foreign.deleted_at) == (State.OPEN, None)


def test_members_see_their_own_and_those_of_their_groups(client_as, staff, initiative):
    member, group, other = client_as(Role.MEMBER), *GroupFactory.create_batch(2, initiative=initiative)
    contact = seat(member, group)
    of_group(group, title="of my group"), of_group(other, title="of another group")
    ActionItemFactory(initiative=initiative, title="mine as contact", owner_contact=contact)
    ActionItemFactory(initiative=initiative, title="mine as user", owner_staff=member.user)
    ActionItemFactory(initiative=initiative, title="somebody's")
    decision = FollowUpDecisionFactory(initiative=initiative, body=group)
    ActionItemFactory(initiative=initiative, title="of a decision", decision=decision)
    mine = ["mine as contact", "mine as user", "of a decision", "of my group"]
    assert listed(member, initiative) == mine
    assert listed(staff, initiative) == sorted([*mine, "of another group", "somebody's"])
    board = member.get(address("action-item-board", initiative)).context["columns"]
    assert sorted(row.item.title for column in board for row in column.rows) == mine


def test_member_of_a_group_gets_404_for_what_others_do(client_as, initiative):
    member = client_as(Role.MEMBER)
    seat(member, GroupFactory(initiative=initiative))
    item = of_group(GroupFactory(initiative=initiative))
    for name in ("action-item-detail", "action-item-move"):
        answer = (member.get if name.endswith("detail") else member.post)(address(name, initiative, item.pk))
        assert answer.status_code == 404
    assert member.post(address("action-item-delete", initiative, item.pk)).status_code == 403


def test_seat_that_ended_shows_nothing_any_more(client_as, initiative):
    member, group = client_as(Role.MEMBER), GroupFactory(initiative=initiative)
    seat(member, group)
    of_group(group, title="of my group")
    Seat.objects.update(ends_on=initiative.today() - DAY)
    assert listed(member, initiative) == []


def test_item_of_a_deleted_meeting_is_no_more_a_groups(client_as, initiative):
    member, group = client_as(Role.MEMBER), GroupFactory(initiative=initiative)
    seat(member, group)
    item = of_group(group)
    type(item.meeting).with_deleted.update(deleted_at=datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC))
    assert listed(member, initiative) == []


def test_co_chair_changes_what_belongs_to_groups_they_lead_and_nothing_else(client_as, initiative):
    chair = client_as(Role.CO_CHAIR)
    led, sits = GroupFactory.create_batch(2, initiative=initiative)
    seat(chair, led, role=Seat.Role.CO_CHAIR)
    SeatFactory(group=sits, holder=initiative.contacts.get())
    own, other = of_group(led), of_group(sits)
    typed = {"title": "Changed", "meeting": own.meeting_id}
    assert chair.post(address("action-item-edit", initiative, own.pk), typed).status_code == 302
    assert chair.post(address("action-item-edit", initiative, other.pk), typed).status_code == 404
    assert chair.post(address("action-item-delete", initiative, other.pk)).status_code == 404
    assert sorted(ActionItem.objects.values_list("title", flat=True)) == sorted(["Changed", other.title])


def test_co_chair_adds_to_a_meeting_they_lead_and_is_offered_only_their_groups(client_as, initiative):
    chair, led = client_as(Role.CO_CHAIR), GroupFactory(initiative=initiative)
    seat(chair, led, role=Seat.Role.CHAIR)
    now = datetime.datetime.now(datetime.UTC)
    meeting = FollowUpMeetingFactory(initiative=initiative, group=led, starts_at=now)
    elsewhere = FollowUpMeetingFactory(initiative=initiative, starts_at=now)
    stranger = ContactFactory(initiative=initiative)
    here, typed = address("action-item-add", initiative), {"title": "Call the families"}
    for wrong in ({}, {"meeting": elsewhere.pk}, {"meeting": meeting.pk, "owner": f"contact-{stranger.pk}"}):
        assert chair.post(here, typed | wrong | {"quick": "1"}).status_code == 200
    assert ActionItem.objects.count() == 0
    holder = initiative.contacts.get(email=chair.user.email)
    chair.post(here, typed | {"meeting": meeting.pk, "owner": f"contact-{holder.pk}"})
    assert list(ActionItem.objects.values_list("title", "owner_contact")) == [("Call the families", holder.pk)]


def test_owner_without_the_right_to_change_says_that_it_is_done(client_as, initiative):
    member = client_as(Role.MEMBER)
    item = ActionItemFactory(initiative=initiative, owner_staff=member.user)
    assert member.post(address("action-item-edit", initiative, item.pk), {"title": "x"}).status_code == 403
    member.post(address("action-item-move", initiative, item.pk), {"state": "done"})
    item.refresh_from_db()
    assert (item.state, item.done_on) == (State.DONE, initiative.today())


def test_one_line_is_enough_and_leads_back(staff, initiative):
    contact = ContactFactory(initiative=initiative)
    back = address("action-item-board", initiative)
    typed = {"title": "Book the hall", "due_on": "2026-12-01", "owner": f"contact-{contact.pk}", "quick": "1"}
    answer = staff.post(address("action-item-add", initiative), typed | {"next": back})
    assert answer.url == back
    item = ActionItem.objects.get()
    assert (item.title, item.owner, item.due_on, item.state, item.created_by) == (
        "Book the hall", contact, datetime.date(2026, 12, 1), State.OPEN, staff.user,
    )  # fmt: skip


def test_what_is_refused_is_said_and_nothing_is_lost(staff, initiative, other_initiative):
    foreign = ContactFactory(initiative=other_initiative, name="Foreign Person")
    here = address("action-item-add", initiative)
    for wrong, field in (
        ({"title": ""}, "title"),
        ({"due_on": "soon"}, "due_on"),
        ({"owner": f"contact-{foreign.pk}"}, "owner"),
        ({"owner": "contact-" + "9" * 60}, "owner"),
        ({"meeting": FollowUpMeetingFactory(initiative=other_initiative).pk}, "meeting"),
    ):
        answer = staff.post(here, {"title": "Book", "note": "Kept words"} | wrong)
        assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])
        assert "Kept words" in answer.content.decode()
    assert "Foreign Person" not in staff.get(here).content.decode()
    assert ActionItem.objects.count() == HistoryEntry.objects.count() == 0


def test_moving_there_and_back_keeps_the_day_it_was_done_in_step(staff, initiative):
    item = ActionItemFactory(initiative=initiative)
    seen = []
    for state in ("doing", "done", "dropped", "open"):
        staff.post(address("action-item-move", initiative, item.pk), {"state": state})
        item.refresh_from_db()
        seen.append((item.state, item.done_on))
    assert seen == [("doing", None), ("done", initiative.today()), ("dropped", None), ("open", None)]
    assert [entry.after for entry in HistoryEntry.objects.order_by("id")] == [{"state": s} for s, _day in seen]


def test_moving_twice_is_told_once_and_needs_a_post_and_a_state(staff, initiative):
    item = ActionItemFactory(initiative=initiative)
    here = address("action-item-move", initiative, item.pk)
    answers = [staff.post(here, {"state": "done"}).status_code for _ in range(2)]
    assert answers == [302, 302]
    assert [staff.get(here).status_code, staff.post(here, {"state": "gone"}).status_code] == [405, 400]
    assert HistoryEntry.objects.count() == 1


def test_changing_owner_or_day_begins_reminding_anew_and_other_changes_do_not(director, initiative):
    long_ago = datetime.date(2026, 1, 1)
    item = ActionItemFactory(initiative=initiative, reminders=3, reminders_since=long_ago)
    same = action_items.change(item=item, values={"note": "More"}, by=director.user)
    assert (same.reminders, same.reminders_since) == (3, long_ago)
    moved = action_items.change(item=item, values={"due_on": initiative.today()}, by=director.user)
    assert (moved.reminders, moved.reminders_since) == (0, initiative.today())


def test_history_tells_of_adding_changing_and_deleting_and_nothing_twice(director, initiative):
    item = action_items.add(initiative=initiative, values={"title": "Call"}, by=director.user)
    for _ in range(2):
        action_items.change(item=item, values={"title": "Call them"}, by=director.user)
    for _ in range(2):
        action_items.delete(item=item, by=director.user)
    told = HistoryEntry.objects.order_by("id")
    assert [entry.verb for entry in told] == ["actionitem_added", "actionitem_changed", "actionitem_deleted"]
    assert (told[1].before, told[1].after) == ({"title": "Call"}, {"title": "Call them"})


def test_deleted_item_leaves_every_page(staff, initiative):
    gone, stays = ActionItemFactory.create_batch(2, initiative=initiative)
    staff.post(address("action-item-delete", initiative, gone.pk))
    assert listed(staff, initiative) == [stays.title]
    assert staff.get(address("action-item-detail", initiative, gone.pk)).status_code == 404


def test_list_is_filtered_by_each_of_its_filters(staff, initiative):
    today, group = initiative.today(), GroupFactory(initiative=initiative)
    sunday = today + (6 - today.weekday()) * DAY
    contact = ContactFactory(initiative=initiative)
    late = ActionItemFactory(initiative=initiative, title="late", due_on=today - DAY, owner_contact=contact)
    ActionItemFactory(initiative=initiative, title="this week", due_on=sunday, owner_staff=staff.user)
    ActionItemFactory(initiative=initiative, title="later", due_on=sunday + DAY)
    grouped = of_group(group, title="of a group")
    ActionItemFactory(initiative=initiative, title="done late", due_on=today - DAY, state="done", done_on=today)
    waiting = ["late", "later", "of a group", "this week"]
    for filters, found in (
        ({}, waiting),
        ({"state": "all"}, sorted([*waiting, "done late"])),
        ({"state": "done"}, ["done late"]),
        ({"when": "overdue"}, [late.title]),
        ({"when": "week"}, ["this week"]),
        ({"owner": "mine"}, ["this week"]),
        ({"owner": f"contact-{contact.pk}"}, ["late"]),
        ({"meeting": grouped.meeting_id}, ["of a group"]),
        ({"group": group.pk}, ["of a group"]),
        ({"owner": "nobody-7", "state": "done"}, ["done late"]),
    ):
        assert listed(staff, initiative, **filters) == found, filters


@pytest.mark.parametrize("name", ["action-item-list", "action-item-board"])
def test_pages_cost_the_same_queries_with_one_three_and_three_thousand_items(name, staff, initiative):
    contact = ContactFactory(initiative=initiative)
    meeting = FollowUpMeetingFactory(initiative=initiative)
    counts = []
    for number in (1, 2, 2_997):
        fields = {"initiative": initiative, "owner_contact": contact, "meeting": meeting, "title": "x"}
        ActionItem.objects.bulk_create([ActionItem(**fields) for _ in range(number)], batch_size=500)
        with CaptureQueriesContext(connection) as queries:
            staff.get(address(name, initiative))
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2]


def test_board_shows_so_many_cards_and_leads_to_the_rest(staff, initiative):
    ActionItem.objects.bulk_create(
        ActionItem(initiative=initiative, title=f"Item {n}") for n in range(CARDS_IN_A_COLUMN + 2)
    )
    answer = staff.get(address("action-item-board", initiative))
    column = answer.context["columns"][0]
    assert (column.number, len(column.rows), column.left_out) == (CARDS_IN_A_COLUMN + 2, CARDS_IN_A_COLUMN, 2)
    assert "2 more in the list" in answer.content.decode()


def test_board_carries_a_button_for_each_other_state_and_none_for_readers(staff, client_as, initiative):
    member, group = client_as(Role.MEMBER), GroupFactory(initiative=initiative)
    seat(member, group)
    of_group(group)
    here = address("action-item-board", initiative)
    (row,) = staff.get(here).context["columns"][0].rows
    assert [state for state, _label in row.moves] == ["doing", "done", "dropped"]
    assert 'name="state"' not in member.get(here).content.decode().split("data-action-board", 1)[1]


def test_hostile_names_stay_text(staff, initiative):
    person = MembershipFactory(initiative=initiative, user__name=HOSTILE).user
    meeting = FollowUpMeetingFactory(initiative=initiative, title=HOSTILE)
    item = ActionItemFactory(initiative=initiative, title=HOSTILE, note=HOSTILE, owner_staff=person, meeting=meeting)
    ContactFactory(initiative=initiative, name=HOSTILE, organisation__name=HOSTILE)
    for name, *arguments in [("action-item-list",), ("action-item-board",), ("action-item-detail", item.pk)]:
        page = staff.get(address(name, initiative, *arguments)).content.decode()
        assert (HOSTILE in page, "&lt;script&gt;" in page) == (False, True)
