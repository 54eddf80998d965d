"""The notice before a round and the thank-you after: to whom, when, and that each person is still invited once."""

import datetime

import pytest
from django.utils import timezone

from surveys.actions import delivery, invitations, plans, reachability, rounds, sending
from surveys.merge import check
from surveys.models import Invitation, Mailing, Round, RoundPlan
from surveys.queries.rosters import roster
from surveys.queries.rounds import texts_before_sending, work_on_rounds
from surveys.queries.sending import due_mailings
from tests.factories import ContactFactory
from tests.surveys.factories import InvitationFactory, MailingFactory, RoundFactory

pytestmark = pytest.mark.django_db
BASE = "/i/bright-futures/rounds/"
NOON = datetime.datetime(2026, 3, 10, 12, tzinfo=datetime.UTC)
OPENS = datetime.date(2026, 3, 20)
Kind = Mailing.Kind


@pytest.fixture
def at(monkeypatch):
    def set_clock(text):
        moment = datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_clock("2026-03-10T12:00")
    return set_clock


@pytest.fixture
def scheduled(initiative, at):
    """A round of three people that opens on 20 March and tells them a week before."""
    ContactFactory.create_batch(3, initiative=initiative)
    round = RoundFactory(
        initiative=initiative,
        state=Round.State.DRAFT,
        opened_at=None,
        prepared_at=None,
        opens_on=OPENS,
        closes_on=datetime.date(2026, 4, 10),
        notice_days=7,
    )
    return rounds.send(round=round, digest=roster(round).digest, by=None)


def kinds(round):
    return sorted(round.mailings.values_list("kind", "state"))


def leave(round, kind):
    round.mailings.filter(kind=kind).update(state="sent", sent_at=timezone.now())


def test_people_are_told_on_the_day_and_invited_when_the_round_opens(scheduled, at):
    assert invitations.prepare_notices(round_id=scheduled.pk) is False
    at("2026-03-13T00:00")
    assert [invitations.prepare_notices(round_id=scheduled.pk) for _run in range(2)] == [True, False]
    assert kinds(scheduled) == [("notice", "due")] * 3
    assert due_mailings(scheduled.pk, now=timezone.now()).count() == 3
    leave(scheduled, Kind.NOTICE)
    at("2026-03-20T00:00")
    rounds.open_due(round_id=scheduled.pk)
    for _run in range(2):
        invitations.prepare(round_id=scheduled.pk)
    assert kinds(scheduled) == [("invitation", "due")] * 3 + [("notice", "sent")] * 3
    assert sorted(scheduled.invitations.values_list("contact", flat=True)) == sorted(scheduled.frozen_roster)
    assert set(scheduled.mailings.filter(kind="invitation").values_list("due_at", flat=True)) == {timezone.now()}


def test_sweep_finds_notices_only_while_they_are_due(scheduled, at):
    assert work_on_rounds(now=timezone.now())["prepare_notices"] == [scheduled.pk]
    at("2026-03-14T00:00")
    invitations.prepare_notices(round_id=scheduled.pk)
    assert work_on_rounds(now=timezone.now())["prepare_notices"] == []


def test_who_came_after_the_preview_gets_neither_notice_nor_invitation(scheduled, initiative, at):
    late = ContactFactory(initiative=initiative)
    at("2026-03-13T00:00")
    invitations.prepare_notices(round_id=scheduled.pk)
    at("2026-03-20T00:00")
    rounds.open_due(round_id=scheduled.pk)
    invitations.prepare(round_id=scheduled.pk)
    assert (scheduled.invitations.count(), scheduled.invitations.filter(contact=late).exists()) == (3, False)


def test_who_opts_out_at_the_notice_is_not_invited_and_stays_counted(scheduled, at):
    at("2026-03-13T00:00")
    invitations.prepare_notices(round_id=scheduled.pk)
    leave(scheduled, Kind.NOTICE)
    gone = scheduled.invitations.first()
    reachability.opt_out(invitation=gone)
    at("2026-03-20T00:00")
    rounds.open_due(round_id=scheduled.pk)
    invitations.prepare(round_id=scheduled.pk)
    assert list(gone.mailings.values_list("kind", flat=True)) == ["notice"]
    assert (scheduled.invitations.count(), scheduled.mailings.filter(kind="invitation").count()) == (3, 2)


@pytest.mark.parametrize(
    ("sent_on", "told"), [("2026-03-17T12:00", 3), ("2026-03-18T12:00", 0), ("2026-03-20T12:00", 0)]
)
def test_notice_that_would_delay_the_invitation_is_left_out(scheduled, at, sent_on, told):
    at(sent_on)
    invitations.prepare_notices(round_id=scheduled.pk)
    assert scheduled.mailings.filter(kind="notice").count() == told


