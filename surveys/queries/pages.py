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

from surveys.queries.answering import definition_of

# Characters of the private use area mark the places; no text of ours and no answer holds them.
OPENING, CLOSING = "\ue000", "\ue001"
PLACE = re.compile(f"{OPENING}([^{CLOSING}]*){CLOSING}")
CHOICE = re.compile(r'(<input type="radio" name="([\w-]+)" value="([\w-]+)")>')
TEXT = re.compile(r'(<textarea[^>]* name="([\w-]+)"[^>]*>)</textarea>')


def _place(name):
    return f"{OPENING}{name}{CLOSING}"


@dataclass(frozen=True)
class CompiledPage:
    """Fixed pieces of markup with what stands between them, in turn: the places, each a (kind, name, value).

    The kinds are choice (checked where the answer to the question `name` is `value`), text (what was written) and field.
    """

    pieces: tuple
    places: tuple

    def render(self, *, values, fields):
        """The page as text. `values` are the answers as the form sends them (texts by code), `fields` the places."""
        parts = list(self.pieces)
        for index, (kind, name, value) in enumerate(self.places):
            if kind == "choice":
                if values.get(name) == value:
                    parts[2 * index + 1] = " checked"
            elif kind == "text":
                parts[2 * index + 1] = escape(values.get(name, ""))
            else:
                parts[2 * index + 1] = escape(fields[name])
        return "".join(parts)


def page_context(version, language, number, *, values=None, errors=None, **fields):
    """What the template of section `number` (from 1) shows; choices and rows are ready for the components."""
    document = definition_of(version)
    section = document.sections[number - 1]
    values, errors = values or {}, errors or {}
    return {
        "section": section,
        "questions": [_question(question, values, errors) for question in section.questions],
        "number": number,
        "total": len(document.sections),
        "is_first": number == 1,
        "is_last": number == len(document.sections),
        "language": language,
        "languages": language_names(document),
        "errors": errors,
        **fields,
    }


def language_names(document):
    """(code, its own name) of the languages a Definition is written in, for the switch."""
    names = {code: get_language_info(code)["name_local"] for code in document.languages if code in LANG_INFO}
    return [(code, names.get(code, code).capitalize()) for code in document.languages]


def _question(question, values, errors):
    shown = {"kind": question.kind, "text": question.text, "help": question.help, "name": question.code}
    if question.kind == "matrix":
        aside = {"dk", "na"}
        shown["choices"] = [{"value": v, "label": label, "aside": v in aside} for v, label in question.scale.choices]
        shown["rows"] = [
            {"name": i.code, "text": i.text, "value": values.get(i.code), "error": errors.get(i.code)}
            for i in question.items
        ]
    else:
        shown |= {"value": values.get(question.code), "error": errors.get(question.code)}
        if question.kind == "long_text":
            shown["maximum"] = question.longest
        else:
            shown["choices"] = [{"value": option.code, "label": option.text} for option in question.options]
    return shown


FIELDS = ("csrf_token_value", "base", "initiative_name", "notice")


@lru_cache(maxsize=512)
def _compiled(version, digest, language, number):
    fields = {name: _place(name) for name in FIELDS}
    with translation.override(language):
        text = render_to_string("surveys/answer_page.html", page_context(version, language, number, **fields))
    text = CHOICE.sub(lambda m: f"{m[1]}{_place(f'choice:{m[2]}:{m[3]}')}>", text)
    text = TEXT.sub(lambda m: f"{m[1]}{_place(f'text:{m[2]}')}</textarea>", text)
    pieces = PLACE.split(text)
    places = tuple(_kind_of(place) for place in pieces[1::2])
    pieces[1::2] = [""] * len(places)
    return CompiledPage(tuple(pieces), places)


def _kind_of(place):
    """choice:gv1_a:4 becomes ("choice", "gv1_a", "4"), and the name of a field ("field", name, "")."""
    if ":" not in place:
        return "field", place, ""
    kind, name, *value = place.split(":")
    return kind, name, "".join(value)


def compiled_page(version, language, number):
    """The CompiledPage of section `number` (from 1) of an InstrumentVersion in `language`."""
    return _compiled(version, version.digest, language, number)


def as_typed(answers):
    """Stored answers as the form sends them: {"gv1_a": 4} becomes {"gv1_a": "4"}."""
    return {code: str(value) for code, value in answers.items()}
