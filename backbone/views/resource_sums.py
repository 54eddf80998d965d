from django.shortcuts import render
from django.views.decorators.http import require_safe

from backbone.forms.resources import SumsPeriodForm
from backbone.queries import resource_sums
from initiatives.permissions import Permission, requires


@require_safe
@requires(Permission.RESOURCES_VIEW)
def sums_page(request):
    """What came in a period; leverage for those alone who may see what the backbone costs."""
    form = SumsPeriodForm(request.GET, initiative=request.initiative)
    context = {"form": form, "sums": resource_sums.sums(request.initiative, *form.period), "leverage": None}
    if request.membership.can(Permission.EFFORT_PLAN):
        context["leverage"] = resource_sums.leverage(request.initiative, *form.period)
    return render(request, "backbone/resource_sums.html", context)
