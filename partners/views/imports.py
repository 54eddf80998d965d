from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from core import csv
from initiatives.permissions import Permission, requires
from partners import queries
from partners.actions import imports
from partners.forms import ImportForm
from partners.roster_report import readable

PAGE_ROWS = 25


@require_safe
@requires(Permission.PARTNERS_IMPORT)
def import_list(request):
    page = Paginator(queries.imports(request.initiative), PAGE_ROWS).get_page(request.GET.get("page"))
    return render(request, "partners/import_list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PARTNERS_IMPORT)
def import_new(request):
    form = ImportForm(request.POST or None, request.FILES or None, initiative=request.initiative)
    if request.method == "POST" and not form.is_bound:
        form = ImportForm({}, {}, initiative=request.initiative)
    if form.is_valid():
        received = imports.receive(
            initiative=request.initiative,
            file_name=form.cleaned_data["file"].name,
            content=form.content,
            by=request.user,
        )
        return redirect(received)
    return render(request, "partners/import_form.html", {"form": form, "columns": queries.EXPORT_HEADER})


@require_safe
@requires(Permission.PARTNERS_IMPORT)
def import_template(request):
    content = b"".join(csv.write([queries.EXPORT_HEADER]))
    headers = {"Content-Disposition": 'attachment; filename="partners-template.csv"'}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
@requires(Permission.PARTNERS_IMPORT)
def import_detail(request, pk):
    partner_import = get_object_or_404(queries.imports(request.initiative), pk=pk)
    context = {"import": partner_import, "report": readable(partner_import.report)}
    return render(request, "partners/import_detail.html", context)


@require_safe
@requires(Permission.PARTNERS_IMPORT)
def import_progress(request, pk):
    partner_import = get_object_or_404(queries.imports(request.initiative), pk=pk)
    if not partner_import.is_busy and request.htmx:
        return HttpResponseClientRefresh()
    return render(request, "partners/_import_progress.html", {"import": partner_import})


@require_POST
@requires(Permission.PARTNERS_IMPORT)
def import_confirm(request, pk):
    partner_import = get_object_or_404(queries.imports(request.initiative), pk=pk)
    if not imports.confirm(partner_import=partner_import, by=request.user):
        messages.warning(request, _("This file was confirmed or cancelled before. Nothing was changed."))
    return redirect(partner_import)


@require_POST
@requires(Permission.PARTNERS_IMPORT)
def import_cancel(request, pk):
    partner_import = get_object_or_404(queries.imports(request.initiative), pk=pk)
    if imports.cancel(partner_import=partner_import, by=request.user):
        messages.success(request, _("The import was cancelled."))
    else:
        messages.warning(request, _("The import had ended already. Nothing was changed."))
    return redirect(partner_import)
