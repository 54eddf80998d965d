"""The figures of one period. What is missing is missing: an indicator without rows in a period has n = 0 and nothing to show.

`today` ends a period that still runs: what lies after it is not counted, and what is needed today can still be in time.
`docs/concepts.md` gives each formula; `indicators.models` says what `shown` holds.
"""

import datetime
from dataclasses import replace

from backbone.counting.entries import EVIDENCE_OF, ORIGIN_OF, entries
from backbone.decision_times import days_to_decide, decided_in_time, median, open_and_overdue
from indicators.disclosure import HIDDEN_TOO_FEW
from indicators.figures import ShownFigure
from indicators.statistics import one_decimal, percentage
from partners.mix import SeatFacts, mix_of

INDICATOR, SECTOR = "indicator", "sector"
LEAST_ORGANISATIONS = 2
DAY = datetime.timedelta(days=1)
KEPT, PARTLY, NOT_KEPT, RELEASED, MADE = "kept", "partly", "not_kept", "released", "made"


def count(facts, period, *, today, threshold, sector_names):
    """Every `ShownFigure` that the log tells of a period. `sector_names`: {key: name}."""
    last = min(period.last, today)
    meetings = [meeting for meeting in facts.meetings if meeting.day in period and meeting.day <= last]
    return [
        _policy_contacts(facts, period, last),
        _sectors_attending(facts, meetings),
        *_committee_mix(facts, last, sector_names),
        _strategic_items(meetings),
        _decisions(facts, period, last, is_running=period.last >= today),
        _participation(meetings, threshold),
        _commitments(facts, period, today, threshold),
        *entries(facts, period.first, last),
    ]


def _share(code, number, n, **more):
    if not n:
        return ShownFigure(INDICATOR, code, n=0)
    return ShownFigure(INDICATOR, code, n=n, shown={"count": number, "percent": percentage(number, n)} | more)


def _policy_contacts(facts, period, last):
    number = sum(day in period and day <= last for day in facts.policy_contacts)
    if not number:
        return ShownFigure(INDICATOR, "AP1", n=0)
    shown = {"number": number}
    if facts.target_audiences:
        reached = {key for day, key in facts.spoken_with if day in period and day <= last}
        shown["audiences"] = [len(reached), facts.target_audiences]
    return ShownFigure(INDICATOR, "AP1", n=number, shown=shown)


def _sectors_attending(facts, meetings):
    """Of the sectors that any group wants, those of which somebody took part in a meeting with a roll."""
    there = {line.sector for meeting in meetings for line in meeting.roll if line.took_part}
    if not any(meeting.roll for meeting in meetings) or not facts.wanted_sectors:
        return ShownFigure(INDICATOR, "SA2", n=0)
    missing = sorted((name for key, name in facts.wanted_sectors.items() if key not in there), key=str.casefold)
    n = len(facts.wanted_sectors)
    return _share("SA2", n - len(missing), n, missing=missing, meetings=sum(bool(meeting.roll) for meeting in meetings))


def _committee_mix(facts, last, names):
    """The committee as it stood on the last day: wanted seats that somebody holds."""
    seats = [seat for seat in facts.seats if seat.is_open(last)]
    held = [SeatFacts(seat.sector, seat.lived_experience, seat.is_held) for seat in seats]
    mix = mix_of(held, facts.wanted or {}, facts.wanted_lived_experience)
    if not mix.wanted:
        return [ShownFigure(INDICATOR, "SC1", n=0)]
    lived, vacant = mix.lived_experience, sum(not seat.is_held for seat in seats)
    more = {"vacant": vacant, "lived_experience": [lived.held, lived.wanted]}
    cells = [
        ShownFigure(
            INDICATOR,
            "SC1",
            SECTOR,
            names.get(key, ""),
            n=line.wanted,
            shown={"held": line.held, "wanted": line.wanted, "vacant": line.vacant},
        )
        for key, line in mix.sectors.items()
    ]
    return [_share("SC1", mix.filled, mix.wanted, **more), *cells]


def _strategic_items(meetings):
    agendas = [meeting.agenda for meeting in meetings if meeting.is_of_committee and meeting.agenda]
    items = [is_strategic for agenda in agendas for is_strategic in agenda]
    return _share("BI1", sum(items), len(items), meetings=len(agendas))


