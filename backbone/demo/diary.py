"""The demo's year of activities, made from activities.toml: the same every time. Pure."""

import datetime
from dataclasses import dataclass

from backbone.demo.answers import draw

SATURDAY = 5


@dataclass(frozen=True)
class Entry:
    """One activity. `people` are keys of initiative.toml, `functions` weights by code, `group`, `partners` and `target_audiences`
    names, `reached` a range of people as it is typed, `days` a number as it is typed."""

    title: str
    held_on: datetime.date
    minutes: int
    functions: dict
    people: tuple
    group: str
    partners: tuple
    outcome: str
    behind_the_scenes: bool
    kind: str
    engagement_level: str
    audience: str
    topic: str
    days: str
    reached: str
    target_audiences: tuple


def entries(diary, partners_by_sector, today):
    """All entries, oldest first. `partners_by_sector`: {sector: names of organisations}."""
    made = [
        _entry(diary, number, turn, partners_by_sector, today)
        for number, kind in enumerate(diary["kinds"])
        for turn in range(kind["times"])
    ]
    return sorted(made, key=lambda entry: entry.held_on)


def _entry(diary, number, turn, partners_by_sector, today):
    kind, chance = diary["kinds"][number], draw("diary", number, turn)
    group = kind.get("group", "")
    group = diary["groups"][turn % len(diary["groups"])] if group == "any" else group
    partners = _partners(kind, partners_by_sector, chance)
    title = kind["titles"][turn % len(kind["titles"])]
    topic, what = _in_turn(kind, "topics", turn), kind.get("kind", "work")
    target = _in_turn(kind, "target_audiences", turn)
    return Entry(
        title=title.format(group=group, partner=partners[0] if partners else "", topic=topic),
        held_on=_day(diary, kind, turn, chance, today),
        minutes=chance.choice(kind["minutes"]),
        functions=kind["functions"],
        people=tuple(kind["people"]),
        group=group,
        partners=partners,
        outcome=chance.choice(kind["outcomes"]),
        behind_the_scenes=kind.get("behind_the_scenes", False),
        kind=what,
        engagement_level=_in_turn(kind, "levels", turn),
        audience=_in_turn(kind, "audiences", turn),
        topic=topic if what == "assistance" else "",
        days=_in_turn(kind, "days", turn),
        reached=_in_turn(kind, "reached", turn),
        target_audiences=(target,) if target else (),
    )


def _in_turn(kind, name, turn):
    choices = kind.get(name, [""])
    return choices[turn % len(choices)]


def _partners(kind, partners_by_sector, chance):
    names = sorted(
        name
        for sector, found in partners_by_sector.items()
        if sector in kind.get("sectors", [sector])
        for name in found
    )
    return tuple(chance.sample(names, kind.get("partners", 0)))


def _day(diary, kind, turn, chance, today):
    """A weekday at about the same distance from the one before; never after `today`."""
    begins = kind.get("begins", 0)
    place = begins + (1 - begins) * (turn + chance.random()) / kind["times"]
    day = today - datetime.timedelta(days=round((1 - place) * diary["days"]))
    return day - datetime.timedelta(days=max(0, day.weekday() - SATURDAY + 1))
