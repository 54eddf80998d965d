"""What a check of a file of entries says, and the sentences it becomes. No database."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backbone import people_range, row_reports
from backbone.entry_files import KINDS

UNREADABLE = row_reports.UNREADABLE
REFUSED = (
    row_reports.REFUSED
    | people_range.SENTENCES
    | {
        "no_title": gettext_lazy("What happened is missing. Write it in a few words."),
        "no_policy": gettext_lazy("The name of the policy is missing. Write it."),
        "no_purpose": gettext_lazy("What it is for is missing. Write it in a few words."),
        "no_date": gettext_lazy("The date is missing. Write it like 2024-03-15."),
        "not_yet": gettext_lazy("This day lies in the future. Write the day on which it happened."),
        "not_a_choice": gettext_lazy("Write one of these: %(choices)s."),
        "not_a_link": gettext_lazy(
            "This is no link. Write the whole address, beginning with https://, or leave it blank."
        ),
        "unknown_target_audiences": gettext_lazy(
            "There is no such target audience here. Correct the name, or add it first."
        ),
        "unknown_receiver": gettext_lazy(
            "There is no such partner here. Correct the name, or add the organisation first."
        ),
        "another_description": gettext_lazy(
            "Another row says something else about what this policy would change. Write it in one row, or the same in all."
        ),
        "two_of_the_policy": gettext_lazy(
            "Two policies here have this name and jurisdiction. Change or delete one of them first."
        ),
        "no_amount": gettext_lazy("Write how much money it is."),
        "not_an_amount": gettext_lazy(
            "This is no amount. Write the number alone, with at most two decimals, like 1234.50; the currency has its own column."
        ),
        "amount_of_two_meanings": gettext_lazy(
            "This could be a thousand or decimals. Write it without a separator of thousands, like 1234 or 1234.50."
        ),
        "amount_out_of_range": gettext_lazy(
            "Write an amount above zero and below a thousand billions, or leave it blank where nobody knows the value."
        ),
        "no_currency": gettext_lazy("Write the currency of the amount, three letters such as USD."),
        "not_a_currency": gettext_lazy("This is no currency code. Use three letters, such as USD, EUR or MXN."),
        "to_no_partner": gettext_lazy("It goes to no partner. Leave this blank, or write partners in the column To."),
        "no_day": gettext_lazy("Write at least one day: asked for, pledged or received."),
        "two_ends": gettext_lazy("It was received, or it fell through. Keep one of the two days."),
        "days_in_disorder": gettext_lazy(
            "It is asked for first, then pledged, then received or fallen through. Change one of the days."
        ),
        "ends_before_it_starts": gettext_lazy("The end lies before the start. Change one of the two dates."),
    }
)


def report_of(kind, found, known):
    """The report as JSON: counts of what is new, up to 1,000 remarks, and `counts` of what else is worth saying."""
    new, counts, more = KINDS[kind].new_in(found, known)
    numbers = {row.number for row in new}
    report = row_reports.report_of(found, counts, [row.number for row in found.rows if row.number not in numbers])
    return report | {"counts": report["counts"] | more}


def readable(kind, report):
    """The report with a sentence beside each remark, ready for the page; `would_add` is what is new in words."""
    found = row_reports.readable(report, KINDS[kind].FILE, REFUSED)
    return found | {"would_add": in_words(report.get("new", {}))}


def in_words(counts):
    """What was or would be added, such as "2 policy items and 5 stages"; "" where it is nothing."""
    words = {
        "evidence": ngettext("%(number)s evidence entry", "%(number)s evidence entries", counts.get("evidence", 0)),
        "policies": ngettext("%(number)s policy item", "%(number)s policy items", counts.get("policies", 0)),
        "stages": ngettext("%(number)s stage", "%(number)s stages", counts.get("stages", 0)),
        "resources": ngettext("%(number)s resource", "%(number)s resources", counts.get("resources", 0)),
    }
    told = [words[name] % {"number": counts[name]} for name in words if counts.get(name)]
    return _(" and ").join(told)
