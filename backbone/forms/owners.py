"""Choosing who sees to something: one list of the staff and of partners' contacts."""

from django import forms
from django.utils.translation import gettext_lazy as _

STAFF, CONTACT = "staff", "contact"
NOBODY = (("", _("nobody yet")),)


class OwnerField(forms.ChoiceField):
    """A value such as "staff-3" or "contact-17"; cleaned to {"owner_staff": user or None, "owner_contact": contact or None}.

    `offer` gives it the people; nobody else is taken.
    """

    def __init__(self, **kwargs):
        super().__init__(required=False, **{"label": _("Who sees to it?")} | kwargs)
        self.people = {}

    def offer(self, staff, contacts, *, first=NOBODY):
        groups = {
            _("Staff"): {f"{STAFF}-{person.pk}": person for person in staff},
            _("Partners"): {f"{CONTACT}-{person.pk}": person for person in contacts},
        }
        self.people = {key: person for people in groups.values() for key, person in people.items()}
        shown = [(name, [(key, _in_list(key, p)) for key, p in people.items()]) for name, people in groups.items()]
        self.choices = [*first, *(group for group in shown if group[1])]

    def clean(self, value):
        chosen = super().clean(value)
        return {
            f"owner_{kind}": self.people.get(chosen) if chosen.startswith(f"{kind}-") else None
            for kind in (STAFF, CONTACT)
        }


def owner_value(row):
    """What stands in the field for the owner that `row` has."""
    if row.owner_staff_id:
        return f"{STAFF}-{row.owner_staff_id}"
    return f"{CONTACT}-{row.owner_contact_id}" if row.owner_contact_id else ""


def _in_list(key, person):
    return f"{person.name}, {person.organisation.name}" if key.startswith(CONTACT) else str(person)
