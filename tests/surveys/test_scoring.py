"""From stored answers to arrays: keyed direction, the half rule, what leaves the denominator, completeness, voices."""

import numpy as np
import pytest

from core.wording import Wording
from indicators.catalogue import catalogue
from indicators.disclosure import Figure, disclose
from indicators.statistics import favourable, tally
from surveys.definition import Item, load_shipped
from surveys.scoring import Plan, ScoringError, by_organisation, completeness, outcome, score

NONE = float("nan")


def item(code, *indicators, **fields):
    return Item(code, Wording.of({"en": code}), indicators, **fields)


PLAN = Plan(
    items=(
        item("a", "GV2"),
        item("b", "GV3", reverse=True),
        item("c", "GV3"),
        item("d", "GV3", "SA1"),
        item("e", "BB1"),
    ),
    function_of={"GV2": "vision", "GV3": "vision", "SA1": "alignment"},
)


def column(scores, code):
    """The scores of a figure with None for no score, to be compared with ==."""
    return [None if np.isnan(value) else value for value in scores.of(code)]


def test_plan_has_one_column_per_item_indicator_and_function():
    expected = dict.fromkeys("abcde", "item")
    expected |= dict.fromkeys(["GV2", "GV3", "SA1", "BB1"], "indicator")
    assert PLAN.kinds == expected | dict.fromkeys(["vision", "alignment"], "function")


def test_plan_names_the_relatives_above_each_figure():
    assert PLAN.relatives["d"] == ("GV3", "SA1", "vision", "alignment")
    assert (PLAN.relatives["GV2"], PLAN.relatives["SA1"]) == (("vision",), ("vision", "alignment"))
    assert (PLAN.relatives["vision"], PLAN.relatives["BB1"], PLAN.relatives["e"]) == ((), (), ("BB1",))


def test_plan_refuses_a_code_that_stands_for_two_figures():
    with pytest.raises(ScoringError, match="vision"):
        Plan((item("vision", "GV2"),), {"GV2": "vision"})


def test_plan_refuses_an_indicator_over_different_scales():
    with pytest.raises(ScoringError, match="GV3 has items on different scales"):
        Plan((item("a", "GV3"), item("b", "GV3", maximum=7)), {})


def test_reverse_item_is_turned_and_its_answer_kept():
    scores = score([{"b": 1}, {"b": 2}, {"b": 5}], PLAN)
    assert column(scores, "b") == [5, 4, 1]
    assert scores.answers("b").tolist() == [1, 2, 5]


def test_reverse_item_is_turned_on_its_own_scale():
    plan = Plan((item("f", "X1", reverse=True, minimum=0, maximum=3),), {})
    assert column(score([{"f": 0}, {"f": 1}, {"f": 3}], plan), "f") == [3, 2, 0]


def test_dont_know_and_does_not_apply_leave_the_denominator_and_are_counted():
    scores = score([{"a": 4}, {"a": "dk"}, {"a": "na"}, {}, {"a": "dk"}, {"a": 2}], PLAN)
    assert column(scores, "a") == [4, None, None, None, None, 2]
    assert [int(number) for number in np.ravel([figure[0] for figure in tally(scores.keyed[:, :1])])] == [1, 2]
    assert scores.counts("a") == (2, 1)


def test_indicator_says_dont_know_only_of_people_who_took_no_side_on_any_item():
    answers = [{"b": "dk", "c": "na", "d": "dk"}, {"b": "na", "c": "na", "d": "na"}, {"b": "dk", "c": 4}, {"b": "dk"}]
    assert score(answers, PLAN).counts("GV3") == (1, 1)


def test_population_leaves_out_those_to_whom_it_does_not_apply():
    scores = score([{"a": "na"}, {"a": "dk"}, {"a": 5}], PLAN)
    assert (scores.population("a", 30), scores.population("c", 30)) == (29, 30)


def test_indicator_is_the_mean_of_the_answered_items_from_half_of_them():
    answers = [{"b": 2, "c": 5, "d": 3}, {"b": 2, "c": 5}, {"b": 2}, {"b": "dk", "c": "na", "d": 5}, {}]
    assert column(score(answers, PLAN), "GV3") == [4, 4.5, None, None, None]


