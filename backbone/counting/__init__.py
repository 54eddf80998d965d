"""What the log says of the indicators it feeds, period by period. No database, no clock: rows come in as facts."""

from backbone.counting.facts import (
    Attended,
    CommitmentFacts,
    EvidenceFacts,
    HeldMeeting,
    LogFacts,
    PolicyFacts,
    TermedSeat,
)
from backbone.counting.figures import FED, count
from backbone.counting.periods import FISCAL_YEAR, KINDS, MONTH, QUARTER, Period, period_of, periods

__all__ = [
    "FED",
    "FISCAL_YEAR",
    "KINDS",
    "MONTH",
    "QUARTER",
    "Attended",
    "CommitmentFacts",
    "EvidenceFacts",
    "HeldMeeting",
    "LogFacts",
    "Period",
    "PolicyFacts",
    "TermedSeat",
    "count",
    "period_of",
    "periods",
]
