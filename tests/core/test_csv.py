"""Spreadsheet files as people have them: encodings, delimiters, broken quotes, formulas."""

import csv as stdlib_csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import csv

TEXT = "Name;City\r\nZoë;Málaga\r\n"
ROWS = [(1, ["Name", "City"]), (2, ["Zoë", "Málaga"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_file_is_read_in_every_usual_encoding_and_delimiter(encoding, delimiter):
    assert list(csv.read(TEXT.replace(";", delimiter).encode(encoding))) == ROWS


def test_delimiter_in_a_quoted_header_does_not_count():
    assert csv.delimiter_of('"Name, full; long";City\nx;y') == ";"


def test_blank_rows_are_counted_but_not_read():
    assert list(csv.read(b"a,b\n\n , \n1,2\n")) == [(1, ["a", "b"]), (4, ["1", "2"])]


def test_line_break_in_a_cell_is_one_row():
    assert list(csv.read(b'a,b\n"x\ny",2\n3,4\n')) == [(1, ["a", "b"]), (2, ["x\ny", "2"]), (3, ["3", "4"])]


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04xlsx", b"\xd0\xcf\x11\xe0xls", b"%PDF-1.7", b"a,b\n\x00,1", b"\xff\xfea"]
)
def test_file_of_another_kind_is_named_as_such(content):
    with pytest.raises(csv.Unreadable, match="This is not a CSV file"):
        list(csv.read(content))


@pytest.mark.parametrize("content", [b"", b"  \r\n "])
def test_empty_file_is_named_as_such(content):
    with pytest.raises(csv.Unreadable, match="The file is empty"):
        list(csv.read(content))


def test_hundred_thousand_columns_are_refused_with_their_row():
    with pytest.raises(csv.Unreadable, match="Row 2 has more than 100 columns"):
        list(csv.read(b"a,b\n" + b"," * 100_000))


@pytest.mark.parametrize("length", [20_000, 200_000])
def test_quotation_mark_never_closed_is_refused_with_its_row(length):
    with pytest.raises(csv.Unreadable, match="Row 3 has a cell of more than 10000 characters"):
        list(csv.read(b'a,b\n1,2\n"' + b"x\n" * length))


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(1)", "\tx", "\rx", "'=1", "''=1"])
def test_cell_that_would_run_is_written_with_one_more_apostrophe(cell):
    written = b"".join(csv.write([[cell]])).decode("utf-8-sig")
    assert next(stdlib_csv.reader(io.StringIO(written, newline=""))) == ["'" + cell]


@pytest.mark.parametrize("cell", ["plain", "'quoted'", "a=b", "O'Brien", " =1", ""])
def test_cell_that_cannot_run_is_written_as_it_is(cell):
    assert csv.neutralise(cell) == cell


def test_nothing_is_written_as_an_empty_cell():
    assert b"".join(csv.write([[None, 0]])) == b"\xef\xbb\xbf,0\r\n"


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30) | st.text("'=+-@\t\rx")


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_what_is_written_is_read_again_unchanged(rows):
    content = b"".join(csv.write([("first", "second"), *rows]))
    expected = [list(row) for row in rows if any(csv.neutralise(cell).strip() for cell in row)]
    assert [cells for _, cells in csv.read(content)][1:] == expected


def test_a_number_is_no_formula_and_a_text_that_looks_like_one_is():
    cells = [-3.2, -5, "-5", "-3.2+1"]
    assert b"".join(csv.write([cells])).decode("utf-8-sig") == "-3.2,-5,'-5,'-3.2+1\r\n"
