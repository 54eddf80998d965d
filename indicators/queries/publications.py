"""What pages read of published figures. A reader of the public page is given publications of that level only."""

from django.db import connection
from django.db.models import Count, Q

from core.statements import CompiledRead, columns_of
from indicators.models import Publication, Result
from indicators.statistics import Share
from initiatives.models import Initiative

INSIDE, PUBLIC = Publication.ReaderLevel.INSIDE, Publication.ReaderLevel.PUBLIC


def publications(initiative, *, level=INSIDE):
    """The publications of one reader level, the newest period first."""
    return initiative.publications.filter(reader_level=level).order_by("-ends_on", "-id")


COLUMNS = columns_of(Publication)
# Of the log's months, quarters and fiscal years the quarters stand beside the surveys.
LOG, LOG_LINEAGE = Publication.SourceKind.LOG, "log_quarter"
EARLIER = "earlier"
_newest_first = CompiledRead(
    lambda initiative, level: (
        publications(Initiative(pk=initiative), level=level)
        .filter(~Q(source_kind=LOG) | Q(comparability_key=LOG_LINEAGE))
        .values_list(*COLUMNS)
    ),
    parameters=(int, str),
)


def latest_publications(initiative, *, level=INSIDE):
    """What stands for each audience and source now: {(source kind, audience): Publication}, one query.

    That is the newest publication of the questionnaire that tells of most indicators: a short survey between two long ones
    does not push the long one's figures off the page. Only where there are several questionnaires is a second query asked.
    Of the log it is the quarter that runs, and under (log, EARLIER) the one before, which tells of what this one has not yet.
    """
    newest, quarters = {}, []
    for row in _newest_first.all(initiative.pk, level):
        publication = Publication.from_db(connection.alias, COLUMNS, row)
        publication.initiative = initiative
        if publication.source_kind == LOG:
            quarters.append(publication)
            continue
        lineages = newest.setdefault((publication.source_kind, publication.audience), {})
        lineages.setdefault(publication.comparability_key.partition(":")[0], publication)
    rivals = [found.pk for lineages in newest.values() if len(lineages) > 1 for found in lineages.values()]
    told = _indicators_told(rivals) if rivals else {}
    # The first of equals is the newest.
    standing = {key: max(found.values(), key=lambda found: told.get(found.pk, 0)) for key, found in newest.items()}
    return standing | {(LOG, part): quarter for part, quarter in zip(("", EARLIER), quarters, strict=False)}


def _indicators_told(publications):
    """{publication: of how many indicators it tells}, hidden ones included."""
    found = Result.objects.filter(publication__in=publications, kind=Result.Kind.INDICATOR, breakdown="")
    return dict(found.order_by().values_list("publication").annotate(number=Count("pk")))


def whole_round(publication):
    """{(kind, code): Result} of the whole round, in the order of the questionnaire: one query."""
    return {(result.kind, result.code): result for result in publication.results.filter(breakdown="")}


def cells_of(publication, kind, code):
    """The cells of one figure, sectors first, each as it was written; hidden ones say so."""
    cells = publication.results.filter(kind=kind, code=code).exclude(breakdown="")
    return sorted(cells, key=lambda result: (result.breakdown != "sector", result.pk))


def shown_shares(publication):
    """{(kind, code): Share} of the whole-round figures whose exact count is shown: what a later round is held against."""
    exact = publication.results.filter(breakdown="", is_shown=True, shown__has_key="count")
    return {
        (kind, code): Share(shown["count"], n, shown.get("people", {}).get("of"))
        for kind, code, n, shown in exact.values_list("kind", "code", "n", "shown")
    }


def indicators_with_data(initiative, *, level=INSIDE):
    """Codes of the indicators for which any source has published an answer so far."""
    found = Result.objects.filter(
        publication__initiative=initiative,
        publication__reader_level=level,
        kind=Result.Kind.INDICATOR,
        breakdown="",
        n__gt=0,
    )
    return set(found.order_by().values_list("code", flat=True).distinct())
