"""What pages, files and mails say, read back from what was served: words and numbers, nothing from the database.

A `Said` is one figure or cell as it was printed. It imports nothing of the product: only the words that people read.
"""

import csv
import io
import re
from dataclasses import dataclass, field
from email import message_from_bytes, policy

from bs4 import BeautifulSoup
from python_calamine import CalamineWorkbook

HIDDEN = "too few answers to show"
NAMELESS = {"No sector", "No group"}
BREAKDOWNS = {"By sector": "sector", "By group": "group", "sector": "sector", "group": "group", "": ""}
COUNTS = (
    ("at_most", re.compile(r"^at most (\d+) of (\d+)")),
    ("at_least", re.compile(r"^at least (\d+) of (\d+)")),
    ("word", re.compile(r"^(few|some|most) of (\d+)")),
    ("count", re.compile(r"^(\d+) of (\d+)")),
)
PAIRED = re.compile(r"Of the (\d+) who answered in both rounds, (\d+) became favourable and (\d+) no longer are")
PREVIOUS = re.compile(r"Previous round: (\d+) of (\d+)")
MEAN = re.compile(r"The mean is (\d+\.\d)")
# What a sentence in a mail would look like that told a figure.
TOLD = re.compile(r"\d+ of \d+|\d+\s*%|\b(few|some|most) of \d+")
LINK = re.compile(r"https?://[^\s]+/[su]/[\w-]+/\S*")


@dataclass(frozen=True)
class Said:
    """`round` is the title; `numbers` hold n and one of count, at_most, at_least, word, and what stands beside it."""

    round: str
    code: str
    breakdown: str = ""
    cell: str = ""
    numbers: dict = field(default_factory=dict)
    # (n, rose, fell) of the same people in this round and the one before; (count, n) of the previous round.
    paired: tuple | None = None
    previous: tuple | None = None


def counted(words):
    """{n, count or its code} of "8 of 11 (73 %)"; empty where a figure is kept back or nobody answered."""
    for name, pattern in COUNTS:
        if found := pattern.match(words):
            return {name: found[1] if name == "word" else int(found[1]), "n": int(found[2])}
    if words not in (HIDDEN, "no answers yet"):
        raise AssertionError(f"Nobody could read “{words}”: teach the reader these words.")
    return {}


# --- pages ----------------------------------------------------------------------------------------------------------


def main_of(page):
    return page[page.index("<main") : page.index("</main>")]


def from_overview(main):
    """Every figure of the committee's page that opens to its sentences, by the address or the card it stands in."""
    for found in BeautifulSoup(main, "html.parser").select("details.explained"):
        indicator, card = found.find_parent("li", class_="indicator"), found.find_parent("article")
        code = indicator.select_one("a")["href"].rstrip("/").split("/")[-1] if indicator else card["id"]
        title = _text(found.select_one(".explained-body > .note"))
        if title:
            yield _figure(title, code, found, [_text(line) for line in found.select(".explained-body > p")])


def from_figure_page(main, code):
    """The whole round, parts, statements and earlier rounds of one figure's page."""
    for voice in BeautifulSoup(main, "html.parser").select("section[aria-labelledby^=voice-]"):
        title, card = _text(voice.select_one(".eyebrow")), voice.select_one(".card")
        yield _figure(title, code, card, [_text(line) for line in card.select(".figure-said p")])
        for part in voice.select(".breakdowns table"):
            yield from _parts(title, code, part)
        for item in voice.select(".card:has(> .list-title)"):
            yield _item(title, item)
        for row in voice.select(":scope > .table-wrap tbody tr"):
            round, _closed, words = [_text(cell) for cell in row.select("th, td")]
            yield Said(round, code, numbers=counted(words))


def from_results_page(main, codes):
    """What everybody who was asked reads at their survey link. `codes`: {label: code} of the indicators."""
    soup = BeautifulSoup(main, "html.parser")
    title = _text(soup.select_one(".lead"))
    for part in soup.select("section[aria-labelledby^=part-]"):
        if summary := part.select_one(".results-summary"):
            code = part["aria-labelledby"].removeprefix("part-")
            yield _figure(title, code, summary, [_text(line) for line in summary.select("details p")])
        for indicator in part.select(".results-list > li > details"):
            code = codes[_text(indicator.select_one(".results-label"))]
            yield _figure(title, code, indicator.summary, [_text(line) for line in indicator.select("div > p")])
            for statement in indicator.select("div > ul > li"):
                yield _figure(title, _text(statement.select_one("span[dir]")), statement, [])


