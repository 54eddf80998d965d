"""Files of earlier rounds, read without a database: dialects, labels, numbers, people's columns, and percentages."""

from pathlib import Path

import pytest

from core import csv, sheets
from surveys import definition
from surveys.past import figures
from surveys.past.check import check, report_of
from surveys.past.columns import sheet_of
from surveys.past.report import readable
from surveys.past.values import labels_of, understand
from tests.workbooks import xlsx

EARLIER = Path(__file__).resolve().parent.parent / "data/earlier"
PARTNERS = definition.load_shipped("backbone_effectiveness_partners")
CODES = ["gv1_a", "gv1_b", "gv3_a", "bb1_a"]
MATRIX = PARTNERS.question_of["gv1_a"]


def read(content, mapping=None, sectors=()):
    sheet = sheet_of(sheets.read(content), PARTNERS)
    return check(sheet, PARTNERS, mapping or {}, sectors), sheet


def table(*rows):
    return "\n".join(",".join(row) for row in rows).encode()


def said(number):
    """What person `number` (from 0) of the fixtures answered."""
    high = number < 8
    answers = {
        "gv1_a": (5 if number % 2 else 4) if high else (1 if number % 2 else 2),
        "gv1_b": 2 if high else 4,
        "gv3_a": 4 if high else 2,
        "bb1_a": 4 if number < 14 else 2,
    }
    answers |= {3: {"gv3_a": None}, 5: {"gv1_b": "dk"}, 9: {"bb1_a": "na"}}.get(number, {})
    return {code: answer for code, answer in answers.items() if answer is not None}


