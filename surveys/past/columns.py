"""The columns of an export, and which question each of them answers.

Three dialects are known. Google Forms: one header row, a grid is `Question [Row]`. LimeSurvey: one header row with
`code`, `code. Text`, `code[sub]` or `Text [Sub]`, and `submitdate`, which is blank where somebody did not finish.
SurveyMonkey: two header rows, the question over its first column and the rows of the matrix below it.
"""

import re
from dataclasses import dataclass

from surveys.past.wording import key, tidy, words

LONGEST_TITLE = 300
UNDERSTOOD = ("matrix", "single_choice", "several_choices", "rating", "number")
# What a column may be besides the code of a question. "" is left out.
ORGANISATION, SECTOR, SUBMITTED = "@organisation", "@sector", "@submitted"
# How a proposal was found.
BY_CODE, BY_TEXT, BY_LIKENESS = "code", "text", "likeness"
ALIKE = 0.75
ANSWER_HEADINGS = frozenset(map(key, ["Response", "Open-Ended Response", "Respuesta", "Réponse"]))
ORGANISATIONS = words(
    "organisation organization organisations organizations organizacion company agency employer institution entidad"
)
SECTORS = words("sector sectors secteur sectores")
SUBMISSIONS = frozenset(map(key, ["submitdate", "Date submitted", "Fecha de envío", "Date de soumission"]))
# A short heading with one of these words speaks of a person, and such a column is never taken.
PERSONAL = words(
    "name names firstname lastname surname email mail mailaddress phone telephone mobile ip ipaddr ipaddress respondent token "
    "username user contact address custom signature nombre apellido apellidos correo telefono direccion contacto nom prenom "
    "courriel adresse usuario utilisateur id identifier collector timestamp refurl seed attribute"
)
LONGEST_PERSONAL = 6
ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


@dataclass(frozen=True)
class Column:
    """A column of the file by its place from 0. `is_personal`: it may name people, and nothing of it is taken."""

    place: int
    title: str
    parts: tuple
    is_personal: bool = False


@dataclass(frozen=True)
class Sheet:
    """The columns, and the rows below the headings as (row number, cells)."""

    columns: tuple
    rows: tuple


@dataclass(frozen=True)
class Proposal:
    target: str
    how: str


def sheet_of(rows, definition):
    """The `Sheet` of (row number, cells) as `core.sheets.read` yields them; None where there is no heading."""
    rows = list(rows)
    if not rows:
        return None
    top = [tidy(cell) for cell in rows[0][1]]
    below = [tidy(cell) for cell in rows[1][1]] if len(rows) > 1 else []
    two = _has_two_headings(top, below)
    rest = tuple(rows[2:] if two else rows[1:])
    width = max(len(cells) for _number, cells in rows)
    headings = _headings(top, below if two else [], width)
    asked = frozenset(targets_by_key(definition))
    columns = (
        _column(place, parts, asked, (cells[place] for _number, cells in rest if place < len(cells)))
        for place, parts in enumerate(headings)
    )
    return Sheet(tuple(columns), rest)


def _has_two_headings(top, below):
    """SurveyMonkey leaves the first row blank over the later rows of a matrix, and writes no answer in the second."""
    filled = [place for place, cell in enumerate(below) if cell]
    over_blank = any(place >= len(top) or not top[place] for place in filled)
    marked = any(key(below[place]) in ANSWER_HEADINGS for place in filled)
    return bool(filled) and (over_blank or marked) and not below[0]


def _headings(top, below, width):
    """For each column the texts it stands under, the widest first."""
    over = ""
    for place in range(width):
        own = top[place] if place < len(top) else ""
        over = own or (over if below else "")
        sub = below[place] if place < len(below) else ""
        if key(sub) in ANSWER_HEADINGS:
            sub = ""
        yield tuple(part for part in (over if own or sub else "", sub) if part)


def _column(place, parts, asked, cells):
    title = (f"{parts[0]} [{parts[1]}]" if len(parts) == 2 else "".join(parts))[:LONGEST_TITLE]
    is_asked = any(key(part) in asked for part in _readings(parts))
    is_personal = not is_asked and (_speaks_of_people(title) or any(ADDRESS.search(cell) for cell in cells))
    return Column(place, title, parts, is_personal)


