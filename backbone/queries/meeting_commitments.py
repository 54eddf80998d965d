"""Which promises were made in which meeting. The link lies on the meeting, a floor above the promise."""

from backbone.queries.meetings import visible_meetings


def commitments_of(meeting):
    """What was promised in a meeting."""
    return meeting.commitments.filter(deleted_at=None).select_related("organisation", "initiative").order_by("id")


def meetings_of(commitment, membership):
    """The meetings, among those a member may open, in which a promise was made."""
    return visible_meetings(membership).filter(commitments=commitment).order_by("-starts_at", "id")
