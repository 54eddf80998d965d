"""Files of evidence, policy and resources are checked, confirmed and imported; the same file twice adds nothing."""

import datetime
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation

from backbone import tasks
from backbone.actions.entry_imports import IMPORTS
from backbone.models import EntryImport, Evidence, PolicyItem, PolicyStage, Resource
from backbone.queries.entry_files import KINDS, header
from initiatives.models import HistoryEntry
from partners.models import FileImport
from tests.backbone import test_entry_files
from tests.backbone.entry_rows import HEADERS, MODELS, ONE, checked, confirmed, file_of, imported, table, times
from tests.backbone.factories import EvidenceFactory, PolicyItemFactory, TargetAudienceFactory
from tests.backbone.test_activities import HOSTILE, address, errors_of
from tests.factories import ContactFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
State = FileImport.State
each_kind = pytest.mark.parametrize("kind", KINDS)
WORDS = {
    "evidence": "3 evidence entries",
    "policy": "3 policy items and 3 stages",
    "resources": "3 resources",
}


def upload(client, kind, initiative, content, name="entries.csv"):
    return client.post(address(f"{kind}-import", initiative), {"file": SimpleUploadedFile(name, content)})


@each_kind
def test_file_is_checked_confirmed_and_imported(staff, initiative, kind):
    here = upload(staff, kind, initiative, file_of(kind, 3) + b"\nnothing in order,x,y,z").url
    received = EntryImport.objects.get(kind=kind)
    tasks.check_entry_import(received.pk)
    page = staff.get(here).content.decode()
    assert f"Importing adds {WORDS[kind]}." in page
    assert "Row 5" in page
    assert MODELS[kind].objects.count() == 0
    assert staff.post(address(f"{kind}-import-confirm", initiative, received.pk)).url == here
    tasks.run_entry_import(received.pk)
    assert f"Added: {WORDS[kind]}." in staff.get(here).content.decode()
    assert WORDS[kind] in staff.get(address(f"{kind}-import", initiative)).content.decode()
    assert set(MODELS[kind].objects.values_list("created_by", "initiative")) == {(staff.user.pk, initiative.pk)}
    received.refresh_from_db()
    assert (received.state, bytes(received.content), received.added) == (State.DONE, b"", times(kind, 3))


@each_kind
def test_the_same_file_twice_adds_nothing_and_a_longer_one_what_is_new(initiative, kind):
    assert imported(kind, initiative, file_of(kind, 3)).added == times(kind, 3)
    assert imported(kind, initiative, file_of(kind, 3)).added == times(kind, 0)
    assert imported(kind, initiative, file_of(kind, 4)).added == ONE[kind]


def test_twins_are_as_many_as_the_file_has(initiative):
    twins = file_of("evidence", 1) + b"\n2026-09-01,data use,CALL 1,"
    assert imported("evidence", initiative, twins).added == {"evidence": 2}
    assert imported("evidence", initiative, twins).added == {"evidence": 0}


def test_entry_is_written_with_all_it_points_to(initiative):
    partner = OrganisationFactory(initiative=initiative, name="Alder")
    audience = TargetAudienceFactory(initiative=initiative, name="Council")
    contact = ContactFactory(initiative=initiative, organisation=partner, name="Anna")
    cells = [
        "2026-09-01",
        "policy advocacy",
        "T",
        "D",
        "M",
        "Alder",
        "10 to 12",
        "council",
        "https://x.example",
        "Anna",
    ]
    imported("evidence", initiative, table([header("evidence"), cells]))
    entry = Evidence.objects.get()
    assert (entry.kind, entry.description, entry.made_easier) == ("policy_advocacy", "D", "M")
    assert (entry.people_least, entry.people_most, entry.source_link) == (10, 12, "https://x.example")
    assert (entry.confirmed_by, list(entry.partners.all())) == (contact, [partner])
    assert list(entry.target_audiences.all()) == [audience]


def test_stages_join_the_policy_that_is_there_and_what_it_says_stays(initiative):
    item = PolicyItemFactory(initiative=initiative, title="Meals act", jurisdiction="State", description="Old")
    there = item.stages.count()
    audience = TargetAudienceFactory(initiative=initiative, name="Council")
    rows = [["meals-act", "STATE", "New", "Council", "lost", "against", "2026-09-02", "n", "https://x.example"]]
    assert imported("policy", initiative, table([header("policy"), *rows])).added == {"policies": 0, "stages": 1}
    item.refresh_from_db()
    assert (item.title, item.description, item.stages.count()) == ("Meals act", "Old", there + 1)
    rows = [["Other act", "", "What", "Council", "idea", "not", f"2026-09-0{day}", "", ""] for day in (1, 2)]
    assert imported("policy", initiative, table([header("policy"), *rows])).added == {"policies": 1, "stages": 2}
    other = PolicyItem.objects.get(title="Other act")
    assert (other.description, list(other.target_audiences.all()), other.stages.count()) == ("What", [audience], 2)


