"""Hours held against a plan, and what they cost: whole minutes and whole cents that add up. No database, no clock."""

import datetime
from bisect import bisect_right
from decimal import Decimal

from backbone.minutes import split

WHOLE = 100
CENT = Decimal("0.01")


def percent(part, whole):
    """Rounded half up, None of nothing."""
    return (part * 200 + whole) // (whole * 2) if whole else None


def plan_of_day(plans, day):
    """The plan in force on a day: the last that begins no later. `plans` are (first day, plan), in their order; of two that
    begin on one day the later counts. None before the first."""
    place = bisect_right([first for first, _plan in plans], day)
    return plans[place - 1][1] if place else None


def planned_minutes(phases):
    """What the plans foresaw of the minutes that were logged: {key: minutes}, which add up to all of `phases`.

    `phases` are pairs of the minutes logged while a plan was in force and its percentages by key.
    """
    planned = {}
    for minutes, percents in phases:
        for key, number in split(minutes, percents).items():
            planned[key] = planned.get(key, 0) + number
    return planned


def split_money(amount, minutes):
    """An amount by key, in proportion to minutes and to the cent; {} where no minutes were logged."""
    if not sum(minutes.values()):
        return {}
    cents = split(int(amount / CENT), minutes)
    return {key: number * CENT for key, number in cents.items()}


def fiscal_year_of(day, starts_in):
    """(first day, last day) of the fiscal year in which `day` lies, where years start in month `starts_in`."""
    first = datetime.date(day.year if day.month >= starts_in else day.year - 1, starts_in, 1)
    return first, last_day_of(first)


def last_day_of(first):
    """The last day of the year that starts on `first`, the first of a month."""
    return first.replace(year=first.year + 1) - datetime.timedelta(days=1)


def name_of_year(first):
    """ "2026", or "2026/27" where the year does not start in January."""
    return str(first.year) if first.month == 1 else f"{first.year}/{(first.year + 1) % 100:02d}"
