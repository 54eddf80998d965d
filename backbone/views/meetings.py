"""Meetings: the list, the form and the page on which everything about one meeting stands."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backbone.actions import meetings
from backbone.forms.meetings import FOLLOWING, SHOWN, MeetingFilterForm, MeetingForm, NewMeetingForm
from backbone.queries import meetings as calendar
from backbone.queries.agendas import agenda_of
from backbone.queries.invitations import progress_of, trouble_with
from backbone.queries.meetings import is_untold
from backbone.queries.minutes import minutes_section
from backbone.views.meeting_door import meeting_to_change, meeting_to_read
from initiatives.permissions import Permission, requires
from initiatives.views.deleting import reason_of, say_deleted

MEETINGS_ON_A_PAGE = 25


@require_safe
@requires(Permission.MEETING_VIEW)
def meeting_list(request):
    groups = calendar.groups_seen(request.membership)
    form = MeetingFilterForm(request.GET, initiative=request.initiative, groups=groups)
    show, group = form.filters.get("show", calendar.UPCOMING), form.filters.get("group")
    found = calendar.meetings(request.membership, show=show, group=group)
    page = Paginator(found, MEETINGS_ON_A_PAGE).get_page(request.GET.get("page"))
    may_plan = calendar.groups_to_plan_for(request.membership).exists() or request.membership.is_backbone
    context = {"form": form, "page": page, "show": show, "shown": SHOWN, "group": group, "may_plan": may_plan}
    return render(request, "backbone/meeting_list.html", context)


@require_safe
@requires(Permission.MEETING_VIEW)
def meeting_detail(request, pk):
    meeting = meeting_to_read(request, pk)
    may_log = calendar.may_log(request.membership, meeting)
    before, after = calendar.turns_beside(request.membership, meeting)
    context = {"meeting": meeting, "may_log": may_log, "agenda": agenda_of(meeting), "before": before, "after": after}
    context |= minutes_section(request.membership, meeting, may_log=may_log)
    if may_log:
        context |= {"mails": progress_of(meeting), "trouble": trouble_with(meeting), "untold": is_untold(meeting)}
    return render(request, "backbone/meeting_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MEETING_LOG)
def meeting_add(request):
    groups = calendar.groups_to_plan_for(request.membership)
    if not request.membership.is_backbone and not groups.exists():
        raise PermissionDenied(
            _("Co-chairs plan meetings of the groups they lead. Ask the backbone to seat you as chair.")
        )
    form = NewMeetingForm(request.POST or None, membership=request.membership, groups=groups)
    if form.is_valid():
        return redirect(_planned(request, form))
    return render(request, "backbone/meeting_form.html", {"form": form, "meeting": None})


def _planned(request, form):
    """The first meeting of what the form asks for."""
    if not form.recurrence:
        meeting = meetings.plan_meeting(initiative=request.initiative, **form.values, by=request.user)
        messages.success(request, _("“%(title)s” was planned.") % {"title": meeting})
        return meeting
    made = meetings.plan_series(
        initiative=request.initiative, recurrence=form.recurrence, **form.values, by=request.user
    )
    told = ngettext("%(number)s meeting was planned.", "%(number)s meetings were planned.", len(made))
    messages.success(request, told % {"number": len(made)})
    return made[0]


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MEETING_LOG)
def meeting_edit(request, pk):
    meeting = meeting_to_change(request, pk)
    groups = calendar.groups_to_plan_for(request.membership)
    form = MeetingForm(request.POST or None, membership=request.membership, groups=groups, meeting=meeting)
    if form.is_valid():
        change = meetings.change_following if form.with_following else meetings.change_meeting
        changed = change(meeting=meeting, **form.values, by=request.user)
        messages.success(request, _("“%(title)s” was changed.") % {"title": changed})
        return _ask_to_tell(changed)
    return render(request, "backbone/meeting_form.html", {"form": form, "meeting": meeting})


@require_POST
@requires(Permission.MEETING_LOG)
def meeting_cancel(request, pk):
    meeting = meeting_to_change(request, pk)
    if request.POST.get("which") == FOLLOWING:
        number = meetings.cancel_following(meeting=meeting, by=request.user)
        told = ngettext("%(number)s meeting was cancelled.", "%(number)s meetings were cancelled.", number)
        messages.success(request, told % {"number": number})
    elif meetings.cancel_meeting(meeting=meeting, by=request.user):
        messages.success(request, _("“%(title)s” was cancelled.") % {"title": meeting})
    return _ask_to_tell(meeting)


def _ask_to_tell(meeting):
    """Where people were invited, the page that shows who would be told of the change; they need not be."""
    meeting.refresh_from_db()
    if is_untold(meeting) and not meeting.is_over:
        return redirect("backbone:meeting-invite", meeting.initiative.slug, meeting.pk)
    return redirect(meeting)


@require_POST
@requires(Permission.MEETING_LOG)
def meeting_delete(request, pk):
    meeting = meeting_to_change(request, pk)
    try:
        meetings.delete_meeting(meeting=meeting, reason=reason_of(request), by=request.user)
    except meetings.MeetingRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(meeting)
    say_deleted(request, meeting)
    return redirect("backbone:meeting-list", request.initiative.slug)
