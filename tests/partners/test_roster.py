"""Reading a file of partners, without a database: the shared file, and each thing that can be wrong with a cell."""

import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import csv
from partners import roster
from partners.names import fold, tidy
from partners.roster import Conflict, Known, Remark, Repeat
from partners.roster_report import problem_of, readable, report_of

FILE = Path(__file__).parent.parent / "data" / "partners.csv"
HEADER = "Organisation,Sector,Name,E-mail,Role,Groups,Language,Partner since,Lead contact,Time zone\n"
GOOD = {
    "organisation": "Org",
    "sector": "Media",
    "name": "Ana",
    "email": "ana@org.example",
    "role": "",
    "groups": "",
    "language": "",
    "since": "",
    "lead": "",
    "zone": "",
}


def line(**cells):
    return ",".join(f'"{value}"' for value in (GOOD | cells).values()) + "\n"


def read(*lines, known=None):
    return roster.read((HEADER + "".join(lines)).encode(), known)


@pytest.fixture(scope="module")
def shared():
    return roster.read(FILE.read_bytes())


def test_shared_file_gives_143_good_rows_and_2_hostile_ones(shared):
    hostile = [row for row in shared.rows if row.email.endswith("@hostile.example")]
    good = [row for row in shared.rows if row not in hostile]
    assert (shared.rows_in_file, len(good), len(hostile)) == (153, 143, 2)
    assert len({row.organisation for row in good}) == 60
    assert len({row.organisation for row in shared.rows}) == 62
    assert len({row.sector for row in good}) == len({row.sector for row in shared.rows}) == 10


def test_shared_file_names_five_groups(shared):
    assert {group for row in shared.rows for group in row.groups} == {
        "Steering committee",
        "Graduation group",
        "Careers group",
        "Data group",
        "Early learning group",
    }


def test_shared_file_has_six_rows_refused_by_row_column_and_value(shared):
    assert shared.refused == [
        Remark(42, "email", "", "no_email"),
        Remark(43, "email", "wrong.address(at)harborlogistics", "not_an_address"),
        Remark(44, "name", "", "no_name"),
        Remark(151, "organisation", "", "no_organisation"),
        Remark(152, "partner_since", "31/02/2024", "no_such_date"),
        Remark(153, "language", "klingon", "unknown_language"),
    ]


def test_shared_file_has_its_folded_spellings_reported(shared):
    assert [(remark.row, remark.column, remark.value, remark.taken) for remark in shared.folded] == [
        (5, "organisation", "Alder County Schools ", "Alder County Schools"),
        (5, "sector", "school district ", "School district"),
        (19, "sector", "Higher Education", "Higher education"),
        (32, "sector", "Non-profit", "Nonprofit"),
        (37, "sector", "non profit", "Nonprofit"),
        (46, "email", "VALERIE.HASSAN@RIVERBENDBOYSGIRLS.EXAMPLE", "valerie.hassan@riverbendboysgirls.example"),
        (73, "sector", "Public Agency", "Public agency"),
        (82, "name", "  Quentin  Oyelaran", "Quentin Oyelaran"),
        (93, "role", "Outreach\ncoordinator", "Outreach coordinator"),
        (107, "groups", "steering committee", "Steering committee"),
        (107, "groups", "Careers Group", "Careers group"),
    ]


def test_shared_file_has_one_sector_conflict_which_the_majority_wins(shared):
    assert shared.conflicts == [Conflict("sector", "Alder Legal Aid", 66, "Public agency", 65, "Nonprofit")]
    assert {row.sector for row in shared.rows if row.organisation == "Alder Legal Aid"} == {"Nonprofit"}


def test_shared_file_has_two_addresses_again(shared):
    assert shared.repeated == [
        Repeat(97, "xiomara.mendoza@riverbendpublicsch.example", 2),
        Repeat(154, "beatriz.abebe@parentswholead.example", 55),
    ]


def test_hostile_cells_are_taken_as_plain_text(shared):
    formula, markup = (row for row in shared.rows if row.email.endswith("@hostile.example"))
    assert formula.organisation == '=HYPERLINK("http://evil.example","click")'
    assert (formula.name, formula.role) == ("+cmd|' /C calc'!A0", "@SUM(1+1)")
    assert markup.organisation == "<script>alert(1)</script>"
    assert (markup.name, markup.role) == ("Robert'); DROP TABLE partners;--", "{{ settings.SECRET_KEY }}")


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"email": "a@b"}, "email", "not_an_address"),
        ({"email": "ana@org.example, ben@org.example"}, "email", "not_an_address"),
        ({"name": "x" * 201}, "name", "too_long"),
        ({"groups": "x" * 121}, "groups", "too_long"),
        ({"since": "2024-02-30"}, "partner_since", "no_such_date"),
        ({"since": "03/04/2024"}, "partner_since", "date_of_two_meanings"),
        ({"since": "March"}, "partner_since", "not_a_date"),
        ({"since": "0024-03-15"}, "partner_since", "no_such_date"),
        ({"lead": "perhaps"}, "is_lead", "not_yes_or_no"),
        ({"zone": "CET+1"}, "time_zone", "unknown_time_zone"),
        ({"zone": "US/Eastern"}, "time_zone", "unknown_time_zone"),
        ({"zone": '","surplus'}, "", "too_many_cells"),
        ({"organisation": "\u202e \u200e".strip("\u200e")}, "organisation", "no_organisation"),
    ],
)
def test_cell_that_cannot_be_taken_refuses_its_row(cells, column, code):
    result = read(line(**cells), line(name="Ben", email="ben@org.example"))
    assert [(remark.row, remark.column, remark.code) for remark in result.refused] == [(2, column, code)]
    assert [row.name for row in result.rows] == ["Ben"]


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2024-03-15", (2024, 3, 15)),
        ("15/03/2024", (2024, 3, 15)),
        ("3/15/2024", (2024, 3, 15)),
        ("15.03.2024", (2024, 3, 15)),
        ("04/04/2024", (2024, 4, 4)),
    ],
)
def test_date_of_one_meaning_is_taken(written, date):
    assert read(line(since=written)).rows[0].partner_since == datetime.date(*date)


