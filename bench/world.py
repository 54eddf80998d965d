"""Rows to measure on, made in bulk: an initiative with partners, a round with its invitations, answers."""

import datetime
import random
from itertools import islice

from django.utils import timezone

from accounts.models import User
from initiatives.models import Function, FunctionCode, Initiative, Membership
from partners.models import Contact, Group, Organisation, Sector
from partners.names import fold
from surveys.actions.instruments import install_shipped
from surveys.models import Invitation, Mailing, Response, Round, RoundText
from surveys.queries.answering import definition_of

INSTRUMENT = "backbone_effectiveness_partners"
# Twelve cells to break results down by: sectors, and groups that overlap.
SECTORS, GROUPS = 8, 4
PER_ORGANISATION = 4
TEXT = "What we share is a plan for the first six years of every child in the valley."


def make_initiative(name):
    initiative = Initiative.objects.create(name=name, slug=name.lower().replace(" ", "-"))
    Function.objects.bulk_create(
        Function(initiative=initiative, code=code, position=place, enabled=code != FunctionCode.EQUITY)
        for place, code in enumerate(FunctionCode.values)
    )
    return initiative


def make_member(initiative, role):
    user = User.objects.create(email=f"{role}@{initiative.slug}.example", name=role)
    return Membership.objects.create(initiative=initiative, user=user, role=role).user


def make_contacts(initiative, number):
    """`number` contacts, four to an organisation, over eight sectors."""
    names = [f"Sector {place}" for place in range(SECTORS)]
    sectors = Sector.objects.bulk_create(Sector(initiative=initiative, name=n, folded_name=fold(n)) for n in names)
    names = [f"Organisation {place}" for place in range(-(-number // PER_ORGANISATION))]
    organisations = Organisation.objects.bulk_create(
        Organisation(initiative=initiative, name=name, folded_name=fold(name), sector=sectors[place % SECTORS])
        for place, name in enumerate(names)
    )
    Group.objects.bulk_create(
        Group(initiative=initiative, name=f"Group {place}", folded_name=fold(f"Group {place}"))
        for place in range(GROUPS)
    )
    return Contact.objects.bulk_create(
        Contact(
            initiative=initiative,
            organisation=organisations[place // PER_ORGANISATION],
            name=f"Contact {place}",
            email=f"contact{place}@{initiative.slug}.example",
        )
        for place in range(number)
    )


def make_round(initiative, *, state=Round.State.OPEN, closes_in_days=14):
    version = install_shipped(initiative=initiative, by=None)[INSTRUMENT]
    now = timezone.now()
    round = Round.objects.create(
        initiative=initiative,
        instrument_version=version,
        title="Spring",
        state=state,
        opened_at=None if state == Round.State.DRAFT else now - datetime.timedelta(days=7),
        prepared_at=None if state == Round.State.DRAFT else now,
        closes_on=now.date() + datetime.timedelta(days=closes_in_days),
        sender_name="Kim Lee",
        reply_to="kim@backbone.example",
    )
    RoundText.objects.bulk_create(
        RoundText(round=round, kind=kind, language="en", subject="For {first_name}", body="Hello {name},\n\n{link}\n")
        for kind in RoundText.Kind.values
    )
    return round


def invite(round, contacts, *, state=Invitation.State.INVITED):
    rows = []
    for place, contact in enumerate(contacts):
        organisation = contact.organisation
        rows.append(
            Invitation(
                round=round,
                contact=contact,
                state=state,
                email=contact.email,
                name=contact.name,
                language="en",
                organisation=organisation,
                organisation_name=organisation.name,
                sector=organisation.sector,
                sector_name=organisation.sector.name,
                cluster_name=organisation.sector.name,
                group_names=[f"Group {group}" for group in range(GROUPS) if place % (group + 3) == 0],
            )
        )
    return Invitation.objects.bulk_create(rows, batch_size=2000)


def make_mailings_due(round, invitations):
    due_at = timezone.now() - datetime.timedelta(minutes=1)
    rows = (Mailing(invitation=i, round=round, kind=Mailing.Kind.INVITATION, due_at=due_at) for i in invitations)
    Mailing.objects.bulk_create(rows, batch_size=2000)


def answers_to(version, chance):
    """What somebody may have answered to every question of a version, as it is stored; `chance` is a random.Random."""
    answers = {}
    for section in definition_of(version).sections:
        answers |= section_answers(section, chance)
    return answers


def section_answers(section, chance):
    answers = {}
    for question in section.questions:
        for code in question.codes:
            if question.kind == "long_text":
                answers[code] = TEXT
            elif question.kind == "matrix":
                answers[code] = chance.choices([1, 2, 3, 4, 5, "dk", "na"], [4, 10, 20, 36, 22, 6, 2])[0]
            else:
                answers[code] = chance.choice(question.options).code
    return answers


def respond(round, invitations, *, seed=20):
    """A submitted response for each of `invitations`."""
    chance, now = random.Random(seed), timezone.now()
    rows = (
        Response(
            invitation=invitation,
            round=round,
            answers=answers_to(round.instrument_version, chance),
            language="en",
            saved_at=now,
            submitted_at=now,
        )
        for invitation in invitations
    )
    while chunk := list(islice(rows, 2000)):
        Response.objects.bulk_create(chunk)
