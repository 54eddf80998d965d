"""Rounds that come round by themselves: the plans, and one form for each."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from initiatives.forms import months
from initiatives.permissions import Permission, requires
from initiatives.queries import snapshot
from surveys.actions import plans
from surveys.forms.plans import RoundPlanForm
from surveys.queries.plans import instruments_to_repeat, plan_rows


@requires(Permission.ROUND_VIEW)
@require_safe
def plan_list(request):
    shown = {
        "rows": plan_rows(request.initiative),
        "months": dict(months()),
        "can_add": instruments_to_repeat(request.initiative).exists(),
    }
    return render(request, "surveys/plan_list.html", shown)


@requires(Permission.ROUND_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def plan_add(request):
    form = RoundPlanForm(request.POST or None, initiative=request.initiative)
    if request.method == "POST" and form.is_valid():
        plans.add(plan=form.save(commit=False), by=request.user)
        messages.success(request, _("The plan was saved. Rounds are drafted by themselves and wait for a director."))
        return redirect("surveys:plan-list", request.initiative.slug)
    return render(request, "surveys/plan_form.html", {"form": form})


@requires(Permission.ROUND_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def plan_edit(request, plan_id):
    plan = get_object_or_404(request.initiative.round_plans.select_related("instrument", "initiative"), pk=plan_id)
    before = snapshot(plan, plans.PLAN_FIELDS)
    form = RoundPlanForm(request.POST or None, initiative=request.initiative, instance=plan)
    if request.method == "POST" and form.is_valid():
        plans.change(plan=form.instance, before=before, by=request.user)
        messages.success(request, _("The plan was changed."))
        return redirect("surveys:plan-list", request.initiative.slug)
    return render(request, "surveys/plan_form.html", {"form": form, "plan": plan})
