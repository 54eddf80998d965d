"""Charts say in bars, words and tables what they were given, and nothing else."""

import itertools
import re

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from core import charts

HOSTILE = "<script>alert(1)</script>"
LONG_NAME = "Organise everything for impact in all of the valley"


def minutes(rows, **fields):
    return charts.bars(title="Minutes", description="By function", columns=["Function", "Time"], rows=rows, **fields)


def people(low, high, maximum, known=None):
    return charts.interval(
        title="Favourable",
        description="A range of people",
        low=low,
        high=high,
        maximum=maximum,
        known=known,
        columns=["Figure", "People"],
        rows=[["At least", str(low)], ["At most", str(high)]],
    )


def months(series, labels=("Jan", "Feb"), **fields):
    return charts.stacked_columns(
        title="Time", description="By month", first_column="Month", labels=list(labels), series=series, **fields
    )


def every_chart(word):
    return [
        charts.bars(title=word, description=word, columns=[word, word], rows=[(word, 3, word)]),
        charts.distribution(
            title=word, description=word, columns=[word, word], rows=[(word, n, word) for n in range(5)]
        ),
        charts.interval(
            title=word, description=word, low=1, high=2, maximum=3, known=1, columns=[word, word], rows=[[word, word]]
        ),
        charts.stacked_columns(
            title=word,
            description=word,
            first_column=word,
            labels=[word],
            series=[(word, [3], [word]), (word, [1], [word])],
            tick_text=lambda mark: word,
            bands=[(word, 0, 1)],
            bands_column=word,
        ),
        charts.grouped_bars(
            title=word, description=word, first_column=word, labels=[word], series=[(word, [3], [word])]
        ),
    ]


def drawn(chart):
    return render_to_string("components/chart.html", {"chart": chart, "key": "k", "caption": "c"})


@pytest.mark.parametrize("position", range(5))
def test_hostile_words_come_out_as_text_in_title_description_drawing_and_table(position):
    html = drawn(every_chart(HOSTILE)[position])
    assert "<script" not in html
    escaped = "&lt;script&gt;alert(1)&lt;/script&gt;"
    assert html.count(f'-title">{escaped}</title>') == 2
    assert html.count(f'-text">{escaped}</desc>') == 2
    assert f"<caption>{escaped}</caption>" in html
    assert f'<td data-label="{escaped}">{escaped}</td>' in html


def test_bar_lengths_stand_in_the_relation_of_their_values():
    for drawing in (
        minutes([("A", 100, "100"), ("B", 50, "50")]).wide,
        minutes([("A", 100, "100"), ("B", 50, "50")]).narrow,
    ):
        long, short = [bar.width for bar in drawing.bars]
        assert abs(long - 2 * short) <= 1


def test_value_that_is_missing_draws_no_bar_and_keeps_its_words():
    chart = minutes([("A", None, "no answers yet"), ("B", 4, "4")])
    assert len(chart.wide.bars) == 1
    assert chart.rows == [["A", "no answers yet"], ["B", "4"]]
    assert "no answers yet" in [word.text for word in chart.wide.words]


def test_small_value_stays_visible_beside_a_large_one_and_zero_has_no_length():
    widths = [bar.width for bar in minutes([("A", 1, "1"), ("B", 100_000, "100 000"), ("C", 0, "0")]).wide.bars]
    assert widths[0] == 2
    assert widths[2] == 0


def test_long_label_is_cut_in_the_drawing_and_whole_in_the_table():
    label = "an unusually long label " * 8
    chart = minutes([(label, 1, "1")])
    assert chart.narrow.words[1].text.endswith("…")
    assert chart.rows[0][0] == label


def test_no_text_and_no_bar_of_the_bar_chart_leaves_the_drawing():
    chart = minutes([("Cultivate community engagement and ownership", 990, "16 h 30 min"), ("B", 990, "16 h 30 min")])
    for drawing in (chart.wide, chart.narrow):
        for word in drawing.words:
            assert word.x + charts.LETTER * len(word.text) <= drawing.width
            assert 0 < word.y < drawing.height
        assert all(bar.y + bar.height <= drawing.height for bar in drawing.bars)


