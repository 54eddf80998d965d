"""Why a figure says less than its number: the rule behind each part that is hidden, coded or a word. The same on pages and in
files, and never a number but the threshold."""

from django.utils.translation import gettext as _

from indicators.disclosure import Rules
from indicators.models import Result
from indicators.words.figures import hidden_sentence


def why_kept_back(result, threshold):
    """The sentence behind a figure or a part of it that is kept back; "" where it is told as it is."""
    if not result.is_shown:
        return _why_hidden(result, threshold)
    if "word" in result.shown:
        return _why_a_word(result)
    if "at_most" in result.shown or "at_least" in result.shown:
        return _(
            "Where nearly all or nearly none agree the exact number is kept back, so that nobody's answer can be worked out."
        )
    return ""


def _why_hidden(result, threshold):
    """Of a whole round pages say both halves of the rule in one sentence; beside a part stands the half that hides it."""
    if not result.breakdown or result.hidden_because == Result.Hidden.TOGETHER:
        return hidden_sentence(result, threshold)
    if result.hidden_because == Result.Hidden.ALONE:
        return _("Only people of one organisation answered here. Figures of one organisation alone are never shown.")
    return _("Fewer than %(threshold)d people answered here. Figures of so few are never shown.") % {
        "threshold": threshold
    }


def _why_a_word(result):
    if result.n < Rules().exact_from:
        return _("Below ten answers a word stands for the number: few is under a third, most is two thirds or more.")
    return _(
        "A word stands for the number, which would tell how single people answered beside the others: few is under a "
        "third, most is two thirds or more."
    )


def nameless(breakdown):
    """What the part of a breakdown is called whose people are in none."""
    return {"sector": _("No sector"), "group": _("No group")}[breakdown]
