"""What the backbone makes of a closed round: its texts, who would be told, and the rounds that still wait for one."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q

from partners.models import Contact
from surveys.models import Conclusion, ConclusionText, Invitation, Round
from surveys.plain_text import blocks
from surveys.queries.rosters import digest_of

LANGUAGES = tuple(code for code, _name in settings.SURVEY_LANGUAGES)


def has_readers(round):
    """Whether people were asked from here and may read what came of it: the round is closed."""
    return round.state == Round.State.CLOSED and not round.is_brought_in


def conclusion_of(round):
    """The Conclusion of a round, None while nothing was written: one query."""
    return Conclusion.objects.filter(round=round.pk).first()


def texts_of(conclusion):
    """{language: text} of a conclusion, which may be None."""
    return {row.language: row.text for row in conclusion.texts.all()} if conclusion else {}


@dataclass(frozen=True)
class Reading:
    """A conclusion as one reader sees it. `is_other_language`: it is not there in theirs, so they get this one."""

    blocks: list
    language: str
    language_name: str
    is_other_language: bool
    published_at: object
    edited_at: object


def reading_of(conclusion, language, *, default):
    """The Reading in a language, else in the initiative's, else in any; None where nothing was written."""
    texts = {row.language: row for row in conclusion.texts.all()} if conclusion else {}
    found = next((code for code in (language, default, *LANGUAGES) if code in texts), None)
    if found is None:
        return None
    row: ConclusionText = texts[found]
    return Reading(
        blocks=blocks(row.text),
        language=found,
        language_name=row.get_language_display(),
        is_other_language=found != language,
        published_at=conclusion.published_at,
        edited_at=row.edited_at,
    )


@dataclass(frozen=True)
class Recipients:
    """Who would be told that results are there: ids of invitations, a digest of them, and how many are left out."""

    ids: tuple
    digest: str
    left_out: int


def recipients(round):
    """The Recipients of a round: everyone invited, but for those who left, want no mail or cannot be reached."""
    wanted = Q(contact__reachability=Contact.Reachability.REACHABLE) & (
        Q(contact__left_on=None) | Q(contact__left_on__gt=round.initiative.today())
    )
    asked = round.invitations.filter(state__in=[Invitation.State.INVITED, Invitation.State.FINISHED])
    ids = tuple(asked.filter(wanted).order_by("pk").values_list("pk", flat=True))
    return Recipients(ids, digest_of(ids), round.invitations.count() - len(ids))


def last_untold(rounds):
    """The newest of `surveys.queries.rounds.rounds` whose people were not told what came of it, or None."""
    return next((round for round in rounds if has_readers(round) and round.concluded_at is None), None)


def untold_before(round):
    """The last survey of the same questionnaire, if its people were not told what came of it; None if they were."""
    same = round.initiative.rounds.filter(
        state=Round.State.CLOSED,
        origin=Round.Origin.ASKED,
        instrument_version__instrument=round.instrument_version.instrument_id,
    )
    last = same.exclude(pk=round.pk).select_related("conclusion").defer("frozen_roster").order_by("-closes_on", "-pk")
    found = last.first()
    if found is None:
        return None
    conclusion = getattr(found, "conclusion", None)
    return None if conclusion and conclusion.published_at else found


def conclusions_to_queue():
    """Ids of the rounds whose people are to be told and do not all have a mail yet."""
    waiting = Conclusion.objects.filter(told_at__isnull=False, queued_at=None)
    return list(waiting.order_by("pk").values_list("round", flat=True))
