"""The minutes of a meeting: reading, writing, approving and sending them."""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backbone.actions import minutes as writing
from backbone.actions import minutes_mails
from backbone.forms.minutes import MinutesForm
from backbone.queries.meetings import may_log
from backbone.queries.minutes import approved_minutes, minutes_list, minutes_of, minutes_progress, minutes_told
from backbone.queries.roll import roll_told
from backbone.views.meeting_door import meeting_to_change, meeting_to_read
from core.markdown import as_html
from initiatives.permissions import Permission, requires


@require_safe
@requires(Permission.MEETING_VIEW)
def minutes_detail(request, pk):
    meeting = meeting_to_read(request, pk)
    may_write = may_log(request.membership, meeting)
    told = minutes_told(meeting, may_log=may_write)
    if told.shown is None and may_write:
        return redirect("backbone:minutes-edit", request.initiative.slug, meeting.pk)
    if told.shown is None:
        raise Http404("not approved yet")
    context = {"meeting": meeting, "may_log": may_write, "told": told, "markup": as_html(told.shown.text)}
    if told.approval:
        context["progress"] = minutes_progress(told.approval)
    return render(request, "backbone/minutes_detail.html", context | {"roll": roll_told(meeting)})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MEETING_LOG)
def minutes_edit(request, pk):
    meeting = meeting_to_change(request, pk)
    if request.method == "POST":
        return _saved_by_itself(request, meeting) if "X-Minutes" in request.headers else _saved(request, meeting)
    minutes = minutes_of(meeting)
    if minutes.approved_at:
        return redirect(minutes)
    return _editor(request, meeting, MinutesForm.showing(minutes))


def _editor(request, meeting, form, *, status=200, **words):
    return render(request, "backbone/minutes_edit.html", {"meeting": meeting, "form": form} | words, status=status)


def _saved(request, meeting):
    """By the button: then on to reading; or the page again, with all that was typed."""
    form = MinutesForm(request.POST)
    if not form.is_valid():
        return _editor(request, meeting, form)
    if "preview" in request.POST:
        return _editor(request, meeting, form, preview=as_html(form.cleaned_data["text"]))
    try:
        saved = writing.save_minutes(meeting=meeting, **form.values, by=request.user)
    except writing.MinutesClash as clash:
        joined = MinutesForm.showing(clash.stored, clash.text)
        return _editor(request, meeting, joined, parts=clash.parts, by=clash.stored.edited_by, status=409)
    except writing.MinutesApproved:
        return _editor(request, meeting, form, is_closed=True, status=409)
    merged = _("The minutes were saved, together with what somebody else wrote meanwhile.")
    messages.success(request, merged if saved.is_merged else _("The minutes were saved."))
    return redirect("backbone:minutes-detail", request.initiative.slug, meeting.pk)


def _saved_by_itself(request, meeting):
    """While somebody types: told what stands now, for the page to go on from."""
    form = MinutesForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"reason": "refused"}, status=400)
    try:
        saved = writing.save_minutes(meeting=meeting, **form.values, by=request.user)
    except writing.MinutesClash:
        return JsonResponse({"reason": "clash"}, status=409)
    except writing.MinutesApproved:
        return JsonResponse({"reason": "approved"}, status=409)
    return JsonResponse({"version": saved.version, "text": saved.text if saved.is_merged else None})


@require_POST
@requires(Permission.MEETING_LOG)
def minutes_approve(request, pk):
    meeting = meeting_to_change(request, pk)
    version = request.POST.get("version", "")
    try:
        writing.approve_minutes(meeting=meeting, version=int(version) if version.isdecimal() else None, by=request.user)
    except writing.MinutesChanged:
        messages.error(
            request, _("The minutes changed while you read them, or are empty. Read them again, then approve them.")
        )
    else:
        messages.success(request, _("The minutes were approved. Members can read them now."))
    return redirect("backbone:minutes-detail", request.initiative.slug, meeting.pk)


@require_POST
@requires(Permission.MEETING_LOG)
def minutes_reopen(request, pk):
    meeting = meeting_to_change(request, pk)
    if writing.reopen_minutes(meeting=meeting, by=request.user):
        messages.success(
            request, _("The minutes were reopened. Members read the approved version until you approve a new one.")
        )
    return redirect("backbone:minutes-edit", request.initiative.slug, meeting.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MEETING_LOG)
def minutes_send(request, pk):
    meeting = meeting_to_change(request, pk)
    approval = approved_minutes(meeting)
    if approval is None or minutes_of(meeting).approved_at is None:
        messages.error(request, _("Only approved minutes are sent. Approve them first."))
        return redirect("backbone:minutes-detail", request.initiative.slug, meeting.pk)
    found, has_changed = minutes_list(approval), False
    if request.method == "POST":
        sent = minutes_mails.send_minutes(approval=approval, digest=request.POST.get("list", ""), by=request.user)
        if sent is not None:
            told = ngettext(
                "%(number)s mail with the minutes is on its way.",
                "%(number)s mails with the minutes are on their way.",
                sent,
            )
            messages.success(request, told % {"number": sent})
            return redirect("backbone:minutes-detail", request.initiative.slug, meeting.pk)
        found, has_changed = minutes_list(approval), True
    context = {"meeting": meeting, "approval": approval, "list": found, "has_changed": has_changed}
    context["samples"] = minutes_mails.samples_of(approval=approval, people=found.people)
    return render(request, "backbone/minutes_send.html", context, status=409 if has_changed else 200)


@require_safe
@requires(Permission.MEETING_LOG)
def minutes_mailing(request, pk):
    meeting = meeting_to_change(request, pk)
    approval = approved_minutes(meeting)
    progress = minutes_progress(approval) if approval else None
    return render(request, "backbone/_minutes_progress.html", {"meeting": meeting, "progress": progress})
