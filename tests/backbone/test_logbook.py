"""Reading a file of past activities: what is taken, what is refused and why."""

import datetime
import io
from collections import Counter

import pytest
import xlsxwriter

from backbone.logbook import FILE, Known, read
from backbone.logbook_report import readable, report_of
from backbone.row_files import Unreadable, header_of
from core import csv, sheets

KNOWN = Known(
    functions={"vision": 1, "guidevisionandstrategy": 1, "policy": 2},
    people={"anna": 7, "bo": None, "bo@x.example": 8},
    partners={"alderhealth": 3, "openlibrary": 4},
    groups={"datagroup": 5},
    target_audiences={"citycouncil": 6},
    kinds={
        "communityengagement": "engagement",
        "communication": "communication",
        "achievement": "achievement",
        "technicalassistance": "assistance",
        "otherwork": "work",
    },
    levels={"consult": "consult"},
    policy=2,
    there=Counter({(datetime.date(2024, 3, 15), "call", 30): 1}),
    today=datetime.date(2026, 10, 14),
)
HEADER = "Date,What,Minutes,Hours,Functions,Staff,Partners,Committee or group,Outcome,Behind the scenes"


def rows_of(*lines, header=HEADER):
    return read("\n".join([header, *lines]).encode(), KNOWN)


def refusal(line, header=HEADER):
    [remark] = rows_of(line, header=header).refused
    return remark.column, remark.value, remark.code


def test_every_cell_is_taken():
    line = "2024-03-15, Call ,,1.5,Vision × 2;policy,Anna; BO@x.example,Alder-Health;Open  library,Data group,Much came,yes"
    [row] = rows_of(line).rows
    assert (row.number, row.held_on, row.title, row.minutes) == (2, datetime.date(2024, 3, 15), "Call", 90)
    assert (row.functions, row.people, row.partners, row.group) == ({1: 2, 2: 1}, (7, 8), (3, 4), 5)
    assert (row.outcome, row.behind_the_scenes, row.occurrence) == ("Much came", True, 1)


@pytest.mark.parametrize(
    ("minutes", "hours", "found"),
    [("45", "", 45), ("", "0,75", 45), ("", "1.5", 90), ("90", "1.5", 90), ("", "0.33", 20), ("1440", "24", 1440)],
)
def test_length_is_minutes_or_hours(minutes, hours, found):
    [row] = rows_of(f'2024-03-15,Call,{minutes},"{hours}",policy').rows
    assert row.minutes == found


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        (",Call,30,,policy", ("held_on", "", "no_date")),
        ("2024-02-30,Call,30,,policy", ("held_on", "2024-02-30", "no_such_date")),
        ("3/4/2024,Call,30,,policy", ("held_on", "3/4/2024", "date_of_two_meanings")),
        ("soon,Call,30,,policy", ("held_on", "soon", "not_a_date")),
        ("2026-10-15,Call,30,,policy", ("held_on", "2026-10-15", "not_yet")),
        ("2024-03-15, ,30,,policy", ("title", " ", "no_title")),
        (f"2024-03-15,{'x' * 201},30,,policy", ("title", "x" * 200, "too_long")),
        ("2024-03-15,Call,,,policy", ("minutes", "", "no_minutes")),
        ("2024-03-15,Call,long,,policy", ("minutes", "long", "not_a_number")),
        ("2024-03-15,Call,NaN,,policy", ("minutes", "NaN", "not_a_number")),
        ("2024-03-15,Call,1e9,,policy", ("minutes", "1e9", "not_a_number")),
        ("2024-03-15,Call,0,,policy", ("minutes", "0", "not_within_a_day")),
        ("2024-03-15,Call,,25,policy", ("hours", "25", "not_within_a_day")),
        ("2024-03-15,Call,30,1,policy", ("hours", "1", "two_lengths")),
        ("2024-03-15,Call,30,,", ("functions", "", "no_function")),
        ("2024-03-15,Call,30,,policy;lobbying", ("functions", "lobbying", "unknown_functions")),
        ("2024-03-15,Call,30,,policy,Zoe", ("people", "Zoe", "unknown_people")),
        ("2024-03-15,Call,30,,policy,Bo", ("people", "Bo", "two_of_the_name")),
        ("2024-03-15,Call,30,,policy,,Elsewhere", ("partners", "Elsewhere", "unknown_partners")),
        ("2024-03-15,Call,30,,policy,,,Choir", ("group", "Choir", "unknown_group")),
        ("2024-03-15,Call,30,,policy,,,,,perhaps", ("behind_the_scenes", "perhaps", "not_yes_or_no")),
    ],
)
def test_row_that_would_have_to_be_guessed_is_refused_with_a_sentence(line, refused):
    assert refusal(line) == refused
    told = readable(report_of(rows_of(line), KNOWN))
    assert (told["refused"][0]["what_to_do"][-1], told["new"]) == (".", {"activities": 0})


