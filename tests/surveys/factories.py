"""Rounds, invitations and mailings for tests. A round is open and has one short text per kind, in English."""

import datetime

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from surveys import definition
from surveys.models import Instrument, InstrumentVersion, Invitation, Mailing, Round, RoundText
from tests.factories import ContactFactory, InitiativeFactory

SHIPPED = "backbone_effectiveness_partners"


class InstrumentFactory(DjangoModelFactory):
    class Meta:
        model = Instrument

    initiative = factory.SubFactory(InitiativeFactory)
    code = factory.Sequence(lambda n: f"instrument-{n}")
    audience = Instrument.Audience.PARTNERS


class InstrumentVersionFactory(DjangoModelFactory):
    """The shipped partners' instrument."""

    class Meta:
        model = InstrumentVersion

    instrument = factory.SubFactory(InstrumentFactory)
    number = 1
    definition = factory.LazyFunction(lambda: definition.to_json(definition.load_shipped(SHIPPED)))
    digest = factory.LazyFunction(lambda: definition.digest(definition.load_shipped(SHIPPED)))


class RoundFactory(DjangoModelFactory):
    class Meta:
        model = Round
        skip_postgeneration_save = True

    initiative = factory.SubFactory(InitiativeFactory)
    instrument_version = factory.SubFactory(
        InstrumentVersionFactory, instrument__initiative=factory.SelfAttribute("...initiative")
    )
    title = factory.Sequence(lambda n: f"Round {n}")
    state = Round.State.OPEN
    opened_at = factory.LazyFunction(timezone.now)
    prepared_at = factory.LazyFunction(timezone.now)
    closes_on = factory.LazyFunction(lambda: timezone.now().date() + datetime.timedelta(days=14))
    sender_name = "Kim Lee"
    reply_to = "kim@backbone.example"

    @factory.post_generation
    def texts(self, create, extracted, **kwargs):
        for kind in RoundText.Kind.values:
            self.texts.create(
                kind=kind, language="en", subject=f"{kind} for {{first_name}}", body="Hello {name},\n\n{link}\n"
            )


class InvitationFactory(DjangoModelFactory):
    class Meta:
        model = Invitation

    round = factory.SubFactory(RoundFactory)
    contact = factory.SubFactory(ContactFactory, initiative=factory.SelfAttribute("..round.initiative"))
    email = factory.SelfAttribute("contact.email")
    name = factory.SelfAttribute("contact.name")
    language = factory.SelfAttribute("contact.language")
    organisation = factory.SelfAttribute("contact.organisation")
    organisation_name = factory.SelfAttribute("contact.organisation.name")
    sector = factory.SelfAttribute("contact.organisation.sector")
    sector_name = factory.SelfAttribute("contact.organisation.sector.name")
    cluster_name = factory.SelfAttribute("sector_name")


class MailingFactory(DjangoModelFactory):
    """A mail that has been due for a minute."""

    class Meta:
        model = Mailing

    invitation = factory.SubFactory(InvitationFactory)
    round = factory.SelfAttribute("invitation.round")
    kind = Mailing.Kind.INVITATION
    due_at = factory.LazyFunction(lambda: timezone.now() - datetime.timedelta(minutes=1))
