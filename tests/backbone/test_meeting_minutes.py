"""Minutes: who reads, writes and approves them, and two who write at once."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backbone.actions import minutes as writing
from backbone.models import ApprovedMinutes, Minutes
from initiatives.models import HistoryEntry
from initiatives.permissions import Role
from partners.models import Seat
from tests.backbone.factories import AgendaItemFactory, AttendanceFactory, MeetingFactory
from tests.backbone.test_meetings import address, seat
from tests.factories import GroupFactory, MembershipFactory

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)
HELD = datetime.datetime(2026, 11, 18, 15, tzinfo=datetime.UTC)
HOSTILE = "<script>alert(1)</script>\n\n![x](https://evil.example/p.png) [go](javascript:alert(1))"
POSTS = ["minutes-edit", "minutes-approve", "minutes-reopen", "minutes-send"]


@pytest.fixture(autouse=True)
def november(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def group(initiative):
    return GroupFactory(initiative=initiative, name="Steering committee")


@pytest.fixture
def meeting(initiative, group):
    return MeetingFactory(initiative=initiative, group=group, starts_at=HELD)


def member_of(client_as, group, role=Role.MEMBER, seat_role=Seat.Role.MEMBER):
    client = client_as(role)
    seat(client, group, seat_role)
    return client


def page(name, meeting):
    return address(name, meeting.initiative, meeting.pk)


def typed(client, meeting, text, form=None, **fields):
    form = form or client.get(page("minutes-edit", meeting)).context["form"]
    shown = {name: form[name].value() for name in ("base", "version", "page")}
    return {**shown, "text": text, **fields}


def write(client, meeting, text, form=None, **fields):
    return client.post(page("minutes-edit", meeting), typed(client, meeting, text, form, **fields))


def save_by_itself(client, meeting, text, form, **fields):
    here, data = page("minutes-edit", meeting), typed(client, meeting, text, form, **fields)
    return client.post(here, data, headers={"X-Minutes": "1"})


def opened(client, meeting):
    return client.get(page("minutes-edit", meeting)).context["form"]


def approve(client, meeting):
    return client.post(page("minutes-approve", meeting), {"version": Minutes.objects.get(meeting=meeting).version})


def text_of(meeting):
    return Minutes.objects.get(meeting=meeting).text


# Who may


def test_draft_is_there_for_those_who_write_it_and_for_nobody_else(staff, client_as, stranger, meeting, group):
    write(staff, meeting, "We met.")
    co_chair = member_of(client_as, group, Role.CO_CHAIR, Seat.Role.CO_CHAIR)
    assert [client.get(page("minutes-detail", meeting)).status_code for client in (staff, co_chair)] == [200, 200]
    for client in (member_of(client_as, group), member_of(client_as, group, Role.COMMITTEE), stranger):
        assert client.get(page("minutes-detail", meeting)).status_code == 404
    assert client_as(Role.FUNDER).get(page("minutes-detail", meeting)).status_code == 403


def test_page_of_the_meeting_says_that_minutes_are_not_approved_yet_and_tells_nothing_of_them(
    staff, client_as, meeting, group
):
    write(staff, meeting, "We met in secret.")
    AttendanceFactory(meeting=meeting, contact__name="Ada Absent", state="absent")
    shown = member_of(client_as, group).get(meeting.get_absolute_url()).content.decode()
    assert "The minutes are not approved yet." in shown
    assert [word for word in ("secret", "Ada Absent") if word in shown] == []


def test_approved_minutes_are_read_by_those_who_may_open_the_meeting(staff, client_as, meeting, group):
    write(staff, meeting, "## Budget\n\nWe **agreed**.")
    AttendanceFactory(meeting=meeting, contact__name="Ada Absent", state="absent")
    approve(staff, meeting)
    shown = member_of(client_as, group).get(page("minutes-detail", meeting)).content.decode()
    assert "<h2>Budget</h2>\n<p>We <strong>agreed</strong>.</p>" in shown
    assert "Ada Absent" in shown
    assert (
        member_of(client_as, GroupFactory(initiative=meeting.initiative))
        .get(page("minutes-detail", meeting))
        .status_code
        == 404
    )


@pytest.mark.parametrize("route", POSTS)
def test_others_write_approve_and_send_nothing(route, staff, client_as, stranger, meeting, group):
    write(staff, meeting, "We met.")
    elsewhere = member_of(client_as, GroupFactory(initiative=meeting.initiative), Role.CO_CHAIR, Seat.Role.CO_CHAIR)
    answers = [
        client.post(page(route, meeting), {"text": "x", "version": "1", "base": ""}).status_code
        for client in (member_of(client_as, group), client_as(Role.COMMITTEE), elsewhere, stranger)
    ]
    assert answers == [403, 403, 404, 404]
    assert (text_of(meeting), ApprovedMinutes.objects.count()) == ("We met.", 0)


@pytest.mark.parametrize("route", [*POSTS, "minutes-detail", "minutes-mails"])
def test_minutes_of_another_initiative_do_not_exist_here(route, staff, initiative, other_initiative):
    foreign = MeetingFactory(initiative=other_initiative)
    here = address(route, initiative, foreign.pk)
    assert {staff.get(here).status_code, staff.post(here, {"text": "x"}).status_code} <= {404, 405}
    assert Minutes.objects.count() == 0


# Writing


def test_they_begin_with_the_agenda_and_looking_writes_nothing(staff, meeting):
    AgendaItemFactory(meeting=meeting, title="Budget", position=1)
    AgendaItemFactory(meeting=meeting, title="Data group", position=2)
    assert opened(staff, meeting)["text"].value() == "## Budget\n\n\n## Data group\n\n\n"
    assert Minutes.objects.count() == 0
    assert staff.get(page("minutes-detail", meeting)).url == page("minutes-edit", meeting)


def test_what_is_typed_is_saved_with_who_and_when(staff, meeting):
    answer = write(staff, meeting, "We met.\r\n\r\nTwice.")
    minutes = Minutes.objects.get()
    assert answer.url == page("minutes-detail", meeting)
    assert (minutes.text, minutes.version, minutes.edited_by) == ("We met.\n\nTwice.", 1, staff.user)
    assert minutes.edited_at == NOW


def test_preview_shows_the_text_and_writes_nothing(staff, meeting):
    answer = write(staff, meeting, "We **met**.", preview="1")
    assert "<p>We <strong>met</strong>.</p>" in answer.content.decode()
    assert "We **met**.</textarea>" in answer.content.decode()
    assert Minutes.objects.count() == 0


def test_text_that_is_too_long_is_refused_and_comes_back(staff, meeting):
    answer = write(staff, meeting, "x" * 100_001)
    assert "longer than 100000 characters" in answer.content.decode()
    assert ("x" * 100_001 in answer.content.decode(), Minutes.objects.count()) == (True, 0)
    assert save_by_itself(staff, meeting, "x" * 100_001, opened(staff, meeting)).status_code == 400


@pytest.mark.parametrize("version", ["", "-1", "x", "9" * 30])
def test_a_version_that_is_none_is_refused(staff, meeting, version):
    assert write(staff, meeting, "We met.", version=version).status_code == 200
    assert Minutes.objects.count() == 0


def test_hostile_text_does_nothing_on_any_page(staff, meeting):
    write(staff, meeting, HOSTILE)
    for shown in (write(staff, meeting, HOSTILE, preview="1"), staff.get(page("minutes-detail", meeting))):
        words = shown.content.decode()
        assert [part for part in ("<script>alert", "<img", 'href="javascript') if part in words] == []
    approve(staff, meeting)
    assert "<script>alert" not in staff.get(page("minutes-send", meeting)).content.decode()


def test_history_tells_who_wrote_and_holds_no_word_of_it(staff, director, meeting):
    for text in ("We", "We met", "We met."):
        write(staff, meeting, text)
    write(director, meeting, "We met. Twice.")
    entries = HistoryEntry.objects.filter(verb="minutes_written").order_by("id")
    assert [(entry.by, entry.after) for entry in entries] == [
        (staff.user, {"version": 1}),
        (director.user, {"version": 4}),
    ]


# Two who write at once


def test_lines_of_two_writers_come_together(staff, director, meeting):
    write(staff, meeting, "## Budget\n\n## Data")
    mine, theirs = opened(staff, meeting), opened(director, meeting)
    write(director, meeting, "## Budget\n\nWe agreed.\n\n## Data", form=theirs)
    answer = write(staff, meeting, "## Budget\n\n## Data\n\nNext time.", form=mine)
    assert text_of(meeting) == "## Budget\n\nWe agreed.\n\n## Data\n\nNext time."
    assert answer.status_code == 302


def test_two_who_begin_at_once_lose_nothing(staff, director, meeting):
    AgendaItemFactory(meeting=meeting, title="Budget")
    mine, theirs = opened(staff, meeting), opened(director, meeting)
    write(director, meeting, "## Budget\n\n\nTheirs.", form=theirs)
    write(staff, meeting, "Mine.\n## Budget\n\n\n", form=mine)
    assert text_of(meeting) == "Mine.\n## Budget\n\n\nTheirs."


def test_a_line_changed_by_both_is_shown_as_both_left_it_and_joined_by_a_person(staff, director, meeting):
    write(staff, meeting, "Budget: open")
    mine, theirs = opened(staff, meeting), opened(director, meeting)
    write(director, meeting, "Budget: agreed", form=theirs)
    answer = write(staff, meeting, "Budget: postponed", form=mine)
    assert (answer.status_code, text_of(meeting)) == (409, "Budget: agreed")
    form = answer.context["form"]
    assert form["text"].value() == "Budget: agreed\nBudget: postponed"
    assert f"{director.user} changed the same lines as you" in answer.content.decode()
    write(staff, meeting, "Budget: agreed, then postponed", form=form)
    assert text_of(meeting) == "Budget: agreed, then postponed"


def test_saving_by_itself_tells_what_stands_now(staff, director, meeting):
    write(staff, meeting, "One")
    mine, theirs = opened(staff, meeting), opened(director, meeting)
    assert save_by_itself(director, meeting, "One\nTwo", theirs).json() == {"version": 2, "text": None}
    assert save_by_itself(staff, meeting, "Zero\nOne", mine).json() == {"version": 3, "text": "Zero\nOne\nTwo"}
    assert save_by_itself(staff, meeting, "Zero\nOne\nTwo", mine, version=3).json() == {"version": 3, "text": None}
    write(director, meeting, "Zero\nUno\nTwo")
    clash = save_by_itself(staff, meeting, "Eins", mine)
    assert (clash.status_code, clash.json(), text_of(meeting)) == (409, {"reason": "clash"}, "Zero\nUno\nTwo")


def test_a_page_that_never_heard_of_its_saving_knows_its_own_words(staff, meeting):
    form = opened(staff, meeting)
    save_by_itself(staff, meeting, "We m", form)
    assert save_by_itself(staff, meeting, "We met", form).json() == {"version": 2, "text": None}
    assert text_of(meeting) == "We met"


def test_a_page_of_the_same_name_writes_over_nobody(staff, director, meeting):
    form = opened(staff, meeting)
    save_by_itself(staff, meeting, "Mine", form)
    save_by_itself(director, meeting, "Mine\nTheirs", opened(director, meeting))
    assert save_by_itself(staff, meeting, "Mine too", form).json() == {"reason": "clash"}
    assert text_of(meeting) == "Mine\nTheirs"


def test_whoever_saves_between_reading_and_writing_is_not_written_over(staff, director, meeting, monkeypatch):
    write(staff, meeting, "One")
    original, turns = writing._written, []

    def slow(stored, *arguments):
        if not turns:
            turns.append(1)
            Minutes.objects.filter(pk=stored.pk).update(text="One\nTwo", version=stored.version + 1, page="other")
        return original(stored, *arguments)

    monkeypatch.setattr(writing, "_written", slow)
    writing.save_minutes(meeting=meeting, text="Zero\nOne", base="One", version=1, by=staff.user)
    assert text_of(meeting) == "Zero\nOne\nTwo"


# Approving


def test_what_was_read_is_approved_and_nothing_else(staff, director, meeting):
    write(staff, meeting, "We met.")
    write(director, meeting, "We met. Not.")
    answer = staff.post(page("minutes-approve", meeting), {"version": "1"}, follow=True)
    assert "The minutes changed while you read them" in answer.content.decode()
    assert ApprovedMinutes.objects.count() == 0
    approve(staff, meeting)
    approval = ApprovedMinutes.objects.get()
    assert (approval.text, approval.number, approval.approved_by) == ("We met. Not.", 1, staff.user)
    assert HistoryEntry.objects.get(verb="minutes_approved").after == {"number": 1}


@pytest.mark.parametrize("version", ["", "x", "99"])
def test_nothing_is_approved_without_its_version_or_twice(staff, meeting, version):
    staff.post(page("minutes-approve", meeting), {"version": version})
    write(staff, meeting, "We met.")
    staff.post(page("minutes-approve", meeting), {"version": version})
    assert ApprovedMinutes.objects.count() == 0
    approve(staff, meeting)
    approve(staff, meeting)
    assert ApprovedMinutes.objects.count() == 1


def test_empty_minutes_are_not_approved(staff, meeting):
    write(staff, meeting, "x")
    write(staff, meeting, " \n ")
    approve(staff, meeting)
    assert ApprovedMinutes.objects.count() == 0


def test_approved_minutes_are_closed_and_what_was_typed_comes_back(staff, director, meeting):
    write(staff, meeting, "We met.")
    form = opened(director, meeting)
    approve(staff, meeting)
    assert staff.get(page("minutes-edit", meeting)).url == page("minutes-detail", meeting)
    answer = write(director, meeting, "We met. No.", form=form)
    assert (answer.status_code, text_of(meeting)) == (409, "We met.")
    assert "We met. No.</textarea>" in answer.content.decode()
    assert save_by_itself(director, meeting, "We met. No.", form).json() == {"reason": "approved"}


def test_while_a_correction_is_written_members_read_what_was_approved(staff, client_as, meeting, group):
    member = member_of(client_as, group)
    write(staff, meeting, "We met on Monday.")
    approve(staff, meeting)
    staff.post(page("minutes-reopen", meeting))
    write(staff, meeting, "We met on Tuesday.")
    assert "Monday" in member.get(page("minutes-detail", meeting)).content.decode()
    assert "Tuesday" in staff.get(page("minutes-detail", meeting)).content.decode()
    approve(staff, meeting)
    assert "Tuesday" in member.get(page("minutes-detail", meeting)).content.decode()
    assert list(ApprovedMinutes.objects.values_list("number", "text")) == [
        (2, "We met on Tuesday."),
        (1, "We met on Monday."),
    ]
    assert HistoryEntry.objects.filter(verb="minutes_reopened").get().before == {"number": 1}


def test_reopening_what_is_open_does_nothing(staff, meeting):
    write(staff, meeting, "We met.")
    staff.post(page("minutes-reopen", meeting))
    assert HistoryEntry.objects.filter(verb="minutes_reopened").count() == 0


@pytest.mark.parametrize("name", ["minutes-detail", "minutes-edit", "meeting-detail"])
def test_pages_cost_the_same_queries_however_much_there_is(name, staff, meeting):
    write(staff, meeting, "We met.")
    counts = []
    for number in (1, 2, 27):
        AttendanceFactory.create_batch(number, meeting=meeting)
        with CaptureQueriesContext(connection) as queries:
            staff.get(page(name, meeting))
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2]


# The time of the meeting


def log(client, meeting, code="alignment"):
    function = meeting.initiative.functions.get(code=code)
    return client.post(page("meeting-activity", meeting), {"function": function.pk})


def test_a_meeting_is_logged_with_one_tap_and_once(staff, meeting, group):
    colleague = MembershipFactory(initiative=meeting.initiative).user
    meeting.staff.set([staff.user, colleague])
    there = AttendanceFactory(meeting=meeting)
    there.organisation = there.contact.organisation
    there.save()
    assert "Which function did it serve?" in staff.get(meeting.get_absolute_url()).content.decode()
    assert log(staff, meeting).url == log(staff, meeting, "vision").url == meeting.get_absolute_url()
    activity = meeting.initiative.activities.get()
    assert (activity.title, activity.held_on, activity.minutes) == (meeting.title, HELD.date(), meeting.duration)
    assert (activity.meeting, activity.group, set(activity.people.all())) == (meeting, group, {staff.user, colleague})
    assert list(activity.partners.all()) == [there.organisation]
    assert [share.function.code for share in activity.shares.all()] == ["alignment"]
    assert "Its time stands in the log" in staff.get(meeting.get_absolute_url()).content.decode()


def test_an_activity_that_was_deleted_leaves_its_meeting_free(staff, meeting):
    log(staff, meeting)
    activity = meeting.initiative.activities.get()
    staff.post(address("activity-delete", meeting.initiative, activity.pk))
    log(staff, meeting)
    assert [each.meeting for each in meeting.initiative.activities.all()] == [meeting]


def test_a_meeting_that_was_not_held_is_not_logged(staff, client_as, meeting, group, initiative, other_initiative):
    later = MeetingFactory(initiative=initiative, starts_at=NOW + datetime.timedelta(hours=1))
    cancelled = MeetingFactory(initiative=initiative, starts_at=HELD, cancelled_at=HELD)
    assert [log(staff, each).status_code for each in (later, cancelled)] == [302, 302]
    assert log(member_of(client_as, group, Role.CO_CHAIR, Seat.Role.CO_CHAIR), meeting).status_code == 403
    assert staff.post(page("meeting-activity", meeting), {"function": "9" * 40}).status_code == 404
    foreign = other_initiative.functions.first().pk
    assert staff.post(page("meeting-activity", meeting), {"function": foreign}).status_code == 404
    assert initiative.activities.count() == 0
