"""Markup put together in Python: places escape what they are given, whatever it is, and never twice."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from core.markup import NOTHING, Pattern, each, joined

HOSTILE = "\"'><script>alert(1)</script>&{}{0}"
BOLD = Pattern('<b title="{}">{}</b>')


def test_value_is_escaped_as_django_escapes_it():
    assert BOLD(HOSTILE, 3) == format_html('<b title="{}">{}</b>', HOSTILE, 3)
    assert Pattern("<i>{}</i>")(gettext_lazy("a < b")) == "<i>a &lt; b</i>"


def test_value_may_stand_in_several_places():
    assert Pattern('<p id="{0}" class="{1}">{0}</p>')("a&b", "c") == '<p id="a&amp;b" class="c">a&amp;b</p>'


def test_markup_inside_markup_is_escaped_once():
    inner = BOLD("", "a & b")
    assert Pattern("<p>{}</p>")(inner) == '<p><b title="">a &amp; b</b></p>'
    assert type(inner) is SafeString


def test_pieces_are_joined_and_plain_ones_escaped():
    assert joined([BOLD("", "x"), " ", "<y>"]) == '<b title="">x</b> &lt;y&gt;'
    assert each(Pattern("<li>{}</li>"), ["<a>", 1]) == "<li>&lt;a&gt;</li><li>1</li>"
    assert joined([]) == NOTHING == ""
