"""Closing a round: what came back is counted once, put through disclosure control, published and never counted again.

A worker claims the round (open → closing) and keeps the moment of its claim as the key to it. All arithmetic happens
outside a transaction; one short transaction at the end writes the publications and ends the round, if the key still
fits. A worker that is killed leaves its claim behind, and after CLOSING_LEASE the next one takes it over.
"""

from django.db import transaction
from django.utils import timezone

from core.doorbell import ring
from indicators.actions.publications import publish_results
from indicators.models import Publication
from initiatives.actions import history
from surveys.actions import pooling, sending
from surveys.models import Round
from surveys.queries.closing import submitted
from surveys.queries.published import published_release_of
from surveys.queries.results import release_of
from surveys.queries.rounds import CLOSING_LEASE

# How often answers that were on their way when the round closed may make us count again.
TRIES = 5
INSIDE, PUBLIC = Publication.ReaderLevel.INSIDE, Publication.ReaderLevel.PUBLIC


class _ClaimLost(Exception):
    """We were so slow that somebody else took the round over."""


class _AnswersArrived(Exception):
    """A response that was being stored when the round closed was not counted yet."""


def close_round(*, round_id):
    """Close a round whose last day has ended, and publish its results. Returns whether this call closed it.

    Harmless when run twice, by several workers at once, or killed in the middle.
    """
    round = _claim(round_id)
    if round is None:
        return False
    for _try in range(TRIES):
        try:
            _write(round, _release(round))
        except _AnswersArrived:
            continue
        except _ClaimLost:
            return False
        return True
    return False


def _release(round):
    return published_release_of(round) if round.origin == Round.Origin.FIGURES else release_of(round)


def _claim(round_id):
    """The round, if it is ours to close: over and not claimed, or claimed by somebody who has not been heard of since."""
    now = timezone.now()
    found = Round.objects.select_related("initiative", "instrument_version__instrument")
    round = found.defer("frozen_roster", "instrument_version__definition").filter(pk=round_id).first()
    if round is None:
        return None
    # Naming the values that were read loses against an extension or another worker in the same moment.
    unchanged = Round.objects.filter(pk=round_id, state=round.state, closes_on=round.closes_on)
    if round.state == Round.State.OPEN and round.closes_at <= now:
        claimed = unchanged.update(state=Round.State.CLOSING, claimed_at=now)
    elif round.state == Round.State.CLOSING and _is_stale(round, now):
        claimed = unchanged.filter(claimed_at=round.claimed_at).update(claimed_at=now)
    else:
        return None
    round.state, round.claimed_at = Round.State.CLOSING, now
    return round if claimed else None


def _is_stale(round, now):
    return round.claimed_at is None or round.claimed_at < now - CLOSING_LEASE


@transaction.atomic
def _write(round, release):
    now = timezone.now()
    mine = Round.objects.filter(pk=round.pk, state=Round.State.CLOSING, claimed_at=round.claimed_at)
    if not mine.update(state=Round.State.CLOSED, closed_at=now):
        raise _ClaimLost
    gathered = pooling.hold_all(round=round) if round.is_anonymous else None
    if (submitted(round) if gathered is None else len(gathered.answers)) != release.counted:
        raise _AnswersArrived
    if gathered is not None:
        pooling.mix(round=round, content=gathered, day=round.initiative.today())
    written = {
        level: publish_results(publication=publication, figures=figures, by=None)
        for level, (publication, figures) in release.publications.items()
    }
    Round.objects.filter(pk=round.pk).update(
        publication=written[INSIDE], public_publication=written[PUBLIC], compared_with=release.compared_with
    )
    sending.stop_round(round_id=round.pk)
    history.record(
        initiative=round.initiative,
        verb="round.closed",
        target=round,
        after={"answered": release.counted, "closes_on": str(round.closes_on)},
        by=None,
    )
    ring("surveys.tasks.tell_of_results", round.pk)
    if round.steward_name:
        ring("surveys.tasks.tell_steward", round.pk)
