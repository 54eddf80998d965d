"""The roll of a meeting, and how engaged those were who took part."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from backbone.actions import roll
from backbone.forms.roll import LEVELS, EngagementForm, RollForm
from backbone.views.meeting_door import meeting_to_change
from initiatives.permissions import Permission, requires


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MEETING_LOG)
def meeting_roll(request, pk):
    meeting = meeting_to_change(request, pk)
    form = RollForm(
        request.POST or None, meeting=meeting, membership=request.membership, start=request.GET.get("start")
    )
    if not form.is_to_be_saved:
        return _roll_page(request, meeting, form)
    saved = roll.take_roll(meeting=meeting, lines=form.by_key, said=form.said, shown=form.shown, by=request.user)
    if saved.kept:
        form.after_conflict(saved.kept)
        return _roll_page(request, meeting, form, kept=len(saved.kept), status=409)
    messages.success(request, _("The roll was saved."))
    return redirect(meeting)


def _roll_page(request, meeting, form, *, kept=0, status=200):
    context = {"meeting": meeting, "form": form, "kept": _kept_in_words(kept)}
    return render(request, "backbone/meeting_roll.html", context, status=status)


def _kept_in_words(number):
    told = ngettext(
        "%(number)s line was changed by somebody else while you had this page open; it stayed as they noted it. All else was saved.",
        "%(number)s lines were changed by somebody else while you had this page open; they stayed as noted. All else was saved.",
        number,
    )
    return told % {"number": number} if number else ""


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.COMMITMENT_VIEW)
def meeting_engagement(request, pk):
    meeting = meeting_to_change(request, pk)
    form = EngagementForm(request.POST or None, meeting=meeting)
    if request.method != "POST":
        return _engagement_page(request, meeting, form)
    saved = roll.note_engagement(meeting=meeting, said=form.said, shown=form.shown, by=request.user)
    if saved.kept:
        form.after_conflict(saved.kept)
        return _engagement_page(request, meeting, form, kept=len(saved.kept), status=409)
    messages.success(request, _("The levels of engagement were saved."))
    return redirect(meeting)


def _engagement_page(request, meeting, form, *, kept=0, status=200):
    context = {"meeting": meeting, "form": form, "levels": LEVELS, "kept": _kept_in_words(kept)}
    return render(request, "backbone/meeting_engagement.html", context, status=status)
