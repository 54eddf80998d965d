"""Counting the log: every period of it, and publishing those that come out different from what stands.

Nothing has to be told of a change: history tells it. The sweep finds every initiative whose history moved since its log
was counted, and a count begins with the rows themselves. So late entries, deleted and restored rows, and rows that
moved from one period to another are all the same case, and no action can forget anything.
`docs/decisions/` tells why: counting the log.
"""

import hashlib
import json
from dataclasses import asdict

from django.db import transaction

from backbone.actions.status_figures import publish_status
from backbone.counting import FISCAL_YEAR, count, period_of, periods
from backbone.counting.figures import AS_OF_ITS_DAY, COMPARISON, compared_with, with_the_past
from backbone.counting.periods import before
from backbone.models import LogCount, LogPeriod
from backbone.queries.log_facts import log_facts, newest_entry
from indicators.actions.publications import publish_results, withdraw_results
from indicators.figures import ShownFigure
from indicators.models import Publication, Result
from initiatives.models import Initiative

# Whoever types 1926 makes no figures of a century.
MOST_YEARS = 5


class _Overtaken(Exception):
    """Another worker has published this period in the same moment; the next sweep looks again."""


def count_log(*, initiative_id, today=None):
    """Count all periods of an initiative's log until `today`, and publish what changed. Harmless when run twice or by two at
    once."""
    initiative = Initiative.objects.filter(pk=initiative_id).first()
    if initiative is None:
        return
    newest, today = newest_entry(initiative), today or initiative.today()
    facts = log_facts(initiative)
    counted = _counted(initiative, facts, today)
    standing = {(p.kind, p.starts_on): p for p in initiative.log_periods.select_related("publication__initiative")}
    try:
        for period, figures in counted.items():
            _publish(initiative, period, figures, standing.pop((period.kind, period.first), None))
    except _Overtaken:
        return
    for period in standing.values():
        withdraw_results(publication=period.publication)
    publish_status(initiative=initiative, today=today)
    last = LogCount.objects.filter(initiative=initiative).first()
    is_settled = last is not None and last.history_id == newest and last.counted_on == today
    LogCount.objects.update_or_create(
        initiative=initiative, defaults={"history_id": newest, "is_settled": is_settled, "counted_on": today}
    )


def _counted(initiative, facts, today):
    """{Period: figures} of every period from the first day that says something until today."""
    first_month = initiative.fiscal_year_starts_in
    this_year = period_of(FISCAL_YEAR, today, first_month).first
    days = [day for day in facts.days if this_year.replace(year=this_year.year - MOST_YEARS) <= day <= today]
    if not days and not (facts.wanted or facts.wanted_lived_experience):
        return {}
    names = dict(initiative.sectors.values_list("pk", "name"))
    counted = {
        period: count(facts, period, today=today, threshold=initiative.threshold, sector_names=names)
        for period in periods(min(days, default=today), today, first_month)
    }
    stood = _committee_as_it_stood(initiative)
    over = {
        period: with_the_past(figures, stood.get((period.kind, period.first), ()))
        for period, figures in counted.items()
        if period.last < today
    }
    compared = {
        period: compared_with(figures, over.get(before(period, first_month))) for period, figures in over.items()
    }
    return counted | compared


def _committee_as_it_stood(initiative):
    """{(kind, first day): the committee's figures} as they were published last."""
    stood = {}
    for row in Result.objects.filter(publication__log_period__initiative=initiative, code=AS_OF_ITS_DAY):
        stood.setdefault(row.publication_id, []).append(
            ShownFigure(row.kind, row.code, row.breakdown, row.cell, n=row.n, shown=_plain(row.shown))
        )
    return {(p.kind, p.starts_on): stood.get(p.publication_id, ()) for p in initiative.log_periods.all()}


def _plain(shown):
    return {name: value for name, value in shown.items() if name not in COMPARISON}


def _publish(initiative, period, figures, standing):
    digest = _digest(period, figures, initiative.threshold)
    if standing is not None and standing.digest == digest:
        return
    publication = Publication(
        initiative=initiative,
        source_kind=Publication.SourceKind.LOG,
        title=f"{period.first} – {period.last}",
        starts_on=period.first,
        ends_on=period.last,
        threshold=initiative.threshold,
        comparability_key=f"log_{period.kind}",
    )
    _replace(publication, figures, standing, digest, period)


@transaction.atomic
def _replace(publication, figures, standing, digest, period):
    """The new publication takes the place of the old one, or nothing happens."""
    publish_results(publication=publication, figures=figures, by=None)
    if standing is None:
        _row, is_new = LogPeriod.objects.get_or_create(
            initiative=publication.initiative,
            kind=period.kind,
            starts_on=period.first,
            defaults={"ends_on": period.last, "publication": publication, "digest": digest},
        )
        if not is_new:
            raise _Overtaken
        return
    mine = LogPeriod.objects.filter(pk=standing.pk, publication=standing.publication_id)
    if not mine.update(publication=publication, digest=digest, ends_on=period.last):
        raise _Overtaken
    Publication.objects.filter(pk=standing.publication_id).delete()


def _digest(period, figures, threshold):
    said = [period.kind, str(period.first), str(period.last), threshold, [asdict(figure) for figure in figures]]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