@pytest.mark.parametrize("program", ["google-forms", "limesurvey", "surveymonkey"])
def test_every_dialect_tells_the_same_answers(program):
    found, _sheet = read((EARLIER / f"{program}.csv").read_bytes(), {"values": {"scale|dontknownoopinion": "dk"}} | {})
    assert [row.answers for row in found.rows] == [said(number) for number in range(20)]
    assert [row.organisation for row in found.rows] == [number // 3 + 1 for number in range(20)]
    assert (found.codes, found.unknown) == (CODES, [])


def test_workbook_tells_what_the_csv_tells():
    content = (EARLIER / "surveymonkey.csv").read_bytes()
    rows = [cells for _number, cells in csv.read(content)]
    assert read(xlsx(rows))[0].rows == read(content)[0].rows


def test_value_not_understood_is_told_by_row_and_column():
    found, sheet = read((EARLIER / "surveymonkey.csv").read_bytes())
    report = readable(report_of(found, sheet, None))
    title = f"How far do you agree? [{PARTNERS.question_of['gv1_b'].items[1].text.in_language('en')}]"
    assert report["unknown"] == [{"row": 8, "column": title, "value": "Don't know / no opinion"}]
    assert "gv1_b" not in found.rows[5].answers


def test_row_that_was_not_finished_is_left_out():
    found, _sheet = read((EARLIER / "limesurvey.csv").read_bytes())
    assert (found.rows_in_file, len(found.rows), found.not_submitted) == (21, 20, 1)


PERSONAL = {
    "google-forms": ["Timestamp", "Email Address"],
    "surveymonkey": [
        "Respondent ID", "Collector ID", "IP Address", "Email Address", "First Name", "Last Name", "Custom Data 1",
    ],
    "limesurvey": ["id", "seed", "token"],
}  # fmt: skip


@pytest.mark.parametrize("program", PERSONAL)
def test_column_that_names_people_is_never_taken_whatever_the_mapping_says(program):
    _found, sheet = read((EARLIER / f"{program}.csv").read_bytes())
    everything = {str(column.place): "gv2_a" for column in sheet.columns if column.is_personal}
    found, _sheet = read((EARLIER / f"{program}.csv").read_bytes(), {"columns": everything})
    assert [column.title for column in sheet.columns if column.is_personal] == PERSONAL[program]
    assert (found.codes, found.rows) == ([], [])


def test_column_with_addresses_in_it_names_people():
    _found, sheet = read(table(["Who are you?", "gv1_a"], ["ann@org.example", "4"]))
    assert [column.is_personal for column in sheet.columns] == [True, False]


def test_only_sectors_of_the_initiative_are_taken_and_only_beside_organisations():
    rows = [["gv1_a", "Sector", "Organisation"], ["4", "schools", "A"], ["5", "Ann Smith", "B"]]
    found, _sheet = read(table(*rows), sectors=["Schools"])
    assert [row.sector for row in found.rows] == ["Schools", ""]
    assert found.unknown == [(3, "Sector", "Ann Smith")]
    alone, sheet = read(table(*(row[:2] for row in rows)), sectors=["Schools"])
    assert [row.sector for row in alone.rows] == ["", ""]
    assert report_of(alone, sheet, None)["problems"] == ["sector_alone"]


VALUES = {
    "4": 4, "4.0": 4, "4 - agree": 4, "4 – Agree": 4, "(4) Agree": 4, "Agree (4)": 4, "4/5": 4, "4: de acuerdo": 4,
    "Agree": 4, " agree ": 4, "AGREE": 4, "A4": 4, "AO05": 5, "Strongly agree": 5, "D'accord": 4, "D’accord": 4,
    "Totalmente en desacuerdo": 1, "Somewhat disagree": 2, "Neutral": 3, "don't know": "dk", "No sé": "dk", "N/A": "na",
    "Sans objet": "na", "Does not apply": "na",
    "4 - disagree": None, "6": None, "0": None, "Agree (2)": None, "maybe": None, "agree, mostly": None, "4 5": None,
    "=4": None, "-4": None, "４": 4,
}  # fmt: skip


@pytest.mark.parametrize("text", VALUES)
def test_value_is_understood_or_not_guessed(text):
    assert understand(text, MATRIX, labels_of(MATRIX)) == VALUES[text]


def test_chosen_columns_and_values_take_the_place_of_proposals():
    content = table(["gv1_a", "Something else"], ["1", "mostly"], ["5", "5"])
    mapping = {"columns": {"1": "gv3_a"}, "values": {"scale|mostly": "4", "scale|5": "none"}}
    found, _sheet = read(content, mapping)
    assert [(row.number, row.answers) for row in found.rows] == [(2, {"gv3_a": 4})]
    assert (found.empty, found.unknown) == (1, [])


def test_heading_that_is_much_alike_is_proposed_and_says_so():
    title = "I could explain our common agenda to a colleague who has never heard of it"
    found, _sheet = read(table([title, "An altogether different heading about the weather"], ["4", "5"]))
    assert (found.targets, found.how) == ({0: "gv1_a", 1: ""}, {0: "likeness"})


def test_wrong_columns_are_a_problem_not_a_guess():
    found, sheet = read(table(["Height", "Weight"], ["180", "75"]))
    assert report_of(found, sheet, None)["problems"] == ["no_question"]
    assert sheet_of([], PARTNERS) is None


def figures_in(*rows, invited=None):
    return figures.read(enumerate([list(row) for row in rows], start=1), PARTNERS, invited)


def test_percentage_becomes_the_count_that_gives_it_back():
    found = figures_in(["Code", "%", "n"], ["gv1_a", "39.1", "46"], ["gv2_a", "9,6 %", "52"], ["gv3_a", "62.745", "51"])
    assert [(f.code, f.count, f.n) for f in found.figures] == [("gv1_a", 18, 46), ("gv2_a", 5, 52), ("gv3_a", 32, 51)]


def test_percentages_of_a_workbook_are_parts_of_one():
    rows = [["Code", "Percent", "n"], ["gv1_a", 18 / 46, 46], ["gv2_a", 1, 12]]
    found = figures.read(sheets.read(xlsx(rows)), PARTNERS, None)
    assert [(f.count, f.n) for f in found.figures] == [(18, 46), (12, 12)]


REFUSED = {
    "percent": (["gv1_a", "", "39", "46"], "No number of people among 46 gives this percentage at one decimal: 18 are 39.1 %."),
    "both": (["gv1_a", "17", "39.1", "46"], "No number of people among 46 gives this percentage at one decimal: 17 are 37.0 %."),
    "unknown": (["weather", "1", "", "2"], "This is no statement of the questionnaire."),
    "open": (["comment", "1", "", "2"], "This is no statement of the questionnaire."),
    "more": (["gv1_a", "9", "", "5"], "More favourable answers than the 5 people who answered."),
    "invited": (["gv1_a", "9", "", "61"], "More people than the 60 who were invited."),
    "nobody": (["gv1_a", "0", "", "0"], "Nobody answered this statement."),
    "half": (["gv1_a", "2.5", "", "9"], "Write a whole number of people."),
    "hostile": (["gv1_a", "=1+1", "", "9"], "Write a whole number of people."),
    "over": (["gv1_a", "", "139.1", "46"], "Write a percentage from 0 to 100"),
    "nothing": (["gv1_a", "", "", "46"], "Neither the favourable answers nor their percentage."),
}  # fmt: skip


@pytest.mark.parametrize("reason", REFUSED)
def test_figure_that_cannot_be_is_refused_with_a_sentence(reason):
    row, sentence = REFUSED[reason]
    found = figures_in(["Code", "Favourable", "Percent", "n"], row, invited=60)
    lines = readable(figures.report_of(found, PARTNERS))["refused"]
    assert (found.figures, len(lines), lines[0]["row"]) == ([], 1, 2)
    assert lines[0]["what_to_do"].startswith(sentence)


def test_indicators_of_several_statements_get_no_figure():
    found = figures_in(["Code", "Favourable", "n"], ["gv1_a", "4", "9"], ["gv1_b", "4", "9"], ["bb1_a", "4", "9"])
    report = figures.report_of(found, PARTNERS)
    assert (report["indicators"], report["without"]) == (["BB1"], ["GV1"])


def test_file_without_the_columns_is_none():
    assert figures_in(["Code", "n"], ["gv1_a", "4"]) is None