def _speaks_of_people(title):
    found = words(title)
    if found & (ORGANISATIONS | SECTORS) and not found & {"email", "mail", "phone", "contact", "address"}:
        return False
    return bool(found & PERSONAL) and len(found) <= LONGEST_PERSONAL


def propose(sheet, definition):
    """{place: Proposal}: each question and each role goes to the first column that fits it best."""
    asked = targets_by_key(definition)
    proposals, taken = {}, set()
    for find in (_by_exact, _by_likeness):
        for column in sheet.columns:
            if column.is_personal or column.place in proposals:
                continue
            proposal = find(column, asked, definition)
            if proposal and proposal.target not in taken:
                proposals[column.place] = proposal
                taken.add(proposal.target)
    # Where each choice has its column, the one that is left over is what people wrote beside them.
    apart = {code_of(target) for target in taken if "." in target}
    return {place: proposal for place, proposal in proposals.items() if proposal.target not in apart}


def is_understood(question):
    """Whether a column of an earlier survey can be read as answers to this. Words and days are not: they may name people, and
    nothing here is made of them; nor are rankings."""
    return question.kind in UNDERSTOOD


def targets_of(question):
    """What a column can be taken for: the codes of a question; of several choices each alone as well, as `topics.health`."""
    options = question.options if question.kind == "several_choices" else ()
    return (*question.codes, *(f"{question.code}.{option.code}" for option in options))


def code_of(target):
    """The code of the question whose answers a column with this target holds."""
    return target.partition(".")[0]


def targets_by_key(definition):
    """{key of a text or code: (target, how it was found)} in every language."""
    found = {}
    for question in filter(is_understood, definition.questions):
        asked = question.items if question.kind == "matrix" else (question,)
        for each in asked:
            found.setdefault(key(each.code), (each.code, BY_CODE))
            for _language, text in each.text.texts:
                found.setdefault(key(text), (each.code, BY_TEXT))
        if question.kind == "several_choices":
            _add_options(found, question)
    return found


def _add_options(found, question):
    """A column for each choice stands under the question and the choice, or under both codes."""
    for option in question.options:
        target = f"{question.code}.{option.code}"
        found.setdefault(key(target), (target, BY_CODE))
        label = dict(option.text.texts)
        for language, text in question.text.texts:
            if language in label:
                found.setdefault(key(f"{text} {label[language]}"), (target, BY_TEXT))


def _by_exact(column, asked, _definition):
    for reading in _readings(column.parts):
        if key(reading) in asked:
            return Proposal(*asked[key(reading)])
    return _role(column.title)


def _role(title):
    if key(title) in SUBMISSIONS:
        return Proposal(SUBMITTED, BY_TEXT)
    found = words(title)
    if len(found) <= LONGEST_PERSONAL and found & SECTORS:
        return Proposal(SECTOR, BY_TEXT)
    return Proposal(ORGANISATION, BY_TEXT) if len(found) <= LONGEST_PERSONAL and found & ORGANISATIONS else None


def _readings(parts):
    """What a heading may mean, the narrowest first: the text in brackets, the code before a full stop, all of it."""
    whole = " ".join(parts)
    inside = re.findall(r"\[([^\[\]]+)\]", whole)
    before = re.match(r"\s*([\w\[\]]+)\s*[.:]\s", whole)
    yield whole
    yield from reversed(parts)
    yield from reversed(inside)
    if before:
        yield before[1]
        yield whole[before.end() :]
    yield re.sub(r"^\s*\d+[.)]\s*", "", parts[-1] if parts else "")
    yield whole.split("[")[0]


def _by_likeness(column, _asked, definition):
    """The item whose words the heading shares most of, from three in four on."""
    best, code = ALIKE, None
    for reading in _readings(column.parts):
        mine = words(reading)
        if len(mine) < 5:
            continue
        for item in definition.items():
            for _language, text in item.text.texts:
                theirs = words(text)
                share = len(mine & theirs) / len(mine | theirs)
                if share > best:
                    best, code = share, item.code
    return Proposal(code, BY_LIKENESS) if code else None
