"""Where the bars, lines and words of a chart stand. Geometry only: figures and their words arrive ready and are never computed here.

Every chart is drawn twice, for a wide and for a narrow place, because the letters of an SVG shrink with it. Colour is a
class name; the stylesheet knows the colour. `templates/components/chart.html` draws what these functions return.
"""

import math
import textwrap
from dataclasses import dataclass, field

WIDE = 720
NARROW = 360
# Room that a letter takes at the sizes set in components.css, rounded up.
LETTER = 8
LINE = 19
# How high the strip of bands below an axis is.
BAND = 22


@dataclass(frozen=True)
class Bar:
    """A rectangle; `kind` is its class. `title` is shown to whoever points at it."""

    x: int
    y: int
    width: int
    height: int
    kind: str
    title: str = ""


@dataclass(frozen=True)
class Line:
    x1: int
    y1: int
    x2: int
    y2: int
    kind: str


@dataclass(frozen=True)
class Word:
    """Text at its baseline. `anchor` is start, middle or end; `kind` its class."""

    x: int
    y: int
    text: str
    anchor: str = "start"
    kind: str = "chart-text"


@dataclass
class Drawing:
    width: int
    height: int = 0
    bars: list[Bar] = field(default_factory=list)
    # The grid lies below the bars, lines above them.
    grid: list[Line] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)


@dataclass(frozen=True)
class Chart:
    """What the component shows: two drawings, the words for those who cannot see them, and the same figures as a table."""

    title: str
    description: str
    columns: list[str]
    rows: list[list[str]]
    wide: Drawing
    narrow: Drawing
    # Pairs of class and name, empty where one colour needs no explaining.
    legend: list[tuple[str, str]] = field(default_factory=list)


