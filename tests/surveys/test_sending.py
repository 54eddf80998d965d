"""Sending against a real SMTP conversation: what was taken, what the books say, and what each refusal does."""

import datetime
import threading
import time
from collections import Counter

import pytest
from django.core import mail
from django.utils import timezone

from initiatives.models import HistoryEntry
from initiatives.permissions import Role
from partners.models import Contact
from surveys.actions import delivery, pausing, reachability, sending
from surveys.actions.rounds import RoundRefused
from surveys.mail.lanes import Event, Lanes
from surveys.mail.replies import Reply, Stage
from surveys.models import Invitation, Mailing, Round
from surveys.queries.sending import sending_progress, unsettled_mailings
from tests.factories import MembershipFactory
from tests.surveys.factories import InvitationFactory, MailingFactory, RoundFactory
from tests.surveys.sink import DROP

pytestmark = pytest.mark.django_db
State = Mailing.State


@pytest.fixture
def round(initiative):
    return RoundFactory(initiative=initiative)


def mails(round, count):
    return [MailingFactory(invitation__round=round) for _ in range(count)]


def addresses(mailings):
    return sorted(mailing.invitation.email for mailing in mailings)


def states(round):
    return dict(Counter(round.mailings.values_list("state", flat=True)))


def fresh(row):
    row.refresh_from_db()
    return row


def make_due(round):
    round.mailings.filter(state=State.DUE).update(due_at=timezone.now())


def send(round, seconds=8):
    return delivery.send_slice(round_id=round.pk, seconds=seconds)


def always(reply):
    return lambda _argument: reply


def test_every_due_mail_is_taken_once_and_marked_as_sent(sink, round):
    mailings = mails(round, 30)
    assert send(round) is False
    assert sink.recipients == addresses(mailings)
    assert states(round) == {State.SENT: 30}
    assert fresh(mailings[0]).sent_at is not None


def test_more_than_a_batch_leaves_in_one_slice(sink, round, monkeypatch):
    monkeypatch.setattr(sending.claim_batch, "__kwdefaults__", {"size": 4})
    mailings = mails(round, 11)
    send(round)
    assert sink.recipients == addresses(mailings)


def test_a_writing_waits_for_lanes_that_are_about_to_report():
    lanes = Lanes(3)
    first, second, _idle = lanes.lanes
    for lane in (first, second):
        lanes.let_go(lane, is_ours=True)
    lanes.events.put(Event(first))
    threading.Timer(0.02, lanes.events.put, [Event(second)]).start()
    began = time.monotonic()
    assert [event.lane for event in lanes.wait(1, patience=30)] == [first, second]
    assert time.monotonic() - began < 30


def test_a_writing_waits_no_longer_than_it_has_patience():
    lanes = Lanes(2)
    for lane in lanes.lanes:
        lanes.let_go(lane, is_ours=True)
    lanes.events.put(Event(lanes.lanes[0]))
    assert [event.lane for event in lanes.wait(1, patience=0.01)] == lanes.lanes[:1]


def test_connections_are_kept(sink, round):
    connections = []
    sink.replies["CONNECT"] = lambda _argument: connections.append(1)
    mails(round, 30)
    send(round)
    assert len(connections) <= 2
    assert len(sink.taken) == 30


def test_slice_gives_back_what_it_has_not_begun(sink, round):
    mails(round, 10)
    assert send(round, seconds=0) is True
    assert (states(round), sink.taken) == ({State.DUE: 10}, [])


def test_second_sender_of_the_same_round_steps_back(sink, round, django_capture_on_commit_callbacks):
    mails(round, 1)
    delivery.cache.add(f"sending-round:{round.pk}", "another", 60)
    assert send(round) is False
    assert states(round) == {State.DUE: 1}


def test_what_is_not_due_yet_waits(sink, round):
    MailingFactory(invitation__round=round, due_at=timezone.now() + datetime.timedelta(hours=1))
    send(round)
    assert (states(round), sink.taken) == ({State.DUE: 1}, [])


@pytest.mark.parametrize("state", [Round.State.DRAFT, Round.State.SCHEDULED])
def test_mails_of_a_round_that_is_not_open_yet_wait(sink, initiative, state):
    round = RoundFactory(initiative=initiative, state=state)
    mails(round, 1)
    send(round)
    assert (states(round), sink.taken) == ({State.DUE: 1}, [])


