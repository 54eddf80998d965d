"""The log as a file: out as CSV and XLSX, in after a check."""

import io

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from backbone.actions.activity_imports import activity_imports
from backbone.forms.activities import ActivityFilterForm
from backbone.forms.activity_files import ActivityImportForm
from backbone.logbook_report import readable
from backbone.queries import activity_files as files
from core import csv, workbook
from initiatives.permissions import Permission, requires

PAGE_ROWS = 25
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _file(content, name, kind):
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _name(request, ending):
    return f"activities-{request.initiative.slug}-{request.initiative.today()}.{ending}"


def _rows(request):
    """Those that the filters of the list let through."""
    form = ActivityFilterForm(request.GET, initiative=request.initiative)
    return files.export_rows(request.initiative, form.filters)


@require_safe
@requires(Permission.ACTIVITY_VIEW)
def activity_csv(request):
    lines = csv.write([files.header(), *_rows(request)])
    return _file(b"".join(lines), _name(request, "csv"), "text/csv; charset=utf-8")


@require_safe
@requires(Permission.ACTIVITY_VIEW)
def activity_xlsx(request):
    content = io.BytesIO()
    with workbook.writing(content) as add_sheet:
        sheet = add_sheet(_("Activities"))
        sheet.header(files.header())
        for row in _rows(request):
            sheet.add(row)
    return _file(content.getvalue(), _name(request, "xlsx"), XLSX)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ACTIVITY_LOG)
def import_new(request):
    is_sent = request.method == "POST"
    form = ActivityImportForm(
        request.POST if is_sent else None, request.FILES if is_sent else None, initiative=request.initiative
    )
    if form.is_valid():
        name = form.cleaned_data["file"].name
        received = activity_imports.receive(
            initiative=request.initiative, file_name=name, content=form.content, by=request.user
        )
        return redirect(received)
    page = Paginator(files.imports_of(request.initiative), PAGE_ROWS).get_page(request.GET.get("page"))
    context = {"form": form, "columns": files.header(), "page": page}
    return render(request, "backbone/activity_import.html", context)


@require_safe
@requires(Permission.ACTIVITY_LOG)
def import_template(request):
    return _file(b"".join(csv.write([files.header()])), "activities-template.csv", "text/csv; charset=utf-8")


@require_safe
@requires(Permission.ACTIVITY_LOG)
def import_detail(request, pk):
    found = get_object_or_404(files.imports_of(request.initiative), pk=pk)
    return render(request, "backbone/activity_import_detail.html", {"import": found, "report": readable(found.report)})


@require_safe
@requires(Permission.ACTIVITY_LOG)
def import_progress(request, pk):
    found = get_object_or_404(files.imports_of(request.initiative), pk=pk)
    if not found.is_busy and request.htmx:
        return HttpResponseClientRefresh()
    return render(request, "backbone/_activity_import_progress.html", {"import": found})


@require_POST
@requires(Permission.ACTIVITY_LOG)
def import_confirm(request, pk):
    found = get_object_or_404(files.imports_of(request.initiative), pk=pk)
    if not activity_imports.confirm(file_import=found, by=request.user):
        messages.warning(request, _("This file was confirmed or cancelled before. Nothing was changed."))
    return redirect(found)


@require_POST
@requires(Permission.ACTIVITY_LOG)
def import_cancel(request, pk):
    found = get_object_or_404(files.imports_of(request.initiative), pk=pk)
    if activity_imports.cancel(file_import=found, by=request.user):
        messages.success(request, _("The import was cancelled."))
    else:
        messages.warning(request, _("The import had ended already. Nothing was changed."))
    return redirect(found)
