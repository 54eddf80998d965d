"""The figures as a file are the figures of the pages: the same words, and nothing that is kept back."""

import io
import zipfile

import pytest
from django.urls import reverse

from backbone.queries.figure_page import cell_words, figure_page
from indicators.models import Publication
from initiatives.permissions import Role
from surveys.actions.closing import close_round
from surveys.models import Round
from tests.surveys.closing_rounds import Roster, agrees, open_round
from tests.surveys.past_rounds import brought_in
from tests.surveys.releases import csv_rows, sheets

pytestmark = pytest.mark.django_db
HIDDEN = "too few answers to show"


def people():
    """Thirty people in sectors of which two are too small, half of them in a group."""
    sectors = ["Health"] * 12 + ["Education"] * 11 + ["Housing"] * 4 + ["=Arts"] * 3
    return [(f"Org {n}", sector, ("Data",) if n % 2 else ()) for n, sector in enumerate(sectors)]


@pytest.fixture
def closed(initiative):
    roster = Roster(initiative, people())
    for days, favourable in ((200, 15), (1, 22)):
        round = open_round(roster, agrees(favourable, 28) + [None] * 2, ended_days_ago=days, title="=Autumn")
        assert close_round(round_id=round.pk)
    return Round.objects.get(pk=round.pk)


def table(client, initiative, name="results-csv"):
    """The file's rows as dictionaries by column."""
    content = client.get(reverse(f"backbone:{name}", args=[initiative.slug])).content
    header, *rows = csv_rows(content) if name == "results-csv" else sheets(content)["Figures"]
    return [dict(zip(header, row, strict=True)) for row in rows]


def on_pages(initiative, rows):
    """(code, part, words) of every figure that the pages behind the rows show."""
    found = set()
    for code in {row["Code"] for row in rows if row["Kind"] in ("function", "indicator")}:
        for voice in figure_page(initiative, code).voices:
            found.add((code, "", _words(voice.figure)))
            found |= {(code, part, said) for b in voice.breakdowns for part, said, *_why in b.chart.rows}
    return found


def _words(figure):
    if not figure.is_shown:
        return HIDDEN if figure.is_hidden else "no answers yet"
    return f"{figure.figure} {figure.words}".replace(" favourable", "")


def test_every_figure_of_the_pages_is_in_the_file_in_the_same_words_and_no_other(director, initiative, closed):
    rows = [row for row in table(director, initiative) if row["Kind"] in ("function", "indicator")]
    said = {(row["Code"], row["Part"].removeprefix("'"), row["As the page shows it"]) for row in rows}
    assert said == on_pages(initiative, rows)
    assert {words == HIDDEN for _code, _part, words in said} == {True, False}


def test_statements_stand_in_the_words_they_were_asked_in(director, initiative, closed):
    items = {row["Code"]: row for row in table(director, initiative) if row["Kind"] == "item"}
    assert list(items) == ["gv1_a", "gv1_b", "gv3_a", "sa1_a"]
    shown = closed.publication.results.get(kind="item", code="gv1_a", breakdown="")
    assert items["gv1_a"]["As the page shows it"] == cell_words(shown)
    assert items["gv1_a"]["How many chose each answer"] == "1 = 0; 2 = 6; 3 = 0; 4 = 22; 5 = 0"


def test_numbers_are_those_of_the_results_and_percent_has_one_decimal(director, initiative, closed):
    row = next(row for row in table(director, initiative) if row["Code"] == "GV1" and not row["Part"])
    names = ["Favourable", "n", "Percent", "All who were asked", "Mean"]
    assert [row[name] for name in names] == ["22", "28", "78.6", "30", "3.6"]
    assert (row["Change"], row["Points"]) == ("clearly up", "25")


def test_hidden_figures_carry_a_reason_and_no_number(director, initiative, closed):
    hidden = [row for row in table(director, initiative) if row["As the page shows it"] == HIDDEN]
    numbers = ["Favourable", "n", "Percent", "Mean", "Don't know", "Does not apply", "Points"]
    assert hidden
    assert {row[name] for row in hidden for name in numbers} == {""}
    assert all(row["Why it is kept back"] for row in hidden)


