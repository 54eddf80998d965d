"""The one door through which figures and texts reach the pages."""

import secrets

from django.db import transaction
from django.db.models import F

from indicators.models import Publication, ReleasedTexts, Result
from initiatives.actions import history

BATCH = 500


@transaction.atomic
def publish_results(*, publication, figures, by):
    """Write an unsaved Publication and its figures (`indicators.figures.ShownFigure`), and return it.

    Whoever calls has put the figures through disclosure control, each reader level on its own, outside a transaction.
    """
    publication.save(force_insert=True)
    rows = [_row(publication, figure) for figure in figures]
    Result.objects.bulk_create(rows, batch_size=BATCH)
    history.record(
        initiative=publication.initiative,
        verb="results.published",
        target=publication,
        after={"reader_level": publication.reader_level, "figures": sum(row.is_shown for row in rows)},
        by=by,
    )
    return publication


@transaction.atomic
def withdraw_results(*, publication):
    """Take a Publication away for which nothing stands any more. History tells it, so that no kept page goes on showing it."""
    history.record(initiative=publication.initiative, verb="results.withdrawn", target=publication, by=None)
    publication.delete()


@transaction.atomic
def publish_texts(*, publication, code, texts, redacted, left_out):
    """Write what people said to one open question, and return its ReleasedTexts: in an order drawn here, once and for all.

    Whoever calls has made sure that enough people of enough organisations wrote; the public never gets any.
    Raises IntegrityError where it was done before. They write the history, which counts and holds no word.
    """
    if publication.reader_level != Publication.ReaderLevel.INSIDE:
        raise ValueError("Texts are for readers inside alone.")
    texts = list(texts)
    secrets.SystemRandom().shuffle(texts)
    return ReleasedTexts.objects.create(
        publication=publication, code=code, texts=texts, redacted=redacted, left_out=left_out
    )


@transaction.atomic
def take_text_out(*, released, text, reason, least):
    """Take a text out of those that were released, wherever it stands among them. Returns how many are left, None where it
    is no longer there; whoever calls writes the history.

    Where fewer than `least` would remain, all go: the row stays, so that nothing is released a second time.
    """
    ReleasedTexts.objects.filter(pk=released.pk).update(code=F("code"))
    row = ReleasedTexts.objects.get(pk=released.pk)
    left = [each for each in row.texts if each != text]
    if len(left) == len(row.texts):
        return None
    kept = left if len(left) >= least else []
    left_out = dict(row.left_out) | {reason: row.left_out.get(reason, 0) + len(row.texts) - len(kept)}
    ReleasedTexts.objects.filter(pk=row.pk).update(texts=kept, left_out=left_out)
    return len(kept)


def _row(publication: Publication, figure):
    return Result(
        publication=publication,
        kind=figure.kind,
        code=figure.code,
        breakdown=figure.breakdown,
        cell=figure.cell,
        is_shown=figure.is_shown,
        hidden_because=figure.hidden_because,
        n=figure.n,
        shown=dict(figure.shown),
    )


@transaction.atomic
def take_back_results(*, publications, by):
    """Delete publications with all that hangs on them: figures that somebody brought in by mistake. Whoever calls has made sure
    that nothing was published against them."""
    for publication in publications:
        history.record(initiative=publication.initiative, verb="results.taken_back", target=publication, by=by)
        publication.delete()
