"""What the partners of the journey think: drawn with a seed, so that each run sends the same."""

import random
from dataclasses import dataclass, field

TEXT = "gv1_recall"


@dataclass
class Reply:
    """`kind`: full, most (leaves pages out), little (sends almost nothing), draft (never sends), left, opted_out, none."""

    kind: str
    answers: dict = field(default_factory=dict)


def draw(people, questionnaire, *, seed, silent, content, raised=()):
    """{address: Reply} for `people` ({address: Person}).

    `silent`: a sector of which only three answer. `content`: a sector that agrees with everything in `raised` or
    not. `raised`: {indicator: how much more (less) likely agreement is}.
    """
    chance, raised = random.Random(seed), dict(raised)
    replies = {}
    answered_of_silent = 0
    for address in sorted(people):
        kind = chance.choices(["full", "most", "little", "draft", "none"], [62, 4, 2, 2, 30])[0]
        if people[address].sector == silent:
            kind = "full" if answered_of_silent < 3 else "none"
            answered_of_silent += 1
        leaning = chance.gauss(0.62, 0.12) + (1 if people[address].sector == content else 0)
        replies[address] = Reply(kind, _answers(chance, questionnaire, kind, leaning, raised))
    return replies


def _answers(chance, questionnaire, kind, leaning, raised):
    answers = {}
    for number, page in enumerate(questionnaire.pages):
        if (kind == "most" and number == 2) or (kind in ("little", "draft") and number > 1):
            continue
        for code in page:
            answers |= _answer(chance, questionnaire, code, leaning, raised)
    return answers


def _answer(chance, questionnaire, code, leaning, raised):
    item = next((item for item in questionnaire.items if item.code == code), None)
    if item is None:
        return (
            {code: chance.choice(["Schools and work, together.", "¡Que nadie quede atrás!"])}
            if chance.random() < 0.4
            else {}
        )
    aside = chance.random()
    if aside < 0.05:
        return {}
    if aside < 0.12:
        return {code: "dk" if aside < 0.09 else "na"}
    agrees = chance.random() < leaning + sum(raised.get(code, 0) for code in item.indicators)
    value = chance.choice([4, 4, 5]) if agrees else chance.choice([1, 2, 3, 3])
    return {code: 6 - value if item.reverse else value}
