"""Releasing the answers of a confidential round: the data steward asks, a second person decides, both stand in the history."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from initiatives.actions import history
from surveys.actions.rounds import RoundRefused
from surveys.models import Release
from surveys.queries.releases import may_be_released_by, release_refusal

PURPOSE_LENGTH = 500


def request(*, round, purpose, by):
    """Ask for the release of a closed round's answers. Raises RoundRefused; returns the Release."""
    if not may_be_released_by(round, by):
        raise RoundRefused(_("Only the data steward whom the first page of this survey named can ask for its answers."))
    if sentence := release_refusal(round):
        raise RoundRefused(sentence)
    if not purpose.strip():
        raise RoundRefused(_("Say what the answers are needed for, so that the second person can decide."))
    try:
        with transaction.atomic():
            release = Release.objects.create(round=round, purpose=purpose.strip()[:PURPOSE_LENGTH], requested_by=by)
            _record("release.requested", release, by, reason=release.purpose)
    except IntegrityError:
        raise RoundRefused(_("A request is waiting for a second person already.")) from None
    return release


def approve(*, release, by):
    """Let the steward have files made for a few days. Never the person who asked. Raises RoundRefused."""
    if sentence := release_refusal(release.round):
        raise RoundRefused(sentence)
    if release.requested_by is None or not may_be_released_by(release.round, release.requested_by):
        raise RoundRefused(_("The data steward who asked is no longer a member, so nothing can be released."))
    _decide(release, Release.State.APPROVED, "release.approved", by)


def refuse(*, release, by):
    """Say no; the steward may ask again. Never the person who asked. Raises RoundRefused."""
    _decide(release, Release.State.REFUSED, "release.refused", by)


@transaction.atomic
def _decide(release, state, verb, by):
    waiting = Release.objects.filter(pk=release.pk, state=Release.State.REQUESTED)
    if waiting.filter(requested_by=by).exists():
        raise RoundRefused(_("You asked for this release yourself. A second person has to decide."))
    if not waiting.exclude(requested_by=by).update(state=state, decided_by=by, decided_at=timezone.now()):
        raise RoundRefused(_("Somebody decided on this request before. Nothing was changed."))
    _record(verb, release, by)


def _record(verb, release, by, reason=""):
    history.record(
        initiative=release.round.initiative,
        verb=verb,
        target=release,
        label=release.round.title,
        after={"round": release.round_id, "steward": release.round.steward_name},
        reason=reason,
        by=by,
    )
