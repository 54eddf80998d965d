"""Evidence, policy and resources leave as files, and what leaves comes in again as it was."""

import datetime
import io

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from backbone.queries.entry_files import KINDS, export_rows, header
from core import csv
from initiatives.permissions import Role
from tests.backbone.entry_rows import MODELS, everything, file_of, imported
from tests.backbone.test_activities import address

pytestmark = pytest.mark.django_db
LISTED = {"evidence": "evidence", "policy": "policy", "resources": "resource"}
FORMULAS = ("=", "+", "-", "@")
each_kind = pytest.mark.parametrize("kind", KINDS)
each_form = pytest.mark.parametrize("form", ["csv", "xlsx"])


def download(client, kind, form, initiative):
    return client.get(address(f"{LISTED[kind]}-{form}", initiative))


@each_kind
@each_form
def test_what_leaves_comes_in_again_as_it_was(staff, initiative, kind, form):
    everything(kind, initiative)
    before, content = list(export_rows(kind, initiative)), download(staff, kind, form, initiative).content
    again = imported(kind, initiative, content)
    assert (again.report["counts"]["refused"], set(again.added.values())) == (0, {0})
    MODELS[kind].objects.update(deleted_at=datetime.datetime.now(datetime.UTC))
    assert imported(kind, initiative, content).report["refused"] == []
    assert sorted(map(str, export_rows(kind, initiative))) == sorted(map(str, before))


@each_kind
def test_every_column_of_the_row_that_says_everything_is_filled(initiative, kind):
    everything(kind, initiative)
    columns = zip(header(kind), zip(*export_rows(kind, initiative), strict=True), strict=True)
    assert [name for name, cells in columns if not any(cells)] == []


@each_kind
def test_no_cell_of_a_file_runs_in_a_spreadsheet(staff, initiative, kind):
    everything(kind, initiative)
    plain = download(staff, kind, "csv", initiative).content.decode("utf-8-sig")
    assert any(f"'{sign}" in plain for sign in FORMULAS)
    assert [line for line in plain.splitlines() for cell in line.split(",") if cell.startswith(FORMULAS)] == []
    book = CalamineWorkbook.from_filelike(io.BytesIO(download(staff, kind, "xlsx", initiative).content))
    cells = [cell for row in book.get_sheet_by_index(0).to_python() for cell in row]
    assert [cell for cell in cells if isinstance(cell, str) and cell.startswith(FORMULAS)] == []


@each_kind
@each_form
def test_file_holds_nothing_deleted_and_nothing_foreign(staff, initiative, other_initiative, kind, form):
    everything(kind, initiative)
    everything(kind, other_initiative)
    MODELS[kind].objects.filter(initiative=initiative).update(deleted_at=datetime.datetime.now(datetime.UTC))
    answer = download(staff, kind, form, initiative)
    name = f"{kind}-{initiative.slug}-{initiative.today()}.{form}"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    if form == "csv":
        assert [row for _number, row in csv.read(answer.content)] == [header(kind)]
    else:
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
        assert book.get_sheet_by_index(0).to_python() == [header(kind)]


def test_amounts_are_numbers_in_a_workbook(staff, initiative):
    everything("resources", initiative)
    content = download(staff, "resources", "xlsx", initiative).content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert {row[header("resources").index("Amount")] for row in rows} == {"Amount", 1234567.8, ""}


@each_kind
@each_form
def test_files_are_closed_to_whoever_may_not(client, stranger, client_as, staff, initiative, kind, form):
    answers = [
        download(who, kind, form, initiative).status_code for who in (client, stranger, client_as(Role.FUNDER), staff)
    ]
    assert answers == [302, 404, 403, 200]


@each_kind
def test_export_costs_the_same_with_one_three_and_four_hundred(staff, initiative, kind):
    counts, sizes = [], []
    for content in (file_of(kind, 1), file_of(kind, 2, 1), file_of(kind, 397, 3)):
        imported(kind, initiative, content)
        with CaptureQueriesContext(connection) as queries:
            answer = download(staff, kind, "csv", initiative)
        counts.append(len(queries))
        sizes.append(answer.content.count(b"\r\n"))
    assert (sizes, len(set(counts))) == ([2, 4, 401], 1)


@pytest.mark.parametrize(
    ("kind", "filters", "left"),
    [
        ("evidence", {"until": "2026-09-02", "sourced": "yes"}, ["Call 1", "Call 2"]),
        ("policy", {"search": "act 3", "stage": "idea", "alignment": "partly"}, ["Act 3"]),
        ("resources", {"since": "2026-09-03", "certainty": "received", "currency": "USD"}, ["Gift 3"]),
    ],
)
def test_file_holds_what_the_filters_let_through(staff, initiative, kind, filters, left):
    imported(kind, initiative, file_of(kind, 3))
    listed = address(f"{LISTED[kind]}-list", initiative)
    page = BeautifulSoup(staff.get(listed, filters).content, "html.parser")
    [link] = [link["href"] for link in page.find_all("a") if link.get_text() == "CSV"]
    _head, *rows = (row for _number, row in csv.read(staff.get(link).content))
    assert sorted(cell for row in rows for cell in row if cell.split(" ")[0] in ("Call", "Act", "Gift")) == left


@each_kind
def test_list_leads_to_its_import_and_its_files(staff, client_as, initiative, kind):
    imported(kind, initiative, file_of(kind, 1))
    listed, here = address(f"{LISTED[kind]}-list", initiative), address(f"{kind}-import", initiative)
    page = staff.get(listed).content.decode()
    assert [address(f"{LISTED[kind]}-{form}", initiative) in page for form in ("csv", "xlsx")] == [True, True]
    assert here in page
    if kind == "policy":
        assert here not in client_as(Role.COMMITTEE).get(listed).content.decode()
