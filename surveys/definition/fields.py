"""What the fields of one question hold, kind by kind: answers, or a sentence that says what to do."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.definition.applicable import chose_other
from surveys.definition.nouns import DONT_KNOW
from surveys.definition.numerals import day_in, number_in

# A text that is too long comes back to its writer, who shortens it; past this much nobody wrote it by hand.
LONGEST_KEPT = 50_000
# PostgreSQL stores neither NUL nor half a surrogate pair, and no other control character belongs in an answer.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def _matrix(question, data, page, complete):
    values = question.scale.values
    for code in question.codes:
        _chosen(code, data.get(code), values, page)
        if complete and question.required and code not in page.answers and code not in page.errors:
            page.errors[code] = _("This row still needs your answer. Choose “%(dont_know)s” if you cannot say.") % {
                "dont_know": dict(question.scale.choices)[DONT_KNOW]
            }


def _single_choice(question, data, page, complete):
    _chosen(question.code, data.get(question.code), {code: code for code in question.offered}, page)
    _ask_for_one(question, page, complete)
    _other(question, data, page, complete)


def _rating(question, data, page, complete):
    _chosen(question.code, data.get(question.code), question.values, page)
    _ask_for_one(question, page, complete)


def _chosen(code, value, values, page):
    if value in (None, ""):
        return
    if isinstance(value, str) and value in values:
        page.answers[code], page.typed[code] = values[value], value
    else:
        page.errors[code] = _not_offered()


def _not_offered():
    return _("This is not one of the answers offered. Please choose one that is shown.")


def _ask_for_one(question, page, complete):
    if complete and question.required and question.code not in page.answers and question.code not in page.errors:
        page.errors[question.code] = _("This question still needs your answer. Please choose one.")


def _several_choices(question, data, page, complete):
    given = data.getlist(question.code) if hasattr(data, "getlist") else data.get(question.code)
    given = [given] if isinstance(given, str) else given
    if given and not (isinstance(given, list | tuple) and all(isinstance(each, str) for each in given)):
        page.errors[question.code] = _not_offered()
    elif given := [each for each in given or () if each]:
        _take_several(question, given, page)
    if complete and question.code not in page.errors:
        _ask_for_more(question, len(page.answers.get(question.code, ())), page)
    _other(question, data, page, complete)


def _take_several(question, given, page):
    chosen = [code for code in question.offered if code in given]
    page.typed[question.code] = chosen
    if set(given) - set(chosen):
        page.errors[question.code] = _not_offered()
    elif len(chosen) > 1 and question.exclusive in chosen:
        page.errors[question.code] = _(
            "“%(none)s” does not go together with another choice. Please keep one of them."
        ) % {"none": question.labels[question.offered.index(question.exclusive)]}
    elif len(chosen) > question.most:
        page.errors[question.code] = ngettext(
            "More is chosen here than asked for. Please keep %(most)s choice at most.",
            "More is chosen here than asked for. Please keep %(most)s choices at most.",
            question.most,
        ) % {"most": question.most}
    else:
        page.answers[question.code] = chosen


def _ask_for_more(question, number, page):
    if number == 0 and question.required:
        page.errors[question.code] = _("This question still needs your answer. Please choose what applies.")
    elif 0 < number < question.minimum and page.answers[question.code] != [question.exclusive]:
        page.errors[question.code] = ngettext(
            "Please choose at least %(least)s here.", "Please choose at least %(least)s here.", question.minimum
        ) % {"least": question.minimum}


def _other(question, data, page, complete):
    """The text beside "other: …". What was written is kept, whatever was chosen; a sentence asks which of both is meant."""
    if not question.other:
        return
    text = _text_of(question.other, data.get(question.other.code), page, question.code)
    label = {"other": str(question.other.text).rstrip(" :…")}
    has_chosen = chose_other(question, page.typed.get(question.code))
    if not complete or (question.code in page.errors and (text is None or has_chosen)):
        return
    if text and not has_chosen:
        page.errors[question.code] = (
            _("You wrote something beside “%(other)s” without choosing it. Please choose it, or empty the line.")
            % label
        )
    elif has_chosen and not text and question.required:
        page.errors[question.code] = _("Please write in a few words what you mean by “%(other)s”.") % label


def _ranking(question, data, page, complete):
    ranks, code = {}, question.code
    for option, name in question.fields.items():
        value = data.get(name)
        if value in (None, ""):
            continue
        if not isinstance(value, str) or value not in question.values:
            page.errors[code] = _not_offered()
            continue
        page.typed[name], ranks[option] = value, question.values[value]
    if code in page.errors:
        return
    if len(set(ranks.values())) < len(ranks):
        page.errors[code] = _("Two of these have the same place. Please give each place once.")
    elif sorted(ranks.values()) != list(range(1, len(ranks) + 1)):
        page.errors[code] = _("A place before the last one is empty. Please begin with 1 and leave none out.")
    elif ranks:
        page.answers[code] = ranks
    if complete and code not in page.errors and (question.required or ranks) and len(ranks) < question.places:
        page.errors[code] = _("This list is not complete. Please give every place from 1 to %(places)s.") % {
            "places": question.places
        }


def _number(question, data, page, complete):
    text = _line(question, data.get(question.code), page)
    if not text:
        _ask_for_words(question, page, complete, _("This question still needs your answer. Please write a number."))
        return
    value = number_in(text, question.decimals)
    if value is None:
        page.errors[question.code] = (
            _(
                "This could not be read as a number. Please write digits, with a point or comma before decimals, for example 1234.5."
            )
            if question.decimals
            else _("This could not be read as a whole number. Please write digits alone, for example 1234.")
        )
    elif not question.accepts(value):
        page.errors[question.code] = _out_of_bounds(question)
    else:
        page.answers[question.code] = value


def _out_of_bounds(question):
    bounds = {"least": question.minimum, "most": question.maximum}
    if question.minimum is not None and question.maximum is not None:
        return _("Please write a number from %(least)s to %(most)s.") % bounds
    if question.minimum is not None:
        return _("Please write a number of at least %(least)s.") % bounds
    return _("Please write a number of at most %(most)s.") % {"most": question.maximum or question.largest}


def _date(question, data, page, complete):
    text = _line(question, data.get(question.code), page)
    if not text:
        _ask_for_words(question, page, complete, _("This question still needs your answer. Please give a date."))
        return
    day = day_in(text)
    if day is not None and question.accepts(day.isoformat()):
        page.answers[question.code] = page.typed[question.code] = day.isoformat()
    else:
        page.errors[question.code] = _(
            "This could not be read as a date. Please write year, month and day, for example 2026-03-31."
        )


def _line(question, value, page):
    """One line of text, as it is shown again; what is no text is an error."""
    if value is not None and not isinstance(value, str):
        page.errors[question.code] = _no_text()
        return ""
    text = " ".join(UNPRINTABLE.sub("", (value or "")[:200]).split())
    if text:
        page.typed[question.code] = text
    return text


def _text(question, data, page, complete):
    text = _text_of(question, data.get(question.code), page, question.code)
    if text is None:
        sentence = _("This question still needs your answer. A few words are enough.")
        _ask_for_words(question, page, complete, sentence)


def _text_of(asked, value, page, code):
    """The text of a field or None; an error goes to `code`."""
    if value is None:
        return None
    if not isinstance(value, str):
        page.errors[code] = _no_text()
        return None
    # Cut before looking at each character: what is far too long costs no more than what is a little too long.
    text = UNPRINTABLE.sub("", value[:LONGEST_KEPT].replace("\r\n", "\n").replace("\r", "\n")).strip()
    if asked.kind != "long_text":
        text = text.replace("\n", " ")
    if not text:
        return None
    page.typed[asked.code] = text
    if len(text) <= asked.longest and len(value) <= LONGEST_KEPT:
        page.answers[asked.code] = text
        return text
    page.errors[code] = _(
        "This text has more than %(longest)s characters, so it is not saved yet. Please shorten it; what you wrote is still here."
    ) % {"longest": f"{asked.longest:,}"}
    return text


def _no_text():
    return _("This answer did not arrive as text. Please write it again.")


def _ask_for_words(question, page, complete, sentence):
    if complete and question.required and question.code not in page.errors:
        page.errors[question.code] = sentence


READERS = {
    "matrix": _matrix,
    "single_choice": _single_choice,
    "several_choices": _several_choices,
    "rating": _rating,
    "ranking": _ranking,
    "number": _number,
    "date": _date,
    "short_text": _text,
    "long_text": _text,
}
