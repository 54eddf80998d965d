"""A reader who does sums: what can be computed from shown figures about fewer people than the threshold.

It imports nothing of the product and knows only what a reader can know. Its input is a plain list of statements, one
dict per figure and cell as printed on a page, in a file or in a mail:

    figure        code of the item, indicator or function
    audience      where it was printed ("inside", "public"), for the finding's text only
    breakdown     "" (whole round), "sector", "group" or "matched"; cell: the cell's label
    members       ids of the people in the cell who have a score. This is the worst case: the reader knows the roster,
                  the groups and who answered, only not what. None where nobody could know; the statement is then unused
    n             number printed, or None
    count         exact favourable count, or None
    at_most       1 for "at most 1 of n";  at_least: n - 1 for "at least n-1 of n"; else None
    word          "few", "some", "most" or None
    mean          with one decimal, or None;  distribution: list of [option, people] or None
    parts         codes of the items whose mean is this figure's score (the instrument is public), or []
    hidden        anything true if the cell says that it is hidden; such a statement carries no number
    series        what the figure is called in every round; figures of one series are attacked together
    less          members (of an earlier round) whose favourable count was taken away from that of `members`
    between       lowest and highest favourable count (or difference) that a sentence leaves open

Missing keys count as None. `attack` answers with a list of Finding; an empty list means that nobody was singled out.
People are singled out when the favourable count or the sum of scores of a set smaller than `threshold`, or of people of
one organisation only, has a single possible value, or when a coded count ("at most 1") can have one value only.
"""

import itertools
import random
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

HALF_STEP = Fraction(1, 20)
HIGHEST_SCORE = 5
MOST_UNIONS = 3000


@dataclass(frozen=True)
class Finding:
    figure: str
    people: frozenset
    what: str


def attack(statements, threshold, organisations=None):
    """`organisations`: person id -> organisation id, if the reader knows who works where."""
    shown = [s for s in statements if not s.get("hidden") and s.get("n") and s.get("members") is not None]
    findings = []
    for series in dict.fromkeys(map(_series, shown)):
        together = [s for s in shown if _series(s) == series]
        findings += _attack_counts(together, threshold, organisations or {})
    for figure in dict.fromkeys(s["figure"] for s in shown):
        own = [s for s in shown if s["figure"] == figure]
        findings += _attack_sums(figure, own, threshold, organisations or {})
    return findings + _attack_relatives(shown, threshold)


def _series(statement):
    return statement.get("series") or statement["figure"]


# --- what one statement says ------------------------------------------------------------------------------------


def count_range(statement):
    """Lowest and highest favourable count that reads as printed, or None where no count is printed."""
    n = statement["n"]
    if statement.get("between") is not None:
        return tuple(statement["between"])
    if statement.get("count") is not None:
        return statement["count"], statement["count"]
    if statement.get("at_most") is not None:
        return 0, statement["at_most"]
    if statement.get("at_least") is not None:
        return statement["at_least"], n
    if statement.get("word") is not None:
        fitting = [count for count in range(n + 1) if _reads(count, n) == statement["word"]]
        return fitting[0], fitting[-1]
    return None


def _reads(count, n):
    if count <= 1 or Fraction(count, n) < Fraction(1, 3):
        return "few"
    if count >= n - 1 or Fraction(count, n) >= Fraction(2, 3):
        return "most"
    return "some"


def sum_range(statement):
    """Lowest (included) and highest (excluded unless both are equal) sum of scores, or None where no mean is printed."""
    if statement.get("distribution"):
        total = Fraction(sum(option * people for option, people in statement["distribution"]))
        return total, total
    if statement.get("mean") is None:
        return None
    mean = Fraction(str(statement["mean"]))
    return (mean - HALF_STEP) * statement["n"], (mean + HALF_STEP) * statement["n"]


# --- favourable counts: a small integer programme per figure ------------------------------------------------------


def _attack_counts(statements, threshold, organisations):
    sets = [(frozenset(s["members"]), *count_range(s), s) for s in statements if count_range(s)]
    if not sets:
        return []
    atoms = _atoms([_signs(s) for *_, s in sets])
    programme = _Programme(atoms, sets)
    findings = []
    for figure in dict.fromkeys(s["figure"] for *_, s in sets):
        asked = frozenset().union(*(members for members, _, _, s in sets if s["figure"] == figure))
        own = [atom for atom in atoms if atom <= asked]
        findings += _singled_out(figure, own, programme, threshold, organisations)
    for members, lowest, highest, statement in sets:
        coded = statement.get("at_most") is not None or statement.get("at_least") is not None
        if coded and lowest < highest and programme.is_determined(programme.within(members)):
            findings.append(Finding(statement["figure"], members, "coded count"))
    return findings


def _singled_out(figure, atoms, programme, threshold, organisations):
    for union in _unions(atoms, threshold, organisations):
        if programme.is_determined([atoms[i] for i in union]):
            yield Finding(figure, frozenset().union(*(atoms[i] for i in union)), "favourable count")
    for atom in atoms:
        if programme.is_one_value(atom):
            yield Finding(figure, atom, "every single answer")


def _signs(statement):
    """{person: 1 or -1}: whose answers were counted, and whose were taken away."""
    return dict.fromkeys(statement["members"], 1) | dict.fromkeys(statement.get("less") or (), -1)


def _atoms(sets):
    """People who count alike in every one of these sets ({person: sign}), as frozensets."""
    patterns = {}
    for person in sorted(frozenset().union(*sets)):
        patterns.setdefault(tuple(signs.get(person, 0) for signs in sets), set()).add(person)
    return [frozenset(people) for people in patterns.values()]