def test_half_of_an_even_number_of_items_is_enough():
    plan = Plan(tuple(item(code, "X1") for code in "wxyz"), {})
    assert column(score([{"w": 3, "x": 4}, {"w": 3}], plan), "X1") == [3.5, None]


def test_function_is_the_mean_over_its_items_and_not_over_its_indicators():
    answers = [{"a": 1, "b": 1, "c": 5, "d": 5}, {"a": 1, "c": 5}, {"a": 1, "e": 5}]
    assert column(score(answers, PLAN), "vision") == [4, 3, None]


def test_indicator_without_function_feeds_no_summary():
    assert column(score([{"e": 5}], PLAN), "BB1") == [5]
    assert set(PLAN.functions) == {"vision", "alignment"}


def test_item_of_two_indicators_of_one_function_counts_once_in_it():
    plan = Plan((item("a", "GV2", "GV3"), item("b", "GV3")), {"GV2": "vision", "GV3": "vision"})
    assert column(score([{"a": 5, "b": 2}], plan), "vision") == [3.5]


def test_round_without_answers_has_arrays_without_rows():
    scores = score([], PLAN)
    assert (len(scores), scores.keyed.shape, scores.raw.shape, scores.counts("vision")) == (0, (0, 11), (0, 5), (0, 0))


def test_instrument_without_a_matrix_has_no_figures():
    scores = score([{"comment": "Thank you."}], Plan((), {}))
    assert (scores.keyed.shape, scores.plan.figures) == ((1, 0), {})


@pytest.mark.parametrize("answer", [0, 6, 99, "yes", 3.2, [4]])
def test_answer_off_the_scale_is_refused_without_quoting_it(answer):
    with pytest.raises(ScoringError) as refusal:
        score([{"a": 3}, {"c": answer}], PLAN)
    assert str(refusal.value) in {
        "c: a stored answer is not on the item's scale.",
        "A stored answer is on no scale of this instrument version.",
    }


def test_answers_to_other_questions_are_not_looked_at():
    scores = score([{"a": 4, "gv1_recall": "Fewer children go hungry.", "tenure": "new"}], PLAN)
    assert column(scores, "a") == [4]


def test_scores_agree_with_a_plain_loop():
    random = np.random.default_rng(3)
    choices = [1, 2, 3, 4, 5, "dk", "na", None]
    rows = [{code: choices[random.integers(8)] for code in "abcde"} for _ in range(60)]
    answers = [{code: value for code, value in row.items() if value is not None} for row in rows]
    expected = [plain_mean([6 - v if k == "b" else v for k in "bcd" if type(v := row[k]) is int], 3) for row in rows]
    assert column(score(answers, PLAN), "GV3") == pytest.approx(expected)


def plain_mean(values, items):
    return sum(values) / len(values) if values and 2 * len(values) >= items else None


# What can be compared


def test_figures_are_comparable_where_their_items_are_the_same_and_coded_alike():
    earlier = Plan(
        (item("a", "GV2"), item("b", "GV3", reverse=True), item("c", "GV3"), item("e", "BB1", comparable=False)), {}
    )
    assert PLAN.comparable_with(earlier) == {"a", "b", "c", "GV2"}


def test_item_that_was_turned_round_or_marked_is_not_comparable():
    earlier = Plan((item("a", "GV2", reverse=True), item("c", "GV9", comparable=False)), {})
    assert PLAN.comparable_with(earlier) == frozenset()


# One organisation, one voice


def test_organisation_speaks_with_the_average_of_its_people():
    scores = score([{"a": 5}, {"a": 2}, {"a": 4}, {"a": "dk"}], PLAN)
    voices = by_organisation(scores, ["school", "food bank", "school", "clinic"])
    assert column(voices.scores, "a") == [4.5, 2, None]
    assert (voices.row_of.tolist(), voices.scores.counts("a"), voices.scores.raw) == ([0, 1, 0, 2], (1, 0), None)


def test_person_without_organisation_has_a_voice_of_their_own():
    voices = by_organisation(score([{"a": 5}, {"a": 1}, {"a": 3}], PLAN), [None, None, 7])
    assert column(voices.scores, "a") == [5, 1, 3]


def test_people_without_an_answer_do_not_weigh_in_their_organisation():
    voices = by_organisation(score([{"a": 5}, {"a": "na"}, {}, {"a": "na"}], PLAN), [1, 1, 1, 2])
    assert (column(voices.scores, "a"), voices.scores.counts("a")) == ([5, None], (0, 1))