@pytest.mark.parametrize("state", [s for s in Invitation.State.values if s != Invitation.State.INVITED], ids=str)
def test_reminders_go_only_to_those_who_are_still_asked(sink, round, state):
    InvitationFactory(round=round)
    kept = MailingFactory(invitation__round=round, kind=Mailing.Kind.REMINDER, number=1)
    stopped = MailingFactory(invitation__round=round, invitation__state=state, kind=Mailing.Kind.REMINDER, number=1)
    send(round)
    assert sink.recipients == [kept.invitation.email]
    assert fresh(stopped).state == State.STOPPED


@pytest.mark.parametrize("reachability", [Contact.Reachability.BOUNCED, Contact.Reachability.OPTED_OUT])
def test_nobody_out_of_reach_is_written_to(sink, round, reachability):
    MailingFactory(invitation__round=round, invitation__contact__reachability=reachability)
    send(round)
    assert (states(round), sink.taken) == ({State.STOPPED: 1}, [])


@pytest.mark.parametrize("state", [Round.State.CLOSING, Round.State.CLOSED, Round.State.CANCELLED])
def test_asking_mails_stop_when_the_round_is_over(sink, initiative, state):
    round = RoundFactory(initiative=initiative, state=state)
    mails(round, 2)
    send(round)
    assert (states(round), sink.taken) == ({State.STOPPED: 2}, [])


def test_results_go_out_after_closing(sink, initiative):
    round = RoundFactory(initiative=initiative, state=Round.State.CLOSED)
    MailingFactory(invitation__round=round, invitation__state="finished", kind=Mailing.Kind.RESULTS)
    send(round)
    assert states(round) == {State.SENT: 1}


# Refusals


def test_wrong_address_bounces_and_the_others_arrive(sink, round):
    gone, *others = mails(round, 4)
    sink.replies["RCPT"] = lambda a: "550 5.1.1 no such user" if a == gone.invitation.email else None
    send(round)
    assert sink.recipients == addresses(others)
    assert fresh(gone).state == State.BOUNCED
    assert fresh(gone.invitation).state == Invitation.State.BOUNCED
    contact = fresh(gone.invitation.contact)
    assert (contact.reachability, contact.reachability_reason) == ("bounced", "550 5.1.1 no such user")
    assert HistoryEntry.objects.get(verb="contact.bounced").reason == "550 5.1.1 no such user"


