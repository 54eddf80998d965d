"""How a count of favourable answers is written: exact, coded or as one word (rules 5 and 6)."""

EXACT, WORD = "exact", "word"


def is_extreme(count, n):
    """Rule 5: none, one, all but one and all would say what single people answered."""
    return count <= 1 or count >= n - 1


def code_count(count, n):
    """Rule 5: 0 and 1 read "at most 1", n-1 and n "at least n-1". Where n <= 2 both hold; "at most" wins."""
    if count <= 1:
        return {"at_most": 1}
    if count >= n - 1:
        return {"at_least": n - 1}
    return {"count": count}


def tendency(count, n):
    """Rule 6: few under a third, most from two thirds, else some.

    0 with 1 and n-1 with n always read alike: of three people "under a third" could only mean none of them.
    """
    if count <= 1 or 3 * count < n:
        return "few"
    if count >= n - 1 or 3 * count >= 2 * n:
        return "most"
    return "some"


def word_range(word, n):
    """The lowest and highest count of n that reads as `word`."""
    few_to = max(1, (n - 1) // 3)
    most_from = max(few_to + 1, min(n - 1, -(-2 * n // 3)))
    return {"few": (0, min(few_to, n)), "some": (few_to + 1, most_from - 1), "most": (most_from, n)}[word]


def word_from_single(levels, sizes):
    """Rule 6: if exactly one cell of a partition is not exact, the smallest exact one becomes a word too.

    `levels` maps a cell to EXACT or anything else (hidden, coded, word); changes it in place.
    """
    exact = [cell for cell, level in levels.items() if level == EXACT]
    if len(levels) - len(exact) == 1 and exact:
        levels[min(exact, key=lambda cell: (sizes[cell], cell))] = WORD
