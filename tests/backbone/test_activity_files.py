"""The log goes out as a file and comes in from one; the same file twice adds nothing."""

import datetime
import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from python_calamine import CalamineWorkbook

from backbone import tasks
from backbone.actions.activity_imports import activity_imports
from backbone.models import Activity, ActivityImport, TargetAudience
from backbone.queries.activity_files import export_rows, header
from core import csv
from initiatives.models import HistoryEntry
from partners.models import FileImport
from tests.backbone.factories import ActivityFactory
from tests.backbone.test_activities import HOSTILE, address, errors_of
from tests.factories import GroupFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
State = FileImport.State
DAY = datetime.date(2026, 9, 1)


def log_of(number, start=0):
    lines = [f"2026-09-{n % 28 + 1:02d},Call {n // 2},30,vision" for n in range(start, start + number)]
    return "\n".join(["Date,What,Minutes,Functions", *lines]).encode()


def confirmed(initiative, content, by=None):
    received = activity_imports.receive(initiative=initiative, file_name="log.csv", content=content, by=by)
    tasks.check_activity_import(received.pk)
    received.refresh_from_db()
    activity_imports.confirm(file_import=received, by=by)
    return received


def imported(initiative, content, by=None):
    received = confirmed(initiative, content, by)
    tasks.run_activity_import(received.pk)
    received.refresh_from_db()
    return received


def exported(initiative):
    return b"".join(csv.write([header(), *export_rows(initiative)]))


def upload(client, initiative, content, name="log.csv"):
    return client.post(address("activity-import", initiative), {"file": SimpleUploadedFile(name, content)})


def everything(initiative, staff):
    """An activity in which every column says something, some of it hostile."""
    activity = ActivityFactory(
        initiative=initiative, title="=1+1", outcome="@SUM(A1)", minutes=75, held_on=DAY, behind_the_scenes=True,
        functions={"vision": 2, "policy": 1}, people=[staff.user], group=GroupFactory(initiative=initiative, name="-Data"),
    )  # fmt: skip
    for name in ("Alder", "+Birch"):
        activity.partners.add(OrganisationFactory(initiative=initiative, name=name))
    return activity


def test_file_is_checked_confirmed_and_imported(staff, initiative):
    here = upload(staff, initiative, log_of(3) + b"\n2026-09-04,Call,,vision").url
    received = ActivityImport.objects.get()
    tasks.check_activity_import(received.pk)
    page = staff.get(here).content.decode()
    assert "Importing adds 3 activities." in page
    assert "The length is missing. Write minutes, or hours." in page
    assert Activity.objects.count() == 0
    assert staff.post(address("activity-import-confirm", initiative, received.pk)).url == here
    tasks.run_activity_import(received.pk)
    assert "3 activities were added." in staff.get(here).content.decode()
    assert (
        list(Activity.objects.values_list("created_by", "minutes", "shares__function__code"))
        == [(staff.user.pk, 30, "vision")] * 3
    )
    received.refresh_from_db()
    assert (received.state, bytes(received.content), received.added) == (State.DONE, b"", {"activities": 3})


def test_the_same_file_twice_adds_nothing_and_a_longer_one_what_is_new(initiative):
    twins = b"Date,What,Minutes,Functions\n" + b"2026-09-01,Call,15,vision\n" * 3
    assert imported(initiative, twins).added == {"activities": 3}
    assert imported(initiative, twins).added == {"activities": 0}
    assert imported(initiative, twins + b"2026-09-01,call,15,policy\n").added == {"activities": 1}
    assert Activity.objects.count() == 4


