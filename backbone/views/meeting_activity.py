"""One tap from a meeting that was held to an activity in the log."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backbone.actions.meeting_activity import log_meeting
from backbone.views.meeting_door import meeting_to_change
from initiatives.permissions import Permission, requires


@require_POST
@requires(Permission.ACTIVITY_LOG)
def meeting_activity(request, pk):
    meeting = meeting_to_change(request, pk)
    chosen = request.POST.get("function", "")
    functions = request.initiative.functions.filter(enabled=True)
    function = get_object_or_404(functions, pk=chosen if chosen.isdecimal() and len(chosen) < 18 else None)
    if not meeting.is_over or meeting.cancelled_at:
        messages.error(request, _("Only a meeting that was held can be logged. Log it when it is over."))
        return redirect(meeting)
    activity = log_meeting(meeting=meeting, function=function, by=request.user)
    messages.success(request, _("“%(title)s” was logged.") % {"title": activity})
    return redirect(meeting)
