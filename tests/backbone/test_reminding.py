"""The mails that remind: exactly which leave on which day, to whom, and never twice. The clock is moved by hand."""

import datetime
from collections import Counter

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from backbone.actions import action_items, reminding
from backbone.brakes import MOST_MAILS
from backbone.models import ActionItem, FollowUpMail
from backbone.queries.reminders import next_mails
from backbone.tasks import sweep
from backbone.tokens import own_page_token, stop_token
from initiatives.permissions import Role
from partners.actions import commitments, contacts
from partners.models import Commitment, Contact
from tests.backbone.follow_ups import ActionItemFactory, CommitmentFactory
from tests.factories import ContactFactory, InitiativeFactory, MembershipFactory
from tests.surveys.sink import running_sink

pytestmark = pytest.mark.django_db
DAY, HOUR = datetime.timedelta(days=1), datetime.timedelta(hours=1)
# A Monday, ten in the morning.
MONDAY = datetime.datetime(2026, 11, 2, 10, tzinfo=datetime.UTC)


@pytest.fixture
def clock(monkeypatch):
    """`clock(moment)` sets the time of the program; the database keeps its own."""

    class Clock:
        now = MONDAY

        def __call__(self, moment):
            self.now = moment

    own = Clock()
    monkeypatch.setattr(timezone, "now", lambda: own.now)
    return own


