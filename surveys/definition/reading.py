"""A definition from its file or from the JSON of a published version, checked; and back to JSON.

TOML and JSON have one shape: {code, audience, languages, title, introduction, scales: [{code, points, dont_know,
not_applicable, measures?}], sections: [{code, title, introduction?, questions: [{kind, code, text, help?, required?,
show_if?, …}]}]}, where every kind adds keys of its own:

    matrix           scale, items: [{code, text, indicators, reverse?, comparable?}]; a scale that measures = "frequency"
                     has two to seven points, and five where a row names indicators
    single_choice    options: [{code, text}], other? (the words of a last choice with a line to write on)
    several_choices  the same, minimum?, maximum?, exclusive? (code of the option that rules out the others)
    rating           lowest?, highest? (words at 0 and at 10)
    ranking          options, places? (how many are ranked; all, where it is left out)
    number           minimum?, maximum?, decimals? (0: whole numbers), unit?
    date, short_text nothing
    long_text        indicators?, coded?

show_if = {code, values} asks a question only of those who chose one of the values in an earlier single_choice,
several_choices or rating. Every text is a table with each of the languages; one that `unfinished` names, too, may be missing,
and the first language stands in for it.
"""

import hashlib
import json
import tomllib
from functools import lru_cache
from pathlib import Path

from core.documents import DocumentError, Table
from indicators.catalogue import AUDIENCES, catalogue
from surveys.definition.nouns import AGREEMENT, FREQUENCY, Definition, Scale, Section
from surveys.definition.questions import code_of, question_json, read_question

FOLDER = Path(__file__).resolve().parent.parent / "instruments"
SHIPPED = (
    "backbone_effectiveness_partners",
    "backbone_effectiveness_committee",
    "backbone_pulse",
    "backbone_effectiveness_community",
    "backbone_effectiveness_funders",
    "backbone_effectiveness_policymakers",
)


class DefinitionError(DocumentError):
    """An instrument's definition cannot be used. The message names the file and the key."""


def parse(values, *, file="definition"):
    """The Definition that these values (from TOML or JSON) describe; raises DefinitionError naming `file` and key."""
    root = Table(values, file=file, error=DefinitionError)
    languages = root.strings("languages")
    if not languages:
        root.refuse("languages", "is empty")
    unfinished = root.may_lack = root.strings("unfinished", among=languages[1:], default=())
    codes, earlier = set(), {}
    scales = _scales(root, languages)
    definition = Definition(
        code=root.string("code", pattern=r"[a-z][a-z0-9_]{0,59}"),
        audience=root.string("audience", among=AUDIENCES),
        languages=languages,
        title=root.wording("title", languages),
        introduction=root.wording("introduction", languages),
        unfinished=unfinished,
        sections=tuple(_section(table, languages, scales, codes, earlier) for table in root.tables("sections")),
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
    """Plain values of the whole definition: `parse(to_json(x)) == x`."""
    scales = {q.scale.code: q.scale for q in definition.questions if q.kind == "matrix"}
    return {
        "code": definition.code,
        "audience": definition.audience,
        "languages": list(definition.languages),
        **({"unfinished": list(definition.unfinished)} if definition.unfinished else {}),
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
    measures = table.string("measures", among=(AGREEMENT, FREQUENCY)) if table.has("measures") else AGREEMENT
    points = [point.wording("label", languages) for point in table.tables("points")]
    if measures == AGREEMENT and len(points) != Scale.counted:
        table.refuse("points", f"must have {Scale.counted} labels, from the lowest to the highest")
    if not 2 <= len(points) <= 7:
        table.refuse("points", "must have two to seven labels, from the least often to the most often")
    scale = Scale(
        code=code_of(table, seen),
        points=tuple(points),
        dont_know=table.wording("dont_know", languages),
        not_applicable=table.wording("not_applicable", languages),
        measures=measures,
    )
    table.close()
    return scale


def _section(table, languages, scales, codes, earlier):
    section = Section(
        code=code_of(table, codes),
        title=table.wording("title", languages),
        introduction=table.wording("introduction", languages, optional=True),
        questions=tuple(
            read_question(question, languages, scales, codes, earlier) for question in table.tables("questions")
        ),
    )
    table.close()
    return section


def _scale_json(scale):
    return {
        "code": scale.code,
        "points": [{"label": point.as_dict()} for point in scale.points],
        "dont_know": scale.dont_know.as_dict(),
        "not_applicable": scale.not_applicable.as_dict(),
        **({"measures": scale.measures} if scale.measures != AGREEMENT else {}),
    }


def _section_json(section):
    values = {"code": section.code, "title": section.title.as_dict()}
    if section.introduction:
        values["introduction"] = section.introduction.as_dict()
    return {**values, "questions": [question_json(question) for question in section.questions]}
