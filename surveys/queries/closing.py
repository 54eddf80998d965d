"""What closing a round reads: who was asked and what came back, and the round it is held against."""

import json
from functools import cache
from itertools import filterfalse
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.functions import Cast

from indicators.models import PublicationNotice
from initiatives.permissions import PERMISSIONS_OF_ROLE, Permission
from surveys import definition
from surveys.models import Invitation, PastResponse, Response, Round
from surveys.queries.answering import MAY_ANSWER, definition_of
from surveys.queries.pooling import everything_in


class Asked(NamedTuple):
    """One invitation, and the answers behind it (None: never opened a page of questions)."""

    contact: int | None
    organisation: int | str | None
    cluster: str
    groups: list
    state: str
    answers: dict | None
    is_submitted: bool


def questions_of(round):
    """What was asked in a round: its version, cut down where an earlier survey asked less."""
    questions = definition_of(round.instrument_version)
    return questions if round.asked_codes is None else definition.only(questions, round.asked_codes)


def asked(round):
    """An `Asked` for every invitation of a round, answers checked against its version: one query.

    An organisation that was deleted since is known by the name it had. Of a round that was brought in, those who
    answered: nobody knows who else was invited.
    """
    check = _checker(questions_of(round))
    if round.is_brought_in:
        return [
            Asked(None, number, sector, [], Invitation.State.FINISHED, check(answers), True)
            for number, sector, answers in _earlier_responses(round.pk)
            .order_by("number")
            .values_list("organisation", "sector_name", "answers")
        ]
    if round.is_anonymous:
        return _asked_anonymously(round, check)
    is_submitted = Q(response__submitted_at__isnull=False)
    groups_of = cache(json.loads)  # thousands of people, a handful of different lists
    rows = (
        round.invitations.annotate(is_submitted=is_submitted, groups_as_text=Cast("group_names", TextField()))
        .order_by("pk")
        .values_list(
            "contact_id",
            "organisation_id",
            "organisation_name",
            "cluster_name",
            "groups_as_text",
            "state",
            "response__answers",
            "is_submitted",
        )
    )
    return [
        Asked(contact, organisation or name or None, cluster, groups_of(groups), state, check(answers), bool(submitted))
        for contact, organisation, name, cluster, groups, state, answers, submitted in rows
    ]


def _asked_anonymously(round, check):
    """The answers of an anonymous round that is being closed, of nobody; and the others who were asked, without answers."""
    content = everything_in(round.pk)
    answered = set(content.answered)
    states = round.invitations.order_by("pk").values_list("pk", "state")
    silent = [state for number, state in states if number not in answered]
    finished = Invitation.State.FINISHED
    said = [Asked(None, None, "", [], finished, check(answers), True) for answers in content.answers]
    return said + [Asked(None, None, "", [], state, None, False) for state in silent]


def _checker(questions):
    """`check_answers` for thousands of responses: what is plainly one of the choices is not looked at a second time."""
    choices = frozenset(
        (code, value) for code, question in questions.question_of.items() for value in _offered(question)
    )

    def check(answers):
        if answers is None:
            return None
        try:
            unusual = dict(filterfalse(choices.__contains__, answers.items()))
        except (AttributeError, TypeError):
            unusual = answers
        definition.check_answers(questions, unusual)
        return answers

    return check


def _offered(question):
    if question.kind == "matrix":
        return question.scale.values.values()
    return [option.code for option in question.options] if question.kind == "single_choice" else ()


def _earlier_responses(round_id):
    return PastResponse.objects.filter(past_import__round=round_id)


def submitted(round):
    """How many responses of a round are final."""
    if round.is_brought_in:
        return _earlier_responses(round.pk).count()
    return Response.objects.filter(round=round.pk, submitted_at__isnull=False).count()


def previous_round(round):
    """The last closed round of the same instrument that counted in the same way, or None.

    The last by closing day: an earlier round may have been brought in long after.
    """
    same = round.initiative.rounds.filter(
        state=Round.State.CLOSED,
        instrument_version__instrument=round.instrument_version.instrument_id,
        one_organisation_one_voice=round.one_organisation_one_voice,
        closes_on__lte=round.closes_on,
        publication__isnull=False,
    ).exclude(pk=round.pk)
    related = ("initiative", "instrument_version__instrument", "publication", "public_publication")
    heavy = ("frozen_roster", "instrument_version__definition")
    return same.select_related(*related).defer(*heavy).order_by("-closes_on", "-pk").first()


def has_every_answer(round):
    """Whether all that was counted in a closed round is there at this moment."""
    return Round.objects.filter(pk=round.pk, answers_deleted_at=None, answers_removed=0).exists()


def missing_people(round):
    """Invitations of those who could still have answered and did not, by organisation: for staff only. Whoever took the
    answers back before they were counted is one of them. Of an anonymous round nobody: it knows no names."""
    if round.is_anonymous:
        return round.invitations.none()
    missing = [*MAY_ANSWER, Invitation.State.WITHDRAWN]
    return round.invitations.filter(state__in=missing).order_by("organisation_name", "name", "pk")


def ineligible_people(round):
    """Invitations of those who told us that they left or that somebody else should answer: for staff only."""
    gone = [Invitation.State.LEFT, Invitation.State.WRONG_PERSON]
    return round.invitations.filter(state__in=gone).order_by("organisation_name", "name", "pk")


def members_to_tell(round):
    """Memberships that may see the results of a closed round, had been given before it closed, and were not told yet.

    Nobody is told of a round that was brought in: its results are no news.
    """
    if round.is_brought_in:
        return round.initiative.memberships.none()
    roles = [role for role, permissions in PERMISSIONS_OF_ROLE.items() if Permission.DASHBOARD_VIEW in permissions]
    told = PublicationNotice.objects.filter(publication=round.publication_id, membership=OuterRef("pk"))
    members = round.initiative.memberships.filter(role__in=roles, user__is_active=True, created_at__lte=round.closed_at)
    return members.filter(~Exists(told)).select_related("user").order_by("pk")


def rounds_to_tell_of(*, since):
    """Ids of the rounds closed since then whose results some member was not told of: what a killed worker left undone."""
    rounds = Round.objects.select_related("initiative").filter(closed_at__gte=since, publication__isnull=False)
    return [
        round.pk
        for round in rounds.filter(state=Round.State.CLOSED, origin=Round.Origin.ASKED)
        if members_to_tell(round).exists()
    ]
