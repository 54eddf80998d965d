"""What a partner does with the link to their own page. Nobody is signed in: the link is who they are."""

from backbone.actions import action_items
from partners.actions import commitments, contacts
from partners.names import tidy

LONGEST_NOTE = 500


def finish(*, item, contact):
    """This is done. Returns whether it was still to be done."""
    return action_items.finish(item=item, contact=contact)


def confirm(*, commitment, contact):
    """Yes, we promised this."""
    return commitments.confirm(commitment=commitment, contact=contact)


def dispute(*, commitment, contact, note):
    """This is not what we promised; `note` as it was typed."""
    return commitments.dispute(commitment=commitment, contact=contact, note=tidy(note)[:LONGEST_NOTE])


def set_reminders(*, contact, wanted):
    """Stop the mails that remind, or have them again; harmless when done twice."""
    return contacts.set_reminders(contact=contact, wanted=wanted, reason=f"{contact} <{contact.email}>", by=None)
