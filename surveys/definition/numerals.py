"""Numbers and days as people write them. What could mean two things is not read."""

import datetime
import re
import unicodedata

from django.utils.translation import get_language

BLANKS = re.compile(r"[\s'’\u00a0\u202f]")
NUMERAL = re.compile(r"([+-]?)(\d+(?:[.,]\d+)*)")
GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")
MOST_DIGITS = 15
DAY = re.compile(r"(\d{1,4})([-./ ])(\d{1,2})\2(\d{1,4})")


def number_in(text, decimals):
    """The number that a text writes, with at most this many decimals; None where there is none, or two.

    "1,5" and "1.5" are one and a half; "1,234" is a thousand where only whole numbers are asked, and else could be both.
    """
    found = NUMERAL.fullmatch(BLANKS.sub("", _western(text).replace("−", "-")))
    if not found or sum(map(str.isdigit, found[2])) > MOST_DIGITS:
        return None
    plain = _plain(found[2], decimals)
    if plain is None:
        return None
    whole, _point, rest = plain.partition(".")
    rest = rest.rstrip("0")
    if len(rest) > decimals:
        return None
    sign = -1 if found[1] == "-" else 1
    return sign * (float(f"{whole}.{rest}") if rest else int(whole))


def _western(text):
    """With the digits and separators of other scripts as 0-9, point and comma: ٣٫٥ is 3.5."""
    digits = (str(unicodedata.decimal(each)) if each.isdecimal() else each for each in text)
    return "".join(digits).replace("٫", ".").replace("٬", ",")


def _plain(digits, decimals):
    """With a point before the decimals and nothing else between digits."""
    separators = [each for each in digits if each in ".,"]
    if not separators:
        return digits
    last = separators[-1]
    if len(set(separators)) == 2:
        head, _last, tail = digits.rpartition(last)
        return f"{_ungrouped(head)}.{tail}" if separators.count(last) == 1 and GROUPED.fullmatch(head) else None
    if GROUPED.fullmatch(digits) and not (decimals >= 3 and len(separators) == 1):
        # One separator before three digits: a thousand or decimals too many. Nobody is asked for decimals: a thousand.
        return _ungrouped(digits) if decimals == 0 or len(separators) > 1 else None
    return digits.replace(",", ".") if len(separators) == 1 else None


def _ungrouped(digits):
    return digits.replace(".", "").replace(",", "")


def day_in(text):
    """The day that a text writes with digits: year first, or day first. In English 3/4 may be two days and is not read."""
    found = DAY.fullmatch(_western(text).strip().rstrip("."))
    if not found:
        return None
    day, separator, month, year = int(found[1]), found[2], int(found[3]), int(found[4])
    if len(found[1]) == 4:
        return _day(day, month, year)
    if len(found[4]) != 4:
        return None
    if separator == "/" and month > 12:
        day, month = month, day
    elif separator == "/" and day <= 12 and day != month and (get_language() or "en").startswith("en"):
        return None
    return _day(year, month, day)


def _day(year, month, day):
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None
