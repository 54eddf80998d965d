"""When two texts of a questionnaire are the same, whichever program exported them."""

import re
import unicodedata
from functools import lru_cache

UNWRITABLE = re.compile("[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
MARKUP = re.compile(r"<[^<>]{1,200}>")


@lru_cache(maxsize=8_192)
def key(text):
    """The letters and digits of a text, without case or accents: what is left of it in every export."""
    plain = unicodedata.normalize("NFKD", MARKUP.sub(" ", text)).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


@lru_cache(maxsize=8_192)
def words(text):
    """The set of its words, without case or accents."""
    plain = unicodedata.normalize("NFKD", MARKUP.sub(" ", text)).casefold()
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return frozenset(re.findall(r"\w+", letters))


def tidy(text):
    """One line: every run of blanks and line breaks is one blank, characters that cannot be seen are gone."""
    return " ".join(UNWRITABLE.sub("", text).split())
