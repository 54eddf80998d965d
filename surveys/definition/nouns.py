"""The parts of a questionnaire. All are frozen; `str()` of a Wording is its text in the active language.

An answer is kept under the code of what was asked: a matrix item holds 1 to 5, "dk" or "na", a single choice the code
of its option, a long text its text. What is absent was not answered.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from core.wording import Wording

DONT_KNOW = "dk"
NOT_APPLICABLE = "na"
LONGEST_TEXT = 5_000


@dataclass(frozen=True)
class Scale:
    """The answers of a matrix: agreement from 1 to 5 and the two ways of not taking a side."""

    code: str
    points: tuple[Wording, ...]
    dont_know: Wording
    not_applicable: Wording

    minimum: ClassVar[int] = 1
    maximum: ClassVar[int] = 5

    @cached_property
    def values(self):
        """What a form may send, and what is kept for it: {"1": 1, …, "5": 5, "dk": "dk", "na": "na"}."""
        numbers = range(self.minimum, self.maximum + 1)
        return {**{str(n): n for n in numbers}, DONT_KNOW: DONT_KNOW, NOT_APPLICABLE: NOT_APPLICABLE}

    @cached_property
    def choices(self):
        """(value in the form, label), in the order of the page."""
        return tuple(zip(self.values, [*self.points, self.dont_know, self.not_applicable], strict=True))


@dataclass(frozen=True)
class Item:
    """One row of a matrix. Disagreeing with a `reverse` item speaks for its indicators; rounds are compared only on
    `comparable` items."""

    code: str
    text: Wording
    indicators: tuple[str, ...]
    reverse: bool = False
    comparable: bool = True
    minimum: int = Scale.minimum
    maximum: int = Scale.maximum


@dataclass(frozen=True)
class Matrix:
    code: str
    text: Wording
    help: Wording | None
    required: bool
    scale: Scale
    items: tuple[Item, ...]

    kind: ClassVar[str] = "matrix"

    @property
    def codes(self):
        return tuple(item.code for item in self.items)

    def accepts(self, value):
        return value in (DONT_KNOW, NOT_APPLICABLE) or (
            type(value) is int and self.scale.minimum <= value <= self.scale.maximum
        )


@dataclass(frozen=True)
class LongText:
    """An open question. A `coded` one is read by staff, who code it against its indicators after the round."""

    code: str
    text: Wording
    help: Wording | None
    required: bool
    indicators: tuple[str, ...] = ()
    coded: bool = False

    kind: ClassVar[str] = "long_text"
    longest: ClassVar[int] = LONGEST_TEXT

    @property
    def codes(self):
        return (self.code,)

    def accepts(self, value):
        return isinstance(value, str) and 0 < len(value) <= self.longest and "\x00" not in value


@dataclass(frozen=True)
class Option:
    code: str
    text: Wording


@dataclass(frozen=True)
class SingleChoice:
    code: str
    text: Wording
    help: Wording | None
    required: bool
    options: tuple[Option, ...]

    kind: ClassVar[str] = "single_choice"

    @property
    def codes(self):
        return (self.code,)

    def accepts(self, value):
        return isinstance(value, str) and any(value == option.code for option in self.options)


@dataclass(frozen=True)
class Section:
    """One page of the questionnaire."""

    code: str
    title: Wording
    introduction: Wording | None
    questions: tuple[Matrix | LongText | SingleChoice, ...]

    @cached_property
    def codes(self):
        """Everything that can be answered on this page, in order."""
        return tuple(code for question in self.questions for code in question.codes)


@dataclass(frozen=True)
class Definition:
    code: str
    audience: str
    languages: tuple[str, ...]
    title: Wording
    introduction: Wording
    sections: tuple[Section, ...]

    @cached_property
    def questions(self):
        return tuple(question for section in self.sections for question in section.questions)

    @cached_property
    def question_of(self):
        """Which question an answer's code belongs to: {"gv1_a": Matrix(…), "comment": LongText(…)}."""
        return {code: question for question in self.questions for code in question.codes}

    @cached_property
    def counted_codes(self):
        """The applicable questions of a response rate: every item and choice; an open text only where it is required."""
        return tuple(
            code for code, question in self.question_of.items() if question.kind != "long_text" or question.required
        )

    def items(self):
        """The rows of all matrices, in order: what scoring counts."""
        return tuple(item for question in self.questions if question.kind == "matrix" for item in question.items)

    def texts(self):
        return tuple(question for question in self.questions if question.kind == "long_text")

    @cached_property
    def section_of(self):
        """The sections by their codes, in order."""
        return {section.code: section for section in self.sections}
