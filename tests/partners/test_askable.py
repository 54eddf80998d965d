"""Who a round may ask: not those who left, never the backbone, one lead contact per organisation where it says so."""

import datetime

from initiatives.permissions import Role
from partners.queries import askable
from tests.factories import ContactFactory, GroupFactory, MembershipFactory, SeatFactory

YESTERDAY = datetime.date(2020, 1, 1)


def test_those_who_left_are_not_asked(initiative):
    here = ContactFactory(initiative=initiative)
    ContactFactory(initiative=initiative, left_on=YESTERDAY)
    ContactFactory(initiative=initiative, organisation__left_on=YESTERDAY)
    soon = ContactFactory(initiative=initiative, left_on=datetime.date(2999, 1, 1))
    assert set(askable(initiative)) == {here, soon}


def test_backbone_is_never_asked_but_committee_members_are(initiative, other_initiative):
    for role in Role:
        user = MembershipFactory(initiative=initiative, role=role, user__email=f"{role}@org.example").user
        ContactFactory(initiative=initiative, email=user.email)
    elsewhere = MembershipFactory(initiative=other_initiative, role=Role.STAFF).user
    ContactFactory(initiative=initiative, email=elsewhere.email)
    asked = {contact.email for contact in askable(initiative)}
    backbone = {f"{Role.DIRECTOR}@org.example", f"{Role.STAFF}@org.example"}
    assert asked == {f"{role}@org.example" for role in Role} - backbone | {elsewhere.email}


def test_lead_contacts_only_are_one_per_organisation(initiative):
    lead = ContactFactory(initiative=initiative, is_lead=True)
    ContactFactory(initiative=initiative, organisation=lead.organisation)
    assert list(askable(initiative, lead_only=True)) == [lead]


def test_sectors_and_groups_narrow_by_open_seats(initiative):
    seat = SeatFactory(group=GroupFactory(initiative=initiative))
    ended = SeatFactory(group=seat.group, ends_on=datetime.date(2026, 1, 1))
    ContactFactory(initiative=initiative)
    assert list(askable(initiative, groups=[seat.group])) == [seat.holder]
    assert list(askable(initiative, sectors=[ended.holder.organisation.sector_id])) == [ended.holder]


def test_unreachable_contacts_stay_on_the_roster_and_can_be_left_out(initiative):
    here = ContactFactory(initiative=initiative)
    ContactFactory(initiative=initiative, reachability="bounced")
    assert askable(initiative).count() == 2
    assert list(askable(initiative).reachable()) == [here]
