"""Markup that is put together in Python, where a template would take ten times as long: every value is escaped on its way in."""

from html import escape

from django.utils.safestring import SafeString


class Pattern:
    """Markup with places: `Pattern('<b class="{}">{}</b>')(kind, words)`, or `{0}` where one value stands twice.

    It is what `format_html` is, without its price. The pattern itself is a constant of the program and never a value.
    """

    def __init__(self, markup):
        self._fill = markup.format

    def __call__(self, *values):
        return SafeString(self._fill(*[_text(value) for value in values]))


def joined(parts):
    """Pieces of markup after each other; a piece that is plain text is escaped."""
    return SafeString("".join([_text(part) for part in parts]))


def each(pattern, values):
    """`pattern` filled with each value, after each other: the items of a list, the cells of a row."""
    return joined([pattern(value) for value in values])


NOTHING = SafeString("")


def _text(value):
    return value if isinstance(value, SafeString) else escape(str(value))
