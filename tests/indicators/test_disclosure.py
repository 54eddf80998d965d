"""Disclosure control by example: each rule of who may see what, on rounds small enough to check by hand."""

from itertools import product

import numpy as np
import pytest

from indicators.disclosure import (
    HIDDEN_ALONE,
    HIDDEN_TOGETHER,
    HIDDEN_TOO_FEW,
    INSIDE,
    NO_SECTOR,
    PUBLIC,
    Figure,
    Matched,
    Rule,
    Rules,
    disclose,
    propose_clusters,
    what_nobody_will_see,
)
from indicators.disclosure.atoms import atoms_of
from indicators.disclosure.audit import find_union
from indicators.disclosure.bounds import given_away
from indicators.disclosure.coding import code_count, tendency, word_range


def sectors_of(*sizes):
    """Sector numbers for sectors of these sizes, one after the other."""
    return np.repeat(np.arange(len(sizes)), sizes)


def scores_of(*favourable_and_size):
    """Scores 4 and 2, sector by sector: (favourable, size) pairs."""
    return np.concatenate([[4.0] * good + [2.0] * (size - good) for good, size in favourable_and_size])


def publish(
    scores, sectors=None, *, groups=None, audience=INSIDE, organisations=None, rules=None, kind="indicator", **more
):
    """The cells of one figure by (breakdown, cell)."""
    n = len(scores)
    sectors = np.zeros(n, dtype=int) if sectors is None else sectors
    cells = disclose(
        [Figure("SA1", kind, np.asarray(scores), **more)],
        organisations=np.arange(n) if organisations is None else organisations,
        sectors=sectors,
        sector_labels=[chr(65 + i) for i in range(max(sectors, default=0) + 1)],
        groups=groups or {},
        rules=rules,
        audiences=(audience,),
    )[audience]
    return {(cell.breakdown, cell.cell): cell for cell in cells}


def shown_sectors(cells):
    return "".join(cell.cell for cell in cells.values() if cell.breakdown == "sector" and not cell.hidden)


def numbers(cell):
    return (cell.n, cell.count, cell.at_most, cell.at_least, cell.word, cell.mean, cell.deviation, cell.distribution)


NOTHING = (None,) * 8


# Rule 2


def test_figure_below_the_threshold_is_hidden_whole():
    cells = publish(scores_of((2, 4)))
    assert {key: (numbers(cell), cell.hidden) for key, cell in cells.items()} == {
        ("", ""): (NOTHING, HIDDEN_TOO_FEW),
        ("sector", "A"): (NOTHING, HIDDEN_TOO_FEW),
    }


def test_figure_of_five_people_from_one_organisation_is_hidden():
    assert publish(scores_of((3, 5)), organisations=np.ones(5))["", ""].hidden == HIDDEN_ALONE


def test_figure_of_five_people_from_two_organisations_is_shown():
    cell = publish(scores_of((3, 5)), organisations=np.array([1, 1, 1, 1, 2]))["", ""]
    assert numbers(cell) == (5, 3, None, None, None, None, None, None)


def test_figure_nobody_answered_has_no_answers_and_is_not_hidden():
    cell = publish(np.full(6, np.nan))["", ""]
    assert (cell.n, cell.count, cell.hidden) == (0, None, None)


def test_public_publication_needs_ten_people():
    assert publish(scores_of((5, 9)), audience=PUBLIC)["", ""].hidden == HIDDEN_TOO_FEW
    assert publish(scores_of((5, 10)), audience=PUBLIC)["", ""].count == 5


def test_threshold_below_three_is_refused():
    with pytest.raises(ValueError, match="never be below 3"):
        Rules(threshold=2)


# Rule 3


def test_nine_people_in_sectors_of_three_and_six_show_neither():
    cells = publish(scores_of((1, 3), (4, 6)), sectors_of(3, 6))
    assert [cells["sector", label].hidden for label in "AB"] == [HIDDEN_TOO_FEW, HIDDEN_TOGETHER]
    assert [numbers(cells["sector", label]) for label in "AB"] == [NOTHING, NOTHING]


