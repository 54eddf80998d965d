"""Action items, commitments, meetings and decisions for tests: each with nothing more than it needs."""

import datetime

import factory
from factory.django import DjangoModelFactory

from backbone.models import ActionItem, Decision, Meeting
from partners.models import Commitment
from tests.factories import ContactFactory, InitiativeFactory


class FollowUpMeetingFactory(DjangoModelFactory):
    class Meta:
        model = Meeting

    initiative = factory.SubFactory(InitiativeFactory)
    title = factory.Sequence(lambda n: f"Meeting {n}")
    starts_at = datetime.datetime(2026, 10, 14, 15, tzinfo=datetime.UTC)
    time_zone = "UTC"


class FollowUpDecisionFactory(DjangoModelFactory):
    class Meta:
        model = Decision

    initiative = factory.SubFactory(InitiativeFactory)
    title = factory.Sequence(lambda n: f"Decision {n}")
    raised_on = datetime.date(2026, 10, 1)


class ActionItemFactory(DjangoModelFactory):
    class Meta:
        model = ActionItem

    initiative = factory.SubFactory(InitiativeFactory)
    title = factory.Sequence(lambda n: f"Action item {n}")


class CommitmentFactory(DjangoModelFactory):
    """Promised by a contact of its organisation."""

    class Meta:
        model = Commitment

    initiative = factory.SubFactory(InitiativeFactory)
    contact = factory.SubFactory(ContactFactory, initiative=factory.SelfAttribute("..initiative"))
    organisation = factory.SelfAttribute("contact.organisation")
    title = factory.Sequence(lambda n: f"Commitment {n}")
    kind = Commitment.Kind.TIME
    made_on = datetime.date(2026, 10, 14)
