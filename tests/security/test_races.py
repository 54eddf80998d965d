"""Two at once, on a database that really commits. PostgreSQL looks at a row again after waiting for it, but not at what a
subquery found out before: a claim must name its state as a column of the row itself."""

import datetime
import threading

import pytest
from django.db import connection, transaction

from surveys.actions import answering, exporting, invitations, reachability, rounds, sending, withdrawing
from surveys.actions.closing import close_round
from surveys.models import Invitation, Mailing, Round
from surveys.queries.releases import parts_of
from surveys.queries.rosters import roster
from tests.factories import ContactFactory, UserFactory
from tests.surveys.closing_rounds import agrees, open_round, plain_roster
from tests.surveys.factories import InvitationFactory, MailingFactory, RoundFactory

pytestmark = pytest.mark.django_db(transaction=True)


def in_thread(work, results):
    """Start `work` on a connection of its own; what it returns or raises is put into `results`."""

    def run():
        try:
            results.append(work())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def while_waiting(first, second):
    """Do `first` in a transaction, start `second` beside it, commit once that waits (or is done), and return its result."""
    results = []
    with transaction.atomic():
        first()
        thread = in_thread(second, results)
        thread.join(0.4)
    thread.join(20)
    return results[0]


@pytest.fixture
def mailing(db):
    mailing = MailingFactory(state=Mailing.State.CLAIMED, claim="ours")
    mailing.claimed_at = mailing.due_at
    mailing.save()
    return mailing


def test_mail_that_just_left_is_not_called_stopped_by_an_opt_out(mailing):
    while_waiting(
        lambda: sending.record(claim="ours", outcomes=[], next_ids=[mailing.pk]),
        lambda: reachability.opt_out(invitation=mailing.invitation),
    )
    mailing.refresh_from_db()
    assert (mailing.state, mailing.claim) == (Mailing.State.IN_FLIGHT, "ours")


def test_mail_that_just_left_is_not_stopped_with_its_round(mailing):
    while_waiting(
        lambda: sending.record(claim="ours", outcomes=[], next_ids=[mailing.pk]),
        lambda: sending.stop_round(round_id=mailing.round_id),
    )
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.IN_FLIGHT


def test_mail_claimed_by_another_sender_meanwhile_is_not_claimed_again():
    mailing = MailingFactory()
    second = while_waiting(
        lambda: sending.claim_batch(round_id=mailing.round_id, claim="first"),
        lambda: sending.claim_batch(round_id=mailing.round_id, claim="second"),
    )
    mailing.refresh_from_db()
    assert (second, mailing.claim) == ([], "first")


def send(round, by):
    digest = roster(round).digest
    return lambda: rounds.send(round=Round.objects.select_related("initiative").get(pk=round.pk), digest=digest, by=by)


@pytest.fixture
def draft(db):
    round = RoundFactory(state=Round.State.DRAFT, opened_at=None, prepared_at=None)
    ContactFactory(initiative=round.initiative)
    return round


@pytest.fixture
def by(db):
    return UserFactory()


def test_round_sent_meanwhile_is_not_made_a_draft_again(draft, by):
    stale = Round.objects.select_related("initiative").get(pk=draft.pk)
    stale.title = "Changed too late"
    refused = while_waiting(
        send(draft, by), lambda: rounds.change(round=stale, before={}, sectors=[], groups=[], by=by)
    )
    draft.refresh_from_db()
    assert (type(refused), draft.state, len(draft.frozen_roster)) == (rounds.RoundRefused, Round.State.OPEN, 1)


def test_text_of_a_round_sent_meanwhile_stays_as_it_was(draft, by):
    text = draft.texts.select_related("round__initiative").first()
    before, text.subject = text.subject, "Changed too late"
    refused = while_waiting(send(draft, by), lambda: rounds.write_text(text=text, before={}, by=by))
    text.refresh_from_db()
    assert (type(refused), text.subject) == (rounds.RoundRefused, before)