def test_thirteen_people_in_sectors_of_three_six_and_four_show_the_six():
    assert shown_sectors(publish(scores_of((1, 3), (4, 6), (2, 4)), sectors_of(3, 6, 4))) == "B"


def test_people_without_a_sector_are_a_cell():
    sectors = np.concatenate([sectors_of(8, 9), np.full(2, -1)])
    cells = publish(scores_of((4, 8), (5, 9), (1, 2)), sectors)
    assert shown_sectors(cells) == "B"
    assert cells["sector", NO_SECTOR].hidden == HIDDEN_TOO_FEW


def test_hidden_sectors_of_one_organisation_take_a_third_with_them():
    organisations = np.concatenate([np.zeros(6), np.arange(1, 25)])
    cells = publish(scores_of((1, 3), (2, 3), (6, 12), (7, 12)), sectors_of(3, 3, 12, 12), organisations=organisations)
    assert shown_sectors(cells) == "D"


def test_sector_too_small_for_one_figure_hides_there_with_its_complement():
    full = scores_of((3, 6), (4, 7), (4, 8))
    partly = full.copy()
    partly[:3] = np.nan
    figures = [Figure("SA1", "indicator", full), Figure("SA2", "indicator", partly)]
    shown = disclose(figures, organisations=np.arange(21), sectors=sectors_of(6, 7, 8), sector_labels=["A", "B", "C"])[
        INSIDE
    ]
    assert [(cell.code, cell.cell) for cell in shown if cell.breakdown == "sector" and not cell.hidden] == [
        ("SA1", "A"),
        ("SA1", "B"),
        ("SA1", "C"),
        ("SA2", "C"),
    ]


def test_sector_hidden_for_the_round_stays_hidden_for_every_figure():
    figures = [Figure(code, "indicator", scores_of((1, 4), (4, 7), (4, 8))) for code in ("SA1", "SA2")]
    shown = disclose(figures, organisations=np.arange(19), sectors=sectors_of(4, 7, 8), sector_labels=["A", "B", "C"])
    assert [cell.cell for cell in shown[INSIDE] if cell.breakdown == "sector" and not cell.hidden] == ["C", "C"]


# Rule 4


def group_of(n, *members):
    mask = np.zeros(n, dtype=bool)
    mask[list(members)] = True
    return mask


def test_group_that_leaves_out_four_people_is_dropped():
    cells = publish(scores_of((9, 20)), groups={"Schools": group_of(20, *range(16))})
    assert (cells["group", "Schools"].hidden, numbers(cells["group", "Schools"])) == (HIDDEN_TOGETHER, NOTHING)


def test_group_that_leaves_out_five_people_is_shown():
    scores = np.tile([4.0, 2.0], 10)
    assert publish(scores, groups={"Schools": group_of(20, *range(15))})["group", "Schools"].count == 8


def test_smaller_of_two_groups_that_overlap_in_two_people_is_dropped():
    scores = np.tile([4.0, 2.0, 2.0], 8)[:22]
    groups = {"Schools": group_of(22, *range(10)), "Health": group_of(22, *range(8, 22))}
    cells = publish(scores, groups=groups)
    assert [cells["group", label].hidden for label in groups] == [HIDDEN_TOGETHER, None]


def test_matched_pairs_go_before_groups():
    scores = np.tile([4.0, 2.0], 12)
    matched = Matched(np.arange(21), np.tile([2.0, 4.0, 4.0], 7))
    groups = {"Schools": group_of(24, *range(12))}
    cells = publish(scores, groups=groups, matched=matched)
    assert (cells["matched", ""].hidden, cells["group", "Schools"].count) == (HIDDEN_TOGETHER, 6)


def test_matched_pairs_show_who_rose_and_fell():
    matched = Matched(np.arange(12), np.tile([2.0, 4.0, 4.0], 4), previous_n=20, previous_count=12)
    cell = publish(np.tile([4.0, 2.0], 12), matched=matched)["matched", ""]
    assert (cell.n, cell.count, cell.rose, cell.fell) == (12, 6, 2, 4)


