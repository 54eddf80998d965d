"""Meetings: who may open, plan and change which, the list and the form."""

import datetime

import pytest
from django.db import connection
from django.db.models import RestrictedError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backbone.actions.meetings import plan_series
from backbone.models import Meeting, MeetingSeries, Minutes
from backbone.queries.meetings import visible_meetings
from initiatives.models import HistoryEntry
from initiatives.permissions import Role
from partners.models import Seat
from tests.backbone.factories import MeetingFactory
from tests.backbone.meetings import address, seat
from tests.factories import GroupFactory

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2027, 1, 10, 12, tzinfo=datetime.UTC)
CHANGING = ["meeting-edit", "meeting-cancel", "meeting-delete"]


@pytest.fixture(autouse=True)
def tenth_of_january(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def typed(**changes):
    return {
        "title": "Steering committee",
        "group": "",
        "held_on": "2027-01-12",
        "starts_at": "15:00",
        "duration": "90",
        "time_zone": "Europe/Berlin",
        "repeats": "",
    } | changes


@pytest.fixture
def own(initiative):
    return GroupFactory(initiative=initiative, name="Early years")


@pytest.fixture
def co_chair(client_as, own):
    client = client_as(Role.CO_CHAIR)
    seat(client, own, Seat.Role.CO_CHAIR)
    return client


def test_list_opens_for_those_who_meet_and_the_form_for_those_who_plan(
    staff, stranger, co_chair, client_as, initiative
):
    assert [staff.get(address(name, initiative)).status_code for name in ("meeting-list", "meeting-add")] == [200, 200]
    assert [co_chair.get(address(name, initiative)).status_code for name in ("meeting-list", "meeting-add")] == [
        200
    ] * 2
    assert stranger.get(address("meeting-list", initiative)).status_code == 404
    for role, answers in ((Role.MEMBER, [200, 403]), (Role.COMMITTEE, [200, 403]), (Role.FUNDER, [403, 403])):
        member = client_as(role)
        assert [
            member.get(address(name, initiative)).status_code for name in ("meeting-list", "meeting-add")
        ] == answers


def test_members_find_the_meetings_of_their_groups_and_open_ones(client_as, initiative, own):
    member, other = client_as(Role.MEMBER), GroupFactory(initiative=initiative)
    seat(member, own)
    mine, opened = MeetingFactory(initiative=initiative, group=own), MeetingFactory(initiative=initiative)
    hidden = MeetingFactory(initiative=initiative, group=other)
    assert set(member.get(address("meeting-list", initiative)).context["page"]) == {mine, opened}
    assert member.get(mine.get_absolute_url()).status_code == 200
    assert member.get(hidden.get_absolute_url()).status_code == 404
    assert member.get(address("meeting-edit", initiative, mine.pk)).status_code == 403


def test_a_seat_that_ended_opens_nothing(client_as, initiative, own):
    member = client_as(Role.COMMITTEE)
    given = seat(member, own)
    meeting = MeetingFactory(initiative=initiative, group=own)
    Seat.objects.filter(pk=given.pk).update(ends_on=initiative.today() - datetime.timedelta(days=1))
    assert member.get(meeting.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("name", CHANGING)
def test_co_chairs_change_the_meetings_of_groups_they_lead_and_no_others(name, co_chair, initiative, own):
    sits = GroupFactory(initiative=initiative)
    seat(co_chair, sits)
    led, attended, hidden = (
        MeetingFactory(initiative=initiative, group=group) for group in (own, sits, GroupFactory(initiative=initiative))
    )
    opened = MeetingFactory(initiative=initiative)
    answers = [co_chair.post(address(name, initiative, m.pk), typed(group=own.pk)) for m in (attended, opened, hidden)]
    assert [answer.status_code for answer in answers] == [403, 403, 404]
    assert "Ask the backbone." in answers[0].content.decode()
    assert HistoryEntry.objects.count() == 0
    assert co_chair.post(address(name, initiative, led.pk), typed(group=own.pk)).status_code == 302
    assert HistoryEntry.objects.count() == 1


def test_co_chairs_plan_for_the_groups_they_lead_and_move_no_meeting_elsewhere(co_chair, initiative, own):
    other = GroupFactory(initiative=initiative)
    for group in (other.pk, ""):
        answer = co_chair.post(address("meeting-add", initiative), typed(group=group))
        assert list(answer.context["form"].errors) == ["group"]
    assert Meeting.objects.count() == 0
    co_chair.post(address("meeting-add", initiative), typed(group=own.pk))
    planned = Meeting.objects.get()
    co_chair.post(address("meeting-edit", initiative, planned.pk), typed(group=other.pk))
    planned.refresh_from_db()
    assert planned.group == own


def test_a_co_chair_without_a_chair_is_told_why(client_as, initiative):
    answer = client_as(Role.CO_CHAIR).get(address("meeting-add", initiative))
    assert (answer.status_code, "Co-chairs plan meetings of the groups they lead." in answer.content.decode()) == (
        403,
        True,
    )


@pytest.mark.parametrize("name", ["meeting-detail", *CHANGING])
def test_meeting_of_another_initiative_does_not_exist_here(name, staff, initiative, other_initiative):
    foreign = MeetingFactory(initiative=other_initiative)
    answers = [getattr(staff, method)(address(name, initiative, foreign.pk)).status_code for method in ("get", "post")]
    assert set(answers) <= {404, 405}
    assert list(Meeting.objects.all()) == [foreign]


def test_everything_typed_is_stored_at_the_hour_of_its_zone(staff, initiative, own):
    fields = typed(group=own.pk, place="Town hall", link="https://meet.example/a", purpose="The budget")
    staff.post(address("meeting-add", initiative), fields)
    stored = Meeting.objects.get()
    assert stored.starts_at == datetime.datetime(2027, 1, 12, 14, tzinfo=datetime.UTC)
    assert (stored.begins.hour, stored.ends.hour, stored.ends.minute) == (15, 16, 30)
    assert (stored.title, stored.group, stored.duration, stored.place) == ("Steering committee", own, 90, "Town hall")
    assert (stored.link, stored.purpose, stored.created_by) == ("https://meet.example/a", "The budget", staff.user)
    assert HistoryEntry.objects.get().verb == "meeting_planned"


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"title": ""}, "title", "Write what the meeting is called."),
        (
            {"held_on": "2027-03-28", "starts_at": "02:30"},
            "starts_at",
            "There is no 02:30 on that day: the clocks spring forward over it. Choose another time.",
        ),
        ({"repeats": "weekly"}, "count", "Say how many meetings, or until which day they come round."),
        ({"repeats": "weekly", "count": "3", "until": "2027-05-01"}, "until", "You gave a number and a last day. Keep one of them."),
        ({"repeats": "weekly", "until": "2027-01-12"}, "until", "This day is not after the first meeting. Choose a later one."),
        ({"repeats": "weekly", "count": "105"}, "count", "Ensure this value is less than or equal to 104."),
        ({"link": "javascript:alert(1)"}, "link", "Enter a valid URL."),
        ({"held_on": "9999-12-31", "starts_at": "23:59", "time_zone": "America/New_York"}, "held_on", "This day is too far away. Choose another one."),
    ],
)  # fmt: skip
def test_bad_input_is_shown_and_nothing_is_written(staff, initiative, changes, field, sentence):
    answer = staff.post(address("meeting-add", initiative), typed(purpose="To be kept", **changes))
    assert {name: list(errors) for name, errors in answer.context["form"].errors.items()} == {field: [sentence]}
    assert "To be kept</textarea>" in answer.content.decode()
    assert (Meeting.objects.count(), MeetingSeries.objects.count()) == (0, 0)


