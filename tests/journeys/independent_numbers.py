"""Rounding, Wilson's interval as people, and the verdict on a change: written from their definitions alone."""

import math
from fractions import Fraction

Z = 1.959963984540054
LEAST_RESPONDENTS, LEAST_SHARE = 2, Fraction(5, 100)


def half_up(value):
    """Whole number, halves away from zero."""
    return math.floor(value + Fraction(1, 2)) if value >= 0 else -math.floor(-value + Fraction(1, 2))


def wilson(count, n, population):
    """Limits of the share, 95 %, the sample size corrected for a finite population."""
    share = count / n
    if n == population:
        return share, share
    size = n * (population - 1) / (population - n)
    denominator = size + Z**2
    middle = (size * share + Z**2 / 2) / denominator
    half = Z * math.sqrt(size * share * (1 - share) + Z**2 / 4) / denominator
    return middle - half, middle + half


def people_range(count, n, population):
    """(low, high, of): people of all asked, rounded outward, no fewer than said so and no more than could have."""
    low, high = wilson(count, n, population)
    most = count + population - n
    return max(count, math.floor(low * population + 1e-9)), min(most, math.ceil(high * population - 1e-9)), population


def newcombe(before, now):
    earlier, later = wilson(*before), wilson(*now)
    p, q = before[0] / before[1], now[0] / now[1]
    return (
        q - p - math.sqrt((q - later[0]) ** 2 + (earlier[1] - p) ** 2),
        q - p + math.sqrt((later[1] - q) ** 2 + (p - earlier[0]) ** 2),
    )


def verdict(before, now):
    """up, down or no_clear_change between two (count, n, population)."""
    difference = Fraction(now[0], now[1]) - Fraction(before[0], before[1])
    large = abs(difference) >= LEAST_SHARE and abs(difference) * min(before[1], now[1]) >= LEAST_RESPONDENTS
    low, high = newcombe(before, now)
    if large and low > 0:
        return "up"
    return "down" if large and high < 0 else "no_clear_change"


def change_between(before, now):
    """{verdict, previous, points, low, high, and what would have been clear}."""
    difference = Fraction(now[0], now[1]) - Fraction(before[0], before[1])
    low, high = newcombe(before, now)
    said = {
        "verdict": verdict(before, now),
        "previous": (before[0], before[1], half_up(Fraction(100 * before[0], before[1]))),
        "points": half_up(100 * difference),
        "low": half_up(Fraction(1000 * low).limit_denominator(10**9)) / 10,
        "high": half_up(Fraction(1000 * high).limit_denominator(10**9)) / 10,
    }
    if said["verdict"] == "no_clear_change":
        n, population = now[1:]
        ups = [c for c in range(n + 1) if verdict(before, (c, n, population)) == "up"]
        downs = [c for c in range(n + 1) if verdict(before, (c, n, population)) == "down"]
        said |= {"up_from": min(ups, default=None), "down_to": max(downs, default=None)}
    return said
