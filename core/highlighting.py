"""Where words that somebody looks for stand in a text. Case and accents do not count."""

import re
import unicodedata

MOST_WORDS = 8
LONGEST = 100
CONTEXT = 60


def words_of(text):
    """The words somebody looks for, at most MOST_WORDS of them, from the first LONGEST characters."""
    return text.replace("\x00", "")[:LONGEST].split()[:MOST_WORDS]


def plain(text):
    """`text` in the form in which case and accents do not count. Longer or shorter than it, where letters are made of several."""
    return "".join(_plain_letter(letter) for letter in text)


def pieces(text, words):
    """`text` as [(piece, whether it is one of `words`)], to be drawn one after the other."""
    found, end = [], 0
    for start, stop in _places(text, words):
        found += [(text[end:start], False), (text[start:stop], True)]
        end = stop
    return [(piece, is_match) for piece, is_match in [*found, (text[end:], False)] if piece]


def excerpt(text, words):
    """The part of `text` around the first of `words`, on one line; "" where none stands in it."""
    line = " ".join(text.split())
    first = next(iter(_places(line, words)), None)
    if first is None:
        return ""
    start, stop = max(0, first[0] - CONTEXT), first[1] + CONTEXT
    return ("…" if start else "") + line[start:stop].strip() + ("…" if stop < len(line) else "")


def _places(text, words):
    """[(start, end)] of the words in `text`, in order and apart from each other."""
    letters = [(plain_letter, place) for place, letter in enumerate(text) for plain_letter in _plain_letter(letter)]
    wanted = sorted({plain(word) for word in words} - {""}, key=len, reverse=True)
    if not wanted:
        return []
    folded = "".join(letter for letter, _place in letters)
    found = re.finditer("|".join(map(re.escape, wanted)), folded)
    return [(letters[match.start()][1], letters[match.end() - 1][1] + 1) for match in found]


def _plain_letter(letter):
    apart = unicodedata.normalize("NFKD", letter).casefold()
    return "".join(part for part in apart if not unicodedata.combining(part))