def test_a_time_that_comes_twice_is_the_first(staff, initiative):
    staff.post(address("meeting-add", initiative), typed(held_on="2027-10-31", starts_at="02:30"))
    assert Meeting.objects.get().starts_at == datetime.datetime(2027, 10, 31, 0, 30, tzinfo=datetime.UTC)


def test_a_new_meeting_begins_in_the_zone_of_the_initiative(staff, initiative):
    initiative.time_zone = "Pacific/Auckland"
    initiative.save()
    form = staff.get(address("meeting-add", initiative)).context["form"]
    assert (form.initial["time_zone"], form.initial["held_on"]) == ("Pacific/Auckland", datetime.date(2027, 1, 11))


def test_list_shows_what_is_to_come_what_was_and_what_lacks_minutes(staff, initiative, own):
    hour = datetime.timedelta(hours=1)
    earlier_today = MeetingFactory(initiative=initiative, starts_at=NOW - hour)
    soon = MeetingFactory(initiative=initiative, starts_at=NOW + hour, group=own)
    old, written, cancelled = (
        MeetingFactory(initiative=initiative, starts_at=NOW - day * 24 * hour) for day in (1, 2, 3)
    )
    Minutes.objects.create(meeting=written, text="We met.")
    Minutes.objects.create(meeting=old, text="")
    Meeting.objects.filter(pk=cancelled.pk).update(cancelled_at=NOW)
    here = address("meeting-list", initiative)
    shown = {
        name: list(staff.get(here, {"show": name}).context["page"]) for name in ("", "past", "without_minutes", "x")
    }
    assert shown == {
        "": [earlier_today, soon],
        "past": [old, written, cancelled],
        "without_minutes": [earlier_today, old],
        "x": [earlier_today, soon],
    }
    assert list(staff.get(here, {"group": own.pk}).context["page"]) == [soon]