def test_same_day_title_and_length_count_as_often_as_they_stand_there():
    found = rows_of("2024-03-15,Call,30,,policy", "2024-03-15,call,30,,vision", "2024-03-15,Call,31,,policy")
    assert [row.occurrence for row in found.rows] == [1, 2, 1]
    report = report_of(found, KNOWN)
    assert (report["new"], report["already_there"]) == ({"activities": 2}, [2])


@pytest.mark.parametrize(
    ("header", "code", "params"),
    [
        ("Date,What,Functions", "columns_missing", {"missing": "Minutes", "found": "Date, What, Functions"}),
        ("When,Minutes", "columns_missing", {"missing": "What, Functions", "found": "When, Minutes"}),
        ("Date,Fecha,What", "column_twice", {"column": "Date"}),
    ],
)
def test_file_of_another_kind_is_named(header, code, params):
    with pytest.raises(Unreadable) as caught:
        header_of(header.encode(), FILE)
    assert (caught.value.code, caught.value.params) == (code, params)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"%PDF-1.7 ..."])
def test_what_is_no_table_is_refused_with_a_sentence(content):
    with pytest.raises(csv.Unreadable) as caught:
        header_of(content, FILE)
    assert readable({"unreadable": caught.value.code, "params": caught.value.params})["problem"].endswith(".")


def test_more_rows_than_can_be_read_are_refused(monkeypatch):
    monkeypatch.setattr("backbone.logbook.MOST_ROWS", 1)
    with pytest.raises(Unreadable, match="rows"):
        rows_of("2024-03-15,Call,30,,policy", "2024-03-16,Call,30,,policy")


def test_workbook_says_the_same_and_loses_its_apostrophes():
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Date", "What", "Minutes", "Functions"])
        sheet.write_datetime(1, 0, datetime.datetime(2024, 3, 15), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_row(1, 1, ["'=Call", 30, "policy"])
    assert content.getvalue().startswith(sheets.WORKBOOK)
    [row] = read(content.getvalue(), KNOWN).rows
    assert (row.held_on, row.title, row.minutes) == (datetime.date(2024, 3, 15), "=Call", 30)


def test_partner_whose_name_holds_a_semicolon_is_one_partner():
    known = Known(functions={"policy": 2}, partners={"smith;sons": 1, "smith": 2, "alder": 3}, today=KNOWN.today)
    line = f"{HEADER}\n2024-03-15,Call,30,,policy,,Alder; Smith; Sons;Smith"
    [row] = read(line.encode(), known).rows
    assert row.partners == (3, 1, 2)


def test_outcome_keeps_its_lines_and_loses_what_cannot_be_written():
    content = f'{HEADER}\n2024-03-15,Call,30,,policy,,,,"One\ntwo\x08",'.encode()
    [row] = read(content, KNOWN).rows
    assert row.outcome == "One\ntwo"
