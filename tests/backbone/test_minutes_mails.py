"""Approved minutes by mail: exactly the list that was looked at, each person once for each version, in their language."""

from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from backbone.actions.minutes_mails import mail_minutes
from backbone.models import MeetingMail
from backbone.queries.minutes import meetings_with_minutes_to_mail, minutes_progress
from backbone.tasks import sweep_minutes
from initiatives.models import HistoryEntry
from partners.models import Contact
from tests.backbone.factories import AttendanceFactory, DecisionFactory, MeetingFactory
from tests.backbone.test_meeting_minutes import HELD, NOW, approve, page, write
from tests.factories import ContactFactory, GroupFactory, SeatFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def group(initiative):
    return GroupFactory(initiative=initiative, name="Steering committee")


@pytest.fixture
def meeting(staff, initiative, group):
    meeting = MeetingFactory(initiative=initiative, group=group, title="Committee", starts_at=HELD)
    write(staff, meeting, "## Budget\n\nWe **agreed**.")
    approve(staff, meeting)
    return meeting


def holder(group, name, **fields):
    return SeatFactory(group=group, holder=ContactFactory(initiative=group.initiative, name=name, **fields)).holder


def shown(client, meeting):
    return client.get(page("minutes-send", meeting)).context["list"]


def send(client, meeting, found=None):
    return client.post(page("minutes-send", meeting), {"list": (found or shown(client, meeting)).digest})


def mailed(meeting):
    mail_minutes(meeting_id=meeting.pk)
    return sorted(message.to[0] for message in mail.outbox)


def test_list_holds_everybody_who_belongs_to_the_meeting_once(staff, meeting, group):
    ada, bo = holder(group, "Ada"), holder(group, "Bo")
    guest, proxy, invited = (ContactFactory(initiative=meeting.initiative, name=name) for name in ("Gus", "Pia", "Ina"))
    AttendanceFactory(meeting=meeting, contact=ada)
    AttendanceFactory(meeting=meeting, contact=guest)
    AttendanceFactory(meeting=meeting, contact=bo, state="proxy", proxy=proxy)
    MeetingMail.objects.create(meeting=meeting, contact=invited, kind="invitation")
    ContactFactory(initiative=meeting.initiative)
    assert shown(staff, meeting).people == [ada, bo, guest, invited, proxy]


def test_who_left_or_cannot_be_reached_is_named_and_gets_none(staff, meeting, group):
    ada = holder(group, "Ada")
    holder(group, "Bea", reachability=Contact.Reachability.BOUNCED)
    holder(group, "Cy", reachability=Contact.Reachability.OPTED_OUT)
    holder(group, "Dan", left_on=NOW.date())
    found = shown(staff, meeting)
    told = [(contact.name, reason) for contact, reason in found.left_out]
    assert (found.people, told) == ([ada], [("Bea", "bounced"), ("Cy", "opted_out"), ("Dan", "left")])
    send(staff, meeting)
    assert mailed(meeting) == [ada.email]


def test_exactly_those_who_were_looked_at_get_the_mail(staff, meeting, group):
    people = [holder(group, name) for name in ("Ada", "Bo", "Cy")]
    found = shown(staff, meeting)
    assert mail.outbox == []
    answer = send(staff, meeting, found)
    assert answer.url == page("minutes-detail", meeting)
    assert mailed(meeting) == sorted(contact.email for contact in people)
    assert HistoryEntry.objects.get(verb="minutes_sent").after == {"number": 1, "people": 3}


def test_nobody_joins_the_list_after_it_was_looked_at(staff, meeting, group):
    holder(group, "Ada")
    found = shown(staff, meeting)
    holder(group, "Late")
    answer = send(staff, meeting, found)
    assert (answer.status_code, MeetingMail.objects.count()) == (409, 0)
    assert "Nothing was sent. Look at the list again" in answer.content.decode()


def test_each_person_gets_a_version_once_and_the_correction_once_more(staff, meeting, group):
    ada = holder(group, "Ada")
    send(staff, meeting)
    send(staff, meeting)
    mail_minutes(meeting_id=meeting.pk)
    assert mailed(meeting) == [ada.email]
    staff.post(page("minutes-reopen", meeting))
    assert staff.get(page("minutes-send", meeting)).url == page("minutes-detail", meeting)
    write(staff, meeting, "We agreed, and corrected.")
    approve(staff, meeting)
    send(staff, meeting)
    assert mailed(meeting) == [ada.email] * 2
    assert [message.subject for message in mail.outbox] == [
        "Minutes: Committee, 18 November 2026",
        "Corrected minutes: Committee, 18 November 2026",
    ]


