"""Who takes part: organisations with their sector, contacts, the steering committee and working groups with their seats."""

from partners.models.commitments import Commitment
from partners.models.groups import Group, WantedSeats
from partners.models.imports import FileImport, PartnerImport
from partners.models.organisations import Organisation, Sector
from partners.models.people import Contact, ContactQuerySet, Seat, SeatQuerySet

__all__ = [
    "Commitment",
    "Contact",
    "ContactQuerySet",
    "FileImport",
    "Group",
    "Organisation",
    "PartnerImport",
    "Seat",
    "SeatQuerySet",
    "Sector",
    "WantedSeats",
]
