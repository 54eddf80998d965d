"""Adding files to an activity and taking them away. What a file is was found out from its content before."""

from django.db import transaction

from backbone.models import ActivityAttachment, ActivityAttachmentPart
from core.file_kinds import safe_name
from initiatives.actions import history

PART_BYTES = 1_000_000


@transaction.atomic
def attach(*, activity, name, kind, content, by):
    """Keep `content` with the activity, under a name that fits what it is; returns the attachment."""
    attachment = ActivityAttachment.objects.create(
        activity=activity, name=safe_name(name, kind), kind=kind, size=len(content), created_by=by
    )
    for number, start in enumerate(range(0, len(content), PART_BYTES)):
        part = content[start : start + PART_BYTES]
        ActivityAttachmentPart.objects.create(attachment=attachment, number=number, content=part)
    _record("activity_file_added", activity, after={"file": attachment.name, "bytes": attachment.size}, by=by)
    return attachment


@transaction.atomic
def detach(*, attachment, by):
    """Delete a file for good; history keeps its name."""
    before = {"file": attachment.name, "bytes": attachment.size}
    attachment.delete()
    _record("activity_file_deleted", attachment.activity, before=before, by=by)


def _record(verb, activity, **values):
    history.record(initiative=activity.initiative, verb=verb, target=activity, **values)
