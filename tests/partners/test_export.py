"""The exported file: whom it holds, that it imports again, and that no spreadsheet program runs anything in it."""

import csv
import io

from django.urls import reverse

from partners import roster
from partners.queries import known_to
from partners.roster_report import report_of
from tests.factories import ContactFactory, GroupFactory, SeatFactory
from tests.partners.test_imports import COUNTS, counted, imported
from tests.partners.test_roster import FILE


def exported(client, initiative):
    answer = client.get(reverse("partners:export", args=[initiative.slug]))
    return b"".join(answer.streaming_content)


def test_export_of_the_shared_file_imports_again_and_adds_nothing(director, initiative):
    imported(initiative, FILE.read_bytes())
    content = exported(director, initiative)
    report = report_of(roster.read(content, known_to(initiative)), known_to(initiative))
    assert set(report["new"].values()) == {0}
    assert report["counts"] == {"refused": 0, "folded": 0, "conflicts": 0, "already_there": 145}


def test_export_of_the_shared_file_makes_another_initiative_the_same(director, initiative, other_initiative):
    imported(initiative, FILE.read_bytes())
    initiative.contacts.filter(email="formula@hostile.example").update(is_lead=True, time_zone="Asia/Kolkata")
    imported(other_initiative, exported(director, initiative))
    columns = [
        "name",
        "email",
        "role",
        "language",
        "time_zone",
        "is_lead",
        "partner_since",
        "organisation__name",
        "organisation__sector__name",
    ]
    assert counted(other_initiative) == COUNTS
    assert list(other_initiative.contacts.values_list(*columns).order_by("email")) == list(
        initiative.contacts.values_list(*columns).order_by("email")
    )


def test_no_exported_cell_runs_in_a_spreadsheet(director, initiative):
    imported(initiative, FILE.read_bytes())
    rows = list(csv.reader(io.StringIO(exported(director, initiative).decode("utf-8-sig"), newline="")))
    hostile = next(row for row in rows if "formula@hostile.example" in row)
    assert hostile[0] == '\'=HYPERLINK("http://evil.example","click")'
    assert (hostile[2], hostile[4]) == ("'+cmd|' /C calc'!A0", "'@SUM(1+1)")
    assert [cell for row in rows for cell in row if cell.startswith(tuple("=+-@\t\r"))] == []


def test_export_holds_present_contacts_of_this_initiative_only(director, initiative, other_initiative):
    here = ContactFactory(initiative=initiative)
    SeatFactory(group=GroupFactory(initiative=initiative, name="Data"), holder=here)
    ContactFactory(initiative=initiative, left_on="2020-01-01")
    ContactFactory(initiative=other_initiative)
    rows = list(csv.reader(io.StringIO(exported(director, initiative).decode("utf-8-sig"), newline="")))
    assert [(row[3], row[5]) for row in rows] == [("E-mail", "Groups"), (here.email, "Data")]


def test_export_is_closed_to_the_signed_out_and_to_strangers(client, stranger, initiative):
    address = reverse("partners:export", args=[initiative.slug])
    assert client.get(address).status_code == 302
    assert stranger.get(address).status_code == 404
