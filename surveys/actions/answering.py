"""What a partner does with a survey link. Nobody is signed in: the link is who they are."""

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from initiatives.actions import history
from partners.names import tidy
from surveys import definition
from surveys.models import Invitation, Response, Round
from surveys.queries.answering import MAY_ANSWER, definition_of, draft_of, is_open

# How often two tabs may overtake each other before one is asked to press the button again.
TRIES = 5


class NotOpen(Exception):
    """Answers are not taken (any more): the round is over, or this invitation has been answered."""


def save_page(*, invitation, section, answers, language):
    """Keep one page of a draft. Pages saved meanwhile in another tab are kept as well. Raises NotOpen."""
    if not is_open(invitation.round) or invitation.state not in MAY_ANSWER:
        raise NotOpen
    for _try in range(TRIES):
        draft = draft_of(invitation)
        merged = _merged(invitation, draft.answers, section, answers)
        if _write_draft(invitation, draft.saved_at, merged, language):
            return
        invitation.refresh_from_db(fields=["state"])
        invitation.response = Response.objects.filter(invitation=invitation).first()
        if invitation.response is None or invitation.response.submitted_at:
            raise NotOpen
    raise NotOpen


def _merged(invitation, saved, section, answers):
    kept = {code: value for code, value in saved.items() if code not in section.codes}
    return definition.check_answers(definition_of(invitation.round.instrument_version), kept | answers)


def _write_draft(invitation, saved_at, answers, language):
    """One statement: an UPDATE that names what it read, or an INSERT that a row already there refuses."""
    fields = {"answers": answers, "language": language, "saved_at": timezone.now()}
    if saved_at is not None:
        mine = Response.objects.filter(pk=invitation.response.pk, saved_at=saved_at, submitted_at=None)
        return bool(mine.update(**fields))
    try:
        Response(invitation=invitation, round_id=invitation.round_id, **fields).save(force_insert=True)
    except IntegrityError:
        # Two first pages at once: whoever came second reads the row and merges.
        return False
    return True


def submit_response(*, invitation, section, answers, language):
    """Make the answers final: one transaction that claims the invitation. Raises NotOpen for all but the first."""
    if not is_open(invitation.round):
        raise NotOpen
    merged = _merged(invitation, draft_of(invitation).answers, section, answers)
    now = timezone.now()
    with transaction.atomic():
        # The state is a column of the row itself, which PostgreSQL looks at again after waiting for another submit; a
        # condition over a relation would become a subquery on the old snapshot.
        still_open = Exists(Round.objects.filter(pk=OuterRef("round_id"), state=Round.State.OPEN))
        mine = Invitation.objects.filter(still_open, pk=invitation.pk, state__in=MAY_ANSWER)
        claimed = mine.update(state=Invitation.State.FINISHED)
        if not claimed:
            raise NotOpen
        row = Response(
            invitation=invitation,
            round_id=invitation.round_id,
            answers=merged,
            language=language,
            saved_at=now,
            submitted_at=now,
        )
        Response.objects.bulk_create(
            [row],
            update_conflicts=True,
            unique_fields=["invitation"],
            update_fields=["answers", "language", "saved_at", "submitted_at"],
        )


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
