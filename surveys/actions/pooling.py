"""Gathering the answers of an anonymous round, so that nothing that is stored joins an answer and a person.

The row of an invitation is not touched when its person answers: on PostgreSQL even the order of rows in a table would tell.
"""

import secrets

from django.db import transaction

from surveys.models import AnonymousResponse, AnswerPool, Invitation, Round
from surveys.queries.answering import MAY_ANSWER
from surveys.queries.pooling import content_of, everything_in, has_answered, number_of
from surveys.sealing import seal

ROWS_AT_ONCE = 200


def prepare(*, round):
    """Make the pools of an anonymous round that is being sent. They are there before the first answer, so that whoever ends
    the round waits for all that are on their way."""
    pools = [AnswerPool(round=round, number=number) for number in range(round.pools)]
    AnswerPool.objects.bulk_create(pools, ignore_conflicts=True)


@transaction.atomic
def put(*, invitation, answers):
    """Add what a person answered to a pool. Returns whether it was: not a second time, nor to a round that is over."""
    pool = _held(invitation)
    content = content_of(pool)
    if pool is None or invitation.pk in content.answered or not _may_answer(invitation):
        return False
    content.answered = sorted([*content.answered, invitation.pk])
    content.answers = [*content.answers, dict(sorted(answers.items()))]
    secrets.SystemRandom().shuffle(content.answers)
    sealed = seal(vars(content), round_id=pool.round_id, number=pool.number)
    AnswerPool.objects.filter(pk=pool.pk).update(sealed=sealed)
    return True


def hold(*, invitation):
    """Let nobody answer with this invitation until the transaction ends. Returns whether somebody has."""
    _held(invitation)
    return has_answered(invitation)


def _held(invitation):
    """The pool of an invitation, ours until the transaction ends; None where the round is over or was never sent."""
    held = AnswerPool.objects.select_for_update()
    return held.filter(round=invitation.round_id, number=number_of(invitation)).first()


def _may_answer(invitation):
    """Asked again while the pool is ours: closing waits for us, or we see that it came first."""
    mine = Invitation.objects.filter(pk=invitation.pk, link_version=invitation.link_version, state__in=MAY_ANSWER)
    return mine.filter(round__state=Round.State.OPEN).exists()


def hold_all(*, round):
    """The Content of all pools; nothing can be added until the transaction ends."""
    list(AnswerPool.objects.select_for_update().filter(round=round).order_by("number").values_list("pk"))
    return everything_in(round.pk)


def mix(*, round, content, day):
    """Write the answers of a round that closes, in one go and random order, and forget who gave any.

    Of fewer than the smallest group nothing can ever be shown: their answers are not kept.
    """
    answers = list(content.answers)
    secrets.SystemRandom().shuffle(answers)
    if len(answers) >= round.smallest_group:
        rows = [AnonymousResponse(round=round, answers=each) for each in answers]
        AnonymousResponse.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
    forget(round_id=round.pk)
    Round.objects.filter(pk=round.pk).update(answered_daily=len(answers), answered_counted_on=day)


def forget(*, round_id):
    """Delete the pools of a round, unread."""
    AnswerPool.objects.filter(round=round_id).delete()


def count_daily(*, round_id):
    """Write down, once a day, how many have answered an anonymous round: all that staff learn. Harmless when run twice."""
    round = Round.objects.select_related("initiative").get(pk=round_id)
    today, last = round.initiative.today(), round.answered_counted_on
    if not round.is_anonymous or round.state != Round.State.OPEN or (last and last >= today):
        return False
    # On the first day nobody's minute is told either.
    answered = len(everything_in(round_id).answered) if last else 0
    mine = Round.objects.filter(pk=round_id, state=Round.State.OPEN, answered_counted_on=last)
    return bool(mine.update(answered_daily=answered, answered_counted_on=today))
