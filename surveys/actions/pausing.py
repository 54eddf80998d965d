"""Pausing, resuming and cancelling a round, by a person or because the mail server refuses us."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.doorbell import ring
from initiatives.actions import history
from surveys.actions import pooling, sending
from surveys.actions.rounds import RoundRefused
from surveys.models import Round
from surveys.queries.sending import people_to_tell


@transaction.atomic
def pause_round(*, round, reason="", by):
    """Send nothing more until somebody resumes; answering goes on. `reason` is a whole sentence.

    `by` is None when the sender itself stopped because of the mail server; the directors are then told.
    """
    can_pause = Round.objects.filter(pk=round.pk, paused_at=None).exclude(state=Round.State.CANCELLED)
    if not can_pause.update(paused_at=timezone.now(), pause_reason=reason[:500]):
        raise RoundRefused(_("This round is already paused, or it was cancelled."))
    sending.hold_round(round_id=round.pk)
    history.record(initiative=round.initiative, verb="round.paused", target=round, reason=reason, by=by)
    if by is None:
        ring("surveys.tasks.tell_of_pause", round.pk)


@transaction.atomic
def resume_round(*, round, by):
    """Go on sending."""
    if not Round.objects.filter(pk=round.pk, paused_at__isnull=False).update(paused_at=None, pause_reason=""):
        raise RoundRefused(_("This round is not paused, so there is nothing to resume."))
    history.record(initiative=round.initiative, verb="round.resumed", target=round, reason=round.pause_reason, by=by)
    ring("surveys.tasks.send_round", round.pk)


@transaction.atomic
def cancel_round(*, round, by):
    """End a round without results: nothing more is sent and the links say that it is over."""
    can_end = Round.objects.filter(pk=round.pk, state__in=[Round.State.SCHEDULED, Round.State.OPEN])
    if not can_end.update(state=Round.State.CANCELLED):
        raise RoundRefused(_("This round is neither open nor scheduled, so it cannot be cancelled."))
    pooling.forget(round_id=round.pk)
    sending.stop_round(round_id=round.pk)
    history.record(initiative=round.initiative, verb="round.cancelled", target=round, by=by)


def tell_of_pause(*, round_id):
    """Mail the directors why sending stopped. Mail may be the very thing that is broken: the round page says it too."""
    round = Round.objects.select_related("initiative").get(pk=round_id)
    if round.paused_at is None:
        return
    for person in people_to_tell(round.initiative):
        with translation.override(person.language or round.initiative.default_language):
            _pause_mail(round, person).send(fail_silently=True)


def _pause_mail(round, person):
    lines = [
        _("Sending of “%(round)s” was paused.") % {"round": round.title},
        round.pause_reason,
        _("Invitations that were not sent yet stay due. Mend the cause, then press “Resume” on the round's page:"),
        f"{settings.BASE_URL}{round.get_absolute_url()}",
    ]
    return EmailMessage(
        subject=_("Sending is paused: %(round)s") % {"round": " ".join(round.title.split())},
        body="\n\n".join(lines),
        to=[person.email],
    )
