"""What of a round may be shown, and to whom: a pure function of answers, memberships and rules."""

from .clusters import Cluster, Forecast, expected_respondents, propose_clusters, what_nobody_will_see
from .counts import disclose_counts
from .nouns import HIDDEN_ALONE, HIDDEN_TOGETHER, HIDDEN_TOO_FEW, NO_SECTOR, Cell, Figure, Matched, Rule, Rules
from .publication import INSIDE, PUBLIC, disclose

__all__ = [
    "HIDDEN_ALONE",
    "HIDDEN_TOGETHER",
    "HIDDEN_TOO_FEW",
    "INSIDE",
    "NO_SECTOR",
    "PUBLIC",
    "Cell",
    "Cluster",
    "Figure",
    "Forecast",
    "Matched",
    "Rule",
    "Rules",
    "disclose",
    "disclose_counts",
    "expected_respondents",
    "propose_clusters",
    "what_nobody_will_see",
]
