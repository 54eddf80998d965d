"""When mails of a round leave: nobody's night is disturbed, nobody gets two mails in a row, and nobody is forgotten."""

import datetime

import pytest
from django.utils import timezone

from initiatives.permissions import Role
from surveys.actions import invitations, pausing, plans, quieting, telling
from surveys.models import Mailing, Round
from surveys.queries.mail_times import leaving_times
from surveys.queries.rosters import roster
from surveys.queries.sending import due_mailings
from tests.factories import ContactFactory, MembershipFactory
from tests.indicators.factories import PublicationFactory
from tests.surveys.factories import InvitationFactory, MailingFactory, RoundFactory

pytestmark = pytest.mark.django_db
BASE = "/i/bright-futures/rounds/"
# A Tuesday.
NOON = datetime.datetime(2026, 3, 10, 12, tzinfo=datetime.UTC)
EVENING = NOON.replace(hour=22)
MORNING = datetime.datetime(2026, 3, 11, 8, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def at(monkeypatch):
    def set_clock(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_clock(NOON)
    return set_clock


@pytest.fixture
def quiet(initiative):
    initiative.quiet_from, initiative.quiet_until = datetime.time(20), datetime.time(8)
    initiative.quiet_weekends = True
    initiative.save()


def open_round(initiative, **fields):
    return RoundFactory(initiative=initiative, **{"closes_on": datetime.date(2026, 3, 31)} | fields)


def prepared(initiative, *contacts, **fields):
    round = open_round(initiative, prepared_at=None, frozen_roster=[contact.pk for contact in contacts], **fields)
    invitations.prepare(round_id=round.pk)
    return round


def due_at(round):
    return list(round.mailings.order_by("invitation_id", "number").values_list("due_at", flat=True))


def test_invitations_sent_in_the_evening_leave_in_each_persons_morning(at, initiative, quiet):
    at(EVENING)
    here = ContactFactory(initiative=initiative)
    # It is 18:00 in New York and 7:00 in Tokyo.
    west = ContactFactory(initiative=initiative, time_zone="America/New_York")
    east = ContactFactory(initiative=initiative, time_zone="Asia/Tokyo")
    round = prepared(initiative, here, west, east)
    assert due_at(round) == [MORNING, EVENING, EVENING + datetime.timedelta(hours=1)]
    assert [mailing.invitation.contact for mailing in due_mailings(round.pk, now=EVENING)] == [west]


def test_who_got_a_mail_of_another_round_yesterday_is_asked_later(at, initiative):
    busy, fresh = ContactFactory.create_batch(2, initiative=initiative)
    other = open_round(initiative)
    MailingFactory(invitation__round=other, invitation__contact=busy, state=Mailing.State.SENT, sent_at=NOON - DAY)
    round = prepared(initiative, busy, fresh)
    assert due_at(round) == [datetime.datetime(2026, 3, 12, tzinfo=datetime.UTC), NOON]


@pytest.mark.parametrize(
    ("state", "sent_at", "counts"),
    [("sent", NOON - 4 * DAY, False), ("sent", NOON - DAY, True), ("due", None, True), ("stopped", None, False)],
)
def test_only_mails_that_arrived_lately_or_will_arrive_count(at, initiative, state, sent_at, counts):
    contact = ContactFactory(initiative=initiative)
    MailingFactory(
        invitation__round=open_round(initiative), invitation__contact=contact, state=state, sent_at=sent_at, due_at=NOON
    )
    times = leaving_times(open_round(initiative), [contact], kind="reminder", wanted=NOON)
    assert (times[contact.pk] > NOON) is counts


def test_mail_of_another_initiative_is_none_of_our_business(at, initiative, other_initiative):
    contact = ContactFactory(initiative=initiative)
    MailingFactory(invitation__round=open_round(other_initiative), state="sent", sent_at=NOON)
    assert leaving_times(open_round(initiative), [contact], kind="reminder", wanted=NOON) == {contact.pk: NOON}


def test_reminder_waits_for_the_gap_and_the_next_one_for_it(at, initiative):
    initiative.mail_gap_days = 5
    initiative.save()
    round = open_round(initiative, opened_at=NOON - 2 * DAY, reminder_days=[1, 2])
    MailingFactory(invitation__round=round, state="sent", sent_at=NOON - 2 * DAY)
    assert invitations.queue_due_reminder(round_id=round.pk) is True
    assert invitations.queue_due_reminder(round_id=round.pk) is True
    assert due_at(round)[1:] == [
        datetime.datetime(2026, 3, 13, tzinfo=datetime.UTC),
        datetime.datetime(2026, 3, 18, tzinfo=datetime.UTC),
    ]


def test_reminder_that_would_come_after_the_end_is_stopped_with_the_round(at, initiative):
    round = open_round(initiative, opened_at=NOON - 2 * DAY, reminder_days=[1], closes_on=datetime.date(2026, 3, 11))
    MailingFactory(invitation__round=round, state="sent", sent_at=NOON - DAY)
    invitations.queue_due_reminder(round_id=round.pk)
    reminder = round.mailings.get(kind="reminder")
    assert reminder.due_at >= round.closes_at
    pausing.cancel_round(round=round, by=None)
    reminder.refresh_from_db()
    assert reminder.state == "stopped"


def test_invitation_leaves_before_the_end_even_at_night(at, initiative, quiet):
    at(EVENING)
    round = prepared(initiative, ContactFactory(initiative=initiative), closes_on=datetime.date(2026, 3, 10))
    assert due_at(round) == [EVENING]
    quieting.keep_quiet(round_id=round.pk)
    assert due_at(round) == [EVENING]


def test_fourth_reminder_is_never_queued(at, initiative):
    round = open_round(initiative, opened_at=NOON - 9 * DAY, reminder_days=[1, 2, 3, 4])
    InvitationFactory(round=round)
    assert [invitations.queue_due_reminder(round_id=round.pk) for _n in range(5)] == [True, True, True, False, False]
    assert round.mailings.count() == 3


def test_what_is_late_does_not_arrive_at_night(at, initiative, quiet):
    round = open_round(initiative)
    here = MailingFactory(invitation__round=round, due_at=NOON)
    west = MailingFactory(invitation__round=round, invitation__contact__time_zone="America/New_York", due_at=NOON)
    sent = MailingFactory(invitation__round=round, state="sent", due_at=NOON)
    at(EVENING)
    assert (quieting.keep_quiet(round_id=round.pk), quieting.keep_quiet(round_id=round.pk)) == (1, 0)
    for mailing in (here, west, sent):
        mailing.refresh_from_db()
    assert [mailing.due_at for mailing in (here, west, sent)] == [MORNING, NOON, NOON]


def test_without_quiet_time_nothing_is_read_before_a_slice(initiative, django_assert_num_queries):
    round = open_round(initiative)
    with django_assert_num_queries(1):
        assert quieting.keep_quiet(round_id=round.pk) == 0


def test_preparing_many_costs_one_query_more_for_each_chunk(at, initiative, quiet, django_assert_num_queries):
    contacts = ContactFactory.create_batch(30, initiative=initiative)
    with django_assert_num_queries(1):
        leaving_times(open_round_of(initiative), contacts, kind="invitation", wanted=NOON)


def open_round_of(initiative):
    return Round(initiative=initiative, closes_on=datetime.date(2026, 3, 31))


def test_preview_says_when_they_will_leave(at, director, initiative, quiet):
    at(EVENING)
    ContactFactory.create_batch(2, initiative=initiative)
    ContactFactory(initiative=initiative, time_zone="America/New_York")
    round = open_round(initiative, state=Round.State.DRAFT)
    page = director.get(f"{BASE}{round.pk}/preview/").content.decode()
    assert "1 invitation leaves at once" in page
    assert "2 invitations leave later" in page
    assert "the first on 11 March 2026, 08:00, the last on 11 March 2026, 08:00 (UTC)" in page
    at(NOON)
    assert "leave later" not in director.get(f"{BASE}{round.pk}/preview/").content.decode()


def test_round_that_was_sent_says_what_waits(at, director, initiative, quiet):
    at(EVENING)
    round = prepared(initiative, ContactFactory(initiative=initiative), ContactFactory(initiative=initiative))
    for page in (f"{BASE}{round.pk}/", f"{BASE}{round.pk}/progress/"):
        text = director.get(page).content.decode()
        assert "2 mails wait" in text
        assert "The next leaves on 11 March 2026, 08:00 (UTC)." in text


def test_scheduled_round_opens_at_midnight_and_its_mails_leave_in_the_morning(at, director, initiative, quiet):
    ContactFactory(initiative=initiative)
    round = open_round(initiative, state=Round.State.DRAFT, opens_on=datetime.date(2026, 3, 14))
    page = director.get(f"{BASE}{round.pk}/preview/").content.decode()
    assert "1 invitation leaves later" in page
    assert "on 16 March 2026, 08:00 (UTC)" in page
    assert "leaves at once" not in page


@pytest.mark.parametrize(
    ("days", "sentence"),
    [("2, 7", "at least 3 days"), ("7, 9", "at least 3 days"), ("3, 6, 9, 12", "At most three reminders")],
)
def test_reminders_too_close_or_too_many_are_refused(staff, initiative, days, sentence):
    data = {"title": "Kept", "instrument": "backbone_effectiveness_partners", "mode": "confidential", "roster": "all"}
    data |= {"closes_on": initiative.today() + 14 * DAY, "sender_name": "K", "reply_to": "k@example.org"}
    page = staff.post(f"{BASE}new/", data | {"reminder_days": days}).content.decode()
    assert sentence in page
    assert Round.objects.count() == 0


def test_results_and_drafts_are_told_of_in_the_morning(at, initiative, quiet, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    MembershipFactory(initiative=initiative, role=Role.DIRECTOR)
    initiative.memberships.update(created_at=NOON)
    draft = open_round(initiative, state=Round.State.DRAFT, planned_for=datetime.date(2026, 3, 31))
    closed = open_round(
        initiative, state=Round.State.CLOSED, closed_at=EVENING, publication=PublicationFactory(initiative=initiative)
    )
    told = []
    for moment in (EVENING, MORNING):
        at(moment)
        told.append((telling.tell_of_results(round_id=closed.pk), plans.tell_of_draft(round_id=draft.pk)))
    assert told == [(0, 0), (1, 1)]


def sent_words(director, round):
    page = director.post(f"{BASE}{round.pk}/send/", {"digest": roster(round).digest}, follow=True)
    return [str(message) for message in page.context["messages"]]


@pytest.mark.parametrize(
    ("now", "zones", "words"),
    [
        (NOON, [""], "The round was started. Invitations leave in the background; you may close this page."),
        (EVENING, [""], "the first leaves on 11 March 2026, 08:00 (UTC)"),
        (EVENING, ["", "America/New_York"], "Invitations leaving now: 1. Waiting,"),
    ],
)
def test_who_sends_reads_when_the_invitations_leave(at, director, initiative, quiet, now, zones, words):
    at(now)
    for zone in zones:
        ContactFactory(initiative=initiative, time_zone=zone)
    draft = open_round(initiative, state=Round.State.DRAFT, opened_at=None, prepared_at=None)
    (told,) = sent_words(director, draft)
    assert words in told


def test_who_sends_a_round_for_later_reads_on_which_day(at, director, initiative):
    ContactFactory(initiative=initiative)
    draft = open_round(initiative, state=Round.State.DRAFT, opened_at=None, opens_on=datetime.date(2026, 3, 20))
    assert sent_words(director, draft) == ["The round was scheduled. Invitations leave from 20 March 2026 on."]
