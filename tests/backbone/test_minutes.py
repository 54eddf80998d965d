"""Minutes split over functions add up, whatever the weights."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbone.minutes import in_words, split, staff_minutes

WEIGHTS = st.dictionaries(st.sampled_from("abcdefg"), st.integers(1, 100), min_size=1)


@given(st.integers(1, 5000), WEIGHTS)
def test_parts_add_up_and_lie_within_a_minute_of_the_exact_share(minutes, weights):
    parts = split(minutes, weights)
    assert sum(parts.values()) == minutes
    total = sum(weights.values())
    assert all(abs(parts[key] * total - minutes * weights[key]) < total for key in weights)


def test_equal_weights_split_equally_and_the_first_gets_what_is_left_over():
    assert split(100, {"a": 1, "b": 1, "c": 1}) == {"a": 34, "b": 33, "c": 33}
    assert split(60, {"a": 2, "b": 1}) == {"a": 40, "b": 20}


def test_largest_fraction_gets_the_minute_left_over():
    assert split(10, {"a": 1, "b": 2, "c": 4}) == {"a": 1, "b": 3, "c": 6}


@pytest.mark.parametrize(("present", "minutes"), [(0, 30), (1, 30), (3, 90)])
def test_staff_minutes_count_everybody_present_and_at_least_one(present, minutes):
    assert staff_minutes(30, present) == minutes


@pytest.mark.parametrize(("minutes", "words"), [(0, ""), (45, "45 min"), (120, "2 h"), (90, "1 h 30 min")])
def test_minutes_are_read_as_hours(minutes, words):
    assert in_words(minutes) == words
