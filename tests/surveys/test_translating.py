"""The translators' file: what goes out, what comes back, what is not taken; pure."""

import copy
import io

import pytest
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from core import csv
from surveys import definition, translating
from tests.surveys.all_kinds import all_kinds

PULSE = definition.to_json(definition.load_shipped("backbone_pulse"))
PARTNERS = definition.to_json(definition.load_shipped("backbone_effectiveness_partners"))
HOSTILE = [
    '=HYPERLINK("http://evil.example")',
    "'=1+1",
    "-2+3",
    "+1",
    "@SUM(1)",
    "'quoted'",
    '<b>"x"</b>,;\nsecond line',
    "''=x",
]
TITLE, COMMENT = "title", "sections.pulse.questions.comment.text"


def table(*rows):
    return b"".join(csv.write(rows))


def workbook(rows):
    target = io.BytesIO()
    with Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, str(cell or ""))
    return target.getvalue()


def rows_with(values, changes):
    header, *rows = translating.rows_of(values)
    return [header] + [
        [changes.get((row[0], column), cell) for column, cell in zip(header, row, strict=True)] for row in rows
    ]


def test_every_text_of_a_questionnaire_has_one_row():
    keys = [text.key for text in definition.texts(PULSE)]
    assert len(keys) == len(set(keys)) == 18
    assert keys[0] == TITLE
    assert COMMENT in keys
    assert "scales.agreement.points.1.label" in keys
    assert len(definition.texts(PARTNERS)) == 66


def test_rows_say_where_a_text_stands_and_what_is_missing():
    rows = {row[0]: row for row in translating.rows_of(PARTNERS)}
    assert rows["key"] == ["key", "where it stands", "source en", "es", "fr", "ar", "note"]
    places = [
        row[1] for key, row in rows.items() if key.endswith(("gv1_a.text", "agenda.title", "dont_know", "l.help"))
    ]
    assert places == ["words of a scale", "page 1: title", "page 1: explanation below a question", "page 1: statement"]
    assert {row[-1] for key, row in rows.items() if key != "key"} == {"missing: ar"}


@pytest.mark.parametrize("write", [translating.as_csv, translating.as_workbook])
@pytest.mark.parametrize("values", [PULSE, PARTNERS], ids=["pulse", "partners"])
def test_file_that_nobody_edited_changes_nothing(write, values):
    found = translating.read(write(values), values)
    assert (found.changes, found.problems, found.outdated) == ({}, [], [])
    assert found.unchanged == len(definition.texts(values)) * (len(values["languages"]) - 1)


@pytest.mark.parametrize("write", [translating.as_csv, translating.as_workbook])
def test_hostile_texts_go_out_harmless_and_come_back_as_they_were(write):
    keys = [text.key for text in definition.texts(PULSE)][: len(HOSTILE)]
    wanted = {(key, "ar"): text for key, text in zip(keys, HOSTILE, strict=True)}
    values = definition.translated(PULSE, wanted)
    content = write(values)
    if write is translating.as_workbook:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        cells = [str(cell) for row in sheet.to_python() for cell in row]
        assert [cell for cell in cells if cell[:1] in "=+-@" and cell] == []
    assert translating.read(content, values).changes == {}
    assert translating.read(content, PULSE).changes == wanted


@pytest.mark.parametrize("make", [lambda rows: table(*rows), workbook], ids=["csv", "xlsx"])
def test_edited_file_tells_exactly_what_changes_by_language(make):
    changes = {(TITLE, "ar"): "نبض", (COMMENT, "fr"): "Quoi ?"}
    found = translating.read(make(rows_with(PULSE, changes)), PULSE)
    assert found.changes == changes
    assert found.rows == {(TITLE, "ar"): 2, (COMMENT, "fr"): 18}
    assert (found.problems, found.outdated) == ([], [])