def test_what_goes_out_comes_in_again_as_it_was(staff, initiative):
    everything(initiative, staff)
    before = list(export_rows(initiative))
    content = exported(initiative)
    assert imported(initiative, content).added == {"activities": 0}
    Activity.objects.update(deleted_at=datetime.datetime.now(datetime.UTC))
    assert imported(initiative, content).added == {"activities": 1}
    assert list(export_rows(initiative)) == before
    assert before == [
        [
            "2026-09-01", "=1+1", 75, "Guide vision and strategy × 2; Advance policy × 1", staff.user.name,
            "+Birch; Alder", "-Data", "@SUM(A1)", "yes", "", "", "", "", "", "", "",
        ]
    ]  # fmt: skip


def test_kinds_go_out_and_come_in_again_in_any_language(staff, initiative):
    council = TargetAudience.objects.create(initiative=initiative, name="=City council")
    said = [
        {"kind": "engagement", "engagement_level": "consult", "people_least": 10, "people_most": 12},
        {"kind": "communication", "audience": "@Parents"},
        {"kind": "achievement", "audience": "All", "people_least": 2_500, "people_most": 2_500},
        {"kind": "assistance", "topic": "-Data", "days": Decimal("2.5"), "functions": {"policy": 1}},
    ]
    rows = [ActivityFactory(initiative=initiative, **facts) for facts in said]
    rows[2].partners.add(OrganisationFactory(initiative=initiative, name="Alder"))
    rows[3].target_audiences.add(council)
    before = list(export_rows(initiative))
    with translation.override("fr"):
        content = exported(initiative)
    Activity.objects.update(deleted_at=datetime.datetime.now(datetime.UTC))
    assert imported(initiative, content).added == {"activities": 4}
    assert sorted(map(str, export_rows(initiative))) == sorted(map(str, before))
    assert [row[9:] for row in reversed(before)] == [
        ["community engagement", "consult", "", "10 to 12", "", "", ""],
        ["communication", "", "@Parents", "", "", "", ""],
        ["partner achievement", "", "All", "2500", "", "", ""],
        ["technical assistance", "", "", "", "-Data", "2.5", "=City council"],
    ]


def test_no_cell_of_a_file_runs_in_a_spreadsheet(staff, initiative):
    everything(initiative, staff)
    for name in ("activity-csv", "activity-xlsx"):
        answer = staff.get(address(name, initiative))
        assert answer["Content-Disposition"].startswith('attachment; filename="activities-bright-futures-')
        if name == "activity-csv":
            rows = [row for _number, row in csv.read(answer.content)]
            assert b"'=1+1,75" in answer.content
            assert b"'@SUM" in answer.content
            assert rows[1][1] == "=1+1"
        else:
            [_head, row] = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
            assert [row[place] for place in (1, 5, 6, 7)] == ["'=1+1", "'+Birch; Alder", "'-Data", "'@SUM(A1)"]


def test_file_holds_what_the_filters_let_through_and_nothing_foreign(staff, initiative, other_initiative):
    ActivityFactory(initiative=initiative, title="Old", held_on=DAY)
    ActivityFactory(initiative=initiative, title="New")
    ActivityFactory(initiative=other_initiative, title="Elsewhere")
    content = staff.get(address("activity-csv", initiative), {"since": "2026-09-02"}).content
    assert [row[1] for _number, row in csv.read(content)] == ["What", "New"]


@pytest.mark.parametrize("name", ["activity-csv", "activity-xlsx", "activity-import", "activity-import-template"])
def test_files_are_closed_to_whoever_may_not(client, stranger, committee_member, initiative, name):
    here = address(name, initiative)
    assert [who.get(here).status_code for who in (client, stranger, committee_member)] == [302, 404, 403]


def test_import_of_another_initiative_does_not_exist_here(staff, initiative, other_initiative):
    foreign = confirmed(other_initiative, log_of(1))
    for name in ("detail", "progress"):
        assert staff.get(address(f"activity-import-{name}", initiative, foreign.pk)).status_code == 404
    for name in ("confirm", "cancel"):
        assert staff.post(address(f"activity-import-{name}", initiative, foreign.pk)).status_code == 404
    foreign.refresh_from_db()
    assert foreign.state == State.CONFIRMED


