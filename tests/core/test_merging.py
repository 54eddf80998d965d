"""Putting together what two people made of one text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.merging import is_clean, merge, text_of

SECONDS = 2
LINES = st.lists(st.sampled_from(["", "a", "b", "c", "a longer line"]), max_size=8).map("\n".join)


def together(base, mine, theirs):
    parts = merge(base, mine, theirs)
    return text_of(parts), is_clean(parts)


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "expected"),
    [
        ("a\nb\nc\nd", "a\nB\nc\nd", "a\nb\nc\nD\ne", "a\nB\nc\nD\ne"),
        ("a\nb", "A\nb", "a\nB", "A\nB"),
        ("a", "a\nmine", "a\ntheirs", "a\ntheirs\nmine"),
        ("a", "a\nx\ny", "a\nx", "a\nx\ny"),
        ("a\nb", "a\nba", "a\nnew\nb", "a\nnew\nba"),
        ("a\n\nb\n\nc", "a\n\nb", "a\n\nb\n\nc\n\nd", "a\n\nb\n\nd"),
        ("a\r\nb", "a\nb", "a\nB", "a\nB"),
    ],
)
def test_changes_of_different_lines_are_both_there(base, mine, theirs, expected):
    assert together(base, mine, theirs) == (expected, True)


def test_a_line_changed_by_both_is_a_clash_that_keeps_both():
    parts = merge("a\nb\nc", "a\nX\nc", "a\nY\nc")
    assert [(part.lines, part.mine, part.theirs) for part in parts] == [
        (("a",), (), ()),
        ((), ("X",), ("Y",)),
        (("c",), (), ()),
    ]
    assert (text_of(parts), is_clean(parts)) == ("a\nY\nX\nc", False)


@given(LINES, LINES)
def test_whoever_changed_alone_is_right(base, changed):
    assert together(base, changed, base) == together(base, base, changed) == (changed, True)
    assert together(base, changed, changed) == (changed, True)


@given(LINES, LINES, LINES)
def test_no_line_that_somebody_wrote_is_lost(base, mine, theirs):
    text, _is_clean = together(base, mine, theirs)
    assert ({*mine.split("\n"), *theirs.split("\n")} - {*base.split("\n")}) - {*text.split("\n")} == set()


@given(LINES, LINES, LINES)
def test_nothing_comes_that_nobody_wrote(base, mine, theirs):
    text, _is_clean = together(base, mine, theirs)
    assert {*text.split("\n")} - {*mine.split("\n"), *theirs.split("\n")} <= {""}


@pytest.mark.parametrize("mine", ["\n".join("ba" * 2_000), "\n" * 50_000, "\n".join("aab" * 1_000)])
def test_texts_made_to_be_slow_are_not(mine):
    begun = time.perf_counter()
    merge("\n".join("ab" * 2_000), mine, "x\n" + mine)
    assert time.perf_counter() - begun < SECONDS
