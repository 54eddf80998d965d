"""Invitations, changes and cancellations by mail: exactly the previewed list, each person once, and what calendars get."""

import datetime
import email
from email.policy import default as modern
from smtplib import SMTPRecipientsRefused

import icalendar
import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backbone import tasks
from backbone.actions import meeting_mails
from backbone.actions.meetings import cancel_meeting, plan_series
from backbone.models import MeetingMail
from backbone.queries.invitations import meetings_with_mails_to_send, notice_for, progress_of
from backbone.queries.meetings import is_untold
from initiatives.models import HistoryEntry
from initiatives.permissions import Role
from partners.models import Contact, Seat
from tests.backbone.factories import AgendaItemFactory, MeetingFactory
from tests.backbone.meetings import address, seat
from tests.factories import ContactFactory, GroupFactory, MembershipFactory, SeatFactory

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2027, 1, 10, 12, tzinfo=datetime.UTC)
STARTS = datetime.datetime(2027, 1, 12, 15, tzinfo=datetime.UTC)
WEEK = datetime.timedelta(days=7)


@pytest.fixture(autouse=True)
def tenth_of_january(monkeypatch, settings):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.DEFAULT_FROM_EMAIL = "Backbone <desk@example.org>"


@pytest.fixture
def group(initiative):
    return GroupFactory(initiative=initiative, name="Early years")


@pytest.fixture
def people(group):
    """Ana and Ben hold seats."""
    made = [
        ContactFactory(initiative=group.initiative, name=name, email=f"{name.lower()}@p.example")
        for name in ("Ana", "Ben")
    ]
    for person in made:
        SeatFactory(group=group, holder=person)
    return made


@pytest.fixture
def meeting(initiative, group, people):
    return MeetingFactory(
        initiative=initiative, group=group, starts_at=STARTS, title="Spring plan", time_zone="Europe/Berlin"
    )


@pytest.fixture
def series(initiative, group, people):
    return plan_series(
        initiative=initiative, recurrence="FREQ=WEEKLY;BYDAY=TU;COUNT=4", title="Weekly", starts_at=STARTS, duration=60,
        time_zone="Europe/Berlin", group=group, by=None,
    )  # fmt: skip


def preview(client, meeting, **chosen):
    return client.get(address("meeting-invite", meeting.initiative, meeting.pk), chosen)


def form_of(page):
    """What the form that sends carries."""
    form = BeautifulSoup(page.content, "html.parser").select("main form[method=post]")[-1]
    fields = {}
    for field in form.select("input[name]"):
        fields.setdefault(field["name"], []).append(field["value"])
    return fields


def send(client, meeting, **chosen):
    """Look at the preview, send what it shows, and let the worker work."""
    page = preview(client, meeting, **chosen)
    answer = client.post(address("meeting-invite", meeting.initiative, meeting.pk), form_of(page))
    meeting_mails.send_waiting(meeting_id=meeting.pk)
    return answer


def told():
    return sorted(message.to[0] for message in mail.outbox)


def parsed(message):
    return email.message_from_bytes(message.message().as_bytes(), policy=modern)


def calendar_of(message):
    (part,) = [part for part in parsed(message).walk() if part.get_content_type() == "text/calendar"]
    return part.get_param("method"), icalendar.Calendar.from_ical(part.get_content())


def test_mails_go_to_exactly_the_list_that_was_looked_at(staff, meeting, django_capture_on_commit_callbacks):
    ContactFactory(initiative=meeting.initiative)
    page = preview(staff, meeting)
    assert [recipient.address for recipient in page.context["notice"].recipients] == ["ana@p.example", "ben@p.example"]
    assert mail.outbox == []
    with django_capture_on_commit_callbacks() as rings:
        answer = staff.post(address("meeting-invite", meeting.initiative, meeting.pk), form_of(page))
    assert (answer.url, len(rings)) == (meeting.get_absolute_url(), 1)
    tasks.send_meeting_mails(meeting.pk)
    assert told() == ["ana@p.example", "ben@p.example"]
    assert HistoryEntry.objects.get().after == {"kind": "invitation", "people": 2, "whole_series": False}


