"""The one door through which figures reach the pages."""

from django.db import transaction

from indicators.models import Publication, Result
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
