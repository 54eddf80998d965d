"""Action items as a list and as a board."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backbone.actions import action_items
from backbone.forms.action_items import ActionItemFilterForm, ActionItemForm, QuickActionItemForm
from backbone.queries import action_items as queries
from core.ways_back import way_back
from initiatives.permissions import Permission, requires
from initiatives.views.deleting import reason_of, say_deleted

ITEMS_ON_A_PAGE = 25


@require_safe
@requires(Permission.FOLLOW_UP_VIEW)
def action_item_list(request):
    form = ActionItemFilterForm(request.GET, membership=request.membership)
    found = queries.filtered(queries.visible_action_items(request.membership), request.membership, **form.filters)
    page = Paginator(queries.with_names(found), ITEMS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "rows": queries.rows_of(page, request.membership), "quick": _quick(request)}
    return render(request, "backbone/action_item_list.html", context)


@require_safe
@requires(Permission.FOLLOW_UP_VIEW)
def action_item_board(request):
    form = ActionItemFilterForm(request.GET, membership=request.membership, any_state=True)
    filters = form.filters | {"state": "all"}
    found = queries.filtered(queries.visible_action_items(request.membership), request.membership, **filters)
    columns = queries.board(found, request.membership)
    context = {"form": form, "columns": columns, "quick": _quick(request)}
    return render(request, "backbone/action_item_board.html", context)


@require_safe
@requires(Permission.FOLLOW_UP_VIEW)
def action_item_detail(request, pk):
    found = queries.with_names(queries.visible_action_items(request.membership))
    item = get_object_or_404(found.select_related("meeting", "decision"), pk=pk)
    (row,) = queries.rows_of([item], request.membership)
    return render(request, "backbone/action_item_detail.html", {"item": item, "row": row})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.FOLLOW_UP_EDIT)
def action_item_add(request):
    """The whole form; the one-line forms of list and board post here as well, and come here where something is missing."""
    quick = request.method == "POST" and "quick" in request.POST and request.membership.is_backbone
    kind = QuickActionItemForm if quick else ActionItemForm
    initial = {name: request.GET.get(name) for name in ("meeting", "decision")}
    form = kind(request.POST or None, initial=initial, membership=request.membership)
    if form.is_valid():
        item = action_items.add(initiative=request.initiative, values=form.values, by=request.user)
        messages.success(request, _("“%(title)s” was added.") % {"title": item})
        return redirect(way_back(request, within=request.initiative.get_absolute_url()) or item.get_absolute_url())
    if quick:
        form = ActionItemForm(request.POST, membership=request.membership)
    return render(request, "backbone/action_item_form.html", {"form": form, "item": None})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.FOLLOW_UP_EDIT)
def action_item_edit(request, pk):
    item = get_object_or_404(queries.changeable_action_items(request.membership), pk=pk)
    form = ActionItemForm(request.POST or None, instance=item, membership=request.membership)
    if form.is_valid():
        changed = action_items.change(item=item, values=form.values, by=request.user)
        messages.success(request, _("“%(title)s” was changed.") % {"title": changed})
        return redirect(changed)
    item.refresh_from_db()
    return render(request, "backbone/action_item_form.html", {"form": form, "item": item})


@require_POST
@requires(Permission.FOLLOW_UP_VIEW)
def action_item_move(request, pk):
    item = get_object_or_404(queries.movable_action_items(request.membership), pk=pk)
    state = request.POST.get("state", "")
    if state not in queries.State:
        return HttpResponseBadRequest(_("There is no such state. Go back and choose one of the buttons."))
    action_items.move(item=item, state=state, by=request.user)
    words = {"title": item, "state": queries.State(state).label}
    messages.success(request, _("“%(title)s” was moved to: %(state)s.") % words)
    return redirect(way_back(request, within=request.initiative.get_absolute_url()) or item)


@require_POST
@requires(Permission.FOLLOW_UP_EDIT)
def action_item_delete(request, pk):
    item = get_object_or_404(queries.changeable_action_items(request.membership), pk=pk)
    if action_items.delete(item=item, reason=reason_of(request), by=request.user):
        say_deleted(request, item)
    return redirect("backbone:action-item-list", request.initiative.slug)


def _quick(request):
    """The one-line form, for the backbone: others say which meeting of their group it comes from."""
    may = request.membership.can(Permission.FOLLOW_UP_EDIT) and request.membership.is_backbone
    return QuickActionItemForm(membership=request.membership) if may else None
