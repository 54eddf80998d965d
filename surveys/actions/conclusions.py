"""Writing what the backbone makes of a closed round, publishing it, and telling everyone who was asked."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.doorbell import ring
from initiatives.actions import history
from surveys.actions.invitations import CHUNK, queue_once
from surveys.actions.rounds import RoundRefused
from surveys.models import Conclusion, ConclusionText, Mailing
from surveys.queries.conclusions import conclusion_of, has_readers, recipients, texts_of


class EditConflict(Exception):
    """Somebody saved other texts since these were opened."""


def write(*, round, version, texts, by):
    """Save the texts of a conclusion, {language: text}; an empty one goes. Returns the Conclusion.

    `version` is the one whose texts were read, 0 for none. Of a published conclusion readers see the new words at once,
    and that they were edited. Nothing is written where nothing changed. Raises EditConflict or RoundRefused.
    """
    _require_closed(round)
    texts = {language: text for language, text in texts.items() if text}
    try:
        with transaction.atomic():
            return _write(round, version, texts, by)
    except IntegrityError:
        # Two began at once: the second meets the first one's row.
        raise EditConflict from None


def _write(round, version, texts, by):
    conclusion = conclusion_of(round)
    before = texts_of(conclusion)
    if (conclusion.version if conclusion else 0) != version:
        raise EditConflict
    if texts == before:
        return conclusion
    if conclusion is None:
        conclusion = Conclusion.objects.create(round=round)
    elif not Conclusion.objects.filter(pk=conclusion.pk, version=version).update(version=version + 1):
        raise EditConflict
    else:
        conclusion.version = version + 1
    if conclusion.published_at:
        _require_default(round, texts)
    _replace(conclusion, before, texts)
    history.record(
        initiative=round.initiative, verb="round.conclusion_written", target=round, before=before, after=texts, by=by
    )
    return conclusion


def _replace(conclusion, before, texts):
    conclusion.texts.exclude(language__in=texts).delete()
    for language, text in texts.items():
        if before.get(language) == text:
            continue
        # What is new in its language was never other than it is.
        was_seen = conclusion.published_at and language in before
        ConclusionText.objects.update_or_create(
            conclusion=conclusion,
            language=language,
            defaults={"text": text, "edited_at": timezone.now() if was_seen else None},
        )


@transaction.atomic
def publish(*, round, version, digest, tells, by):
    """Show the conclusion to everyone who was asked, and where `tells` mail them, once.

    `version` and `digest` are of the texts and the list that were looked at; RoundRefused where they are others by now.
    """
    _require_closed(round)
    _require_default(round, texts_of(conclusion_of(round)))
    found = Conclusion.objects.filter(round=round, version=version, published_at=None)
    if not found.update(published_at=timezone.now()):
        raise RoundRefused(_("Since you looked, the text was changed or published. Read it again, then publish."))
    history.record(initiative=round.initiative, verb="round.conclusion_published", target=round, by=by)
    if tells:
        tell(round=round, digest=digest, by=by)


@transaction.atomic
def tell(*, round, digest, by):
    """Mail everyone on the previewed list that the published conclusion is there: once in the life of a round."""
    found = recipients(round)
    if not found.ids:
        raise RoundRefused(_("Nobody who was asked can be reached by mail. Publish without mail."))
    if found.digest != digest:
        raise RoundRefused(
            _("Since you looked, the list of those who get the mail has changed. Look again, then send.")
        )
    mine = Conclusion.objects.filter(round=round, published_at__isnull=False, told_at=None)
    if not mine.update(told_at=timezone.now(), recipients=list(found.ids)):
        raise RoundRefused(_("They were told already, and nobody is told twice."))
    after = {"people": len(found.ids)}
    history.record(initiative=round.initiative, verb="round.results_told", target=round, after=after, by=by)
    ring("surveys.tasks.queue_results", round.pk)


def queue_results(*, round_id):
    """Make a mail that is due for everybody on the list of a conclusion. Harmless when run twice."""
    found = Conclusion.objects.filter(round=round_id, told_at__isnull=False, queued_at=None)
    conclusion = found.select_related("round__initiative").first()
    if conclusion is None:
        return False
    round, ids = conclusion.round, conclusion.recipients
    for start in range(0, len(ids), CHUNK):
        listed = round.invitations.filter(pk__in=ids[start : start + CHUNK])
        queue_once(round=round, kind=Mailing.Kind.RESULTS, invitations=listed)
        ring("surveys.tasks.send_round", round_id)
    return bool(Conclusion.objects.filter(pk=conclusion.pk, queued_at=None).update(queued_at=timezone.now()))


def _require_closed(round):
    if not has_readers(round):
        raise RoundRefused(_("Only of a survey that was asked here and is closed people are told what came of it."))


def _require_default(round, texts):
    if not texts.get(round.initiative.default_language):
        language = dict(settings.SURVEY_LANGUAGES)[round.initiative.default_language]
        raise RoundRefused(
            _("Write the text in %(language)s first: it stands in wherever another language is missing.")
            % {"language": language}
        )
