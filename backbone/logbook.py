"""A file of past activities, read without a database: bytes in, rows and everything worth saying about them out.

`read` refuses a row with a reason and never guesses: a function, person, partner or group that is not here is not made
up. Two rows of one day, title and length are two activities; `occurrence` counts them, so that the same file again adds
nothing.
"""

import datetime
import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from core import csv, sheets, written_dates
from partners.names import fold, tidy

# The first of each is the name in the template and in the export.
COLUMNS = {
    "held_on": ("Date", "Day", "When", "Fecha"),
    "title": ("What", "Title", "Activity", "Qué", "Quoi", "Actividad", "Activité"),
    "minutes": ("Minutes", "Min", "Minutos", "Duration in minutes"),
    "hours": ("Hours", "Horas", "Heures", "Duration in hours"),
    "functions": ("Functions", "Function", "Función", "Funciones", "Fonction", "Fonctions"),
    "people": ("Staff", "People", "Personal", "Équipe"),
    "partners": ("Partners", "Partner", "Organisations", "Organizations", "Socios", "Partenaires"),
    "group": ("Committee or group", "Group", "Committee", "Grupo", "Groupe"),
    "outcome": ("Outcome", "What came of it", "Notes", "Resultado", "Résultat"),
    "behind_the_scenes": ("Behind the scenes",),
}
COLUMN_OF_HEADER = {fold(header): column for column, headers in COLUMNS.items() for header in headers}
REQUIRED = ("held_on", "title", "functions")
LONGEST = {"title": 200, "outcome": 5_000}
LONGEST_DAY = 24 * 60
WEIGHTED = re.compile(r"(.+?)\s*[×x*]\s*([1-9]\d?|100)")
YES = {"yes", "y", "true", "1", "x", "sí", "si", "oui"}
NO = {"", "no", "n", "false", "0", "non"}
MOST_ROWS = 20_000


class Unreadable(csv.Unreadable):
    """No rows can be taken from this file at all; sentences in `backbone.logbook_report.UNREADABLE`."""

    def __str__(self):
        return self.code


@dataclass(frozen=True)
class Known:
    """What the initiative has: keys by folded name. A name that two of one kind share has the key None. `there` counts
    the activities that are logged by (day, folded title, minutes)."""

    functions: dict = field(default_factory=dict)
    people: dict = field(default_factory=dict)
    partners: dict = field(default_factory=dict)
    groups: dict = field(default_factory=dict)
    there: Counter = field(default_factory=Counter)
    today: datetime.date = datetime.date.max


@dataclass(frozen=True)
class Row:
    """One activity: keys of what it points to, weights by key of function."""

    number: int
    held_on: datetime.date
    title: str
    minutes: int
    functions: dict
    people: tuple
    partners: tuple
    group: int | None
    outcome: str
    behind_the_scenes: bool
    occurrence: int = 1

    @property
    def key(self):
        return key_of(self.held_on, self.title, self.minutes)


@dataclass(frozen=True)
class Remark:
    """Why the row with this number was refused."""

    row: int
    column: str
    value: str
    code: str


@dataclass
class Logbook:
    rows: list = field(default_factory=list)
    refused: list = field(default_factory=list)
    rows_in_file: int = 0


class _Refused(Exception):
    def __init__(self, column, code, value=None):
        self.column, self.code, self.value = column, code, value


def key_of(held_on, title, minutes):
    """What two activities have in common that are the same one."""
    return held_on, fold(title), minutes


def read(content: bytes, known) -> Logbook:
    """Everything a file says, CSV or XLSX. Raises `Unreadable` or `core.csv.Unreadable` when it is no file of activities."""
    logbook, seen = Logbook(), Counter()
    records = sheets.read(content)
    columns = _columns_of_first(records)
    is_workbook = content.startswith(sheets.WORKBOOK)
    for number, cells in records:
        logbook.rows_in_file += 1
        if logbook.rows_in_file > MOST_ROWS:
            raise Unreadable("rows", limit=MOST_ROWS)
        plain = [csv.restore(cell) for cell in cells] if is_workbook else cells
        written = {column: plain[place] if place < len(plain) else "" for column, place in columns.items()}
        try:
            row = _row(number, written, known, seen)
        except _Refused as refused:
            value = written.get(refused.column, "") if refused.value is None else refused.value
            logbook.refused.append(Remark(number, refused.column, value[:200], refused.code))
        else:
            logbook.rows.append(row)
    return logbook