@pytest.mark.parametrize(("written", "code"), [("EN", "en"), ("Español", "es"), ("fr-CA", "fr"), ("", "es")])
def test_language_is_taken_by_code_or_name_and_else_the_initiatives(written, code):
    assert read(line(language=written), known=Known(language="es")).rows[0].language == code


@pytest.mark.parametrize(
    ("written", "zone"),
    [("America/New York", "America/New_York"), ("utc", "UTC"), ("europe/paris", "Europe/Paris"), ("", "")],
)
def test_time_zone_is_taken_by_its_name_in_any_case(written, zone):
    assert read(line(zone=written)).rows[0].time_zone == zone


def test_majority_decides_the_sector_and_the_first_row_a_tie():
    rows = [line(sector=sector, email=f"p{n}@org.example") for n, sector in enumerate(["Media", "Arts", "arts"])]
    assert {row.sector for row in read(*rows).rows} == {"Arts"}
    assert {row.sector for row in read(*rows[:2]).rows} == {"Media"}


def test_refused_row_has_no_vote_on_the_sector():
    rows = [line(), line(sector="Arts", email="no"), line(sector="Arts", email="neither")]
    result = read(*rows)
    assert [row.sector for row in result.rows] == ["Media"]
    assert result.conflicts == []


def test_stored_organisation_keeps_its_spelling_and_sector():
    known = Known(organisations={"org": "ORG"}, sector_of={"org": "Arts"}, sectors={"arts": "Arts"})
    result = read(line(), known=known)
    assert [(row.organisation, row.sector) for row in result.rows] == [("ORG", "Arts")]
    assert result.conflicts == [Conflict("sector", "ORG", 2, "Media", 0, "Arts")]


def test_first_row_marked_as_lead_contact_is_the_lead():
    result = read(line(lead="yes"), line(lead="Oui", name="Ben", email="ben@org.example"))
    assert [row.is_lead for row in result.rows] == [True, False]
    assert result.conflicts == [Conflict("lead", "Org", 3, "Ben", 2, "Ana")]


def test_columns_are_found_by_other_names_in_any_order():
    content = b"e-mail address;FULL NAME;organization;Notes\nana@org.example;Ana;Org;x\n"
    assert [(row.name, row.email, row.organisation) for row in roster.read(content).rows] == [
        ("Ana", "ana@org.example", "Org")
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            b"Name,Sector\nAna,Media\n",
            "The file has no column Organisation, E-mail. Its first row reads: Name, Sector.",
        ),
        (b"Name,E-mail,Mail,Organisation\n", "The file has the column E-mail twice."),
    ],
)
def test_header_that_does_not_fit_says_what_is_missing(content, sentence):
    with pytest.raises(csv.Unreadable) as error:
        roster.read(content)
    assert problem_of({"unreadable": error.value.code, "params": error.value.params}).startswith(sentence)


def test_more_rows_than_a_file_may_have_are_refused(monkeypatch):
    monkeypatch.setattr(roster, "MOST_ROWS", 2)
    with pytest.raises(roster.Unreadable) as error:
        read(*[line(email=f"p{n}@org.example") for n in range(3)])
    assert (error.value.code, error.value.params) == ("rows", {"limit": 2})


def test_report_of_the_shared_file_counts_what_would_be_added(shared):
    report = report_of(shared, Known())
    assert report["new"] == {"contacts": 145, "organisations": 62, "sectors": 10, "groups": 5, "seats": 99}
    assert report["counts"] == {"refused": 6, "folded": 11, "conflicts": 1, "already_there": 2}


def test_report_says_for_each_refusal_what_to_do(shared):
    assert readable(report_of(shared, Known()))["refused"][1] == {
        "row": 43,
        "column": "E-mail",
        "value": "wrong.address(at)harborlogistics",
        "what_to_do": "This is not an e-mail address. Write it like name@example.org.",
    }


def test_report_names_both_rows_of_a_conflict(shared):
    assert readable(report_of(shared, Known()))["conflicts"] == [
        {
            "about": "Alder Legal Aid",
            "sentence": "Row 66 names the sector “Public agency”, row 65 “Nonprofit”. Imported as “Nonprofit”.",
        }
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [("Non-profit", "nonprofit"), ("non profit", "Nonprofit"), ("Straße", "STRASSE"), ("Zoe\u0308", "zoë")],
)
def test_spellings_of_one_name_fold_to_the_same(first, second):
    assert fold(first) == fold(second)


@given(st.text(max_size=50))
def test_tidying_twice_changes_nothing_and_keeps_the_fold(text):
    once = tidy(text)
    assert tidy(once) == once
    assert len(fold(once)) <= 200


@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_a_sentence(content):
    header = HEADER.encode()
    try:
        found = roster.read(header + content)
    except csv.Unreadable:
        return
    assert len(found.rows) + len(found.refused) + len(found.repeated) == found.rows_in_file