def queries_of(client, here):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(here).status_code == 200
    return len(queries)


@pytest.mark.parametrize("role", [Role.STAFF, Role.MEMBER])
def test_list_asks_the_same_number_of_questions_at_1_3_and_3000_rows(role, client_as, initiative, own):
    client = client_as(role)
    seat(client, own)
    counts = []
    for rows in (1, 2, 2_997):
        Meeting.objects.bulk_create(MeetingFactory.build_batch(rows, initiative=initiative, group=own))
        counts.append(queries_of(client, address("meeting-list", initiative)))
    assert counts == [counts[0]] * 3
    assert counts[0] <= 10


def test_deleting_takes_a_meeting_out_for_everybody(staff, initiative):
    gone, stays = MeetingFactory.create_batch(2, initiative=initiative)
    staff.post(address("meeting-delete", initiative, gone.pk))
    membership = initiative.memberships.get(user=staff.user)
    assert list(visible_meetings(membership)) == [stays]
    assert staff.get(gone.get_absolute_url()).status_code == 404
    assert HistoryEntry.objects.get().verb == "meeting_deleted"


def test_cancelling_keeps_the_meeting_and_happens_once(staff, initiative):
    meeting = MeetingFactory(initiative=initiative)
    for _time in range(2):
        answer = staff.post(address("meeting-cancel", initiative, meeting.pk), follow=True)
    assert "This meeting was cancelled." in answer.content.decode()
    assert list(HistoryEntry.objects.values_list("verb", flat=True)) == ["meeting_cancelled"]
    assert Meeting.objects.get().cancelled_at == NOW


def test_change_without_a_difference_is_not_told(staff, initiative):
    staff.post(address("meeting-add", initiative), typed())
    planned = Meeting.objects.get()
    staff.post(address("meeting-edit", initiative, planned.pk), typed())
    assert list(HistoryEntry.objects.values_list("verb", flat=True)) == ["meeting_planned"]
    staff.post(address("meeting-edit", initiative, planned.pk), typed(place="Library"))
    planned.refresh_from_db()
    assert (HistoryEntry.objects.first().after, planned.sequence) == ({"place": "Library"}, 1)


def test_meetings_of_a_series_lead_to_each_other_as_far_as_one_may_open_them(client_as, initiative, own):
    member, other = client_as(Role.MEMBER), GroupFactory(initiative=initiative)
    seat(member, own)
    first, second, third = plan_series(
        initiative=initiative, recurrence="FREQ=WEEKLY;COUNT=3", title="Weekly", starts_at=NOW, duration=60,
        time_zone="UTC", group=own, by=None,
    )  # fmt: skip
    Meeting.objects.filter(pk=third.pk).update(group=other)
    seen = member.get(second.get_absolute_url()).context
    assert (seen["before"], seen["after"]) == (first, None)


def test_a_group_that_has_met_cannot_go_and_leave_its_meetings_open_to_all(initiative, own):
    MeetingFactory(initiative=initiative, group=own)
    with pytest.raises(RestrictedError):
        own.delete()
