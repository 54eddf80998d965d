import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import highlighting


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("Met Ana Ruiz", ["ana"], [("Met ", False), ("Ana", True), (" Ruiz", False)]),
        ("José Álvarez", ["alvarez", "JOSE"], [("José", True), (" ", False), ("Álvarez", True)]),
        ("a.c abc", ["a.c"], [("a.c", True), (" abc", False)]),
        ("Große Straße", ["STRASSE"], [("Große ", False), ("Straße", True)]),
        ("nothing", [], [("nothing", False)]),
        ("", ["x"], []),
    ],
)
def test_pieces_mark_the_words(text, words, expected):
    assert highlighting.pieces(text, words) == expected


@given(st.text(), st.lists(st.text()))
def test_pieces_lose_and_add_nothing(text, words):
    assert "".join(piece for piece, _is_match in highlighting.pieces(text, words)) == text


def test_excerpt_stands_around_the_first_word():
    text = "x" * 200 + " needle " + "y" * 200
    assert highlighting.excerpt(text, ["Needle"]) == "…" + "x" * 59 + " needle " + "y" * 59 + "…"


def test_excerpt_of_a_text_without_the_words_is_empty():
    assert highlighting.excerpt("hay", ["needle"]) == ""


def test_words_are_few_and_short():
    assert highlighting.words_of("a " * 500) == ["a"] * highlighting.MOST_WORDS
    assert highlighting.words_of("x" * 50_000) == ["x" * highlighting.LONGEST]
    assert highlighting.words_of("a\x00b") == ["ab"]
