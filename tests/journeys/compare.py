"""The pages of a round held against the independent computation: each difference is one line, an empty list is agreement."""

import re

from tests.journeys.independent import FUNCTION, INDICATOR, folded
from tests.journeys.printed import figure_page, in_short, number, overview, panel

UP_FROM, DOWN_TO = re.compile(r"(\d+) of \d+ or more"), re.compile(r"(\d+)(?: of \d+)? or fewer")
RATE_WORDS = {
    "complete": "{} answered at least 80 % of the questions",
    "partial": "{} answered at least half",
    "break_off": "{} answered less than half",
    "unanswered": "{} did not answer",
    "opted_out": "{} wants no mail",
    "bounced": "{} could not be reached",
    "left": "{} had left or was the wrong one to ask",
}


def as_printed(expected, invited):
    """An Expected as the page has to put it: head, words, verdict, and the numbers of its sentences."""
    said, n = expected.said, expected.n
    kind = {"count": "said"}.get(next(iter(said)), next(iter(said)))
    count = next(iter(said.values()))
    head = {"count": f"{count} of {n}", "at_most": f"at most {count} of {n}", "at_least": f"at least {count} of {n}"}
    sentences = {kind: (count, n, invited)}
    if expected.people:
        low, high, of = expected.people
        sentences["people"] = (of, low, high)
    else:
        sentences["coded"] = ()
    sentences |= {
        k: (v,) for k, v in (("dont_know", expected.dont_know), ("not_applicable", expected.not_applicable)) if v
    }
    if expected.is_uncoded:
        sentences["uncoded"] = ()
    if expected.mean:
        sentences["mean"] = (float(expected.mean),)
    return {
        "head": head[next(iter(said))],
        "words": "favourable" if expected.percent is None else f"favourable ({expected.percent}\u202f%)",
        "verdict": expected.change["verdict"],
        "sentences": sentences | _change_sentence(expected),
    }


def _change_sentence(expected):
    change = expected.change
    if change["verdict"] in ("baseline", "too_few"):
        return {change["verdict"]: ()}
    now = (expected.said["count"], expected.n, expected.percent)
    needed = (change.get("up_from"), change.get("down_to")) if change["verdict"] == "no_clear_change" else (None, None)
    return {"change": (*change["previous"], *now, change["points"], change["low"], change["high"], *needed)}


def as_read(printed):
    """The same of what a page printed."""
    sentences = {kind: tuple(map(number, found)) for kind, found in printed.sentences.items() if kind != "change"}
    if found := printed.sentences.get("change"):
        *numbers, needed = found
        wanted = [pattern.search(needed or "") for pattern in (UP_FROM, DOWN_TO)]
        sentences["change"] = (*map(number, numbers), *(match and int(match[1]) for match in wanted))
    return {"head": printed.head, "words": printed.words, "verdict": printed.verdict, "sentences": sentences}


def differences(round, pages, dashboard, *, invited):
    """Every figure of the round's pages ({code: HTML}) and of the committee's page; [] where all are equal."""
    found = []

    def check(place, printed, expected):
        # Pairs are told only where the audit leaves room for them; where they are told the numbers must be these.
        pairs = printed["sentences"].pop("paired", None) if isinstance(printed, dict) else None
        if pairs is not None and pairs != round.expected[place.split()[0]].paired:
            found.append(f"{place}: pairs {pairs} instead of {round.expected[place.split()[0]].paired}")
        if printed != expected:
            found.append(f"{place}: the page has {printed}, the computation {expected}")

    shown = {code: as_printed(expected, invited) for code, expected in round.expected.items()}
    text_of_item = {item.code: item.text for item in round.questionnaire.items}
    told = {code: rank for code, (rank, _items) in round.figures.items() if rank in (INDICATOR, FUNCTION)}
    check("pages", set(pages), set(told))
    summary = {code: as_read(printed) for code, printed in overview(dashboard).items()}
    check("figures of the committee's page", set(summary), set(told))
    for code, rank in told.items():
        whole, cells, items, _earlier = figure_page(pages[code])
        check(code, as_read(whole), shown[code])
        check(f"{code} on the committee's page", summary.get(code), shown[code])
        labels = {
            ("group", folded(label)) if name == "group" else (name, label): w for (name, label), w in cells.items()
        }
        found += cell_differences(code, labels, round.expected[code])
        mine = {text_of_item[item.code]: item.code for item in round.figures[code][1]} if rank == INDICATOR else {}
        check(f"items of {code}", set(items), set(mine))
        for text, (printed, spread) in items.items():
            check(mine.get(text), as_read(printed), shown.get(mine.get(text)))
            check(f"{mine.get(text)} answers", spread, round.expected[mine[text]].distribution)
    return found + list(_panel_differences(round, dashboard)) + list(_overview_differences(round, dashboard, shown))


def step_of(labels, expected):
    """At which step of the retreat a page stands: the first whose words for all cells are the page's, else None."""
    return next((number for number, cells in enumerate(expected.cells) if cells == labels), None)


def cell_differences(code, labels, expected):
    """The page may stand back further than the computation finds necessary (it may hide too much, never too little); at the
    step where it stands every cell must be equal."""
    step = step_of(labels, expected)
    if step is None:
        cells = expected.cells[expected.needed]
        return [
            f"{code} {k}: {labels.get(k)} instead of {cells.get(k)}"
            for k in {*labels, *cells}
            if labels.get(k) != cells.get(k)
        ]
    # Pairs are not printed, so the steps with and without them read alike.
    if expected.cells[step] != expected.cells[expected.needed] and step < expected.needed:
        return [f"{code}: the page says more than it may, step {step} instead of {expected.needed}"]
    return []


def _overview_differences(round, dashboard, shown):
    for function, (figure, verdict, _time) in in_short(dashboard).items():
        expected = shown.get(function)
        wanted = (expected["head"], expected["verdict"]) if expected else ("no answers yet", None)
        if expected and (figure, verdict) != wanted:
            yield f"{function} in short: {(figure, verdict)} instead of {wanted}"


def _panel_differences(round, dashboard):
    rates, sentences, missing = panel(dashboard)
    for unit, (outcomes, answered, of) in round.rates().items():
        wanted = f"{answered} of {of} ({(200 * answered + of) // (2 * of)}\u202f%)"
        if rates[unit.capitalize()] != wanted:
            yield f"{unit}: {rates[unit.capitalize()]} instead of {wanted}"
        sentence = next(s for s in sentences if s.startswith(unit.capitalize()))
        printed = sorted(map(int, re.findall(r"\b(\d+) (?!%)", sentence)))
        if printed != sorted(n for n in outcomes.values() if n):
            yield f"{unit}: {sentence} instead of {outcomes}"
    said = set(missing)
    expected = {
        f"{cell}: {some} of {asked} {'has' if some == 1 else 'have'} not answered"
        for cell, (some, asked) in (round.missing() or {}).items()
    }
    if said != expected:
        yield f"missing: {said ^ expected}"