def test_giver_is_the_partner_of_that_name_or_a_name(initiative):
    partner = OrganisationFactory(initiative=initiative, name="Alder")
    head = HEADERS["resources"] + ",From"
    line = "{0},money,new,public,the backbone,5,USD,2026-09-01,{1}"
    lines = [line.format("A", "ALDER"), line.format("B", "A friend"), line.format("C", "")]
    imported("resources", initiative, "\n".join([head, *lines]).encode())
    assert list(Resource.objects.order_by("title").values_list("giver", "giver_name")) == [
        (partner.pk, ""), (None, "A friend"), (None, ""),
    ]  # fmt: skip


def test_choices_are_read_in_the_languages_of_the_program(initiative):
    with translation.override("es"):
        word = str(Evidence.Kind.DATA_USE.label)
    imported("evidence", initiative, f"Fecha,Tipo,Qué pasó\n2026-09-01,{word},Uso".encode())
    assert Evidence.objects.get().kind == Evidence.Kind.DATA_USE


def test_what_has_no_source_is_told_before_it_is_imported(staff, initiative):
    received = checked("evidence", initiative, file_of("evidence", 1) + b"\n2026-09-01,data use,Rumour,")
    page = staff.get(address("evidence-import-detail", initiative, received.pk)).content.decode()
    assert "1 of them has no source" in page


@each_kind
@pytest.mark.parametrize("name", ["import", "import-template"])
def test_imports_are_closed_to_whoever_may_not(client, stranger, committee_member, staff, initiative, kind, name):
    here = address(f"{kind}-{name}", initiative)
    answers = [who.get(here).status_code for who in (client, stranger, committee_member, staff)]
    assert answers == [302, 404, 403, 200]


@each_kind
def test_import_of_another_initiative_or_kind_does_not_exist_here(staff, initiative, other_initiative, kind):
    foreign = confirmed(kind, other_initiative, file_of(kind, 1))
    other_kind = confirmed(next(each for each in KINDS if each != kind), initiative, b"x")
    for found in (foreign, other_kind):
        for name in ("detail", "progress"):
            assert staff.get(address(f"{kind}-import-{name}", initiative, found.pk)).status_code == 404
        for name in ("confirm", "cancel"):
            assert staff.post(address(f"{kind}-import-{name}", initiative, found.pk)).status_code == 404
    foreign.refresh_from_db()
    assert foreign.state == State.CONFIRMED


@each_kind
def test_template_is_a_file_that_can_be_read_and_adds_nothing(staff, initiative, kind):
    content = staff.get(address(f"{kind}-import-template", initiative)).content
    assert upload(staff, kind, initiative, content).status_code == 302
    assert imported(kind, initiative, content).rows == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a,b\n1,2\n", "The file has no column What for, Money or in kind"),
        (b"MZ\x90\x00", "This is neither a CSV nor an XLSX file."),
        (b"", "The file is empty."),
        (b"x" * (5 * 1024 * 1024 + 1), "The file is larger than 5 MB."),
        (b"PK\x03\x04 broken", "This XLSX file cannot be read."),
    ],
)
def test_file_of_another_kind_is_refused_with_a_sentence(staff, initiative, content, sentence):
    [said] = errors_of(upload(staff, "resources", initiative, content))["file"]
    assert (said.startswith(sentence), EntryImport.objects.count()) == (True, 0)


def test_name_of_a_file_loses_its_path(staff, initiative):
    upload(staff, "evidence", initiative, file_of("evidence", 1), name="..\\..\\etc\\pass\u202ewd.csv")
    assert EntryImport.objects.get().file_name == "passwd.csv"


@each_kind
def test_hostile_cells_and_names_stay_text(staff, initiative, kind):
    row = [HOSTILE] * len(header(kind))
    received = checked(kind, initiative, table([header(kind), row]) + file_of(kind, 1).split(b"\n")[1])
    EntryImport.objects.update(file_name=HOSTILE)
    for name, *arguments in [(f"{kind}-import-detail", received.pk), (f"{kind}-import",)]:
        assert HOSTILE not in staff.get(address(name, initiative, *arguments)).content.decode()


@each_kind
def test_what_no_database_keeps_is_left_out(initiative, kind):
    said = {"What happened": "A\0B", "Policy": "A\0B", "What for": "A\0B", "Note": "C\0D", "What partners did": "C\0D"}
    good = [(test_entry_files.GOOD[kind] | said).get(name, "") for name in header(kind)]
    content = table([header(kind), good, ["\0"] * len(header(kind))])
    assert content.startswith(b"\xef\xbb\xbf")
    assert imported(kind, initiative, content).report["counts"]["refused"] == 1
    assert MODELS[kind].objects.get().title == "AB"


def test_workbook_that_unpacks_to_far_more_is_refused(staff, initiative):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 50_000_000)
    [said] = errors_of(upload(staff, "policy", initiative, bomb.getvalue(), name="bomb.xlsx"))["file"]
    assert said.startswith("This XLSX file holds far more than rows of this kind.")