def test_template_is_a_file_that_can_be_read_and_adds_nothing(staff, initiative):
    content = staff.get(address("activity-import-template", initiative)).content
    assert upload(staff, initiative, content).status_code == 302
    assert imported(initiative, content).rows == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a,b\n1,2\n", "The file has no column Date, What, Functions, Minutes. Its first row reads: a, b."),
        (b"MZ\x90\x00", "This is neither a CSV nor an XLSX file."),
        (b"", "The file is empty."),
        (b"x" * (5 * 1024 * 1024 + 1), "The file is larger than 5 MB."),
    ],
)
def test_file_of_another_kind_is_refused_with_a_sentence(staff, initiative, content, sentence):
    answer = upload(staff, initiative, content)
    [said] = errors_of(answer)["file"]
    assert (said.startswith(sentence), ActivityImport.objects.count()) == (True, 0)


def test_no_file_chosen_is_said(staff, initiative):
    assert errors_of(staff.post(address("activity-import", initiative))) == {"file": ["Choose a file."]}


def test_hostile_cells_and_names_stay_text(staff, initiative):
    content = f"Date,What,Minutes,Functions\n{HOSTILE},x,1,vision\n2026-09-01,{HOSTILE},1,vision\n".encode()
    received = confirmed(initiative, content)
    ActivityImport.objects.update(file_name=HOSTILE)
    for name, *arguments in [("activity-import-detail", received.pk), ("activity-import",), ("activity-list",)]:
        assert HOSTILE not in staff.get(address(name, initiative, *arguments)).content.decode()


def test_import_goes_in_chunks_and_stops_when_it_is_cancelled(initiative, monkeypatch):
    monkeypatch.setattr(activity_imports, "chunk_rows", 2)
    received = confirmed(initiative, log_of(6))
    write_chunk = activity_imports._write_chunk

    def write_and_cancel(*arguments):
        claimed_at = write_chunk(*arguments)
        activity_imports.cancel(file_import=received, by=None)
        return claimed_at

    monkeypatch.setattr(activity_imports, "_write_chunk", write_and_cancel)
    assert activity_imports.run(import_id=received.pk) is False
    received.refresh_from_db()
    assert (received.state, received.rows_done, Activity.objects.count()) == (State.CANCELLED, 2, 2)
    assert imported(initiative, log_of(6)).added == {"activities": 4}


def test_sweep_finds_what_the_broker_lost_and_history_tells_all(initiative, director):
    received = activity_imports.receive(initiative=initiative, file_name="a.csv", content=log_of(2), by=director.user)
    tasks.sweep_activity_imports()
    received.refresh_from_db()
    activity_imports.confirm(file_import=received, by=director.user)
    tasks.sweep_activity_imports()
    tasks.sweep_activity_imports()
    assert Activity.objects.count() == 2
    assert list(HistoryEntry.objects.order_by("id").values_list("verb", flat=True)) == [
        f"activity_import_{what}" for what in ("confirmed", "rows_added", "finished")
    ]


def test_error_of_ours_is_told_and_keeps_what_was_imported(staff, initiative, monkeypatch):
    received = confirmed(initiative, log_of(2))
    monkeypatch.setattr(activity_imports, "write", lambda **_rows: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.run_activity_import(received.pk)
    page = staff.get(address("activity-import-detail", initiative, received.pk)).content.decode()
    assert "The import stopped because of an error on our side." in page


def test_export_costs_the_same_with_one_three_and_three_thousand(staff, initiative):
    counts, sizes = [], []
    for content in (log_of(1), log_of(2, 1), log_of(2_997, 3)):
        imported(initiative, content)
        with CaptureQueriesContext(connection) as queries:
            answer = staff.get(address("activity-csv", initiative))
        counts.append(len(queries))
        sizes.append(answer.content.count(b"\r\n"))
    assert (sizes, len(set(counts))) == ([2, 4, 3_001], 1)
