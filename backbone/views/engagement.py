"""How the community was engaged, by the log."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from backbone.forms.activities import TimePeriodForm
from backbone.queries.engagement import engagement_page as read_page
from initiatives.permissions import Permission, requires


@require_safe
@requires(Permission.ACTIVITY_VIEW)
def engagement_page(request):
    form = TimePeriodForm(request.GET, initiative=request.initiative)
    context = {"form": form, "engagement": read_page(request.initiative, *form.period)}
    return render(request, "backbone/activity_engagement.html", context)