def test_a_list_that_changed_since_is_shown_again_and_nothing_leaves(staff, meeting, group):
    fields = form_of(preview(staff, meeting))
    SeatFactory(group=group, holder=ContactFactory(initiative=group.initiative, email="new@p.example"))
    for posted in (fields, fields | {"recipient": [*fields["recipient"], "contact-999"]}, {}):
        answer = staff.post(address("meeting-invite", meeting.initiative, meeting.pk), posted)
        assert "The list has changed since you opened this page." in answer.content.decode()
    assert (MeetingMail.objects.count(), HistoryEntry.objects.count()) == (0, 0)


def test_who_cannot_be_written_to_is_counted_and_gets_nothing(staff, meeting, group):
    states = [
        {"reachability": Contact.Reachability.BOUNCED},
        {"reachability": Contact.Reachability.OPTED_OUT},
        {"left_on": datetime.date(2027, 1, 1)},
    ]
    for fields in states:
        SeatFactory(group=group, holder=ContactFactory(initiative=group.initiative, **fields))
    SeatFactory(group=group, ends_on=datetime.date(2027, 1, 1))
    page = preview(staff, meeting)
    assert page.context["notice"].left_out == [(1, "have left"), (1, "mail comes back"), (1, "want no more mail")]
    assert "1 person gets none: mail comes back" in page.content.decode()
    send(staff, meeting)
    assert told() == ["ana@p.example", "ben@p.example"]


def test_guests_and_staff_are_asked_besides_and_an_address_gets_one_mail(staff, meeting, initiative):
    guest = ContactFactory(initiative=initiative, email="guest@p.example")
    SeatFactory(group=meeting.group, holder=ContactFactory(initiative=initiative, email=staff.user.email))
    send(staff, meeting, guests=[guest.pk], staff=[staff.user.pk])
    assert told() == sorted(["ana@p.example", "ben@p.example", "guest@p.example", staff.user.email])


def test_foreign_people_are_no_guests(staff, meeting, other_initiative):
    foreign = ContactFactory(initiative=other_initiative, name="Elsewhere")
    outside = MembershipFactory(initiative=other_initiative).user
    page = preview(staff, meeting, guests=[foreign.pk], staff=[outside.pk])
    assert [recipient.name for recipient in page.context["notice"].recipients] == ["Ana", "Ben"]
    assert "Elsewhere" not in page.content.decode()


def test_nobody_gets_the_same_mail_twice(staff, meeting, initiative):
    send(staff, meeting)
    meeting_mails.send_waiting(meeting_id=meeting.pk)
    page = preview(staff, meeting)
    assert (page.context["notice"].recipients, page.context["notice"].has_it) == ([], 2)
    late = ContactFactory(initiative=initiative, email="late@p.example")
    send(staff, meeting, guests=[late.pk])
    assert told() == ["ana@p.example", "ben@p.example", "late@p.example"]


def test_two_who_send_at_once_write_to_each_person_once(staff, meeting):
    notice = notice_for(meeting, whole_series=False)
    for _time in range(2):
        meeting_mails.tell(notice=notice, by=staff.user)
    assert MeetingMail.objects.count() == 2


def test_of_two_workers_one_sends_and_a_mail_in_doubt_is_never_sent_again(staff, meeting):
    meeting_mails.tell(notice=notice_for(meeting, whole_series=False), by=staff.user)
    first = MeetingMail.objects.first()
    assert [meeting_mails._claim(first), meeting_mails._claim(first)] == [True, False]
    assert meeting_mails.send_waiting(meeting_id=meeting.pk) == 1
    progress = progress_of(meeting)
    assert (progress.total, progress.sent, progress.waiting, progress.uncertain) == (2, 1, 0, 1)
    assert "uncertain" in staff.get(meeting.get_absolute_url()).content.decode()


