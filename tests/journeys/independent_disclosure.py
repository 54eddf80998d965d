"""Which cells of a figure's breakdowns are shown, and as what: the rules written again, by other means than the product.

The linear audit works with a null space instead of an echelon form, the audit of values with integer programming
instead of moves.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

TOTAL, MATCHED = "total", "matched"
HIDDEN = "too few answers to show"
EXACT_FROM, LEAST_ORGANISATIONS = 10, 2


def is_extreme(count, n):
    return count <= 1 or count >= n - 1


def code_of(count, n):
    if count <= 1:
        return {"at_most": 1}
    return {"at_least": n - 1} if count >= n - 1 else {"count": count}


def word_of(count, n):
    if count <= 1 or count < n / 3:
        return "few"
    return "most" if count >= n - 1 or count >= 2 * n / 3 else "some"


@dataclass
class Sets:
    """One figure. `everybody`: all respondents of the round; `sectors`, `groups`: {key: them}; `favourable`: {who has a
    score: favourable?}; `matched`: ({who: favourable before?}, [favourable?] of the earlier round) or None."""

    everybody: set
    sectors: dict
    groups: dict
    organisation: dict
    favourable: dict
    matched: tuple | None

    def members(self, key):
        if key == TOTAL:
            return set(self.favourable)
        if key == MATCHED:
            return set(self.matched[0])
        return (self.sectors.get(key) or self.groups.get(key) or set()) & set(self.favourable)

    def n(self, key):
        return len(self.members(key))

    def count(self, key):
        return sum(self.favourable[person] for person in self.members(key))

    def is_enough(self, people, threshold):
        return len(people) >= threshold and len({self.organisation[p] for p in people}) >= LEAST_ORGANISATIONS


def settle(sets, threshold):
    """(steps, needed): {key: words} of every sector and group for each step of the retreat, from saying most to least, and
    the number of the first step at which nothing is given away."""
    pattern = _hidden_with(sets, _too_small(sets, sets.sectors, threshold, everybody=True), sets.everybody, threshold)
    shown = _sectors_shown(sets, pattern, threshold)
    shown |= {key for key in sets.groups if sets.is_enough(sets.members(key), threshold)}
    if _may_match(sets, threshold):
        shown.add(MATCHED)
    shown = _audited(sets, shown, threshold)
    steps = _retreats(sets, _levels(sets, shown))
    needed = next(number for number, levels in enumerate(steps) if number == len(steps) - 1 or _is_safe(sets, levels))
    keys = (*sets.sectors, *sets.groups)
    return [{key: _words(sets, key, levels.get(key)) for key in keys} for levels in steps], needed


def _too_small(sets, keys, threshold, *, everybody=False):
    people = {key: keys[key] if everybody else sets.members(key) for key in keys}
    return {key for key, members in people.items() if not sets.is_enough(members, threshold)}


def _hidden_with(sets, hidden, among, threshold):
    """Rule 3: at least two hidden cells with `threshold` people of two organisations, the smallest joining first."""
    sizes = {key: len(members & among) for key, members in sets.sectors.items()}
    hidden = {key for key in hidden if sizes[key]}
    waiting = sorted((key for key in sizes if sizes[key] and key not in hidden), key=lambda k: (sizes[k], k))
    while hidden and waiting:
        together = set().union(*(sets.sectors[key] & among for key in hidden))
        if len(hidden) >= 2 and sets.is_enough(together, threshold):
            break
        hidden.add(waiting.pop(0))
    return hidden


def _sectors_shown(sets, hidden, threshold):
    hidden = set(hidden) | _too_small(sets, sets.sectors, threshold)
    return set(sets.sectors) - hidden - _hidden_with(sets, hidden, set(sets.favourable), threshold)


def _may_match(sets, threshold):
    if sets.matched is None:
        return False
    before, earlier = sets.matched
    n, was, left = len(before), sum(before.values()), len(earlier) - len(before)
    if not sets.is_enough(set(before), max(threshold, EXACT_FROM)):
        return False
    if is_extreme(sets.count(MATCHED), n) or is_extreme(was, n):
        return False
    return not left or (left >= threshold and not is_extreme(sum(earlier) - was, left))


def _atoms(sets, keys):
    """(sets × atoms of 0 and 1, sizes, favourable): people with the same memberships are one atom."""
    members = [sets.members(key) for key in keys]
    atoms = {}
    for person in sorted(sets.favourable):
        atoms.setdefault(tuple(person in people for people in members), []).append(person)
    rows = np.array(list(atoms), dtype=float).T
    sizes = np.array([len(people) for people in atoms.values()])
    return rows, sizes, np.array([sum(sets.favourable[p] for p in people) for people in atoms.values()])


def _null_space(rows):
    _left, values, right = np.linalg.svd(rows)
    return right[(values > 1e-9).sum() :].T


def _singled_out(rows, sizes, threshold):
    """The lightest union of atoms with fewer than `threshold` people that is a linear combination of the rows, or None."""
    null, small = _null_space(rows), np.flatnonzero(sizes < threshold)
    found = []
    for many in range(1, threshold):
        chosen = np.array(list(combinations(small, many)), dtype=int).reshape(-1, many)
        chosen = chosen[sizes[chosen].sum(axis=1) < threshold]
        fits = np.abs(null[chosen].sum(axis=1)).max(axis=1, initial=0) < 1e-7
        found += [tuple(union) for union in chosen[fits]]
    return min(found, key=lambda union: sizes[list(union)].sum()) if found else None


def _audited(sets, shown, threshold):
    """Rule 4: pairs, then groups, then sectors go, smallest first; of these the first that settles it."""
    while len(shown) > 1 or shown:
        keys = [TOTAL, *sorted(shown, key=str)]
        rows, sizes, _favourable = _atoms(sets, keys)
        union = _singled_out(rows, sizes, threshold)
        if union is None:
            return shown
        rank = {MATCHED: 0} | dict.fromkeys(sets.groups, 1) | dict.fromkeys(sets.sectors, 2)
        order = sorted(shown, key=lambda key: (rank[key], sets.n(key)))
        vector = np.isin(np.arange(len(sizes)), union).astype(float)
        safe = [
            k for k in order if np.abs(vector @ _null_space(np.delete(rows, keys.index(k), 0))).max(initial=0) > 1e-7
        ]
        gone = (safe or order)[0]
        shown = shown - {gone}
        if gone in sets.sectors:
            kept = _sectors_shown(sets, set(sets.sectors) - shown, threshold)
            shown = (shown - set(sets.sectors)) | kept
    return shown


def _levels(sets, shown):
    """Rules 5 and 6: {key: exact, coded or word}."""
    levels = {}
    for key in (TOTAL, *shown):
        n = sets.n(key)
        coded = "coded" if is_extreme(sets.count(key), n) else "exact"
        levels[key] = "word" if key not in (TOTAL, MATCHED) and n < EXACT_FROM else coded
    exact = [key for key in sets.sectors if levels.get(key) == "exact"]
    filled = [key for key in sets.sectors if sets.n(key)]
    if exact and len(filled) - len(exact) == 1:
        levels[min(exact, key=lambda key: (sets.n(key), key))] = "word"
    return levels


def _retreats(sets, levels):
    """What is said at each step back on a conflict of values: pairs go, groups get words, go; sectors get words, go."""
    steps = [levels, {k: v for k, v in levels.items() if k != MATCHED}]
    for parts in (sets.groups, sets.sectors):
        steps.append({k: "word" if k in parts else v for k, v in steps[-1].items()})
        steps.append({k: v for k, v in steps[-1].items() if k not in parts})
    return steps


def _is_safe(sets, levels):
    return not _subtracts_to_extreme(sets, levels) and not _gives_away(sets, levels)


def _subtracts_to_extreme(sets, levels):
    """A count had by subtracting exact counts: the rest of a set beside a part of it, or all hidden sectors."""
    exact = [key for key, level in levels.items() if level == "exact"]
    for whole in exact:
        for part in exact:
            rest = sets.members(whole) - sets.members(part)
            inside = part != whole and sets.members(part) <= sets.members(whole)
            if inside and rest and is_extreme(sum(sets.favourable[p] for p in rest), len(rest)):
                return True
    told = [key for key in sets.sectors if key in levels]
    if levels[TOTAL] != "exact" or not told or any(levels[key] != "exact" for key in told):
        return False
    hidden = sets.members(TOTAL).difference(*(sets.members(key) for key in told))
    return bool(hidden) and is_extreme(sum(sets.favourable[p] for p in hidden), len(hidden))


def _range(sets, key, level):
    """Lowest and highest count that reads like the truth."""
    n, count = sets.n(key), sets.count(key)
    if level == "exact":
        return count, count
    reads = (lambda c: str(code_of(c, n))) if level == "coded" else (lambda c: word_of(c, n))
    same = [c for c in range(n + 1) if reads(c) == reads(count)]
    return same[0], same[-1]


def _gives_away(sets, levels):
    """Whether one atom of people (all or none favourable, or a few) or one coded or worded count has one possible value."""
    keys = list(levels)
    rows, sizes, favourable = _atoms(sets, keys)
    low, high = np.array([_range(sets, key, levels[key]) for key in keys]).T
    blurred = np.array([levels[key] != "exact" for key in keys])
    open_atoms = (favourable == 0) | (favourable == sizes) | (sizes < 5)
    questions = [np.eye(len(sizes))[atom] for atom in np.flatnonzero(open_atoms)] + list(rows[blurred])
    while questions:
        other = _another(questions[0], rows, sizes, favourable, low, high)
        if other is None:
            return True
        questions = [question for question in questions if abs(question @ (other - favourable)) < 0.5]
    return False


def _another(question, rows, sizes, favourable, low, high):
    """Other favourable counts by atom that read the same and answer the question otherwise, or None."""
    for sign in (1, -1):
        found = milp(
            -sign * question,
            constraints=LinearConstraint(rows, low, high),
            bounds=Bounds(0, sizes),
            integrality=np.ones(len(sizes)),
        )
        assert found.success, found.message
        if abs(question @ found.x - question @ favourable) > 0.5:
            return np.round(found.x)
    return None


def _words(sets, key, level):
    n, count = sets.n(key), sets.count(key)
    if level is None:
        return HIDDEN
    if level == "word":
        return f"{word_of(count, n)} of {n}"
    if level == "exact":
        return f"{count} of {n} ({(200 * count + n) // (2 * n)}\u202f%)"
    said = code_of(count, n)
    return f"at most 1 of {n}" if "at_most" in said else f"at least {n - 1} of {n}"