def test_sectors_of_a_round_sent_meanwhile_are_not_merged(draft, by):
    sectors = {contact.organisation.sector: "Together" for contact in draft.initiative.contacts.all()}
    refused = while_waiting(send(draft, by), lambda: rounds.merge_sectors(round=draft, names=sectors, by=by))
    assert (type(refused), draft.clusters.count()) == (rounds.RoundRefused, 0)


def test_two_who_send_at_once_send_once(draft, by):
    second = while_waiting(send(draft, by), send(draft, by))
    assert type(second) is rounds.RoundRefused
    assert draft.initiative.history.filter(verb="round.opened").count() == 1


def test_invitation_answered_meanwhile_is_not_marked_as_left():
    invitation = InvitationFactory()
    mine = Invitation.objects.filter(pk=invitation.pk, state=Invitation.State.INVITED)
    refused = while_waiting(
        lambda: mine.update(state=Invitation.State.FINISHED), lambda: answering.say_left(invitation=invitation)
    )
    invitation.refresh_from_db()
    assert (type(refused), invitation.state) == (answering.NotOpen, Invitation.State.FINISHED)


@pytest.fixture
def over(initiative):
    """A round whose last day has ended, not closed yet: twelve answered."""
    return open_round(plain_roster(initiative, 12), agrees(7, 12))


def figures_of(round):
    round.refresh_from_db()
    return round.publication and round.publication.results.get(code="GV1", breakdown="").n


def test_answers_withdrawn_while_the_round_waits_to_be_closed_are_not_counted(over):
    invitation = over.invitations.select_related("round__initiative").first()
    closed = while_waiting(lambda: withdrawing.withdraw(invitation=invitation), lambda: close_round(round_id=over.pk))
    assert (closed, figures_of(over), over.answers_removed) == (True, 11, 0)


def test_answers_withdrawn_while_the_figures_are_written_stay_counted_and_go(over):
    invitation = over.invitations.select_related("round__initiative").first()
    refused = while_waiting(lambda: close_round(round_id=over.pk), lambda: withdrawing.withdraw(invitation=invitation))
    assert (refused, figures_of(over), over.answers_removed, over.responses.count()) == (None, 12, 1, 11)


def test_two_who_withdraw_the_same_answers_at_once_withdraw_once(over):
    invitation = over.invitations.select_related("round__initiative").first()
    second = while_waiting(
        lambda: withdrawing.withdraw(invitation=invitation), lambda: withdrawing.withdraw(invitation=invitation)
    )
    assert (type(second), over.responses.count()) == (withdrawing.NothingToWithdraw, 11)
    assert over.initiative.history.filter(verb="round.answers_withdrawn").count() == 1


def test_a_file_ordered_beside_a_withdrawal_is_made_without_those_answers(over, by):
    invitation = over.invitations.select_related("round__initiative").first()
    Round.objects.filter(pk=over.pk).update(state=Round.State.CLOSED, mode=Round.Mode.NAMED)
    over.refresh_from_db()
    order = {"round": over, "release": None, "format": "csv", "language": "en", "by": by}
    file = while_waiting(lambda: withdrawing.withdraw(invitation=invitation), lambda: exporting.order(**order))
    lines = b"".join(parts_of(file)).splitlines()
    assert (file.rows, len(lines)) == (11, 12)


def test_two_rounds_queued_at_once_see_each_others_mails(initiative):
    initiative.mail_gap_days, initiative.quiet_from = 2, None
    initiative.save()
    contact = ContactFactory(initiative=initiative)
    one, two = (InvitationFactory(round__initiative=initiative, contact=contact).round for _ in range(2))

    def queue(round):
        invitations.queue_once(round=round, kind=Mailing.Kind.INVITATION, invitations=round.invitations.all())

    while_waiting(lambda: queue(one), lambda: queue(two))
    first, second = Mailing.objects.order_by("due_at")
    assert second.due_at.date() - first.due_at.date() >= datetime.timedelta(days=2)
