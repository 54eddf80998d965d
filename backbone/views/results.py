"""The figures of the pages as a file: an answer to its request, made for whoever asks and kept nowhere."""

import io

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backbone.queries import results_file
from core import csv, workbook
from initiatives.permissions import Permission, requires

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _file(request, content, ending, kind):
    name = f"figures-{request.initiative.slug}-{request.initiative.today()}.{ending}"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@require_safe
@requires(Permission.DASHBOARD_VIEW)
def results_csv(request):
    lines = csv.write([results_file.header(), *results_file.rows(request.initiative)])
    return _file(request, b"".join(lines), "csv", "text/csv; charset=utf-8")


@require_safe
@requires(Permission.DASHBOARD_VIEW)
def results_xlsx(request):
    content = io.BytesIO()
    with workbook.writing(content) as add_sheet:
        sheet = add_sheet(_("Figures"))
        sheet.header(results_file.header())
        for row in results_file.rows(request.initiative):
            sheet.add(row)
        if texts := list(results_file.texts(request.initiative)):
            sheet = add_sheet(_("In their own words"))
            sheet.header(results_file.texts_header())
            for row in texts:
                sheet.add(row)
    return _file(request, content.getvalue(), "xlsx", XLSX)
