"""What cells of all three kinds of files hold: links, amounts of money, and names of what the initiative has."""

import datetime
import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from backbone.row_files import Refused
from core import csv
from surveys.definition.numerals import number_in

LONGEST_TEXT = csv.LONGEST_CELL
HIGHEST_AMOUNT = 10**12
# What a spreadsheet makes of 0.1 + 0.2: the decimals after the second are not written by anybody.
CALCULATED = re.compile(r"\d+\.\d{9,}")
is_link = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True)
class Known:
    """What the initiative has: keys by folded name, contacts also by address. A name that two share has the key None.
    `items` are policy items by their key, `there` counts what is written down by the key of its kind, and `words` has the
    codes of choices by their words in every language, for each column."""

    partners: dict = field(default_factory=dict)
    target_audiences: dict = field(default_factory=dict)
    contacts: dict = field(default_factory=dict)
    addresses: dict = field(default_factory=dict)
    items: dict = field(default_factory=dict)
    there: Counter = field(default_factory=Counter)
    words: dict = field(default_factory=dict)
    today: datetime.date = datetime.date.max


def choice(file, column, text, known):
    """The code that a cell of `file` names."""
    return file.choice(column, text, known.words.get(column, ()))


def link(column, text):
    """An address on the web, or ""; nothing is put before one that was cut short."""
    if text:
        try:
            is_link(text)
        except ValidationError:
            raise Refused(column, "not_a_link") from None
    return text


def amount(column, text):
    """The amount that a cell writes, None where it is blank. "1,234" may be two amounts and is refused."""
    if not text:
        return None
    if CALCULATED.fullmatch(text):
        text = str(round(float(text), 6))
    number = number_in(text, 2)
    if number is None:
        raise Refused(column, "not_an_amount" if number_in(text, 0) is None else "amount_of_two_meanings")
    if not 0 < number < HIGHEST_AMOUNT:
        raise Refused(column, "amount_out_of_range")
    return Decimal(str(number))
