"""Whole rounds for the tests of closing: a small questionnaire, people in organisations and sectors, and what they say."""

import datetime

from django.utils import timezone

from surveys import definition
from surveys.models import InstrumentVersion, Invitation, Response, Round
from tests.factories import ContactFactory, OrganisationFactory, SectorFactory
from tests.surveys.factories import InstrumentFactory, InstrumentVersionFactory, RoundFactory

LANGUAGES = ("en", "es", "fr")


def words(text):
    return dict.fromkeys(LANGUAGES, text)


def small_definition(*, reverse=("gv1_b",), extra=()):
    """Four items: two of GV1 (one reverse), one of GV3, one of SA1; and whatever `extra` items a test wants."""
    items = [("gv1_a", "GV1"), ("gv1_b", "GV1"), ("gv3_a", "GV3"), ("sa1_a", "SA1"), *extra]
    rows = [
        {"code": code, "text": words(code), "indicators": [indicator], "reverse": code in reverse}
        for code, indicator in items
    ]
    points = [{"label": words(str(number))} for number in range(1, 6)]
    scale = {"code": "agreement", "points": points, "dont_know": words("dk"), "not_applicable": words("na")}
    question = {"kind": "matrix", "code": "all", "text": words("?"), "scale": "agreement", "items": rows}
    section = {"code": "one", "title": words("One"), "questions": [question]}
    return {
        "code": "small",
        "audience": "partners",
        "languages": list(LANGUAGES),
        "title": words("Small"),
        "introduction": words("Small"),
        "scales": [scale],
        "sections": [section],
    }


def small_version(initiative, *, number=1, **changes):
    """A version of the small questionnaire; later numbers are of the same instrument."""
    content = definition.to_json(definition.parse(small_definition(**changes)))
    digest = definition.digest(definition.parse(content))
    known = InstrumentVersion.objects.filter(instrument__initiative=initiative).first()
    instrument = known.instrument if known else InstrumentFactory(initiative=initiative, code="small")
    found = instrument.versions.filter(digest=digest).first()
    return found or InstrumentVersionFactory(instrument=instrument, number=number, definition=content, digest=digest)


def says(*values):
    """Answers to the items of the small questionnaire in their order; None is no answer."""
    codes = ("gv1_a", "gv1_b", "gv3_a", "sa1_a")
    return {code: value for code, value in zip(codes, values, strict=False) if value is not None}


def agrees(number, of, *, favourable=(4, 2, 4, 4), other=(2, 4, 2, 2)):
    """`of` people, `number` of them favourable in everything."""
    return [says(*favourable)] * number + [says(*other)] * (of - number)


class Roster:
    """Contacts who can be asked again in a second round; each is (organisation, sector, groups)."""

    def __init__(self, initiative, people):
        self.initiative = initiative
        sectors = {name: SectorFactory(initiative=initiative, name=name) for name in {s for _, s, _ in people} if name}
        self.organisations = {
            name: OrganisationFactory(initiative=initiative, name=name, sector=sectors.get(sector))
            for name, sector in dict.fromkeys((name, sector) for name, sector, _groups in people)
        }
        self.people = [
            (ContactFactory(initiative=initiative, organisation=self.organisations[name]), sector, groups)
            for name, sector, groups in people
        ]


def plain_roster(initiative, people, *, sector="", per_organisation=1):
    return Roster(initiative, [(f"Org {n // per_organisation}", sector, ()) for n in range(people)])


def open_round(roster, answers, *, version=None, ended_days_ago=1, states=(), drafts=(), **fields):
    """A round over the roster that ended, not closed yet; `answers`: one per person of the roster, None = did not answer.

    `states`: {place: state of an invitation that was not answered}; `drafts`: places whose answers were not submitted.
    """
    initiative = roster.initiative
    ended = initiative.today() - datetime.timedelta(days=ended_days_ago)
    round = RoundFactory(
        initiative=initiative,
        instrument_version=version or small_version(initiative),
        closes_on=ended,
        opened_at=timezone.now() - datetime.timedelta(days=ended_days_ago + 14),
        **fields,
    )
    states = dict(states)
    for place, (contact, sector, groups) in enumerate(roster.people):
        submitted = answers[place] is not None and place not in drafts
        state = Invitation.State.FINISHED if submitted else states.get(place, Invitation.State.INVITED)
        invitation = Invitation.objects.create(
            round=round,
            contact=contact,
            state=state,
            email=contact.email,
            name=contact.name,
            language="en",
            organisation=contact.organisation,
            organisation_name=contact.organisation.name,
            cluster_name=sector,
            sector_name=sector,
            group_names=list(groups),
        )
        if answers[place] is not None:
            now = timezone.now()
            Response.objects.create(
                invitation=invitation,
                round=round,
                answers=answers[place],
                saved_at=now,
                submitted_at=now if submitted else None,
            )
    return round


def results_of(round, level="inside"):
    """{(code, breakdown, cell): Result} of a closed round."""
    round = Round.objects.get(pk=round.pk)
    publication = round.publication if level == "inside" else round.public_publication
    return {(r.code, r.breakdown, r.cell): r for r in publication.results.all()}
