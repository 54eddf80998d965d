"""One figure for one audience: which sets of respondents are shown, and how exactly."""

from functools import cached_property

import numpy as np

from .atoms import atoms_of
from .audit import first_to_drop, isolated, isolated_organisation
from .bounds import derived_extreme, given_away
from .coding import EXACT, WORD, code_count, is_extreme, tendency, word_from_single, word_range
from .nouns import FAVOURABLE_FROM, HIDDEN_ALONE, HIDDEN_TOO_FEW, Rule
from .suppression import complement

TOTAL, MATCHED = "total", "matched"
CODED = "coded"


class Table:
    """All figures of a round by respondent and by cell, computed once for every audience."""

    def __init__(self, figures, membership):
        self.figures, self.membership = figures, membership
        scores = np.array([figure.scores for figure in figures], dtype=float)
        scores = scores.reshape(len(figures), len(membership.organisations))
        self.present, self.favourable, self.n, self.counts = membership.tabulate(scores)
        self.present_of = {figure.code: row for figure, row in zip(figures, self.present, strict=True)}


class Plan:
    """Keys of `levels` are TOTAL, MATCHED and the numbers of cells; what is not in it is hidden."""

    def __init__(self, table, index, rules, pattern, finer):
        self.table, self.rules, self.finer = table, rules, finer
        self.membership = table.membership
        self.figure = table.figures[index]
        self.present, self.favourable = table.present[index], table.favourable[index]
        self.n = int(self.present.sum())
        self.cell_n, self.cell_counts = table.n[index], table.counts[index]
        self.pattern = pattern
        self.breaks_down = self.figure.kind != "item" or not rules.has(Rule.RELATIVES)
        self.levels = {}
        self._atoms_known = None, None

    def has(self, key):
        return key in self.levels

    def level(self, key):
        return self.levels.get(key)

    def settle(self):
        """Apply rules 2 to 6 in their order; returns itself."""
        if self.n and not self.is_small(TOTAL):
            self._choose_sets()
            if self.rules.has(Rule.AUDIT):
                self._audit()
            self._choose_levels()
            if self.rules.has(Rule.BOUNDS):
                self._retreat()
        return self

    def members(self, key):
        if key == TOTAL:
            return self.present
        if key == MATCHED:
            return self._matched
        return self.present & self.membership.masks[key]

    @cached_property
    def _matched(self):
        matched = np.zeros_like(self.present)
        matched[self.figure.matched.now] = True
        return matched & self.present

    def size(self, key):
        if key == TOTAL:
            return self.n
        return int(self.members(key).sum()) if key == MATCHED else int(self.cell_n[key])

    def count(self, key):
        if key in (TOTAL, MATCHED):
            return int((self.favourable & self.members(key)).sum())
        return int(self.cell_counts[key])

    def is_small(self, key):
        """Rule 2, and for matched pairs ten people, because they have no words."""
        return self.why_small(key) is not None

    def why_small(self, key):
        """Which half of rule 2 hides a set: too few people, or one organisation alone. None where neither does."""
        if not self.rules.has(Rule.THRESHOLD):
            return None
        wanted = max(self.rules.threshold, self.rules.exact_from) if key == MATCHED else self.rules.threshold
        size, cell = self.size(key), None if key in (TOTAL, MATCHED) else key
        if size < wanted:
            return HIDDEN_TOO_FEW
        enough = self.membership.has_organisations(self.members(key), self.rules.organisations, size, cell)
        return None if enough else HIDDEN_ALONE

    def _choose_sets(self):
        self.levels = {TOTAL: EXACT}
        if self.breaks_down:
            self._show_sectors(self.pattern)
            groups = (cell for cell in self.membership.groups if self.cell_n[cell] and not self.is_small(cell))
            self.levels |= {cell: EXACT for cell in groups if self._finer_has(cell)}
        if self._may_match():
            self.levels[MATCHED] = EXACT

    def _finer_has(self, key):
        return self.finer is None or self.finer.has(key)

    def _show_sectors(self, hidden):
        """Rules 2 and 3 for this figure: the round's pattern, what is too small here, and its complement."""
        sectors = self.membership.sectors
        hidden = set(hidden) | {c for c in sectors if not self.cell_n[c] or self.is_small(c) or not self._finer_has(c)}
        if self.rules.has(Rule.COMPLEMENT):
            sizes = self.cell_n[list(sectors)]
            hidden |= complement(hidden, sizes, self.membership.organisations_of(self.present), self.rules)
        for cell in sectors:
            self.levels.pop(cell, None)
        self.levels |= {cell: EXACT for cell in sectors if cell not in hidden}

    def _may_match(self):
        """Matched pairs have exact counts or none: neither round's count, nor that of those who left, is extreme."""
        matched = self.figure.matched
        if matched is None or self.is_small(MATCHED) or not self._finer_has(MATCHED):
            return False
        n, before = len(matched.before), int((matched.before >= FAVOURABLE_FROM).sum())
        if self.rules.has(Rule.CODING) and (is_extreme(self.count(MATCHED), n) or is_extreme(before, n)):
            return False
        if matched.previous_n is None or not self.rules.has(Rule.AUDIT) or matched.previous_n == n:
            return True
        left = matched.previous_n - n
        settled = matched.previous_count is not None and is_extreme(matched.previous_count - before, left)
        return left >= self.rules.threshold and not settled

    def paired(self):
        """Of the matched people: how many turned favourable since the earlier round, and how many no longer are."""
        before = self.figure.matched.before >= FAVOURABLE_FROM
        now = self.favourable[self.figure.matched.now]
        return {"rose": int((now & ~before).sum()), "fell": int((before & ~now).sum())}

    def _audit(self):
        """Rule 4: drop matched pairs, then groups, then sectors, smallest first, until nobody can be singled out."""
        while len(self.levels) > 1:
            keys = list(self.levels)
            atoms = self._atoms(keys)
            union = isolated(atoms, self.rules.threshold)
            if union is None:
                union = self._one_organisation(atoms, keys)
            if union is None:
                return
            self._drop(keys[first_to_drop(atoms.members, union, self._drop_order(keys))])

    def _one_organisation(self, atoms, keys):
        if self.rules.organisations < 2:
            return None
        partition = [row for row, key in enumerate(keys) if key == TOTAL or key in self.membership.sectors]
        organisations = self.membership.organisations[self.present]
        return isolated_organisation(atoms, organisations, self.rules.threshold, partition)

    def _atoms(self, keys):
        if self._atoms_known[0] != keys:
            self._atoms_known = keys, atoms_of(np.array([self.members(key)[self.present] for key in keys]))
        return self._atoms_known[1]

    def _drop_order(self, keys):
        """Row numbers of `keys` in the order in which they go; the total never does."""
        rank = {MATCHED: 0} | dict.fromkeys(self.membership.groups, 1) | dict.fromkeys(self.membership.sectors, 2)
        rows = [row for row, key in enumerate(keys) if key != TOTAL]
        return sorted(rows, key=lambda row: (rank[keys[row]], self.size(keys[row])))

    def _drop(self, key):
        del self.levels[key]
        if key in self.membership.sectors:
            self._show_sectors({cell for cell in self.membership.sectors if cell not in self.levels})

    def _choose_levels(self):
        """Rules 5 and 6: exact, coded or one word, by size and by count."""
        for key in self.levels:
            self.levels[key] = self._level(key)
        if self.rules.has(Rule.CELLS) and self.breaks_down:
            sectors = [cell for cell in self.membership.sectors if self.cell_n[cell]]
            levels = {cell: self.levels.get(cell) for cell in sectors}
            word_from_single(levels, self.cell_n)
            self.levels |= {cell: level for cell, level in levels.items() if level}

    def _level(self, key):
        whole = key in (TOTAL, MATCHED)
        if not whole and self.rules.has(Rule.CELLS) and (self.size(key) < self.rules.exact_from or self._worded(key)):
            return WORD
        coded = self.rules.has(Rule.CODING if whole else Rule.CELLS)
        return CODED if coded and is_extreme(self.count(key), self.size(key)) else EXACT

    def _worded(self, key):
        return self.finer is not None and self.finer.level(key) == WORD

    def wording(self, key):
        """What the reader is told of the count: one of count, at_most, at_least, word."""
        count, n, level = self.count(key), self.size(key), self.levels[key]
        if level == WORD:
            return {"word": tendency(count, n)}
        return code_count(count, n) if level == CODED else {"count": count}

    def _range(self, key):
        count, n, level = self.count(key), self.size(key), self.levels[key]
        if level == WORD:
            return word_range(tendency(count, n), n)
        if level == CODED:
            return (0, min(1, n)) if count <= 1 else (n - 1, n)
        return count, count

    def _retreat(self):
        """Say less of this figure's breakdowns, step by step, until the values leave everybody a choice.

        Overlapping groups give most away, so they become words and go before the sectors lose their counts.
        """
        words, gone = self._in_words, self._without
        groups, sectors = self.membership.groups, self.membership.sectors
        steps = ((gone, [MATCHED]), (words, groups), (gone, groups), (words, sectors), (gone, sectors))
        for step, keys in steps:
            if len(self.levels) == 1 or not self._gives_away():
                return
            step(keys)

    def _gives_away(self):
        keys = list(self.levels)
        atoms = self._atoms(keys)
        counts = np.array([self.count(key) for key in keys])
        lowest, highest = np.array([self._range(key) for key in keys]).T
        favourable = atoms.count(self.favourable[self.present])
        sectors = np.array([key in self.membership.sectors for key in keys])
        threshold = self.rules.threshold if self.rules.has(Rule.AUDIT) else None
        return derived_extreme(atoms, counts, lowest == highest, sectors) or given_away(
            atoms, favourable, counts, lowest, highest, threshold
        )

    def _in_words(self, keys):
        self.levels |= {key: WORD for key in keys if key in self.levels}

    def _without(self, keys):
        for key in keys:
            self.levels.pop(key, None)
