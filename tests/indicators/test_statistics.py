"""Golden values of the field's statistics, and scipy and statsmodels as oracles that share no code with ours."""

import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from indicators.statistics import (
    Change,
    Interval,
    Needed,
    Outcome,
    Outcomes,
    Paired,
    Share,
    Verdict,
    compare,
    cronbach_alpha,
    describe,
    exact_mcnemar,
    favourable,
    needed_change,
    newcombe,
    one_decimal,
    organisation_outcomes,
    paired,
    people_interval,
    percentage,
    percentage_one_decimal,
    response_rates,
    scale_reliability,
    tally,
    wilson,
)

SCALE = np.array([(4, 4, 5), (3, 3, 4), (5, 5, 5), (2, 3, 2), (4, 5, 4), (1, 2, 2)], dtype=float)
NONE = float("nan")


def limits(interval, digits=4):
    return round(interval.low, digits), round(interval.high, digits)


# Shares


@pytest.mark.parametrize(
    ("count", "n", "percent"), [(14, 18, 78), (1, 8, 13), (1, 200, 1), (3, 8, 38), (5, 200, 3), (0, 7, 0), (7, 7, 100)]
)
def test_percentage_rounds_halves_up(count, n, percent):
    assert percentage(count, n) == percent


def test_percentage_for_files_has_one_decimal_and_rounds_halves_up():
    assert [percentage_one_decimal(*share) for share in [(2, 3), (1, 16), (1, 2000), (0, 5)]] == [66.7, 6.3, 0.1, 0.0]


def test_share_of_nobody_is_missing_and_not_zero():
    assert (percentage(0, 0), percentage_one_decimal(0, 0), Share(0, 0).value, Share(0, 0).percent) == (None,) * 4


def test_one_decimal_rounds_halves_away_from_zero():
    assert [one_decimal(value) for value in (2.25, 2.35, 3.449, -2.25, 0, 1.005)] == [2.3, 2.4, 3.4, -2.3, 0.0, 1.0]


@pytest.mark.parametrize(("count", "n", "population"), [(6, 5, None), (-1, 5, None), (3, 5, 4)])
def test_share_refuses_counts_that_cannot_be(count, n, population):
    with pytest.raises(ValueError, match=r"is no share|population is too small"):
        Share(count, n, population)


def test_favourable_begins_at_three_and_a_half_also_where_binary_fractions_fall_short():
    scores = np.array([3.5, np.mean([3.3, 3.7]) - 4e-16, 3.4999, 4, 5, 1, NONE])
    assert favourable(scores).tolist() == [True, True, False, True, True, False, False]


def test_tally_leaves_missing_scores_out_of_n():
    counts, ns = tally(np.array([[4, NONE, NONE], [3, 5, NONE], [3.5, 2, NONE]]))
    assert (counts.tolist(), ns.tolist()) == ([2, 1, 0], [3, 2, 0])


# Wilson's interval


@pytest.mark.parametrize(
    ("count", "n", "population", "expected"),
    [
        (15, 20, None, (0.5313, 0.8881)),
        (15, 20, 30, (0.6254, 0.8435)),
        (0, 10, None, (0, 0.2775)),
        (10, 10, 14, (0.8943, 1)),
        (7, 20, 20, (0.35, 0.35)),
        (1, 1, 1, (1, 1)),
    ],
)
def test_wilson_gives_the_golden_limits(count, n, population, expected):
    assert limits(wilson(count, n, population)) == expected


