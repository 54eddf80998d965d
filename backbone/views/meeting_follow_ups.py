"""Writing down, on the page of a meeting, what is to be done and what was promised; and the way back from a promise."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backbone.actions import action_items, meeting_commitments
from backbone.forms.action_items import ActionItemForm, QuickActionItemForm
from backbone.queries.meeting_commitments import meetings_of
from backbone.views.meeting_door import meeting_to_change
from initiatives.permissions import Permission, requires
from partners.forms import CommitmentForm


@require_POST
@requires(Permission.FOLLOW_UP_EDIT)
def meeting_action_item_add(request, pk):
    """One line from the page of the meeting; where something is missing, the whole form with what was typed."""
    meeting = meeting_to_change(request, pk)
    form = QuickActionItemForm(request.POST, membership=request.membership)
    if form.is_valid():
        values = form.values | {"meeting": meeting}
        item = action_items.add(initiative=request.initiative, values=values, by=request.user)
        messages.success(request, _("“%(title)s” was added.") % {"title": item})
        return HttpResponseRedirect(f"{meeting.get_absolute_url()}#follow-ups")
    typed = request.POST.copy()
    typed["meeting"] = meeting.pk
    form = ActionItemForm(typed, membership=request.membership)
    return render(request, "backbone/action_item_form.html", {"form": form, "item": None, "add": True})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.COMMITMENT_EDIT)
def meeting_commitment_add(request, pk):
    meeting = meeting_to_change(request, pk)
    initial = {"made_on": meeting.starts_at.date(), "currency": request.initiative.currency}
    form = CommitmentForm(request.POST or None, initial=initial, initiative=request.initiative)
    if form.is_valid():
        commitment = meeting_commitments.add(meeting=meeting, values=form.cleaned_data, by=request.user)
        messages.success(request, _("“%(title)s” was written down.") % {"title": commitment})
        return HttpResponseRedirect(f"{meeting.get_absolute_url()}#follow-ups")
    return render(request, "backbone/meeting_commitment_form.html", {"form": form, "meeting": meeting})


@require_safe
@requires(Permission.MEETING_VIEW)
def commitment_meetings(request, pk):
    """A window on the page of a promise, one floor down."""
    commitment = get_object_or_404(request.initiative.commitments, pk=pk)
    found = meetings_of(commitment, request.membership)
    template = "backbone/_commitment_meetings.html" if request.htmx else "backbone/commitment_meetings.html"
    return render(request, template, {"commitment": commitment, "meetings": found})
