"""A file of money and help in kind."""

import datetime
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from itertools import pairwise

from babel.numbers import list_currencies

from backbone import row_files
from backbone.entry_files.cells import LONGEST_TEXT, amount, choice, link
from backbone.row_files import Columns, Refused, named
from partners.names import fold

FILE = Columns(
    {
        "title": ("What for", "What", "Title", "Para qué", "Pour quoi"),
        "kind": ("Money or in kind", "Kind", "Dinero o en especie", "Argent ou en nature"),
        "origin": ("New or redirected", "Nuevo o reorientado", "Nouveau ou réorienté"),
        "source": ("Public or private", "Público o privado", "Public ou privé"),
        "giver": ("From", "Giver", "From whom", "De", "Donante", "Donateur"),
        "recipient": ("To", "To whom", "A quién", "À qui"),
        "receiver": ("To which partner", "A qué socio", "À quel partenaire"),
        "amount": ("Amount", "How much", "Importe", "Monto", "Montant"),
        "currency": ("Currency", "Moneda", "Monnaie", "Devise"),
        "asked_on": ("Asked for on", "Pedido el", "Demandé le"),
        "pledged_on": ("Pledged on", "Prometido el", "Promis le"),
        "received_on": ("Received on", "Recibido el", "Reçu le"),
        "fell_through_on": ("Fell through on", "Cancelado el", "Abandonné le"),
        "starts_on": ("From (time)", "For the time from", "Desde", "À partir de"),
        "ends_on": ("Until", "Hasta", "Jusqu'à"),
        "note": ("Note", "Notes", "Nota", "Remarque"),
        "source_link": ("Link", "Link to the source", "Enlace", "Fuente", "Lien"),
    },
    required=("title", "kind", "origin", "source", "recipient"),
    longest={"title": 300, "giver": 200, "note": LONGEST_TEXT, "source_link": 500},
    several_lines=("note",),
    either=("received_on", "pledged_on", "asked_on"),
    choices={
        "kind": {"money": ("money",), "in_kind": ("in kind",)},
        "origin": {"new": ("new",), "redirected": ("redirected",)},
        "source": {"public": ("public",), "private": ("private",)},
        "recipient": {
            "partners": ("partners", "partner"),
            "initiative": ("the initiative",),
            "backbone": ("the backbone",),
        },
    },
)
DAYS = ("asked_on", "pledged_on", "received_on", "fell_through_on")
CURRENCIES = frozenset(list_currencies())


@dataclass(frozen=True)
class Row:
    """One resource: keys of the partners that give and receive, or the giver's name."""

    number: int
    title: str
    kind: str
    origin: str
    source: str
    giver: int | None
    giver_name: str
    # As the cell names the giver, partner or not.
    giver_label: str
    recipient: str
    receiver: int | None
    amount: Decimal | None
    currency: str
    asked_on: datetime.date | None
    pledged_on: datetime.date | None
    received_on: datetime.date | None
    fell_through_on: datetime.date | None
    starts_on: datetime.date | None
    ends_on: datetime.date | None
    note: str
    source_link: str
    occurrence: int = 1

    @property
    def days(self):
        return self.asked_on, self.pledged_on, self.received_on

    @property
    def first_day(self):
        return min(filter(None, self.days))

    @property
    def key(self):
        return key_of(self.title, self.giver_label, self.amount, self.currency, self.days)


def key_of(title, giver, amount, currency, days):
    """What two resources have in common that are the same one. `days`: asked for, pledged, received; the first counts, since
    the later ones are still to come where a file was written earlier."""
    return fold(title, None), fold(giver), amount, currency, min(filter(None, days), default=None)


def read(content, known):
    """Everything a file says, CSV or XLSX; see `row_files.read`."""
    return row_files.read(content, FILE, partial(_row, known, row_files.Occurrences()))


def _row(known, seen, number, written):
    text = FILE.texts(written)
    if not text["title"]:
        raise Refused("title", "no_purpose")
    giver = known.partners.get(fold(text["giver"])) if text["giver"] else None
    row = Row(
        number=number,
        title=text["title"],
        **{column: choice(FILE, column, text[column], known) for column in ("kind", "origin", "source")},
        giver=giver,
        giver_name="" if giver else text["giver"],
        giver_label=text["giver"],
        **_to(text, known),
        **_worth(text),
        **_days(text, known.today),
        note=text["note"],
        source_link=link("source_link", text["source_link"]),
    )
    if row.kind == "money" and row.amount is None:
        raise Refused("amount", "no_amount")
    return replace(row, occurrence=seen.of(row.key))


def _to(text, known):
    recipient = choice(FILE, "recipient", text["recipient"], known)
    receivers = named("receiver", [text["receiver"]] if text["receiver"] else [], known.partners)
    if receivers and recipient != "partners":
        raise Refused("receiver", "to_no_partner")
    return {"recipient": recipient, "receiver": receivers[0] if receivers else None}


def _worth(text):
    """The amount with its currency; where nobody knows an amount, a currency says nothing."""
    found, code = amount("amount", text["amount"]), text["currency"].upper()
    if found is None:
        return {"amount": None, "currency": ""}
    if code not in CURRENCIES:
        raise Refused("currency", "not_a_currency" if code else "no_currency")
    return {"amount": found, "currency": code}


def _days(text, today):
    days = {column: row_files.day(column, text[column], latest=today) for column in DAYS}
    if not any(days[column] for column in DAYS[:3]):
        raise Refused("received_on", "no_day")
    if days["received_on"] and days["fell_through_on"]:
        raise Refused("fell_through_on", "two_ends")
    known = [column for column in DAYS if days[column]]
    for earlier, later in pairwise(known):
        if days[later] < days[earlier]:
            raise Refused(later, "days_in_disorder")
    time = {column: row_files.day(column, text[column]) for column in ("starts_on", "ends_on")}
    if all(time.values()) and time["ends_on"] < time["starts_on"]:
        raise Refused("ends_on", "ends_before_it_starts")
    return days | time


def new_in(found, known):
    """(rows that are not there yet, counts of what they would add, what else to say of them)."""
    new = [row for row in found.rows if known.there[row.key] < row.occurrence]
    return new, {"resources": len(new)}, {}