def test_a_mail_server_that_is_away_costs_nobody_their_mail(staff, meeting, monkeypatch):
    meeting_mails.tell(notice=notice_for(meeting, whole_series=False), by=staff.user)

    def away(*_arguments, **_options):
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr(mail.backends.locmem.EmailBackend, "open", away, raising=False)
        with pytest.raises(ConnectionRefusedError):
            meeting_mails.send_waiting(meeting_id=meeting.pk)
    assert meetings_with_mails_to_send() == [meeting.pk]
    assert meeting_mails.send_waiting(meeting_id=meeting.pk) == 2


def test_a_refused_address_is_shown_with_what_the_server_said(staff, meeting, monkeypatch):
    def refuse(message):
        if message.to == ["ana@p.example"]:
            raise SMTPRecipientsRefused({"ana@p.example": (550, b"no such user")})
        return 1

    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", refuse)
    send(staff, meeting)
    assert (progress_of(meeting).sent, progress_of(meeting).failed) == (1, 1)
    assert "no such user" in staff.get(meeting.get_absolute_url()).content.decode()


def test_who_opts_out_in_between_gets_nothing(staff, meeting, people):
    meeting_mails.tell(notice=notice_for(meeting, whole_series=False), by=staff.user)
    Contact.objects.filter(pk=people[0].pk).update(reachability=Contact.Reachability.OPTED_OUT)
    meeting_mails.send_waiting(meeting_id=meeting.pk)
    assert told() == ["ben@p.example"]


def test_sweep_finds_what_a_lost_ring_left(staff, meeting, monkeypatch):
    meeting_mails.tell(notice=notice_for(meeting, whole_series=False), by=staff.user)
    sent = []
    monkeypatch.setattr(tasks.send_meeting_mails, "delay", sent.append)
    tasks.sweep_meeting_mails()
    assert sent == [meeting.pk]
    type(meeting).objects.filter(pk=meeting.pk).update(deleted_at=NOW)
    assert meetings_with_mails_to_send() == []


def test_mail_has_the_words_and_the_file(staff, meeting):
    AgendaItemFactory(meeting=meeting, title="Budget", duration=20)
    type(meeting).objects.filter(pk=meeting.pk).update(place="Town hall", purpose="To agree on the plan.")
    send(staff, meeting)
    message = next(message for message in mail.outbox if message.to == ["ana@p.example"])
    assert message.subject == "Invitation: Spring plan, Tuesday, 12 January 2027, 16:00 – 17:00 (Europe/Berlin)"
    said = ("Hello Ana,", "Bright Futures invites you", "Town hall", "To agree on the plan.", "16:00  Budget (20 min)")
    assert [words for words in said if words not in message.body] == []
    assert (message.reply_to, message.from_email) == ([staff.user.email], "Bright Futures <desk@example.org>")
    method, calendar = calendar_of(message)
    (event,) = calendar.walk("VEVENT")
    assert (method, calendar["METHOD"], str(event["ATTENDEE"])) == ("REQUEST", "REQUEST", "mailto:ana@p.example")
    attached = [part for part in parsed(message).walk() if part.get_filename() == "invite.ics"]
    assert icalendar.Calendar.from_ical(attached[0].get_content()) == calendar
    assert "ben@p.example" not in message.message().as_string()


@pytest.mark.parametrize(("language", "word"), [("es", "Invitación"), ("fr", "Invitation :"), ("ar", "دعوة")])
def test_mail_speaks_the_language_of_its_reader(staff, meeting, people, language, word):
    Contact.objects.filter(pk=people[0].pk).update(language=language)
    page = preview(staff, meeting)
    send(staff, meeting)
    message = next(message for message in mail.outbox if message.to == ["ana@p.example"])
    assert message.subject.startswith(word)
    assert "Hello" not in message.body
    assert message.subject in BeautifulSoup(page.content, "html.parser").get_text()


