"""What a round must say on the committee's page, computed again from what partners sent, by other code.

Nothing of the product is imported here (a test reads the imports). Input: the roster as the CSV file has it, the
questionnaire as its TOML file has it, the addresses that mails went to, and the answers as they were sent.
"""

import csv
import tomllib
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from tests.journeys.independent_disclosure import Sets, code_of, settle
from tests.journeys.independent_numbers import change_between, half_up, people_range

THRESHOLD, DETAILS_FROM = 5, 10
DONT_KNOW, NOT_APPLICABLE = "dk", "na"
ITEM, INDICATOR, FUNCTION = range(3)


def folded(name):
    """Letters and digits alone: what two spellings of one name have in common."""
    return "".join(c for c in unicodedata.normalize("NFKD", name).casefold() if c.isalnum())


@dataclass(frozen=True)
class Person:
    organisation: str
    sector: str
    groups: frozenset


def read_roster(path):
    """{address: Person} of a partners file; an organisation's sector is the one most of its rows name. Names are folded."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["E-mail"]]
    votes = defaultdict(Counter)
    for row in rows:
        votes[folded(row["Organization"])][folded(row["Sector"])] += 1
    people = {}
    for row in rows:
        organisation = folded(row["Organization"])
        groups = frozenset(folded(group) for group in (row["Groups"] or "").split(";") if group.strip())
        sector = votes[organisation].most_common(1)[0][0]
        people.setdefault(row["E-mail"].strip().lower(), Person(organisation, sector, groups))
    return people


@dataclass(frozen=True)
class Item:
    code: str
    text: str
    reverse: bool
    indicators: tuple


@dataclass(frozen=True)
class Questionnaire:
    """`pages`: the codes of everything asked, page by page. `uncoded`: indicators that have an open question besides, whose
    answers staff have yet to code."""

    items: tuple
    pages: tuple
    uncoded: frozenset


def read_questionnaire(path):
    document = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    items, pages, uncoded = [], [], set()
    for section in document["sections"]:
        page = []
        for question in section["questions"]:
            rows = question.get("items", [])
            uncoded |= set(question["indicators"]) if question.get("coded") else set()
            items += [Item(r["code"], r["text"]["en"], r.get("reverse", False), tuple(r["indicators"])) for r in rows]
            page += [row["code"] for row in rows] or [question["code"]]
        pages.append(tuple(page))
    return Questionnaire(tuple(items), tuple(pages), frozenset(uncoded))


def read_functions(path):
    """{function: its indicators} of the catalogue's file."""
    functions = defaultdict(list)
    for indicator in tomllib.loads(Path(path).read_text(encoding="utf-8"))["indicator"]:
        functions[indicator["function"]].append(indicator["code"])
    return dict(functions)


@dataclass(frozen=True)
class Sent:
    """What one partner did: `answers` as the forms sent them, `is_final` once submitted; `became`: "left", "opted_out"
    or "bounced" where that happened."""

    answers: dict = field(default_factory=dict)
    is_final: bool = False
    became: str = ""


@dataclass(frozen=True)
class Expected:
    """A figure. `said`: {"count"}, {"at_most"} or {"at_least"}.

    `cells`: {(breakdown, name): words} for each step of the retreat that the audit of values may ask for, from the one that
    says most; `needed` is the first at which nobody is given away. `paired`: (n, rose, fell) of the same people in both
    rounds, where it may be told.
    """

    n: int
    said: dict
    percent: int | None
    people: tuple | None
    dont_know: int
    not_applicable: int
    mean: str | None
    distribution: tuple | None
    change: dict
    cells: list
    needed: int
    is_uncoded: bool = False
    paired: tuple | None = None


