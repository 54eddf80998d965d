"""A file of past activities, read without a database: bytes in, rows and everything worth saying about them out.

`read` refuses a row with a reason and never guesses: a function, person, partner or group that is not here is not made
up. Two rows of one day, title and length are two activities; `occurrence` counts them, so that the same file again adds
nothing.
"""

import datetime
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from backbone import logbook_kinds, row_files
from backbone.row_files import Columns, Refused, named, parts
from partners.names import fold

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
    **logbook_kinds.COLUMNS,
}
REQUIRED = ("held_on", "title", "functions")
LONGEST = {"title": 200, "outcome": 5_000, **logbook_kinds.LONGEST}
FILE = Columns(COLUMNS, REQUIRED, LONGEST, several_lines=("outcome",), either=("minutes", "hours"))
LONGEST_DAY = 24 * 60
WEIGHTED = re.compile(r"(.+?)\s*[×x*]\s*([1-9]\d?|100)")
MOST_ROWS = row_files.MOST_ROWS


@dataclass(frozen=True)
class Known:
    """What the initiative has: keys by folded name. A name that two of one kind share has the key None. `there` counts
    the activities that are logged by (day, folded title, minutes); `policy` is the key of the function for policy."""

    functions: dict = field(default_factory=dict)
    people: dict = field(default_factory=dict)
    partners: dict = field(default_factory=dict)
    groups: dict = field(default_factory=dict)
    target_audiences: dict = field(default_factory=dict)
    kinds: dict = field(default_factory=dict)
    levels: dict = field(default_factory=dict)
    policy: int | None = None
    there: Counter = field(default_factory=Counter)
    today: datetime.date = datetime.date.max


@dataclass(frozen=True)
class Row:
    """One activity: keys of what it points to, weights by key of function, and the columns of its kind in `facts`."""

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
    facts: dict
    target_audiences: tuple
    occurrence: int = 1

    @property
    def key(self):
        return key_of(self.held_on, self.title, self.minutes)


def key_of(held_on, title, minutes):
    """What two activities have in common that are the same one."""
    return held_on, fold(title), minutes


def read(content: bytes, known) -> row_files.Found:
    """Everything a file says, CSV or XLSX. Raises `Unreadable` or `core.csv.Unreadable` when it is no file of activities."""
    seen = row_files.Occurrences()
    return row_files.read(
        content, FILE, lambda number, written: _row(number, written, known, seen), most_rows=MOST_ROWS
    )


def _row(number, written, known, seen):
    text = FILE.texts(written)
    if not text["title"]:
        raise Refused("title", "no_title")
    groups = named("group", [text["group"]] if text["group"] else [], known.groups)
    row = Row(
        number=number,
        held_on=row_files.day("held_on", text["held_on"], missing="no_date", latest=known.today),
        title=text["title"],
        minutes=_minutes(text["minutes"], text["hours"]),
        functions=_functions(parts(text["functions"]), known.functions),
        people=tuple(named("people", parts(text["people"]), known.people)),
        partners=tuple(named("partners", parts(text["partners"]), known.partners)),
        group=groups[0] if groups else None,
        outcome=text["outcome"],
        behind_the_scenes=row_files.yes("behind_the_scenes", text["behind_the_scenes"]),
        facts=logbook_kinds.facts_of(text, known),
        target_audiences=logbook_kinds.target_audiences_of(text, known),
    )
    logbook_kinds.check(text, row.facts["kind"], serves_policy=known.policy in row.functions)
    return replace(row, occurrence=seen.of(row.key))


def _minutes(minutes, hours):
    """Whole minutes from one of the two cells; where both are there they must agree."""
    found = {
        _number("minutes", minutes, 1) if minutes else None,
        _number("hours", hours, 60) if hours else None,
    } - {None}
    if not found:
        raise Refused("minutes", "no_minutes")
    if len(found) > 1:
        raise Refused("hours", "two_lengths")
    number = found.pop()
    if not 1 <= number <= LONGEST_DAY:
        raise Refused("minutes" if minutes else "hours", "not_within_a_day")
    return number


def _number(column, text, factor):
    """A whole number of minutes; "1,5" and "1.5" hours are both an hour and a half."""
    try:
        value = Decimal(text.replace(",", ".")) * factor
    except InvalidOperation:
        raise Refused(column, "not_a_number") from None
    if not value.is_finite() or abs(value) > 100_000:
        raise Refused(column, "not_a_number")
    return int(value.quantize(Decimal(1), rounding="ROUND_HALF_UP"))


def _functions(names, known):
    weights = {}
    for name in names:
        weighted = None if fold(name) in known else WEIGHTED.fullmatch(name)
        [key] = named("functions", [weighted[1] if weighted else name], known)
        weights[key] = int(weighted[2]) if weighted else 1
    if not weights:
        raise Refused("functions", "no_function")
    return weights
