"""A file of policy items, one row for each stage that an item reached; rows of one policy make one item."""

import datetime
from dataclasses import dataclass, field, replace
from functools import partial

from backbone import row_files
from backbone.entry_files.cells import LONGEST_TEXT, choice, link
from backbone.row_files import Columns, Refused, named, parts
from partners.names import fold

FILE = Columns(
    {
        "title": ("Policy", "Title", "Política", "Politique"),
        "jurisdiction": ("Jurisdiction", "Jurisdicción", "Juridiction"),
        "description": ("What it would change", "Description", "Qué cambiaría", "Ce que cela changerait"),
        "target_audiences": ("Target audiences", "Target audience", "Públicos destinatarios", "Publics visés"),
        "stage": ("Stage", "Etapa", "Étape"),
        "alignment": ("Alignment", "Alignment with the agenda", "Alineación", "Alignement"),
        "reached_on": ("Since", "Date", "Reached on", "Desde", "Depuis"),
        "note": ("Note", "Notes", "What was said", "Nota", "Remarque"),
        "source_link": ("Link", "Source", "Link to the source", "Enlace", "Fuente", "Lien"),
    },
    required=("title", "stage", "alignment", "reached_on"),
    longest={"title": 300, "jurisdiction": 200, "description": LONGEST_TEXT, "note": LONGEST_TEXT, "source_link": 500},
    several_lines=("description", "note"),
    choices={
        "stage": {
            "idea": ("idea",),
            "drafted": ("drafted",),
            "introduced": ("introduced",),
            "adopted": ("adopted",),
            "in_force": ("in force",),
            "lost": ("lost",),
        },
        "alignment": {
            "against": ("against the agenda",),
            "not": ("not aligned",),
            "partly": ("partly aligned",),
            "fully": ("fully aligned",),
        },
    },
)
STAGE = ("stage", "alignment", "reached_on", "note", "source_link")


@dataclass(frozen=True)
class Row:
    """A stage with its item; without `stage` it is the item alone. Title, description and audiences are those of the whole
    file's rows of this policy, `item` the key of the item where it is there."""

    number: int
    item: int | None
    title: str
    jurisdiction: str
    description: str
    target_audiences: tuple
    stage: str
    alignment: str
    reached_on: datetime.date | None
    note: str
    source_link: str
    occurrence: int = 1

    @property
    def item_key(self):
        return item_key_of(self.title, self.jurisdiction)

    @property
    def key(self):
        return key_of(self.title, self.jurisdiction, self.stage, self.reached_on)


@dataclass
class _Item:
    """What the rows of one policy say about it together."""

    title: str
    jurisdiction: str
    description: str = ""
    target_audiences: list = field(default_factory=list)

    def add(self, row):
        if self.description and row.description and row.description != self.description:
            raise Refused("description", "another_description")
        self.description = self.description or row.description
        self.target_audiences += [each for each in row.target_audiences if each not in self.target_audiences]

    @property
    def told(self):
        return {
            "title": self.title,
            "jurisdiction": self.jurisdiction,
            "description": self.description,
            "target_audiences": tuple(self.target_audiences),
        }


def item_key_of(title, jurisdiction):
    """What two policy items have in common that are the same one."""
    return fold(title, None), fold(jurisdiction, None)


def key_of(title, jurisdiction, stage, reached_on):
    """What two stages have in common that are the same one."""
    return item_key_of(title, jurisdiction), stage, reached_on


def read(content, known):
    """Everything a file says, CSV or XLSX; see `row_files.read`."""
    items = {}
    found = row_files.read(content, FILE, partial(_row, known, row_files.Occurrences(), items))
    told = {key: item.told for key, item in items.items()}
    found.rows = [replace(row, **told[row.item_key]) for row in found.rows]
    return found


def _row(known, seen, items, number, written):
    text = FILE.texts(written)
    if not text["title"]:
        raise Refused("title", "no_policy")
    key = item_key_of(text["title"], text["jurisdiction"])
    if key in known.items and known.items[key] is None:
        raise Refused("title", "two_of_the_policy")
    row = Row(
        number=number,
        item=known.items.get(key),
        title=text["title"],
        jurisdiction=text["jurisdiction"],
        description=text["description"],
        target_audiences=tuple(named("target_audiences", parts(text["target_audiences"]), known.target_audiences)),
        **_stage(text, known),
    )
    items.setdefault(key, _Item(row.title, row.jurisdiction)).add(row)
    return replace(row, occurrence=seen.of(row.key))


def _stage(text, known):
    """The stage that a row tells of. A row without one says nothing about it in any of its cells."""
    if not any(text[column] for column in STAGE):
        return {"stage": "", "alignment": "", "reached_on": None, "note": "", "source_link": ""}
    return {
        "stage": choice(FILE, "stage", text["stage"], known),
        "alignment": choice(FILE, "alignment", text["alignment"], known),
        "reached_on": row_files.day("reached_on", text["reached_on"], missing="no_date", latest=known.today),
        "note": text["note"],
        "source_link": link("source_link", text["source_link"]),
    }


def new_in(found, known):
    """(rows that are not there yet, counts of what they would add, what else to say of them)."""
    new = [row for row in found.rows if _is_new(row, known)]
    items = {row.item_key for row in new if row.item is None}
    return new, {"policies": len(items), "stages": sum(bool(row.stage) for row in new)}, {}


def _is_new(row, known):
    if row.stage:
        return known.there[row.key] < row.occurrence
    return row.item is None and row.occurrence == 1
