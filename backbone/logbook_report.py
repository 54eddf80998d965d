"""What a check of a file of activities says, as JSON that can be kept, and the sentences it becomes. No database."""

from django.utils.translation import gettext_lazy as _

from backbone import logbook_kinds, row_reports
from backbone.logbook import FILE

UNREADABLE = row_reports.UNREADABLE | {
    "empty": _("The file is empty. Choose a file with a header row and one row for each activity."),
    "too_large": _(
        "This XLSX file holds far more than a log of activities. Keep the one sheet, save it as CSV UTF-8, and choose that file."
    ),
}
REFUSED = row_reports.REFUSED | {
    "no_title": _("What was done is missing. Write it in a few words."),
    "no_date": _("The date is missing. Write it like 2024-03-15."),
    "not_yet": _("This day lies in the future. The log holds what was done."),
    "no_minutes": _("The length is missing. Write minutes, or hours."),
    "not_a_number": _("This is no number. Write minutes like 45, or hours like 1.5."),
    "not_within_a_day": _("An activity lasts from one minute to 24 hours. Write another length."),
    "two_lengths": _("Minutes and hours do not say the same. Keep one of them."),
    "no_function": _("The function is missing. Write at least one; several are separated by semicolons."),
    "unknown_functions": _("There is no such function here. Write it as it is called in the settings."),
    "unknown_people": _(
        "Nobody of the backbone is called so here. Write the name or e-mail address of a director or staff."
    ),
    "unknown_group": _("There is no such committee or group here. Correct the name, or add it first."),
    **logbook_kinds.SENTENCES,
    "unknown_kind": _(
        "There is no such kind. Write community engagement, communication, partner achievement or technical assistance, or "
        "leave it blank for other work."
    ),
    "unknown_engagement_level": _("There is no such level. Write inform, consult, involve, collaborate or lead."),
    "unknown_target_audiences": _(
        "There is no such target audience here. Correct the name, or add it under Policy first."
    ),
    "not_days": _("This is no number of days. Write it like 2 or 2.5."),
}


def report_of(logbook, known):
    """The report as JSON: how many activities are new, and up to 1,000 remarks of each kind."""
    there = [row.number for row in logbook.rows if known.there[row.key] >= row.occurrence]
    return row_reports.report_of(logbook, {"activities": len(logbook.rows) - len(there)}, there)


def readable(report):
    """The report with a sentence beside each remark, ready for the page."""
    return row_reports.readable(report, FILE, REFUSED, UNREADABLE)
