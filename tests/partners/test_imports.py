"""From an uploaded file to contacts: check, confirm, chunks, cancel, and going on after a worker is gone."""

import datetime
import threading
import time
import tracemalloc

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from initiatives.models import HistoryEntry
from partners import tasks
from partners.actions import file_imports, import_rows, imports
from partners.models import Contact, Group, Organisation, PartnerImport, Seat, Sector
from tests.factories import ContactFactory, InitiativeFactory, OrganisationFactory
from tests.partners.test_roster import FILE

State = PartnerImport.State
COUNTS = {"contacts": 145, "organisations": 62, "sectors": 10, "groups": 5, "seats": 99}
NOTHING = dict.fromkeys(COUNTS, 0)


def roster_of(number, start=0):
    rows = [
        f"Organisation {n // 3},Sector {n % 7},Person {n},person{n}@org.example,,Group {n % 4},en,2024-01-15"
        for n in range(start, start + number)
    ]
    return "\n".join(["Organisation,Sector,Name,E-mail,Role,Groups,Language,Partner since", *rows]).encode()


def counted(initiative):
    return {
        "contacts": initiative.contacts.count(),
        "organisations": initiative.organisations.count(),
        "sectors": initiative.sectors.count(),
        "groups": initiative.groups.count(),
        "seats": Seat.objects.for_initiative(initiative).count(),
    }


def checked(initiative, content, by=None):
    """A file that was received and checked."""
    received = imports.receive(initiative=initiative, file_name="roster.csv", content=content, by=by)
    imports.check(import_id=received.pk)
    received.refresh_from_db()
    return received


def confirmed(initiative, content, by=None):
    partner_import = checked(initiative, content, by)
    imports.confirm(partner_import=partner_import, by=by)
    return partner_import


def imported(initiative, content, by=None):
    partner_import = confirmed(initiative, content, by)
    imports.run(import_id=partner_import.pk)
    partner_import.refresh_from_db()
    return partner_import


def test_check_writes_nothing_but_its_report(initiative):
    partner_import = checked(initiative, FILE.read_bytes())
    assert (partner_import.state, partner_import.rows, partner_import.report["new"]) == (State.CHECKED, 145, COUNTS)
    assert counted(initiative) == NOTHING


def test_shared_file_is_imported_as_its_report_said(initiative):
    partner_import = imported(initiative, FILE.read_bytes())
    assert (partner_import.state, partner_import.rows_done, partner_import.added) == (State.DONE, 145, COUNTS)
    assert counted(initiative) == COUNTS
    assert bytes(partner_import.content) == b""


def test_shared_file_without_its_hostile_rows_gives_60_organisations_and_143_contacts(initiative):
    rows = FILE.read_text("utf-8-sig").splitlines(keepends=True)
    imported(initiative, "".join(row for row in rows if "@hostile.example" not in row).encode())
    assert counted(initiative) == COUNTS | {"contacts": 143, "organisations": 60}


def test_same_file_a_second_time_adds_nothing_and_changes_nothing(initiative):
    imported(initiative, FILE.read_bytes())
    before = [list(model.objects.order_by("pk").values()) for model in (Organisation, Contact, Sector, Group, Seat)]
    again = checked(initiative, FILE.read_bytes())
    assert again.report["new"] == NOTHING
    assert again.report["counts"] == {"refused": 6, "folded": 0, "conflicts": 0, "already_there": 147}
    imports.confirm(partner_import=again, by=None)
    imports.run(import_id=again.pk)
    after = [list(model.objects.order_by("pk").values()) for model in (Organisation, Contact, Sector, Group, Seat)]
    assert after == before


def test_nothing_of_a_refused_row_is_written(initiative):
    imported(initiative, FILE.read_bytes())
    refused = ["Missing Address", "Wrong Address", "No Organisation", "Odd Date", "Odd Language"]
    assert not Contact.objects.filter(name__in=refused).exists()
    assert not Contact.objects.filter(email="noname@youthbridge.example").exists()


