"""Activities for tests: half an hour, one function, nobody named; and meetings."""

import datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from backbone.models import (
    Activity,
    AgendaItem,
    Attendance,
    CriterionReview,
    Decision,
    Evidence,
    Meeting,
    Milestone,
    PolicyItem,
    PolicyStage,
    Resource,
    TargetAudience,
)
from tests.factories import ContactFactory, InitiativeFactory


class ActivityFactory(DjangoModelFactory):
    """`functions` maps codes to weights; `people` are staff present."""

    class Meta:
        model = Activity
        skip_postgeneration_save = True

    initiative = factory.SubFactory(InitiativeFactory)
    title = factory.Sequence(lambda n: f"Activity {n}")
    held_on = datetime.date(2026, 10, 14)
    minutes = 30

    @factory.post_generation
    def functions(self, create, extracted, **kwargs):
        for code, weight in (extracted or {"vision": 1}).items():
            self.shares.create(function=self.initiative.functions.get(code=code), weight=weight)

    @factory.post_generation
    def people(self, create, extracted, **kwargs):
        self.people.set(extracted or [])


class MeetingFactory(DjangoModelFactory):
    """An hour on an afternoon to come, open to all."""

    class Meta:
        model = Meeting

    initiative = factory.SubFactory(InitiativeFactory)
    title = factory.Sequence(lambda n: f"Meeting {n}")
    starts_at = datetime.datetime(2027, 1, 12, 15, tzinfo=datetime.UTC)
    duration = 60
    time_zone = "UTC"


class AgendaItemFactory(DjangoModelFactory):
    class Meta:
        model = AgendaItem

    meeting = factory.SubFactory(MeetingFactory)
    title = factory.Sequence(lambda n: f"Item {n}")
    position = factory.Sequence(lambda n: n % 1_000)


class DecisionFactory(DjangoModelFactory):
    """An open question that nobody in particular decides."""

    class Meta:
        model = Decision

    initiative = factory.SubFactory(InitiativeFactory)
    title = factory.Sequence(lambda n: f"Decision {n}")
    raised_on = datetime.date(2026, 10, 1)


class AttendanceFactory(DjangoModelFactory):
    """A guest who was there."""

    class Meta:
        model = Attendance

    meeting = factory.SubFactory(MeetingFactory)
    contact = factory.SubFactory(ContactFactory, initiative=factory.SelfAttribute("..meeting.initiative"))
    state = Attendance.State.PRESENT


class EvidenceFactory(DjangoModelFactory):
    """Data was used; nobody is named and no source is given."""

    class Meta:
        model = Evidence
        skip_postgeneration_save = True

    initiative = factory.SubFactory(InitiativeFactory)
    kind = Evidence.Kind.DATA_USE
    happened_on = datetime.date(2026, 10, 14)
    title = factory.Sequence(lambda n: f"Entry {n}")

    @factory.post_generation
    def partners(self, create, extracted, **kwargs):
        self.partners.set(extracted or [])


class ResourceFactory(DjangoModelFactory):
    """A thousand dollars of new public money that partners received; `amount=None` is not valued."""

    class Meta:
        model = Resource

    initiative = factory.SubFactory(InitiativeFactory)
    title = factory.Sequence(lambda n: f"Resource {n}")
    origin = Resource.Origin.NEW
    source = Resource.Source.PUBLIC
    recipient = Resource.Recipient.PARTNERS
    amount = Decimal("1000")
    currency = factory.LazyAttribute(lambda row: "" if row.amount is None else "USD")
    kind = factory.LazyAttribute(lambda row: Resource.Kind.IN_KIND if row.amount is None else Resource.Kind.MONEY)
    received_on = datetime.date(2026, 6, 1)


class TargetAudienceFactory(DjangoModelFactory):
    class Meta:
        model = TargetAudience

    initiative = factory.SubFactory(InitiativeFactory)
    name = factory.Sequence(lambda n: f"Audience {n}")


class PolicyItemFactory(DjangoModelFactory):
    """A policy item; `way` are (stage, alignment, day) of the stages it reached."""

    class Meta:
        model = PolicyItem
        skip_postgeneration_save = True

    initiative = factory.SubFactory(InitiativeFactory)
    title = factory.Sequence(lambda n: f"Policy item {n}")

    @factory.post_generation
    def way(self, create, extracted, **kwargs):
        for stage, alignment, day in extracted or ():
            self.stages.create(stage=stage, alignment=alignment, reached_on=day)


class PolicyStageFactory(DjangoModelFactory):
    class Meta:
        model = PolicyStage

    policy_item = factory.SubFactory(PolicyItemFactory)
    stage = PolicyStage.Stage.INTRODUCED
    alignment = PolicyStage.Alignment.PARTLY
    reached_on = datetime.date(2026, 10, 1)


class MilestoneFactory(DjangoModelFactory):
    """A shared data system in design; nothing is said of the grounds."""

    class Meta:
        model = Milestone

    initiative = factory.SubFactory(InitiativeFactory)
    model = "shared_data_system"
    stage = "in_design"
    starts_on = datetime.date(2026, 3, 1)


class CriterionReviewFactory(DjangoModelFactory):
    class Meta:
        model = CriterionReview

    initiative = factory.SubFactory(InitiativeFactory)
    model = "shared_data_system"
    criterion = "lead_named"
    status = CriterionReview.Status.PARTLY
    looked_on = datetime.date(2026, 4, 1)
