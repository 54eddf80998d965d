"""What each column of a file means, and how many said what beside an answer."""

from collections import Counter, defaultdict

from django.utils.translation import gettext as _

from surveys.definition import DONT_KNOW, NOT_APPLICABLE
from surveys.export.columns import CHOICE, DATE, MATRIX, NOT_ANSWERED, NUMBER, RANKING, RATING, SEVERAL, spss_names


class Tally:
    """Counts what goes through, column by column, without keeping a single row."""

    def __init__(self, columns):
        self.columns = columns
        self.told = defaultdict(Counter)
        self.rows = 0

    def count(self, answers):
        self.rows += 1
        for column in self.columns:
            value = answers.get(column.code, NOT_ANSWERED)
            self.told[column.code][value if column.labels or value == NOT_ANSWERED else ""] += 1


def header():
    return [
        _("Variable"),
        _("Variable in SPSS"),
        _("Question"),
        _("Part of"),
        _("Kind"),
        _("Values"),
        _("Values in SPSS"),
        _("Answered"),
        _("Don't know"),
        _("Does not apply"),
        _("Not answered"),
    ]


def rows(tally):
    """A row for each column of the file."""
    kinds = {
        MATRIX: _("rating"),
        CHOICE: _("one choice"),
        SEVERAL: _("several choices"),
        RATING: _("rating from 0 to 10"),
        RANKING: _("place"),
        NUMBER: _("number"),
        DATE: _("date"),
    }
    names = spss_names(column.code for column in tally.columns)
    for column in tally.columns:
        told = tally.told[column.code]
        beside = [told[value] if value in column.missing else "" for value in (DONT_KNOW, NOT_APPLICABLE)]
        answered = tally.rows - told[NOT_ANSWERED] - sum(told[value] for value in column.missing)
        yield [
            column.code,
            names[column.code],
            column.text,
            column.part_of,
            kinds.get(column.kind) or _("own words"),
            _listed(column.labels),
            _listed({column.numbers[value]: label for value, label in column.labels.items()}),
            answered,
            *beside,
            told[NOT_ANSWERED],
        ]


def _listed(labels):
    return "; ".join(f"{value} = {label}" for value, label in labels.items())
