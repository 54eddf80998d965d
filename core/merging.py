"""Two people changed the same text: what both did is put together by lines, where they did not change the same ones. Pure."""

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher

# Finding what differs takes time with the pairs of equal lines; beyond this a change counts as one piece.
MOST_PAIRS = 20_000
MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class Part:
    """Lines of the text. Of a clash, which both changed in their own way, both are kept: theirs first, which were saved first."""

    lines: tuple[str, ...] = ()
    mine: tuple[str, ...] = ()
    theirs: tuple[str, ...] = ()
    is_clash: bool = False

    @property
    def all_lines(self):
        return self.theirs + self.mine if self.is_clash else self.lines


@dataclass(frozen=True)
class _Change:
    """Lines `begin` up to `end` of the base became `lines`; nothing was taken away where the two are equal."""

    begin: int
    end: int
    who: str
    lines: tuple[str, ...]

    def overlaps(self, begin, end):
        return self.begin < end and begin < self.end


def merge(base, mine, theirs):
    """The Parts of what `mine` and `theirs` make of `base`, the text from which both began.

    No line that somebody wrote is left out. Lines added by both at the same place stand after each other, theirs first.
    """
    base, mine, theirs = (_lines(text) for text in (base, mine, theirs))
    changes = [*_changes(base, theirs, THEIRS), *_changes(base, mine, MINE)]
    parts, at = [], 0
    for begin, end, together in _overlapping(changes):
        parts += [Part(base[at:begin]), *_put_together(base, begin, end, together)]
        at = end
    return [part for part in [*parts, Part(base[at:])] if part.is_clash or part.lines]


def text_of(parts):
    return "\n".join(line for part in parts for line in part.all_lines)


def is_clean(parts):
    return not any(part.is_clash for part in parts)


def _lines(text):
    return tuple(text.replace("\r\n", "\n").split("\n"))


def _changes(base, changed, who):
    begin = 0
    while begin < min(len(base), len(changed)) and base[begin] == changed[begin]:
        begin += 1
    end = 0
    while end < min(len(base), len(changed)) - begin and base[-1 - end] == changed[-1 - end]:
        end += 1
    old, new = base[begin : len(base) - end], changed[begin : len(changed) - end]
    if not old and not new:
        return []
    counts = Counter(filter(None, old))
    if sum(counts[line] for line in new) > MOST_PAIRS:
        return [_Change(begin, begin + len(old), who, new)]
    # An empty line is like any other: alone it says nothing about what belongs together.
    found = SequenceMatcher(lambda line: not line.strip(), old, new, autojunk=False).get_opcodes()
    return [
        _Change(begin + old_begin, begin + old_end, who, new[new_begin:new_end])
        for kind, old_begin, old_end, new_begin, new_end in found
        if kind != "equal"
    ]


def _overlapping(changes):
    """(begin, end, [changes]) in their order; changes of the same lines come together, and so do two additions at one place."""
    found = []
    for change in sorted(changes, key=lambda change: (change.begin, change.end, change.who == MINE)):
        if found:
            begin, end, together = found[-1]
            is_same_place = begin == end == change.begin == change.end
            if is_same_place or change.overlaps(begin, end):
                found[-1] = (begin, max(end, change.end), [*together, change])
                continue
        found.append((change.begin, change.end, [change]))
    return found


def _put_together(base, begin, end, together):
    if len(together) == 1:
        return [Part(together[0].lines)]
    mine, theirs = (_applied(base, begin, end, together, who) for who in (MINE, THEIRS))
    for longer, shorter in ((theirs, mine), (mine, theirs)):
        if _holds(longer, shorter):
            return [Part(longer)]
    if begin == end:
        return [Part(theirs + mine)]
    return [Part(mine=mine, theirs=theirs, is_clash=True)]


def _applied(base, begin, end, together, who):
    """Lines `begin` up to `end` as one of the two left them."""
    lines, at = (), begin
    for change in together:
        if change.who == who:
            lines += base[at : change.begin] + change.lines
            at = change.end
    return lines + base[at:end]


def _holds(longer, shorter):
    """Whether all of `shorter` stands in `longer`, in one piece."""
    length = len(shorter)
    return any(longer[at : at + length] == shorter for at in range(len(longer) - length + 1))
