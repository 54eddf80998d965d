"""The log as a file: out as CSV and XLSX, in after a check."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backbone.actions.activity_imports import activity_imports
from backbone.forms.activities import ActivityFilterForm
from backbone.forms.row_files import RowFileForm
from backbone.logbook import FILE
from backbone.logbook_report import UNREADABLE, readable
from backbone.queries import activity_files as files
from backbone.views import import_steps
from backbone.views.downloads import csv_file, dated, xlsx_file
from initiatives.permissions import Permission, requires

PAGE_ROWS = 25


def _rows(request):
    """Those that the filters of the list let through."""
    form = ActivityFilterForm(request.GET, initiative=request.initiative)
    return files.export_rows(request.initiative, form.filters)


@require_safe
@requires(Permission.ACTIVITY_VIEW)
def activity_csv(request):
    return csv_file(dated(request, "activities"), files.header(), _rows(request))


@require_safe
@requires(Permission.ACTIVITY_VIEW)
def activity_xlsx(request):
    return xlsx_file(dated(request, "activities"), _("Activities"), files.header(), _rows(request))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ACTIVITY_LOG)
def import_new(request):
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = RowFileForm(*sent, initiative=request.initiative, columns=FILE, unreadable=UNREADABLE)
    if form.is_valid():
        return import_steps.received(request, activity_imports, form)
    page = Paginator(files.imports_of(request.initiative), PAGE_ROWS).get_page(request.GET.get("page"))
    context = {"form": form, "columns": files.header(), "page": page}
    return render(request, "backbone/activity_import.html", context)


@require_safe
@requires(Permission.ACTIVITY_LOG)
def import_template(request):
    return csv_file("activities-template", files.header(), [])


@require_safe
@requires(Permission.ACTIVITY_LOG)
def import_detail(request, pk):
    found = get_object_or_404(files.imports_of(request.initiative), pk=pk)
    return render(request, "backbone/activity_import_detail.html", {"import": found, "report": readable(found.report)})


@require_safe
@requires(Permission.ACTIVITY_LOG)
def import_progress(request, pk):
    found = get_object_or_404(files.imports_of(request.initiative), pk=pk)
    return import_steps.progress(request, found, "backbone/_activity_import_progress.html")


@require_POST
@requires(Permission.ACTIVITY_LOG)
def import_confirm(request, pk):
    found = get_object_or_404(files.imports_of(request.initiative), pk=pk)
    return import_steps.confirm(request, activity_imports, found)


@require_POST
@requires(Permission.ACTIVITY_LOG)
def import_cancel(request, pk):
    found = get_object_or_404(files.imports_of(request.initiative), pk=pk)
    return import_steps.cancel(request, activity_imports, found)
