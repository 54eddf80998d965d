"""The books of sending: claiming what is due, writing down how it went, recovering what a killed sender left behind.

due → claimed → in flight → sent, bounced, failed or uncertain, or due again. Every step is a conditional UPDATE that names
the state it starts from and the claim that holds it, so that two senders, a sweep and a person may act at the same time.
"""

import datetime
from collections import Counter

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from initiatives.actions import history
from surveys.actions import reachability
from surveys.actions.rounds import RoundRefused
from surveys.mail.replies import Stage, Verdict, judge
from surveys.models import Mailing, Round
from surveys.queries.sending import due_mailings, pointless_mailings

BATCH = 200
# The books list their mails in blocks of so many, so that the databases see few different statements.
BLOCK = 16
# Minutes until the next try after the first, second, … temporary refusal. After the last the mail is given up.
WAITS = (1, 5, 15, 60, 120, 240, 480)
# A permanent refusal that does not blame the address is tried once more.
SECOND_TRY_MINUTES = 60
HELD = [Mailing.State.CLAIMED, Mailing.State.IN_FLIGHT]
# What a letter is made of; the rest of an invitation stays where it is.
NEEDED_TO_WRITE = [
    "kind",
    "invitation__email",
    "invitation__name",
    "invitation__language",
    "invitation__organisation_name",
    "invitation__link_version",
]
FREE = {"state": Mailing.State.DUE, "claim": "", "claimed_at": None}
MOVE_ON = """
    UPDATE surveys_mailing
    SET state = CASE state WHEN 'claimed' THEN 'in_flight' ELSE 'sent' END,
        sent_at = CASE state WHEN 'claimed' THEN NULL ELSE %%s END
    WHERE id IN (%(both)s) AND claim = %%s AND (
        (state IN ('in_flight', 'uncertain') AND id IN (%(ended)s))
        OR (state = 'claimed' AND id IN (%(begun)s) AND (kind = 'thanks' OR EXISTS (
            SELECT 1 FROM surveys_invitation AS asked WHERE asked.id = invitation_id
            AND (asked.state = 'invited' OR (kind = 'results' AND asked.state = 'finished'))
        )))
    )
"""
STOPPED_SENDER = "The sender was stopped before it could note the mail server's answer."


def claim_batch(*, round_id, claim, size=BATCH):
    """Take up to `size` due mailings under `claim`. Returns those that are really ours, with their invitation."""
    now = timezone.now()
    due = due_mailings(round_id, now=now).select_related("invitation").only(*NEEDED_TO_WRITE)
    wanted = list(due[:size])
    named = Mailing.objects.filter(id__in=[mailing.pk for mailing in wanted])
    taken = named.filter(state=Mailing.State.DUE).update(state=Mailing.State.CLAIMED, claim=claim, claimed_at=now)
    if taken == len(wanted):
        return wanted
    ours = set(named.filter(claim=claim, state=Mailing.State.CLAIMED).values_list("id", flat=True))
    return [mailing for mailing in wanted if mailing.pk in ours]


def renew_claim(*, claim):
    """Say that the sender holding `claim` lives."""
    Mailing.objects.filter(claim=claim, state__in=HELD).update(claimed_at=timezone.now())


def release_claim(*, claim):
    """Give back what was claimed and never begun."""
    Mailing.objects.filter(claim=claim, state=Mailing.State.CLAIMED).update(**FREE)


def record(*, claim, outcomes, next_ids):
    """Write down `outcomes`, [(mailing id, Reply)], and mark `next_ids` as in flight: one transaction.

    Returns the ids that may now be sent. One that is missing was stopped, paused or taken over meanwhile. A mail that
    a sweep has called uncertain becomes sent when its sender turns out to live.
    """
    sent = [mailing_id for mailing_id, reply in outcomes if judge(reply) is Verdict.SENT]
    failed = [(mailing_id, reply) for mailing_id, reply in outcomes if judge(reply) is not Verdict.SENT]
    if not failed:
        return _move_on(claim, sent, next_ids)
    with transaction.atomic():
        for mailing_id, reply in failed:
            _record_failure(mailing_id, claim, reply)
        return _move_on(claim, sent, next_ids)


def _move_on(claim, sent, next_ids):
    """One statement: `sent` become sent, `next_ids` in flight. Returns those of `next_ids` that did: not those whose
    person has answered, left or opted out since they were claimed.

    Raw SQL, because it runs once for every few mails: the ORM takes longer to write this statement than a database
    to carry it out, and that would be half of the time a mail takes.
    """
    if not sent and not next_ids:
        return set()
    ended, begun = _in_blocks(sent), _in_blocks(next_ids)
    both = [*ended, *begun]
    statement = MOVE_ON % {"both": _places(both), "ended": _places(ended), "begun": _places(begun)}
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(statement, [now, *both, claim, *both])
        moved = cursor.rowcount
    if moved == len(sent) + len(next_ids):
        return set(next_ids)
    ours = Mailing.objects.filter(id__in=next_ids, claim=claim, state=Mailing.State.IN_FLIGHT)
    return set(ours.values_list("id", flat=True))


def _in_blocks(ids):
    """The ids, the last one repeated until a block is full; an UPDATE takes no notice."""
    return [*ids, *ids[-1:] * (-len(ids) % BLOCK)]


def _places(values):
    return ", ".join(["%s"] * len(values)) or "NULL"


