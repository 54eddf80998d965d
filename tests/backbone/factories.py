"""Activities for tests: half an hour, one function, nobody named."""

import datetime

import factory
from factory.django import DjangoModelFactory

from backbone.models import Activity
from tests.factories import InitiativeFactory


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