def test_no_title_adds_a_header(staff, meeting):
    type(meeting).objects.filter(pk=meeting.pk).update(title="Plan\r\nBcc: all@x.example", time_zone="UTC")
    send(staff, meeting)
    assert parsed(mail.outbox[0])["Bcc"] is None
    assert mail.outbox[0].subject.startswith("Invitation: Plan Bcc: all@x.example, ")


def changed(client, meeting, **changes):
    fields = {
        "title": meeting.title, "group": meeting.group_id, "held_on": "2027-01-13", "starts_at": "10:00",
        "duration": "60", "time_zone": "Europe/Berlin",
    }  # fmt: skip
    return client.post(address("meeting-edit", meeting.initiative, meeting.pk), fields | changes)


def test_a_change_asks_whether_to_tell_and_carries_a_higher_number(staff, meeting):
    assert changed(staff, meeting).url == meeting.get_absolute_url()
    send(staff, meeting)
    mail.outbox.clear()
    answer = changed(staff, meeting, starts_at="11:00")
    assert answer.url == address("meeting-invite", meeting.initiative, meeting.pk)
    meeting.refresh_from_db()
    assert is_untold(meeting)
    assert "Tell the invited people of this change?" in staff.get(meeting.get_absolute_url()).content.decode()
    send(staff, meeting)
    (event,) = calendar_of(mail.outbox[0])[1].walk("VEVENT")
    assert (told(), event["SEQUENCE"]) == (["ana@p.example", "ben@p.example"], 2)
    assert mail.outbox[0].subject.startswith("Changed: Spring plan")
    assert not is_untold(meeting)


def test_a_cancellation_tells_those_who_were_invited_and_nobody_else(staff, meeting, group, initiative):
    guest = ContactFactory(initiative=initiative, email="guest@p.example")
    send(staff, meeting, guests=[guest.pk])
    mail.outbox.clear()
    SeatFactory(group=group, holder=ContactFactory(initiative=initiative, email="new@p.example"))
    answer = staff.post(address("meeting-cancel", initiative, meeting.pk))
    assert answer.url == address("meeting-invite", initiative, meeting.pk)
    meeting.refresh_from_db()
    send(staff, meeting)
    assert told() == ["ana@p.example", "ben@p.example", "guest@p.example"]
    method, calendar = calendar_of(mail.outbox[0])
    (event,) = calendar.walk("VEVENT")
    assert (method, calendar["METHOD"], str(event["STATUS"]), event["SEQUENCE"]) == ("CANCEL", "CANCEL", "CANCELLED", 1)
    assert mail.outbox[0].subject.startswith("Cancelled: Spring plan")


def test_a_series_is_one_mail_and_a_cancelled_turn_names_itself(staff, series):
    first, second = series[0], series[1]
    send(staff, first)
    (event,) = calendar_of(mail.outbox[0])[1].walk("VEVENT")
    assert (len(mail.outbox), "RRULE" in event, "RECURRENCE-ID" in event) == (2, True, False)
    assert mail.outbox[0].body.count("2027") == 4
    mail.outbox.clear()
    staff.post(address("meeting-cancel", second.initiative, second.pk))
    second.refresh_from_db()
    assert not is_untold(type(first).objects.get(pk=first.pk))
    send(staff, second)
    method, calendar = calendar_of(mail.outbox[0])
    (event,) = calendar.walk("VEVENT")
    assert (len(mail.outbox), method, str(event["STATUS"])) == (2, "CANCEL", "CANCELLED")
    assert event["RECURRENCE-ID"].dt == second.series_start


def test_a_change_of_several_meetings_is_told_as_the_series(staff, series):
    send(staff, series[0])
    mail.outbox.clear()
    second = series[1]
    changed(staff, second, held_on="2027-01-19", starts_at="18:00", which="following")
    second.refresh_from_db()
    send(staff, second)
    events = calendar_of(mail.outbox[0])[1].walk("VEVENT")
    assert (len(mail.outbox), ["RECURRENCE-ID" in event for event in events]) == (2, [False, True, True, True])
    assert [is_untold(row) for row in type(second).objects.all()] == [False] * 4