def test_steering_committee_is_recognised_however_it_is_spelled(initiative):
    imported(initiative, b"Organisation,Name,Email,Groups\nOrg,Ana,ana@org.example,STEERING  COMMITTEE;Data group\n")
    assert list(initiative.groups.values_list("name", "kind")) == [
        ("STEERING COMMITTEE", "steering_committee"),
        ("Data group", "working_group"),
    ]


def test_seat_carries_holder_organisation_sector_and_start(initiative):
    imported(initiative, roster_of(1))
    contact = initiative.contacts.get()
    seat = contact.seats.get()
    assert (seat.organisation, seat.sector.name, seat.starts_on) == (
        contact.organisation,
        "Sector 0",
        datetime.date(2024, 1, 15),
    )


def test_existing_contact_and_organisation_stay_as_they_are(initiative):
    organisation = OrganisationFactory(initiative=initiative, name="ORGANISATION 0", sector=None)
    ContactFactory(organisation=organisation, initiative=initiative, name="Here", email="person0@org.example")
    imported(initiative, roster_of(2))
    assert list(organisation.contacts.values_list("name", "email")) == [
        ("Here", "person0@org.example"),
        ("Person 1", "person1@org.example"),
    ]
    organisation.refresh_from_db()
    assert (organisation.name, organisation.sector) == ("ORGANISATION 0", None)


def test_same_address_in_another_initiative_is_no_repeat(initiative, other_initiative):
    imported(initiative, roster_of(3))
    assert imported(other_initiative, roster_of(3)).added["contacts"] == 3


def test_history_tells_of_each_chunk_and_of_the_whole(initiative, director, monkeypatch):
    monkeypatch.setattr(imports.partner_imports, "chunk_rows", 2)
    partner_import = imported(initiative, roster_of(3), director.user)
    entries = HistoryEntry.objects.filter(object_id=partner_import.pk).order_by("pk")
    assert [(entry.verb, entry.after.get("contacts"), entry.by) for entry in entries] == [
        ("import_confirmed", 3, director.user),
        ("import_rows_added", 2, director.user),
        ("import_rows_added", 1, director.user),
        ("import_finished", 3, director.user),
    ]


def test_cancelled_import_stops_before_the_next_chunk_and_keeps_what_is_done(initiative, monkeypatch):
    monkeypatch.setattr(imports.partner_imports, "chunk_rows", 2)
    partner_import = confirmed(initiative, roster_of(6))
    write_chunk = imports.partner_imports._write_chunk

    def write_and_cancel(*arguments):
        claimed_at = write_chunk(*arguments)
        imports.cancel(partner_import=partner_import, by=None)
        return claimed_at

    monkeypatch.setattr(imports.partner_imports, "_write_chunk", write_and_cancel)
    assert imports.run(import_id=partner_import.pk) is False
    partner_import.refresh_from_db()
    assert (partner_import.state, partner_import.rows_done, initiative.contacts.count()) == (State.CANCELLED, 2, 2)


def test_killed_import_goes_on_where_it_stopped_once_its_claim_is_stale(initiative, monkeypatch):
    monkeypatch.setattr(imports.partner_imports, "chunk_rows", 2)
    partner_import = confirmed(initiative, roster_of(5))
    write, calls = import_rows.write, []

    def write_and_die(**rows):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return write(**rows)

    monkeypatch.setattr(import_rows, "write", write_and_die)
    with pytest.raises(KeyboardInterrupt):
        imports.run(import_id=partner_import.pk)
    assert initiative.contacts.count() == 2
    assert imports.run(import_id=partner_import.pk) is False
    PartnerImport.objects.update(claimed_at=timezone.now() - file_imports.STALE_AFTER - datetime.timedelta(seconds=1))
    tasks.sweep()
    partner_import.refresh_from_db()
    assert (partner_import.state, partner_import.added["contacts"]) == (State.DONE, 5)
    assert counted(initiative) == partner_import.added


