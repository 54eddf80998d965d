"""Answers as they come from a form and as they lie in a response: only what the definition asks gets through."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from surveys.definition.nouns import DONT_KNOW

# A text that is too long comes back to its writer, who shortens it; past this much nobody wrote it by hand.
LONGEST_KEPT = 50_000
# PostgreSQL stores neither NUL nor half a surrogate pair, and no other control character belongs in an answer.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class AnswersError(ValueError):
    """Stored or new answers hold something that the definition does not ask. The message never holds an answer."""


class Page(NamedTuple):
    """What one page of a form sent: `answers` to store, `errors` as sentences and `typed` as the form shows it again,
    all by code of item or question."""

    answers: dict[str, Any]
    errors: dict[str, str]
    typed: dict[str, str]


def parse_answers(section, data, *, complete=True):
    """Read one page from a form's data (a mapping of names to texts); names that were not asked are never looked at.

    An empty field is no answer, and an error only where the question is required and the page is `complete` (False when
    someone steps back or only saves).
    """
    page = Page({}, {}, {})
    for question in section.questions:
        read = _long_text if question.kind == "long_text" else _choice
        for code in question.codes:
            read(question, code, data.get(code), page)
            if complete and question.required and code not in page.answers and code not in page.errors:
                page.errors[code] = _missing(question)
    return page


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
    codes = definition.counted_codes
    return sum(code in answers for code in codes), len(codes)


def _choice(question, code, value, page):
    if value in (None, ""):
        return
    values = question.scale.values if question.kind == "matrix" else {o.code: o.code for o in question.options}
    if isinstance(value, str) and value in values:
        page.answers[code], page.typed[code] = values[value], value
    else:
        page.errors[code] = _("This is not one of the answers offered. Please choose one that is shown.")


def _long_text(question, code, value, page):
    if value is None:
        return
    if not isinstance(value, str):
        page.errors[code] = _("This answer did not arrive as text. Please write it again.")
        return
    # Cut before looking at each character: what is far too long costs no more than what is a little too long.
    text = UNPRINTABLE.sub("", value[:LONGEST_KEPT].replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not text:
        return
    page.typed[code] = text
    if len(text) <= question.longest and len(value) <= LONGEST_KEPT:
        page.answers[code] = text
        return
    page.errors[code] = _(
        "This text has more than %(longest)s characters, so it is not saved yet. Please shorten it; what you wrote is still here."
    ) % {"longest": f"{question.longest:,}"}


def _missing(question):
    if question.kind == "long_text":
        return _("This question still needs your answer. A few words are enough.")
    if question.kind == "matrix":
        return _("This row still needs your answer. Choose “%(dont_know)s” if you cannot say.") % {
            "dont_know": dict(question.scale.choices)[DONT_KNOW]
        }
    return _("This question still needs your answer. Please choose one.")
