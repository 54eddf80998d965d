"""The texts of a questionnaire one by one, as translators see them, found in its JSON by what a text looks like: whatever a
kind of question holds, none is forgotten. A text is a table of languages that has the first one."""

import copy
from dataclasses import dataclass, fields, is_dataclass

from core.wording import Wording


@dataclass(frozen=True)
class Text:
    """`key` leads to it ("sections.pulse.questions.comment.text"), `path` is the same in parts, `page` the number of its
    section or None, `words` what it says by language."""

    key: str
    path: tuple[str, ...]
    page: int | None
    words: dict[str, str]


def texts(values):
    """Every Text of a definition's JSON, in the order of the file."""
    return [Text(".".join(path), path, page, dict(words)) for path, page, words in _walk(values, values["languages"])]


def progress(values):
    """{language: (texts that are there, all texts)}, the first language first."""
    found = texts(values)
    return {code: (sum(code in text.words for text in found), len(found)) for code in values["languages"]}


def translated(values, changes):
    """The JSON with {(key, language): text} put in; which languages it has, and which of them lack texts, said anew."""
    values = copy.deepcopy(values)
    places = {".".join(path): words for path, _page, words in _walk(values, values["languages"])}
    for (key, language), text in changes.items():
        places[key][language] = text
    added = dict.fromkeys(language for _key, language in changes if language not in values["languages"])
    values["languages"] = [*values["languages"], *added]
    unfinished = [code for code in values["languages"] if any(code not in words for words in places.values())]
    values.pop("unfinished", None)
    return values | ({"unfinished": unfinished} if unfinished else {})


def carried_over(shipped, base, newest):
    """{(key, language): text} that an initiative wrote itself, `base` being what it started from, and that still fits:
    the text it translates is in `shipped` as it was."""
    then, now = ({text.key: text.words for text in texts(values)} for values in (base, shipped))
    source, own = shipped["languages"][0], {}
    for text in texts(newest):
        before, after = then.get(text.key), now.get(text.key)
        if before and after and before.get(source) == after[source]:
            own |= {
                (text.key, code): words
                for code, words in text.words.items()
                if code != source and words not in (before.get(code), after.get(code))
            }
    return own


def wordings(part):
    """Every Wording inside a Definition or a part of it."""
    if isinstance(part, Wording):
        yield part
    elif is_dataclass(part):
        for each in fields(part):
            yield from wordings(getattr(part, each.name))
    elif isinstance(part, tuple):
        for each in part:
            yield from wordings(each)


def _walk(value, languages, path=(), page=None):
    """(path, page, the very table) of each text."""
    if isinstance(value, list):
        for place, part in enumerate(value, start=1):
            name = part["code"] if isinstance(part, dict) and isinstance(part.get("code"), str) else str(place)
            yield from _walk(part, languages, (*path, name), place if path == ("sections",) else page)
    elif isinstance(value, dict):
        if _is_text(value, languages):
            yield path, page, value
        else:
            for name, part in value.items():
                yield from _walk(part, languages, (*path, name), page)


def _is_text(value, languages):
    return languages[0] in value and all(code in languages and isinstance(text, str) for code, text in value.items())