@pytest.mark.parametrize("code", ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"])
def test_codes_about_the_address_mark_it(sink, round, code):
    mails(round, 1)
    sink.replies["RCPT"] = always(f"550 {code} no")
    send(round)
    assert (states(round), fresh(round).paused_at) == ({State.BOUNCED: 1}, None)


@pytest.mark.parametrize("reply", ["550 no", "553 no", "552 5.2.2 full", "550 5.4.4 no route", "550 15.1.1 odd"])
def test_refusal_that_does_not_blame_the_address_is_tried_again_once(sink, round, reply):
    (mailing,) = mails(round, 1)
    sink.replies["RCPT"] = always(reply)
    send(round)
    assert (fresh(mailing).state, mailing.attempts, mailing.reply) == (State.DUE, 1, reply)
    assert mailing.due_at > timezone.now() + datetime.timedelta(minutes=50)
    make_due(round)
    send(round)
    assert (fresh(mailing).state, fresh(mailing.invitation.contact).reachability) == (State.FAILED, "reachable")


@pytest.mark.parametrize(
    ("stage", "reply"),
    [
        ("CONNECT", "554 5.3.2 not here"),
        ("MAIL", "550 5.1.8 bad sender"),
        ("MAIL", "553 who are you"),
        ("RCPT", "550 5.7.1 relaying denied"),
        ("RCPT", "550 5.1.8 bad sender"),
        ("DATA", "554 no"),
        ("TEXT", "554 5.6.0 no"),
        ("TEXT", "550 5.1.1 too late for that"),
    ],
)
def test_refusal_of_ourselves_pauses_the_round_and_keeps_everything_due(sink, round, stage, reply):
    mails(round, 8)
    sink.replies[stage] = always(reply)
    assert send(round) is False
    assert (states(round), sink.taken) == ({State.DUE: 8}, [])
    assert reply in fresh(round).pause_reason
    assert set(Contact.objects.values_list("reachability", flat=True)) == {"reachable"}


def test_wrong_password_pauses_the_round(sink, round, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "kim", "secret-word"
    sink.replies["AUTH"] = always("535 5.7.8 wrong password")
    mails(round, 2)
    send(round)
    assert states(round) == {State.DUE: 2}
    assert "535 5.7.8 wrong password" in fresh(round).pause_reason


def test_directors_are_told_why_sending_stopped(sink, round, settings, django_capture_on_commit_callbacks):
    director = MembershipFactory(initiative=round.initiative, role=Role.DIRECTOR).user
    MembershipFactory(initiative=round.initiative, role=Role.STAFF)
    mails(round, 1)
    sink.replies["MAIL"] = always("550 5.7.1 blocked")
    with django_capture_on_commit_callbacks() as told:
        send(round)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    for tell in told:
        tell()
    (message,) = mail.outbox
    assert message.to == [director.email]
    assert "550 5.7.1 blocked" in message.body


def test_five_refusals_in_a_row_pause_the_round(sink, round, settings):
    settings.MAIL_CONNECTIONS = 1
    mails(round, 12)
    sink.replies["RCPT"] = always("550 no")
    send(round)
    assert "5 addresses in a row" in fresh(round).pause_reason
    assert states(round) == {State.DUE: 12}
    assert round.mailings.filter(attempts=1).count() in (5, 6)


def test_four_refusals_and_a_success_do_not_pause(sink, round, settings):
    settings.MAIL_CONNECTIONS = 1
    mailings = mails(round, 10)
    good = {mailings[4].invitation.email, mailings[9].invitation.email}
    sink.replies["RCPT"] = lambda a: None if a in good else "550 5.1.1 no"
    send(round)
    assert (states(round), fresh(round).paused_at) == ({State.SENT: 2, State.BOUNCED: 8}, None)


def test_temporary_refusals_wait_longer_each_time_and_then_end(sink, round):
    (mailing,) = mails(round, 1)
    sink.replies["RCPT"] = always("450 4.2.0 try later")
    waits = []
    for _attempt in range(8):
        make_due(round)
        send(round)
        waits.append(fresh(mailing).due_at - timezone.now())
    assert waits[:7] == sorted(waits[:7])
    assert waits[6] > datetime.timedelta(hours=7)
    assert (mailing.state, mailing.attempts, mailing.reply) == (State.FAILED, 8, "450 4.2.0 try later")


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "TEXT"])
def test_mail_that_had_to_wait_arrives_once(sink, round, stage):
    (mailing,) = mails(round, 1)
    first = iter(["451 4.3.0 busy"])
    sink.replies[stage] = lambda _argument: next(first, None)
    send(round)
    assert (states(round), sink.taken) == ({State.DUE: 1}, [])
    make_due(round)
    send(round)
    assert (states(round), sink.recipients) == ({State.SENT: 1}, addresses([mailing]))


def test_many_delays_in_a_row_let_the_server_rest(sink, round):
    mails(round, 40)
    sink.replies["MAIL"] = always("451 4.7.0 slow down")
    assert send(round) is False
    assert round.mailings.filter(attempts=0).count() >= 20
    assert sending_progress(round).trouble == "451 4.7.0 slow down"


def test_421_in_the_middle_is_survived_on_a_fresh_connection(sink, round, settings):
    # With several connections the fifth and the tenth call may be for the same mail, which then waits as it should.
    settings.MAIL_CONNECTIONS = 1
    mailings = mails(round, 20)
    calls = []

    def every_fifth(_argument):
        calls.append(1)
        return "421 4.4.2 enough for now" if len(calls) % 5 == 0 else None

    sink.replies["MAIL"] = every_fifth
    send(round)
    assert sink.recipients == addresses(mailings)
    assert states(round) == {State.SENT: 20}


