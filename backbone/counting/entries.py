"""The figures of one period that entries feed: evidence, achievements, policy and resources. Pure.

What is counted lies from the first day of the period to `last`. `docs/concepts.md` gives each formula.
"""

from itertools import pairwise

from backbone import money
from backbone.people_range import together
from indicators.figures import ShownFigure
from indicators.statistics import percentage

INDICATOR = "indicator"
EVIDENCE_OF = {
    "GV2": "public_advocacy",
    "SM5": "data_use",
    "CE2": "community_support",
    "CE4": "community_action",
    "AP2": "policy_advocacy",
    "MF1": "funder_requirement",
}
WITH_PEOPLE, WITH_AUDIENCES = ("CE2", "CE4"), ("AP2",)
ORIGIN_OF = {"MF2": "redirected", "MF3": "new"}
# Its label speaks of partners and the initiative; what the backbone itself was given stands on the page of sums.
WITHOUT_BACKBONE = ("MF3",)
# The way of a policy item, the stages in the order in which it goes forward; lost is no place on it.
WAY = ("idea", "drafted", "introduced", "adopted", "in_force")
LOST = "lost"
DECIDED_FOR, ALIGNED = ("adopted", "in_force"), ("partly", "fully")


def entries(facts, first, last):
    """The `ShownFigure` of every indicator that entries feed."""
    return [
        *(_evidence(code, kind, facts, first, last) for code, kind in EVIDENCE_OF.items()),
        _achievements(facts, first, last),
        _policies(facts, first, last),
        *(_resources(code, origin, facts, first, last) for code, origin in ORIGIN_OF.items()),
    ]


def _evidence(code, kind, facts, first, last):
    found = [entry for entry in facts.evidence if entry.kind == kind and first <= entry.day <= last]
    if not found:
        return ShownFigure(INDICATOR, code, n=0)
    shown = {"number": len(found), "partners": len({key for entry in found for key in entry.partners})}
    if code in WITH_PEOPLE:
        least, most, known = together([(entry.people_least, entry.people_most) for entry in found])
        if known:
            shown["people"] = [least, most, known]
    if code in WITH_AUDIENCES:
        shown["audiences"] = len({key for entry in found for key in entry.target_audiences})
    return ShownFigure(INDICATOR, code, n=len(found), shown=shown)


def _achievements(facts, first, last):
    found = [partners for day, partners in facts.achievements if first <= day <= last]
    if not found:
        return ShownFigure(INDICATOR, "BI6", n=0)
    told_of = {key for partners in found for key in partners}
    return ShownFigure(INDICATOR, "BI6", n=len(found), shown={"number": len(found), "partners": len(told_of)})


def _policies(facts, first, last):
    """As of the last day: of all items that had a stage by then, lost ones among them, those that are adopted or in force
    and agree with the agenda at least in part. Beside it how many moved within the period."""
    standing = [standing for policy in facts.policies if (standing := policy.standing(last))]
    if not standing:
        return ShownFigure(INDICATOR, "AP3", n=0)
    number = sum(stage in DECIDED_FOR and alignment in ALIGNED for stage, alignment in standing)
    moves = [move for policy in facts.policies for move in _moves(policy, first, last)]
    stages = [stage for stage, _alignment in standing]
    shown = {
        "count": number,
        "percent": percentage(number, len(standing)),
        "stages": {stage: stages.count(stage) for stage in (*WAY, LOST) if stage in stages},
        "forward": moves.count(1),
        "back": moves.count(-1),
    }
    return ShownFigure(INDICATOR, "AP3", n=len(standing), shown=shown)


def _moves(policy, first, last):
    """1 for each step forward within the period, -1 for each back or lost, 0 where only the words changed. The first stage
    that was written down is no step."""
    for (_day, before, _alignment), (day, after, _changed) in pairwise(policy.stages):
        if first <= day <= last:
            yield (_place(after) > _place(before)) - (_place(after) < _place(before))


def _place(stage):
    return WAY.index(stage) if stage in WAY else -1


def _resources(code, origin, facts, first, last):
    """What was received in the period; and as of its last day what was pledged and not received, and what fell through."""
    given = [resource for resource in facts.resources if resource.origin == origin]
    mine = money.levered(given) if code in WITHOUT_BACKBONE else given
    received = money.received(mine, first, last)
    shown = {
        "money": _plain(money.sums([each for each in received if each.kind == "money"])),
        "in_kind": _plain(money.sums([each for each in received if each.kind == "in_kind"])),
        "unvalued": money.unvalued(received),
        "by_source": {part: _plain(sums) for part, sums in money.by(received, "source").items()},
        "by_recipient": {part: _plain(sums) for part, sums in money.by(received, "recipient").items()},
        "pledged": _plain(money.sums(money.standing(mine, last))),
        "fell_through": _plain(money.sums(money.fell_through(mine, first, last))),
    }
    told = {name: value for name, value in shown.items() if value}
    return ShownFigure(INDICATOR, code, n=len(received), shown=told)


def _plain(sums):
    """Amounts as text, since JSON knows no decimals."""
    return {currency: f"{amount:.2f}" for currency, amount in sums.items()}
