from django.db import transaction

from initiatives.actions import history
from partners.actions.changes import write_change, write_new
from partners.models import Contact

Reachability = Contact.Reachability


@transaction.atomic
def add(*, initiative, values, by):
    """Add a contact; a new lead contact takes the place of the old one."""
    contact = Contact(initiative=initiative, **values)
    _step_down(contact, values, by)
    return write_new(row=contact, initiative=initiative, fields=list(values), by=by)


@transaction.atomic
def change(*, contact, values, by):
    """Change a contact; a new lead contact takes the place of the old one, also after a move to another organisation."""
    _step_down(contact, values, by)
    stored = Contact.objects.get(pk=contact.pk)
    if values.get("email", stored.email) != stored.email:
        # What was mailed to the old address opens nothing any more.
        values = values | {"link_version": stored.link_version + 1}
    return write_change(row=contact, initiative=contact.initiative, values=values, by=by)


@transaction.atomic
def renew_link(*, contact, by):
    """Make every link to this person's own page that was mailed so far worth nothing; the next mail carries a new one."""
    stored = Contact.objects.get(pk=contact.pk)
    before = {"link_version": stored.link_version}
    stored.link_version += 1
    stored.save(update_fields=["link_version"])
    after = {"link_version": stored.link_version}
    history.record(
        initiative=contact.initiative, verb="contact_link_renewed", target=stored, before=before, after=after, by=by
    )
    return stored


@transaction.atomic
def set_reminders(*, contact, wanted, reason="", by):
    """Note whether this person is to be reminded of what they promised. `by` None: they said so through their link."""
    values = {"wants_reminders": wanted}
    return write_change(row=contact, initiative=contact.initiative, values=values, reason=reason, by=by)


@transaction.atomic
def set_reachability(*, contact, reachability, reason="", by):
    """Note that mail comes back, that someone wants no more of it, or that the address works again. `by` None: the system."""
    values = {"reachability": reachability, "reachability_reason": reason[:500]}
    return write_change(row=contact, initiative=contact.initiative, values=values, reason=reason, by=by)


def _step_down(contact, values, by):
    if not values.get("is_lead"):
        return
    for old in Contact.objects.filter(organisation=values["organisation"], is_lead=True).exclude(pk=contact.pk):
        write_change(row=old, initiative=contact.initiative, values={"is_lead": False}, by=by)