def _record_failure(mailing_id, claim, reply):
    """One mailing that was not taken. Does nothing when it is no longer ours, unless its fate is known better now."""
    held = [*HELD, Mailing.State.UNCERTAIN]
    found = Mailing.objects.select_related("invitation__contact", "invitation__round__initiative")
    mailing = found.filter(pk=mailing_id, claim=claim, state__in=held).first()
    if mailing is None:
        return
    fields = _fields_after(mailing, reply)
    changed = Mailing.objects.filter(pk=mailing_id, claim=claim, state__in=held).update(reply=str(reply), **fields)
    if changed and fields["state"] == Mailing.State.BOUNCED:
        reachability.bounced(invitation=mailing.invitation, reason=str(reply), by=None)


def _fields_after(mailing, reply):
    """The fields of a mailing after a reply that was not a yes."""
    verdict = judge(reply)
    if verdict is Verdict.UNCERTAIN:
        return {"state": Mailing.State.UNCERTAIN}
    if verdict is Verdict.BOUNCED:
        return {"state": Mailing.State.BOUNCED, "claim": ""}
    if reply.stage in (Stage.CONNECT, Stage.SIGN_IN) or verdict is Verdict.PAUSE:
        return FREE
    attempts = mailing.attempts + 1
    wait = _wait_before_next(verdict, attempts, was_refused=mailing.reply.startswith("5"))
    if wait is None:
        return {"state": Mailing.State.FAILED, "claim": "", "attempts": attempts}
    return FREE | {"attempts": attempts, "due_at": timezone.now() + datetime.timedelta(minutes=wait)}


def _wait_before_next(verdict, attempts, *, was_refused):
    """Minutes until the next attempt, or None to give up."""
    if verdict is Verdict.REFUSED:
        return None if was_refused else SECOND_TRY_MINUTES
    return WAITS[attempts - 1] if attempts <= len(WAITS) else None


def recover():
    """Take back what dead senders hold. A sender is dead when it has not renewed its claim for MAIL_LEASE_SECONDS.

    What was only claimed is due again. What was in flight is uncertain: it may or may not have arrived, so a person
    decides. The claim stays on it, should its sender live after all.
    """
    cutoff = timezone.now() - datetime.timedelta(seconds=settings.MAIL_LEASE_SECONDS)
    stale = Mailing.objects.filter(claimed_at__lt=cutoff)
    stale.filter(state=Mailing.State.CLAIMED).update(**FREE)
    lost = list(stale.filter(state=Mailing.State.IN_FLIGHT).values_list("id", "round_id"))
    for round_id, count in Counter(round_id for _id, round_id in lost).items():
        ids = [mailing_id for mailing_id, its_round in lost if its_round == round_id]
        _call_uncertain(round_id, ids, count)


@transaction.atomic
def _call_uncertain(round_id, ids, count):
    still = Mailing.objects.filter(id__in=ids, state=Mailing.State.IN_FLIGHT)
    if not still.update(state=Mailing.State.UNCERTAIN, reply=STOPPED_SENDER):
        return
    round = Round.objects.select_related("initiative").get(pk=round_id)
    history.record(
        initiative=round.initiative, verb="round.mails_uncertain", target=round, after={"uncertain": count}, by=None
    )


def stop_pointless(*, round_id):
    """Stop the due mailings of people who have finished or are out of reach, and of a round that is over."""
    pointless = list(pointless_mailings(round_id).values_list("id", flat=True)[:1000])
    Mailing.objects.filter(id__in=pointless, state=Mailing.State.DUE).update(state=Mailing.State.STOPPED)


def stop_round(*, round_id):
    """Stop all asking mails of a round that closes or is cancelled; those in flight come to their end."""
    waiting = Mailing.objects.filter(round=round_id, state__in=[Mailing.State.DUE, Mailing.State.CLAIMED])
    waiting.exclude(kind__in=[Mailing.Kind.THANKS, Mailing.Kind.RESULTS]).update(
        state=Mailing.State.STOPPED, claim="", claimed_at=None
    )


def hold_round(*, round_id):
    """Give the claimed mailings of a paused round back; they stay due. Those in flight come to their end."""
    Mailing.objects.filter(round=round_id, state=Mailing.State.CLAIMED).update(**FREE)


@transaction.atomic
def send_again(*, mailing, by):
    """Somebody decided that an uncertain or given-up mail is to be sent once more."""
    open_states = [Mailing.State.UNCERTAIN, Mailing.State.FAILED]
    changed = Mailing.objects.filter(pk=mailing.pk, state__in=open_states).update(
        due_at=timezone.now(), attempts=0, reply="", **FREE
    )
    _record_decision("mailing.sent_again", mailing, changed, by)


@transaction.atomic
def count_as_sent(*, mailing, by):
    """Somebody knows that an uncertain mail has arrived."""
    changed = Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.UNCERTAIN).update(
        state=Mailing.State.SENT, sent_at=F("claimed_at"), claim=""
    )
    _record_decision("mailing.counted_as_sent", mailing, changed, by)


def _record_decision(verb, mailing, changed, by):
    if not changed:
        raise RoundRefused(_("This mail was already dealt with."))
    initiative = mailing.round.initiative
    history.record(initiative=initiative, verb=verb, target=mailing, label=mailing.invitation.name, by=by)
