"""A table from a file as survey programs export it: CSV, or the first sheet of an XLSX workbook.

A workbook is a ZIP of XML, and a few kilobytes can claim to be gigabytes: packed zeros, one cell in the last row of the
last column, one long text that a million cells point to. So every part is unpacked here first, with a bound on each of
these; what was looked at is packed anew, and only that goes to the library that reads workbooks.
"""

import datetime
import io
import re
import zipfile
import zlib

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineWorkbook

from core import csv

LARGEST_FILE = 5 * 1024 * 1024
MOST_COLUMNS = 400
MOST_CELLS = 1_000_000
MOST_PARTS = 300
# Bytes of all parts unpacked, and of all texts once each cell holds its own.
MOST_UNPACKED = 40_000_000
MOST_TEXT = 60_000_000
WORKBOOK = b"PK\x03\x04"
# Where a row or a cell says that it stands, which text a cell points to, and where one text ends.
PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,3})(\d{1,9})["']""")
POINTER = re.compile(rb"<(?:\w+:)?v\b[^>]*>\s*(\d{1,9})\s*<")
TEXT_END = re.compile(rb"</(?:\w+:)?si\s*>")
SENTENCES = {
    **csv.SENTENCES,
    "empty": _("The file is empty. Choose a file with a header row and one row for each person who answered."),
    "columns": _("The file has more than %(limit)s columns. Take away the columns that are not needed."),
    "not_text": _("This is neither a CSV nor an XLSX file. In your survey program choose one of the two."),
    "not_workbook": _(
        "This XLSX file cannot be read. Open it in your spreadsheet program, save it as CSV UTF-8, and choose that file."
    ),
    "too_large": _(
        "This XLSX file holds far more than answers to a survey. Keep the sheet with the answers, save it as CSV UTF-8, and choose that file."
    ),
}


class Unreadable(csv.Unreadable):
    """No rows can be taken from this file at all; sentences in SENTENCES."""

    def __str__(self):
        return str(SENTENCES[self.code]) % self.params


def read(content: bytes):
    """Yield (row number, cells as text) of every row that is not blank, counted as a spreadsheet shows them."""
    if content.startswith(WORKBOOK):
        return _workbook(content)
    return _csv(content)


def _csv(content):
    try:
        yield from csv.read(content, most_columns=MOST_COLUMNS)
    except csv.Unreadable as problem:
        raise Unreadable(problem.code, **problem.params) from None


def _workbook(content):
    for number, cells in enumerate(_cells(_repacked(content)), start=1):
        texts = [_text(cell) for cell in cells]
        if any(text.strip() for text in texts):
            yield number, texts


def _cells(content):
    try:
        return (
            CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python(skip_empty_area=False)
        )
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a panic of the library is no Exception
        raise Unreadable("not_workbook") from None


def _text(cell):
    """A cell as a person reads it: 4.0 is 4, a moment is written year first."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime.datetime | datetime.date):
        return cell.isoformat(*([" "] if isinstance(cell, datetime.datetime) else []))
    if isinstance(cell, str) and len(cell) > csv.LONGEST_CELL:
        return cell[: csv.LONGEST_CELL]
    return str(cell)


def _repacked(content):
    """The same workbook, packed anew from parts that were counted."""
    try:
        parts = _parts(content)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("not_workbook") from None
    if "xl/workbook.xml" not in parts or "content.xml" in parts:
        raise Unreadable("not_workbook")
    _check_size(parts)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return packed.getvalue()


def _parts(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        if len(infos) > MOST_PARTS or sum(info.file_size for info in infos) > MOST_UNPACKED:
            raise Unreadable("too_large")
        # `read` stops at the size that was declared and fails where the content goes on.
        parts = {info.filename: archive.read(info) for info in infos}
    if len({name.casefold() for name in parts}) < len(infos):
        raise Unreadable("not_workbook")
    return parts


def _check_size(parts):
    texts = [len(text) for part in parts.values() for text in _shared_texts(part)]
    written = 0
    for part in parts.values():
        rows, columns = 0, 0
        for place in PLACE.finditer(part):
            rows, columns = max(rows, int(place[2])), max(columns, _column(place[1]))
        if columns > MOST_COLUMNS:
            raise Unreadable("columns", limit=MOST_COLUMNS)
        if rows * max(columns, 1) > MOST_CELLS:
            raise Unreadable("too_large")
        if texts:
            written += sum(texts[int(place[1])] for place in POINTER.finditer(part) if int(place[1]) < len(texts))
        if written > MOST_TEXT:
            raise Unreadable("too_large")


def _shared_texts(part):
    return TEXT_END.split(part)[:-1]


def _column(letters):
    """A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
