"""What tests about meetings share: a committee, its co-chair, and seats."""

from django.urls import reverse

from partners.models import Seat
from tests.factories import ContactFactory, SeatFactory


def address(name, initiative, *arguments):
    return reverse(f"backbone:{name}", args=[initiative.slug, *arguments])


def seat(client, group, role=Seat.Role.MEMBER):
    """Give the person behind a client a seat on a group."""
    contacts = group.initiative.contacts.filter(email=client.user.email)
    holder = contacts.first() or ContactFactory(initiative=group.initiative, email=client.user.email)
    return SeatFactory(group=group, holder=holder, role=role)
