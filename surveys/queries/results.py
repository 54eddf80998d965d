"""What closing a round publishes, for each reader level: read, counted and put through disclosure control; nothing is
written here."""

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np

from indicators.catalogue import catalogue
from indicators.disclosure import INSIDE, PUBLIC, Rules, disclose
from indicators.disclosure.earlier import pairs_fit_earlier
from indicators.figures import MATCHED, Earlier, prepare
from indicators.models import Publication
from indicators.queries.publications import indicators_with_data, shown_shares
from surveys.models import Round
from surveys.queries.closing import asked, has_every_answer, previous_round, questions_of
from surveys.queries.pooling import least_answers
from surveys.response_panel import earlier_panel, for_everyone, outcomes_of, response_panel
from surveys.tabulation import (
    figures_of,
    functions_without_summary,
    matched_pairs,
    plan_of,
    tabulate,
)

PERSONS, ORGANISATIONS = "persons", "organisations"


@dataclass(frozen=True)
class Release:
    """`publications`: {reader level: (unsaved Publication, its figures)}. `counted`: final responses that were read.
    `compared_with`: the round they were held against."""

    publications: dict
    counted: int
    compared_with: Round | None = None


def release_of(round):
    """The `Release` of a round: a handful of queries, whatever its size."""
    people = asked(round)
    questions = questions_of(round)
    outcomes = outcomes_of(people, questions)
    sheet = _sheet(round, people, outcomes)
    previous = previous_round(round)
    cells = _disclosed(round, sheet, _matched(round, sheet, previous))
    unit = ORGANISATIONS if round.one_organisation_one_voice else PERSONS
    panel = _panel(round, people, outcomes, unit)
    return Release(
        {
            level: _published(round, level, cells[level], sheet, panel, earlier_of(previous, level, sheet.plan))
            for level in (INSIDE, PUBLIC)
        },
        counted=sum(person.is_submitted for person in people),
        compared_with=previous,
    )


def _panel(round, people, outcomes, unit):
    if round.is_brought_in:
        return earlier_panel(outcomes, invited=round.invited_then)
    if round.is_anonymous:
        return earlier_panel(outcomes, invited=len(people))
    return response_panel(people, outcomes, unit=unit, threshold=round.smallest_group)


def rules_of(round):
    """The disclosure rules of a round. Where nobody knows which organisation an answer comes from, their number decides."""
    return Rules(threshold=least_answers(round) if round.is_anonymous else round.smallest_group)


def sheet_of(round):
    """The answers of a round as they count, now or again when a later round is held against it."""
    people = asked(round)
    return _sheet(round, people, outcomes_of(people, questions_of(round)))


def _sheet(round, people, outcomes):
    plan = plan_of(questions_of(round), function_of(round.initiative))
    sheet = tabulate(people, outcomes, plan, organisations_speak=round.one_organisation_one_voice)
    return replace(sheet, eligible=round.invited_then) if round.is_brought_in else sheet


def function_of(initiative):
    enabled = set(initiative.functions.filter(enabled=True).values_list("code", flat=True))
    return {indicator.code: indicator.function for indicator in catalogue() if indicator.function in enabled}


def _disclosed(round, sheet, matched):
    """{reader level: cells}, after every rule; both levels are computed together, so that they fit each other."""
    indicators_of = defaultdict(set)
    for code, function in sheet.plan.function_of.items():
        indicators_of[function].add(code)
    without = functions_without_summary(sheet, indicators_of, indicators_with_data(round.initiative))
    cells = disclose(
        figures_of(sheet, without=without, matched=matched),
        **sheet.memberships(),
        rules=rules_of(round),
        audiences=(INSIDE, PUBLIC),
    )
    # The public page tells nothing of pairs, and a breakdown into one nameless cell is none.
    kept = {INSIDE: lambda cell: True, PUBLIC: lambda cell: cell.breakdown != MATCHED}
    return {
        level: [c for c in found if kept[level](c) and (sheet.sector_labels or c.breakdown != "sector")]
        for level, found in cells.items()
    }


def _published(round, level, cells, sheet, panel, earlier):
    rules = rules_of(round)
    rules = rules.for_public() if level == PUBLIC else rules
    figures = prepare(cells, basis=sheet.basis(), earlier=earlier, asked=sheet.asked, threshold=rules.threshold)
    return publication_of(round, level, rules, panel), figures