@each_kind
def test_import_goes_in_chunks_and_stops_when_it_is_cancelled(initiative, kind, monkeypatch):
    imports = IMPORTS[kind]
    monkeypatch.setattr(imports, "chunk_rows", 2)
    received = confirmed(kind, initiative, file_of(kind, 6))
    write_chunk = imports._write_chunk

    def write_and_cancel(*arguments):
        claimed_at = write_chunk(*arguments)
        imports.cancel(file_import=received, by=None)
        return claimed_at

    monkeypatch.setattr(imports, "_write_chunk", write_and_cancel)
    assert imports.run(import_id=received.pk) is False
    received.refresh_from_db()
    assert (received.state, received.rows_done, MODELS[kind].objects.count()) == (State.CANCELLED, 2, 2)
    assert imported(kind, initiative, file_of(kind, 6)).added == times(kind, 4)


@each_kind
def test_another_worker_goes_on_where_one_was_killed(initiative, kind, monkeypatch):
    imports = IMPORTS[kind]
    monkeypatch.setattr(imports, "chunk_rows", 2)
    received = confirmed(kind, initiative, file_of(kind, 5))
    write_chunk, written = imports._write_chunk, []

    def write_and_die(*arguments):
        if written:
            raise KeyboardInterrupt
        written.append(True)
        return write_chunk(*arguments)

    monkeypatch.setattr(imports, "_write_chunk", write_and_die)
    with pytest.raises(KeyboardInterrupt):
        tasks.run_entry_import(received.pk)
    monkeypatch.setattr(imports, "_write_chunk", write_chunk)
    assert tasks.entry_imports.due() == ([], [])
    EntryImport.objects.update(claimed_at=timezone.now() - datetime.timedelta(minutes=2))
    tasks.sweep_entry_imports()
    received.refresh_from_db()
    assert (received.state, received.added, received.rows_done) == (State.DONE, times(kind, 5), 5)
    assert MODELS[kind].objects.count() == 5


def test_policy_whose_stages_lie_in_two_chunks_is_one(initiative, monkeypatch):
    monkeypatch.setattr(IMPORTS["policy"], "chunk_rows", 1)
    lines = [f"{title},idea,partly,2026-09-0{day}" for day, title in enumerate(["Act A", "act-a", "ACT  A"], start=1)]
    received = imported("policy", initiative, "\n".join([HEADERS["policy"], *lines]).encode())
    assert (received.added, PolicyItem.objects.get().title) == ({"policies": 1, "stages": 3}, "Act A")
    assert PolicyStage.objects.count() == 3


def test_sweep_finds_what_the_broker_lost_and_history_tells_all(initiative, director):
    received = IMPORTS["policy"].receive(
        initiative=initiative, file_name="a.csv", content=file_of("policy", 2), by=director.user
    )
    tasks.sweep_entry_imports()
    received.refresh_from_db()
    IMPORTS["policy"].confirm(file_import=received, by=director.user)
    tasks.sweep_entry_imports()
    tasks.sweep_entry_imports()
    assert PolicyStage.objects.count() == 2
    assert list(HistoryEntry.objects.order_by("id").values_list("verb", flat=True)) == [
        f"entry_import_{what}" for what in ("confirmed", "rows_added", "finished")
    ]
    assert director.get(address("history-object", initiative, "entryimport", received.pk)).status_code == 200


def test_error_of_ours_is_told_and_keeps_what_was_imported(staff, initiative, monkeypatch):
    received = confirmed("evidence", initiative, file_of("evidence", 2))
    monkeypatch.setattr(IMPORTS["evidence"], "write", lambda **_rows: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.run_entry_import(received.pk)
    page = staff.get(address("evidence-import-detail", initiative, received.pk)).content.decode()
    assert "The import stopped because of an error on our side." in page


@each_kind
def test_what_was_deleted_comes_in_again(initiative, kind):
    imported(kind, initiative, file_of(kind, 1))
    MODELS[kind].objects.update(deleted_at=timezone.now())
    assert imported(kind, initiative, file_of(kind, 1)).added == ONE[kind]


def test_two_stages_of_the_way_are_said_while_it_goes(staff, initiative):
    received = IMPORTS["evidence"].receive(
        initiative=initiative, file_name="a.csv", content=file_of("evidence", 1), by=staff.user
    )
    page = staff.get(address("evidence-import-detail", initiative, received.pk)).content.decode()
    assert ("just started" in page, f"/import/{received.pk}/progress/" in page) == (True, True)
    assert staff.post(address("evidence-import-cancel", initiative, received.pk)).status_code == 302
    answer = staff.get(address("evidence-import-progress", initiative, received.pk), headers={"HX-Request": "true"})
    assert answer["HX-Refresh"] == "true"


def test_entries_elsewhere_are_not_there(initiative, other_initiative):
    EvidenceFactory(initiative=other_initiative, title="Call 1", kind="data_use", happened_on=datetime.date(2026, 9, 1))
    assert imported("evidence", initiative, file_of("evidence", 1)).added == {"evidence": 1}