def test_an_invited_meeting_to_come_is_not_deleted_before_people_are_told(staff, meeting):
    send(staff, meeting)
    here = address("meeting-delete", meeting.initiative, meeting.pk)
    answer = staff.post(here, follow=True)
    assert "Cancel it and tell them, then delete it." in answer.content.decode()
    cancel_meeting(meeting=meeting, by=staff.user)
    staff.post(here)
    assert type(meeting).objects.count() == 1
    meeting.refresh_from_db()
    send(staff, meeting)
    staff.post(here)
    assert type(meeting).objects.count() == 0


def test_nobody_is_invited_to_a_meeting_that_is_over(staff, meeting):
    fields = form_of(preview(staff, meeting))
    type(meeting).objects.filter(pk=meeting.pk).update(starts_at=NOW - WEEK)
    answer = staff.post(address("meeting-invite", meeting.initiative, meeting.pk), fields)
    assert "This meeting is over. Nobody can be invited to it any more." in answer.content.decode()
    assert MeetingMail.objects.count() == 0


@pytest.mark.parametrize("name", ["meeting-invite", "meeting-mails"])
def test_pages_of_mails_are_for_those_who_may_change_the_meeting(
    name, staff, stranger, client_as, meeting, other_initiative
):
    here = address(name, meeting.initiative, meeting.pk)
    foreign = MeetingFactory(initiative=other_initiative)
    co_chair, member = client_as(Role.CO_CHAIR), client_as(Role.MEMBER)
    seat(member, meeting.group)
    assert [client.get(here).status_code for client in (staff, stranger, co_chair, member)] == [200, 404, 404, 403]
    seat(co_chair, meeting.group)
    assert co_chair.get(here).status_code == 403
    seat_of = Seat.objects.filter(holder__email=co_chair.user.email)
    seat_of.update(role=Seat.Role.CO_CHAIR)
    assert co_chair.get(here).status_code == 200
    assert staff.get(address(name, meeting.initiative, foreign.pk)).status_code == 404


def test_co_chairs_see_no_contacts_beyond_their_group_and_no_addresses(client_as, meeting, initiative):
    co_chair = client_as(Role.CO_CHAIR)
    seat(co_chair, meeting.group, Seat.Role.CO_CHAIR)
    outside = ContactFactory(initiative=initiative, name="Outside", email="outside@p.example")
    page = preview(co_chair, meeting, guests=[outside.pk])
    said = page.content.decode()
    assert ("Ana" in said, "ana@p.example" in said, "Outside" in said) == (True, False, False)
    assert outside not in [recipient.contact for recipient in page.context["notice"].recipients]


def test_file_is_for_those_who_may_read_the_meeting_and_names_nobody(client_as, stranger, client, meeting):
    here = address("meeting-file", meeting.initiative, meeting.pk)
    member = client_as(Role.MEMBER)
    assert [member.get(here).status_code, stranger.get(here).status_code, client.get(here).status_code] == [
        404,
        404,
        302,
    ]
    seat(member, meeting.group)
    answer = member.get(here)
    (event,) = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert (answer["Content-Type"], "ATTENDEE" in event) == ("text/calendar; charset=utf-8", False)


def test_preview_asks_the_same_number_of_questions_for_2_and_40_people(staff, meeting, group):
    counts = []
    for more in (0, 38):
        for holder in ContactFactory.create_batch(more, initiative=group.initiative):
            SeatFactory(group=group, holder=holder)
        with CaptureQueriesContext(connection) as queries:
            assert preview(staff, meeting).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_sweep_of_each_minute_looks_for_mails(monkeypatch):
    called = []
    for task in (tasks.sweep_meeting_mails, tasks.remind_people):
        monkeypatch.setattr(task, "delay", lambda name=task.name: called.append(name))
    tasks.sweep()
    assert "backbone.tasks.sweep_meeting_mails" in called