def _figure(title, code, found, sentences):
    shown, text = found.select_one(".explained-figure"), " ".join(sentences)
    numbers = counted(_text(shown)) if shown else {}
    if mean := MEAN.search(text):
        numbers["mean"] = mean[1]
    paired, previous = PAIRED.search(text), PREVIOUS.search(text)
    return Said(
        title,
        code,
        numbers=numbers,
        paired=paired and tuple(map(int, paired.groups())),
        previous=previous and tuple(map(int, previous.groups())),
    )


def _parts(title, code, table):
    breakdown = BREAKDOWNS[_text(table.select_one("caption"))]
    for row in table.select("tbody tr"):
        cell, words = _text(row.select_one("th")), _text(row.select_one("td"))
        yield Said(title, code, breakdown, "" if cell in NAMELESS else cell, counted(_first_sentence(words)))


def _first_sentence(words):
    """The figure of a cell without the rule that stands behind it."""
    return HIDDEN if words.startswith(HIDDEN) else words


def _item(title, card):
    code = _text(card.select_one(".list-title"))
    said = _figure(title, code, card, [_text(line) for line in card.select(".explained-body > p")])
    rows = [[_text(cell) for cell in row.select("th, td")] for row in card.select(".chart tbody tr")]
    if rows:
        said.numbers["distribution"] = [(int(answer), int(people)) for answer, people in rows]
    return said


def _text(element):
    return " ".join(element.get_text().split()) if element else ""


# --- files and mails ------------------------------------------------------------------------------------------------


def from_csv(content):
    yield from _rows(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def from_workbook(content):
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = book.get_sheet_by_index(0).to_python()
    yield from _rows(
        [int(cell) if isinstance(cell, float) and cell == int(cell) else cell for cell in row] for row in rows
    )


def _rows(rows):
    header, *rows = rows
    for row in rows:
        line = dict(zip(header, [str(cell) for cell in row], strict=True))
        if line["Kind"] != "response rate":
            yield _row(line)


def _row(line):
    numbers = counted(line["As the page shows it"])
    told = [str(numbers.get(name, "")) for name in ("count", "n")]
    assert [line["Favourable"], line["n"]] == told, "The columns tell something else than the words beside them."
    if line["Mean"]:
        numbers["mean"] = line["Mean"]
    if spread := line["How many chose each answer"]:
        numbers["distribution"] = [tuple(map(int, pair.split(" = "))) for pair in spread.split("; ")]
    part = "" if line["Part"] in NAMELESS else line["Part"]
    return Said(line["Round"], line["Code"], BREAKDOWNS[line["Broken down by"]], part, numbers)


def own_words_on(main):
    """What people wrote in their own words, as a page shows it; all that stands beside is none of it."""
    return [_text(quoted) for quoted in BeautifulSoup(main, "html.parser").select(".own-words blockquote")]


def own_words_in(content):
    """The same from a workbook: the last column of the sheet that has them."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    if "In their own words" not in book.sheet_names:
        return []
    _header, *rows = book.get_sheet_by_name("In their own words").to_python()
    return [row[-1] for row in rows]


def told_in_mails(mails):
    """Everything in mails that reads like a figure."""
    return [found[0] for mail in mails for text in (mail.subject, mail.body) for found in TOLD.finditer(text)]


@dataclass(frozen=True)
class Letter:
    """A mail to somebody who was asked, as the mail server gets it."""

    kind: str
    address: str
    subject: str
    body: str

    def words(self, *personal):
        """What it says without what is meant to differ: links and these words of the person's own."""
        text = LINK.sub("(link)", f"{self.subject}\n{self.body}")
        for word in sorted(filter(None, personal), key=len, reverse=True):
            text = text.replace(word, "(own)")
        return text


def letter(kind, content):
    read = message_from_bytes(content, policy=policy.default)
    address = read["To"].addresses[0].addr_spec
    return Letter(kind, address, read["Subject"], read.get_content().replace("\r\n", "\n"))