@pytest.fixture(autouse=True)
def mails_stay_here(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.MAIL_PER_SECOND = 0


def day(number):
    """Days counted from the Monday on which the tests begin."""
    return MONDAY.date() + number * DAY


def owed(contact, due, **fields):
    return ActionItemFactory(
        initiative=contact.initiative, owner_contact=contact, due_on=day(due), reminders_since=day(-30), **fields
    )


def told():
    return Counter(message.to[0] for message in mail.outbox)


def run(clock, days, times=(7, 9, 12, 23)):
    """Sweep several times on each of `days`; returns on which days how many mails left."""
    left = {}
    for number in days:
        before = len(mail.outbox)
        for hour in times:
            clock(MONDAY.replace(hour=hour) + number * DAY)
            reminding.remind_due()
        if len(mail.outbox) > before:
            left[number] = len(mail.outbox) - before
    return left


def test_one_thing_is_spoken_of_six_times_in_thirty_days_and_then_never_again(clock, initiative):
    ana = ContactFactory(initiative=initiative, email="ana@partner.example")
    owed(ana, due=4)
    assert run(clock, range(60)) == {1: 1, 4: 1, 11: 1, 18: 1, 25: 1, 32: 1}
    assert ActionItem.objects.get().reminders == MOST_MAILS


def test_mails_of_thirty_days_are_counted_exactly_for_each_person(clock, initiative):
    """Two with much to do, one with little, one who is done on the way, one who stops them, one of the staff."""
    people = {
        n: ContactFactory(initiative=initiative, email=f"{n}@partner.example") for n in ("ana", "ben", "cy", "di")
    }
    staff = MembershipFactory(initiative=initiative, user__email="staff@backbone.example").user
    for due in (2, 2, 3, 5):
        owed(people["ana"], due)
    done, _other = owed(people["ben"], 3), owed(people["di"], 0)
    owed(people["cy"], 3)
    ActionItemFactory(initiative=initiative, owner_staff=staff, due_on=day(1), reminders_since=day(-30))
    assert run(clock, range(2)) == {0: 5, 1: 1}
    action_items.finish(item=done, contact=people["ben"])
    contacts.set_reminders(contact=people["cy"], wanted=False, by=None)
    run(clock, range(2, 30))
    # Ana: days 0, 2, 3, 5, 9, 10 and 12: then six mails have spoken of each of the four.
    assert told() == {
        "ana@partner.example": 7, "ben@partner.example": 1, "cy@partner.example": 1, "di@partner.example": 5,
        "staff@backbone.example": 6,
    }  # fmt: skip
    assert max(ActionItem.objects.values_list("reminders", flat=True)) <= MOST_MAILS


def test_never_two_mails_on_one_day_however_often_and_by_whomever_it_is_tried(clock, initiative):
    ana = ContactFactory(initiative=initiative)
    for due in range(12):
        owed(ana, due)
    run(clock, range(30), times=(0, 7, 8, 9, 23))
    days = list(FollowUpMail.objects.values_list("day", flat=True))
    assert len(days) == len(set(days)) == len(mail.outbox)


def test_all_that_is_due_stands_in_one_mail_in_the_language_of_the_person(clock, initiative):
    ana = ContactFactory(initiative=initiative, name="Ana Ruiz", language="es")
    MembershipFactory(initiative=initiative, role=Role.DIRECTOR, user__email="kim@backbone.example")
    for due, title in ((-4, "Late thing"), (2, "Soon thing"), (9, "Later thing")):
        owed(ana, due, title=title)
    CommitmentFactory(initiative=initiative, contact=ana, title="Promise", due_on=day(1), amount=1500, currency="EUR",
                      kind="money", confirmed_at=MONDAY, reminders_since=day(-30))  # fmt: skip
    assert reminding.remind_due() == 1
    (message,) = mail.outbox
    for words in ("Hola", "Late thing", "Soon thing", "Promise: 1500 EUR", own_page_token(ana), stop_token(ana)):
        assert words in message.body.replace("\xa0", "").replace("1.500", "1500").replace("1 500", "1500")
    assert "Later thing" not in message.body
    assert (message.reply_to, message.from_email.split(" <")[0]) == (["kim@backbone.example"], "Bright Futures")
    assert message.extra_headers["List-Unsubscribe"].strip() == f"<http://localhost:8000/stop/{stop_token(ana)}/>"
    assert own_page_token(ana) not in message.subject


def test_names_and_titles_add_no_header_and_no_line(clock, settings):
    initiative = InitiativeFactory(name="Bright\r\nBcc: all@evil.example")
    ana = ContactFactory(initiative=initiative, name="Ana\r\nBcc: all@evil.example")
    owed(ana, 0, title="Call\r\n\r\nhttp://evil.example {link}")
    reminding.remind_due()
    (message,) = mail.outbox
    assert message.recipients() == [ana.email]
    assert "\n" not in message.subject
    assert "- Call http://evil.example {link}" in message.body


@pytest.mark.parametrize(
    "fields",
    [
        {"reachability": Contact.Reachability.BOUNCED},
        {"reachability": Contact.Reachability.OPTED_OUT},
        {"wants_reminders": False},
        {"left_on": MONDAY.date()},
    ],
)
def test_whoever_cannot_or_will_not_be_reminded_is_not(clock, initiative, fields):
    owed(ContactFactory(initiative=initiative, **fields), 0)
    assert run(clock, range(10)) == {}


def test_nobody_is_reminded_where_the_initiative_has_switched_it_off(clock, initiative):
    owed(ContactFactory(initiative=initiative), 0)
    type(initiative).objects.update(sends_reminders=False)
    assert run(clock, range(10)) == {}


@pytest.mark.parametrize("gone", ["deleted", "dropped", "no owner", "no day"])
def test_what_is_over_is_not_spoken_of(clock, initiative, gone):
    owed(ContactFactory(initiative=initiative), 0)
    change = {"deleted": {"deleted_at": MONDAY}, "dropped": {"state": "dropped"}, "no owner": {"owner_contact": None},
              "no day": {"due_on": None}}[gone]  # fmt: skip
    ActionItem.objects.update(**change)
    assert run(clock, range(10)) == {}


def test_staff_who_lost_their_role_or_turned_it_off_are_not_reminded(clock, initiative):
    for number, fields in enumerate(({"role": Role.MEMBER}, {"wants_reminders": False}, {"user__is_active": False})):
        member = MembershipFactory(initiative=initiative, user__email=f"{number}@backbone.example", **fields)
        ActionItemFactory(initiative=initiative, owner_staff=member.user, due_on=day(0), reminders_since=day(-30))
    assert run(clock, range(10)) == {}


def test_mail_waits_for_the_end_of_quiet_time_where_the_person_is(clock, initiative):
    initiative.quiet_from, initiative.quiet_until = datetime.time(18), datetime.time(9)
    initiative.quiet_weekends, initiative.holidays = True, ["2026-11-09"]
    initiative.save()
    owed(ContactFactory(initiative=initiative, time_zone="America/Lima"), 5)  # a Saturday, and Monday is a holiday
    sent = []
    for hour in range(24 * 12):
        clock(MONDAY + hour * HOUR)
        sent += [clock.now] * reminding.remind_due()
    # Lima is five hours behind: the mail of three days before, and that of the Saturday on Tuesday.
    assert sent == [MONDAY.replace(day=4, hour=14), MONDAY.replace(day=10, hour=14)]


def test_what_is_written_down_today_is_not_reminded_of_today(clock, director, initiative):
    ana = ContactFactory(initiative=initiative)
    values = {"title": "Call", "owner_contact": ana, "due_on": day(0)}
    action_items.add(initiative=initiative, values=values, by=director.user)
    assert run(clock, range(8)) == {7: 1}


def test_another_day_or_owner_begins_anew(clock, director, initiative):
    ana, ben = (ContactFactory(initiative=initiative, email=f"{n}@partner.example") for n in ("ana", "ben"))
    item = owed(ana, 0)
    run(clock, range(1))
    clock(MONDAY + DAY)
    action_items.change(item=item, values={"owner_contact": ben, "due_on": day(6)}, by=director.user)
    assert run(clock, range(1, 7)) == {3: 1, 6: 1}
    assert told() == {"ana@partner.example": 1, "ben@partner.example": 2}


def test_partner_is_asked_three_times_whether_they_promised_it_and_not_after_their_answer(clock, director, initiative):
    ana = ContactFactory(initiative=initiative)
    values = {"organisation": ana.organisation, "contact": ana, "title": "Tutors", "kind": "time", "made_on": day(0)}
    first = commitments.add(initiative=initiative, values=values, by=director.user)
    Commitment.objects.update(created_at=MONDAY)
    assert run(clock, range(40)) == {1: 1, 8: 1, 15: 1}
    assert "whether that is right" in mail.outbox[0].body
    Commitment.objects.update(reminders=0, reminders_since=None)
    commitments.confirm(commitment=first, contact=ana)
    assert run(clock, range(40, 60)) == {}


def test_promise_that_reads_otherwise_is_asked_about_anew(clock, director, initiative):
    ana = ContactFactory(initiative=initiative)
    promise = CommitmentFactory(initiative=initiative, contact=ana, confirmed_at=MONDAY)
    commitments.change(commitment=promise, values={"note": "Heard twice"}, by=director.user)
    promise.refresh_from_db()
    assert promise.confirmed_at == MONDAY
    commitments.change(commitment=promise, values={"title": "More"}, by=director.user)
    promise.refresh_from_db()
    assert promise.confirmed_at is None


def test_of_two_workers_one_sends(clock, initiative, monkeypatch):
    owed(ContactFactory(initiative=initiative), 0)
    monkeypatch.setattr(reminding.cache, "add", lambda *a, **k: True)
    waiting = reminding.reminders_due(now=MONDAY)
    assert reminding._claim(waiting[0].person) is not None
    assert (reminding._claim(waiting[0].person), reminding._send_all(waiting), mail.outbox) == (None, 0, [])


def test_worker_killed_between_claim_and_mail_sends_nothing_twice(clock, initiative, staff):
    owed(ContactFactory(initiative=initiative, name="Ana Ruiz"), 0)
    (waiting,) = reminding.reminders_due(now=MONDAY)
    reminding._claim(waiting.person)
    assert run(clock, range(7)) == {}
    assert "uncertain" in staff.get(reverse("backbone:reminder-list", args=[initiative.slug])).content.decode()
    assert run(clock, range(7, 8)) == {7: 1}


def test_claim_is_written_before_the_mail_leaves(clock, initiative, monkeypatch):
    owed(ContactFactory(initiative=initiative), 0)
    seen = []
    hand_over = reminding.hand_over
    monkeypatch.setattr(reminding, "hand_over", lambda **a: seen.append(FollowUpMail.objects.count()) or hand_over(**a))
    reminding.remind_due()
    assert seen == [1]


@pytest.fixture
def sink(settings):
    with running_sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.DEFAULT_FROM_EMAIL = "Backbone <mail@backbone.example>"
        yield sink


def test_mail_over_smtp_is_the_one_that_was_written(clock, sink, initiative):
    ana = ContactFactory(initiative=initiative, language="ar")
    owed(ana, 0, title="Réserver la salle")
    assert reminding.remind_due() == 1
    (taken,) = sink.taken
    assert (taken.sender, taken.recipient) == ("mail@backbone.example", ana.email)
    assert FollowUpMail.objects.get().sent_at == MONDAY


def test_mail_server_that_is_away_costs_nobody_their_mail(clock, settings, initiative):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 1
    owed(ContactFactory(initiative=initiative), 0)
    assert reminding.remind_due() == 0
    assert (FollowUpMail.objects.count(), ActionItem.objects.get().reminders) == (0, 0)


def test_wrong_address_is_marked_and_not_written_to_again(clock, sink, initiative):
    ana = ContactFactory(initiative=initiative)
    owed(ana, 0)
    sink.replies["RCPT"] = lambda address: "550 5.1.1 nobody here"
    run(clock, range(9))
    ana.refresh_from_db()
    assert (ana.reachability, FollowUpMail.objects.count()) == (Contact.Reachability.BOUNCED, 1)


def test_mail_that_was_put_off_is_tried_on_the_next_day_and_counted_once(clock, sink, initiative):
    owed(ContactFactory(initiative=initiative), 0)
    sink.replies["RCPT"] = lambda address: "450 4.2.0 come back later"
    run(clock, range(1))
    assert (FollowUpMail.objects.count(), ActionItem.objects.get().reminders, len(sink.taken)) == (1, 0, 0)
    sink.replies.clear()
    run(clock, range(2))
    assert (FollowUpMail.objects.count(), ActionItem.objects.get().reminders, len(sink.taken)) == (2, 1, 1)


def test_refused_sender_costs_nobody_their_mail(clock, sink, initiative):
    for _ in range(2):
        owed(ContactFactory(initiative=initiative), 0)
    sink.replies["MAIL"] = lambda address: "550 5.7.1 not from you"
    reminding.remind_due()
    assert FollowUpMail.objects.count() == 0
    sink.replies.clear()
    assert reminding.remind_due() == 2


def test_sweep_finds_what_is_due_by_itself(clock, initiative):
    owed(ContactFactory(initiative=initiative), 0)
    sweep()
    assert len(mail.outbox) == 1


def test_page_foretells_exactly_what_then_leaves(clock, initiative):
    initiative.quiet_weekends = True
    initiative.save()
    for due in (4, 5, 8, 12):
        owed(ContactFactory(initiative=initiative), due)
    foretold, silent = next_mails(initiative, now=MONDAY)
    assert (len(foretold), silent) == (4, [])
    for next_mail in foretold:
        address = next_mail.person.address
        clock(next_mail.leaves_at - HOUR / 60)
        reminding.remind_due()
        assert told()[address] == 0
        clock(max(next_mail.leaves_at, clock.now))
        reminding.remind_due()
        assert told()[address] == 1


def test_page_says_who_is_not_written_to_and_shows_no_link(clock, staff, committee_member, stranger, initiative):
    ana = ContactFactory(initiative=initiative, name="Ana Ruiz", wants_reminders=False)
    ben = ContactFactory(initiative=initiative, name="Ben Abel")
    owed(ana, 0), owed(ben, 0)
    here = reverse("backbone:reminder-list", args=[initiative.slug])
    page = staff.get(here).content.decode()
    assert [words in page for words in ("wants no reminders", "Ben Abel", "/stop/", own_page_token(ben))] == [
        True, True, False, False,
    ]  # fmt: skip
    assert [committee_member.get(here).status_code, stranger.get(here).status_code] == [403, 404]
