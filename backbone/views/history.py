"""The history of changes: of the whole initiative, and of one thing."""

from django.core.paginator import Paginator
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from backbone.forms.history import HistoryFilterForm
from backbone.queries import history
from core import csv
from initiatives.permissions import Permission, requires

ENTRIES_ON_A_PAGE = 50


@require_safe
@requires(Permission.HISTORY_VIEW)
def history_list(request):
    form = HistoryFilterForm(request.GET, initiative=request.initiative)
    found = history.history_of(request.initiative, **form.filters)
    page = Paginator(found, ENTRIES_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "rows": history.rows_of(page, request.initiative)}
    return render(request, "backbone/history_list.html", context)


@require_safe
@requires(Permission.HISTORY_VIEW)
def history_export(request):
    """The history as the filters leave it."""
    form = HistoryFilterForm(request.GET, initiative=request.initiative)
    found = history.history_of(request.initiative, **form.filters)
    lines = csv.write(history.export_rows(found, request.initiative))
    name = f"history-{request.initiative.slug}-{request.initiative.today()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
@requires(Permission.HISTORY_VIEW)
def history_object(request, kind, pk):
    found = history.history_of_object(request.initiative, kind, pk)
    if found is None:
        raise Http404
    title, address, entries = found
    page = Paginator(entries, ENTRIES_ON_A_PAGE).get_page(request.GET.get("page"))
    rows = history.rows_of(page, request.initiative)
    context = {"title": title, "address": address, "page": page, "rows": rows}
    return render(request, "backbone/history_object.html", context)
