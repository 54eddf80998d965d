"""What a check of a file says, as JSON that can be kept, and the sentences that it becomes on the page. No database."""

from dataclasses import astuple

from django.utils.translation import gettext_lazy as _

from core import csv
from partners.names import fold
from partners.roster import COLUMNS, LONGEST, Conflict, Remark

MOST_LISTED = 1_000
UNREADABLE = {
    "rows": _(
        "The file has more than %(limit)s rows. Split it into several files and upload them one after the other."
    ),
    "columns_missing": _(
        "The file has no column %(missing)s. Its first row reads: %(found)s. Name the columns as in the template and upload the file again."
    ),
    "column_twice": _("The file has the column %(column)s twice. Keep one of the two and upload the file again."),
    "stopped": _(
        "The import stopped because of an error on our side. What was imported stays. Upload the same file again: those already there are passed over."
    ),
}
REFUSED = {
    "no_organisation": _("The organisation is missing. Write its name."),
    "no_name": _("The name is missing. Write the person's name."),
    "no_email": _("The e-mail address is missing. Write it, since partners are asked by mail."),
    "not_an_address": _("This is not an e-mail address. Write it like name@example.org."),
    "unknown_language": _("This language is not offered. Write en, es or fr, or leave the cell blank."),
    "unknown_time_zone": _("This is no time zone. Write it like Europe/Paris, or leave the cell blank."),
    "not_a_date": _("This cannot be read as a date. Write it like 2024-03-15."),
    "no_such_date": _("This date does not exist. Write it like 2024-03-15."),
    "date_of_two_meanings": _("Day and month could be either way round here. Write the date like 2024-03-15."),
    "not_yes_or_no": _("Write yes or no, or leave the cell blank."),
    "too_long": _("This is longer than %(limit)s characters. Shorten it."),
    "too_many_cells": _("The row has more cells than the first row. Put text that holds a comma in quotation marks."),
}
CONFLICTS = {
    "sector": _("Row %(row)s names the sector “%(value)s”, row %(kept_row)s “%(kept)s”. Imported as “%(kept)s”."),
    "sector_stored": _(
        "Row %(row)s names the sector “%(value)s”; here the organisation has “%(kept)s”. Nothing was changed: change it on the organisation's page if the file is right."
    ),
    "sector_missing": _(
        "Row %(row)s names the sector “%(value)s”; here the organisation has none. Nothing was changed: set it on the organisation's page if the file is right."
    ),
    "lead": _(
        "Row %(row)s is marked as lead contact, and so is row %(kept_row)s (%(kept)s). The earlier row was taken."
    ),
    "lead_stored": _("Row %(row)s is marked as lead contact; the organisation has one already, who stays."),
}
# Kept in English beside the translations above: the names of the columns are those of the template.
LABELS = {column: headers[0] for column, headers in COLUMNS.items()} | {"": ""}


def report_of(roster, known):
    """The report as JSON: what would be added (`new`), how many rows of each kind, and up to 1,000 remarks of each."""
    new = [row for row in roster.rows if row.email not in known.addresses]
    numbers = {row.number for row in new}
    folded = [remark for remark in roster.folded if remark.row in numbers]
    conflicts = [conflict for conflict in roster.conflicts if {conflict.row, conflict.kept_row} & numbers]
    there = [(row.number, row.email, 0) for row in roster.rows if row.email in known.addresses]
    there += [astuple(repeat) for repeat in roster.repeated]
    return {
        "rows_in_file": roster.rows_in_file,
        "new": _new(new, known),
        "counts": {
            "refused": len(roster.refused),
            "folded": len(folded),
            "conflicts": len(conflicts),
            "already_there": len(there),
        },
        "refused": [astuple(remark) for remark in roster.refused[:MOST_LISTED]],
        "folded": [astuple(remark) for remark in folded[:MOST_LISTED]],
        "conflicts": [astuple(conflict) for conflict in conflicts[:MOST_LISTED]],
        "already_there": sorted(there)[:MOST_LISTED],
    }


def _new(rows, known):
    organisations = {fold(row.organisation): row for row in rows if fold(row.organisation) not in known.organisations}
    groups = {fold(group) for row in rows for group in row.groups}
    sectors = {fold(row.sector) for row in organisations.values() if row.sector}
    return {
        "contacts": len(rows),
        "organisations": len(organisations),
        "sectors": len(sectors - set(known.sectors)),
        "groups": len(groups - set(known.groups)),
        "seats": sum(len(row.groups) for row in rows),
    }


def readable(report):
    """The report with a sentence beside each remark, ready for the page."""
    if "unreadable" in report:
        return {"problem": problem_of(report)}
    return report | {
        "refused": [_refusal(Remark(*values)) for values in report.get("refused", [])],
        "folded": [_folding(Remark(*values)) for values in report.get("folded", [])],
        "conflicts": [_conflict(Conflict(*values)) for values in report.get("conflicts", [])],
        "already_there": [
            {"row": row, "email": email, "first_row": first} for row, email, first in report.get("already_there", [])
        ],
    }


def problem_of(report):
    """The sentence about a file that could not be read at all."""
    sentences = {**csv.SENTENCES, **UNREADABLE}
    return str(sentences[report["unreadable"]]) % report.get("params", {})


def _refusal(remark):
    what_to_do = str(REFUSED[remark.code]) % {"limit": LONGEST.get(remark.column, 0)}
    return {"row": remark.row, "column": LABELS[remark.column], "value": remark.value, "what_to_do": what_to_do}


def _folding(remark):
    return {"row": remark.row, "column": LABELS[remark.column], "value": remark.value, "taken": remark.taken}


def _conflict(conflict):
    code = conflict.code
    if not conflict.kept_row:
        code = f"{code}_stored" if conflict.kept or code == "lead" else f"{code}_missing"
    return {"about": conflict.about, "sentence": str(CONFLICTS[code]) % vars(conflict)}
