"""Markdown as markup that can do nothing, and as plain text."""

import re

import pytest

from core.markdown import as_html, as_text

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "[x](java&#115;cript:alert(1))",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    '[x](https://a.example "\\" onmouseover=alert(1) x=\\"")',
    "![x](https://evil.example/pixel.png)",
    "![x][p]\n\n[p]: https://evil.example/pixel.png",
    "<svg/onload=alert(1)>",
    "`<b onclick=alert(1)>`",
    "```<img onerror=alert(1)>\n<iframe src=https://evil.example>\n```",
    "<!-- --><style>*{display:none}</style>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_an_element_that_acts_or_loads(text):
    markup = as_html(text)
    elements = {name.lower() for name in re.findall(r"<([a-zA-Z]+)", markup)}
    assert elements - {"p", "a", "code", "pre"} == set()
    attributes = {name for tag in re.findall(r"<a ([^>]*)>", markup) for name in re.findall(r'(\w+)="[^"]*"', tag)}
    assert attributes - {"href", "title", "rel"} == set()
    assert re.findall(r'href="(?!https?:|mailto:|/)', markup) == []


def test_headings_lists_and_emphasis_are_shown():
    markup = as_html("# Budget\n\nWe **agreed**\nto this:\n\n- one\n- [two](https://a.example)")
    assert markup == (
        "<h2>Budget</h2>\n<p>We <strong>agreed</strong><br>\nto this:</p>\n<ul>\n<li>one</li>\n"
        '<li><a href="https://a.example" rel="noopener noreferrer nofollow">two</a></li>\n</ul>\n'
    )


@pytest.mark.parametrize(
    ("text", "ranks"), [("## a\n### b\n## c", "232"), ("# a\n#### b\n# c", "232"), ("###### a\n# b", "22")]
)
def test_headings_begin_below_that_of_the_page_and_leave_no_rank_out(text, ranks):
    assert "".join(re.findall(r"<h(\d)>", as_html(text))) == ranks


def test_plain_text_reads_well_without_marks():
    source = "# Budget\n\nWe **agreed**:\n\n- one\n- two\n  1. first\n  2. second\n- three\n\n## Next\n\nSee [the plan](https://a.example)."
    assert as_text(source) == (
        "Budget\n======\n\nWe agreed:\n\n- one\n- two\n  1. first\n  2. second\n- three\n\nNext\n----\n\n"
        "See the plan (https://a.example)."
    )


def test_markup_stays_in_the_plain_text_as_it_was_typed():
    assert as_text("<b>x</b> & `y`") == "<b>x</b> & y"


def test_deep_nesting_and_many_marks_come_to_an_end():
    for text in (">" * 5_000 + " x", "[" * 20_000, "*a " * 20_000, "- " * 5_000 + "x"):
        assert isinstance(as_html(text), str)
        assert isinstance(as_text(text), str)