def test_person_whose_notice_would_be_too_late_is_invited_without_one(scheduled, initiative, at):
    busy = ContactFactory._meta.model.objects.get(pk=scheduled.frozen_roster[0])
    other = RoundFactory(initiative=initiative)
    at("2026-03-17T12:00")
    MailingFactory(invitation__round=other, invitation__contact=busy, state="sent", sent_at=timezone.now())
    invitations.prepare_notices(round_id=scheduled.pk)
    assert scheduled.invitations.filter(mailings__kind="notice").count() == 2
    at("2026-03-20T00:00")
    rounds.open_due(round_id=scheduled.pk)
    invitations.prepare(round_id=scheduled.pk)
    assert list(busy.invitations.get(round=scheduled).mailings.values_list("kind", flat=True)) == ["invitation"]


def test_round_is_taken_back_only_before_a_notice_has_left(scheduled, director, at):
    at("2026-03-13T00:00")
    invitations.prepare_notices(round_id=scheduled.pk)
    rounds.unschedule(round=scheduled, by=None)
    scheduled.refresh_from_db()
    assert (scheduled.state, scheduled.noticed_at, Invitation.objects.count()) == ("draft", None, 0)
    rounds.send(round=scheduled, digest=roster(scheduled).digest, by=None)
    invitations.prepare_notices(round_id=scheduled.pk)
    leave(scheduled, Kind.NOTICE)
    page = director.post(f"{BASE}{scheduled.pk}/unschedule/", follow=True).content.decode()
    assert "told already that this survey is coming" in page
    scheduled.refresh_from_db()
    assert (scheduled.state, Invitation.objects.count()) == ("scheduled", 3)


def test_worker_that_makes_notices_meets_a_round_taken_back(scheduled, at, monkeypatch):
    at("2026-03-13T00:00")
    contacts_to_invite = invitations.contacts_to_invite

    def taken_back_meanwhile(round, size):
        Round.objects.filter(pk=round.pk).update(state="draft")
        return contacts_to_invite(round, size=size)

    monkeypatch.setattr(invitations, "contacts_to_invite", taken_back_meanwhile)
    assert invitations.prepare_notices(round_id=scheduled.pk) is False
    assert Invitation.objects.count() == 0


def test_notice_that_came_too_late_is_stopped(scheduled, at):
    at("2026-03-13T00:00")
    invitations.prepare_notices(round_id=scheduled.pk)
    Round.objects.filter(pk=scheduled.pk).update(state="open")
    sending.stop_pointless(round_id=scheduled.pk)
    assert kinds(scheduled) == [("notice", "stopped")] * 3


def test_notice_reaches_the_mail_server_while_the_round_waits(scheduled, at, sink):
    at("2026-03-13T12:00")
    invitations.prepare_notices(round_id=scheduled.pk)
    delivery.send_slice(round_id=scheduled.pk)
    assert len(sink.taken) == 3
    assert kinds(scheduled) == [("notice", "sent")] * 3


# Thanks


@pytest.fixture
def answered(initiative, at):
    round = RoundFactory(initiative=initiative, thanks="submit", closes_on=datetime.date(2026, 3, 31))
    MailingFactory(invitation__round=round, invitation__state="finished", state="sent", sent_at=NOON)
    InvitationFactory(round=round)
    return round


def test_thanks_go_to_those_who_answered_once_and_wait_for_no_gap(answered):
    for _run in range(2):
        invitations.queue_thanks(round_id=answered.pk)
    assert list(answered.mailings.filter(kind="thanks").values_list("invitation__state", "due_at")) == [
        ("finished", NOON)
    ]


def test_thanks_of_the_close_wait_for_it_and_go_out_afterwards(answered, sink):
    answered.thanks = "close"
    answered.save()
    invitations.queue_thanks(round_id=answered.pk)
    assert answered.mailings.filter(kind="thanks").count() == 0
    Round.objects.filter(pk=answered.pk).update(state="closed", closed_at=NOON)
    assert work_on_rounds(now=NOON)["queue_thanks"] == [answered.pk]
    invitations.queue_thanks(round_id=answered.pk)
    delivery.send_slice(round_id=answered.pk)
    assert kinds(answered) == [("invitation", "sent"), ("thanks", "sent")]


