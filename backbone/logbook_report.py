"""What a check of a file of activities says, as JSON that can be kept, and the sentences it becomes. No database."""

from dataclasses import astuple

from django.utils.translation import gettext_lazy as _

from backbone.logbook import COLUMNS, LONGEST, Remark
from core import sheets
from partners import roster_report

MOST_LISTED = roster_report.MOST_LISTED
UNREADABLE = {
    **sheets.SENTENCES,
    **roster_report.UNREADABLE,
    "empty": _("The file is empty. Choose a file with a header row and one row for each activity."),
    "not_text": _("This is neither a CSV nor an XLSX file. In your spreadsheet program choose one of the two."),
    "too_large": _(
        "This XLSX file holds far more than a log of activities. Keep the one sheet, save it as CSV UTF-8, and choose that file."
    ),
}
REFUSED = {
    "no_title": _("What was done is missing. Write it in a few words."),
    "no_date": _("The date is missing. Write it like 2024-03-15."),
    "not_yet": _("This day lies in the future. The log holds what was done."),
    "no_minutes": _("The length is missing. Write minutes, or hours."),
    "not_a_number": _("This is no number. Write minutes like 45, or hours like 1.5."),
    "not_within_a_day": _("An activity lasts from one minute to 24 hours. Write another length."),
    "two_lengths": _("Minutes and hours do not say the same. Keep one of them."),
    "no_function": _("The function is missing. Write at least one; several are separated by semicolons."),
    "unknown_functions": _("There is no such function here. Write it as it is called in the settings."),
    "unknown_people": _("Nobody of the backbone is called so here. Write the name or e-mail address of a director or staff."),
    "unknown_partners": _("There is no such partner here. Correct the name, or add the organisation first."),
    "unknown_group": _("There is no such committee or group here. Correct the name, or add it first."),
    "two_of_the_name": _("Two people here have this name. Write the e-mail address instead."),
    **{code: roster_report.REFUSED[code] for code in (
        "not_a_date", "no_such_date", "date_of_two_meanings", "not_yes_or_no", "too_long"
    )},
}  # fmt: skip
# Kept in English beside the translations above: the names of the columns are those of the template.
LABELS = {column: headers[0] for column, headers in COLUMNS.items()}


def report_of(logbook, known):
    """The report as JSON: how many activities are new, and up to 1,000 remarks of each kind."""
    there = [row.number for row in logbook.rows if known.there[row.key] >= row.occurrence]
    return {
        "rows_in_file": logbook.rows_in_file,
        "new": {"activities": len(logbook.rows) - len(there)},
        "counts": {"refused": len(logbook.refused), "already_there": len(there)},
        "refused": [astuple(remark) for remark in logbook.refused[:MOST_LISTED]],
        "already_there": there[:MOST_LISTED],
    }


def readable(report):
    """The report with a sentence beside each remark, ready for the page."""
    if "unreadable" in report:
        return {"problem": problem_of(report)}
    return report | {"refused": [_refusal(Remark(*values)) for values in report.get("refused", [])]}


def problem_of(report):
    """The sentence about a file that could not be read at all."""
    return str(UNREADABLE[report["unreadable"]]) % report.get("params", {})


def _refusal(remark):
    what_to_do = str(REFUSED[remark.code]) % {"limit": LONGEST.get(remark.column, 0)}
    return {"row": remark.row, "column": LABELS[remark.column], "value": remark.value, "what_to_do": what_to_do}
