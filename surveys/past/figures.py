"""Published figures: for each statement how many were favourable, or what percentage, of how many who answered.

A percentage becomes a count, and the count must give the very same percentage at one decimal. Where it does not, the
percentage was rounded more coarsely or n is another: nobody can tell, and the row is refused with what would fit.
"""

import math
import re
from dataclasses import dataclass, field

from indicators.statistics import percentage_one_decimal
from surveys.past.columns import targets_by_key
from surveys.past.wording import key, tidy

COLUMNS = {
    "item": ("Code", "Item", "Question", "Statement", "Indicator", "Código", "Pregunta", "Question code"),
    "count": ("Favourable", "Favorable", "Count", "Agree", "Favorables", "Number favourable"),
    "percent": ("Percent", "%", "Percentage", "Percent favourable", "Porcentaje", "Pourcentage"),
    "n": ("n", "Answers", "Answered", "Respondents", "Of", "Respuestas", "Réponses"),
}
TEMPLATE = ("Code", "Statement in words", "Favourable", "Percent", "n")
LONGEST_VALUE = 120
MOST_LISTED = 500
MOST_PEOPLE = 1_000_000
WHOLE = re.compile(r"\d{1,7}(?:[.,]0+)?")
DECIMAL = re.compile(r"(\d{1,3}(?:[.,]\d{1,15})?)\s*%?")


@dataclass(frozen=True)
class PublishedFigure:
    """`count` favourable of `n` who answered the statement `code`; `row` is where it stood."""

    code: str
    count: int
    n: int
    row: int


@dataclass
class Found:
    """`refused`: (row, column, value, code of the reason, its numbers)."""

    figures: list = field(default_factory=list)
    refused: list = field(default_factory=list)
    rows_in_file: int = 0


class _Refused(Exception):
    def __init__(self, column, reason, **numbers):
        super().__init__(reason)
        self.column, self.reason, self.numbers = column, reason, numbers


def columns_of(header):
    """{column: place}, or None where the item, n, or both the count and the percentage are missing."""
    by_key = {_heading(name): column for column, names in COLUMNS.items() for name in names}
    found = {}
    for place, title in enumerate(header):
        column = by_key.get(_heading(title))
        if column:
            found.setdefault(column, place)
    return found if {"item", "n"} <= found.keys() and found.keys() & {"count", "percent"} else None


def _heading(title):
    return "%" if title.strip() == "%" else key(title)


def read(rows, definition, invited):
    """`Found` for (row number, cells) as `core.sheets.read` yields them; None where the columns are not there."""
    rows = iter(rows)
    columns = columns_of(next(rows, (0, []))[1])
    if columns is None:
        return None
    found = Found()
    records = [(number, _written(cells, columns)) for number, cells in rows]
    scale = _percent_scale(written["percent"] for _number, written in records)
    asked = {name: code for name, (code, _how) in targets_by_key(definition).items()}
    items = {item.code for item in definition.items()}
    for number, written in records:
        if not any(written[column] for column in ("count", "percent", "n")):
            continue
        found.rows_in_file += 1
        try:
            found.figures.append(_figure(number, written, scale, asked, items, found.figures, invited))
        except _Refused as refused:
            value = written.get(refused.column, "")[:LONGEST_VALUE]
            found.refused.append((number, refused.column, value, refused.reason, refused.numbers))
    return found


def _written(cells, columns):
    return {
        column: tidy(cells[columns[column]]) if column in columns and columns[column] < len(cells) else ""
        for column in COLUMNS
    }


def _percent_scale(texts):
    """100 where every percentage is a part of one, as a workbook keeps 39.1 %; else 1."""
    numbers = [
        float(found[1].replace(",", ".")) for text in texts if "%" not in text and (found := DECIMAL.fullmatch(text))
    ]
    return 100 if numbers and max(numbers) <= 1 and any(0 < number < 1 for number in numbers) else 1


def _figure(number, written, scale, asked, items, earlier, invited):
    code = asked.get(key(written["item"]))
    if code not in items:
        raise _Refused("item", "unknown_item")
    if any(figure.code == code for figure in earlier):
        raise _Refused("item", "item_twice")
    n = _whole(written, "n")
    if not n:
        raise _Refused("n", "nobody")
    if invited is not None and n > invited:
        raise _Refused("n", "more_than_invited", invited=invited)
    count = _whole(written, "count") if written["count"] else None
    percent = _percent(written["percent"], scale) if written["percent"] else None
    if count is None and percent is None:
        raise _Refused("count", "no_figure")
    count = count_of(percent, n) if count is None else count
    if count > n:
        raise _Refused("count", "more_than_n", n=n)
    if percent is not None and percentage_one_decimal(count, n) != percent:
        raise _Refused("percent", "no_such_count", count=count, n=n, gives=percentage_one_decimal(count, n))
    return PublishedFigure(code, count, n, number)


def count_of(percent, n):
    """The whole number of people nearest to a percentage of n, halves up."""
    return math.floor(percent * n / 100 + 0.5 + 1e-9)


def _whole(written, column):
    text = written[column].replace("\u00a0", "").replace(" ", "")
    if not WHOLE.fullmatch(text):
        raise _Refused(column, "not_whole")
    number = int(re.split("[.,]", text)[0])
    if number > MOST_PEOPLE:
        raise _Refused(column, "not_whole")
    return number


def _percent(text, scale):
    """The percentage at one decimal, halves up; 0.391 of a workbook is 39.1."""
    found = DECIMAL.fullmatch(text)
    value = float(found[1].replace(",", ".")) * (1 if "%" in text else scale) if found else 101
    if value > 100:
        raise _Refused("percent", "not_a_percentage")
    return math.floor(value * 10 + 0.5 + 1e-9) / 10


def report_of(found, definition):
    """The dry run as JSON for its page. `indicators` have one statement and get its figure; `without` have several."""
    codes = {figure.code for figure in found.figures}
    statements = {}
    for item in definition.items():
        for indicator in item.indicators:
            statements.setdefault(indicator, []).append(item.code)
    single = {code for code, items in statements.items() if len(items) == 1 and items[0] in codes}
    return {
        "rows_in_file": found.rows_in_file,
        "rows": len(found.figures),
        "codes": [figure.code for figure in found.figures],
        "figures": [[f.row, f.code, f.count, f.n, percentage_one_decimal(f.count, f.n)] for f in found.figures],
        "refused": [list(refused) for refused in found.refused[:MOST_LISTED]],
        "refused_count": len(found.refused),
        "indicators": sorted(single),
        "without": sorted(code for code, items in statements.items() if codes & set(items) and code not in single),
        "problems": [] if found.figures else ["no_figure"],
    }
