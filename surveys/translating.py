"""The translators' file of a questionnaire: one row for each text, one column for each language. Pure.

Going out, cells that a spreadsheet would run are neutralised; coming back, exactly that is undone. What a file says is told
as changes; a cell left empty changes nothing.
"""

import io
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import csv, sheets, workbook
from surveys import definition

KEY, PLACE, NOTE = "key", "where it stands", "note"
LONGEST_WORDS = 5_000
MOST_PROBLEMS = 100
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ue000\ue001\ud800-\udfff]")
# What a text is, by a part of its key.
PARTS = {
    "title": gettext_lazy("title"),
    "introduction": gettext_lazy("introduction"),
    "help": gettext_lazy("explanation below a question"),
    "items": gettext_lazy("statement"),
    "options": gettext_lazy("choice"),
    "other": gettext_lazy("last choice, with a line to write on"),
    "scales": gettext_lazy("words of a scale"),
    "lowest": gettext_lazy("words at the lowest end"),
    "highest": gettext_lazy("words at the highest end"),
    "unit": gettext_lazy("unit behind a number"),
    "text": gettext_lazy("question"),
}


class Problem(NamedTuple):
    """Something of the file that is not taken, with what to do; `column` may be empty."""

    row: int
    column: str
    sentence: str


@dataclass
class Found:
    """What a file says: `changes` {(key, language): text} against the version it was read for, by row in `rows`; texts whose
    source is not that of the version (`outdated`: row, key); and what was not understood."""

    changes: dict = field(default_factory=dict)
    rows: dict = field(default_factory=dict)
    outdated: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    languages: tuple = ()
    unchanged: int = 0


def offered_languages(values):
    """The languages that a column is made for, the source first: those the questionnaire has, and all others of surveys."""
    codes = [*values["languages"], *(code for code, _name in settings.SURVEY_LANGUAGES)]
    return list(dict.fromkeys(codes))


def header_of(values):
    source, *others = offered_languages(values)
    return [KEY, PLACE, f"source {source}", *others, NOTE]


def rows_of(values):
    """The lines of the file, the header first."""
    source, *others = offered_languages(values)
    yield header_of(values)
    for text in definition.texts(values):
        words = [text.words.get(code, "") for code in others]
        yield [text.key, place_of(text), text.words[source], *words, _note(text, others)]


def place_of(text):
    """Where a text stands, in words: "page 2: statement"."""
    named = (name for name in (text.path[-1], *text.path) if name in PARTS and name != "text")
    part = PARTS[next(named, "text")]
    return _("page %(page)s: %(part)s") % {"page": text.page, "part": part} if text.page else str(part)


def _note(text, others):
    missing = [code for code in others if code not in text.words]
    return _("missing: %(languages)s") % {"languages": ", ".join(missing)} if missing else ""


def as_csv(values):
    return b"".join(csv.write(rows_of(values)))


def as_workbook(values):
    target = io.BytesIO()
    with workbook.writing(target) as add_sheet:
        sheet = add_sheet("texts")
        header, *rows = rows_of(values)
        sheet.header(header)
        for row in rows:
            sheet.add(row)
    return target.getvalue()


def read(content, values):
    """What the file `content` would change in the definition's JSON. Raises `core.csv.Unreadable` for no table at all."""
    is_workbook = content.startswith(sheets.WORKBOOK)
    lines = sheets.read(content)
    header_row, header = next(lines, (1, []))
    columns = _columns(header)
    found = Found()
    if KEY not in columns.values():
        sentence = _(
            "There is no column “key”. Download the file of this questionnaire, and put the translations into that one."
        )
        _refuse(found, header_row, KEY, sentence)
        return found
    languages = offered_languages(values)
    found.languages = tuple(code for code in languages[1:] if code in columns.values())
    _tell_of_columns(header, columns, languages, header_row, found)
    known, seen = {text.key: text for text in definition.texts(values)}, {}
    for row, cells in lines:
        named = {columns[place]: _clean(cell, is_workbook) for place, cell in enumerate(cells) if place in columns}
        _read_row(row, named, known, seen, languages, found)
    return found


def _columns(header):
    """{place: name} of the columns that are understood."""
    columns, names = {}, _names()
    for place, cell in enumerate(header):
        name = names.get(" ".join(cell.split()).casefold())
        if name and name not in columns.values():
            columns[place] = name
    return columns


def _names():
    """Headers as they may be written, folded: codes of languages and their names."""
    names = {KEY: KEY, PLACE: PLACE, NOTE: NOTE}
    for code, name in settings.SURVEY_LANGUAGES:
        names |= {code: code, str(name).casefold(): code, LANG_INFO[code]["name"].casefold(): code}
        names |= {LANG_INFO[code]["name_local"].casefold(): code, f"source {code}": f"source {code}"}
    return names


def _tell_of_columns(header, columns, languages, row, found):
    for place, cell in enumerate(header):
        if place not in columns and cell.strip():
            sentence = _(
                "This column is not understood and is left out. A column of texts is headed by a language: %(codes)s."
            )
            found.problems.append(Problem(row, cell.strip()[:60], sentence % {"codes": ", ".join(languages[1:])}))
        elif columns.get(place) == languages[0]:
            sentence = _("The first language is not changed by this file: what it says decides what the answers mean.")
            found.problems.append(Problem(row, cell.strip()[:60], sentence))


def _read_row(row, named, known, seen, languages, found):
    key = named.get(KEY, "")
    if key not in known:
        sentence = _(
            "“%(key)s” is no text of this questionnaire. Leave the first column as it is in the file you downloaded."
        )
        return _refuse(found, row, KEY, sentence % {"key": key[:80]})
    if key in seen:
        sentence = _("This text stands in row %(row)s already. Keep one of the two rows.")
        return _refuse(found, row, KEY, sentence % {"row": seen[key]})
    seen[key] = row
    text, changed = known[key], False
    for code in languages[1:]:
        words = named.get(code, "")
        if len(words) > LONGEST_WORDS:
            sentence = _("This text has more than %(limit)s characters. Shorten it.")
            _refuse(found, row, code, sentence % {"limit": f"{LONGEST_WORDS:,}"})
        elif words and words != text.words.get(code):
            found.changes[key, code], found.rows[key, code], changed = words, row, True
        elif words:
            found.unchanged += 1
    source = named.get(f"source {languages[0]}")
    if changed and source and source != _clean(text.words[languages[0]], False):
        found.outdated.append((row, key))
    return None


def _refuse(found, row, column, sentence):
    if len(found.problems) < MOST_PROBLEMS:
        found.problems.append(Problem(row, column, sentence))


def _clean(cell, is_workbook):
    """What a translator wrote: line ends as ours, no control characters, no space around, no apostrophe that we put there."""
    text = csv.restore(cell) if is_workbook else cell
    return UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
