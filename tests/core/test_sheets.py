"""Tables from files of survey programs: CSV and XLSX read alike, and a workbook that is a bomb is put away in time."""

import time
import tracemalloc

import pytest

from core import sheets
from tests.workbooks import packed, xlsx

ROWS = [(1, ["Name", "Score"]), (3, ["Zoë", "4"])]


def cell(place, value="1", kind=""):
    return f'<row r="{place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{place}"{kind}><v>{value}</v></c></row>'


def test_workbook_and_csv_of_one_table_read_alike():
    assert list(sheets.read(xlsx([["Name", "Score"], [], ["Zoë", 4]]))) == ROWS
    assert list(sheets.read("Name,Score\n\nZoë,4\n".encode())) == ROWS


def test_numbers_are_read_as_people_write_them():
    assert list(sheets.read(xlsx([["a", 4.0, 39.1, None, "=1+1"]]))) == [(1, ["a", "4", "39.1", "", "=1+1"])]


BOMBS = {
    "packed zeros": lambda: packed("", media=b"0" * 60_000_000),
    "a cell in the last row": lambda: packed(cell("A1") + cell("B1048576")),
    "one text in a million cells": lambda: packed(cell("A1", "0", ' t="s"') * 20_000, ["x" * 9_000]),
    "many parts": lambda: packed("", **{f"part{number}": b"x" for number in range(400)}),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_workbook_that_would_fill_the_memory_is_refused(bomb):
    content = BOMBS[bomb]()
    tracemalloc.start()
    begun = time.monotonic()
    with pytest.raises(sheets.Unreadable, match="holds far more than answers"):
        list(sheets.read(content))
    taken, peak = time.monotonic() - begun, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (taken < 10, peak < 100_000_000) == (True, True)


def test_workbook_with_too_many_columns_is_refused():
    with pytest.raises(sheets.Unreadable, match="more than 400 columns"):
        list(sheets.read(packed(cell("A1") + cell("XFD2"))))


@pytest.mark.parametrize("size", [4, 40, 400, -60])
def test_broken_workbook_gets_a_sentence(size):
    with pytest.raises(sheets.Unreadable, match="cannot be read"):
        list(sheets.read(xlsx([["Name", "Score"], ["Zoë", 4]])[:size]))


def test_part_that_lies_about_its_size_is_refused():
    content = packed("", media=b"0" * 50_000_000)
    size = (50_000_000).to_bytes(4, "little")
    with pytest.raises(sheets.Unreadable, match="cannot be read"):
        list(sheets.read(content.replace(size, (1_000).to_bytes(4, "little"))))


def test_other_files_are_refused_in_words_about_surveys():
    with pytest.raises(sheets.Unreadable, match="neither a CSV nor an XLSX"):
        list(sheets.read(b"%PDF-1.7 whatever"))
    with pytest.raises(sheets.Unreadable, match="one row for each person who answered"):
        list(sheets.read(b" \n"))
