"""Reading and writing CSV as spreadsheet programs do: encodings and delimiters are recognised, formulas are made harmless.

A cell that a spreadsheet would run (it starts with `= + - @`, a tab or a carriage return) is written with an apostrophe
before it, and `read` takes exactly that apostrophe away. A cell that already looks so gets one more, so that every text
comes back as it went out.
"""

import codecs
import csv
import io
import re

from django.utils.translation import gettext_lazy as _

RUNNABLE = re.compile(r"'*[=+\-@\t\r]")
DELIMITERS = ",;\t"
LONGEST_CELL = 10_000
MOST_COLUMNS = 100
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SIGNATURES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b")
SENTENCES = {
    "empty": _("The file is empty. Choose a file with a header row and one row per person."),
    "not_text": _("This is not a CSV file. In your spreadsheet program choose “Save as” and then “CSV UTF-8”."),
    "cell_too_long": _(
        "Row %(row)s has a cell of more than %(limit)s characters. A quotation mark that is never closed does this: close it and upload the file again."
    ),
    "columns": _(
        "Row %(row)s has more than %(limit)s columns. Keep the columns of the template and upload the file again."
    ),
}


class Unreadable(ValueError):
    """The file as a whole cannot be read. `code` and `params` survive storage; `str()` is the sentence for people."""

    def __init__(self, code, **params):
        super().__init__(code)
        self.code, self.params = code, params

    def __str__(self):
        return str(SENTENCES[self.code]) % self.params


def decode(content: bytes) -> str:
    """The text of a file: by its byte order mark, else UTF-8, else the encoding of Western European Windows."""
    if not content.strip():
        raise Unreadable("empty")
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _decode(content, encoding)
    if content.startswith(SIGNATURES) or b"\x00" in content:
        raise Unreadable("not_text")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _decode(content, "cp1252")


def _decode(content, encoding):
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable("not_text") from None


def delimiter_of(text: str) -> str:
    """The delimiter that the first line has most of; a comma when it has none."""
    first_line = re.sub(r'"[^"]*"', "", text.lstrip("\r\n")[:LONGEST_CELL]).split("\n")[0]
    return max(DELIMITERS, key=first_line.count)


def read(content: bytes, *, most_columns=MOST_COLUMNS):
    """Yield (row number, cells) for every row that is not blank, counted as a spreadsheet shows them: the header is 1."""
    text = decode(content)
    rows = enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text)), start=1)
    number = 0
    while True:
        try:
            number, cells = next(rows)
        except StopIteration:
            return
        except csv.Error:
            raise Unreadable("cell_too_long", row=number + 1, limit=LONGEST_CELL) from None
        if len(cells) > most_columns:
            raise Unreadable("columns", row=number, limit=most_columns)
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise Unreadable("cell_too_long", row=number, limit=LONGEST_CELL)
        if any(cell.strip() for cell in cells):
            yield number, [restore(cell) for cell in cells]


def write(rows):
    """Yield the lines of a CSV file in UTF-8 with a byte order mark, the one form every spreadsheet program opens rightly."""
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\r\n")
    line.write("\ufeff")
    for row in rows:
        writer.writerow([neutralise(cell) for cell in row])
        yield line.getvalue().encode()
        line.seek(0)
        line.truncate()


def neutralise(cell) -> str:
    """The cell as text that no spreadsheet program runs as a formula. A number is none, also where it begins with a minus."""
    if isinstance(cell, int | float):
        return str(cell)
    text = "" if cell is None else str(cell)
    return f"'{text}" if RUNNABLE.match(text) else text


def restore(cell: str) -> str:
    """Undo `neutralise`, and nothing else."""
    return cell[1:] if cell.startswith("'") and RUNNABLE.match(cell) else cell