def test_closing_stops_reminders_and_not_thanks(answered):
    InvitationFactory(round=answered)
    MailingFactory(invitation__round=answered, kind="reminder", number=1)
    invitations.queue_thanks(round_id=answered.pk)
    sending.stop_round(round_id=answered.pk)
    assert kinds(answered) == [("invitation", "sent"), ("reminder", "stopped"), ("thanks", "due")]


def test_nobody_is_thanked_unless_the_round_says_so_or_after_opting_out(answered, initiative):
    quiet = RoundFactory(initiative=initiative)
    InvitationFactory(round=quiet, state="finished")
    invitations.queue_thanks(round_id=quiet.pk)
    assert quiet.mailings.count() == 0
    reachability.opt_out(invitation=answered.invitations.get(state="finished"))
    invitations.queue_thanks(round_id=answered.pk)
    assert due_mailings(answered.pk, now=NOON).filter(kind="thanks").count() == 0


def test_thanks_wait_for_the_morning(answered, initiative, at):
    initiative.quiet_from, initiative.quiet_until = datetime.time(20), datetime.time(8)
    initiative.save()
    at("2026-03-10T22:00")
    invitations.queue_thanks(round_id=answered.pk)
    assert answered.mailings.get(kind="thanks").due_at == datetime.datetime(2026, 3, 11, 8, tzinfo=datetime.UTC)


# Form, texts, preview


def form_data(initiative, **changes):
    return {
        "title": "Spring survey",
        "instrument": "backbone_effectiveness_partners",
        "mode": "confidential",
        "roster": "all",
        "opens_on": initiative.today() + datetime.timedelta(days=14),
        "closes_on": initiative.today() + datetime.timedelta(days=28),
        "notice_days": "7",
        "thanks": "close",
        "sender_name": "Bright Futures",
        "reply_to": "hello@example.org",
    } | changes


def test_notice_and_thanks_are_chosen_with_the_round(staff, initiative):
    staff.post(f"{BASE}new/", form_data(initiative))
    round = Round.objects.get()
    assert (round.notice_days, round.thanks) == (7, "close")
    shown = list(dict.fromkeys(text.kind for text in texts_before_sending(round)))
    assert shown == ["notice", "invitation", "reminder", "thanks"]
    page = staff.get(round.get_absolute_url()).content.decode()
    assert all(f"texts/{text.pk}/" in page for text in texts_before_sending(round))


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ({"opens_on": ""}, "A notice before needs a day on which the survey opens."),
        ({"notice_days": "2"}, "follows the notice after at least 3 days"),
        ({"notice_days": "31"}, "less than or equal to 30"),
        ({"thanks": "always"}, "Select a valid choice"),
    ],
)
def test_notice_that_cannot_be_is_refused(staff, initiative, bad, sentence):
    page = staff.post(f"{BASE}new/", form_data(initiative, **bad)).content.decode()
    assert sentence in page
    assert Round.objects.count() == 0


def test_link_belongs_into_some_mails_only():
    assert [check("See {link}", link=link) == [] for link in (True, False, None)] == [True, False, True]
    assert [check("Hello", link=link) == [] for link in (True, False, None)] == [False, True, True]


def test_notice_with_a_link_is_not_saved(staff, scheduled):
    Round.objects.filter(pk=scheduled.pk).update(state="draft")
    text = scheduled.texts.get(kind="notice")
    page = staff.post(f"{BASE}texts/{text.pk}/", {"subject": "Soon", "body": "Go to {link}"}).content.decode()
    assert "Take {link} out of the text." in page
    staff.post(f"{BASE}texts/{text.pk}/", {"subject": "Soon", "body": "It opens on {opens_on}."})
    text.refresh_from_db()
    assert text.body == "It opens on {opens_on}."


def test_preview_shows_the_notice_beside_the_invitation(staff, scheduled):
    Round.objects.filter(pk=scheduled.pk).update(state="draft")
    scheduled.texts.filter(kind="notice").update(subject="Soon", body="It opens on {opens_on}.")
    page = staff.get(f"{BASE}{scheduled.pk}/preview/").content.decode()
    assert "It opens on 20 March 2026." in page
    assert "On 13 March 2026, to the same people" in page


def test_plan_copies_notice_and_thanks(scheduled, initiative, at):
    Round.objects.filter(pk=scheduled.pk).update(state="closed", thanks="close")
    instrument = scheduled.instrument_version.instrument
    plan = RoundPlan.objects.create(initiative=initiative, instrument=instrument, months=[3], day=25)
    round = plans.draft_due(plan_id=plan.pk)
    assert (round.notice_days, round.thanks) == (7, "close")
