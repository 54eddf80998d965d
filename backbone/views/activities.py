"""The activity log."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backbone.actions import activities
from backbone.forms.activities import ActivityForm, TimePeriodForm
from backbone.forms.attachments import AttachmentForm
from backbone.queries import activities as log
from core.ways_back import way_back
from initiatives.permissions import Permission, requires
from initiatives.views.deleting import reason_of, say_deleted


@require_safe
@requires(Permission.ACTIVITY_VIEW)
def activity_time(request):
    form = TimePeriodForm(request.GET, initiative=request.initiative)
    table = log.time_table(request.initiative, *form.period)
    return render(request, "backbone/activity_time.html", {"form": form, "table": table})


def _way_back(request):
    """The page the form was opened from, or the log."""
    home, own = request.initiative.get_absolute_url(), reverse("backbone:activity-add", args=[request.initiative.slug])
    back = way_back(request, within=home)
    is_place = back and not back.startswith(own)
    return back if is_place else reverse("backbone:activity-list", args=[request.initiative.slug])


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ACTIVITY_LOG)
def activity_add(request):
    form = ActivityForm(request.POST or None, initiative=request.initiative, user=request.user)
    if form.is_valid():
        activity = activities.log_activity(initiative=request.initiative, **form.values, by=request.user)
        messages.success(request, _("“%(title)s” was logged.") % {"title": activity})
        return redirect(_way_back(request))
    return activity_page(request, form)


@require_safe
@requires(Permission.ACTIVITY_LOG)
def activity_again(request, pk):
    """The form for a new activity, begun with everything that goes on being true of one that was logged before."""
    like = get_object_or_404(request.initiative.activities, pk=pk)
    form = ActivityForm(initiative=request.initiative, user=request.user, like=like)
    return activity_page(request, form, like=like)


def edit_address(request, activity):
    """The page of an activity, from which one still finds back to where one came from."""
    return f"{activity.get_absolute_url()}?{urlencode({'next': _way_back(request)})}"


def activity_page(request, form, *, activity=None, like=None, file_form=None):
    """The form of a new activity, or of one that was logged, with its files."""
    context = {"form": form, "activity": activity, "like": like, "back": _way_back(request)}
    if activity:
        context["files"] = activity.attachments.all()
        context["file_form"] = file_form or AttachmentForm(initiative=request.initiative, owner=activity)
    else:
        context["patterns"] = log.recent_patterns(request.initiative, request.user)
    return render(request, "backbone/activity_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ACTIVITY_LOG)
def activity_edit(request, pk):
    activity = get_object_or_404(request.initiative.activities, pk=pk)
    form = ActivityForm(request.POST or None, instance=activity, initiative=request.initiative, user=request.user)
    if form.is_valid():
        changed = activities.change_activity(activity=activity, **form.values, by=request.user)
        messages.success(request, _("“%(title)s” was changed.") % {"title": changed})
        return redirect(_way_back(request))
    return activity_page(request, form, activity=activity)


@require_POST
@requires(Permission.ACTIVITY_LOG)
def activity_delete(request, pk):
    activity = get_object_or_404(request.initiative.activities, pk=pk)
    activities.delete_activity(activity=activity, reason=reason_of(request), by=request.user)
    say_deleted(request, activity)
    return redirect("backbone:activity-list", request.initiative.slug)