def test_interval_lies_on_the_scale_of_all_invited():
    drawing = people(15, 30, 30).wide
    track, span = drawing.bars
    assert span.x == track.x + track.width // 2
    assert span.x + span.width == track.x + track.width
    assert [word.text for word in drawing.words] == ["15", "30", "0", "30"]


def test_interval_of_one_point_has_one_end_and_one_number():
    drawing = people(14, 14, 14, known=14).wide
    assert len(drawing.lines) == 1
    assert [word.text for word in drawing.words] == ["14", "0", "14"]


def test_ends_that_would_touch_share_one_label():
    assert [word.text for word in people(12, 13, 300).narrow.words] == ["12–13", "0", "300"]


def test_interval_labels_stay_inside_the_drawing():
    for drawing in (people(0, 1, 2_500).narrow, people(2_499, 2_500, 2_500).narrow):
        label = drawing.words[0]
        half = charts.LETTER * len(label.text) / 2
        assert label.x - half >= 0
        assert label.x + half <= drawing.width


def test_stacked_pieces_touch_without_overlap():
    chart = months([("A", [33, 10], ["33", "10"]), ("B", [33, 0], ["33", "0"]), ("C", [34, None], ["34", "–"])])
    january = [bar for bar in chart.wide.bars if bar.x == chart.wide.bars[0].x]
    assert len(january) == 3
    assert [lower.y for lower in january[:2]] == [upper.y + upper.height for upper in january[1:]]
    assert len(chart.wide.bars) == 4


def test_columns_carry_their_ready_texts_into_the_table():
    chart = months([("A", [90, None], ["1 h 30 min", "nothing logged yet"])])
    assert chart.columns == ["Month", "A"]
    assert chart.rows == [["Jan", "1 h 30 min"], ["Feb", "nothing logged yet"]]
    assert chart.legend == []


def test_labels_below_columns_are_thinned_where_they_would_touch():
    labels = ["January 2026", "February 2026"] * 6
    chart = months([("A", [1] * 12, ["1"] * 12)], labels=labels)
    shown = [word for word in chart.narrow.words if word.anchor == "middle"]
    distance = shown[1].x - shown[0].x
    assert distance >= charts.LETTER * len(shown[0].text)


@pytest.mark.parametrize(
    ("maximum", "unit", "expected"),
    [
        (4, 1, [0, 1, 2, 3, 4]),
        (17, 1, [0, 5, 10, 15, 20]),
        (900, 60, [0, 300, 600, 900]),
        (0, 1, [0, 1]),
    ],
)
def test_ticks_are_round_and_reach_the_maximum(maximum, unit, expected):
    assert charts.ticks(maximum, unit) == expected


def test_drawing_keeps_its_numbers_in_a_language_with_a_decimal_comma():
    chart = minutes([("A", 1, "1"), ("B", 3, "3")])
    with translation.override("fr"):
        numbers = re.findall(r' (?:x|y|x1|x2|y1|y2|width|height)="([^"]*)"', drawn(chart))
    assert [number for number in numbers if not re.fullmatch(r"-?\d+(\.\d+)?", number)] == []
    assert len(numbers) > 10


def test_empty_charts_draw_nothing_and_break_nothing():
    assert minutes([]).wide.bars == []
    assert months([], labels=[]).wide.bars == []
    assert people(0, 0, 0).wide.bars[1].width == 0


def test_mark_stands_where_its_value_would_end_and_text_after_both():
    chart = charts.bars_with_marks(
        title="Time", description="", columns=["Function", "Time"],
        rows=[("Vision", 50, 100, "half"), ("Policy", 100, 50, "all"), ("Other", 0, None, "–"), ("New", 0, 25, "none")],
    )  # fmt: skip
    for drawing in (chart.wide, chart.narrow):
        first, second, third = drawing.lines
        ends = [bar.x + bar.width for bar in drawing.bars]
        assert (first.x1, second.x1, third.x1 < second.x1) == (ends[1], ends[0], True)
        texts = {word.text: word for word in drawing.words}
        assert (texts["half"].x, texts["all"].x, texts["none"].x) == (first.x1 + 8, ends[1] + 8, third.x1 + 8)
        assert max(word.x + len(word.text) * charts.LETTER for word in drawing.words) <= drawing.width