def test_matched_pairs_are_hidden_when_two_people_left_since():
    matched = Matched(np.arange(12), np.tile([2.0, 4.0, 4.0], 4), previous_n=14, previous_count=9)
    assert publish(np.tile([4.0, 2.0], 12), matched=matched)["matched", ""].hidden == HIDDEN_TOGETHER


def test_total_is_never_dropped():
    groups = {f"g{i}": group_of(12, *range(i, 12)) for i in range(1, 5)}
    assert publish(np.tile([4.0, 2.0], 6), groups=groups)["", ""].count == 6


@pytest.mark.parametrize("seed", range(40))
def test_search_for_unions_agrees_with_trying_every_one(seed):
    chance = np.random.default_rng(seed)
    rows = np.unique(chance.integers(0, 2, (chance.integers(2, 6), 7)), axis=1)
    sizes = chance.integers(1, 8, rows.shape[1])
    below = int(chance.integers(3, 9))
    found = find_union(rows, sizes, sizes < below, below=below)
    assert (found is not None) == any(
        sizes @ union < below and np.linalg.matrix_rank(np.vstack([rows, union])) == np.linalg.matrix_rank(rows)
        for union in map(np.array, product((0, 1), repeat=rows.shape[1]))
        if union.any()
    )


# Rule 5 and what follows from counts and words together


@pytest.mark.parametrize(
    ("favourable", "shown"),
    [
        (0, {"at_most": 1}),
        (1, {"at_most": 1}),
        (2, {"count": 2}),
        (10, {"count": 10}),
        (11, {"at_least": 11}),
        (12, {"at_least": 11}),
    ],
)
def test_count_at_the_ends_is_coded(favourable, shown):
    assert code_count(favourable, 12) == shown


@pytest.mark.parametrize("favourable", [0, 1, 11, 12])
def test_coded_figure_has_no_mean_deviation_or_distribution(favourable):
    scores = scores_of((favourable, 12))
    cell = publish(scores, kind="item", answers=scores)["", ""]
    assert (cell.mean, cell.deviation, cell.distribution, cell.count) == (None, None, None, None)


def test_figure_of_ten_has_mean_deviation_and_distribution():
    scores = np.array([1, 2, 2, 3, 3, 4, 4, 5, 5, 5], dtype=float)
    cell = publish(scores, kind="item", answers=6 - scores)["", ""]
    assert (cell.mean, cell.deviation) == (3.4, 1.4)
    assert cell.distribution == ((1, 3), (2, 2), (3, 2), (4, 2), (5, 1))


def test_figure_of_nine_has_its_count_alone():
    assert numbers(publish(scores_of((4, 9)))["", ""]) == (9, 4, None, None, None, None, None, None)


def test_sector_whose_word_leaves_the_others_no_choice_is_hidden():
    # 10 of 13 with "some" (2 or 3) of six leaves seven others who all agreed.
    cells = publish(scores_of((3, 3), (3, 6), (4, 4)), sectors_of(3, 6, 4))
    assert (cells["", ""].count, cells["sector", "B"].hidden) == (10, HIDDEN_TOGETHER)


def test_exact_sectors_turn_to_words_when_all_hidden_people_agreed():
    scores = scores_of((3, 3), (6, 12), (7, 14), (4, 4))
    cells = publish(scores, sectors_of(3, 12, 14, 4))
    assert [(cells["sector", label].count, cells["sector", label].word) for label in "BC"] == [
        (None, "some"),
        (None, "some"),
    ]


def every_reading(atoms, lowest, highest):
    """All favourable counts by atom that agree with what is said of the sets."""
    choices = np.array(list(product(*(range(size + 1) for size in atoms.sizes))))
    sums = choices @ atoms.members.T
    return choices[((sums >= lowest) & (sums <= highest)).all(axis=1)]


def is_settled(atoms, lowest, highest, threshold):
    """By trying everything: whether a code, an answer or a small union has one value only (printed ends apart)."""
    readings = every_reading(atoms, lowest, highest)
    sums = readings @ atoms.members.T
    if (np.ptp(sums, axis=0) == 0)[lowest < highest].any():
        return True
    unions = np.array([u for u in product((0, 1), repeat=len(atoms.sizes)) if 0 < np.dot(u, atoms.sizes) < threshold])
    one_value = (readings == 0).all(axis=0) | (readings == atoms.sizes).all(axis=0)
    return bool(one_value.any() or (len(unions) and (np.ptp(readings @ unions.T, axis=0) == 0).any()))


