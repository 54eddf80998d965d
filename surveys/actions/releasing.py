"""Releasing the answers of a confidential round: the data steward asks, a second person decides, both stand in the history and
each is told once what the other did."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.doorbell import ring
from initiatives.actions import history
from surveys.actions.rounds import RoundRefused
from surveys.models import Release, Round
from surveys.queries.releases import deciders, may_be_released_by, release_refusal

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
            ring("surveys.tasks.tell_of_request", release.pk)
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
    ring("surveys.tasks.tell_of_decision", release.pk)


def tell_of_request(*, release_id):
    """Mail those who can decide that a release waits; nothing where it was decided meanwhile."""
    _tell(release_id, [Release.State.REQUESTED])


def tell_of_decision(*, release_id):
    """Mail the steward what was decided."""
    _tell(release_id, [Release.State.APPROVED, Release.State.REFUSED])


def _tell(release_id, states):
    found = Release.objects.select_related("round__initiative", "requested_by", "decided_by")
    release = found.filter(pk=release_id, state__in=states).first()
    if release is None or release.requested_by is None:
        return
    is_request = release.state == Release.State.REQUESTED
    initiative = release.round.initiative
    people = deciders(initiative, but=release.requested_by) if is_request else [release.requested_by]
    for person in people:
        with translation.override(person.language or initiative.default_language):
            _mail(release, person).send(fail_silently=True)


def tell_steward(*, round_id):
    """Mail the data steward that the round is closed, and where its answers can be asked for."""
    found = Round.objects.select_related("initiative", "steward")
    round = found.filter(pk=round_id, state=Round.State.CLOSED, steward__isnull=False).first()
    if round is None or not may_be_released_by(round, round.steward):
        return
    with translation.override(round.steward.language or round.initiative.default_language):
        told = {"round": " ".join(round.title.split())}
        lines = [
            _("“%(round)s” is closed. Its first page named you as data steward, so only you can ask for its answers.")
            % told,
            _("Nothing leaves unless you ask and a director agrees. You find both on this page, now and later:"),
            _address(round),
        ]
        subject = _("You guard the answers of a survey: %(round)s") % told
        EmailMessage(subject=subject, body="\n\n".join(lines), to=[round.steward.email]).send(fail_silently=True)


def _address(round):
    return f"{settings.BASE_URL}{reverse('surveys:round-answers', args=[round.initiative.slug, round.pk])}"


def _mail(release, person):
    told = {
        "round": " ".join(release.round.title.split()),
        "by": release.requested_by,
        "decided_by": release.decided_by,
    }
    subject, sentence = _words(release.state)
    lines = [sentence % told]
    if release.state == Release.State.REQUESTED:
        lines.append(_("Needed for: %(purpose)s") % {"purpose": release.purpose})
    lines.append(_address(release.round))
    return EmailMessage(subject=subject % told, body="\n\n".join(lines), to=[person.email])


def _words(state):
    return {
        Release.State.REQUESTED: (
            _("A release of answers waits for you: %(round)s"),
            _("%(by)s asks for the release of the answers of “%(round)s”. A director who did not ask decides."),
        ),
        Release.State.APPROVED: (
            _("The answers are released to you: %(round)s"),
            _(
                "%(decided_by)s approved the release of “%(round)s”. For seven days you can have files made on this page."
            ),
        ),
        Release.State.REFUSED: (
            _("The release was refused: %(round)s"),
            _(
                "%(decided_by)s refused the release of “%(round)s”. You may ask again, and say more about what it is for."
            ),
        ),
    }[state]


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