def test_worker_that_lost_its_claim_writes_nothing(initiative):
    partner_import = confirmed(initiative, roster_of(5))
    claimed_at = imports.partner_imports._claim(partner_import.pk, State.CONFIRMED, State.IMPORTING)
    PartnerImport.objects.update(claimed_at=timezone.now())
    rows = imports.roster.read(bytes(partner_import.content)).rows
    assert imports.partner_imports._write_chunk(partner_import, rows, claimed_at) is None
    assert initiative.contacts.count() == 0


def test_row_added_by_hand_meanwhile_makes_the_chunk_read_again(initiative, monkeypatch):
    partner_import = confirmed(initiative, roster_of(3))
    write, calls = import_rows.write, []

    def write_late(**rows):
        calls.append(1)
        if len(calls) == 1:
            raise IntegrityError
        return write(**rows)

    monkeypatch.setattr(import_rows, "write", write_late)
    imports.run(import_id=partner_import.pk)
    assert (len(calls), initiative.contacts.count()) == (2, 3)


def test_error_of_ours_is_told_and_keeps_what_was_imported(initiative, monkeypatch):
    partner_import = confirmed(initiative, roster_of(3))
    monkeypatch.setattr(import_rows, "write", lambda **rows: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.run_import(partner_import.pk)
    partner_import.refresh_from_db()
    assert (partner_import.state, partner_import.report["unreadable"]) == (State.FAILED, "stopped")


def test_task_that_runs_twice_imports_once(initiative):
    partner_import = confirmed(initiative, roster_of(3))
    tasks.run_import(partner_import.pk)
    tasks.run_import(partner_import.pk)
    assert initiative.contacts.count() == 3


def test_sweep_finds_what_the_broker_lost(initiative):
    received = imports.receive(initiative=initiative, file_name="a.csv", content=roster_of(2), by=None)
    tasks.sweep()
    received.refresh_from_db()
    assert received.state == State.CHECKED
    PartnerImport.objects.update(state=State.CONFIRMED)
    tasks.sweep()
    assert initiative.contacts.count() == 2


def test_chunk_costs_the_same_number_of_queries_for_few_and_many_rows(initiative):
    counts = []
    for start, number in ((0, 12), (1_000, 60)):
        rows = imports.roster.read(roster_of(number, start)).rows
        with CaptureQueriesContext(connection) as queries:
            import_rows.write(initiative=initiative, rows=rows)
        counts.append(len(queries))
    assert counts[0] <= 12
    # The sectors and groups are there by now, so the second chunk has two things less to write.
    assert counts[1] <= counts[0]


def upload(client, initiative, content, name="roster.csv"):
    address = reverse("partners:import-new", args=[initiative.slug])
    return client.post(address, {"file": SimpleUploadedFile(name, content, "text/csv")})


def test_upload_is_checked_shown_confirmed_and_imported(director, initiative, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        page = upload(director, initiative, FILE.read_bytes())
    shown = director.get(page.url).content.decode()
    assert "Import 145 contacts" in shown
    assert "wrong.address(at)harborlogistics" in shown
    partner_import = initiative.partner_imports.get()
    with django_capture_on_commit_callbacks(execute=True):
        director.post(reverse("partners:import-confirm", args=[initiative.slug, partner_import.pk]))
    assert "145 contacts were added." in director.get(page.url).content.decode()
    assert counted(initiative) == COUNTS


def test_page_of_a_running_import_asks_again_and_refreshes_when_done(director, initiative):
    partner_import = confirmed(initiative, roster_of(3))
    address = reverse("partners:import-progress", args=[initiative.slug, partner_import.pk])
    busy = director.get(address, headers={"HX-Request": "true"})
    assert (f'hx-get="{address}"' in busy.content.decode(), "HX-Refresh" in busy.headers) == (True, False)
    imports.run(import_id=partner_import.pk)
    assert director.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_confirming_twice_imports_once_and_says_so(director, initiative):
    partner_import = imported(initiative, roster_of(1))
    address = reverse("partners:import-confirm", args=[initiative.slug, partner_import.pk])
    assert "Nothing was changed" in director.post(address, follow=True).content.decode()


def test_cancel_button_puts_the_file_away(director, initiative):
    partner_import = checked(initiative, roster_of(1))
    director.post(reverse("partners:import-cancel", args=[initiative.slug, partner_import.pk]))
    partner_import.refresh_from_db()
    assert (partner_import.state, bytes(partner_import.content), initiative.contacts.count()) == (
        State.CANCELLED,
        b"",
        0,
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04 workbook", "This is not a CSV file."),
        (b"Name,Sector\n", "The file has no column Organisation, E-mail."),
        (b",,\n", "The file is empty."),
        (b"," * 100_000, "has more than 100 columns"),
        (b"x" * (5 * 1024 * 1024 + 1), "The file is larger than 5 MB."),
    ],
)
def test_file_that_cannot_be_taken_is_refused_on_the_page(director, initiative, content, sentence):
    answer = upload(director, initiative, content)
    assert sentence in answer.content.decode()
    assert initiative.partner_imports.count() == 0


def test_fifty_megabytes_are_refused_without_being_kept(director, initiative):
    assert "larger than 5 MB" in upload(director, initiative, b"a" * 50_000_000).content.decode()
    assert initiative.partner_imports.count() == 0


def test_form_without_a_file_says_what_is_missing(director, initiative):
    answer = director.post(reverse("partners:import-new", args=[initiative.slug]), {})
    assert "Choose a file." in answer.content.decode()


def test_file_with_too_many_rows_says_so_after_the_check(director, initiative, monkeypatch):
    monkeypatch.setattr(imports.roster, "MOST_ROWS", 2)
    partner_import = checked(initiative, roster_of(3))
    assert partner_import.state == State.FAILED
    assert "more than 2 rows" in director.get(partner_import.get_absolute_url()).content.decode()


def test_hostile_file_name_becomes_plain_text(director, initiative):
    upload(director, initiative, roster_of(1), name="../../<img src=x onerror=alert(1)>\r\nX: y.csv")
    partner_import = initiative.partner_imports.get()
    assert not set("/\\\r\n") & set(partner_import.file_name)
    for address in (partner_import.get_absolute_url(), reverse("partners:import-list", args=[initiative.slug])):
        assert "<img src=x" not in director.get(address).content.decode()


def test_template_has_the_columns_that_the_import_reads(director, initiative):
    content = director.get(reverse("partners:import-template", args=[initiative.slug])).content
    assert sorted(imports.roster.header_of(content)) == sorted(["", *imports.roster.COLUMNS])


def test_ten_thousand_rows_are_read_in_little_memory():
    content = roster_of(10_000)
    tracemalloc.start()
    found = imports.roster.read(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found.rows) == 10_000
    assert peak < 60 * 1024 * 1024


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_others_go_on_writing_while_5000_rows_are_imported():
    initiative, other = InitiativeFactory(), InitiativeFactory()
    partner_import = checked(initiative, roster_of(5_000))
    PartnerImport.objects.update(state=State.CONFIRMED)
    over, waits = threading.Event(), []

    def write_all_the_time():
        while not over.is_set():
            began = time.monotonic()
            ContactFactory(initiative=other)
            waits.append(time.monotonic() - began)
            time.sleep(0.01)
        connection.close()

    writer = threading.Thread(target=write_all_the_time)
    writer.start()
    try:
        assert imports.run(import_id=partner_import.pk) is True
    finally:
        over.set()
        writer.join()
    assert (initiative.contacts.count(), other.contacts.count()) == (5_000, len(waits))
    assert len(waits) > 20
    assert max(waits) < 2
