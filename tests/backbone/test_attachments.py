"""Files of activities: who may add, load and delete them, and what is refused."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backbone.actions.attachments import PART_BYTES, attach
from backbone.models import ActivityAttachment, ActivityAttachmentPart
from initiatives.models import HistoryEntry
from tests.backbone.factories import ActivityFactory
from tests.backbone.test_activities import address, errors_of

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n" + b"x" * 100


@pytest.fixture
def activity(initiative):
    return ActivityFactory(initiative=initiative)


@pytest.fixture
def attachment(activity, staff):
    return attach(owner=activity, name="Agenda.pdf", kind="pdf", content=PDF, by=staff.user)


def upload(client, activity, content=PDF, name="Agenda.pdf", **fields):
    here = address("attachment-add", activity.initiative, activity.pk)
    return client.post(here, {"file": SimpleUploadedFile(name, content), **fields})


def test_file_is_kept_told_in_history_and_loaded_as_it_was(staff, initiative, activity):
    content = b"%PDF-" + bytes(range(256)) * (PART_BYTES // 200)
    answer = upload(staff, activity, content)
    kept = ActivityAttachment.objects.get()
    assert answer.url.startswith(activity.get_absolute_url() + "?next=")
    assert (kept.name, kept.kind, kept.size, kept.parts.count()) == ("Agenda.pdf", "pdf", len(content), 2)
    entry = HistoryEntry.objects.get()
    assert (entry.verb, entry.after) == ("activity_file_added", {"file": "Agenda.pdf", "bytes": len(content)})
    loaded = staff.get(address("attachment-download", initiative, kept.pk))
    assert b"".join(loaded.streaming_content) == content


def test_file_is_a_download_and_nothing_a_browser_would_run(staff, initiative, activity):
    upload(staff, activity, b"alert(1)", "a; X: 1<script>.html")
    kept = ActivityAttachment.objects.get()
    headers = staff.get(address("attachment-download", initiative, kept.pk)).headers
    assert headers["Content-Disposition"] == 'attachment; filename="a; X 1 script .html.txt"'
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "X" not in headers


def test_file_is_closed_to_whoever_may_not_read_the_log(client, stranger, committee_member, initiative, attachment):
    here = address("attachment-download", initiative, attachment.pk)
    assert client.get(here).status_code == 302
    assert [stranger.get(here).status_code, committee_member.get(here).status_code] == [404, 403]
    for name in ("attachment-add", "attachment-delete"):
        assert committee_member.post(address(name, initiative, attachment.pk)).status_code == 403
    assert ActivityAttachment.objects.count() == 1


def test_file_of_another_initiative_or_a_deleted_activity_does_not_exist(staff, other_initiative, initiative, activity):
    foreign = attach(
        owner=ActivityFactory(initiative=other_initiative), name="x", kind="pdf", content=PDF, by=staff.user
    )
    own = attach(owner=activity, name="x", kind="pdf", content=PDF, by=staff.user)
    staff.post(address("activity-delete", initiative, activity.pk))
    for gone in (foreign, own):
        assert staff.get(address("attachment-download", initiative, gone.pk)).status_code == 404
        assert staff.post(address("attachment-delete", initiative, gone.pk)).status_code == 404
    here = address("attachment-add", initiative, foreign.activity.pk)
    assert staff.post(here, {"file": SimpleUploadedFile("a.pdf", PDF)}).status_code == 404


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"MZ\x90\x00", "What is in this file is none of the kinds below, or it carries macros."),
        (b'<svg onload="alert(1)"/>', "What is in this file is none of the kinds below, or it carries macros."),
        (b"", "The file is empty. Choose another one."),
        (PDF + b"x" * 1_000_000, "The file is larger than 1 MB. Make it smaller, or write down where it lies."),
    ],
)
def test_what_is_refused_is_said_and_nothing_is_kept(staff, activity, settings, content, sentence):
    settings.ATTACHMENT_MEGABYTES = 1
    answer = upload(staff, activity, content, "fine.pdf")
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert ActivityAttachmentPart.objects.count() == HistoryEntry.objects.count() == 0


def test_an_activity_has_a_bounded_number_of_files(staff, activity):
    ActivityAttachment.objects.bulk_create(
        ActivityAttachment(activity=activity, name="x.pdf", kind="pdf", size=1) for _ in range(20)
    )
    assert "It has 20 files, and cannot have more." in upload(staff, activity).content.decode()
    assert ActivityAttachment.objects.count() == 20


def test_no_file_chosen_is_said(staff, initiative, activity):
    answer = staff.post(address("attachment-add", initiative, activity.pk))
    assert {name: list(found) for name, found in answer.context["file_form"].errors.items()} == {
        "file": ["Choose a file."]
    }
    assert errors_of(answer) == {}


def test_deleting_a_file_takes_its_content_along(staff, initiative, activity, attachment):
    answer = staff.post(address("attachment-delete", initiative, attachment.pk))
    assert answer.url.startswith(activity.get_absolute_url())
    assert ActivityAttachmentPart.objects.count() == 0
    assert HistoryEntry.objects.first().before == {"file": "Agenda.pdf", "bytes": len(PDF)}


def test_list_shows_files_without_reading_them(staff, initiative, activity, attachment):
    with CaptureQueriesContext(connection) as queries:
        page = staff.get(address("activity-list", initiative)).content.decode()
    assert f'<a href="{address("attachment-download", initiative, attachment.pk)}">Agenda.pdf</a>' in page
    assert [query["sql"] for query in queries if "attachmentpart" in query["sql"].lower()] == []