def test_the_mail_holds_all_of_it_as_plain_text(staff, meeting, group):
    ada = holder(group, "Ada")
    AttendanceFactory(meeting=meeting, contact=ada, state="proxy", proxy_name="Nan")
    decided = {"meeting": meeting, "initiative": meeting.initiative, "decided_on": HELD.date(), "outcome": "Agreed."}
    DecisionFactory(title="Budget for 2027", body=group, **decided)
    DecisionFactory(title="Of the backbone alone", **decided)
    meeting.action_items.create(initiative=meeting.initiative, title="Write to the district", owner_contact=ada)
    send(staff, meeting)
    mailed(meeting)
    (message,) = mail.outbox
    assert "Budget\n------\n\nWe agreed." in message.body
    assert "There: Nan for Ada" in message.body
    assert "- Budget for 2027: Agreed." in message.body
    assert "- Write to the district (Ada)" in message.body
    assert "Of the backbone alone" not in message.body
    assert (message.reply_to, message.extra_headers) == ([staff.user.email], {"Auto-Submitted": "auto-generated"})


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("es", "Acta: Committee, 18 de noviembre de 2026", "Hola, Ada:"),
        ("fr", "Compte rendu : Committee, 18 novembre 2026", "Bonjour Ada,"),
        ("ar", "محضر: Committee، 18 نوفمبر، 2026", "مرحبًا Ada،"),
    ],
)
def test_mail_speaks_the_language_of_its_reader(staff, meeting, group, language, subject, words):
    holder(group, "Ada", language=language)
    send(staff, meeting)
    mailed(meeting)
    (message,) = mail.outbox
    assert message.subject == subject
    assert message.body.startswith(words)


def test_names_and_titles_add_no_header(staff, meeting, group):
    holder(group, "Ada\nBcc: all@evil.example")
    meeting.title = "Committee\nBcc: all@evil.example"
    meeting.save()
    send(staff, meeting)
    mailed(meeting)
    assert mail.outbox[0].subject == "Minutes: Committee Bcc: all@evil.example, 18 November 2026"
    assert len(mail.outbox[0].recipients()) == 1


def test_of_two_senders_one_sends(staff, meeting, group):
    holder(group, "Ada")
    send(staff, meeting)
    MeetingMail.objects.update(claim="somebody")
    assert mailed(meeting) == []
    assert [mail.contact.name for mail in minutes_progress(meeting.minutes.approvals.get()).uncertain] == ["Ada"]


class Refusing(EmailBackend):
    def send_messages(self, messages):
        raise SMTPRecipientsRefused({messages[0].to[0]: (550, b"no such\r\nuser")})


def test_refused_address_is_noted_and_told(staff, meeting, group, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    holder(group, "Ada")
    send(staff, meeting)
    assert mail_minutes(meeting_id=meeting.pk) == 0
    assert "no such" in staff.get(page("minutes-detail", meeting)).content.decode()
    assert meetings_with_minutes_to_mail() == []


def test_sweep_finds_what_the_ring_lost_and_leaves_deleted_meetings_alone(staff, meeting, group, monkeypatch):
    holder(group, "Ada")
    send(staff, meeting)
    asked = []
    monkeypatch.setattr("backbone.tasks.mail_minutes.delay", asked.append)
    sweep_minutes()
    staff.post(page("meeting-delete", meeting))
    sweep_minutes()
    assert asked == [meeting.pk]
    assert mailed(meeting) == []


def test_progress_asks_again_until_all_have_left(staff, meeting, group):
    holder(group, "Ada")
    assert staff.get(page("minutes-mails", meeting)).content.strip() == b""
    send(staff, meeting)
    waiting = staff.get(page("minutes-mails", meeting)).content.decode()
    assert ("0 of 1 sent" in waiting, "hx-get" in waiting) == (True, True)
    mail_minutes(meeting_id=meeting.pk)
    done = staff.get(page("minutes-mails", meeting)).content.decode()
    assert ("1 of 1 sent" in done, "hx-get" in done) == (True, False)


def test_nothing_is_sent_before_it_is_approved(staff, initiative, group):
    draft = MeetingFactory(initiative=initiative, group=group, starts_at=HELD)
    write(staff, draft, "We met.")
    holder(group, "Ada")
    assert {getattr(staff, method)(page("minutes-send", draft)).url for method in ("get", "post")} == {
        page("minutes-detail", draft)
    }
    assert MeetingMail.objects.count() == 0
