"""Seats are given, changed and ended; who may sign in because of a seat becomes a member in the same action."""

from django.db import transaction

from initiatives.actions import memberships
from initiatives.permissions import Role
from partners.actions.changes import write_change, write_new
from partners.models import Group, Seat

# From the least to the most: a seat never takes a role away that is further right.
RANKS = [Role.OBSERVER, Role.MEMBER, Role.FUNDER, Role.CO_CHAIR, Role.COMMITTEE, Role.STAFF, Role.DIRECTOR]


@transaction.atomic
def give(*, initiative, values, may_sign_in=False, by):
    """Make a seat, vacant when `values["holder"]` is None. With `may_sign_in` its holder becomes a member and is told by
    mail. Raises ValidationError, with nothing written, when that address was invited too often today.
    """
    seat = write_new(row=Seat(**values), initiative=initiative, fields=list(values), by=by)
    if may_sign_in:
        _admit(seat, initiative, by)
    return seat


@transaction.atomic
def change(*, seat, values, may_sign_in=False, by):
    """Change a seat, its holder among other things: the seat outlives the person."""
    initiative = seat.group.initiative
    seat = write_change(row=seat, initiative=initiative, values=values, by=by)
    if may_sign_in:
        _admit(seat, initiative, by)
    return seat


@transaction.atomic
def end(*, seat, ends_on, by):
    """End a seat on its last day. A seat that was to start later ends on the day it was to start."""
    last = max(ends_on, seat.starts_on) if seat.starts_on else ends_on
    return write_change(row=seat, initiative=seat.group.initiative, values={"ends_on": last}, by=by)


def role_of(*, seat):
    """The role that comes with a seat."""
    if seat.group.kind == Group.Kind.STEERING_COMMITTEE:
        return Role.COMMITTEE
    return Role.MEMBER if seat.role == Seat.Role.MEMBER else Role.CO_CHAIR


def _admit(seat, initiative, by):
    contact, role = seat.holder, role_of(seat=seat)
    if contact is None:
        return
    membership = initiative.memberships.filter(user__email=contact.email).first()
    if membership is None:
        memberships.invite(initiative=initiative, email=contact.email, name=contact.name, role=role, by=by)
    elif RANKS.index(membership.role) < RANKS.index(role):
        memberships.change_role(membership=membership, role=role, by=by)
