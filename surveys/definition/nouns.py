"""The parts of a questionnaire. All are frozen; `str()` of a Wording is its text in the active language.

An answer is kept under the code of what was asked. What is absent was not answered.

    row of a matrix     1 to the scale's last point, "dk" or "na"
    single choice       the code of its option
    several choices     a list of codes, in the order of the page
    rating              0 to 10
    ranking             {code of an option: its place from 1}
    number              a number
    date                "2026-11-23"
    short, long text    its text
    "other: …"          "other" as a choice, and the text under the code of the question with _other
"""

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from core.wording import Wording

DONT_KNOW = "dk"
NOT_APPLICABLE = "na"
OTHER = "other"
LONGEST_TEXT = 5_000
LONGEST_SHORT_TEXT = 200
AGREEMENT, FREQUENCY = "agreement", "frequency"


@dataclass(frozen=True)
class Scale:
    """The answers of a matrix, from the least to the most, and the two ways of not taking a side.

    Agreement has five points. How often something happens has two to seven, in words of its own.
    """

    code: str
    points: tuple[Wording, ...]
    dont_know: Wording
    not_applicable: Wording
    measures: str = AGREEMENT

    minimum: ClassVar[int] = 1
    counted: ClassVar[int] = 5

    @property
    def maximum(self):
        return len(self.points)

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
    maximum: int = Scale.counted


@dataclass(frozen=True)
class Condition:
    """The question `code`, asked earlier, was answered with one of `values`."""

    code: str
    values: tuple[str | int, ...]

    def is_met(self, answers):
        given = answers.get(self.code)
        return any(value in self.values for value in (given if isinstance(given, list) else (given,)))


@dataclass(frozen=True)
class Option:
    code: str
    text: Wording


