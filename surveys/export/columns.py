"""The columns of a file of answers: fixed by the definition, in its order, the same for every round of a version. Pure."""

from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from surveys.definition import DONT_KNOW, NOT_APPLICABLE

MATRIX, CHOICE, TEXT = "matrix", "single_choice", "long_text"
SEVERAL, RATING, RANKING = "several_choices", "rating", "ranking"
NUMBER, DATE, LINE, OTHER_TEXT = "number", "date", "short_text", "other_text"
# Told in numbers that stand for words; what is told in words; a number is what it says.
CODED, WORDS = (MATRIX, CHOICE, SEVERAL, RATING, RANKING), (TEXT, DATE, LINE, OTHER_TEXT)
NOT_ANSWERED = "not_answered"
# SPSS keeps "don't know" and "does not apply" as numbers that are declared missing, so that no mean counts them.
SPSS_DONT_KNOW, SPSS_NOT_APPLICABLE = 98, 99
# Names that SPSS keeps for itself.
RESERVED = {"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"}


@dataclass(frozen=True)
class Column:
    """What one code holds. `labels`: {value: its words}; empty for what people write. `numbers`: {value: SPSS number}.

    Several choices and rankings have a column for each option, `code.option`, with `option` and the code `asked`.
    """

    code: str
    kind: str
    text: str
    part_of: str = ""
    labels: dict = field(default_factory=dict)
    numbers: dict = field(default_factory=dict)
    asked: str = ""
    option: str = ""
    decimals: int = 0

    @property
    def is_words(self):
        return self.kind in WORDS

    @property
    def is_choice(self):
        """Whether its values are few and chosen: as many as chose one may tell who they are."""
        return self.kind in CODED and self.kind != MATRIX

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
        labels = {code: str(label) for code, label in zip(question.offered, question.labels, strict=True)}
        numbers = {code: number for number, code in enumerate(labels, start=1)}
        return [Column(question.code, CHOICE, str(question.text), "", labels, numbers), *_other(question)]
    if question.kind == SEVERAL:
        labels = {1: _("chosen"), 0: _("not chosen")}
        options = zip(question.offered, question.labels, strict=True)
        return [*(_part(question, code, text, labels) for code, text in options), *_other(question)]
    if question.kind == RANKING:
        labels = {place: str(place) for place in question.values.values()}
        return [_part(question, option.code, option.text, labels) for option in question.options]
    if question.kind == RATING:
        ends = {0: question.lowest, 10: question.highest}
        labels = {value: str(ends.get(value) or value) for value in question.values.values()}
        return [Column(question.code, RATING, str(question.text), "", labels, {value: value for value in labels})]
    return [Column(question.code, question.kind, str(question.text), decimals=getattr(question, "decimals", 0))]


def _part(question, option, text, labels):
    numbers = {value: value for value in labels}
    # No code has a point, so that no other column is called so.
    name = f"{question.code}.{option}"
    return Column(name, question.kind, str(text), str(question.text), labels, numbers, question.code, option)


def _other(question):
    other = question.other
    return [Column(other.code, OTHER_TEXT, str(other.text), str(question.text))] if other else []


def in_columns(answers, columns):
    """Answers as the columns hold them: {"topics": ["reading"]} becomes {"topics.reading": 1, "topics.health": 0}."""
    told = {}
    for column in columns:
        given = answers.get(column.asked or column.code)
        if given is None:
            continue
        if column.option:
            given = given.get(column.option) if isinstance(given, dict) else int(column.option in given)
        if given is not None:
            told[column.code] = given
    return told


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
    if column.is_choice:
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