def publication_of(round, level, rules, panel):
    """The unsaved Publication of a round for one reader level."""
    instrument = round.instrument_version.instrument
    opened = round.opened_at.astimezone(round.initiative.zone).date() if round.opened_at else round.closes_on
    return Publication(
        initiative=round.initiative,
        source_kind=Publication.SourceKind.SURVEY,
        audience=instrument.audience,
        reader_level=level,
        title=round.title,
        starts_on=min(opened, round.closes_on),
        ends_on=round.closes_on,
        invited=round.invited_then if round.is_brought_in else panel[panel["unit"]]["invited"],
        threshold=rules.threshold,
        comparability_key=comparability_key(round),
        response=for_everyone(panel) if level == PUBLIC else panel,
    )


def comparability_key(round):
    """Rounds with the same key may be held against each other: instrument, audience and what a voice is."""
    instrument = round.instrument_version.instrument
    unit = ORGANISATIONS if round.one_organisation_one_voice else PERSONS
    return f"{instrument.code}:{instrument.audience}:{unit}"


def earlier_of(previous, level, plan):
    """What the previous comparable round shows at the same level; None where there was none."""
    publication = previous and (previous.publication if level == INSIDE else previous.public_publication)
    if publication is None:
        return None
    comparable = plan.comparable_with(plan_of(questions_of(previous), plan.function_of))
    if previous.origin == Round.Origin.FIGURES:
        # Of indicators with several statements nothing was published, which is something else than too few answers.
        comparable &= set(publication.results.filter(breakdown="").values_list("code", flat=True))
    return Earlier(shown_shares(publication), frozenset(comparable))


def _matched(round, sheet, previous):
    """{code: Matched} of the indicators and functions of which the same people may be told in both rounds.

    Of a round whose answers are no longer all there nothing is told: beside its total, pairs would give away what those
    who took theirs back had said.
    """
    if (
        previous is None
        or not sheet.contacts
        or any(each.is_brought_in or each.is_anonymous for each in (round, previous))
    ):
        return {}
    if not previous.has_every_answer:
        return {}
    earlier = sheet_of(previous)
    shown = _shown_sets(previous, earlier)
    matched = {}
    for code in sheet.plan.comparable_with(earlier.plan):
        if sheet.plan.kinds[code] == "item" or code not in shown:
            continue
        pairs, rows = matched_pairs(sheet, earlier, code)
        mask = np.zeros(len(earlier.scores), dtype=bool)
        mask[rows] = True
        if len(rows) and pairs_fit_earlier(
            earlier.scores.of(code),
            mask,
            shown[code],
            organisations=earlier.organisations,
            threshold=max(round.smallest_group, previous.smallest_group),
        ):
            matched[code] = pairs
    # Asked after the answers were read: whoever took theirs back meanwhile has said so by now.
    return matched if has_every_answer(previous) else {}


def _shown_sets(previous, earlier):
    """{code: sets} that the inside publication of the previous round shows, as `pairs_fit_earlier` takes them.

    A figure that showed pairs of its own has these people as one more set, whom only the round before knows; where that
    has lost answers, the figure is left out.
    """
    sets, before, untold = defaultdict(list), None, set()
    rows = previous.publication.results.filter(is_shown=True, n__gt=0).exclude(kind="item").order_by("pk")
    everybody = np.ones(len(earlier.scores), dtype=bool)
    for code, breakdown, cell, shown in rows.values_list("code", "breakdown", "cell", "shown"):
        if code not in earlier.plan.figures:
            continue
        sets[code].append((earlier.mask(breakdown, cell) if breakdown else everybody, breakdown, shown))
        if "paired" in shown:
            before = before or _complete_sheet(previous.compared_with)
            if before is None:
                untold.add(code)
                continue
            pairs, _rows = matched_pairs(earlier, before, code)
            mask = np.zeros(len(earlier.scores), dtype=bool)
            mask[pairs.now] = True
            sets[code].append((mask, MATCHED, {"count": shown["paired"]["count"]}))
    return {code: found for code, found in sets.items() if code not in untold}


def _complete_sheet(round):
    """The sheet of a round all of whose answers are still there, else None."""
    sheet = sheet_of(round) if round and round.has_every_answer else None
    return sheet if sheet and has_every_answer(round) else None
