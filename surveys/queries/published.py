"""What closing a round of published figures publishes: counts of others, through the same rules and the same one door."""

from indicators.disclosure import INSIDE, PUBLIC, Rules, disclose_counts
from indicators.figures import Basis, prepare
from surveys.models import PastFigure
from surveys.queries.answering import definition_of
from surveys.queries.closing import previous_round
from surveys.queries.results import Release, earlier_of, function_of, publication_of
from surveys.response_panel import earlier_panel
from surveys.tabulation import plan_of


def published_release_of(round):
    """The `Release` of a round that was brought in without answers."""
    plan = plan_of(definition_of(round.instrument_version), function_of(round.initiative))
    figures = list(_figures(round, plan))
    previous = previous_round(round)
    rules = {INSIDE: Rules(threshold=round.smallest_group)}
    rules[PUBLIC] = rules[INSIDE].for_public()
    cells = disclose_counts(figures, rules=rules[INSIDE])
    basis = {code: Basis(round.invited_then, None, None) for _kind, code, _count, _n in figures}
    panel = earlier_panel([], invited=None)
    return Release(
        {
            level: (
                publication_of(round, level, rules[level], panel),
                prepare(cells[level], basis=basis, earlier=earlier_of(previous, level, plan)),
            )
            for level in (INSIDE, PUBLIC)
        },
        counted=0,
        compared_with=previous,
    )


def _figures(round, plan):
    """(kind, code, count, n) of each statement, and of each indicator that rests on that statement alone.

    An indicator of several statements has none: whose mean is favourable cannot be told from counts.
    """
    published = {figure.code: figure for figure in PastFigure.objects.filter(past_import__round=round.pk)}
    for code, items in plan.figures.items():
        if len(items) == 1 and items[0].code in published and plan.kinds[code] != "function":
            figure = published[items[0].code]
            yield plan.kinds[code], code, figure.count, figure.n
