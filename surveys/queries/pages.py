"""The pages of a questionnaire, rendered once per version and language; per request only what differs is put in.

Rendering forty questions through a form costs tens of milliseconds; joining the pieces of a compiled page costs a
fraction of one. Only a page with errors goes through the template again.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from django.conf.locale import LANG_INFO
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from surveys import definition
from surveys.definition import as_typed
from surveys.queries.answering import definition_of

# Characters of the private use area mark the places; no text of ours and no answer holds them.
OPENING, CLOSING = "\ue000", "\ue001"
PLACE = re.compile(f"{OPENING}([^{CLOSING}]*){CLOSING}")
# What the components write last in each tag, so that a place can follow it.
CHOICE = re.compile(r'(<input type="(radio|checkbox)"[^>]* name="([\w-]+)" value="([\w-]+)")>')
SELECT = re.compile(r'<select[^>]* name="([\w-]+)">.*?</select>', re.DOTALL)
OPTION = re.compile(r'(<option value="([\w-]+)")>')
LINE = re.compile(r'(<input type="(?:text|date)"[^>]* name="([\w-]+)")>')
TEXT = re.compile(r'(<textarea[^>]* name="([\w-]+)"[^>]*>)</textarea>')
CONDITIONAL = re.compile(r'(<div class="question-conditional" id="asked-([\w-]+)"[^>]*)>')

__all__ = ["as_typed", "compiled_page", "language_names", "page_context"]


def _place(name):
    return f"{OPENING}{name}{CLOSING}"


@dataclass(frozen=True)
class CompiledPage:
    """Fixed pieces of markup with what stands between them, in turn: the places, each a (kind, name, value).

    The kinds are choice (checked where the answer to the question `name` is `value`), several (where it is among them),
    selected, line and text (what was written), hidden (where the question does not apply) and field.
    """

    pieces: tuple
    places: tuple

    def render(self, *, values, fields, hidden=frozenset()):
        """The page as text. `values` are the answers as the form sends them (texts by name), `fields` the places, `hidden`
        the codes of questions that do not apply."""
        parts = list(self.pieces)
        for index, (kind, name, value) in enumerate(self.places):
            if kind == "choice":
                if values.get(name) == value:
                    parts[2 * index + 1] = " checked"
            elif kind == "text":
                parts[2 * index + 1] = escape(values.get(name, ""))
            elif kind == "field":
                parts[2 * index + 1] = escape(fields.get(name, ""))
            else:
                parts[2 * index + 1] = _rare(kind, name, value, values, hidden)
        return "".join(parts)


def _rare(kind, name, value, values, hidden):
    if kind == "several":
        return " checked" if value in values.get(name, ()) else ""
    if kind == "selected":
        return " selected" if values.get(name) == value else ""
    if kind == "hidden":
        return " hidden" if name in hidden else ""
    return f' value="{escape(values[name])}"' if name in values else ""


def page_context(
    version, language, number, *, values=None, errors=None, hidden=frozenset(), is_anonymous=False, **fields
):
    """What the template of section `number` (from 1) shows; choices and rows are ready for the components."""
    document = definition_of(version)
    section = document.sections[number - 1]
    values, errors = values or {}, errors or {}
    asked = {question.code: question for question in section.questions}
    return {
        "section": section,
        "questions": [
            _question(question, values, errors) | _condition(question, asked, hidden) for question in section.questions
        ],
        "number": number,
        "total": len(document.sections),
        "is_first": number == 1,
        "is_last": number == len(document.sections),
        "language": language,
        "languages": language_names(document),
        "standing_in": standing_in(document, language, section),
        "errors": errors,
        "is_anonymous": is_anonymous,
        **fields,
    }


def standing_in(document, language, *parts):
    """The language whose texts stand in where `parts` of a Definition are not translated; None where nothing is missing."""
    is_missing = language in document.unfinished and any(
        not text.is_in(language) for part in parts for text in definition.wordings(part)
    )
    return document.languages[0] if is_missing else None


def language_names(document):
    """(code, its own name) of the languages a Definition is written in, for the switch."""
    names = {code: get_language_info(code)["name_local"] for code in document.languages if code in LANG_INFO}
    return [(code, names.get(code, code).capitalize()) for code in document.languages]


def _question(question, values, errors):
    """What its component takes: everything has kind, name, text and help, and what that kind adds."""
    own = PREPARE[question.kind](question, values, errors)
    error = errors.get(question.code)
    return {
        "kind": question.kind,
        "name": question.code,
        "text": question.text,
        "help": question.help,
        "error": error,
    } | own


def _condition(question, asked, hidden):
    """For whom it is, where that is decided on the same page; where it was decided before, the page is made for that."""
    if question.show_if is None:
        return {}
    on_page = asked.get(question.show_if.code)
    return {
        "show_if": question.show_if,
        "only_if": on_page and {"question": on_page.text, "answers": " / ".join(_chosen(question.show_if, on_page))},
        "is_hidden": question.code in hidden,
    }


def _chosen(condition, asked):
    if asked.kind == "rating":
        return [str(value) for value in condition.values]
    return [str(label) for code, label in zip(asked.offered, asked.labels, strict=True) if code in condition.values]


def _matrix(question, values, errors):
    total, points = question.scale.maximum, question.scale.values
    return {
        "choices": [
            {
                "value": value,
                "label": label,
                "aside": not isinstance(points[value], int),
                "position": _position(value, total),
            }
            for value, label in question.scale.choices
        ],
        "rows": [
            {"name": i.code, "text": i.text, "value": values.get(i.code), "error": errors.get(i.code)}
            for i in question.items
        ],
    }


def _position(value, total):
    """Where on the scale a choice stands, for people who do not see the columns; nothing for "don't know"."""
    return _("%(place)s of %(total)s") % {"place": value, "total": total} if value.isdecimal() else ""


def _choices(question, values, errors):
    several, other = question.kind == "several_choices", question.other
    return {
        "several": several,
        "value": values.get(question.code, [] if several else None),
        "choices": [{"value": v, "label": label} for v, label in zip(question.offered, question.labels, strict=True)],
        "other": other and {"name": other.code, "value": values.get(other.code), "longest": other.longest},
    }


def _rating(question, values, errors):
    ends = {"0": question.lowest, "10": question.highest}
    return {
        "value": values.get(question.code),
        "choices": [{"value": value, "label": value, "end": ends.get(value)} for value in question.values],
        "lowest": question.lowest,
        "highest": question.highest,
    }


def _ranking(question, values, errors):
    names = question.fields
    return {
        "places": list(question.values),
        "rows": [{"name": names[o.code], "text": o.text, "value": values.get(names[o.code])} for o in question.options],
    }


def _line(question, values, errors):
    return {"value": values.get(question.code), "unit": getattr(question, "unit", None)} | {
        "number": {"input_mode": "decimal" if getattr(question, "decimals", 0) else "numeric", "longest": 40},
        # What a browser cannot read as a date it would not show again.
        "date": {"is_date": question.code not in errors},
        "short_text": {"longest": getattr(question, "longest", None)},
    }[question.kind]


def _long_text(question, values, errors):
    return {"value": values.get(question.code), "maximum": question.longest}


PREPARE = {
    "matrix": _matrix,
    "single_choice": _choices,
    "several_choices": _choices,
    "rating": _rating,
    "ranking": _ranking,
    "number": _line,
    "date": _line,
    "short_text": _line,
    "long_text": _long_text,
}
PLACE_OF = {"radio": "choice", "checkbox": "several"}
FIELDS = ("csrf_token_value", "base", "initiative_name", "notice", "keep", "carried")


@lru_cache(maxsize=512)
def _compiled(version, digest, language, number, is_anonymous):
    fields = {name: _place(name) for name in FIELDS}
    with translation.override(language):
        context = page_context(version, language, number, is_anonymous=is_anonymous, **fields)
        text = render_to_string("surveys/answer_page.html", context)
    text = CHOICE.sub(lambda m: f"{m[1]}{_place(f'{PLACE_OF[m[2]]}:{m[3]}:{m[4]}')}>", text)
    text = SELECT.sub(_with_selected, text)
    text = LINE.sub(lambda m: f"{m[1]}{_place(f'line:{m[2]}')}>", text)
    text = CONDITIONAL.sub(lambda m: f"{m[1]}{_place(f'hidden:{m[2]}')}>", text)
    text = TEXT.sub(lambda m: f"{m[1]}{_place(f'text:{m[2]}')}</textarea>", text)
    pieces = PLACE.split(text)
    places = tuple(_kind_of(place) for place in pieces[1::2])
    pieces[1::2] = [""] * len(places)
    return CompiledPage(tuple(pieces), places)


def _with_selected(select):
    return OPTION.sub(lambda m: f"{m[1]}{_place(f'selected:{select[1]}:{m[2]}')}>", select[0])


def _kind_of(place):
    """choice:gv1_a:4 becomes ("choice", "gv1_a", "4"), and the name of a field ("field", name, "")."""
    if ":" not in place:
        return "field", place, ""
    kind, name, *value = place.split(":")
    return kind, name, "".join(value)


def compiled_page(version, language, number, *, is_anonymous=False):
    """The CompiledPage of section `number` (from 1) of an InstrumentVersion in `language`."""
    return _compiled(version, version.digest, language, number, is_anonymous)
