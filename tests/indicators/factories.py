"""Publications and results as closing a round writes them: one function or indicator, 14 of 18 favourable, 23 asked."""

import datetime

import factory
from factory.django import DjangoModelFactory

from indicators.models import Publication, Result
from tests.factories import InitiativeFactory

COUNTS = {
    "invited": 23, "eligible": 23, "answered": 18, "complete": 16, "partial": 2, "break_off": 1, "unanswered": 4,
    "opted_out": 0, "bounced": 0, "ineligible": 0,
    "rr1": {"count": 16, "of": 23, "percent": 70}, "rr2": {"count": 18, "of": 23, "percent": 78},
}  # fmt: skip
MISSING = {"cells": [{"cell": "Health", "invited": 8, "missing": 3}], "rest": {"invited": 15, "missing": 2}}
SHOWN = {
    "count": 14,
    "percent": 78,
    "people": {"low": 16, "high": 20, "of": 23},
    "mean": 3.9,
    "dont_know": 1,
    "not_applicable": 0,
    "change": {"verdict": "baseline"},
}


class PublicationFactory(DjangoModelFactory):
    class Meta:
        model = Publication

    initiative = factory.SubFactory(InitiativeFactory)
    source_kind = Publication.SourceKind.SURVEY
    audience = "partners"
    title = factory.Sequence(lambda n: f"Round {n}")
    starts_on = datetime.date(2026, 10, 5)
    ends_on = datetime.date(2026, 10, 23)
    invited = 23
    comparability_key = "small:partners:persons"
    response = factory.LazyFunction(
        lambda: {"unit": "persons", "persons": COUNTS, "organisations": COUNTS, "missing": MISSING}
    )


class ResultFactory(DjangoModelFactory):
    class Meta:
        model = Result

    publication = factory.SubFactory(PublicationFactory)
    kind = Result.Kind.INDICATOR
    code = "GV1"
    is_shown = True
    n = 18
    shown = factory.LazyFunction(lambda: dict(SHOWN))


class HiddenResultFactory(ResultFactory):
    is_shown = False
    hidden_because = Result.Hidden.FEW
    n = None
    shown = factory.LazyFunction(dict)
