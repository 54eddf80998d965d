"""What became of those who were asked, for persons and for organisations, and who is missing. Pure."""

from collections import Counter

from indicators.statistics import Outcome, Outcomes, organisation_outcomes, response_rates
from surveys.definition import applicable_codes
from surveys.scoring import completeness

# Below this share of answers (RR2) the panel says who is missing.
ENOUGH_PERCENT = 80
# What `surveys.models.Invitation.State` says of people who have not answered.
OUTCOME_OF_STATE = {
    "left": Outcome.INELIGIBLE,
    "wrong_person": Outcome.INELIGIBLE,
    "opted_out": Outcome.OPTED_OUT,
    "bounced": Outcome.BOUNCED,
}
FEEDING = (Outcome.COMPLETE, Outcome.PARTIAL)


def outcomes_of(people, definition):
    """The `Outcome` of each `Asked`; unsubmitted drafts are break-offs."""
    counted = frozenset(definition.counted_codes)
    if definition.has_conditions:
        # What applies depends on what each has answered.
        return [_outcome(person, frozenset(applicable_codes(definition, person.answers or {}))) for person in people]
    return [_outcome(person, counted) for person in people]


def _outcome(person, counted):
    told = OUTCOME_OF_STATE.get(person.state, Outcome.UNANSWERED)
    if person.is_submitted:
        return completeness(len(counted & person.answers.keys()), len(counted)) if person.answers else Outcome.BREAK_OFF
    if told != Outcome.INELIGIBLE and person.answers and not counted.isdisjoint(person.answers):
        return Outcome.BREAK_OFF
    return told


def response_panel(people, outcomes, *, unit, threshold):
    """`Publication.response` of the inside publication, as indicators.models describes it."""
    organisations = organisation_outcomes(zip((p.organisation for p in people), outcomes, strict=True))
    persons = Outcomes.of(outcomes)
    rates = response_rates(persons)
    enough = not persons.eligible or rates.rr2.percent >= ENOUGH_PERCENT
    return {
        "unit": unit,
        "persons": _counts(persons),
        "organisations": _counts(organisations),
        "missing": None if enough else _missing(people, outcomes, threshold),
    }


def earlier_panel(outcomes, *, invited):
    """The panel of a round that was brought in, or that knows nobody: persons alone, and only where it is known how many
    were invited."""
    if invited is None:
        return {"unit": "persons", "missing": None}
    silent = [Outcome.UNANSWERED] * (invited - len(outcomes))
    return {"unit": "persons", "persons": _counts(Outcomes.of([*outcomes, *silent])), "missing": None}


def for_everyone(panel):
    """The panel of the public publication: how many were asked and answered, and nothing about who."""
    said = ("invited", "eligible", "answered", "rr1", "rr2")
    known = [unit for unit in ("persons", "organisations") if unit in panel]
    units = {unit: {name: panel[unit][name] for name in said} for unit in known}
    return {"unit": panel["unit"], **units, "missing": None}


def _counts(outcomes):
    rates = response_rates(outcomes)
    return {
        "invited": outcomes.invited,
        "eligible": outcomes.eligible,
        "answered": outcomes.complete + outcomes.partial,
        **{outcome.value: getattr(outcomes, outcome.value) for outcome in Outcome},
        "rr1": _rate(rates.rr1),
        "rr2": _rate(rates.rr2),
    }


def _rate(share):
    return {"count": share.count, "of": share.n, "percent": share.percent}


def _missing(people, outcomes, threshold):
    """Sectors of which at least `threshold` were asked, the rest together; the rest has as many, or there is none."""
    asked, missing = Counter(), Counter()
    for person, reached in zip(people, outcomes, strict=True):
        if reached != Outcome.INELIGIBLE:
            asked[person.cluster] += 1
            missing[person.cluster] += reached not in FEEDING
    shown = sorted((cell for cell in asked if asked[cell] >= threshold), key=lambda cell: (-asked[cell], cell))
    rest = [cell for cell in asked if asked[cell] < threshold]
    while shown and rest and sum(asked[cell] for cell in rest) < threshold:
        rest.append(shown.pop())
    cells = [{"cell": cell, "invited": asked[cell], "missing": missing[cell]} for cell in sorted(shown)]
    together = {"invited": sum(asked[c] for c in rest), "missing": sum(missing[c] for c in rest)} if rest else None
    return {"cells": cells, "rest": together}
