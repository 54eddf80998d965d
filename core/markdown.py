"""Text in Markdown as people type it: shown as markup that can do nothing, or as plain text for a mail.

Twice safe: the parser knows no HTML, and what it made passes a sanitiser that lets through these elements alone. Pictures are
left out, so that no page asks another host for anything.
"""

import nh3
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

ELEMENTS = {
    "a",
    "blockquote",
    "br",
    "code",
    "em",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "strong",
    "ul",
}
SCHEMES = {"http", "https", "mailto"}
# A page has one heading of the first rank, and it is not in the text.
HIGHEST = 2
PARSER = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("strikethrough").disable("image")
UNDERLINES = {"h1": "=", "h2": "-"}


def as_html(text):
    """The text as safe markup. Single line breaks stay, as people mean them."""
    tokens = PARSER.parse(text)
    _rank_headings([token for token in tokens if token.type in ("heading_open", "heading_close")])
    for token in tokens:
        for child in token.children or []:
            if child.type == "softbreak":
                child.type, child.tag = "hardbreak", "br"
    markup = PARSER.renderer.render(tokens, PARSER.options, {})
    return SafeString(
        nh3.clean(
            markup,
            tags=ELEMENTS,
            attributes={"a": {"href", "title"}, "ol": {"start"}},
            url_schemes=SCHEMES,
            link_rel="noopener noreferrer nofollow",
        )
    )


def _rank_headings(tokens):
    """The highest ones come right below the heading of the page, and no rank is left out on the way down."""
    ranks = [int(token.tag[1:]) for token in tokens]
    before = HIGHEST - 1
    for token, rank in zip(tokens, ranks, strict=True):
        rank = min(rank - min(ranks) + HIGHEST, before + 1 if token.nesting == 1 else before)
        token.tag = f"h{rank}"
        before = rank


def as_text(text):
    """The text without its marks: headings underlined, lists with hyphens or numbers, links with their address behind."""
    told, lists = "", []
    for token in PARSER.parse(text):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append(_List(token.type == "ordered_list_open", int(token.attrs.get("start", 1))))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "list_item_open":
            lists[-1].begin_item()
        elif token.type == "heading_close" and token.tag in UNDERLINES:
            told += "\n" + UNDERLINES[token.tag] * len(told.rpartition("\n")[2])
        elif token.type in ("inline", "fence", "code_block", "hr"):
            is_next_item = bool(lists and lists[-1].mark) and (len(lists) > 1 or lists[-1].items > 1)
            words = {"inline": _words, "hr": lambda _token: "---"}.get(token.type, _code)(token)
            told += ("\n" if is_next_item else "\n\n") * bool(told) + _placed(words, lists)
    return told


class _List:
    """How far into a list the text is. `mark` stands before the first line of an item and is then used up."""

    def __init__(self, is_numbered, number):
        self.is_numbered, self.number = is_numbered, number
        self.mark, self.width, self.items = "", 2, 0

    def begin_item(self):
        self.items += 1
        self.mark = f"{self.number}. " if self.is_numbered else "- "
        self.width = len(self.mark)
        self.number += 1


def _placed(words, lists):
    if not lists:
        return words
    inside = lists[-1]
    indent = " " * sum(each.width for each in lists[:-1])
    first, *rest = words.split("\n")
    lines = [indent + inside.mark.ljust(inside.width) + first, *(indent + " " * inside.width + line for line in rest)]
    inside.mark = ""
    return "\n".join(lines)


def _code(token):
    return token.content.rstrip("\n")


def _words(token):
    told, addresses = [], []
    for child in token.children:
        if child.type in ("text", "code_inline"):
            told.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            told.append("\n")
        elif child.type == "link_open":
            addresses.append((len(told), str(child.attrs["href"])))
        elif child.type == "link_close":
            begins, address = addresses.pop()
            if "".join(told[begins:]) != address:
                told.append(f" ({address})")
    return "".join(told)
