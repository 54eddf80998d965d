"""Sending a round and steering it while it is open: each of these acts, so each is a POST; only the preview is read."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from initiatives.permissions import Permission, requires
from surveys.actions import invitations, pausing, rounds, sending, testing
from surveys.forms.rounds import ExtendForm
from surveys.models import Round
from surveys.queries.burden import asked_with
from surveys.queries.conclusions import untold_before
from surveys.queries.mail_times import departure, opens_later, waiting_mails, words_after_sending
from surveys.queries.rosters import roster
from surveys.queries.rounds import counts_by_state, invitations_for, mailings_for, round_of
from surveys.queries.samples import samples
from surveys.queries.sending import sending_progress

# A scheduled round may have notices to send, a closed one thank-yous and what came of it.
SENDING = [Round.State.SCHEDULED, Round.State.OPEN, Round.State.CLOSED]


def _attempt(request, action, done, **fields):
    """Run an action that may refuse: its sentence is shown, or `done` where it went through."""
    try:
        action(**fields, by=request.user)
    except rounds.RoundRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)


@requires(Permission.ROUND_VIEW)
@require_safe
def round_preview(request, round_id):
    round = get_object_or_404(round_of(request.initiative), pk=round_id, state=Round.State.DRAFT)
    asked, is_later = roster(round), opens_later(round)
    shown = {"round": round, "roster": asked, "samples": samples(round, asked), "is_later": is_later}
    shown |= {"notices": samples(round, asked, "notice") if is_later and round.notice_days else []}
    shown["asked"], shown["many"] = asked_with(round, asked.contacts)
    shown |= {"untold": untold_before(round)}
    shown |= {"departure": departure(round, asked.contacts)}
    return render(request, "surveys/round_preview.html", shown)


@requires(Permission.ROUND_SEND)
@require_POST
def round_send(request, round_id):
    round = get_object_or_404(round_of(request.initiative), pk=round_id)
    done = words_after_sending(round, departure(round, roster(round).contacts))
    _attempt(request, rounds.send, done, round=round, digest=request.POST.get("digest", ""))
    return redirect(round)


@requires(Permission.ROUND_EDIT)
@require_POST
def round_test(request, round_id):
    round = get_object_or_404(round_of(request.initiative), pk=round_id, state=Round.State.DRAFT)
    done = _("The test was sent to %(email)s.") % {"email": request.user.email}
    _attempt(request, testing.send_test, done, round=round)
    return redirect(round)


@requires(Permission.ROUND_VIEW)
@require_safe
def round_progress(request, round_id):
    round = get_object_or_404(round_of(request.initiative), pk=round_id)
    shown = {"round": round, "counts": counts_by_state(round), "progress": sending_progress(round)}
    shown |= {"waiting": waiting_mails(round)}
    return render(request, "surveys/_round_progress.html", shown)


@requires(Permission.ROUND_SEND)
@require_POST
def round_pause(request, round_id):
    round = get_object_or_404(round_of(request.initiative), pk=round_id, state__in=SENDING)
    _attempt(request, pausing.pause_round, _("Sending was paused. Answering goes on."), round=round)
    return redirect(round)


@requires(Permission.ROUND_SEND)
@require_POST
def round_resume(request, round_id):
    round = get_object_or_404(round_of(request.initiative), pk=round_id, state__in=SENDING)
    _attempt(request, pausing.resume_round, _("Sending was resumed."), round=round)
    return redirect(round)


@requires(Permission.ROUND_SEND)
@require_POST
def round_cancel(request, round_id):
    round = get_object_or_404(round_of(request.initiative), pk=round_id)
    action = rounds.discard if round.state == Round.State.DRAFT else pausing.cancel_round
    _attempt(request, action, _("The round was cancelled."), round=round)
    return redirect("surveys:round-list", request.initiative.slug)


@requires(Permission.ROUND_SEND)
@require_POST
def round_unschedule(request, round_id):
    round = get_object_or_404(round_of(request.initiative), pk=round_id)
    _attempt(request, rounds.unschedule, _("The round was taken back into preparation."), round=round)
    return redirect(round)


@requires(Permission.ROUND_SEND)
@require_POST
def round_extend(request, round_id):
    round = get_object_or_404(round_of(request.initiative), pk=round_id)
    form = ExtendForm(request.POST)
    if form.is_valid():
        closes_on = form.cleaned_data["closes_on"]
        _attempt(request, rounds.extend, _("The closing day was moved."), round=round, closes_on=closes_on)
    else:
        messages.error(request, _("Write the new closing day as a date, for example 2027-03-31."))
    return redirect(round)


@requires(Permission.ROUND_SEND)
@require_POST
def round_close(request, round_id):
    round = get_object_or_404(round_of(request.initiative), pk=round_id)
    _attempt(request, rounds.close_early, _("The round was ended. Its figures are being computed."), round=round)
    return redirect(round)


@requires(Permission.ROUND_EDIT)
@require_POST
def note_decide(request, invitation_id):
    invitation = get_object_or_404(invitations_for(request.initiative), pk=invitation_id)
    actions = {"confirm": invitations.confirm_note, "reject": invitations.reject_note}
    action = actions.get(request.POST.get("decision"), invitations.reject_note)
    _attempt(request, action, _("Your decision was recorded."), invitation=invitation)
    return redirect(invitation.round)


@requires(Permission.ROUND_SEND)
@require_POST
def mailing_decide(request, mailing_id):
    mailing = get_object_or_404(mailings_for(request.initiative), pk=mailing_id)
    again = request.POST.get("decision") == "again"
    action = sending.send_again if again else sending.count_as_sent
    _attempt(request, action, _("Your decision was recorded."), mailing=mailing)
    return redirect(mailing.round)
