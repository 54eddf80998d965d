"""Publishing the indicators whose source is a status: the milestone that stands in the model that feeds them."""

import hashlib
import json

from django.db import transaction

from backbone import stages
from backbone.models import StatusPeriod
from backbone.queries.milestones import standing
from indicators.actions.publications import publish_results, withdraw_results
from indicators.figures import ShownFigure
from indicators.models import Publication

INDICATOR = "indicator"


def publish_status(*, initiative, today):
    """Publish what the milestones say as of `today`, where it differs from what stands; nothing stands without milestones.
    Harmless when run twice or by two at once."""
    reached = {found: standing(initiative, found.code, today) for found in stages.models() if found.indicator}
    # A stage that the model no longer knows has no place in it.
    told = {found: milestone for found, milestone in reached.items() if milestone and found.stage(milestone.stage)}
    period = StatusPeriod.objects.filter(initiative=initiative).select_related("publication__initiative").first()
    if not told:
        if period is not None:
            withdraw_results(publication=period.publication)
        return
    figures = [_figure(found, milestone) for found, milestone in told.items()]
    digest = hashlib.sha256(json.dumps([[f.code, f.n, f.shown] for f in figures]).encode()).hexdigest()
    if period is None or period.digest != digest:
        day = max(milestone.starts_on for milestone in told.values())
        _replace(initiative, figures, period, digest, day)


def _figure(found, milestone):
    shown = {
        "model": found.code,
        "stage": milestone.stage,
        "position": found.place_of(milestone.stage) + 1,
        "since": milestone.starts_on.isoformat(),
    }
    if milestone.reviewed_on:
        shown["reviewed_on"] = milestone.reviewed_on.isoformat()
    return ShownFigure(INDICATOR, found.indicator, n=len(found.stages), shown=shown)


@transaction.atomic
def _replace(initiative, figures, period, digest, day):
    """The new publication takes the place of the old one; of two workers the second finds another and changes nothing."""
    publication = Publication(
        initiative=initiative,
        source_kind=Publication.SourceKind.STATUS,
        title=day.isoformat(),
        starts_on=day,
        ends_on=day,
        threshold=initiative.threshold,
        comparability_key="status",
    )
    publish_results(publication=publication, figures=figures, by=None)
    if period is None:
        _row, is_new = StatusPeriod.objects.get_or_create(
            initiative=initiative, defaults={"publication": publication, "digest": digest}
        )
    else:
        mine = StatusPeriod.objects.filter(pk=period.pk, publication=period.publication_id)
        is_new = mine.update(publication=publication, digest=digest)
    if not is_new:
        transaction.set_rollback(True)
    elif period is not None:
        Publication.objects.filter(pk=period.publication_id).delete()