def wrap(text, width, most=2):
    """At most `most` lines of about `width` pixels; what does not fit ends in an ellipsis (the table has it whole)."""
    return textwrap.wrap(str(text), max(4, width // LETTER), max_lines=most, placeholder=" …") or [""]


def along(value, maximum, length):
    """How far `value` lies on a scale from 0 to `maximum` that is `length` long, kept inside it."""
    if not maximum:
        return 0
    return round(min(max(value / maximum, 0), 1) * length)


def ticks(maximum, unit=1, most=4):
    """Round steps from 0 to at least `maximum`: 1, 2 or 5 times a power of ten times `unit`, at most `most` above 0."""
    step = unit
    factors = (2, 2.5, 2)
    turn = 0
    while step * most < maximum:
        step *= factors[turn % 3]
        turn += 1
    step = int(step) if step == int(step) else step
    count = 1
    while step * count < maximum:
        count += 1
    return [step * position for position in range(count + 1)]


def interval(*, title, description, low, high, maximum, columns, rows, known=None):
    """A range of people on a scale from 0 to all who were asked: "between 18 and 25 of 30".

    `known` is the number who said so themselves; it is drawn solid, the range lighter with its two ends marked.
    """
    return Chart(
        title,
        description,
        columns,
        rows,
        *(draw_interval(width, low=low, high=high, maximum=maximum, known=known) for width in (WIDE, NARROW)),
    )


def draw_interval(width, *, low, high, maximum, known):
    edge, top, thick = 12, 30, 22
    length = width - 2 * edge
    start, end = edge + along(low, maximum, length), edge + along(high, maximum, length)
    drawing = Drawing(width, top + thick + 26)
    drawing.bars.append(Bar(edge, top, length, thick, "chart-track"))
    drawing.bars.append(Bar(start, top, end - start, thick, "chart-range"))
    if known is not None:
        drawing.bars.append(Bar(edge, top + 7, along(known, maximum, length), thick - 14, "chart-known"))
    for x in sorted({start, end}):
        drawing.lines.append(Line(x, top - 4, x, top + thick + 4, "chart-cap"))
    drawing.words.extend(ends_of_range(start, end, low, high, y=top - 10, edge=edge, width=width))
    base = top + thick + 22
    drawing.words.append(Word(edge, base, "0", "start", "chart-text-soft"))
    drawing.words.append(Word(width - edge, base, str(maximum), "end", "chart-text-soft"))
    return drawing


def ends_of_range(start, end, low, high, *, y, edge, width):
    """The two numbers above the ends, or one label where two would touch; never beyond the drawing."""
    strong = "chart-text chart-text-strong"
    words = [f"{low}–{high}"] if end - start < 48 else [str(low), str(high)]
    if start == end:
        words = [str(low)]
    places = [(start + end) // 2] if len(words) == 1 else [start, end]
    half = max(len(word) for word in words) * LETTER // 2 + 4
    return [
        Word(min(max(x, edge + half), width - edge - half), y, word, "middle", strong)
        for x, word in zip(places, words, strict=True)
    ]


def bars(*, title, description, columns, rows, kinds=None, maximum=None):
    """One bar per row, the words beside it.

    `rows` are (label, value, text): the value sets the length, the text is what is read. A value of None draws no bar and
    still says its text. `kinds` gives each bar its own class.
    """
    kinds = kinds or ["series-1"] * len(rows)
    scale = maximum or max((value for _, value, _ in rows if value is not None), default=0)
    return Chart(
        title,
        description,
        columns,
        [[label, text] for label, _, text in rows],
        draw_bars_wide(rows, kinds, scale),
        draw_bars_narrow(rows, kinds, scale),
    )


def room_for(texts):
    return max((len(str(text)) for text in texts), default=0) * LETTER + 12


def room_beside_bars(rows, marks=None):
    """Texts that follow a bar or a mark need room; one that stands where neither is drawn does not."""
    marks = marks or [None] * len(rows)
    return room_for(text for (_, value, text), mark in zip(rows, marks, strict=True) if value or mark)


def draw_bars_wide(rows, kinds, maximum, marks=None):
    drawing = Drawing(WIDE)
    start = 260
    length = WIDE - start - min(room_beside_bars(rows, marks), 240)
    y = 4
    for (label, value, text), kind, mark in zip(rows, kinds, marks or [None] * len(rows), strict=True):
        lines = wrap(label, start - 16)
        height = max(34, len(lines) * LINE + 12)
        first = y + (height - len(lines) * LINE) // 2 + 14
        drawing.words.extend(Word(0, first + LINE * number, line) for number, line in enumerate(lines))
        add_bar(drawing, start, y + (height - 20) // 2, value, text, kind, maximum, length, mark)
        y += height
    drawing.height = y + 4
    return drawing


def draw_bars_narrow(rows, kinds, maximum, marks=None):
    drawing = Drawing(NARROW)
    length = NARROW - min(room_beside_bars(rows, marks), 150)
    y = 0
    for (label, value, text), kind, mark in zip(rows, kinds, marks or [None] * len(rows), strict=True):
        lines = wrap(label, NARROW)
        drawing.words.extend(Word(0, y + 16 + LINE * number, line) for number, line in enumerate(lines))
        y += len(lines) * LINE + 6
        add_bar(drawing, 0, y, value, text, kind, maximum, length, mark)
        y += 34
    drawing.height = y
    return drawing


def add_bar(drawing, x, y, value, text, kind, maximum, length, mark=None):
    drawn = 0
    if value is not None:
        # A value that is not zero stays visible however long the longest bar is.
        drawn = max(along(value, maximum, length), 2 if value else 0)
        drawing.bars.append(Bar(x, y, drawn, 20, f"chart-bar {kind}"))
    if mark is not None:
        place = along(mark, maximum, length)
        drawing.lines.append(Line(x + place, y - 4, x + place, y + 24, "chart-cap"))
        drawn = max(drawn, place)
    drawing.words.append(Word(x + drawn + (8 if drawn else 0), y + 15, str(text), "start", "chart-text-soft"))


def bars_with_marks(*, title, description, columns, rows):
    """As `bars`, with a line across each bar where something else stands, such as what was planned.

    `rows` are (label, value, mark, text); a mark of None draws no line.
    """
    kinds = ["series-1"] * len(rows)
    marks = [mark for _label, _value, mark, _text in rows]
    plain = [(label, value, text) for label, value, _mark, text in rows]
    scale = max((number for _label, value, mark, _text in rows for number in (value, mark) if number), default=0)
    return Chart(
        title,
        description,
        columns,
        [[label, text] for label, _value, text in plain],
        draw_bars_wide(plain, kinds, scale, marks),
        draw_bars_narrow(plain, kinds, scale, marks),
    )


def grouped_bars(*, title, description, first_column, labels, series):
    """A group of bars per label, one per series, so that they can be compared.

    `series` are (name, values, texts), the values and texts in the order of `labels`; None draws no bar, its text is read.
    """
    names = [name for name, _, _ in series]
    texts = [[label, *(texts[place] for _, _, texts in series)] for place, label in enumerate(labels)]
    return Chart(
        title,
        description,
        [first_column, *names],
        texts,
        *(draw_groups(width, labels, series) for width in (WIDE, NARROW)),
        [(f"series-{number % 7 + 1}", name) for number, name in enumerate(names)],
    )


def draw_groups(width, labels, series):
    drawing = Drawing(width)
    start = 290 if width == WIDE else 0
    maximum = max((value for _, values, _ in series for value in values if value is not None), default=0)
    length = width - start - min(room_for(text for _, _, texts in series for text in texts), 150)
    y = 4
    for place, label in enumerate(labels):
        lines = wrap(label, start - 40 if start else width)
        drawing.words.extend(Word(0, y + 15 + LINE * number, line) for number, line in enumerate(lines))
        bottom = y + len(lines) * LINE
        y = y if start else bottom + 6
        for number, (_name, values, texts) in enumerate(series):
            add_bar(drawing, start, y, values[place], texts[place], f"series-{number % 7 + 1}", maximum, length)
            y += 22
        y = max(y, bottom) + 14
    drawing.height = y
    return drawing


def distribution(*, title, description, columns, rows):
    """How many chose each step of a scale, lowest first. `rows` as for `bars`; two to five steps."""
    spread = {2: (1, 5), 3: (1, 3, 5), 4: (1, 2, 4, 5), 5: (1, 2, 3, 4, 5)}[len(rows)]
    return bars(
        title=title, description=description, columns=columns, rows=rows, kinds=[f"scale-{step}" for step in spread]
    )


def stacked_columns(
    *, title, description, first_column, labels, series, unit=1, tick_text=str, bands=(), bands_column=""
):
    """A column per label (a month), made of one piece per series.

    `series` are (name, values, texts), the values and texts in the order of `labels`; None draws nothing. Ticks stand at
    round multiples of `unit` (60 where minutes are read as hours) and are worded by `tick_text`.

    `bands` are (label, from, to), drawn below the axis in its steps: 0 is where the first column's place begins, 1.5 the
    middle of the second's. The table names them in a column of its own, `bands_column`.
    """
    names = [name for name, _, _ in series]
    texts = [[label, *(texts[place] for _, _, texts in series)] for place, label in enumerate(labels)]
    if bands:
        texts = [[*row, bands_of_step(bands, place)] for place, row in enumerate(texts)]
    values = [values for _, values, _ in series]
    legend = [(f"series-{number % 7 + 1}", name) for number, name in enumerate(names)] if len(names) > 1 else []
    drawings = [draw_columns(width, labels, values, unit, tick_text, bands) for width in (WIDE, NARROW)]
    return Chart(
        title,
        description,
        [first_column, *names, *([bands_column] if bands else [])],
        texts,
        *drawings,
        legend + numbered_bands(bands, drawings),
    )


def bands_of_step(bands, place):
    """The names of all bands that touch a step, in their order."""
    return ", ".join(str(label) for label, start, end in bands if start < place + 1 and end > place) or "–"


def draw_columns(width, labels, values, unit, tick_text, bands=()):
    height = 260 if width == WIDE else 220
    totals = [sum(piece[place] or 0 for piece in values) for place in range(len(labels))]
    marks = ticks(max(totals, default=0), unit)
    start, top, base = room_for(tick_text(mark) for mark in marks), 14, height - 30
    drawing = Drawing(width, height)
    for mark in marks:
        y = base - along(mark, marks[-1], base - top)
        drawing.grid.append(Line(start, y, width, y, "chart-gridline" if mark else "chart-axis"))
        drawing.words.append(Word(start - 8, y + 5, tick_text(mark), "end", "chart-text-soft"))
    slot = (width - start) / max(len(labels), 1)
    every = math.ceil(room_for(labels) / slot)
    for place, label in enumerate(labels):
        middle = round(start + slot * (place + 0.5))
        add_column(
            drawing, middle, min(round(slot * 0.68), 56), [piece[place] for piece in values], marks[-1], top, base
        )
        if place % every == 0:
            drawing.words.append(Word(middle, height - 8, str(label), "middle", "chart-text-soft"))
    if bands:
        add_bands(drawing, bands, start, slot)
    return drawing


def add_bands(drawing, bands, start, slot):
    """A strip of bands at the foot: an edge where one begins or ends, filled in turns, each with as much of its name as fits,
    or with its number, which the legend explains."""
    top = drawing.height + 4
    edges, numbers = set(), numbers_of(bands)
    for number, (label, begins, ends) in enumerate(bands):
        left = round(start + slot * max(begins, 0))
        width = round(start + slot * ends) - left
        kind = "chart-band-even" if number % 2 else "chart-band-odd"
        drawing.bars.append(Bar(left, top, width, BAND, f"chart-band {kind}", str(label)))
        edges |= {left, left + width}
        words = fitting(label, width - 8) or fitting(numbers[str(label)], width)
        if words:
            drawing.words.append(Word(left + width // 2, top + 16, words, "middle", "chart-text-soft"))
    drawing.lines.extend(Line(x, top - 4, x, top + BAND, "chart-axis") for x in sorted(edges))
    drawing.height = top + BAND + 2


def numbers_of(bands):
    """{name: number in words}; bands of one name share their number."""
    names = dict.fromkeys(str(label) for label, _start, _end in bands)
    return {name: str(number) for number, name in enumerate(names, 1)}


def numbered_bands(bands, drawings):
    """What the legend says of the bands that are too narrow for their names in one of the drawings."""
    drawn = {(word.text, word.kind) for drawing in drawings for word in drawing.words if word.y > drawing.height - BAND}
    found = [(name, number) for name, number in numbers_of(bands).items() if (number, "chart-text-soft") in drawn]
    return [("chart-band-odd", f"{number}: {name}") for name, number in found]


def fitting(text, width):
    """As much of a text as fits into `width` pixels, "" where that would be only a part of less than three letters."""
    text, most = str(text), width // LETTER
    if len(text) <= most:
        return text
    return f"{text[: most - 1].rstrip()}…" if most >= 4 else ""


def add_column(drawing, middle, thick, pieces, maximum, top, base):
    """Pieces on each other; edges are rounded from the running sum so that none overlaps and none leaves a gap."""
    below = 0
    for number, piece in enumerate(pieces):
        if not piece:
            continue
        lower = base - along(below, maximum, base - top)
        below += piece
        upper = base - along(below, maximum, base - top)
        drawing.bars.append(Bar(middle - thick // 2, upper, thick, lower - upper, f"chart-bar series-{number % 7 + 1}"))
