"""Evidence, policy and resources as files: out as CSV and XLSX, in after a check. Each kind has its own addresses, behind
the permission of that kind; each name here is {kind: view}."""

from functools import partial

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from backbone.actions.entry_imports import IMPORTS
from backbone.entry_files import KINDS
from backbone.entry_files.pages import PAGES, columns
from backbone.entry_files.report import UNREADABLE, in_words, readable
from backbone.forms.evidence import EvidenceFilterForm
from backbone.forms.policy import PolicyFilterForm
from backbone.forms.resources import ResourceFilterForm
from backbone.forms.row_files import RowFileForm
from backbone.queries import entry_files as files
from backbone.views import import_steps
from backbone.views.downloads import csv_file, dated, xlsx_file
from initiatives.permissions import Permission, requires

PAGE_ROWS = 25
SEE = {
    "evidence": Permission.EVIDENCE_VIEW,
    "policy": Permission.POLICY_VIEW,
    "resources": Permission.RESOURCES_VIEW,
}
EDIT = {
    "evidence": Permission.EVIDENCE_EDIT,
    "policy": Permission.POLICY_EDIT,
    "resources": Permission.RESOURCES_EDIT,
}
FILTERS = {"evidence": EvidenceFilterForm, "policy": PolicyFilterForm, "resources": ResourceFilterForm}


def _each(permissions, *methods):
    """Make of a view that takes `kind` one for each kind, behind the permission of that kind."""

    def decorate(view):
        return {
            kind: require_http_methods(methods)(requires(permission)(partial(view, kind=kind)))
            for kind, permission in permissions.items()
        }

    return decorate


def _import(request, kind, pk):
    return get_object_or_404(files.imports_of(kind, request.initiative), pk=pk)


def _rows(request, kind):
    """Those that the filters of the list let through."""
    form = FILTERS[kind](request.GET, initiative=request.initiative)
    return files.export_rows(kind, request.initiative, form.filters)


@_each(SEE, "GET", "HEAD")
def export_csv(request, kind):
    return csv_file(dated(request, kind), files.header(kind), _rows(request, kind))


@_each(SEE, "GET", "HEAD")
def export_xlsx(request, kind):
    return xlsx_file(dated(request, kind), str(PAGES[kind].sheet), files.header(kind), _rows(request, kind))


@_each(EDIT, "GET", "HEAD", "POST")
def import_new(request, kind):
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = RowFileForm(*sent, initiative=request.initiative, columns=KINDS[kind].FILE, unreadable=UNREADABLE)
    if form.is_valid():
        return import_steps.received(request, IMPORTS[kind], form)
    page = Paginator(files.imports_of(kind, request.initiative), PAGE_ROWS).get_page(request.GET.get("page"))
    rows = [(each, in_words(each.added)) for each in page]
    context = {"kind": kind, "words": PAGES[kind], "form": form, "columns": columns(kind), "page": page, "rows": rows}
    return render(request, "backbone/entry_import.html", context)


@_each(EDIT, "GET", "HEAD")
def import_template(request, kind):
    return csv_file(f"{kind}-template", files.header(kind), [])


@_each(EDIT, "GET", "HEAD")
def import_detail(request, kind, pk):
    found = _import(request, kind, pk)
    context = {
        "kind": kind,
        "words": PAGES[kind],
        "import": found,
        "report": readable(kind, found.report),
        "added": in_words(found.added),
    }
    return render(request, "backbone/entry_import_detail.html", context)


@_each(EDIT, "GET", "HEAD")
def import_progress(request, kind, pk):
    return import_steps.progress(request, _import(request, kind, pk), "backbone/_entry_import_progress.html")


@_each(EDIT, "POST")
def import_confirm(request, kind, pk):
    return import_steps.confirm(request, IMPORTS[kind], _import(request, kind, pk))


@_each(EDIT, "POST")
def import_cancel(request, kind, pk):
    return import_steps.cancel(request, IMPORTS[kind], _import(request, kind, pk))