def test_empty_cell_and_missing_column_change_nothing():
    found = translating.read(table(["key", "fr"], [TITLE, ""], [COMMENT, "Quoi ?"]), PULSE)
    assert found.changes == {(COMMENT, "fr"): "Quoi ?"}
    assert found.languages == ("fr",)


def test_what_is_not_understood_is_told_by_row_and_column():
    rows = (["key", "fr", "Klingon", "en"], ["nothing", "x", "", ""], [TITLE, "a", "", ""], [TITLE, "b", "", ""])
    found = translating.read(table(*rows, [COMMENT, "x" * 5001, "", ""]), PULSE)
    assert [(p.row, p.column) for p in found.problems] == [(1, "Klingon"), (1, "en"), (2, "key"), (4, "key"), (5, "fr")]
    assert found.problems[3].sentence == "This text stands in row 3 already. Keep one of the two rows."
    assert found.changes == {(TITLE, "fr"): "a"}


def test_file_without_keys_is_not_taken():
    (problem,) = translating.read(table(["text", "fr"], ["a", "b"]), PULSE).problems
    assert problem.sentence.startswith("There is no column “key”.")


def test_changed_source_is_told_where_a_translation_changes():
    changes = {(TITLE, "source en"): "An older title", (TITLE, "fr"): "Autre", (COMMENT, "source en"): "Older"}
    changes |= {("introduction", "source en"): "", ("introduction", "fr"): "Bref."}
    found = translating.read(table(*rows_with(PULSE, changes)), PULSE)
    assert (found.outdated, found.changes) == (
        [(2, TITLE)],
        {(TITLE, "fr"): "Autre", ("introduction", "fr"): "Bref."},
    )


def test_control_characters_and_the_marks_of_compiled_pages_are_dropped():
    found = translating.read(table(["key", "fr"], [TITLE, "a\x00b\ue000c\x1bd".replace("\x00", "")]), PULSE)
    assert found.changes == {(TITLE, "fr"): "abcd"}


def test_language_that_lacks_texts_is_unfinished_and_falls_back():
    values = definition.translated(PARTNERS, {(TITLE, "ar"): "عنوان"})
    document = definition.parse(values)
    assert (document.languages, document.unfinished) == (("en", "es", "fr", "ar"), ("ar",))
    assert document.title.in_language("ar") == "عنوان"
    assert document.introduction.in_language("ar") == document.introduction.in_language("en")
    assert definition.progress(values) == {"en": (66, 66), "es": (66, 66), "fr": (66, 66), "ar": (1, 66)}
    assert definition.parse(definition.to_json(document)) == document


def test_last_translation_finishes_a_language():
    missing = {(text.key, "ar"): "نص" for text in definition.texts(PARTNERS)}
    assert "unfinished" not in definition.translated(PARTNERS, missing)


def test_first_language_can_never_be_unfinished():
    with pytest.raises(definition.DefinitionError):
        definition.parse(PULSE | {"unfinished": ["en"]})


def test_text_may_be_missing_in_no_other_language():
    values = copy.deepcopy(PULSE)
    del values["title"]["fr"]
    with pytest.raises(definition.DefinitionError, match=r"title\.fr is missing"):
        definition.parse(values)


def test_own_translations_are_carried_over_where_the_source_stayed():
    own = {(TITLE, "fr"): "Notre titre", (COMMENT, "fr"): "Notre question"}
    newest, shipped = definition.translated(PULSE, own), copy.deepcopy(PULSE)
    shipped["title"] |= {"en": "A new title", "fr": "Un nouveau titre"}
    assert definition.carried_over(shipped, PULSE, newest) == {(COMMENT, "fr"): "Notre question"}


def test_no_text_of_any_kind_of_question_is_forgotten():
    """Counted by the nouns themselves: every Wording of the definition, the words of a shared scale once."""
    document = all_kinds()
    found = [text.words for text in definition.texts(definition.to_json(document))]
    wordings = {id(each): each.as_dict() for each in definition.wordings(document)}
    assert sorted(map(str, found)) == sorted(map(str, wordings.values()))
    assert len(found) > 40
