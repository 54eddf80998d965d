"""The arithmetic of the measurements. No test here measures time."""

import json

from bench.report import Goal, Row, alternating, percentile, table


def row(**changes):
    fields = {"name": "answering", "unit": "visits/s", "ours": 60.0, "floor": 100.0, "goal": Goal(least=0.5)}
    return Row(**fields | changes)


def test_a_row_is_ok_when_its_ratio_reaches_the_goal():
    assert [row(ours=ours).ok for ours in (49.9, 50.0, 51.0)] == [False, True, True]


def test_a_cost_is_ok_when_its_ratio_stays_below_the_goal():
    ratios = [row(unit="ms", ours=ours, floor=10.0, goal=Goal(most=5)).ok for ours in (49.0, 50.0, 50.1)]
    assert ratios == [True, True, False]


def test_a_floor_below_sixty_percent_of_its_figure_makes_a_rate_not_ok():
    assert [row(known=known).ok for known in (166.0, 167.0)] == [True, False]


def test_a_floor_that_takes_longer_than_its_figure_allows_makes_a_cost_not_ok():
    costs = [row(unit="ms", ours=10.0, floor=floor, goal=Goal(most=5), known=6.0).ok for floor in (10.0, 10.1)]
    assert costs == [True, False]


def test_a_run_that_failed_a_check_is_never_ok():
    assert row(sound=False).ok is False


def test_a_row_says_in_json_what_was_measured_and_why_it_is_not_ok():
    assert json.loads(row(known=1000.0, note="12 requests").as_json()) == {
        "name": "answering",
        "unit": "visits/s",
        "ours": 60.0,
        "floor": 100.0,
        "ratio": 0.6,
        "goal": ">= 0.5",
        "ok": False,
        "note": "the floor is under 60% of its figure, 1000; 12 requests",
    }


def test_runs_alternate_and_each_side_gets_its_own_median():
    order, figures = [], {"ours": iter([5, 1, 3]), "floor": iter([10, 90, 20])}

    def measure(side):
        order.append(side)
        return next(figures[side])

    assert alternating(lambda: measure("ours"), lambda: measure("floor"), runs=3) == (3, 20)
    assert order == ["ours", "floor", "floor", "ours", "ours", "floor"]


def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed():
    values = list(range(100, 0, -1))
    assert [percentile(values, share) for share in (0.5, 0.99, 1)] == [50, 99, 100]
    assert percentile([7], 0.99) == 7


def test_a_goal_with_both_ends_says_both():
    goal = Goal(least=0.8, most=2)
    assert (str(goal), [goal.holds(ratio, ours=0) for ratio in (0.7, 1, 2.1)]) == (
        ">= 0.8 and <= 2",
        [False, True, False],
    )


def test_a_goal_may_be_about_our_own_figure():
    assert (str(Goal(ours=2)), [row(unit="s", ours=s, goal=Goal(ours=2)).ok for s in (1.9, 2.0)]) == (
        "ours < 2",
        [True, False],
    )


def test_the_table_says_no_in_capitals():
    lines = table([json.loads(row(ours=10.0).as_json())]).splitlines()
    assert lines[0].split() == ["name", "unit", "ours", "floor", "ratio", "goal", "ok", "note"]
    assert lines[1].split() == ["answering", "visits/s", "10", "100", "0.1", ">=", "0.5", "NO"]
