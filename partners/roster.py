"""A file of partners, read without a database: bytes in, rows and everything worth saying about them out.

`read` refuses a row with a reason, never guesses: nothing of a refused row counts for anything. Spellings that fold to
one name become the one most rows use (or the one the initiative already has), and an organisation's sector is the one
most of its rows name, the first on a tie. The words for people are in `partners/roster_report.py`.
"""

import datetime
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from functools import cache

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from core import csv, written_dates
from initiatives.zones import zone_names
from partners.names import fold, tidy

COLUMNS = {
    "organisation": (
        "Organisation",
        "Organization",
        "Organisation name",
        "Partner",
        "Company",
        "Agency",
        "Organización",
    ),
    "sector": ("Sector", "Secteur"),
    "name": ("Name", "Full name", "Contact", "Contact name", "Person", "Nombre", "Nom"),
    "email": ("E-mail", "E-mail address", "Mail", "Mail address", "Correo electrónico", "Courriel"),
    "role": ("Role", "Title", "Job title", "Position", "Función", "Fonction"),
    "groups": ("Groups", "Group", "Working groups", "Committees and groups", "Grupos", "Groupes"),
    "language": ("Language", "Lang", "Idioma", "Langue"),
    "time_zone": ("Time zone", "Zona horaria", "Fuseau horaire"),
    "partner_since": ("Partner since", "Since", "Joined", "Socio desde", "Partenaire depuis"),
    "is_lead": ("Lead contact", "Lead", "Contacto principal", "Contact principal"),
}
REQUIRED = ("organisation", "name", "email")
COLUMN_OF_HEADER = {fold(header): column for column, headers in COLUMNS.items() for header in headers}
LONGEST = {"organisation": 200, "sector": 120, "name": 200, "email": 254, "role": 120, "groups": 120}
LANGUAGES = {
    "en": ("en", "eng", "english", "anglais", "inglés"),
    "es": ("es", "spa", "spanish", "español", "espagnol"),
    "fr": ("fr", "fra", "french", "français", "francés"),
    "ar": ("ar", "ara", "arabic", "árabe", "arabe", "العربية", "عربي"),
}
YES = {"yes", "y", "true", "1", "x", "sí", "si", "oui"}
NO = {"", "no", "n", "false", "0", "non"}
MOST_ROWS = 20_000


class Unreadable(csv.Unreadable):
    """No rows can be taken from this file at all; sentences in `partners.roster_report.UNREADABLE`."""

    def __str__(self):
        return self.code


@dataclass(frozen=True)
class Known:
    """What the initiative already has, by folded name: spellings to keep, sectors of organisations, addresses."""

    sectors: dict = field(default_factory=dict)
    organisations: dict = field(default_factory=dict)
    groups: dict = field(default_factory=dict)
    sector_of: dict = field(default_factory=dict)
    led: frozenset = frozenset()
    addresses: frozenset = frozenset()
    language: str = "en"


@dataclass(frozen=True)
class Row:
    """One person as the file names them. `sector` is the organisation's after conflicts; `organisation_since` its earliest."""

    number: int
    organisation: str
    sector: str
    name: str
    email: str
    role: str
    groups: tuple
    language: str
    partner_since: datetime.date | None
    is_lead: bool
    time_zone: str = ""
    organisation_since: datetime.date | None = None


@dataclass(frozen=True)
class Remark:
    """Something said about a cell: why its row was refused (`code`), or that it was `taken` in another form."""

    row: int
    column: str
    value: str
    code: str = ""
    taken: str = ""


@dataclass(frozen=True)
class Conflict:
    """Two rows, or a row and what is stored (`kept_row` 0), that cannot both hold. `about` is the organisation."""

    code: str
    about: str
    row: int
    value: str
    kept_row: int
    kept: str


@dataclass(frozen=True)
class Repeat:
    """A row whose address an earlier row has."""

    row: int
    email: str
    first_row: int


@dataclass
class Roster:
    rows: list = field(default_factory=list)
    refused: list = field(default_factory=list)
    folded: list = field(default_factory=list)
    conflicts: list = field(default_factory=list)
    repeated: list = field(default_factory=list)
    rows_in_file: int = 0