def test_wilson_agrees_with_statsmodels():
    for n in (1, 2, 7, 30, 411):
        for count in {0, 1, n // 3, n - 1, n}:
            expected = proportion_confint(count, n, method="wilson")
            assert (wilson(count, n).low, wilson(count, n).high) == pytest.approx(expected, abs=1e-12)


def test_wilson_with_population_is_statsmodels_at_the_corrected_size():
    size = 15 * 39 / 25
    expected = proportion_confint(6 / 15 * size, size, method="wilson")
    assert (wilson(6, 15, 40).low, wilson(6, 15, 40).high) == pytest.approx(expected, abs=1e-12)


def test_wilson_has_nothing_to_say_where_nobody_answered():
    assert (wilson(0, 0), wilson(0, 0, 12), people_interval(0, 0, 12)) == (None, None, None)


@pytest.mark.parametrize(
    ("share", "people"),
    [
        ((15, 20, 30), (18, 25)),
        ((10, 10, 14), (12, 14)),
        ((0, 10, 14), (0, 2)),
        ((9, 20, 20), (9, 9)),
        ((0, 1, 2), (0, 1)),
    ],
)
def test_people_interval_is_whole_people_rounded_outward(share, people):
    assert people_interval(*share) == people


# Change


@pytest.mark.parametrize(
    ("previous", "current", "difference", "expected"),
    [
        ((18, 46), (32, 51), 0.236, (0.037, 0.411)),
        ((5, 49), (5, 52), -0.006, (-0.134, 0.118)),
    ],
)
def test_newcombe_gives_the_golden_limits(previous, current, difference, expected):
    interval = newcombe(Share(*previous), Share(*current))
    assert (round(Share(*current).value - Share(*previous).value, 3), limits(interval, 3)) == (difference, expected)


def test_newcombe_agrees_with_statsmodels():
    for before in [(0, 10), (3, 10), (18, 46), (50, 50)]:
        for after in [(0, 12), (7, 12), (40, 61), (12, 12)]:
            interval = newcombe(Share(*before), Share(*after))
            expected = confint_proportions_2indep(*after, *before, method="newcomb", compare="diff")
            assert (interval.low, interval.high) == pytest.approx(expected, abs=1e-12)


def test_newcombe_is_narrower_where_the_population_is_known():
    plain, known = newcombe(Share(9, 20), Share(14, 20)), newcombe(Share(9, 20, 30), Share(14, 20, 30))
    assert plain.low < known.low < 0.25 < known.high < plain.high


def test_change_is_up_where_the_interval_excludes_no_change():
    change = compare(Share(18, 46), Share(32, 51))
    assert (change.verdict, change.points, round(change.difference, 3), change.needed) == ("up", 24, 0.236, None)
    assert limits(change.interval, 3) == (0.037, 0.411)


def test_change_is_down_where_it_was_up_the_other_way_round():
    change = compare(Share(32, 51), Share(18, 46))
    assert (change.verdict, change.points, limits(change.interval, 3)) == ("down", -24, (-0.411, -0.037))


def test_change_within_the_interval_is_no_clear_change_and_says_what_would_have_been():
    change = compare(Share(5, 49), Share(5, 52))
    assert (change.verdict, change.points) == ("no_clear_change", -1)
    assert change.needed == Needed(up_count=14, up_points=17, down_count=0, down_points=-11)


@pytest.mark.parametrize(
    ("previous", "current", "verdict"),
    [
        ((10, 20, 20), (11, 20, 20), "no_clear_change"),  # 5 points, but one respondent
        ((10, 20, 20), (12, 20, 20), "up"),  # two respondents, 10 points
        ((50, 100, 100), (54, 100, 100), "no_clear_change"),  # four respondents, but 4 points
        ((50, 100, 100), (55, 100, 100), "up"),  # exactly 5 points
        ((55, 100, 100), (50, 100, 100), "down"),
        ((10, 20, 20), (10, 20, 20), "no_clear_change"),
        ((3, 10, 10), (10, 20, 20), "up"),  # 20 points are two of the ten people asked before
        ((4, 10, 10), (10, 20, 20), "no_clear_change"),  # 10 points are one of them
    ],
)
def test_clear_change_needs_two_respondents_and_five_points(previous, current, verdict):
    assert compare(Share(*previous), Share(*current)).verdict == verdict


def test_change_without_an_earlier_round_is_a_baseline():
    assert compare(None, Share(8, 20), has_previous=False) == Change(Verdict.BASELINE)


def test_change_of_an_item_that_was_reworded_is_not_comparable():
    assert compare(Share(3, 20), Share(18, 20), comparable=False) == Change(Verdict.NOT_COMPARABLE)


@pytest.mark.parametrize(
    ("previous", "current"),
    [(None, Share(18, 20)), (Share(3, 20), None), (Share(0, 0), Share(9, 9)), (Share(9, 9), Share(0, 0))],
)
def test_change_is_too_few_where_a_count_is_not_shown(previous, current):
    assert compare(previous, current) == Change(Verdict.TOO_FEW)


def test_needed_change_is_the_smallest_that_gives_a_verdict():
    previous = Share(12, 25, 31)
    needed = needed_change(previous, 24, 33)
    verdicts = [compare(previous, Share(count, 24, 33)).verdict.value for count in range(25)]
    assert needed.up_count == verdicts.index("up")
    assert needed.down_count == 24 - verdicts[::-1].index("down")
    assert verdicts[needed.down_count + 1 : needed.up_count] == ["no_clear_change"] * (
        needed.up_count - needed.down_count - 1
    )


def test_needed_change_is_missing_where_nothing_would_have_been_clear():
    assert needed_change(Share(10, 10), 10) == Needed(None, None, 6, -40)
    assert needed_change(Share(1, 2), 2) == Needed(None, None, None, None)


# The same people in both rounds


@pytest.mark.parametrize(("rose", "fell"), [(0, 0), (1, 0), (7, 2), (2, 7), (5, 5), (30, 11), (600, 520)])
def test_exact_mcnemar_agrees_with_statsmodels_and_scipy(rose, fell):
    expected = mcnemar([[3, rose], [fell, 4]], exact=True).pvalue if rose + fell else 1.0
    assert exact_mcnemar(rose, fell) == pytest.approx(expected, rel=1e-9)
    if rose + fell:
        assert exact_mcnemar(rose, fell) == pytest.approx(stats.binomtest(rose, rose + fell).pvalue, rel=1e-9)


def test_paired_counts_only_people_with_a_score_in_both_rounds():
    before = np.array([2, 2, 4, 5, NONE, 3, 3.5])
    later = np.array([4, 5, 1, 4, 5, NONE, 3.5])
    assert paired(before, later) == Paired(5, rose=2, fell=1, p_value=1.0)


def test_paired_of_nobody_finds_no_difference():
    assert paired(np.array([NONE]), np.array([4.0])) == Paired(0, 0, 0, 1.0)


# Response rates


def test_response_rates_keep_the_unreached_and_leave_out_the_ineligible():
    outcomes = Outcomes(complete=14, partial=2, break_off=1, unanswered=4, opted_out=1, bounced=1, ineligible=3)
    rates = response_rates(outcomes)
    assert (rates.rr1, rates.rr2) == (Share(14, 23), Share(16, 23))
    assert (outcomes.invited, outcomes.eligible, rates.rr1.percent, rates.rr2.percent) == (26, 23, 61, 70)


def test_response_rates_of_an_empty_roster_are_missing():
    rates = response_rates(Outcomes(ineligible=2))
    assert (rates.rr1.percent, rates.rr2.value) == (None, None)


def test_outcomes_are_counted_from_one_word_per_invitation():
    assert Outcomes.of(["complete", Outcome.COMPLETE, "bounced", "ineligible"]) == Outcomes(
        complete=2, bounced=1, ineligible=1
    )


def test_organisation_has_the_best_outcome_of_its_people():
    invitations = [
        ("food bank", Outcome.UNANSWERED),
        ("food bank", Outcome.PARTIAL),
        ("school", Outcome.INELIGIBLE),
        ("school", Outcome.BOUNCED),
        ("library", Outcome.INELIGIBLE),
        ("clinic", Outcome.COMPLETE),
        ("clinic", Outcome.BREAK_OFF),
    ]
    assert organisation_outcomes(invitations) == Outcomes(complete=1, partial=1, bounced=1, ineligible=1)


def test_person_without_an_organisation_stands_alone():
    invitations = [(None, Outcome.COMPLETE), (None, Outcome.UNANSWERED), (None, Outcome.COMPLETE)]
    assert organisation_outcomes(invitations) == Outcomes(complete=2, unanswered=1)


# Scales


def test_alpha_gives_the_golden_value():
    assert round(cronbach_alpha(SCALE), 4) == 0.9536


def test_alpha_agrees_with_the_covariance_form():
    answers = np.random.default_rng(7).integers(1, 6, (40, 5)) + np.arange(40)[:, None] % 4
    covariance = np.cov(answers, rowvar=False)
    mean_variance = np.trace(covariance) / 5
    mean_covariance = (covariance.sum() - np.trace(covariance)) / 20
    expected = 5 * mean_covariance / (mean_variance + 4 * mean_covariance)
    assert cronbach_alpha(answers.astype(float)) == pytest.approx(expected, abs=1e-12)


def test_alpha_leaves_out_rows_with_a_gap():
    with_gap = np.vstack([SCALE, [5, NONE, 1]])
    assert cronbach_alpha(with_gap) == cronbach_alpha(SCALE)


@pytest.mark.parametrize("answers", [SCALE[:1], SCALE[:, :1], np.ones((6, 3)), np.full((6, 3), np.nan)])
def test_alpha_is_missing_where_it_has_no_meaning(answers):
    assert cronbach_alpha(answers) is None


def test_reliability_is_told_from_twenty_whole_rows():
    rows = np.vstack([SCALE] * 4)[:20]
    assert scale_reliability(rows) == cronbach_alpha(rows)
    assert scale_reliability(np.vstack([rows[:19], [5, NONE, 5]])) is None


def test_description_agrees_with_scipy_and_leaves_gaps_out():
    scores = np.array([1, 2, 2, 5, NONE, 4], dtype=float)
    description, expected = describe(scores, (1, 2, 3, 4, 5)), stats.describe(scores, nan_policy="omit")
    assert (description.n, description.distribution) == (5, ((1, 1), (2, 2), (3, 0), (4, 1), (5, 1)))
    assert description.mean == pytest.approx(expected.mean)
    assert description.deviation == pytest.approx(math.sqrt(expected.variance))


def test_description_of_nobody_and_of_one_is_missing_and_not_zero():
    nobody, one = describe(np.array([NONE])), describe(np.array([4.0]))
    assert (nobody.n, nobody.mean, nobody.deviation, nobody.distribution) == (0, None, None, ())
    assert (one.n, one.mean, one.deviation) == (1, 4.0, None)


def test_interval_is_a_value_that_compares():
    assert wilson(7, 20, 20) == Interval(0.35, 0.35)
