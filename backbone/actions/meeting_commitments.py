"""A promise is written down in the meeting in which it was made."""

from django.db import transaction

from partners.actions import commitments


@transaction.atomic
def add(*, meeting, values, by):
    """Write down what was promised in a meeting; returns the commitment."""
    commitment = commitments.add(initiative=meeting.initiative, values=values, by=by)
    meeting.commitments.add(commitment)
    return commitment