def test_server_that_cannot_be_reached_costs_no_attempt(sink, round, settings):
    mails(round, 3)
    sink.replies["CONNECT"] = always(DROP)
    assert send(round) is False
    assert states(round) == {State.DUE: 3}
    assert set(round.mailings.values_list("attempts", flat=True)) == {0}
    assert fresh(round).paused_at is None
    assert sending_progress(round).trouble != ""


@pytest.mark.parametrize("connections", [2, 16])
def test_server_with_room_for_one_connection_gets_everything_through_it(sink, round, settings, connections):
    settings.MAIL_CONNECTIONS = connections
    mailings = mails(round, 20)
    first = iter([None])
    sink.replies["CONNECT"] = lambda _argument: next(first, "421 too many")
    send(round)
    assert sink.recipients == addresses(mailings)


def test_no_answer_after_the_final_dot_is_uncertain_and_not_sent_again(sink, round):
    mailings = mails(round, 6)
    lost = mailings[2].invitation.email
    sink.replies["TEXT"] = lambda address: DROP if address == lost else None
    send(round)
    assert states(round) == {State.SENT: 5, State.UNCERTAIN: 1}
    assert [m.invitation.email for m in unsettled_mailings(round)] == [lost]
    send(round)
    assert sink.recipients == addresses(mailings)


def test_hanging_up_before_the_final_dot_is_certain(sink, round):
    (mailing,) = mails(round, 1)
    first = iter([DROP])
    sink.replies["DATA"] = lambda _argument: next(first, None)
    send(round)
    make_due(round)
    send(round)
    assert (states(round), sink.recipients) == ({State.SENT: 1}, addresses([mailing]))


def test_address_that_cannot_be_written_bounces_without_asking_the_server(sink, round):
    invitation = InvitationFactory(round=round, email="kim lee@partner.example")
    MailingFactory(invitation=invitation)
    send(round)
    assert (states(round), sink.taken) == ({State.BOUNCED: 1}, [])


# The books


def test_two_claims_never_share_a_mail(round):
    mails(round, 6)
    first = sending.claim_batch(round_id=round.pk, claim="a", size=4)
    second = sending.claim_batch(round_id=round.pk, claim="b", size=4)
    assert (len(first), len(second)) == (4, 2)
    assert {m.pk for m in first} & {m.pk for m in second} == set()


def claimed(round, count):
    mails(round, count)
    return [m.pk for m in sending.claim_batch(round_id=round.pk, claim="a")]


def silence(settings, seconds=300):
    Mailing.objects.filter(claim="a").update(claimed_at=timezone.now() - datetime.timedelta(seconds=seconds))


def test_recovery_tells_what_was_begun_from_what_was_not(round, settings):
    first, second, third = claimed(round, 3)
    sending.record(claim="a", outcomes=[], next_ids=[first, second])
    sending.record(claim="a", outcomes=[(first, Reply(Stage.HANDED_OVER, 250))], next_ids=[])
    silence(settings)
    sending.recover()
    found = {pk: Mailing.objects.get(pk=pk).state for pk in (first, second, third)}
    assert found == {first: State.SENT, second: State.UNCERTAIN, third: State.DUE}
    assert HistoryEntry.objects.get(verb="round.mails_uncertain").after == {"uncertain": 1}


def test_recovery_leaves_living_senders_alone(round, settings):
    (first,) = claimed(round, 1)
    silence(settings)
    sending.renew_claim(claim="a")
    sending.recover()
    assert Mailing.objects.get(pk=first).state == State.CLAIMED


def test_sender_that_wakes_up_late_settles_its_uncertain_mail_and_begins_nothing(round, settings):
    first, second = claimed(round, 2)
    sending.record(claim="a", outcomes=[], next_ids=[first])
    silence(settings)
    sending.recover()
    allowed = sending.record(claim="a", outcomes=[(first, Reply(Stage.HANDED_OVER, 250))], next_ids=[second])
    assert allowed == set()
    assert [Mailing.objects.get(pk=pk).state for pk in (first, second)] == [State.SENT, State.DUE]


