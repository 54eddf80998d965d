"""Policy items and the stages they went through."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backbone.actions import policy
from backbone.forms.policy import PolicyFilterForm, PolicyItemForm, PolicyStageForm
from backbone.queries import policy as queries
from backbone.queries.target_audiences import audiences_of_item
from initiatives.permissions import Permission, requires
from initiatives.views.deleting import reason_of, say_deleted

ITEMS_ON_A_PAGE = 25


def _standing(request):
    return queries.with_standing(queries.policy_items(request.initiative), request.initiative.today())


def _item(request, pk):
    return get_object_or_404(queries.policy_items(request.initiative), pk=pk)


@require_safe
@requires(Permission.POLICY_VIEW)
def policy_list(request):
    form = PolicyFilterForm(request.GET, initiative=request.initiative)
    found = queries.in_order(queries.filtered(_standing(request), **form.filters))
    page = Paginator(found, ITEMS_ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [queries.row_of(item) for item in page]
    context = {"form": form, "page": page, "rows": rows, "head": queries.head_of(request.initiative)}
    return render(request, "backbone/policy_list.html", context)


@require_safe
@requires(Permission.POLICY_VIEW)
def policy_detail(request, pk):
    item = get_object_or_404(_standing(request), pk=pk)
    context = {
        "item": item,
        "row": queries.row_of(item),
        "way": queries.way_of(item),
        "audiences": audiences_of_item(request.membership, item),
    }
    return render(request, "backbone/policy_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.POLICY_EDIT)
def policy_add(request):
    """A new item together with the stage it has."""
    form = PolicyItemForm(request.POST or None, initiative=request.initiative)
    stage_form = PolicyStageForm(request.POST or None, initiative=request.initiative)
    # Both are asked, so that all that is missing is said at once.
    if all([form.is_valid(), stage_form.is_valid()]):
        item = policy.add_with_stage(
            initiative=request.initiative, values=form.values, stage_values=stage_form.values, by=request.user
        )
        messages.success(request, _("“%(title)s” was added.") % {"title": item})
        return redirect(item)
    return render(request, "backbone/policy_form.html", {"form": form, "stage_form": stage_form, "item": None})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.POLICY_EDIT)
def policy_edit(request, pk):
    item = _item(request, pk)
    form = PolicyItemForm(request.POST or None, instance=item, initiative=request.initiative)
    if form.is_valid():
        changed = policy.change(policy_item=item, values=form.values, by=request.user)
        messages.success(request, _("“%(title)s” was changed.") % {"title": changed})
        return redirect(changed)
    item.refresh_from_db()
    return render(request, "backbone/policy_form.html", {"form": form, "item": item})


@require_POST
@requires(Permission.POLICY_EDIT)
def policy_delete(request, pk):
    item = _item(request, pk)
    if policy.delete(policy_item=item, reason=reason_of(request), by=request.user):
        say_deleted(request, item)
    return redirect("backbone:policy-list", request.initiative.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.POLICY_EDIT)
def stage_add(request, pk):
    item = get_object_or_404(_standing(request), pk=pk)
    initial = {"alignment": item.standing_alignment}
    form = PolicyStageForm(request.POST or None, initial=initial, policy_item=item, initiative=request.initiative)
    if form.is_valid():
        stage = policy.reach(policy_item=item, values=form.values, by=request.user)
        words = {"title": item, "stage": stage.get_stage_display()}
        messages.success(request, _("“%(title)s” has another stage: %(stage)s.") % words)
        return redirect(item)
    return render(request, "backbone/policy_stage_form.html", {"form": form, "item": item, "row": queries.row_of(item)})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.POLICY_EDIT)
def stage_edit(request, pk):
    stage = get_object_or_404(queries.stages_of(request.initiative), pk=pk)
    item = stage.policy_item
    form = PolicyStageForm(request.POST or None, instance=stage, policy_item=item, initiative=request.initiative)
    if form.is_valid():
        policy.change_stage(stage=stage, values=form.values, by=request.user)
        messages.success(request, _("A stage of “%(title)s” was changed.") % {"title": item})
        return redirect(item)
    stage.refresh_from_db()
    return render(request, "backbone/policy_stage_form.html", {"form": form, "item": item, "stage": stage})


@require_POST
@requires(Permission.POLICY_EDIT)
def stage_remove(request, pk):
    stage = get_object_or_404(queries.stages_of(request.initiative), pk=pk)
    policy.remove_stage(stage=stage, by=request.user)
    messages.success(request, _("A stage of “%(title)s” was removed.") % {"title": stage.policy_item})
    return redirect(stage.policy_item)