class _Refused(Exception):
    def __init__(self, column, code):
        self.column, self.code = column, code


def read(content: bytes, known=None) -> Roster:
    """Everything a file says. Raises `Unreadable` or `core.csv.Unreadable` when it is not a file of partners."""
    known = known or Known(language="en")
    roster, raw, first_row_of = Roster(), {}, {}
    records = csv.read(content)
    columns = _columns_of_first(records)
    for number, cells in records:
        roster.rows_in_file += 1
        if roster.rows_in_file > MOST_ROWS:
            raise Unreadable("rows", limit=MOST_ROWS)
        _take(number, cells, columns, known, roster, raw, first_row_of)
    _settle(roster, raw, known)
    return roster


def header_of(content: bytes):
    """Read no more than the header: raises as `read` does when the file is of another kind or lacks a column."""
    return _columns_of_first(csv.read(content))


def _columns_of_first(records):
    for _number, cells in records:
        return columns_of(cells)
    raise Unreadable("empty")


def columns_of(header):
    """{column: position} of a header row in any order; columns it does not know are left alone."""
    columns = {}
    for position, title in enumerate(header):
        column = COLUMN_OF_HEADER.get(fold(title))
        if column in columns:
            raise Unreadable("column_twice", column=COLUMNS[column][0])
        if column:
            columns[column] = position
    missing = [COLUMNS[column][0] for column in REQUIRED if column not in columns]
    if missing:
        raise Unreadable(
            "columns_missing", missing=", ".join(missing), found=", ".join(filter(None, map(tidy, header)))[:500]
        )
    return columns | {"": len(header)}


def _take(number, cells, columns, known, roster, raw, first_row_of):
    """File one record under rows, refused or repeated; `raw` keeps the cells of taken rows as written."""
    written = {
        column: cells[position] if position < len(cells) else "" for column, position in columns.items() if column
    }
    try:
        if any(cell.strip() for cell in cells[columns[""] :]):
            raise _Refused("", "too_many_cells")
        row = _row(number, written, known)
    except _Refused as refused:
        roster.refused.append(Remark(number, refused.column, written.get(refused.column, "")[:200], refused.code))
        return
    first = first_row_of.setdefault(row.email, number)
    if first != number:
        roster.repeated.append(Repeat(number, row.email, first))
        return
    raw[number] = written
    roster.rows.append(row)


def _row(number, written, known):
    text = {column: tidy(cell) for column, cell in written.items()}
    for column in REQUIRED:
        if not text[column]:
            raise _Refused(column, f"no_{column}")
    groups = tuple(filter(None, map(tidy, written.get("groups", "").split(";"))))
    for column, limit in LONGEST.items():
        if any(len(part) > limit for part in (groups if column == "groups" else [text.get(column, "")])):
            raise _Refused(column, "too_long")
    return Row(
        number=number,
        organisation=text["organisation"],
        sector=text.get("sector", ""),
        name=text["name"],
        email=_email(text["email"]),
        role=text.get("role", ""),
        groups=groups,
        language=_language(text.get("language", ""), known.language),
        partner_since=_date(text.get("partner_since", "")),
        is_lead=_yes(text.get("is_lead", "")),
        time_zone=_time_zone(text.get("time_zone", "")),
    )


def _email(text):
    email = text.lower()
    try:
        validate_email(email)
    except ValidationError:
        raise _Refused("email", "not_an_address") from None
    return email


def _language(text, default):
    if not text:
        return default
    for code, words in LANGUAGES.items():
        if text.casefold() in words or re.fullmatch(rf"{code}[-_][a-z]{{2}}", text.casefold()):
            return code
    raise _Refused("language", "unknown_language")


def _time_zone(text):
    """A name of the time zone database in any case, "america/new york" among them; "" is where the initiative is."""
    name = _zone_names().get(text.casefold().replace(" ", "_")) if text else ""
    if name is None:
        raise _Refused("time_zone", "unknown_time_zone")
    return name


@cache
def _zone_names():
    return {name.casefold(): name for name in zone_names()}


