"""What stands behind a survey link."""

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone
from django.utils.translation.trans_real import parse_accept_lang_header

from core.statements import CompiledRead
from initiatives.models import Initiative
from surveys import definition
from surveys.models import InstrumentVersion, Invitation, Response, Round
from surveys.tokens import read_survey_token

# Mail does not reach these people, or they want none; whoever opens the link may answer all the same.
MAY_ANSWER = [Invitation.State.INVITED, Invitation.State.BOUNCED, Invitation.State.OPTED_OUT]


# What the pages of a survey show or decide on, in the order of the model, as `from_db` wants it. Any other field of these rows is read when somebody asks for it.
PARTS = (
    (Invitation, "", ("id", "round_id", "link_version", "state", "name", "language")),
    (
        Round,
        "round__",
        (
            "id",
            "initiative_id",
            "instrument_version_id",
            "title",
            "state",
            "mode",
            "closes_on",
            "sender_name",
            "reply_to",
            "ended_at",
            "threshold",
            "steward_name",
            "retention_months",
        ),
    ),
    (Initiative, "round__initiative__", ("id", "name", "slug", "time_zone", "threshold", "retention_months")),
    (InstrumentVersion, "round__instrument_version__", ("id", "digest")),
    (Response, "response__", ("id", "answers", "language", "saved_at", "submitted_at")),
)
COLUMNS = [f"{prefix}{name}" for _model, prefix, names in PARTS for name in names]
_behind_link = CompiledRead(
    lambda number, version: Invitation.objects.filter(pk=number, link_version=version).order_by().values_list(*COLUMNS),
    parameters=2,
)


def invitation_behind(token):
    """The invitation of a survey link with its round, initiative and response, or None; one query.

    A link whose version was raised since opens nothing.
    """
    found = read_survey_token(token)
    row = found and _behind_link.first(*found)
    if not row:
        return None
    invitation, round, initiative, version, response = _instances(row)
    for instance, name, related in (
        (invitation, "round", round),
        (round, "initiative", initiative),
        (round, "instrument_version", version),
        # Also when there is none: that is then known without asking again.
        (invitation, "response", response),
    ):
        # As select_related() does it: the rows are known to belong together, an assignment would look into that.
        instance._meta.get_field(name).set_cached_value(instance, related)
    return invitation


def _instances(row):
    """The rows of PARTS as model objects; None for a response that is not there."""
    start = 0
    for model, _prefix, names in PARTS:
        values = row[start : start + len(names)]
        start += len(names)
        yield None if values[0] is None else model.from_db(DEFAULT_DB_ALIAS, names, values)


def is_open(round):
    """Whether answers are taken now: sent, not cancelled, and the last day has not ended in the initiative's zone."""
    return round.state == Round.State.OPEN and timezone.now() < round.closes_at


@lru_cache(maxsize=64)
def _definition(version_id, digest):
    content = InstrumentVersion.objects.values_list("definition", flat=True).get(pk=version_id)
    return definition.parse(content, file=f"version {version_id}")


def definition_of(version):
    """The compiled Definition of an InstrumentVersion. Published versions never change, so it is kept."""
    return _definition(version.pk, version.digest)


@dataclass(frozen=True)
class Draft:
    """What a person has answered so far, and the moment it was saved (None: never)."""

    answers: dict
    saved_at: object = None


def draft_of(invitation):
    """The saved answers of somebody who has not submitted, checked against the definition on the way out."""
    response = getattr(invitation, "response", None)
    if response is None:
        return Draft({})
    answers = definition.check_answers(definition_of(invitation.round.instrument_version), response.answers)
    return Draft(answers, response.saved_at)


def hidden_questions(invitation, number):
    """Codes of the questions on page `number` that do not apply to this person, going by the pages before it."""
    document = definition_of(invitation.round.instrument_version)
    section = document.sections[number - 1]
    if not section.has_conditions:
        return frozenset()
    return definition.hidden_on(document, section, draft_of(invitation).answers)


def first_gap(invitation, section, answers):
    """The number of the first page on which something is needed before the submit, or None. `answers` are those that were
    just given on `section`."""
    document = definition_of(invitation.round.instrument_version)
    if not document.may_have_gaps:
        return None
    return definition.first_gap(document, _with(invitation, section, answers))


def page_beside(invitation, section, answers, number, wanted):
    """The number of the page from which the next one (or the one before) is a page that asks this person something."""
    document = definition_of(invitation.round.instrument_version)
    step, given = {"next": 1, "back": -1}.get(wanted, 0), _with(invitation, section, answers)
    while step and 1 < number + step < len(document.sections):
        if not definition.nothing_to_ask(document, document.sections[number + step - 1], given):
            break
        number += step
    return number


def _with(invitation, section, answers):
    saved = draft_of(invitation).answers
    return {code: value for code, value in saved.items() if code not in section.codes} | answers


def response_of(invitation):
    """What somebody has answered so far, final or not; None where there is nothing (any more)."""
    return getattr(invitation, "response", None)


def language_of_browser(request):
    """The language of surveys that a browser asks for first, for whoever holds no link that tells theirs."""
    spoken = dict(settings.SURVEY_LANGUAGES)
    wanted = parse_accept_lang_header(request.headers.get("Accept-Language", "").lower())
    found = (code.split("-")[0] for code, _weight in wanted)
    return next((code for code in found if code in spoken), settings.LANGUAGE_CODE)


def language_for(invitation, wanted):
    """The language of the page: the one asked for, the one used last, the contact's, the first there is."""
    offered = definition_of(invitation.round.instrument_version).languages
    used = getattr(getattr(invitation, "response", None), "language", "")
    return next((code for code in (wanted, used, invitation.language) if code in offered), offered[0])