def test_a_mail_in_doubt_is_sent_again_when_somebody_says_so_and_only_once(staff, meeting, other_initiative):
    meeting_mails.tell(notice=notice_for(meeting, whole_series=False), by=staff.user)
    doubtful, sent = MeetingMail.objects.order_by("id")
    meeting_mails._claim(doubtful)
    meeting_mails.send_waiting(meeting_id=meeting.pk)
    for stored in (doubtful, doubtful, sent):
        staff.post(address("meeting-mail-again", meeting.initiative, stored.pk))
    meeting_mails.send_waiting(meeting_id=meeting.pk)
    assert told() == ["ana@p.example", "ben@p.example"]
    assert list(HistoryEntry.objects.values_list("verb", flat=True)) == [
        "meeting_mail_sent_again",
        "meeting_mails_queued",
    ]


def test_mails_of_others_are_not_sent_again(client_as, staff, meeting, other_initiative):
    meeting_mails.tell(notice=notice_for(meeting, whole_series=False), by=staff.user)
    stuck = MeetingMail.objects.first()
    meeting_mails._claim(stuck)
    co_chair = client_as(Role.CO_CHAIR)
    here = address("meeting-mail-again", meeting.initiative, stuck.pk)
    assert co_chair.post(here).status_code == 404
    seat(co_chair, meeting.group)
    assert [co_chair.post(here).status_code, staff.get(here).status_code] == [403, 405]
    foreign = MeetingMail.objects.create(
        meeting=MeetingFactory(initiative=other_initiative), kind="invitation", claim="x"
    )
    assert staff.post(address("meeting-mail-again", meeting.initiative, foreign.pk)).status_code == 404
    assert progress_of(meeting).uncertain == 1


def test_mail_about_a_series_names_what_is_still_to_come(staff, series):
    type(series[0]).objects.filter(pk=series[0].pk).update(starts_at=NOW - WEEK)
    send(staff, series[1])
    assert mail.outbox[0].body.count("2027") == 3
    assert "19 January 2027" in mail.outbox[0].subject
    mail.outbox.clear()
    staff.post(address("meeting-cancel", series[1].initiative, series[0].pk), {"which": "following"})
    send(staff, type(series[1]).objects.get(pk=series[1].pk))
    method, calendar = calendar_of(mail.outbox[0])
    (event,) = calendar.walk("VEVENT")
    assert (method, "RECURRENCE-ID" in event, mail.outbox[0].body.count("2027")) == ("CANCEL", False, 3)


def test_when_the_rest_of_a_series_is_cancelled_people_read_so_and_calendars_keep_what_was_held(staff, series):
    send(staff, series[1])
    mail.outbox.clear()
    type(series[0]).objects.filter(pk=series[0].pk).update(starts_at=NOW - WEEK)
    staff.post(address("meeting-cancel", series[1].initiative, series[1].pk), {"which": "following"})
    send(staff, type(series[1]).objects.get(pk=series[1].pk))
    method, calendar = calendar_of(mail.outbox[0])
    assert (method, mail.outbox[0].subject.split(":")[0]) == ("REQUEST", "Cancelled")
    assert len(calendar.walk("VEVENT")[0]["EXDATE"].dts) == 3


def test_a_full_second_leaves_the_rest_to_the_sweep(staff, meeting, settings, monkeypatch):
    meeting_mails.tell(notice=notice_for(meeting, whole_series=False), by=staff.user)
    allowed = iter([1, 0])
    monkeypatch.setattr(meeting_mails, "take", lambda _number: next(allowed))
    assert meeting_mails.send_waiting(meeting_id=meeting.pk) == 1
    assert meetings_with_mails_to_send() == [meeting.pk]