@pytest.mark.parametrize("stop", ["pause", "cancel", "opt_out"])
def test_claimed_mail_that_was_stopped_meanwhile_does_not_leave(round, stop):
    (first,) = claimed(round, 1)
    invitation = Mailing.objects.get(pk=first).invitation
    {
        "pause": lambda: pausing.pause_round(round=round, by=None),
        "cancel": lambda: pausing.cancel_round(round=round, by=None),
        "opt_out": lambda: reachability.opt_out(invitation=invitation),
    }[stop]()
    assert sending.record(claim="a", outcomes=[], next_ids=[first]) == set()
    assert Mailing.objects.get(pk=first).state == (State.DUE if stop == "pause" else State.STOPPED)


@pytest.mark.parametrize("state", [s for s in Invitation.State.values if s != Invitation.State.INVITED])
def test_who_answers_or_leaves_between_claim_and_sending_gets_no_reminder(sink, round, state):
    (first,) = claimed(round, 1)
    Invitation.objects.update(state=state)
    assert sending.record(claim="a", outcomes=[], next_ids=[first]) == set()
    sending.release_claim(claim="a")
    send(round)
    assert (states(round), sink.taken) == ({State.STOPPED: 1}, [])


def test_paused_round_sends_nothing_until_it_is_resumed(sink, round, director, django_capture_on_commit_callbacks):
    mails(round, 3)
    pausing.pause_round(round=round, reason="We are asking Ana first.", by=director.user)
    send(round)
    assert (states(round), sink.taken) == ({State.DUE: 3}, [])
    with django_capture_on_commit_callbacks(execute=True):
        pausing.resume_round(round=fresh(round), by=director.user)
    assert states(round) == {State.SENT: 3}
    verbs = HistoryEntry.objects.filter(verb__startswith="round.").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["round.paused", "round.resumed", "round.mails_sent"]


def test_pausing_twice_and_resuming_twice_is_refused(round, director):
    pausing.pause_round(round=round, by=director.user)
    with pytest.raises(RoundRefused):
        pausing.pause_round(round=round, by=director.user)
    pausing.resume_round(round=round, by=director.user)
    with pytest.raises(RoundRefused):
        pausing.resume_round(round=round, by=director.user)


def test_cancelled_round_sends_nothing_more(sink, round, director):
    mails(round, 3)
    pausing.cancel_round(round=round, by=director.user)
    send(round)
    assert (states(round), sink.taken, fresh(round).state) == ({State.STOPPED: 3}, [], "cancelled")


def uncertain(round):
    return MailingFactory(invitation__round=round, state=State.UNCERTAIN, claim="a", claimed_at=timezone.now())


def test_uncertain_mail_is_sent_again_when_somebody_says_so(sink, round, director):
    mailing = uncertain(round)
    sending.send_again(mailing=mailing, by=director.user)
    send(round)
    assert (fresh(mailing).state, sink.recipients) == (State.SENT, addresses([mailing]))
    assert HistoryEntry.objects.get(verb="mailing.sent_again").by == director.user


def test_uncertain_mail_counts_as_sent_when_somebody_says_so(sink, round, director):
    mailing = uncertain(round)
    sending.count_as_sent(mailing=mailing, by=director.user)
    send(round)
    assert (fresh(mailing).state, sink.taken) == (State.SENT, [])
    with pytest.raises(RoundRefused):
        sending.count_as_sent(mailing=mailing, by=director.user)


def test_progress_counts_by_state_in_one_query(round, django_assert_num_queries):
    mails(round, 3)
    uncertain(round)
    with django_assert_num_queries(1):
        progress = sending_progress(round)
    assert (progress.total, progress.waiting, progress.uncertain, progress.sent) == (4, 3, 1, 0)


def test_mail_costs_at_most_two_statements(sink, round, django_assert_max_num_queries):
    mails(round, 40)
    with django_assert_max_num_queries(20 + 2 * 40):
        send(round)
    assert states(round) == {State.SENT: 40}


def test_history_tells_how_many_left(sink, round):
    mails(round, 3)
    send(round)
    assert HistoryEntry.objects.get(verb="round.mails_sent").after == {"sent": 3}


def test_cap_holds_for_all_workers_together(sink, round, settings, monkeypatch):
    settings.MAIL_PER_SECOND = 5
    monkeypatch.setattr("surveys.mail.allowance.time.time", lambda: 1_000)
    mails(round, 12)
    send(round, seconds=0.5)
    assert len(sink.taken) == 5
    assert states(round) == {State.SENT: 5, State.DUE: 7}
