"""Factories without surprises: each makes one row and what it cannot exist without, nothing more."""

import datetime

import factory
from factory.django import DjangoModelFactory

from accounts.models import User
from initiatives.models import FunctionCode, Initiative, Membership
from initiatives.permissions import Role
from partners.models import Contact, Group, Organisation, Seat, Sector


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")


class InitiativeFactory(DjangoModelFactory):
    class Meta:
        model = Initiative
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Initiative {n}")
    slug = factory.Sequence(lambda n: f"initiative-{n}")

    @factory.post_generation
    def functions(self, create, extracted, **kwargs):
        for position, code in enumerate(FunctionCode.values):
            self.functions.create(code=code, position=position, enabled=code != FunctionCode.EQUITY)


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    initiative = factory.SubFactory(InitiativeFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.STAFF


class SectorFactory(DjangoModelFactory):
    class Meta:
        model = Sector

    initiative = factory.SubFactory(InitiativeFactory)
    name = factory.Sequence(lambda n: f"Sector {n}")


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    initiative = factory.SubFactory(InitiativeFactory)
    name = factory.Sequence(lambda n: f"Organisation {n}")
    sector = factory.SubFactory(SectorFactory, initiative=factory.SelfAttribute("..initiative"))


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = Contact

    initiative = factory.SubFactory(InitiativeFactory)
    organisation = factory.SubFactory(OrganisationFactory, initiative=factory.SelfAttribute("..initiative"))
    name = factory.Sequence(lambda n: f"Contact {n}")
    email = factory.Sequence(lambda n: f"contact{n}@partner.example")


class GroupFactory(DjangoModelFactory):
    class Meta:
        model = Group

    initiative = factory.SubFactory(InitiativeFactory)
    name = factory.Sequence(lambda n: f"Group {n}")


class SeatFactory(DjangoModelFactory):
    class Meta:
        model = Seat

    group = factory.SubFactory(GroupFactory)
    holder = factory.SubFactory(ContactFactory, initiative=factory.SelfAttribute("..group.initiative"))
    starts_on = datetime.date(2026, 1, 1)
