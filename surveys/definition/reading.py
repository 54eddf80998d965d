"""A definition from its file or from the JSON of a published version, checked; and back to JSON.

TOML and JSON have one shape: {code, audience, languages, title, introduction, scales: [{code, points, dont_know,
not_applicable}], sections: [{code, title, introduction?, questions: [{kind, code, text, help?, required?, …}]}]}, where
a matrix adds scale and items: [{code, text, indicators, reverse?, comparable?}], a long_text indicators? and coded?, and
a single_choice options: [{code, text}]. Every text is a table with each of the languages.
"""

import hashlib
import json
import tomllib
from functools import lru_cache
from pathlib import Path

from core.documents import DocumentError, Table
from indicators.catalogue import AUDIENCES, catalogue
from surveys.definition.nouns import Definition, Item, LongText, Matrix, Option, Scale, Section, SingleChoice

FOLDER = Path(__file__).resolve().parent.parent / "instruments"
SHIPPED = ("backbone_effectiveness_partners", "backbone_effectiveness_committee", "backbone_pulse")
CODE = r"[a-z][a-z0-9_]{0,39}"
# Codes are the names of form fields, and the answering page has fields of its own.
RESERVED = ("csrfmiddlewaretoken", "action", "language", "next", "page", "section", "submit", "token")
KINDS = ("matrix", "long_text", "single_choice")


class DefinitionError(DocumentError):
    """An instrument's definition cannot be used. The message names the file and the key."""


def parse(values, *, file="definition"):
    """The Definition that these values (from TOML or JSON) describe; raises DefinitionError naming `file` and key."""
    root = Table(values, file=file, error=DefinitionError)
    languages = root.strings("languages")
    if not languages:
        root.refuse("languages", "is empty")
    codes = set()
    scales = _scales(root, languages)
    definition = Definition(
        code=root.string("code", pattern=r"[a-z][a-z0-9_]{0,59}"),
        audience=root.string("audience", among=AUDIENCES),
        languages=languages,
        title=root.wording("title", languages),
        introduction=root.wording("introduction", languages),
        sections=tuple(_section(table, languages, scales, codes) for table in root.tables("sections")),
    )
    root.close()
    return definition


@lru_cache(maxsize=len(SHIPPED))
def load_shipped(code):
    """The definition this product ships under `code`; its indicators must be askable of its audience."""
    if code not in SHIPPED:
        raise DefinitionError(f"{code}: no such instrument is shipped; there are {', '.join(SHIPPED)}.")
    path = FOLDER / f"{code}.toml"
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DefinitionError(f"{path.name}: the file cannot be read: {error}.") from error
    definition = parse(values, file=path.name)
    check_indicators(definition, file=path.name)
    return definition


def check_indicators(definition, *, file="definition"):
    """Refuse an item whose indicator is unknown or is not measured by asking this audience."""
    for asked in (*definition.items(), *definition.texts()):
        for code in asked.indicators:
            if code not in catalogue():
                raise DefinitionError(f"{file}: {asked.code}.indicators holds “{code}”, which no catalogue knows.")
            if not catalogue()[code].asks(definition.audience):
                raise DefinitionError(
                    f"{file}: {asked.code}.indicators holds “{code}”, about which {definition.audience} are not asked."
                )


def to_json(definition):
    """Plain values of the whole definition, defaults written out: `parse(to_json(x)) == x`."""
    scales = {q.scale.code: q.scale for q in definition.questions if q.kind == "matrix"}
    return {
        "code": definition.code,
        "audience": definition.audience,
        "languages": list(definition.languages),
        "title": definition.title.as_dict(),
        "introduction": definition.introduction.as_dict(),
        **({"scales": [_scale_json(scale) for scale in scales.values()]} if scales else {}),
        "sections": [_section_json(section) for section in definition.sections],
    }


def digest(definition):
    """SHA-256 of the canonical JSON, in hexadecimal: equal exactly when two definitions say the same."""
    text = json.dumps(to_json(definition), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _scales(root, languages):
    scales, seen = {}, set()
    for table in root.tables("scales") if root.has("scales") else ():
        scale = _scale(table, languages, seen)
        scales[scale.code] = scale
    return scales


def _scale(table, languages, seen):
    points = [point.wording("label", languages) for point in table.tables("points")]
    if len(points) != Scale.maximum:
        table.refuse("points", f"must have {Scale.maximum} labels, from the lowest to the highest")
    scale = Scale(
        code=_code(table, seen),
        points=tuple(points),
        dont_know=table.wording("dont_know", languages),
        not_applicable=table.wording("not_applicable", languages),
    )
    table.close()
    return scale


def _section(table, languages, scales, codes):
    section = Section(
        code=_code(table, codes),
        title=table.wording("title", languages),
        introduction=table.wording("introduction", languages, optional=True),
        questions=tuple(_question(question, languages, scales, codes) for question in table.tables("questions")),
    )
    table.close()
    return section


def _question(table, languages, scales, codes):
    kind = table.string("kind", among=KINDS)
    shared = {
        "code": _code(table, codes),
        "text": table.wording("text", languages),
        "help": table.wording("help", languages, optional=True),
        "required": table.flag("required", default=False),
    }
    if kind == "matrix":
        scale = scales[table.string("scale", among=scales)]
        items = tuple(_item(item, languages, codes) for item in table.tables("items"))
        question = Matrix(**shared, scale=scale, items=items)
    elif kind == "long_text":
        indicators = table.strings("indicators", default=())
        question = LongText(**shared, indicators=indicators, coded=table.flag("coded", default=False))
    else:
        question = SingleChoice(**shared, options=_options(table, languages))
    table.close()
    return question


def _item(table, languages, codes):
    item = Item(
        code=_code(table, codes),
        text=table.wording("text", languages),
        indicators=table.strings("indicators"),
        reverse=table.flag("reverse", default=False),
        comparable=table.flag("comparable", default=True),
    )
    table.close()
    return item


def _options(table, languages):
    options, seen = [], set()
    for choice in table.tables("options"):
        options.append(Option(code=_code(choice, seen), text=choice.wording("text", languages)))
        choice.close()
    return tuple(options)


def _code(table, codes):
    code = table.string("code", pattern=CODE)
    if code in RESERVED:
        table.refuse("code", f"is “{code}”, a name that the answering page keeps for itself")
    if code in codes:
        table.refuse("code", f"is “{code}” for the second time")
    codes.add(code)
    return code


def _scale_json(scale):
    return {
        "code": scale.code,
        "points": [{"label": point.as_dict()} for point in scale.points],
        "dont_know": scale.dont_know.as_dict(),
        "not_applicable": scale.not_applicable.as_dict(),
    }


def _section_json(section):
    values = {"code": section.code, "title": section.title.as_dict()}
    if section.introduction:
        values["introduction"] = section.introduction.as_dict()
    return {**values, "questions": [_question_json(question) for question in section.questions]}


def _question_json(question):
    values = {
        "kind": question.kind,
        "code": question.code,
        "text": question.text.as_dict(),
        "required": question.required,
    }
    if question.help:
        values["help"] = question.help.as_dict()
    if question.kind == "matrix":
        return {**values, "scale": question.scale.code, "items": [_item_json(item) for item in question.items]}
    if question.kind == "long_text":
        return {**values, "indicators": list(question.indicators), "coded": question.coded}
    return {**values, "options": [{"code": o.code, "text": o.text.as_dict()} for o in question.options]}


def _item_json(item):
    return {
        "code": item.code,
        "text": item.text.as_dict(),
        "indicators": list(item.indicators),
        "reverse": item.reverse,
        "comparable": item.comparable,
    }
