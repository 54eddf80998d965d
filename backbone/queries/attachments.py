"""Files of activities: never of one that was deleted, never of another initiative."""

from backbone.models import ActivityAttachment


def attachments(initiative):
    return ActivityAttachment.objects.filter(activity__initiative=initiative, activity__deleted_at=None).select_related(
        "activity__initiative"
    )


def content_of(attachment):
    """The content of a file, part by part, each read when it is asked for."""
    parts = attachment.parts.order_by("number")
    for number in parts.values_list("number", flat=True):
        yield bytes(parts.values_list("content", flat=True).get(number=number))
