"""`disclose`: every rule in its order, for every figure and audience, before anything is written."""

import numpy as np

from .membership import Membership
from .nouns import HIDDEN_TOGETHER, Cell, Rule, Rules
from .plan import MATCHED, TOTAL, Plan, Table
from .relatives import details, near_relatives
from .suppression import complement

INSIDE, PUBLIC = "inside", "public"


def disclose(figures, *, organisations, sectors, sector_labels, groups=None, rules=None, audiences=(INSIDE,)):
    """What each audience may be shown: {audience: tuple of Cell}.

    One row per respondent throughout (or per organisation, where each has one voice): `organisations` holds ids,
    `sectors` indexes into `sector_labels` (-1 = none), `groups` maps labels to boolean masks, every figure's scores
    are as long. The inside publication comes first and the public one is never finer: a reader of both learns
    nothing from the second. The public one is computed with its own threshold, complements and audit, because
    filtering the first would leave cells that subtract.
    """
    rules = rules or Rules()
    membership = Membership(organisations, sectors, sector_labels, groups or {})
    table = Table(figures, membership)
    published, finer = {}, None
    for audience in sorted(set(audiences) | {INSIDE}):
        own = rules.for_public() if audience == PUBLIC else rules
        finer = _plans(table, own, finer)
        published[audience] = tuple(cell for plan in finer for cell in _cells(plan, table, own))
    return {audience: published[audience] for audience in audiences}


def _plans(table, rules, finer):
    pattern = round_pattern(table.membership, rules)
    finer = finer or [None] * len(table.figures)
    return [Plan(table, index, rules, pattern, inside).settle() for index, inside in enumerate(finer)]


def round_pattern(membership, rules):
    """Rule 3, chosen once for the round: the sectors hidden for every figure, by the number of respondents."""
    everyone = np.ones(len(membership.organisations), dtype=bool)
    sizes = membership.masks[membership.sectors].sum(axis=1)
    small = {
        cell
        for cell in membership.sectors
        if rules.has(Rule.THRESHOLD)
        and not (
            sizes[cell] >= rules.threshold and membership.has_organisations(membership.masks[cell], rules.organisations)
        )
    }
    if not rules.has(Rule.COMPLEMENT):
        return small
    return small | complement(small, sizes, membership.organisations_of(everyone), rules)


def _cells(plan, table, rules):
    yield _total(plan, table, rules)
    if plan.breaks_down:
        for cell, (breakdown, label) in enumerate(table.membership.keys):
            yield _breakdown_cell(plan, table, cell, breakdown, label, rules)
    if plan.figure.matched is not None:
        yield _matched(plan)


def _total(plan, table, rules):
    figure = plan.figure
    if not plan.has(TOTAL):
        reason = None if plan.n == 0 else plan.why_small(TOTAL)
        return Cell(figure.code, figure.kind, "", "", n=0 if plan.n == 0 else None, hidden=reason)
    shown = plan.wording(TOTAL)
    if _may_detail(plan, table, rules):
        shown |= details(figure, plan.present)
    return Cell(figure.code, figure.kind, "", "", n=plan.n, **shown)


def _may_detail(plan, table, rules):
    """Rules 5 and 7: the whole round, ten answers, a count that is not coded, no near relative."""
    if rules.has(Rule.CODING) and (plan.n < rules.exact_from or plan.level(TOTAL) != "exact"):
        return False
    return not (rules.has(Rule.RELATIVES) and near_relatives(plan.figure, table.present_of, rules.threshold))


def _breakdown_cell(plan, table, cell, breakdown, label, rules):
    figure = plan.figure
    if not table.membership.masks[cell].any():
        return Cell(figure.code, figure.kind, breakdown, label, n=0)
    if not plan.has(cell):
        reason = plan.why_small(cell) or HIDDEN_TOGETHER
        return Cell(figure.code, figure.kind, breakdown, label, hidden=reason)
    shown = plan.wording(cell)
    if not rules.has(Rule.CELLS):
        shown |= details(figure, plan.members(cell))
    return Cell(figure.code, figure.kind, breakdown, label, n=plan.size(cell), **shown)


def _matched(plan):
    figure = plan.figure
    if not plan.has(MATCHED):
        reason = plan.why_small(MATCHED) or HIDDEN_TOGETHER
        return Cell(figure.code, figure.kind, MATCHED, "", hidden=reason)
    return Cell(figure.code, figure.kind, MATCHED, "", n=plan.size(MATCHED), **plan.wording(MATCHED), **plan.paired())
