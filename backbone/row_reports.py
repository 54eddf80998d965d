"""What a check of a file of rows says, as JSON that can be kept, and the sentences it becomes. No database."""

from dataclasses import astuple

from django.utils.translation import gettext_lazy as _

from backbone.row_files import Remark
from core import sheets
from partners import roster_report

MOST_LISTED = roster_report.MOST_LISTED
UNREADABLE = {
    **sheets.SENTENCES,
    **roster_report.UNREADABLE,
    "empty": _("The file is empty. Choose a file with a header row and one row for each thing."),
    "not_text": _("This is neither a CSV nor an XLSX file. In your spreadsheet program choose one of the two."),
    "too_large": _(
        "This XLSX file holds far more than rows of this kind. Keep the one sheet, save it as CSV UTF-8, and choose that file."
    ),
}
REFUSED = {
    "unknown_partners": _("There is no such partner here. Correct the name, or add the organisation first."),
    "two_of_the_name": _("Two people here have this name. Write the e-mail address instead."),
    **{code: roster_report.REFUSED[code] for code in (
        "not_a_date", "no_such_date", "date_of_two_meanings", "not_yes_or_no", "too_long"
    )},
}  # fmt: skip


def report_of(found, new, there):
    """The report as JSON: counts of what is `new` by name, the numbers of rows that are there, and up to 1,000 remarks."""
    return {
        "rows_in_file": found.rows_in_file,
        "new": new,
        "counts": {"refused": len(found.refused), "already_there": len(there)},
        "refused": [astuple(remark) for remark in found.refused[:MOST_LISTED]],
        "already_there": there[:MOST_LISTED],
    }


def readable(report, columns, sentences, unreadable=UNREADABLE):
    """The report with a sentence beside each remark, ready for the page. `sentences` says what to do, by code."""
    if "unreadable" in report:
        return {"problem": problem_of(report, unreadable)}

    def refusal(remark):
        # The names of the columns are kept in English beside the translations: they are those of the template.
        label = columns.headers[remark.column][0]
        told = {
            "limit": columns.longest.get(remark.column),
            "choices": ", ".join(words[0] for words in columns.choices.get(remark.column, {}).values()),
        }
        what_to_do = str(sentences[remark.code]) % told
        return {"row": remark.row, "column": label, "value": remark.value, "what_to_do": what_to_do}

    return report | {"refused": [refusal(Remark(*values)) for values in report.get("refused", [])]}


def problem_of(report, unreadable=UNREADABLE):
    """The sentence about a file that could not be read at all."""
    return str(unreadable[report["unreadable"]]) % report.get("params", {})