def _date(text):
    try:
        return written_dates.read(text) if text else None
    except written_dates.NotADate as problem:
        raise _Refused("partner_since", problem.code) from None


def _yes(text):
    if text.casefold() in YES | NO:
        return text.casefold() in YES
    raise _Refused("is_lead", "not_yes_or_no")


def _settle(roster, raw, known):
    """Give every row one spelling per name, one sector per organisation and one lead contact; note what was changed."""
    rows = roster.rows
    organisations = _spellings((row.organisation for row in rows), known.organisations)
    sectors = _spellings((row.sector for row in rows if row.sector), known.sectors)
    groups = _spellings((group for row in rows for group in row.groups), known.groups)
    sector_of = _sectors_of_organisations(rows, sectors, known, roster.conflicts, organisations)
    leads = _leads(rows, known, roster.conflicts, organisations)
    since = defaultdict(list)
    for row in rows:
        if row.partner_since:
            since[fold(row.organisation)].append(row.partner_since)
    for index, row in enumerate(rows):
        key = fold(row.organisation)
        sector = sectors[fold(row.sector)] if row.sector else ""
        rows[index] = replace(
            row,
            organisation=organisations[key],
            sector=sector_of.get(key, ""),
            groups=tuple(dict.fromkeys(groups[fold(group)] for group in row.groups)),
            is_lead=leads.get(key) == row.number,
            organisation_since=min(since[key], default=None),
        )
        roster.folded += _foldings(raw[row.number], rows[index], sector)


def _spellings(names, known):
    """{folded: the spelling to use}: the known one, else the one most rows use, else the first."""
    counts = defaultdict(Counter)
    for name in names:
        counts[fold(name)][name] += 1
    return {key: known.get(key) or spellings.most_common(1)[0][0] for key, spellings in counts.items()}


def _sectors_of_organisations(rows, sectors, known, conflicts, organisations):
    """{folded organisation: sector}, by majority; every row that names another is a conflict with a row that won."""
    named = defaultdict(list)
    for row in rows:
        if row.sector:
            named[fold(row.organisation)].append((fold(row.sector), row.number))
    winners = {}
    for key, votes in named.items():
        stored = key in known.organisations
        winner = (
            fold(known.sector_of.get(key, "")) if stored else Counter(vote for vote, _ in votes).most_common(1)[0][0]
        )
        winners[key] = known.sector_of.get(key, "") if stored else sectors[winner]
        kept_row = 0 if stored else next(number for vote, number in votes if vote == winner)
        conflicts += [
            Conflict("sector", organisations[key], number, sectors[vote], kept_row, winners[key])
            for vote, number in votes
            if vote != winner
        ]
    return winners


def _leads(rows, known, conflicts, organisations):
    """{folded organisation: number of the row that is its lead contact}: the first row that says so, unless one is stored."""
    leads = {}
    names = {row.number: row.name for row in rows}
    for row in rows:
        key = fold(row.organisation)
        if not row.is_lead or row.email in known.addresses:
            continue
        if key in known.led:
            conflicts.append(Conflict("lead", organisations[key], row.number, row.name, 0, ""))
        elif leads.setdefault(key, row.number) != row.number:
            kept = leads[key]
            conflicts.append(Conflict("lead", organisations[key], row.number, row.name, kept, names[kept]))
    return leads


def _foldings(written, row, sector):
    """A remark for each cell that was taken in another form than it was written; `sector` is the row's own."""
    taken = {
        "organisation": row.organisation,
        "sector": sector,
        "name": row.name,
        "email": row.email,
        "role": row.role,
    }
    remarks = [
        Remark(row.number, column, written[column], taken=value)
        for column, value in taken.items()
        if column in written and written[column] != value
    ]
    parts = [part.strip() for part in written.get("groups", "").split(";") if part.strip()]
    remarks += [
        Remark(row.number, "groups", part, taken=group)
        for part in parts
        for group in row.groups
        if part != group and fold(part) == fold(group)
    ]
    date = written.get("partner_since", "").strip()
    if row.partner_since and date != row.partner_since.isoformat():
        remarks.append(Remark(row.number, "partner_since", date, taken=row.partner_since.isoformat()))
    return remarks
