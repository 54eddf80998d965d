"""The columns of a file of answers: fixed by the definition, in its order, the same for every round of a version. Pure."""

from collections import Counter
from dataclasses import dataclass, field

from surveys.definition import DONT_KNOW, NOT_APPLICABLE

MATRIX, CHOICE, TEXT = "matrix", "single_choice", "long_text"
NOT_ANSWERED = "not_answered"
# SPSS keeps "don't know" and "does not apply" as numbers that are declared missing, so that no mean counts them.
SPSS_DONT_KNOW, SPSS_NOT_APPLICABLE = 98, 99
# Names that SPSS keeps for itself.
RESERVED = {"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"}


class NoColumn(ValueError):
    """A kind of question that no file has a column for yet."""


@dataclass(frozen=True)
class Column:
    """What one code holds. `labels`: {stored value: its words}; empty for a text. `numbers`: {stored value: SPSS number}."""

    code: str
    kind: str
    text: str
    part_of: str = ""
    labels: dict = field(default_factory=dict)
    numbers: dict = field(default_factory=dict)

    @property
    def missing(self):
        """The stored values that say that somebody took no side."""
        return [value for value in (DONT_KNOW, NOT_APPLICABLE) if self.kind == MATRIX and value in self.labels]


def columns_of(definition):
    """A `Column` for everything that the definition asks, in order; words in the active language."""
    return [column for question in definition.questions for column in _columns(question)]


def _columns(question):
    if question.kind == MATRIX:
        return [_row(question, item) for item in question.items]
    if question.kind == CHOICE:
        labels = {option.code: str(option.text) for option in question.options}
        numbers = {code: number for number, code in enumerate(labels, start=1)}
        return [Column(question.code, CHOICE, str(question.text), "", labels, numbers)]
    if question.kind == TEXT:
        return [Column(question.code, TEXT, str(question.text))]
    raise NoColumn(f"A question of the kind {question.kind} has no column in files yet.")


def _row(question, item):
    scale = question.scale
    labels = {scale.values[value]: str(label) for value, label in scale.choices}
    numbers = {value: value for value in labels if isinstance(value, int)}
    numbers |= {DONT_KNOW: SPSS_DONT_KNOW, NOT_APPLICABLE: SPSS_NOT_APPLICABLE}
    return Column(item.code, MATRIX, str(item.text), str(question.text), labels, numbers)


def releasable(columns, *, told, threshold):
    """The columns that may leave a confidential round: ratings, and choices of which each was made by enough people.

    `told`: {code: Counter of stored values, NOT_ANSWERED among them}. What people wrote freely never leaves, whether
    words, a number or a date: it may say who they are, and so may a choice that hardly anybody else made.
    """
    return [column for column in columns if _is_releasable(column, told.get(column.code, Counter()), threshold)]


def _is_releasable(column, told, threshold):
    if column.kind == CHOICE:
        return all(number >= threshold for number in told.values() if number)
    return column.kind == MATRIX


def spss_names(codes):
    """{code: variable name}: SPSS takes codes as they are, but for a few words and letters in another case."""
    names, taken = {}, set()
    for code in codes:
        name = code if code.lower() not in RESERVED else f"{code}_"
        while name.lower() in taken:
            name = f"{name}_"
        names[code] = name
        taken.add(name.lower())
    return names
