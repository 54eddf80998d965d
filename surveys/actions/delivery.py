"""One slice of sending a round: claim, send over several kept connections, record; for some seconds, then give way."""

import logging
import time
import uuid
from collections import Counter
from contextlib import suppress
from email.utils import parseaddr
from functools import partial

from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError
from django.utils import timezone

from initiatives.actions import history
from surveys.actions import pausing, quieting, sending
from surveys.actions.rounds import RoundRefused
from surveys.mail.allowance import take
from surveys.mail.headers import AddressUnusable, wire_address
from surveys.mail.lanes import Lanes, Letter
from surveys.mail.replies import Reply, Stage, Verdict, judge
from surveys.mail.return_path import return_path
from surveys.models import Round
from surveys.queries.messages import RoundMessages
from surveys.queries.sending import due_mailings, trouble_key

logger = logging.getLogger(__name__)

# Short, so that a worker that is asked to stop can do so between two slices.
SLICE_SECONDS = 8
IN_A_ROW = 5
TEMPORARY_IN_A_ROW = 10
TROUBLE_SHOWN_SECONDS = 600
# How long a writing may wait for lanes that are about to report, as a share of what the last one took, and at most.
PATIENCE, LONGEST_PATIENCE = 0.5, 0.002
# Two writers may meet in a deadlock, or SQLite keep us waiting: the books are tried again before a slice gives up.
WRITE_ATTEMPTS = 3


def send_slice(*, round_id, seconds=SLICE_SECONDS):
    """Send what is due in a round. Returns whether more is due now, so that the task is queued again.

    One sender per round at a time, held by a key in the cache: that is courtesy to the mail server. That no mail
    goes out twice rests on the claims alone.
    """
    key, claim = f"sending-round:{round_id}", uuid.uuid4().hex
    if not cache.add(key, claim, timeout=settings.MAIL_LEASE_SECONDS):
        return False
    try:
        sending.stop_pointless(round_id=round_id)
        quieting.keep_quiet(round_id=round_id)
        return _Slice(round_id, claim, key, seconds).run()
    finally:
        sending.release_claim(claim=claim)
        cache.delete(key)


