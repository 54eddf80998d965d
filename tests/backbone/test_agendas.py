"""The agenda of a meeting: running times, order, marks, and what is carried over."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backbone.actions.agendas import carry_over, move_item
from backbone.actions.meetings import plan_series
from backbone.models import AgendaItem
from backbone.queries.agendas import agenda_of
from initiatives.models import HistoryEntry
from initiatives.permissions import Role
from partners.models import Seat
from tests.backbone.factories import AgendaItemFactory, MeetingFactory
from tests.backbone.meetings import address, seat
from tests.factories import ContactFactory, GroupFactory, SeatFactory

pytestmark = pytest.mark.django_db
STARTS = datetime.datetime(2027, 1, 12, 15, tzinfo=datetime.UTC)
ACTS = ["meeting-item-edit", "meeting-item-move", "meeting-item-mark", "meeting-item-remove"]


@pytest.fixture
def own(initiative):
    return GroupFactory(initiative=initiative)


@pytest.fixture
def meeting(initiative, own):
    return MeetingFactory(initiative=initiative, group=own, starts_at=STARTS, duration=60, time_zone="Europe/Berlin")


@pytest.fixture
def co_chair(client_as, own):
    client = client_as(Role.CO_CHAIR)
    seat(client, own, Seat.Role.CO_CHAIR)
    return client


def titles(meeting):
    return list(meeting.agenda.values_list("title", flat=True))


def test_items_run_on_the_clock_of_the_meeting(meeting):
    for duration in (20, None, 30):
        AgendaItemFactory(meeting=meeting, duration=duration)
    agenda = agenda_of(meeting)
    assert [row.begins.strftime("%H:%M") for row in agenda.rows] == ["16:00", "16:20", "16:20"]
    assert [(row.is_first, row.is_last) for row in agenda.rows] == [(True, False), (False, False), (False, True)]


@pytest.mark.parametrize(
    ("durations", "fits", "sentence"),
    [
        ([None], True, ""),
        ([20], True, "The items take 20 min of 1 h; 40 min are free."),
        ([20, 40], True, "The items take 1 h: the whole meeting."),
        ([30, 45], False, "The items take 1 h 15 min, and the meeting lasts 1 h. Shorten them by 15 min, or make it longer."),
    ],
)  # fmt: skip
def test_the_agenda_says_whether_its_items_fit(staff, meeting, durations, fits, sentence):
    for duration in durations:
        AgendaItemFactory(meeting=meeting, duration=duration)
    agenda = agenda_of(meeting)
    assert (agenda.fits, agenda.fit) == (fits, sentence)
    assert sentence in staff.get(meeting.get_absolute_url()).content.decode()


def test_an_item_is_stored_with_all_it_says(co_chair, meeting, initiative, own):
    holder, goal = ContactFactory(initiative=initiative), initiative.goals.create(title="Every child reads")
    SeatFactory(group=own, holder=holder)
    decision = initiative.decisions.create(title="Which school?", raised_on="2027-01-01", body=own)
    fields = {
        "title": "Which school first?",
        "kind": "decision",
        "duration": "25",
        "owner_contact": holder.pk,
        "goal": goal.pk,
        "decision": decision.pk,
    }
    co_chair.post(address("meeting-item-add", initiative, meeting.pk), fields)
    item = AgendaItem.objects.get()
    assert (item.meeting, item.title, item.kind, item.duration) == (meeting, "Which school first?", "decision", 25)
    assert (item.owner, item.goal, item.decision) == (holder, goal, decision)
    page = co_chair.get(meeting.get_absolute_url()).content.decode()
    assert [word for word in ("Which school first?", "Every child reads", str(holder)) if word not in page] == []


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"title": ""}, "title", "Write what the item is about."),
        ({"duration": "0"}, "duration", "Ensure this value is greater than or equal to 1."),
        ({"kind": "dance"}, "kind", "Select a valid choice. dance is not one of the available choices."),
    ],
)
def test_bad_input_is_shown_and_nothing_is_written(staff, meeting, initiative, changes, field, sentence):
    typed = {"title": "Budget", "kind": "discussion", "duration": "7"} | changes
    answer = staff.post(address("meeting-item-add", initiative, meeting.pk), typed)
    assert dict(answer.context["form"].errors) == {field: [sentence]}
    assert f'value="{changes.get("duration", "7")}"' in answer.content.decode()
    assert AgendaItem.objects.count() == 0


def test_staff_and_contact_at_once_are_refused(staff, meeting, initiative):
    both = {"title": "x", "kind": "discussion", "owner_staff": staff.user.pk}
    both["owner_contact"] = ContactFactory(initiative=initiative).pk
    answer = staff.post(address("meeting-item-add", initiative, meeting.pk), both)
    assert answer.context["form"].non_field_errors() == [
        "Choose one owner: somebody of the staff or a partner's contact."
    ]


def test_co_chairs_choose_owners_and_decisions_of_their_own_groups(co_chair, meeting, initiative):
    stranger, other = ContactFactory(initiative=initiative), GroupFactory(initiative=initiative)
    decision = initiative.decisions.create(title="Hidden question", raised_on="2027-01-01", body=other)
    here = address("meeting-item-add", initiative, meeting.pk)
    fields = {"title": "x", "kind": "decision", "owner_contact": stranger.pk, "decision": decision.pk}
    answer = co_chair.post(here, fields)
    assert sorted(answer.context["form"].errors) == ["decision", "owner_contact"]
    page = answer.content.decode()
    assert [word for word in (str(stranger), "Hidden question") if word in page] == []


@pytest.mark.parametrize("name", ACTS)
def test_items_of_meetings_one_may_not_change_are_left_alone(
    name, co_chair, staff, stranger, initiative, other_initiative
):
    sits = GroupFactory(initiative=initiative)
    seat(co_chair, sits)
    attended, hidden, foreign = (
        AgendaItemFactory(meeting=MeetingFactory(initiative=where, group=group), title="Budget")
        for where, group in (
            (initiative, sits),
            (initiative, GroupFactory(initiative=initiative)),
            (other_initiative, None),
        )
    )
    typed = {"title": "Taken", "kind": "discussion", "way": "up", "reached": "yes"}
    answers = [
        co_chair.post(address(name, initiative, item.pk), typed).status_code for item in (attended, hidden, foreign)
    ]
    assert answers == [403, 404, 404]
    assert staff.post(address(name, initiative, foreign.pk), typed).status_code == 404
    assert stranger.post(address(name, initiative, attended.pk), typed).status_code == 404
    assert list(AgendaItem.objects.values_list("title", "was_reached")) == [("Budget", None)] * 3


def test_an_item_cannot_be_moved_into_another_meeting(co_chair, meeting, initiative, own):
    item = AgendaItemFactory(meeting=meeting)
    elsewhere = MeetingFactory(initiative=initiative, group=GroupFactory(initiative=initiative))
    typed = {"title": "x", "kind": "discussion", "meeting": elsewhere.pk, "carried_from": item.pk}
    co_chair.post(address("meeting-item-edit", initiative, item.pk), typed)
    item.refresh_from_db()
    assert (item.title, item.meeting, item.carried_from) == ("x", meeting, None)
    assert elsewhere.agenda.count() == 0


def test_items_are_moved_by_button_and_stop_at_the_ends(staff, meeting, initiative):
    first, second, third = (AgendaItemFactory(meeting=meeting, title=title) for title in "abc")

    def move(item, way):
        staff.post(address("meeting-item-move", initiative, item.pk), {"way": way})

    move(third, "up")
    assert titles(meeting) == ["a", "c", "b"]
    move(first, "up")
    move(second, "down")
    move(second, "sideways")
    assert titles(meeting) == ["a", "c", "b"]
    assert HistoryEntry.objects.get().after == {"place": 2}


def test_moving_an_item_that_is_gone_changes_nothing(meeting, staff):
    gone = AgendaItemFactory(meeting=meeting)
    AgendaItem.objects.all().delete()
    move_item(item=gone, places=1, by=staff.user)
    assert HistoryEntry.objects.count() == 0


def test_marks_are_set_and_taken_away(staff, meeting, initiative):
    item, seen = AgendaItemFactory(meeting=meeting), []
    for value in ("yes", "no", "maybe", ""):
        staff.post(address("meeting-item-mark", initiative, item.pk), {"reached": value})
        item.refresh_from_db()
        seen.append(item.was_reached)
    assert seen == [True, False, False, None]


def test_marks_are_offered_once_the_meeting_has_begun(staff, meeting):
    AgendaItemFactory(meeting=meeting)
    for minutes, offered in ((1, False), (-1, True)):
        starts_at = timezone.now() + datetime.timedelta(minutes=minutes)
        type(meeting).objects.filter(pk=meeting.pk).update(starts_at=starts_at)
        assert ("/reached/" in staff.get(meeting.get_absolute_url()).content.decode()) is offered


def series(initiative, group, number=3):
    return plan_series(
        initiative=initiative, recurrence=f"FREQ=WEEKLY;BYDAY=TU;COUNT={number}", title="Weekly", starts_at=STARTS,
        duration=60, time_zone="UTC", group=group, by=None,
    )  # fmt: skip


def test_what_was_not_reached_is_carried_over_once(staff, initiative, own):
    first, second, third = series(initiative, own)
    item = AgendaItemFactory(meeting=first, title="Budget", duration=15, kind="strategic", was_reached=False)
    AgendaItemFactory(meeting=first, was_reached=True)
    AgendaItemFactory(meeting=first)
    standing = AgendaItemFactory(meeting=second, title="Welcome", position=4)
    here = address("meeting-agenda-carry", initiative, first.pk)
    assert staff.post(here).url == second.get_absolute_url()
    staff.post(here)
    assert titles(second) == [standing.title, "Budget"]
    copy = second.agenda.last()
    assert (copy.duration, copy.kind, copy.was_reached, copy.carried_from) == (15, "strategic", None, item)
    copy.was_reached = False
    copy.save()
    carry_over(meeting=second, by=staff.user)
    assert titles(third) == ["Budget"]


def test_items_go_to_the_next_meeting_that_takes_place_and_only_within_the_group(staff, initiative, own):
    first, cancelled, third = series(initiative, own)
    type(cancelled).objects.filter(pk=cancelled.pk).update(cancelled_at=STARTS)
    MeetingFactory(
        initiative=initiative, group=GroupFactory(initiative=initiative), starts_at=STARTS + datetime.timedelta(1)
    )
    AgendaItemFactory(meeting=first, was_reached=False)
    assert carry_over(meeting=first, by=staff.user) == (third, 1)


@pytest.mark.parametrize("is_open", [True, False])
def test_without_a_later_meeting_nothing_is_carried_and_the_page_says_so(staff, initiative, own, is_open):
    meeting = MeetingFactory(initiative=initiative, group=None if is_open else own)
    later = meeting.starts_at + datetime.timedelta(days=7)
    MeetingFactory(initiative=initiative, group=None, starts_at=later)
    AgendaItemFactory(meeting=meeting, was_reached=False)
    answer = staff.post(address("meeting-agenda-carry", initiative, meeting.pk), follow=True)
    assert "No later meeting is planned. Plan one, then carry the items over." in answer.content.decode()
    assert AgendaItem.objects.count() == 1


def test_history_tells_of_adding_changing_and_removing(staff, meeting, initiative):
    staff.post(address("meeting-item-add", initiative, meeting.pk), {"title": "Budget", "kind": "discussion"})
    item = AgendaItem.objects.get()
    for title in ("Money", "Money"):
        staff.post(address("meeting-item-edit", initiative, item.pk), {"title": title, "kind": "discussion"})
    staff.post(address("meeting-item-remove", initiative, item.pk))
    told = HistoryEntry.objects.order_by("id").values_list("verb", flat=True)
    assert list(told) == ["agenda_item_added", "agenda_item_changed", "agenda_item_removed"]
    assert AgendaItem.objects.count() == 0


def test_readers_see_the_agenda_and_no_buttons(client_as, meeting, own):
    member = client_as(Role.MEMBER)
    seat(member, own)
    AgendaItemFactory(meeting=meeting, title="Budget")
    page = member.get(meeting.get_absolute_url()).content.decode()
    assert "Budget" in page
    assert [word for word in ("/move/", "/reached/", "/agenda/new/", "/delete/") if word in page] == []


def test_page_asks_the_same_number_of_questions_for_1_and_3_items(staff, meeting, initiative):
    counts = []
    for number in (1, 2):
        for _time in range(number):
            holder, goal = ContactFactory(initiative=initiative), initiative.goals.create(title="Every child reads")
            AgendaItemFactory(meeting=meeting, owner_contact=holder, goal=goal, duration=5)
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(meeting.get_absolute_url()).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
