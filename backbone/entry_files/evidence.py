"""A file of evidence entries."""

import datetime
from dataclasses import dataclass, replace
from functools import partial

from backbone import people_range, row_files
from backbone.entry_files.cells import LONGEST_TEXT, choice, link
from backbone.row_files import Columns, Refused, named, parts
from partners.names import fold

FILE = Columns(
    {
        "happened_on": ("Date", "Day", "When", "Fecha", "Día", "Jour"),
        "kind": ("Kind", "Type", "Tipo", "Clase", "Genre"),
        "title": ("What happened", "What", "Title", "Qué pasó", "Qué ocurrió", "Ce qui s'est passé", "Título", "Titre"),
        "description": (
            "What partners did", "Description", "Qué hicieron los socios", "Ce que les partenaires ont fait",
        ),
        "made_easier": (
            "What the backbone made easier", "Qué facilitó el equipo coordinador", "Ce que l'équipe de coordination a facilité",
        ),
        "partners": ("Partners", "Partner", "Organisations", "Organizations", "Socios", "Partenaires"),
        "people": ("People", "Number of people", "Personas", "Personnes"),
        "target_audiences": ("Target audiences", "Target audience", "Públicos destinatarios", "Publics visés"),
        "source_link": ("Link", "Source", "Link to the source", "Enlace", "Fuente", "Lien"),
        "confirmed_by": ("Confirmed by", "Confirmado por", "Confirmé par"),
    },
    required=("happened_on", "kind", "title"),
    longest={
        "title": 300, "description": LONGEST_TEXT, "made_easier": LONGEST_TEXT, "source_link": 500, "confirmed_by": 200,
    },
    several_lines=("description", "made_easier"),
    choices={
        "kind": {
            "public_advocacy": ("public advocacy",),
            "data_use": ("data use",),
            "community_support": ("community support",),
            "community_action": ("community action",),
            "policy_advocacy": ("policy advocacy",),
            "funder_requirement": ("funder requirement",),
        }
    },
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One entry: keys of what it points to. `people` are the least and the most, None where nobody knows."""

    number: int
    happened_on: datetime.date
    kind: str
    title: str
    description: str
    made_easier: str
    partners: tuple
    people: tuple
    target_audiences: tuple
    source_link: str
    confirmed_by: int | None
    confirmed_by_other: str
    occurrence: int = 1

    @property
    def key(self):
        return key_of(self.happened_on, self.kind, self.title)

    @property
    def has_source(self):
        return bool(self.source_link or self.confirmed_by or self.confirmed_by_other)


def key_of(happened_on, kind, title):
    """What two entries have in common that are the same one."""
    return happened_on, kind, fold(title, None)


def read(content, known):
    """Everything a file says, CSV or XLSX; see `row_files.read`."""
    return row_files.read(content, FILE, partial(_row, known, row_files.Occurrences()))


def _row(known, seen, number, written):
    text = FILE.texts(written)
    if not text["title"]:
        raise Refused("title", "no_title")
    contact, other = _who(text["confirmed_by"], known)
    row = Row(
        number=number,
        happened_on=row_files.day("happened_on", text["happened_on"], missing="no_date", latest=known.today),
        kind=choice(FILE, "kind", text["kind"], known),
        title=text["title"],
        description=text["description"],
        made_easier=text["made_easier"],
        partners=tuple(named("partners", parts(text["partners"]), known.partners)),
        people=_people(text["people"]),
        target_audiences=tuple(named("target_audiences", parts(text["target_audiences"]), known.target_audiences)),
        source_link=link("source_link", text["source_link"]),
        confirmed_by=contact,
        confirmed_by_other=other,
    )
    return replace(row, occurrence=seen.of(row.key))


def _people(text):
    try:
        return people_range.read(text)
    except people_range.NotARange as problem:
        raise Refused("people", problem.code) from None


def _who(text, known):
    """(key of a contact, a name that is none): who confirmed it is one of the two, or neither."""
    if not text:
        return None, ""
    if text.casefold() in known.addresses:
        return known.addresses[text.casefold()], ""
    if fold(text) not in known.contacts:
        return None, text
    if known.contacts[fold(text)] is None:
        raise Refused("confirmed_by", "two_of_the_name")
    return known.contacts[fold(text)], ""


def new_in(found, known):
    """(rows that are not there yet, counts of what they would add, what else to say of them)."""
    new = [row for row in found.rows if known.there[row.key] < row.occurrence]
    return new, {"evidence": len(new)}, {"without_source": sum(not row.has_source for row in new)}
