"""Which committees and groups are a member's own: their seats say."""

import datetime

import pytest

from partners import queries
from partners.models import Seat
from tests.factories import ContactFactory, GroupFactory, MembershipFactory, SeatFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(initiative):
    return MembershipFactory(initiative=initiative, role="co_chair")


@pytest.fixture
def contact(initiative, member):
    return ContactFactory(initiative=initiative, email=member.user.email)


def test_own_groups_are_those_with_an_open_seat(initiative, member, contact):
    sits, sat, elsewhere = GroupFactory.create_batch(3, initiative=initiative)
    SeatFactory(group=sits, holder=contact)
    SeatFactory(group=sat, holder=contact, ends_on=initiative.today() - datetime.timedelta(days=1))
    SeatFactory(group=elsewhere)
    assert list(queries.groups_of(member)) == [sits]


@pytest.mark.parametrize(("role", "leads"), [(Seat.Role.CHAIR, 1), (Seat.Role.CO_CHAIR, 1), (Seat.Role.MEMBER, 0)])
def test_led_groups_are_those_with_a_chair(initiative, member, contact, role, leads):
    SeatFactory(group=GroupFactory(initiative=initiative), holder=contact, role=role)
    assert queries.groups_led_by(member).count() == leads


def test_own_groups_stay_within_the_initiative(member, contact):
    other = MembershipFactory(user=member.user)
    SeatFactory(
        group=GroupFactory(initiative=other.initiative),
        holder=ContactFactory(initiative=other.initiative, email=member.user.email),
    )
    assert queries.groups_of(member).count() == 0