class _Slice:
    def __init__(self, round_id, claim, key, seconds):
        self.round = Round.objects.select_related("initiative").get(pk=round_id)
        self.messages = RoundMessages(self.round)
        self.sender = wire_address(parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
        self.claim, self.key = claim, key
        self.ends_at = time.monotonic() + seconds
        self.renew_at = time.monotonic()
        # Claimed letters that no lane knows of, and the number of letters that lanes have.
        self.pending, self.out = [], 0
        self.drained = self.stopping = self.resting = False
        self.patience = 0.0
        self.tally, self.refused_in_a_row, self.delayed_in_a_row = Counter(), 0, 0

    def run(self):
        with Lanes(settings.MAIL_CONNECTIONS) as self.lanes:
            while True:
                self._renew()
                self._hand_out()
                if not self.lanes.running or (self.out == 0 and (self.stopping or self._is_empty())):
                    break
                seconds = 0.05 if self.out < len(self.lanes.lanes) else 1.0
                self._settle(self.lanes.wait(seconds, self.patience))
        self._write_history()
        return self._more_is_due()

    def _is_empty(self):
        return self.drained and not self.pending

    def _renew(self):
        if time.monotonic() < self.renew_at:
            return
        self.renew_at = time.monotonic() + settings.MAIL_LEASE_SECONDS / 4
        sending.renew_claim(claim=self.claim)
        cache.touch(self.key, settings.MAIL_LEASE_SECONDS)

    def _hand_out(self):
        """Keep two letters per lane with the lanes, as far as the allowance of this second goes."""
        if self.stopping or time.monotonic() > self.ends_at:
            self._stop()
            return
        if not self.pending and not self.drained:
            self._claim_more()
        wanted = min(len(self.pending), 2 * len(self.lanes.running) - self.out)
        if wanted > 0 and (granted := take(wanted)):
            self.lanes.hand_out(self.pending[:granted])
            self.pending = self.pending[granted:]
            self.out += granted

    def _stop(self):
        self.stopping = True
        self.out -= len(self.lanes.take_back())

    def _claim_more(self):
        mailings = sending.claim_batch(round_id=self.round.pk, claim=self.claim)
        self.drained = not mailings
        for mailing in mailings:
            try:
                self.pending.append(self._letter(mailing))
            except AddressUnusable as error:
                self._record([(mailing.pk, Reply(Stage.RECIPIENT, 553, f"5.1.3 {error}"))], [])

    def _letter(self, mailing):
        """The letter of a mailing; what could be wrong with its text or address comes out here, not in a lane."""
        address = wire_address(mailing.invitation.email)
        sender = return_path(mailing.pk) or self.sender
        self.messages.compiled(mailing.kind, mailing.invitation.language)
        return Letter(mailing.pk, sender, address, partial(self.messages.content_for, mailing))

    def _settle(self, events):
        """Write down what the lanes report, all of it in one transaction, and let their next letters go."""
        outcomes = [(event.outcome.letter.mailing_id, event.outcome.reply) for event in events if event.outcome]
        waiting = [event for event in events if event.letter is not None]
        if not outcomes and not waiting:
            return
        allowed = self._record(outcomes, [event.letter.mailing_id for event in waiting])
        self.out -= len(outcomes)
        for event in waiting:
            is_ours = event.letter.mailing_id in allowed
            self.lanes.let_go(event.lane, is_ours=is_ours)
            self.out -= not is_ours

    def _record(self, outcomes, next_ids):
        began = time.monotonic()
        allowed = self._written(outcomes, next_ids)
        self.patience = min(PATIENCE * (time.monotonic() - began), LONGEST_PATIENCE)
        for _id, reply in outcomes:
            self._judge(reply)
        return allowed

    def _written(self, outcomes, next_ids):
        for attempt in range(1, WRITE_ATTEMPTS + 1):
            try:
                return sending.record(claim=self.claim, outcomes=outcomes, next_ids=next_ids)
            except OperationalError:
                if attempt == WRITE_ATTEMPTS:
                    raise
                time.sleep(0.1 * attempt)

    def _judge(self, reply):
        """Count refusals in a row, and stop where going on would do harm."""
        verdict = judge(reply)
        self.tally[verdict] += 1
        is_refusal = verdict in (Verdict.BOUNCED, Verdict.REFUSED)
        self.refused_in_a_row = self.refused_in_a_row + 1 if is_refusal else 0
        if reply.is_about_opening:
            # A server may take fewer connections than we would open: the mail is due again, for the lanes that are left.
            self.drained = False
        else:
            self.delayed_in_a_row = self.delayed_in_a_row + 1 if verdict is Verdict.LATER else 0
        if verdict is Verdict.PAUSE:
            self._pause(_words_of_refusal(reply))
        elif self.refused_in_a_row == IN_A_ROW:
            self._pause(f"The mail server refused {IN_A_ROW} addresses in a row, the last with: {reply}")
        elif self.delayed_in_a_row == TEMPORARY_IN_A_ROW or (reply.is_about_opening and not self.lanes.running):
            self._rest(reply)

    def _pause(self, reason):
        self.stopping = True
        with suppress(RoundRefused):  # somebody was quicker
            pausing.pause_round(round=self.round, reason=reason, by=None)
            logger.warning("Round %s is paused: %s", self.round.pk, reason)

    def _rest(self, reply):
        """The server cannot take mails just now; the next sweep tries again."""
        logger.warning(
            "Round %s waits for the mail server, which said while %s: %s", self.round.pk, reply.stage.value, reply
        )
        cache.set(trouble_key(self.round.pk), str(reply), TROUBLE_SHOWN_SECONDS)
        self.stopping = self.resting = True

    def _write_history(self):
        if self.tally:
            counts = {verdict.value: count for verdict, count in self.tally.items()}
            history.record(
                initiative=self.round.initiative, verb="round.mails_sent", target=self.round, after=counts, by=None
            )

    def _more_is_due(self):
        return not self.resting and due_mailings(self.round.pk, now=timezone.now()).exists()


def _words_of_refusal(reply):
    return f"The mail server refused to work for us at {reply.stage.value}: {reply}"
