"""The committee's pages as a reader has them: HTML in, figures out. Whatever is printed and not understood is an error."""

import re
from dataclasses import dataclass

from bs4 import BeautifulSoup

COUNT = r"(\d+) of (\d+)"
PERCENT = r"(\d+)\u202f%"
SIGNED = r"([+−]?[\d.]+)"
SENTENCES = {
    "said": re.compile(rf"{COUNT} partners who answered agrees?; (\d+) were invited\."),
    "at_most": re.compile(rf"At most {COUNT} partners who answered agrees; (\d+) were invited\."),
    "at_least": re.compile(rf"At least {COUNT} partners who answered agree; (\d+) were invited\."),
    "people": re.compile(
        r"Of all (\d+) who were asked and to whom it applies, between (\d+) and (\d+) would agree, "
        r"if those who did not answer resemble those who did\."
    ),
    "coded": re.compile(r"Where nearly all or nearly none agree the exact number is kept back, .+"),
    "dont_know": re.compile(r"(\d+) answered “don't know” and (?:is|are) not counted\."),
    "not_applicable": re.compile(r"(\d+) said that it does not apply and (?:is|are) not counted\."),
    "mean": re.compile(r"The mean is (\d\.\d) on a scale from 1 to 5; 3\.5 and more counts as favourable\."),
    "paired": re.compile(
        r"Of the (\d+) who answered in both rounds, (\d+) became favourable and (\d+) no longer are\."
    ),
    "uncoded": re.compile(r"It rests on the statements to agree with; .+ have not been coded yet\."),
    "baseline": re.compile(r"This is the first comparable round, the baseline: .+"),
    "too_few": re.compile(r"One of the two rounds has too few answers, or too much agreement, to compare them\."),
    "change": re.compile(
        rf"Previous round: {COUNT} \({PERCENT}\); now {COUNT} \({PERCENT}\): {SIGNED} points "
        rf"\(between {SIGNED} and {SIGNED}\)\.(?: (.+))?"
    ),
}
NEEDED = re.compile(r"Clear would have been (?:\d+ of \d+ or more(?:, or \d+ or fewer)?|\d+ of \d+ or fewer)\.")
VERDICTS = {
    "clearly up": "up",
    "clearly down": "down",
    "no clear change": "no_clear_change",
    "baseline": "baseline",
    "too few to compare": "too_few",
}


@dataclass(frozen=True)
class Printed:
    """A figure as it is printed: `head` and `words` beside it, the verdict of its badge, the numbers of each sentence."""

    head: str
    words: str
    verdict: str
    sentences: dict


def number(text):
    return float(text.replace("−", "-").replace("+", ""))


def soup_of(html):
    return BeautifulSoup(html, "html.parser")


def text_of(element):
    return " ".join(element.get_text(" ", strip=True).replace("\u202f", "~").split()).replace("~", "\u202f")


def sentences_of(paragraphs):
    """{kind: the numbers in it}; an unknown sentence is an error."""
    found = {}
    for paragraph in paragraphs:
        text = text_of(paragraph)
        kind, match = next(((k, m) for k, p in SENTENCES.items() if (m := p.fullmatch(text))), (None, None))
        assert kind is not None, f"Nobody compares this sentence: {text}"
        assert kind not in found, text
        found[kind] = match.groups()
    return found


def figure_in(part, paragraphs):
    badge = part.select_one(".badge-up, .badge-down, .badge-same, .badge-baseline")
    return Printed(
        text_of(part.select_one(".explained-figure")),
        text_of(part.select_one(".explained-words")),
        VERDICTS[text_of(badge)],
        sentences_of(paragraphs),
    )


def table_rows(table):
    return [[text_of(cell) for cell in row.select("th, td")] for row in table.select("tbody tr")]


def figure_page(html):
    """(the figure, {(breakdown, label): words}, {item text: (figure, distribution)}, [earlier rounds])."""
    page = soup_of(html)
    voices = page.select("section[aria-labelledby^='voice-']")
    assert len(voices) == 1, len(voices)
    voice = voices[0]
    said = voice.select_one(".figure-said")
    whole = figure_in(said.parent, said.select_one(".stack").select("p"))
    cells = {}
    for chart in voice.select(".breakdowns figure.chart"):
        breakdown = {"By sector": "sector", "By group": "group"}[text_of(chart.select_one("figcaption"))]
        # A third column, where there is one, says why a part is kept back.
        cells |= {(breakdown, label): words for label, words, *_why in table_rows(chart.select_one("table"))}
    items = {}
    for card in voice.select(".card:has(> .list-title)"):
        body = card.select_one(".explained-body")
        chart = card.select_one("figure.chart table")
        spread = tuple(int(count) for _answer, count in table_rows(chart)) if chart else None
        shown = figure_in(card, body.select("p:not(.note)"))
        items[text_of(card.select_one(".list-title"))] = (shown, spread)
    earlier = [
        rows
        for table in voice.find_all("table")
        if table.caption and text_of(table.caption) == "Earlier rounds"
        for rows in table_rows(table)
    ]
    return whole, cells, items, earlier


def overview(html):
    """{code or label: Printed} of every figure on the committee's page, by the address it leads to."""
    page, found = soup_of(html), {}
    for card in page.select("article.function-card"):
        for summary in card.select(".function-summary"):
            found[card["id"]] = figure_in(summary, summary.select(".explained-body p:not(.note)"))
    for row in page.select(".indicator"):
        code = row.select_one(".indicator-label")["href"].rstrip("/").rsplit("/", 1)[1]
        for figure in row.select(".indicator-figure"):
            if figure.select_one(".explained-figure"):
                assert code not in found, code
                found[code] = figure_in(figure, figure.select(".explained-body p:not(.note)"))
    return found


def in_short(html):
    """{function: (figure, verdict, time)} of the table at the top."""
    rows = {}
    for row in soup_of(html).select("table.overview tbody tr"):
        cells = row.select("td")
        badge = cells[0].select_one(".badge")
        figure = text_of(cells[0].select_one(".number, .note"))
        code = row.select_one("th a")["href"].lstrip("#")
        rows[code] = (figure, VERDICTS[text_of(badge)] if badge else None, text_of(cells[-1]))
    return rows


def panel(html):
    """({"People": "93 of 144 (65 %)", …}, everything said about those who did not answer)."""
    card = soup_of(html).select_one("section[aria-labelledby='who-answered'] article.card")
    rates = {text_of(p.select("span")[0]): text_of(p.select("span")[1]) for p in card.select(".progress-words")}
    return (
        rates,
        [text_of(line) for line in card.select(".more-body p")],
        [text_of(x) for x in card.select(".more-body li")],
    )
