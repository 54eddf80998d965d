"""Adding files to a thing and taking them away. What a file is was found out from its content before.

The thing (`owner`) is whatever has `attachments`: an activity, evidence, a milestone, a look at a criterion.
"""

from django.db import transaction

from core.file_kinds import safe_name
from initiatives.actions import history

PART_BYTES = 1_000_000


@transaction.atomic
def attach(*, owner, name, kind, content, by):
    """Keep `content` with its owner, under a name that fits what it is; returns the attachment.

    History tells it of the owner, as "evidence_file_added".
    """
    named = safe_name(name, kind)
    attachment = owner.attachments.create(name=named, kind=kind, size=len(content), created_by=by)
    for number, start in enumerate(range(0, len(content), PART_BYTES)):
        attachment.parts.create(number=number, content=content[start : start + PART_BYTES])
    _record(owner, "added", after={"file": attachment.name, "bytes": attachment.size}, by=by)
    return attachment


@transaction.atomic
def detach(*, attachment, by):
    """Delete a file for good; history keeps its name."""
    before = {"file": attachment.name, "bytes": attachment.size}
    attachment.delete()
    _record(attachment.owner, "deleted", before=before, by=by)


def _record(owner, what, **values):
    verb = f"{owner._meta.model_name}_file_{what}"
    history.record(initiative=owner.initiative, verb=verb, target=owner, **values)