def _unions(atoms, threshold, organisations):
    """Index tuples of all unions of atoms below the threshold, and of those within one organisation."""
    small = [i for i, atom in enumerate(atoms) if len(atom) < threshold]
    unions = set()
    for size in range(1, threshold):
        for union in itertools.combinations(small, size):
            if sum(len(atoms[i]) for i in union) < threshold:
                unions.add(union)
            if len(unions) > MOST_UNIONS:
                break
    for organisation in set(organisations.values()):
        own = [i for i, atom in enumerate(atoms) if all(organisations.get(p) == organisation for p in atom)][:6]
        for size in range(1, len(own) + 1):
            unions |= set(itertools.combinations(own, size))
    return sorted(unions)


class _Programme:
    """Favourable people by atom, as whole numbers that agree with every statement; solutions found are kept."""

    def __init__(self, atoms, sets):
        self.atoms = atoms
        self.index = {atom: i for i, atom in enumerate(atoms)}
        signs = [_signs(statement) for *_, statement in sets]
        rows = np.array([[own.get(next(iter(atom)), 0) for atom in atoms] for own in signs], dtype=float)
        self.constraint = LinearConstraint(rows, [s[1] for s in sets], [s[2] for s in sets])
        self.sizes = np.array([len(atom) for atom in atoms])
        self.known = []
        chance = random.Random(len(atoms))
        for _ in range(6):
            self._solve(np.array([chance.uniform(-1, 1) for _ in atoms]))

    def within(self, members):
        return [atom for atom in self.atoms if atom <= members]

    def is_determined(self, atoms):
        """Whether the favourable people in these atoms together can only be one number."""
        goal = np.zeros(len(self.atoms))
        goal[[self.index[atom] for atom in atoms]] = 1
        if len({round(float(goal @ solution)) for solution in self.known}) > 1:
            return False
        return round(float(goal @ self._solve(goal))) == round(float(goal @ self._solve(-goal)))

    def is_one_value(self, atom):
        """Whether nobody or everybody in the atom is favourable in every solution: then each answer is known."""
        place = self.index[atom]
        if any(0 < solution[place] < self.sizes[place] for solution in self.known):
            return False
        return self.is_determined([atom])

    def _solve(self, goal):
        found = milp(goal, constraints=self.constraint, integrality=1, bounds=Bounds(0, self.sizes))
        if found.x is None:
            raise AssertionError("The statements contradict each other; the attacker was given wrong memberships.")
        solution = np.rint(found.x)
        self.known.append(solution)
        return solution


# --- sums of scores within one figure -----------------------------------------------------------------------------


def _attack_sums(figure, statements, threshold, organisations):
    """Exact sums (distributions) add and subtract; a mean that only one score can have tells every score."""
    findings = []
    exact = [frozenset(s["members"]) for s in statements if s.get("distribution")]
    if exact:
        atoms = _atoms([dict.fromkeys(members, 1) for members in exact])
        rows = [[int(atom <= members) for atom in atoms] for members in exact]
        for union in _unions(atoms, threshold, organisations):
            if _in_span(rows, [int(i in union) for i in range(len(atoms))]):
                people = frozenset().union(*(atoms[i] for i in union))
                findings.append(Finding(figure, people, "sum of scores"))
    for statement in statements:
        if statement.get("distribution") and sum(people > 0 for _, people in statement["distribution"]) == 1:
            findings.append(Finding(figure, frozenset(statement["members"]), "every single score"))
    return findings


def _in_span(rows, vector):
    return _rank(rows) == _rank([*rows, vector])


def _rank(rows):
    rows, rank = [[Fraction(x) for x in row] for row in rows], 0
    for column in range(len(rows[0])):
        pivot = next((r for r in range(rank, len(rows)) if rows[r][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for r in range(rank + 1, len(rows)):
            factor = rows[r][column] / rows[rank][column]
            rows[r] = [a - factor * b for a, b in zip(rows[r], rows[rank], strict=True)]
        rank += 1
    return rank


# --- sums of scores between relatives -----------------------------------------------------------------------------


def _attack_relatives(statements, threshold):
    """A figure's sum less its items' shares leaves only those who skipped an item; their answers are whole numbers."""
    whole = {s["figure"]: s for s in statements if not s["breakdown"] and sum_range(s)}
    findings = []
    for parent in whole.values():
        parts = [whole.get(code) for code in parent.get("parts") or []]
        if len(parts) > 1 and all(parts) and not parent.get("distribution"):
            findings += _attack_parent(parent, parts, threshold)
    return findings


def _attack_parent(parent, parts, threshold):
    members = [frozenset(part["members"]) for part in parts]
    answered = {p: sum(p in m for m in members) for p in frozenset().union(*members)}
    scored = frozenset(parent["members"])
    weights = {
        p: (Fraction(1, k) if p in scored else 0) - Fraction(1, len(parts))
        for p, k in answered.items()
        if k < len(parts)
    }
    if not 0 < len(weights) < threshold or len(set(weights.values())) > 1:
        return []
    lowest, highest = sum_range(parent)
    for part in parts:
        low, high = sum_range(part)
        lowest, highest = lowest - high / len(parts), highest - low / len(parts)
    weight = next(iter(weights.values()))
    answers = sum(answered[p] for p in weights)
    open_below = any(low < high for low, high in map(sum_range, parts))
    possible = [
        x
        for x in range(answers, HIGHEST_SCORE * answers + 1)
        if lowest <= weight * x < highest and not (open_below and lowest == weight * x)
    ]
    if len(possible) == 1:
        return [Finding(parent["figure"], frozenset(weights), "sum of scores of those who skipped an item")]
    return []