def test_organisation_of_mixed_opinion_without_a_score_counts_once_beside_the_denominator():
    voices = by_organisation(score([{"a": "na"}, {"a": "dk"}, {}], PLAN), [1, 1, 2])
    assert (len(voices.scores), voices.scores.counts("a")) == (2, (1, 0))


def test_voice_averages_scores_and_not_items():
    scores = score([{"b": 1, "c": 5, "d": 5}, {"c": 1, "d": 1}], PLAN)
    assert column(by_organisation(scores, [1, 1]).scores, "GV3") == [3]


def test_voice_of_exactly_three_and_a_half_is_favourable():
    plan = Plan(tuple(item(code, "X1") for code in "uvwxyz"), {})
    people = [dict(zip("uvwxyz", given, strict=True)) for given in [(1, 1, 1, 1, 1, 2), (4, 4, 4, 4, 5, 5), (5,) * 6]]
    scores = score(people, plan)
    voice = by_organisation(scores, [1, 1, 1]).scores.of("X1")
    assert (voice.tolist(), favourable(voice).tolist()) == ([3.5], [True])


def test_groups_and_sectors_follow_to_organisations():
    voices = by_organisation(score([{"a": 1}] * 4, PLAN), [8, 9, 8, None])
    assert voices.any_of(np.array([False, False, True, False])).tolist() == [True, False, False]
    assert voices.first_of(["health", "food", "health", ""]).tolist() == ["health", "food", ""]


def test_round_without_answers_has_no_voices():
    assert by_organisation(score([], PLAN), []).scores.keyed.shape == (0, 11)


# Completeness


@pytest.mark.parametrize(
    ("answered", "word"),
    [(40, "complete"), (32, "complete"), (31, "partial"), (20, "partial"), (19, "break_off"), (0, "break_off")],
)
def test_completeness_turns_at_80_and_50_percent(answered, word):
    assert completeness(answered, 40) == word


def test_outcome_counts_dont_know_and_does_not_apply_as_answered_and_texts_not_at_all():
    definition = load_shipped("backbone_effectiveness_partners")
    codes = definition.counted_codes
    taking_no_side = {code: "dk" if number % 2 else "na" for number, code in enumerate(codes)}
    assert outcome(definition, taking_no_side, submitted=True) == "complete"
    assert outcome(definition, {"gv1_recall": "A text.", codes[0]: 3}, submitted=True) == "break_off"


def test_outcome_of_a_draft_counts_only_where_the_first_page_said_so():
    definition = load_shipped("backbone_effectiveness_partners")
    draft = dict.fromkeys(definition.counted_codes, 4)
    assert outcome(definition, draft, submitted=False) == "break_off"
    assert outcome(definition, draft, submitted=False, drafts_count=True) == "complete"
    assert outcome(definition, {}, submitted=False, drafts_count=True) == "unanswered"
    assert outcome(definition, {}, submitted=True) == "break_off"


# Together


@pytest.mark.parametrize("code", ["backbone_effectiveness_partners", "backbone_effectiveness_committee"])
def test_shipped_instruments_make_a_plan(code):
    definition = load_shipped(code)
    plan = Plan(definition.items(), {indicator.code: indicator.function for indicator in catalogue()})
    codes = {code for each in definition.items() for code in each.indicators}
    assert set(plan.indicators) == codes
    assert set(plan.functions) == {catalogue()[code].function for code in codes}


def test_scores_go_straight_into_disclosure_control():
    answers = [{"b": 1, "c": 4, "d": 4}] * 7 + [{"b": 5, "c": 2, "d": 1}] * 5
    scores = score(answers, PLAN)
    figures = [
        Figure(code, kind, scores.of(code), scores.answers(code), PLAN.relatives[code])
        for code, kind in PLAN.kinds.items()
    ]
    published = disclose(figures, organisations=list(range(12)), sectors=[0] * 12, sector_labels=["health"])
    cells = {cell.code: cell for cell in published["inside"] if cell.breakdown == ""}
    assert (cells["GV3"].n, cells["GV3"].count, cells["GV2"].n) == (12, 7, 0)
    assert cells["b"].distribution == ((1, 7), (2, 0), (3, 0), (4, 0), (5, 5))
