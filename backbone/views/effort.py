"""Where the hours went, where they should go, and what they cost."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backbone.actions import effort as actions
from backbone.forms.activities import TimePeriodForm
from backbone.forms.effort import CostForm, PlanForm
from backbone.queries import effort
from initiatives.permissions import Permission, requires


@require_safe
@requires(Permission.ACTIVITY_VIEW)
def effort_page(request):
    form = TimePeriodForm(request.GET, initiative=request.initiative)
    context = {"form": form, "effort": effort.effort(request.initiative, *form.period)}
    return render(request, "backbone/activity_effort.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EFFORT_PLAN)
def plan_edit(request):
    current = effort.plan_in_force(request.initiative, request.initiative.today())
    form = PlanForm(request.POST or None, initiative=request.initiative, plan=current)
    if form.is_valid():
        actions.set_plan(initiative=request.initiative, **form.values, by=request.user)
        messages.success(request, _("The plan was set."))
        return redirect("backbone:activity-effort", request.initiative.slug)
    return render(request, "backbone/activity_plan.html", {"form": form, "plans": effort.plan_rows(request.initiative)})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EFFORT_PLAN)
def cost_list(request):
    form = CostForm(request.POST or None, initiative=request.initiative)
    if form.is_valid():
        actions.add_cost(initiative=request.initiative, **form.cleaned_data, by=request.user)
        messages.success(request, _("The cost was noted."))
        return redirect("backbone:activity-cost", request.initiative.slug)
    return render(
        request, "backbone/activity_cost.html", {"form": form, "years": effort.cost_years(request.initiative)}
    )


@require_POST
@requires(Permission.EFFORT_PLAN)
def cost_delete(request, pk):
    cost = get_object_or_404(request.initiative.backbone_costs.select_related("initiative"), pk=pk)
    actions.delete_cost(cost=cost, by=request.user)
    messages.success(request, _("“%(cost)s” was deleted.") % {"cost": cost})
    return redirect("backbone:activity-cost", request.initiative.slug)
