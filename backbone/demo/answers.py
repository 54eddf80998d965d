"""How the demo's partners answer: the same every time it is loaded, and different for everybody. Pure.

Each draw has a seed of its own made from words, so that a person's mood is the same in every round, and a change in one
place does not move everything else.
"""

import random
from dataclasses import dataclass

LOWEST, HIGHEST = 1, 5
MOOD, VIEW, NOISE = 0.4, 0.35, 0.55
SKIPPED, DOES_NOT_APPLY = 0.012, 0.015
# Of those who begin: some stop half way and send what they have, some never send it.
STOP_EARLY, NEVER_SEND = 0.06, 0.04
RECALLS, COMMENTS = 0.6, 0.2
DAYS_AFTER_A_MAIL = [0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6]


@dataclass(frozen=True)
class Person:
    """Who answers: `key` tells people apart, `cell` is the sector or cluster they are shown in."""

    key: str
    cell: str
    language: str


@dataclass(frozen=True)
class Sent:
    """What one person sends: `seconds` after the round opened, and whether it was handed in or stayed a draft."""

    answers: dict
    seconds: float
    is_final: bool


@dataclass(frozen=True)
class Script:
    """One round as rounds.toml tells it. `number` counts the rounds of its instrument from 0, `days` is how long it runs."""

    code: str
    number: int
    response: float
    days: int
    mails_on: tuple
    levels: dict
    leanings: dict
    eagerness: dict
    dont_know: dict
    texts: dict


def draw(*words):
    return random.Random("riverbend " + " ".join(map(str, words)))


def reply_of(definition, script, person):
    """What `person` `Sent` in the round, or None."""
    begins = 0.7 * draw(person.key, "eager").random() + 0.3 * draw(person.key, script.code, "eager").random()
    if _spread(begins) > script.response + script.eagerness.get(person.cell, 0):
        return None
    chance = draw(person.key, script.code, "answers")
    fate, answers = chance.random(), {}
    sections = definition.sections
    if fate < STOP_EARLY + NEVER_SEND:
        sections = sections[: max(1, round(len(sections) * (0.65 if fate < STOP_EARLY else 0.35)))]
    for section in sections:
        for question in section.questions:
            answers |= _answer(question, script, person, chance)
    seconds = _moment(script, chance)
    return Sent(answers, seconds, is_final=not STOP_EARLY <= fate < STOP_EARLY + NEVER_SEND)


def _spread(value):
    """The share of people whose `value` (0.7 of one even draw and 0.3 of another) is smaller: made even again."""
    if value < 0.3:
        return value * value / 0.42
    if value > 0.7:
        return 1 - (1 - value) ** 2 / 0.42
    return (value - 0.15) / 0.7


def _answer(question, script, person, chance):
    if question.kind == "matrix":
        given = ((item.code, _rating(item, script, person, chance)) for item in question.items)
        return {code: value for code, value in given if value is not None}
    share = RECALLS if question.code != "comment" else COMMENTS
    texts = script.texts.get(question.code, {}).get(person.language)
    return {question.code: chance.choice(texts)} if texts and chance.random() < share else {}


def _rating(item, script, person, chance):
    """1 to 5 as ticked, "dk", "na" or None; every item feeds one indicator."""
    indicator, fate = item.indicators[0], chance.random()
    dont_know = script.dont_know.get(indicator, script.dont_know["default"])
    if fate < SKIPPED + DOES_NOT_APPLY + dont_know:
        return None if fate < SKIPPED else "na" if fate < SKIPPED + DOES_NOT_APPLY else "dk"
    level = script.levels[indicator][script.number] + script.leanings.get(person.cell, {}).get(indicator, 0)
    mood, view = draw(person.key, "mood").gauss(0, MOOD), draw(person.key, indicator).gauss(0, VIEW)
    value = min(HIGHEST, max(LOWEST, round(level + mood + view + chance.gauss(0, NOISE))))
    return LOWEST + HIGHEST - value if item.reverse else value


def _moment(script, chance):
    """Seconds from opening until this person is done: soon after one of the mails, in office hours, before the end."""
    day = chance.choice(script.mails_on) + chance.choice(DAYS_AFTER_A_MAIL)
    return min(day, script.days - 1) * 86_400 + chance.uniform(0.2, 8.5) * 3_600
