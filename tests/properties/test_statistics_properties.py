"""What holds for every share, interval and verdict, whatever the numbers."""

import math
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.statistics import (
    Share,
    Verdict,
    compare,
    exact_mcnemar,
    needed_change,
    newcombe,
    people_interval,
    percentage,
    wilson,
)

bounded = settings(max_examples=150, deadline=None, derandomize=True)


@st.composite
def shares(draw, *, with_population=None, most=300):
    n = draw(st.integers(1, most))
    known = draw(st.booleans()) if with_population is None else with_population
    population = n + draw(st.integers(0, most)) if known else None
    return Share(draw(st.integers(0, n)), n, population)


def interval_of(share):
    return wilson(share.count, share.n, share.population)


@bounded
@given(shares())
def test_interval_lies_in_0_to_1_and_contains_the_share(share):
    interval = interval_of(share)
    assert 0 <= interval.low <= share.value <= interval.high <= 1


@bounded
@given(shares())
def test_interval_of_the_others_is_its_mirror(share):
    interval, mirrored = interval_of(share), interval_of(share.complement)
    assert math.isclose(mirrored.low, 1 - interval.high, abs_tol=1e-12)
    assert math.isclose(mirrored.high, 1 - interval.low, abs_tol=1e-12)


@bounded
@given(shares(with_population=True))
def test_known_population_never_widens_the_interval(share):
    known, plain = interval_of(share), wilson(share.count, share.n)
    assert plain.low - 1e-12 <= known.low
    assert known.high <= plain.high + 1e-12


@bounded
@given(shares(with_population=False))
def test_census_gives_a_point(share):
    interval = wilson(share.count, share.n, share.n)
    assert interval.low == interval.high == share.value
    assert people_interval(share.count, share.n, share.n) == (share.count, share.count)


@bounded
@given(shares(with_population=True))
def test_people_are_possible_and_rounded_outward(share):
    low, high = people_interval(share.count, share.n, share.population)
    interval, most = interval_of(share), share.count + share.population - share.n
    assert share.count <= low <= high <= most
    # Outward: no narrower than the interval, except where the people who answered already exclude the rest.
    assert low <= max(interval.low * share.population, share.count) + 1e-6
    assert high >= min(interval.high * share.population, most) - 1e-6


@bounded
@given(shares(with_population=True))
def test_people_of_the_others_are_the_rest(share):
    low, high = people_interval(share.count, share.n, share.population)
    mirrored = people_interval(share.n - share.count, share.n, share.population)
    assert mirrored == (share.population - high, share.population - low)


@bounded
@given(shares(), shares())
def test_change_contains_the_difference_and_mirrors(previous, current):
    interval, back = newcombe(previous, current), newcombe(current, previous)
    difference = current.value - previous.value
    assert -1 <= interval.low <= difference + 1e-12
    assert difference - 1e-12 <= interval.high <= 1
    assert math.isclose(back.low, -interval.high, abs_tol=1e-12)
    assert math.isclose(back.high, -interval.low, abs_tol=1e-12)


@bounded
@given(shares(most=80), shares(most=80))
def test_verdict_is_what_interval_respondents_and_points_say(previous, current):
    change = compare(previous, current)
    difference = Fraction(current.count, current.n) - Fraction(previous.count, previous.n)
    people = abs(difference) * min(previous.n, current.n)
    large = people >= 2 and abs(difference) >= Fraction(5, 100)
    assert (change.verdict == Verdict.UP) == (large and change.interval.low > 0)
    assert (change.verdict == Verdict.DOWN) == (large and change.interval.high < 0)
    assert (change.needed is None) == (change.verdict != Verdict.NO_CLEAR_CHANGE)


OPPOSITE = {Verdict.UP: Verdict.DOWN, Verdict.DOWN: Verdict.UP, Verdict.NO_CLEAR_CHANGE: Verdict.NO_CLEAR_CHANGE}


@bounded
@given(shares(most=80), shares(most=80))
def test_verdict_turns_round_with_the_rounds_and_with_the_answers(previous, current):
    verdict = compare(previous, current).verdict
    assert compare(current, previous).verdict == OPPOSITE[verdict]
    assert compare(previous.complement, current.complement).verdict == OPPOSITE[verdict]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(shares(most=40), st.integers(1, 40), st.integers(0, 40), st.booleans())
def test_needed_change_is_where_the_verdicts_turn(previous, n, more, known):
    population = n + more if known else None
    needed = needed_change(previous, n, population)
    verdicts = [compare(previous, Share(count, n, population)).verdict for count in range(n + 1)]
    ups = [count for count, verdict in enumerate(verdicts) if verdict == Verdict.UP]
    downs = [count for count, verdict in enumerate(verdicts) if verdict == Verdict.DOWN]
    assert needed.up_count == (min(ups) if ups else None)
    assert needed.down_count == (max(downs) if downs else None)


@bounded
@given(shares(with_population=False))
def test_percentage_is_the_nearest_with_halves_up(share):
    exact = Fraction(100 * share.count, share.n)
    assert percentage(share.count, share.n) == math.floor(exact + Fraction(1, 2))


@bounded
@given(st.integers(0, 200), st.integers(0, 200))
def test_mcnemar_is_the_exact_sum_of_coin_throws(rose, fell):
    thrown = rose + fell
    tail = sum(math.comb(thrown, few) for few in range(min(rose, fell) + 1))
    assert math.isclose(exact_mcnemar(rose, fell), min(1, Fraction(2 * tail, 2**thrown)), rel_tol=1e-9)