BANDS = [("Assess readiness", 0, 0.5), ("Initiate", 0.5, 1.25), (LONG_NAME, 1.25, 2)]


def banded(bands=BANDS, labels=("Jan", "Feb")):
    series = [("A", [1] * len(labels), ["1"] * len(labels))]
    return months(series, labels, bands=bands, bands_column="Phase")


def strips(drawing):
    return [bar for bar in drawing.bars if "chart-band" in bar.kind]


def test_bands_lie_below_the_labels_side_by_side_in_the_steps_of_the_chart():
    for drawing in (banded().wide, banded().narrow):
        found = strips(drawing)
        assert [bar.title for bar in found] == ["Assess readiness", "Initiate", LONG_NAME]
        assert all(bar.x + bar.width == following.x for bar, following in itertools.pairwise(found))
        assert found[-1].x + found[-1].width == drawing.width
        assert {bar.y for bar in found} == {max(word.y for word in drawing.words if word.text in ("Jan", "Feb")) + 12}
        assert drawing.height >= found[0].y + found[0].height


def test_bands_are_told_apart_by_edges_and_names_not_by_colour_alone():
    drawing = banded().wide
    edges = {line.x1 for line in drawing.lines}
    assert {bar.x for bar in strips(drawing)} <= edges
    assert "Initiate" in [word.text for word in drawing.words]


def test_a_band_shows_as_much_of_its_name_as_fits_and_the_table_all_of_it():
    chart = banded()
    narrow = [word.text for word in chart.narrow.words if word.text.endswith("…")]
    assert narrow
    assert all(LONG_NAME.startswith(text[:-1]) or "Assess readiness".startswith(text[:-1]) for text in narrow)
    assert (chart.columns[-1], [row[-1] for row in chart.rows]) == (
        "Phase",
        ["Assess readiness, Initiate", f"Initiate, {LONG_NAME}"],
    )


def test_many_bands_keep_their_titles_where_no_name_fits_and_none_is_told_where_none_is():
    many = banded([(f"Phase {place}", place, place + 1) for place in range(35)], [str(place) for place in range(36)])
    assert len(strips(many.narrow)) == 35
    assert not [word for word in many.narrow.words if word.text.startswith("Pha")]
    assert many.rows[-1][-1] == "–"


def test_a_band_too_narrow_for_its_name_bears_a_number_that_the_legend_explains():
    chart = banded([("Assess readiness", 0, 1), ("Initiate", 1, 11), ("Assess readiness", 11, 12)], "JFMAMJJASOND")
    foot = strips(chart.narrow)[0].y
    assert [word.text for word in chart.narrow.words if word.y > foot] == ["1", "Initiate", "1"]
    assert chart.legend == [("chart-band-odd", "1: Assess readiness")]
    assert banded([("Initiate", 0, 2)]).legend == []


def test_without_bands_a_chart_over_time_is_as_high_as_before():
    assert (banded([]).wide.height, banded([]).columns) == (260, ["Month", "A"])


def test_groups_of_bars_share_one_scale_and_say_what_is_missing():
    series = [("Hours", [40, None], ["40 %", "–"]), ("Phase", [20, 10], ["20 %", "10 %"])]
    chart = charts.grouped_bars(title="T", description="D", first_column="Function", labels=["A", "B"], series=series)
    assert chart.rows == [["A", "40 %", "20 %"], ["B", "–", "10 %"]]
    assert chart.legend == [("series-1", "Hours"), ("series-2", "Phase")]
    for drawing in (chart.wide, chart.narrow):
        assert [bar.kind for bar in drawing.bars] == ["chart-bar series-1", "chart-bar series-2", "chart-bar series-2"]
        forty, twenty, ten = [bar.width for bar in drawing.bars]
        assert abs(forty - 2 * twenty) <= 1
        assert abs(twenty - 2 * ten) <= 1
        assert max(word.y for word in drawing.words) < drawing.height
