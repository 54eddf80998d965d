"""When two spellings are one name, and what of a cell is name at all. No database."""

import re
import unicodedata
from functools import lru_cache

LONGEST_FOLDED = 200
# Control characters, and the marks that turn the direction of the text after them.
UNWRITABLE = re.compile("[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")


@lru_cache(maxsize=4_096)
def fold(text, longest=LONGEST_FOLDED):
    """The form in which two spellings of one name are equal: case, blanks and hyphens do not count. What is longer than a
    name is compared whole with `longest=None`."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return ("".join(re.split(r"[\s\-\u2010-\u2015]+", plain)) or plain.strip())[:longest]


def tidy(text):
    """One line: every run of blanks and line breaks is one blank, characters that cannot be seen are gone."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join(UNWRITABLE.sub("", unicodedata.normalize("NFC", text)).split())