class Round:
    """`invited`: the addresses that mails went to (or were refused). `sent`: {address: Sent}. `roster`: {address: Person}.

    `cells`: the sector clusters by name, as the director saw them before sending: {name: folded sectors}.
    """

    def __init__(self, *, invited, sent, roster, cells, questionnaire, functions, before=None):
        self.sent, self.roster, self.questionnaire = sent, roster, questionnaire
        self.invited, self.before, self.functions = sorted(invited), before, functions
        self.cell_of_sector = {sector: name for name, sectors in cells.items() for sector in sectors}
        self._scores = {}
        self.eligible = [a for a in self.invited if self.sent_by(a).became != "left"]

    def sent_by(self, address):
        return self.sent.get(address, Sent())

    def cell(self, address):
        return self.cell_of_sector[self.roster[address].sector]

    def outcome(self, address):
        """complete, partial, break_off, unanswered, or what became of it."""
        sent = self.sent_by(address)
        answered = sum(item.code in sent.answers for item in self.questionnaire.items)
        asked = len(self.questionnaire.items)
        if sent.is_final and 10 * answered >= 8 * asked:
            return "complete"
        if sent.is_final and 2 * answered >= asked:
            return "partial"
        return "break_off" if answered else sent.became or "unanswered"

    @cached_property
    def respondents(self):
        return [a for a in self.eligible if self.outcome(a) in ("complete", "partial")]

    @cached_property
    def figures(self):
        """{code: (rank, its items)} of every figure that is told."""
        figures = {item.code: (ITEM, [item]) for item in self.questionnaire.items}
        indicators = defaultdict(list)
        for item in self.questionnaire.items:
            for code in item.indicators:
                indicators[code].append(item)
        figures |= {code: (INDICATOR, items) for code, items in indicators.items()}
        for function, codes in self.functions.items():
            having = [code for code in codes if any(self.scores(indicators.get(code, [])).values())]
            if function != "governance" and having and 2 * len(having) >= len(codes):
                inside = [item for item in self.questionnaire.items if set(item.indicators) & set(codes)]
                figures[function] = (FUNCTION, inside)
        return figures

    def scores(self, items):
        codes = tuple(item.code for item in items)
        if codes not in self._scores:
            self._scores[codes] = self._compute(items)
        return self._scores[codes]

    def _compute(self, items):
        """{address: mean of the answered items in the keyed direction}, of those who answered at least half of them."""
        scores = {}
        for address in self.respondents:
            given = [(item, self.sent_by(address).answers.get(item.code)) for item in items]
            values = [6 - int(v) if item.reverse else int(v) for item, v in given if v is not None and v.isdigit()]
            if values and 2 * len(values) >= len(items):
                scores[address] = Fraction(sum(values), len(values))
        return scores

    def beside(self, items):
        """(don't know, does not apply): who said so of every item of a figure."""
        said = [{self.sent_by(a).answers.get(item.code) for item in items} for a in self.respondents]
        inapplicable = sum(each == {NOT_APPLICABLE} for each in said)
        return sum(each <= {DONT_KNOW, NOT_APPLICABLE} for each in said) - inapplicable, inapplicable

    @cached_property
    def expected(self):
        """{code: Expected} of every figure of the page."""
        return {code: self._expected(code) for code in self.figures}

    def share(self, code):
        """(count, n, everybody to whom it applies)."""
        scores = self.scores(self.figures[code][1])
        favourable = sum(score >= Fraction(7, 2) for score in scores.values())
        return favourable, len(scores), len(self.eligible) - self.beside(self.figures[code][1])[1]

    def _expected(self, code):
        rank, items = self.figures[code]
        scores = self.scores(items)
        count, n, population = self.share(code)
        said = code_of(count, n)
        exact = "count" in said
        unknown, inapplicable = self.beside(items)
        cells, needed = ([], 0) if rank == ITEM else self._cells(code, scores)
        detailed = exact and n >= DETAILS_FROM and not self._has_near_relative(rank, items, set(scores))
        return Expected(
            n=n,
            said=said,
            percent=half_up(Fraction(100 * count, n)) if exact else None,
            people=people_range(count, n, population) if exact else None,
            dont_know=unknown,
            not_applicable=inapplicable,
            mean=f"{half_up(10 * sum(scores.values()) / n) / 10:.1f}" if detailed else None,
            distribution=self._distribution(items[0].code, scores) if detailed and rank == ITEM else None,
            change=self._change(code, (count, n, population) if exact else None),
            cells=cells,
            needed=needed,
            is_uncoded=code in self.questionnaire.uncoded,
            paired=None if rank == ITEM else self._paired(code, scores),
        )

    def _has_near_relative(self, rank, items, present):
        mine = {item.code for item in items}
        above = [i for other, i in self.figures.values() if other > rank and mine & {item.code for item in i}]
        return any(1 <= len(present ^ set(self.scores(i))) < THRESHOLD for i in above)

    def _distribution(self, code, scores):
        chosen = Counter(self.sent_by(address).answers[code] for address in scores)
        return tuple(chosen[str(option)] for option in range(1, 6))

    def _change(self, code, now):
        if self.before is None:
            return {"verdict": "baseline"}
        if now is None:
            return {"verdict": "too_few"}
        before = self.before.share(code)
        return change_between(before, now) if "count" in code_of(*before[:2]) else {"verdict": "too_few"}

    def _cells(self, code, scores):
        """{(breakdown, name): words} after suppression, audit and coding."""
        sectors = {
            ("sector", name): {a for a in self.respondents if self.cell(a) == name} for name in self._asked_cells
        }
        groups = {
            ("group", group): {a for a in self.respondents if group in self.roster[a].groups}
            for group in self._asked_groups
        }
        sets = Sets(
            everybody=set(self.respondents),
            sectors=sectors,
            groups=groups,
            organisation={a: self.roster[a].organisation for a in self.respondents},
            favourable={a: score >= Fraction(7, 2) for a, score in scores.items()},
            matched=self._matched(code, scores),
        )
        steps, needed = settle(sets, THRESHOLD)
        asked = Counter(("sector", self.cell(a)) for a in self.eligible)
        asked.update(("group", group) for a in self.eligible for group in self.roster[a].groups)
        empty = {key for key in steps[0] if not any(a in scores for a in (sectors | groups)[key])}
        silent = {k: "no answers yet" if asked[k] >= THRESHOLD else "too few answers to show" for k in empty}
        return [words | silent for words in steps], needed

    def _paired(self, code, scores):
        matched = self._matched(code, scores)
        if matched is None:
            return None
        now = {a: scores[a] >= Fraction(7, 2) for a in matched[0]}
        rose = sum(now[a] and not was for a, was in matched[0].items())
        return len(now), rose, sum(was and not now[a] for a, was in matched[0].items())

    def _matched(self, code, scores):
        """Who has a score in both rounds, with how many have one in the earlier round and how many are favourable."""
        if self.before is None or code not in self.before.figures:
            return None
        earlier = self.before.scores(self.before.figures[code][1])
        return {a: earlier[a] >= Fraction(7, 2) for a in scores if a in earlier}, [
            score >= Fraction(7, 2) for score in earlier.values()
        ]

    @cached_property
    def _asked_cells(self):
        return sorted({self.cell(address) for address in self.eligible})

    @cached_property
    def _asked_groups(self):
        return sorted({group for address in self.eligible for group in self.roster[address].groups})

    def rates(self):
        """{"people": (outcomes, answered, of), "organisations": …}."""
        best = ["complete", "partial", "break_off", "unanswered", "opted_out", "bounced", "left"]
        people = Counter(self.outcome(address) for address in self.invited)
        outcomes = {}
        for address in self.invited:
            organisation, outcome = self.roster[address].organisation, self.outcome(address)
            outcomes[organisation] = min(outcomes.get(organisation, outcome), outcome, key=best.index)
        return {"people": _rate(people), "organisations": _rate(Counter(outcomes.values()))}

    def missing(self):
        """{cell: (missing, asked)} where at least `threshold` were asked; None from 80 % on."""
        answered, of = len(self.respondents), len(self.eligible)
        if half_up(Fraction(100 * answered, of)) >= 80:
            return None
        asked = Counter(self.cell(a) for a in self.eligible)
        missing = Counter(self.cell(a) for a in self.eligible if a not in self.respondents)
        assert min(asked.values()) >= THRESHOLD
        return {cell: (missing[cell], asked[cell]) for cell in asked if missing[cell]}


def _rate(outcomes):
    of = sum(outcomes.values()) - outcomes["left"]
    return dict(outcomes), outcomes["complete"] + outcomes["partial"], of
