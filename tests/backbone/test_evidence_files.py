"""Files of evidence: in the form of an entry and on its page, for the backbone alone."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from backbone.actions.attachments import attach
from backbone.models import Evidence, EvidenceAttachment, EvidenceAttachmentPart
from backbone.queries.evidence import sourced
from initiatives.models import HistoryEntry
from initiatives.permissions import Role
from tests.backbone.factories import EvidenceFactory
from tests.backbone.test_attachments import PDF
from tests.backbone.test_evidence import NOT_COUNTED, address, errors_of, page_of, told, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(initiative):
    return EvidenceFactory(initiative=initiative)


@pytest.fixture
def attachment(entry, staff):
    return attach(owner=entry, name="Photo.pdf", kind="pdf", content=PDF, by=staff.user)


def sent(content=PDF, name="Photo.pdf"):
    return {"file": SimpleUploadedFile(name, content)}


def test_file_in_the_form_is_kept_and_makes_the_entry_count(staff, initiative):
    answer = staff.post(address("add", initiative), typed() | sent(), follow=True)
    kept = EvidenceAttachment.objects.get()
    assert (kept.name, kept.owner, kept.created_by) == ("Photo.pdf", Evidence.objects.get(), staff.user)
    assert (list(sourced(Evidence.objects.all())), told()) == ([kept.owner], ["evidence_added", "evidence_file_added"])
    assert NOT_COUNTED not in page_of(answer).text
    loaded = staff.get(address("file", initiative, kept.pk))
    assert b"".join(loaded.streaming_content) == PDF


def test_file_in_the_form_that_changes_an_entry_is_added_to_the_others(staff, initiative, entry, attachment):
    staff.post(address("edit", initiative, entry.pk), typed() | sent(name="Second.pdf"))
    assert [file.name for file in entry.attachments.all()] == ["Photo.pdf", "Second.pdf"]


def test_refused_file_writes_nothing_and_keeps_what_was_typed(staff, initiative):
    answer = staff.post(address("add", initiative), typed(made_easier="A room") | sent(b"MZ\x90\x00", "fine.pdf"))
    assert list(errors_of(answer)) == ["file"]
    assert page_of(answer).find("textarea", {"name": "made_easier"}).text.strip() == "A room"
    assert (Evidence.objects.count(), EvidenceAttachment.objects.count()) == (0, 0)


def test_a_form_refused_for_something_else_asks_for_the_file_again(staff, initiative):
    page = page_of(staff.post(address("add", initiative), typed(title="") | sent())).text
    assert "Choose the file once more" in page
    assert "Choose the file once more" not in page_of(staff.post(address("add", initiative), typed(title=""))).text


def test_page_adds_shows_and_deletes_files(staff, initiative, entry):
    added = staff.post(address("file-add", initiative, entry.pk), sent())
    kept = EvidenceAttachment.objects.get()
    page = page_of(staff.get(added.url))
    assert page.find("a", href=address("file", initiative, kept.pk)).text == "Photo.pdf"
    assert page.find("form", action=address("file-delete", initiative, kept.pk)) is not None
    answer = staff.post(address("file-delete", initiative, kept.pk), follow=True)
    assert EvidenceAttachmentPart.objects.count() == 0
    assert told() == ["evidence_file_added", "evidence_file_deleted"]
    assert NOT_COUNTED in page_of(answer).select_one(".messages").text


def test_page_says_why_a_file_is_refused(staff, initiative, entry):
    answer = staff.post(address("file-add", initiative, entry.pk), sent(b"<svg onload='alert(1)'/>", "a.png"))
    assert answer.status_code == 200
    assert "What is in this file is none of the kinds below" in page_of(answer).text
    assert "Choose a file." in page_of(staff.post(address("file-add", initiative, entry.pk))).text
    assert HistoryEntry.objects.count() == 0


def test_entry_has_a_bounded_number_of_files(staff, initiative, entry):
    EvidenceAttachment.objects.bulk_create(
        EvidenceAttachment(evidence=entry, name="x.pdf", kind="pdf", size=1) for _ in range(20)
    )
    answers = [staff.post(address(name, initiative, entry.pk), typed() | sent()) for name in ("file-add", "edit")]
    assert ["It has 20 files, and cannot have more." in page_of(answer).text for answer in answers] == [True, True]
    assert EvidenceAttachment.objects.count() == 20


def test_hostile_name_is_made_harmless_and_the_file_is_a_download(staff, initiative, entry):
    staff.post(address("file-add", initiative, entry.pk), sent(b"alert(1)", '../a"; X: 1<script>.html'))
    kept = EvidenceAttachment.objects.get()
    headers = staff.get(address("file", initiative, kept.pk)).headers
    assert (kept.kind, headers["Content-Type"]) == ("txt", "text/plain; charset=utf-8")
    assert headers["Content-Disposition"].startswith("attachment; ")
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "<script" not in kept.name
    assert "<script>." not in staff.get(address("detail", initiative, entry.pk)).content.decode()


def test_file_is_closed_to_whoever_may_not_read_evidence(client, stranger, client_as, initiative, attachment):
    here = address("file", initiative, attachment.pk)
    assert [client.get(here).status_code, stranger.get(here).status_code] == [302, 404]
    for role in set(Role) - {Role.DIRECTOR, Role.STAFF}:
        reader = client_as(role)
        assert reader.get(here).status_code == 403
        for name in ("file-add", "file-delete"):
            assert reader.post(address(name, initiative, attachment.pk)).status_code == 403
    assert EvidenceAttachment.objects.count() == 1


def test_file_of_another_initiative_or_a_deleted_entry_does_not_exist(staff, other_initiative, initiative, attachment):
    foreign = attach(
        owner=EvidenceFactory(initiative=other_initiative), name="x", kind="pdf", content=PDF, by=staff.user
    )
    staff.post(address("delete", initiative, attachment.owner.pk))
    for gone in (foreign, attachment):
        assert staff.get(address("file", initiative, gone.pk)).status_code == 404
        assert staff.post(address("file-delete", initiative, gone.pk)).status_code == 404
        assert staff.post(address("file-add", initiative, gone.owner.pk), sent()).status_code == 404
    assert EvidenceAttachment.objects.count() == 2