def random_sets(seed):
    """Atoms of up to four random sets of twelve people besides all of them, favourable by atom, and what is said."""
    chance = np.random.default_rng(seed)
    sets = np.vstack([np.ones(12, bool), chance.random((chance.integers(1, 5), 12)) < 0.55])
    atoms = atoms_of(sets)
    favourable = atoms.count(chance.random(12) < chance.choice([0.2, 0.5, 0.85]))
    counts, sizes = atoms.members @ favourable, sets.sum(axis=1)
    lowest = np.maximum(counts - chance.integers(0, 3, len(sets)), 0)
    highest = np.minimum(counts + chance.integers(0, 3, len(sets)), sizes)
    printed = (lowest == highest) & ((counts == 0) | (counts == sizes))
    return None if printed.any() else (atoms, favourable, counts, lowest, highest)


def test_value_audit_passes_nothing_that_trying_everything_finds_settled():
    rounds = [drawn for drawn in map(random_sets, range(300)) if drawn]
    settled = [drawn for drawn in rounds if is_settled(drawn[0], *drawn[3:], 5)]
    assert len(settled) > 20
    assert [given_away(*drawn, 5) for drawn in settled] == [True] * len(settled)
    assert sum(given_away(*drawn, 5) for drawn in rounds) < len(rounds) / 2


# Rule 6


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (3, "few few most most"),
        (4, "few few some most most"),
        (5, "few few some some most most"),
        (6, "few few some some most most most"),
        (9, "few few few some some some most most most most"),
    ],
)
def test_word_is_few_under_a_third_and_most_from_two_thirds(n, words):
    assert [tendency(count, n) for count in range(n + 1)] == words.split()


def test_word_ranges_cover_every_count_once():
    for n, count in ((size, count) for size in range(3, 60) for count in range(size + 1)):
        lowest, highest = word_range(tendency(count, n), n)
        assert lowest <= count <= highest
        assert {tendency(other, n) for other in (lowest, highest)} == {tendency(count, n)}


def test_sector_below_ten_is_one_word_and_from_ten_a_count():
    cells = publish(scores_of((4, 8), (5, 9), (4, 11)), sectors_of(8, 9, 11))
    assert [numbers(cells["sector", label])[:5] for label in "ABC"] == [
        (8, None, None, None, "some"),
        (9, None, None, None, "some"),
        (11, 4, None, None, None),
    ]


def test_smallest_exact_sector_becomes_a_word_beside_a_single_worded_one():
    cells = publish(scores_of((4, 8), (5, 12), (4, 11)), sectors_of(8, 12, 11))
    assert [(cells["sector", label].count, cells["sector", label].word) for label in "BC"] == [
        (5, None),
        (None, "some"),
    ]


def test_sector_in_code_turns_the_smallest_exact_one_to_a_word():
    cells = publish(scores_of((11, 12), (5, 12), (6, 14)), sectors_of(12, 12, 14))
    assert [numbers(cells["sector", label])[1:5] for label in "ABC"] == [
        (None, None, 11, None),
        (None, None, None, "some"),
        (6, None, None, None),
    ]


def test_breakdown_cells_have_no_mean():
    cells = publish(scores_of((5, 12), (6, 14)), sectors_of(12, 14))
    assert {(cell.mean, cell.deviation, cell.distribution) for key, cell in cells.items() if key[0]} == {(None,) * 3}


# Rule 7


def family(skipping):
    """An item that `skipping` people left out, its indicator and its function, as cells of the whole round."""
    scores = np.tile([4.0, 2.0], 10)
    item = scores.copy()
    item[:skipping] = np.nan
    figures = [
        Figure("F", "function", scores),
        Figure("I", "indicator", scores, relatives=("F",)),
        Figure("a", "item", item, answers=item, relatives=("I", "F")),
    ]
    cells = disclose(figures, organisations=np.arange(20), sectors=np.zeros(20, int), sector_labels=["A"])[INSIDE]
    return {cell.code: cell for cell in cells if not cell.breakdown}


