"""What a partner does with a survey link. Nobody is signed in: the link is who they are."""

from django.db import transaction
from django.utils import timezone

from initiatives.actions import history
from partners.names import tidy
from surveys import definition
from surveys.actions import pooling, storing
from surveys.models import Invitation, Response
from surveys.queries.answering import MAY_ANSWER, definition_of, draft_of, is_open, response_of

# How often two tabs may overtake each other before one is asked to press the button again.
TRIES = 5


class NotOpen(Exception):
    """Answers are not taken (any more): the round is over, or this invitation has been answered."""


def save_page(*, invitation, section, answers, language):
    """Keep one page of a draft. Pages saved meanwhile in another tab are kept as well. Raises NotOpen."""
    _store(storing.write_draft, invitation, section, answers, language)


def submit_response(*, invitation, section, answers, language):
    """Make the answers final, with the pages saved meanwhile in another tab. Raises NotOpen for all but the first.

    What was answered to questions that do not apply is dropped.
    """
    _store(storing.write_final, invitation, section, answers, language)


def submit_anonymous(*, invitation, answers):
    """Put all pages of an anonymous questionnaire where nobody can tell whose they are. Raises NotOpen for all but the first."""
    document = definition_of(invitation.round.instrument_version)
    settled = definition.settled(document, definition.check_answers(document, answers))
    if not is_open(invitation.round) or not pooling.put(invitation=invitation, answers=settled):
        raise NotOpen


def _store(write, invitation, section, answers, language):
    """Put the page into what was saved and write that, unless the saved answers changed meanwhile: then once more."""
    for _try in range(TRIES):
        if not is_open(invitation.round) or invitation.state not in MAY_ANSWER:
            raise NotOpen
        draft = draft_of(invitation)
        merged = _merged(invitation, draft.answers, section, answers)
        if write is storing.write_final:
            merged = definition.settled(definition_of(invitation.round.instrument_version), merged)
        if write(invitation=invitation, seen_at=draft.saved_at, answers=merged, language=language, now=timezone.now()):
            return
        _read_again(invitation)
    raise NotOpen


def _merged(invitation, saved, section, answers):
    """`saved` was checked when it was read."""
    kept = {code: value for code, value in saved.items() if code not in section.codes}
    return kept | definition.check_answers(definition_of(invitation.round.instrument_version), answers)


def _read_again(invitation):
    had_begun = response_of(invitation) is not None
    invitation.refresh_from_db(fields=["state"])
    invitation.round.refresh_from_db(fields=["state"])
    response = Response.objects.filter(invitation=invitation).first()
    # Submitted, or withdrawn meanwhile: what was taken back is not stored again.
    if response.submitted_at if response else had_begun:
        raise NotOpen
    invitation.response = response


def say_left(*, invitation):
    """The person no longer works there; staff confirm it before the contact is changed. Raises NotOpen, also after the
    round is over: what was published says who could still have answered."""
    _tell(invitation, Invitation.State.LEFT, "")


def say_someone_else(*, invitation, note):
    """Someone else should answer; `note` says who. Staff confirm it. Raises NotOpen."""
    _tell(invitation, Invitation.State.WRONG_PERSON, tidy(note)[:500])


@transaction.atomic
def _tell(invitation, state, note):
    if not is_open(invitation.round):
        raise NotOpen
    if invitation.round.is_anonymous and pooling.hold(invitation=invitation):
        raise NotOpen
    told = Invitation.objects.filter(pk=invitation.pk, state__in=MAY_ANSWER).update(state=state, note=note)
    if not told:
        raise NotOpen
    history.record(
        initiative=invitation.round.initiative,
        verb=f"invitation.{state}",
        target=invitation,
        label=invitation.name,
        after={"note": note},
        by=None,
    )