def header_of(content: bytes):
    """Read no more than the header: raises as `read` does when the file is of another kind or lacks a column."""
    return _columns_of_first(sheets.read(content))


def _columns_of_first(records):
    for _number, header in records:
        return _columns_of(header)
    raise Unreadable("empty")


def _columns_of(header):
    """{column: position} of a header row in any order; columns it does not know are left alone."""
    columns = {}
    for position, title in enumerate(header):
        column = COLUMN_OF_HEADER.get(fold(title))
        if column in columns:
            raise Unreadable("column_twice", column=COLUMNS[column][0])
        if column:
            columns[column] = position
    missing = [COLUMNS[column][0] for column in REQUIRED if column not in columns]
    if not {"minutes", "hours"} & set(columns):
        missing.append(COLUMNS["minutes"][0])
    if missing:
        found = ", ".join(filter(None, map(tidy, header)))[:500]
        raise Unreadable("columns_missing", missing=", ".join(missing), found=found)
    return columns


def _row(number, written, known, seen):
    text = {column: tidy(written.get(column, "")) for column in COLUMNS}
    if not text["title"]:
        raise _Refused("title", "no_title")
    outcome = written.get("outcome", "").strip()
    for column, value in (("title", text["title"]), ("outcome", outcome)):
        if len(value) > LONGEST[column]:
            raise _Refused(column, "too_long")
    groups = _named("group", [text["group"]] if text["group"] else [], known.groups)
    row = Row(
        number=number,
        held_on=_day(text["held_on"], known.today),
        title=text["title"],
        minutes=_minutes(text["minutes"], text["hours"]),
        functions=_functions(_parts(text["functions"]), known.functions),
        people=tuple(_named("people", _parts(text["people"]), known.people)),
        partners=tuple(_named("partners", _parts(text["partners"]), known.partners)),
        group=groups[0] if groups else None,
        outcome=outcome,
        behind_the_scenes=_yes(text["behind_the_scenes"]),
    )
    seen[row.key] += 1
    return Row(**vars(row) | {"occurrence": seen[row.key]})


def _parts(text):
    return [part.strip() for part in text.split(";") if part.strip()]


def _day(text, today):
    if not text:
        raise _Refused("held_on", "no_date")
    try:
        day = written_dates.read(text)
    except written_dates.NotADate as problem:
        raise _Refused("held_on", problem.code) from None
    if day > today:
        raise _Refused("held_on", "not_yet")
    return day


def _minutes(minutes, hours):
    """Whole minutes from one of the two cells; where both are there they must agree."""
    found = {
        _number("minutes", minutes, 1) if minutes else None,
        _number("hours", hours, 60) if hours else None,
    } - {None}
    if not found:
        raise _Refused("minutes", "no_minutes")
    if len(found) > 1:
        raise _Refused("hours", "two_lengths")
    number = found.pop()
    if not 1 <= number <= LONGEST_DAY:
        raise _Refused("minutes" if minutes else "hours", "not_within_a_day")
    return number


def _number(column, text, factor):
    """A whole number of minutes; "1,5" and "1.5" hours are both an hour and a half."""
    try:
        value = Decimal(text.replace(",", ".")) * factor
    except InvalidOperation:
        raise _Refused(column, "not_a_number") from None
    if not value.is_finite() or abs(value) > 100_000:
        raise _Refused(column, "not_a_number")
    return int(value.quantize(Decimal(1), rounding="ROUND_HALF_UP"))


def _functions(names, known):
    weights = {}
    for name in names:
        weighted = None if fold(name) in known else WEIGHTED.fullmatch(name)
        [key] = _named("functions", [weighted[1] if weighted else name], known)
        weights[key] = int(weighted[2]) if weighted else 1
    if not weights:
        raise _Refused("functions", "no_function")
    return weights


def _named(column, names, known):
    """The keys of these names, each once."""
    keys = []
    for name in names:
        if fold(name) not in known:
            raise _Refused(column, f"unknown_{column}", name)
        key = known[fold(name)]
        if key is None:
            raise _Refused(column, "two_of_the_name", name)
        if key not in keys:
            keys.append(key)
    return keys


def _yes(text):
    if text.casefold() in YES | NO:
        return text.casefold() in YES
    raise _Refused("behind_the_scenes", "not_yes_or_no")
