"""Tables that leave as files, in the two forms every spreadsheet program opens."""

import io

from django.http import HttpResponse

from core import csv, workbook

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _file(content, name, kind):
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def csv_file(name, header, rows):
    return _file(b"".join(csv.write([header, *rows])), f"{name}.csv", CSV)


def xlsx_file(name, title, header, rows):
    """A workbook of one sheet called `title`."""
    content = io.BytesIO()
    with workbook.writing(content) as add_sheet:
        sheet = add_sheet(title)
        sheet.header(header)
        for row in rows:
            sheet.add(row)
    return _file(content.getvalue(), f"{name}.xlsx", XLSX)


def dated(request, word):
    """The name of a file of this initiative's, without its ending."""
    return f"{word}-{request.initiative.slug}-{request.initiative.today()}"
