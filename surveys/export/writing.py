"""The files themselves. Each writer takes rows as they come and keeps none, but SPSS: its writer wants whole columns."""

from array import array

from django.utils.translation import gettext as _

from core import csv, workbook
from surveys.export import codebook
from surveys.export.columns import CODED, MATRIX, NUMBER, RANKING, RATING, spss_names

# What SPSS takes at most, in bytes.
LONGEST_LABEL, LONGEST_VALUE_LABEL, LONGEST_TEXT = 255, 120, 32_000


def write_csv(path, people, columns, rows, tally):
    """`people`: names of the columns about the person, empty where nobody is named. `rows`: (about the person, answers)."""
    with path.open("wb") as file:
        file.writelines(csv.write(_lines(people, columns, rows, tally)))


def write_xlsx(path, people, columns, rows, tally):
    with workbook.writing(path, folder=path.parent) as add_sheet:
        sheet = add_sheet(_("Answers"))
        lines = _lines(people, columns, rows, tally)
        sheet.header(next(lines))
        for line in lines:
            sheet.add(line)
        _add_codebook(add_sheet, tally)


def write_codebook_csv(path, people, columns, rows, tally):
    for _person, answers in rows:
        tally.count(answers)
    with path.open("wb") as file:
        file.writelines(csv.write([codebook.header(), *codebook.rows(tally)]))


def write_codebook_xlsx(path, people, columns, rows, tally):
    for _person, answers in rows:
        tally.count(answers)
    with workbook.writing(path, folder=path.parent) as add_sheet:
        _add_codebook(add_sheet, tally)


def _lines(people, columns, rows, tally):
    codes = [column.code for column in columns]
    yield [*people, *codes]
    for person, answers in rows:
        tally.count(answers)
        yield [*person, *map(answers.get, codes)]


def _add_codebook(add_sheet, tally):
    sheet = add_sheet(_("Codebook"))
    sheet.header(codebook.header())
    for line in codebook.rows(tally):
        sheet.add(line)


def write_sav(path, people, columns, rows, tally):
    """Ratings and choices as numbers with labels, "don't know" and "does not apply" declared missing, texts as texts."""
    # Both are large and only needed here.
    import pandas
    import pyreadstat

    about = [f"person_{number}" for number in range(1, len(people) + 1)]
    names = spss_names([*(column.code for column in columns), *about])
    values = _numbers(about, columns, rows, tally)
    frame = pandas.DataFrame({names[code]: _series(pandas, given) for code, given in values.items()}, copy=False)
    coded = [column for column in columns if column.kind in CODED]
    numeric = [column for column in columns if not column.is_words]
    pyreadstat.write_sav(
        frame,
        path,
        column_labels={
            **{names[code]: _cut(label, LONGEST_LABEL) for code, label in zip(about, people, strict=True)},
            **{names[column.code]: _cut(column.text, LONGEST_LABEL) for column in columns},
        },
        variable_value_labels={names[column.code]: _value_labels(column) for column in coded},
        missing_ranges={
            names[column.code]: [column.numbers[v] for v in column.missing] for column in coded if column.missing
        },
        variable_measure={names[column.code]: _measure(column) for column in numeric},
        variable_format={names[column.code]: _format(column) for column in numeric},
        row_compress=True,
    )


def _numbers(about, columns, rows, tally):
    """{code: the values of its column}, filled row by row: numbers in arrays of eight bytes, texts in lists."""
    nothing = float("nan")
    values = {code: [] for code in about}
    values |= {column.code: [] if column.is_words else array("d") for column in columns}
    for person, answers in rows:
        tally.count(answers)
        for code, cell in zip(about, person, strict=True):
            values[code].append(_cut("" if cell is None else str(cell), LONGEST_TEXT))
        for column in columns:
            answer = answers.get(column.code)
            if column.is_words:
                values[column.code].append(_cut(answer or "", LONGEST_TEXT))
            else:
                values[column.code].append(nothing if answer is None else column.numbers.get(answer, answer))
    return values


def _measure(column):
    if column.kind == NUMBER:
        return "scale"
    return "ordinal" if column.kind in (MATRIX, RATING, RANKING) else "nominal"


def _format(column):
    return f"F16.{column.decimals}" if column.kind == NUMBER else "F3.0"


def _series(pandas, given):
    return pandas.Series(given, dtype="object") if isinstance(given, list) else pandas.Series(memoryview(given))


def _value_labels(column):
    return {float(column.numbers[value]): _cut(label, LONGEST_VALUE_LABEL) for value, label in column.labels.items()}


def _cut(text, most):
    """`text` in at most `most` bytes of UTF-8, no character cut in half."""
    encoded = text.encode()
    return text if len(encoded) <= most else encoded[:most].decode(errors="ignore")


WRITERS = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "sav": write_sav,
    "codebook_csv": write_codebook_csv,
    "codebook_xlsx": write_codebook_xlsx,
}
