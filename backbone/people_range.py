"""How many people, as a range where counting would be false precision. Pure: no database and no clock.

A range is (least, most); both None where nobody knows. One exact number is a range of its own.
"""

import re

from django.utils.formats import number_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

MOST_PEOPLE = 100_000_000
WRITTEN = re.compile(r"(\d[\d.,' \u00a0\u202f]*)(?:\s*(?:-|–|—|to|a|à)\s*(\d[\d.,' \u00a0\u202f]*))?")
GROUPED = re.compile(r"\d{1,3}([.,' \u00a0\u202f]\d{3})*|\d+")

SENTENCES = {
    "not_a_range": _("Write a number of people, such as 120, or two of them, such as 100-150."),
    "backwards": _("The first number is larger than the second. Write the smaller one first."),
    "too_many": _("So many people are hardly meant. Write a smaller number."),
}


class NotARange(ValueError):
    """What was typed is neither a number of people nor two of them. `code`: not_a_range, backwards or too_many."""

    def __init__(self, code):
        self.code = code
        super().__init__(code)


def read(text):
    """ "120" → (120, 120); "100-150" and "100 to 150" → (100, 150); "" → (None, None). Raises NotARange."""
    text = text.strip()
    if not text:
        return None, None
    found = WRITTEN.fullmatch(text)
    if not found:
        raise NotARange("not_a_range")
    least = _number(found[1])
    most = _number(found[2]) if found[2] else least
    if most < least:
        raise NotARange("backwards")
    if most > MOST_PEOPLE:
        raise NotARange("too_many")
    return least, most


def _number(text):
    text = text.strip()
    if not GROUPED.fullmatch(text):
        raise NotARange("not_a_range")
    return int(re.sub(r"\D", "", text))


def written(least, most):
    """The range as it is typed and kept in files: "", "120" or "100-150"."""
    if least is None:
        return ""
    return str(least) if least == most else f"{least}-{most}"


def in_words(least, most):
    """ "", "120 people" or "100 to 150 people"."""
    if least is None:
        return ""
    if least == most:
        return ngettext("%(number)s person", "%(number)s people", least) % {"number": grouped(least)}
    return _now("%(least)s to %(most)s people") % {"least": grouped(least), "most": grouped(most)}


def grouped(number):
    """As large numbers are written in the reader's language: "1,200"."""
    return number_format(number, 0, force_grouping=True)


def together(ranges):
    """(least, most, how many of them are known) of several ranges: unknown ones add nothing, and are not zero."""
    known = [(least, most) for least, most in ranges if least is not None]
    if not known:
        return None, None, 0
    return sum(least for least, _most in known), sum(most for _least, most in known), len(known)
