"""Taking answers back, and deleting them when their time is over. Figures that were computed stay as they are, and so do texts
that were released: nothing leads from these to anybody."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from initiatives.actions import history
from surveys.actions import texts
from surveys.models import AnonymousResponse, AnswersFile, Invitation, PastResponse, Response, Round, TextReview
from surveys.queries.answering import MAY_ANSWER
from surveys.queries.rounds import ENDED, is_over_time

# Rounds in which nothing is being counted right now.
BEFORE, AFTER = [Round.State.OPEN], ENDED
ROWS_AT_ONCE = 200


class NothingToWithdraw(Exception):
    """There are no answers (any more), or they are being counted this very moment."""


@transaction.atomic
def withdraw(*, invitation):
    """Delete what one person answered, final or not. Raises NothingToWithdraw.

    Before the round is counted it is as if the person had never answered. Afterwards only the answers go: the state of
    the invitation stays, so that no list of names tells who it was.
    """
    round = invitation.round
    # Held until the end: closing waits for us, or we for it, so nothing leaves between reading and counting.
    is_before = _hold(round, BEFORE)
    if not is_before and not _hold(round, AFTER):
        raise NothingToWithdraw
    if is_before:
        mine = Invitation.objects.filter(pk=invitation.pk, state__in=[Invitation.State.FINISHED, *MAY_ANSWER])
        if not mine.update(state=Invitation.State.WITHDRAWN):
            raise NothingToWithdraw
    counted = Response.objects.filter(invitation=invitation.pk, submitted_at__isnull=False).exists()
    deleted, _by_model = Response.objects.filter(invitation=invitation.pk).delete()
    if not deleted:
        raise NothingToWithdraw
    if counted and not is_before:
        Round.objects.filter(pk=round.pk).update(answers_removed=F("answers_removed") + 1)
    _end_files(round)
    texts.forget_missing(round=round)
    _tell(invitation, is_before)


def _hold(round, states):
    return Round.objects.filter(pk=round.pk, state__in=states).update(state=F("state"))


def _end_files(round):
    """Files that were made of the answers as they were open no more; the sweep deletes them."""
    AnswersFile.objects.filter(round=round, expires_at__gt=timezone.now()).update(expires_at=timezone.now())


def _tell(invitation, is_before):
    """How many, never who: only in a named round, where staff see who said what, does the entry carry the name."""
    round = invitation.round
    is_named = round.mode == Round.Mode.NAMED
    history.record(
        initiative=round.initiative,
        verb="round.answers_withdrawn",
        target=round,
        label=f"{round.title}: {invitation.name}" if is_named else round.title,
        after={"withdrawn": 1, "figures": "not_computed_yet" if is_before else "stay"},
        by=None,
    )


def delete_old_answers(*, round_id):
    """Delete what people answered in a round whose time is over, in short transactions. Harmless when run twice.

    Returns whether it is done. The round is marked first: from then on nobody counts on its answers being complete.
    """
    round = Round.objects.select_related("initiative").get(pk=round_id)
    if not is_over_time(round, now=timezone.now()):
        return False
    marked = Round.objects.filter(pk=round_id, answers_deleted_at=None).update(answers_deleted_at=timezone.now())
    _end_files(round)
    TextReview.objects.filter(round=round_id).delete()
    here, brought_in = Response.objects.filter(round=round_id), PastResponse.objects.filter(past_import__round=round_id)
    of_nobody = AnonymousResponse.objects.filter(round=round_id)
    number = sum(_delete_in_chunks(answers) for answers in (here, brought_in, of_nobody))
    if marked or number:
        after = {"deleted": number, "kept_months": round.kept_months}
        history.record(initiative=round.initiative, verb="round.answers_deleted", target=round, after=after, by=None)
    return True


def _delete_in_chunks(answers):
    number = 0
    while keys := list(answers.order_by().values_list("pk", flat=True)[:ROWS_AT_ONCE]):
        number += answers.model.objects.filter(pk__in=keys).delete()[0]
    return number
