"""The arithmetic of published figures: shares, change, response rates, scales. No database, no clock.

The unit is the respondent. Whether a figure may be shown at all is decided in `indicators.disclosure`, never here.
"""

from .change import Change, Needed, Paired, Verdict, compare, exact_mcnemar, needed_change, newcombe, paired
from .rates import Outcome, Outcomes, ResponseRates, organisation_outcomes, response_rates
from .scales import ALPHA_FROM, Description, cronbach_alpha, describe, scale_reliability
from .shares import (
    FAVOURABLE_FROM,
    Interval,
    Share,
    favourable,
    one_decimal,
    people_interval,
    percentage,
    percentage_one_decimal,
    tally,
    wilson,
)

__all__ = [
    "ALPHA_FROM",
    "FAVOURABLE_FROM",
    "Change",
    "Description",
    "Interval",
    "Needed",
    "Outcome",
    "Outcomes",
    "Paired",
    "ResponseRates",
    "Share",
    "Verdict",
    "compare",
    "cronbach_alpha",
    "describe",
    "exact_mcnemar",
    "favourable",
    "needed_change",
    "newcombe",
    "one_decimal",
    "organisation_outcomes",
    "paired",
    "people_interval",
    "percentage",
    "percentage_one_decimal",
    "response_rates",
    "scale_reliability",
    "tally",
    "wilson",
]