def test_coded_words_stand_without_the_exact_number(director, initiative):
    roster = Roster(initiative, [(f"Org {n}", "Health", ()) for n in range(12)])
    assert close_round(round_id=open_round(roster, agrees(12, 12)).pk)
    row = next(row for row in table(director, initiative) if row["Code"] == "GV1" and not row["Part"])
    assert [row[n] for n in ("As the page shows it", "Favourable", "n", "Percent")] == [
        "at least 11 of 12",
        "",
        "12",
        "",
    ]


def test_xlsx_says_the_same_as_csv(director, initiative, closed):
    plain, book = (table(director, initiative, name) for name in ("results-csv", "results-xlsx"))
    pairs = [
        (a, b)
        for one, other in zip(plain, book, strict=True)
        for a, b in zip(*map(dict.values, (one, other)), strict=True)
    ]
    assert [pair for pair in pairs if pair[0] != pair[1] and float(pair[0]) != pair[1]] == []
    assert {type(cell) for row in book for cell in (row["n"], row["Points"]) if cell != ""} == {float}


def test_response_rates_are_told_as_on_the_page(director, initiative, closed):
    rates = [row for row in table(director, initiative) if row["Kind"] == "response rate"]
    assert [(row["What was measured"], row["Favourable"], row["n"], row["Percent"]) for row in rates] == [
        ("People", "28", "30", "93.3"),
        ("Organisations", "28", "30", "93.3"),
    ]
    page = director.get(f"/i/{initiative.slug}/").content.decode()
    assert all(row["As the page shows it"] in page for row in rates)


def test_no_cell_runs_in_a_spreadsheet(director, initiative, closed):
    cells = [cell for row in table(director, initiative) for cell in row.values()]
    assert [cell for cell in cells if cell.startswith(tuple("=+-@\t\r"))] == []
    assert {"'=Autumn", "'=Arts"} <= set(cells)
    content = director.get(reverse("backbone:results-xlsx", args=[initiative.slug])).content
    sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert (b"=Autumn" in sheet, b"<f>" in sheet) == (True, False)


def test_figures_for_the_public_are_no_second_set_of_rows(director, initiative, closed):
    assert Publication.objects.filter(reader_level="public").count() == 2
    rows = [row for row in table(director, initiative) if row["Code"] == "GV1" and not row["Part"]]
    assert len(rows) == 1


def test_a_change_for_the_worse_is_a_number_too(director, initiative):
    roster = Roster(initiative, people())
    for days, favourable in ((200, 24), (1, 8)):
        round = open_round(roster, agrees(favourable, 30), ended_days_ago=days)
        assert close_round(round_id=round.pk)
    row = next(row for row in table(director, initiative) if row["Code"] == "GV1" and not row["Part"])
    assert (row["Change"], row["Points"]) == ("clearly down", "-53")


def test_a_function_that_is_not_in_use_is_not_in_the_file(director, initiative, closed):
    initiative.functions.filter(code="vision").update(enabled=False)
    assert [row for row in table(director, initiative) if row["Code"] in ("vision", "GV1", "gv1_a")] == []


@pytest.mark.parametrize("role", list(Role))
def test_every_role_that_sees_the_page_may_take_the_file(client_as, initiative, closed, role):
    member = client_as(role)
    answers = [member.get(reverse(f"backbone:{n}", args=[initiative.slug])) for n in ("results-csv", "results-xlsx")]
    assert [(a.status_code, "attachment" in a["Content-Disposition"]) for a in answers] == [(200, True)] * 2


def test_strangers_and_the_signed_out_get_nothing(client, stranger, initiative, closed):
    address = reverse("backbone:results-csv", args=[initiative.slug])
    assert (stranger.get(address).status_code, client.get(address).status_code) == (404, 302)


def test_figures_of_another_initiative_are_not_in_the_file(director, initiative, other_initiative, closed):
    Publication.objects.update(initiative=other_initiative)
    assert table(director, initiative) == []


def test_a_round_that_was_brought_in_is_told_like_any_other(director, initiative):
    brought_in(initiative, b"gv1_a\n" + b"4\n" * 20 + b"2\n" * 10)
    rows = table(director, initiative)
    figures = [row for row in rows if row["Kind"] in ("function", "indicator")]
    said = {(row["Code"], row["Part"], row["As the page shows it"]) for row in figures}
    assert said == on_pages(initiative, figures)
    row = next(row for row in rows if row["Code"] == "gv1_a")
    numbers = ("Favourable", "n", "All who were asked", "Percent, from", "Percent, to")
    assert [row[name] for name in numbers] == ["20", "30", "", "48.8", "80.8"]
