"""Whom we can still write to: people who want no more mail, and addresses that a mail server called wrong."""

from django.db import transaction

from initiatives.actions import history
from partners.models import Contact
from surveys.models import Invitation, Mailing

WAITING = [Mailing.State.DUE, Mailing.State.CLAIMED]


def opt_out(*, invitation, by=None):
    """The person wants no more mail from this initiative, in no round. Harmless when done twice; the link goes on working."""
    _mark(
        invitation.contact, {}, Contact.Reachability.OPTED_OUT, Invitation.State.OPTED_OUT, "contact.opted_out", "", by
    )


def bounced(*, invitation, reason, by=None):
    """A mail server said that the address is wrong. `reason` is its answer.

    It speaks of the address that was written to: a contact whose address was corrected since stays reachable.
    """
    same = {"email": invitation.email}
    _mark(
        invitation.contact, same, Contact.Reachability.BOUNCED, Invitation.State.BOUNCED, "contact.bounced", reason, by
    )


def contact_bounced(*, contact, address, reason, by=None):
    """The same for a mail that belongs to no round."""
    same = {"email": address}
    _mark(contact, same, Contact.Reachability.BOUNCED, Invitation.State.BOUNCED, "contact.bounced", reason, by)


@transaction.atomic
def _mark(contact, conditions, reachability, state, verb, reason, by):
    theirs = Invitation.objects.filter(contact=contact, **conditions)
    changed = (
        Contact.objects.filter(pk=contact.pk, **conditions)
        .exclude(reachability__in=[reachability, Contact.Reachability.OPTED_OUT])
        .update(reachability=reachability, reachability_reason=reason[:500])
    )
    theirs.filter(state=Invitation.State.INVITED).update(state=state)
    # By key: over a relation the state would be read in a subquery, which PostgreSQL does not look at again after waiting
    # for a sender, and a mail that has just left would be called stopped.
    waiting = Mailing.objects.filter(invitation__in=list(theirs.values_list("pk", flat=True)), state__in=WAITING)
    waiting.update(state=Mailing.State.STOPPED, claim="", claimed_at=None)
    if changed:
        history.record(
            initiative=contact.initiative,
            verb=verb,
            target=contact,
            before={"reachability": contact.reachability},
            after={"reachability": str(reachability)},
            reason=reason,
            by=by,
        )
