"""The second door, behind `@requires`: whose meeting it is."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from backbone.queries.meetings import may_log, visible_meetings


def meeting_to_read(request, pk):
    """A meeting the member may open, or 404: that others exist is nobody's business."""
    return get_object_or_404(visible_meetings(request.membership), pk=pk)


def meeting_to_change(request, pk):
    """A meeting the member may change; 403 with a sentence for one they only take part in."""
    meeting = meeting_to_read(request, pk)
    require_own(request, meeting)
    return meeting


def require_own(request, meeting):
    if not may_log(request.membership, meeting):
        raise PermissionDenied(
            _("Co-chairs change the meetings of the groups they lead, and this is not one of them. Ask the backbone.")
        )
