from django.db import transaction

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
    return write_change(row=contact, initiative=contact.initiative, values=values, by=by)


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
