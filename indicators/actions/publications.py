"""The one door through which figures and texts reach the pages."""

import secrets

from django.db import transaction

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
def publish_texts(*, publication, code, texts, redacted, left_out, by):
    """Write what people said to one open question, and return its ReleasedTexts: in an order drawn here, once and for all.

    Whoever calls has made sure that enough people of enough organisations wrote; the public never gets any.
    Raises IntegrityError where it was done before. History counts and holds no word.
    """
    if publication.reader_level != Publication.ReaderLevel.INSIDE:
        raise ValueError("Texts are for readers inside alone.")
    texts = list(texts)
    secrets.SystemRandom().shuffle(texts)
    released = ReleasedTexts.objects.create(
        publication=publication, code=code, texts=texts, redacted=redacted, left_out=left_out
    )
    counts = {"question": code, "released": len(texts), "redacted": redacted, "left_out": sum(left_out.values())}
    history.record(initiative=publication.initiative, verb="texts.released", target=publication, after=counts, by=by)
    return released


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