@pytest.mark.parametrize(("skipping", "mean"), [(0, 3.0), (1, None), (4, None), (5, 2.9)])
def test_item_whose_respondents_nearly_equal_its_indicators_shows_its_count_alone(skipping, mean):
    cells = family(skipping)
    assert (cells["a"].mean, cells["a"].distribution is None) == (mean, mean is None)
    assert (cells["a"].count, cells["I"].mean) == (10 - (skipping + 1) // 2, 3.0)


def test_items_are_shown_for_the_whole_round_only():
    cells = publish(scores_of((5, 12), (6, 14)), sectors_of(12, 14), kind="item", groups={"g": np.ones(26, bool)})
    assert list(cells) == [("", "")]


# Both audiences


def test_public_cells_are_never_finer_than_those_inside():
    scores = scores_of((4, 8), (5, 12), (6, 14), (7, 20))
    shown = {}
    for audience in (INSIDE, PUBLIC):
        cells = publish(scores, sectors_of(8, 12, 14, 20), audience=audience)
        shown[audience] = [(cells["sector", label].count, cells["sector", label].word) for label in "ABCD"]
    assert shown == {
        INSIDE: [(None, "some"), (None, "some"), (6, None), (7, None)],
        PUBLIC: [(None, None), (None, None), (6, None), (7, None)],
    }


def test_rules_are_switched_off_one_at_a_time():
    assert [len(Rules().without(rule).enabled) for rule in Rule] == [len(Rule) - 1] * len(Rule)


# Before sending


def test_merge_makes_as_many_cells_as_any_merge_could():
    sectors = {name: [1] * size for name, size in zip("abcde", (3, 3, 4, 4, 10), strict=True)}
    proposed = propose_clusters(sectors, 0.8, Rules())
    assert [sum(len(sectors[name]) for name in cluster.sectors) for cluster in proposed] == [10, 7, 7]


def test_merge_leaves_no_sector_out_and_hides_nothing():
    sectors = {"Health": [3, 2], "Schools": [8, 6], "Parks": [1], "Faith": [2, 2], "Law": [4]}
    proposed = propose_clusters(sectors, 0.7, Rules())
    assert sorted(name for cluster in proposed for name in cluster.sectors) == sorted(sectors)
    merged = {cluster.name: [people for name in cluster.sectors for people in sectors[name]] for cluster in proposed}
    assert what_nobody_will_see(merged, 0.7, Rules()).hidden == ()


def test_merge_is_not_proposed_where_it_cannot_help():
    sectors = {"Health": [2], "Schools": [1, 1]}
    assert [cluster.sectors for cluster in propose_clusters(sectors, 0.7, Rules())] == [("Health",), ("Schools",)]


@pytest.mark.parametrize("seed", range(6))
def test_merge_beyond_ten_small_sectors_still_leaves_none_out(seed):
    chance = np.random.default_rng(seed)
    sectors = {f"s{i}": [1] * int(chance.integers(1, 6)) for i in range(14)}
    proposed = propose_clusters(sectors, 0.7, Rules())
    assert sorted(name for cluster in proposed for name in cluster.sectors) == sorted(sectors)


@pytest.mark.parametrize(
    ("people", "sizes", "shown"),
    [
        (15, (3, 2, 2, 2, 1, 1, 1, 1, 1, 1), 0),
        (30, (8, 5, 4, 3, 3, 2, 2, 1, 1, 1), 1),
        (60, (12, 10, 8, 8, 6, 5, 4, 3, 2, 2), 4),
    ],
)
def test_forecast_for_rosters_of_15_30_and_60_people(people, sizes, shown):
    clusters = {f"s{i}": [1] * size for i, size in enumerate(sizes)}
    forecast = what_nobody_will_see(clusters, 0.7, Rules())
    assert (sum(sizes), len(forecast.shown), len(forecast.hidden)) == (people, shown, 10 - shown)


def test_forecast_says_when_the_whole_round_will_be_hidden():
    assert what_nobody_will_see({"Health": [3], "Schools": [3]}, 0.7, Rules()).total_shown is False
