"""Answers as they come from a form and as they lie in a response: only what the definition asks gets through."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from surveys.definition.applicable import applicable_codes, applies
from surveys.definition.fields import READERS


class AnswersError(ValueError):
    """Stored or new answers hold something that the definition does not ask. The message never holds an answer."""


class Page(NamedTuple):
    """What one page of a form sent: `answers` to store and `errors` as sentences by code of item or question, `typed` by
    name of field (a list where several may be chosen) as the form shows it again."""

    answers: dict[str, Any]
    errors: dict[str, str]
    typed: dict[str, str | list[str]]


def parse_answers(section, data, *, complete=True, before=None):
    """Read one page from a form's data (a mapping of names to texts); names that were not asked are never looked at.

    An empty field is no answer, and an error only where the question is required, applies, and the page is `complete`
    (False when someone steps back or only saves). `before`: the answers of all pages, which conditions look at.
    """
    page = Page({}, {}, {})
    if not section.has_conditions:
        for question in section.questions:
            READERS[question.kind](question, data, page, complete)
        return page
    given = {code: value for code, value in (before or {}).items() if code not in section.codes}
    for question in section.questions:
        _read_conditional(question, data, page, given, complete)
    return page


def _read_conditional(question, data, page, given, complete):
    """What was answered to a question that does not apply is kept as a draft is, and nobody is asked to change it."""
    is_asked = applies(question, given)
    READERS[question.kind](question, data, page, complete and is_asked)
    for code in question.stored_codes:
        if is_asked and code in page.answers:
            given[code] = page.answers[code]
        elif not is_asked:
            page.errors.pop(code, None)


def check_answers(definition, answers):
    """Answers by code as they are stored, checked on the way in and out; returns them or raises AnswersError."""
    if not isinstance(answers, Mapping):
        raise AnswersError("The answers are not a table of codes and values.")
    for code, value in answers.items():
        question = definition.question_of.get(code)
        if question is None:
            raise AnswersError(f"{definition.code} does not ask {str(code)[:40]!r}.")
        if not question.accepts(value):
            raise AnswersError(f"{definition.code} does not accept what was answered to {code}.")
    return answers


def answered(definition, answers):
    """(answered, applicable) questions of one person; "don't know" and "does not apply" are answers."""
    codes = applicable_codes(definition, answers)
    return sum(code in answers for code in codes), len(codes)


def first_gap(definition, answers):
    """The number (from 1) of the first page that would not be taken as complete, or None."""
    typed = as_typed(answers)
    for number, section in enumerate(definition.sections, start=1):
        if parse_answers(section, typed, before=answers).errors:
            return number
    return None


def as_typed(answers):
    """Stored answers as a form sends them: {"gv1_a": 4} becomes {"gv1_a": "4"}, a ranking a field for each option."""
    typed = {}
    for code, value in answers.items():
        if isinstance(value, dict):
            typed |= {f"{code}-{option}": str(place) for option, place in value.items()}
        else:
            typed[code] = value if isinstance(value, list) else str(value)
    return typed