def _decisions(facts, period, last, *, is_running):
    days = days_to_decide(facts.decisions, period.first, last)
    in_time, needed = decided_in_time(facts.decisions, period.first, last - DAY if is_running else last)
    waiting, overdue = open_and_overdue(facts.decisions, last)
    if not (days or needed or waiting):
        return ShownFigure(INDICATOR, "BI3", n=0)
    shown = {"decided": len(days), "open": waiting, "overdue": overdue}
    if days:
        shown["median_days"] = median(days)
    if needed:
        shown["in_time"] = [in_time, needed]
    return ShownFigure(INDICATOR, "BI3", n=len(days), shown=shown)


def _participation(meetings, threshold):
    """Of the lines of the roll of those who hold a seat, the ones that took part; and how engaged they were."""
    rolls = [[line for line in meeting.roll if line.holds_seat] for meeting in meetings]
    lines = [line for roll in rolls for line in roll]
    if not lines:
        return ShownFigure(INDICATOR, "PCT-P", n=0)
    if _too_few(lines, threshold):
        return _hidden("PCT-P")
    more = {"meetings": sum(bool(roll) for roll in rolls)}
    noted = [line for line in lines if line.engagement is not None]
    if noted and not _too_few(noted, threshold):
        mean = one_decimal(sum(line.engagement for line in noted) / len(noted))
        more["engagement"] = {"mean": mean, "n": len(noted)}
    return _share("PCT-P", sum(line.took_part for line in lines), len(lines), **more)


def _too_few(lines, threshold):
    people, organisations = {line.contact for line in lines}, {line.organisation for line in lines}
    return len(people) < threshold or len(organisations) < LEAST_ORGANISATIONS


def _commitments(facts, period, today, threshold):
    """Of the promises that were due in the period, the kept ones; those released are counted beside. What is due today
    can still be kept."""
    due = [c for c in facts.commitments if c.counts_on in period and (c.counts_on < today or c.state != MADE)]
    promised = [c for c in facts.commitments if c.made_on in period and c.made_on <= today]
    if not (due or promised):
        return ShownFigure(INDICATOR, "PCT-C", n=0)
    if len({c.organisation for c in [*due, *promised]}) < threshold:
        return _hidden("PCT-C")
    states = [c.state for c in due]
    n = len(due) - states.count(RELEASED)
    shown = {"promised": len(promised), "partly": states.count(PARTLY), "not_kept": states.count(NOT_KEPT)}
    shown |= {"waiting": states.count(MADE), "released": states.count(RELEASED)}
    if n:
        shown |= {"count": states.count(KEPT), "percent": percentage(states.count(KEPT), n)}
    return ShownFigure(INDICATOR, "PCT-C", n=n, shown=shown)


def with_the_past(figures, stood):
    """The figures of a period that is over, with the committee as it stood then: who held a seat is not kept, so it is
    told as it was counted last while the period ran, or not at all."""
    kept = list(stood) or [ShownFigure(INDICATOR, AS_OF_ITS_DAY, n=0)]
    return [figure for figure in figures if figure.code != AS_OF_ITS_DAY] + kept


def compared_with(figures, earlier):
    """The figures of a period that is over beside those of the one before; without any before, a baseline."""
    previous = {figure.code: figure for figure in earlier or () if not figure.breakdown}
    return [figure if figure.breakdown else _compared(figure, previous.get(figure.code)) for figure in figures]


def _compared(figure, previous):
    if not (figure.is_shown and figure.shown):
        return figure
    if previous is None or (previous.is_shown and not previous.shown):
        return replace(figure, shown=figure.shown | {"change": {"verdict": "baseline"}})
    if not previous.is_shown:
        return figure
    told = {name: previous.shown[name] for name in COMPARED if name in previous.shown}
    return replace(figure, shown=figure.shown | {"before": told | {"n": previous.n}})


def _hidden(code):
    return ShownFigure(INDICATOR, code, is_shown=False, hidden_because=HIDDEN_TOO_FEW)


AS_OF_ITS_DAY = "SC1"
COMPARED = ("count", "percent", "number", "median_days", "decided", "money", "in_kind")
COMPARISON = ("before", "change")
# The indicators whose rows there are. The log of SM3 waits for measures.
FED = ("AP1", "SA2", "SC1", "BI1", "BI3", "PCT-P", "PCT-C", *EVIDENCE_OF, "BI6", "AP3", *ORIGIN_OF)
