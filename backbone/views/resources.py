"""Money and help in kind: the list, the page of each, and what they sum up to."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backbone.actions import resources
from backbone.forms.resources import MarkForm, ResourceFilterForm, ResourceForm
from backbone.models import Resource
from backbone.queries import resources as queries
from core.ways_back import way_back
from initiatives.permissions import Permission, requires
from initiatives.views.deleting import reason_of, say_deleted

RESOURCES_ON_A_PAGE = 25


@require_safe
@requires(Permission.RESOURCES_VIEW)
def resource_list(request):
    form, today = ResourceFilterForm(request.GET, initiative=request.initiative), request.initiative.today()
    found = queries.filtered(queries.resources(request.initiative), today=today, **form.filters)
    page = Paginator(found, RESOURCES_ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [queries.row_of(resource, today) for resource in page]
    context = {"form": form, "page": page, "rows": rows, "head": queries.head(request.initiative), "today": today}
    return render(request, "backbone/resource_list.html", context)


def _found(request, pk):
    return get_object_or_404(queries.resources(request.initiative), pk=pk)


def _page(request, resource, form, status=200):
    context = {"row": queries.row_of(resource, request.initiative.today()), "resource": resource, "form": form}
    context |= {"today": request.initiative.today()}
    return render(request, "backbone/resource_detail.html", context, status=status)


@require_safe
@requires(Permission.RESOURCES_VIEW)
def resource_detail(request, pk):
    resource = _found(request, pk)
    return _page(request, resource, MarkForm(resource=resource))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.RESOURCES_EDIT)
def resource_add(request):
    initial = {name: request.GET.get(name) for name in ("giver", "receiver") if request.GET.get(name)}
    form = ResourceForm(request.POST or None, initial=initial, initiative=request.initiative)
    if form.is_valid():
        resource = resources.add(initiative=request.initiative, values=form.values, by=request.user)
        messages.success(request, _("“%(title)s” was written down.") % {"title": resource})
        return redirect(resource)
    return render(request, "backbone/resource_form.html", {"form": form, "resource": None})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.RESOURCES_EDIT)
def resource_edit(request, pk):
    resource = _found(request, pk)
    form = ResourceForm(request.POST or None, instance=resource, initiative=request.initiative)
    if form.is_valid():
        changed = resources.change(resource=resource, values=form.values, by=request.user)
        messages.success(request, _("“%(title)s” was changed.") % {"title": changed})
        return redirect(changed)
    # The form wrote what was typed into the row; the page tells what is kept.
    resource.refresh_from_db()
    return render(request, "backbone/resource_form.html", {"form": form, "resource": resource})


@require_POST
@requires(Permission.RESOURCES_EDIT)
def resource_mark(request, pk):
    """It was pledged, received or fell through, on a day."""
    resource = _found(request, pk)
    form = MarkForm(request.POST, resource=resource)
    if not form.is_valid():
        return _page(request, resource, form, status=422)
    if resources.mark(resource=resource, **form.cleaned_data, by=request.user):
        words = {"title": resource, "state": Resource.Certainty(form.cleaned_data["certainty"]).label}
        messages.success(request, _("“%(title)s” was marked: %(state)s.") % words)
    return redirect(way_back(request, within=request.initiative.get_absolute_url()) or resource)


@require_POST
@requires(Permission.RESOURCES_EDIT)
def resource_delete(request, pk):
    resource = _found(request, pk)
    if resources.delete(resource=resource, reason=reason_of(request), by=request.user):
        say_deleted(request, resource)
    return redirect("backbone:resource-list", request.initiative.slug)
