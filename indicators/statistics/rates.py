"""What became of the invitations, and response rates as AAPOR defines them."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from .shares import Share


class Outcome(StrEnum):
    """What became of one invitation, the best first: an organisation has the best outcome of its people."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    BREAK_OFF = "break_off"
    UNANSWERED = "unanswered"
    OPTED_OUT = "opted_out"
    BOUNCED = "bounced"
    INELIGIBLE = "ineligible"


RANK = {outcome: rank for rank, outcome in enumerate(Outcome)}


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How many invitations (or organisations) ended in each way. Ineligible: left, or the wrong person."""

    complete: int = 0
    partial: int = 0
    break_off: int = 0
    unanswered: int = 0
    opted_out: int = 0
    bounced: int = 0
    ineligible: int = 0

    @classmethod
    def of(cls, outcomes):
        return cls(**{Outcome(outcome).value: number for outcome, number in Counter(outcomes).items()})

    @property
    def invited(self):
        return self.eligible + self.ineligible

    @property
    def eligible(self):
        """Whoever cannot be reached or does not want to stays in; only the ineligible leave."""
        return self.complete + self.partial + self.break_off + self.unanswered + self.opted_out + self.bounced


@dataclass(frozen=True, slots=True)
class ResponseRates:
    """AAPOR's RR1 (complete responses only) and RR2 (partial ones too), each of all eligible."""

    rr1: Share
    rr2: Share


def response_rates(outcomes):
    """AAPOR Standard Definitions: unknown eligibility counts as eligible, break-offs as not answered."""
    eligible = outcomes.eligible
    return ResponseRates(Share(outcomes.complete, eligible), Share(outcomes.complete + outcomes.partial, eligible))


def organisation_outcomes(invitations):
    """`Outcomes` of organisations from (organisation, outcome) pairs; somebody without one (None) stands alone."""
    best, alone = {}, []
    for organisation, outcome in invitations:
        if organisation is None:
            alone.append(outcome)
        else:
            best[organisation] = min(best.get(organisation, outcome), outcome, key=RANK.__getitem__)
    return Outcomes.of([*best.values(), *alone])
