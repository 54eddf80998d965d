"""Reading a file whose rows are things of the desk: what every kind of such file has in common. No database.

A row is refused with a reason, and nothing is guessed: what a cell names and is not here is not made up.
"""

from collections import Counter
from dataclasses import dataclass, field

from core import csv, sheets, written_dates
from partners.names import UNWRITABLE, fold, tidy

MOST_ROWS = 20_000
YES = {"yes", "y", "true", "1", "x", "sí", "si", "oui"}
NO = {"", "no", "n", "false", "0", "non"}
# A name may hold the semicolon that separates names: so many pieces are tried together.
MOST_PIECES = 4


class Unreadable(csv.Unreadable):
    """No rows can be taken from this file at all; sentences in `backbone.row_reports.UNREADABLE`."""

    def __str__(self):
        return self.code


class Refused(Exception):
    """This row is not taken because of a cell. `value` is what of the cell is wrong, where that is not all of it."""

    def __init__(self, column, code, value=None):
        self.column, self.code, self.value = column, code, value


@dataclass(frozen=True)
class Remark:
    """Why the row with this number was refused."""

    row: int
    column: str
    value: str
    code: str


@dataclass(frozen=True)
class Columns:
    """`headers` has the names of each column, the first being that of the template and the export. Of `either`, one is
    needed. `longest` bounds texts; those of `several_lines` keep their line breaks. `choices` has the words of each code."""

    headers: dict
    required: tuple
    longest: dict
    several_lines: tuple = ()
    either: tuple = ()
    choices: dict = field(default_factory=dict)

    def header(self, without=()):
        return [headers[0] for column, headers in self.headers.items() if column not in without]

    def texts(self, written):
        """The cells of a row without what cannot be seen."""
        texts = {
            column: UNWRITABLE.sub("", text).strip() if column in self.several_lines else tidy(text)
            for column, text in written.items()
        }
        for column, longest in self.longest.items():
            if len(texts[column]) > longest:
                raise Refused(column, "too_long")
        return texts

    def choice(self, column, text, known=()):
        """The code that a cell names by the code itself or by one of its words; `known` has more of them, folded."""
        for code, words in self.choices[column].items():
            if fold(text) in map(fold, (code, *words)):
                return code
        if fold(text) in known:
            return known[fold(text)]
        raise Refused(column, "not_a_choice")

    def places(self, records):
        """{column: position} by the first row, in any order; columns it does not know are left alone."""
        for _number, header in records:
            return self._places(header)
        raise Unreadable("empty")

    def _places(self, header):
        column_of = {fold(name): column for column, names in self.headers.items() for name in names}
        places = {}
        for position, title in enumerate(header):
            column = column_of.get(fold(title))
            if column in places:
                raise Unreadable("column_twice", column=self.headers[column][0])
            if column:
                places[column] = position
        missing = [column for column in self.required if column not in places]
        if self.either and not set(self.either) & set(places):
            missing.append(self.either[0])
        if missing:
            names = ", ".join(self.headers[column][0] for column in missing)
            raise Unreadable("columns_missing", missing=names, found=", ".join(filter(None, map(tidy, header)))[:500])
        return places


@dataclass
class Found:
    """What a file says: rows in their order, and why others were refused."""

    rows: list = field(default_factory=list)
    refused: list = field(default_factory=list)
    rows_in_file: int = 0


def header_of(content: bytes, columns):
    """Read no more than the header: raises as `read` does when the file is of another kind or lacks a column."""
    return columns.places(sheets.read(content))


def read(content: bytes, columns, row_of, *, most_rows=MOST_ROWS) -> Found:
    """Every row of a CSV or XLSX file. `row_of(number, {column: text})` makes a row or raises Refused. Raises `Unreadable` or
    `core.csv.Unreadable` when it is no file of this kind."""
    found = Found()
    records = sheets.read(content)
    places = columns.places(records)
    is_workbook = content.startswith(sheets.WORKBOOK)
    for number, cells in records:
        found.rows_in_file += 1
        if found.rows_in_file > most_rows:
            raise Unreadable("rows", limit=most_rows)
        plain = [csv.restore(cell) for cell in cells] if is_workbook else cells
        written = dict.fromkeys(columns.headers, "")
        written |= {column: plain[place] for column, place in places.items() if place < len(plain)}
        try:
            found.rows.append(row_of(number, written))
        except Refused as refused:
            value = written[refused.column] if refused.value is None else refused.value
            found.refused.append(Remark(number, refused.column, UNWRITABLE.sub("", value)[:200], refused.code))
    return found


class Occurrences:
    """Counts rows that are the same thing: the second one of a file is there only when two of them are."""

    def __init__(self):
        self._seen = Counter()

    def of(self, key):
        self._seen[key] += 1
        return self._seen[key]


def day(column, text, *, missing=None, latest=None):
    """The day in a cell. A blank one is None, or refused with the code `missing`; one after `latest` is refused."""
    if not text:
        if missing:
            raise Refused(column, missing)
        return None
    try:
        found = written_dates.read(text)
    except written_dates.NotADate as problem:
        raise Refused(column, problem.code) from None
    if latest and found > latest:
        raise Refused(column, "not_yet")
    return found


def parts(text):
    return [part.strip() for part in text.split(";") if part.strip()]


def named(column, names, known):
    """The keys of these names, each once. `known` has keys by folded name, None where two share it."""
    keys = []
    for name in _whole(names, known):
        if fold(name) not in known:
            raise Refused(column, f"unknown_{column}", name)
        key = known[fold(name)]
        if key is None:
            raise Refused(column, "two_of_the_name", name)
        if key not in keys:
            keys.append(key)
    return keys


def _whole(names, known):
    """The names, with those put together again that hold a semicolon."""
    if len(names) < 2 or not any(";" in name for name in known):
        return names
    whole, rest = [], list(names)
    while rest:
        tried = ("; ".join(rest[:pieces]) for pieces in range(MOST_PIECES, 1, -1))
        name = next((name for name in tried if fold(name) in known), rest[0])
        whole.append(name)
        rest = rest[len(parts(name)) :]
    return whole


def yes(column, text):
    if text.casefold() in YES | NO:
        return text.casefold() in YES
    raise Refused(column, "not_yes_or_no")