@dataclass(frozen=True)
class OtherText:
    """What somebody writes beside the choice "other: …"."""

    code: str
    text: Wording

    kind: ClassVar[str] = "other_text"
    longest: ClassVar[int] = LONGEST_SHORT_TEXT

    def accepts(self, value):
        return _is_text(value, self.longest)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What every question has. `show_if`: asked only of those who gave certain answers before."""

    code: str
    text: Wording
    help: Wording | None = None
    required: bool = False
    show_if: Condition | None = None

    other: ClassVar[OtherText | None] = None
    is_open: ClassVar[bool] = False

    @property
    def asks_back(self):
        """Whether a page may ask for more than it was sent."""
        return self.required or self.kind in ("several_choices", "ranking") or self.other is not None

    @property
    def codes(self):
        """What is asked, one code per answer."""
        return (self.code,)

    @property
    def stored_codes(self):
        """What is kept: what is asked, and a text beside it."""
        return (*self.codes, self.other.code) if self.other else self.codes


@dataclass(frozen=True, kw_only=True)
class Matrix(Question):
    scale: Scale
    items: tuple[Item, ...]

    kind: ClassVar[str] = "matrix"

    @property
    def codes(self):
        return tuple(item.code for item in self.items)

    @property
    def counted_items(self):
        """The rows that figures are made of. How often something happens is a figure only where it speaks for an indicator."""
        return tuple(item for item in self.items if item.indicators or self.scale.measures == AGREEMENT)

    def accepts(self, value):
        return value in (DONT_KNOW, NOT_APPLICABLE) or (
            type(value) is int and self.scale.minimum <= value <= self.scale.maximum
        )


@dataclass(frozen=True, kw_only=True)
class SingleChoice(Question):
    options: tuple[Option, ...]
    other: OtherText | None = None

    kind: ClassVar[str] = "single_choice"

    @cached_property
    def offered(self):
        """Codes of the choices, in the order of the page."""
        return (*(option.code for option in self.options), *((OTHER,) if self.other else ()))

    @property
    def labels(self):
        return (*(option.text for option in self.options), *((self.other.text,) if self.other else ()))

    def accepts(self, value):
        return isinstance(value, str) and value in self.offered


@dataclass(frozen=True, kw_only=True)
class SeveralChoices(SingleChoice):
    """At least `minimum` of those who choose at all, at most `maximum`; who chooses `exclusive` chooses nothing else."""

    minimum: int = 0
    maximum: int | None = None
    exclusive: str | None = None

    kind: ClassVar[str] = "several_choices"

    @property
    def most(self):
        return self.maximum or len(self.offered)

    def accepts(self, value):
        if not isinstance(value, list) or not 0 < len(value) <= self.most:
            return False
        in_order = [code for code in self.offered if code in value]
        return value == in_order and (len(value) == 1 or self.exclusive not in value)


@dataclass(frozen=True, kw_only=True)
class Rating(Question):
    lowest: Wording | None = None
    highest: Wording | None = None

    kind: ClassVar[str] = "rating"
    values: ClassVar[dict] = {str(number): number for number in range(11)}

    def accepts(self, value):
        return type(value) is int and 0 <= value <= 10


@dataclass(frozen=True, kw_only=True)
class Ranking(Question):
    """Options to bring in order; `places` of them, the first first."""

    options: tuple[Option, ...]
    places: int

    kind: ClassVar[str] = "ranking"

    @cached_property
    def fields(self):
        """{option: the name of its field in a form}: no code has a hyphen."""
        return {option.code: f"{self.code}-{option.code}" for option in self.options}

    @cached_property
    def values(self):
        return {str(place): place for place in range(1, self.places + 1)}

    def accepts(self, value):
        return (
            isinstance(value, dict)
            and 0 < len(value) <= self.places
            and self.fields.keys() >= value.keys()
            and all(type(place) is int for place in value.values())
            and sorted(value.values()) == list(range(1, len(value) + 1))
        )


@dataclass(frozen=True, kw_only=True)
class Number(Question):
    """`decimals`: how many digits after the separator; 0 asks for whole numbers."""

    minimum: int | float | None = None
    maximum: int | float | None = None
    decimals: int = 0
    unit: Wording | None = None

    kind: ClassVar[str] = "number"
    largest: ClassVar[int] = 10**12

    def accepts(self, value):
        return (
            type(value) in (int, float)
            and -self.largest <= value <= self.largest
            and round(value, self.decimals) == value
            and (self.minimum is None or value >= self.minimum)
            and (self.maximum is None or value <= self.maximum)
        )


@dataclass(frozen=True, kw_only=True)
class Date(Question):
    kind: ClassVar[str] = "date"
    years: ClassVar[tuple[int, int]] = (1900, 2100)

    def accepts(self, value):
        try:
            day = datetime.date.fromisoformat(value)
        except (TypeError, ValueError):
            return False
        return day.isoformat() == value and self.years[0] <= day.year <= self.years[1]


@dataclass(frozen=True, kw_only=True)
class ShortText(Question):
    kind: ClassVar[str] = "short_text"
    longest: ClassVar[int] = LONGEST_SHORT_TEXT
    is_open: ClassVar[bool] = True

    def accepts(self, value):
        return _is_text(value, self.longest)


@dataclass(frozen=True, kw_only=True)
class LongText(Question):
    """An open question. A `coded` one is read by staff, who code it against its indicators after the round."""

    indicators: tuple[str, ...] = ()
    coded: bool = False

    kind: ClassVar[str] = "long_text"
    longest: ClassVar[int] = LONGEST_TEXT
    is_open: ClassVar[bool] = True

    def accepts(self, value):
        return _is_text(value, self.longest)


def _is_text(value, longest):
    return isinstance(value, str) and 0 < len(value) <= longest and "\x00" not in value


@dataclass(frozen=True)
class Section:
    """One page of the questionnaire."""

    code: str
    title: Wording
    introduction: Wording | None
    questions: tuple[Question, ...]

    @cached_property
    def codes(self):
        """Everything that may be kept from this page, in order."""
        return tuple(code for question in self.questions for code in question.stored_codes)

    @cached_property
    def has_conditions(self):
        return any(question.show_if for question in self.questions)


@dataclass(frozen=True)
class Definition:
    code: str
    audience: str
    languages: tuple[str, ...]
    title: Wording
    introduction: Wording
    sections: tuple[Section, ...]
    # Languages in which some texts are missing; the first language stands in for them.
    unfinished: tuple[str, ...] = ()

    @cached_property
    def questions(self):
        return tuple(question for section in self.sections for question in section.questions)

    @cached_property
    def question_of(self):
        """What accepts the answer kept under a code: {"gv1_a": Matrix(…), "since": SingleChoice(…), "since_other": OtherText(…)}."""
        asked = {code: question for question in self.questions for code in question.codes}
        return asked | {question.other.code: question.other for question in self.questions if question.other}

    @cached_property
    def counted_codes(self):
        """The questions of a response rate, as far as they apply: every item and choice; an open text only where required."""
        return tuple(code for question in self.questions for code in counted_codes(question))

    @cached_property
    def has_conditions(self):
        return any(section.has_conditions for section in self.sections)

    @cached_property
    def may_have_gaps(self):
        """Whether anything can be needed before the submit; where all may be left out, nobody looks."""
        return any(question.asks_back for question in self.questions)

    @cached_property
    def has_own_words(self):
        """Whether people may write in their own words, beside a choice or to an open question."""
        return any(question.is_open or question.other for question in self.questions)

    def items(self):
        """The rows of matrices that figures are made of, in order: what scoring counts. No other kind is counted."""
        return tuple(
            item for question in self.questions if question.kind == "matrix" for item in question.counted_items
        )

    def texts(self):
        return tuple(question for question in self.questions if question.kind == "long_text")

    @cached_property
    def section_of(self):
        """The sections by their codes, in order."""
        return {section.code: section for section in self.sections}


def counted_codes(question):
    return question.codes if question.required or not question.is_open else ()
