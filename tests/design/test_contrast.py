"""WCAG 2.2 AA in both modes: 4.5 for text, 3 for the edge of a control, the focus ring and the pieces of a chart."""

import pytest

from tests.design.styles import colours, contrast, text_of

TOKENS = colours(text_of("tokens.css"))
GROUNDS = ["paper", "surface", "sunken"]
TINTED = ["good", "warn", "danger", "info", "quiet", "survey", "log", "status"]
TEXT = [
    *(
        (ink, ground)
        for ink in ("ink", "ink-soft", "ink-faint", "accent", "accent-strong", "danger")
        for ground in GROUNDS
    ),
    *((name, f"{name}-soft") for name in TINTED),
    *(("ink", f"{name}-soft") for name in TINTED),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("accent-strong", "accent-soft"),
    ("ink", "accent-soft"),
    ("ink-soft", "accent-soft"),
]
EDGES = [
    *((edge, ground) for edge in ("line-strong", "focus", "accent") for ground in GROUNDS),
    *((f"series-{number}", "surface") for number in range(1, 8)),
    *((f"scale-{number}", "surface") for number in range(1, 6)),
]


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back"), TEXT)
def test_text_can_be_read(front, back, mode):
    assert contrast(TOKENS[front][mode], TOKENS[back][mode]) >= 4.5


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back"), EDGES)
def test_edges_and_charts_can_be_seen(front, back, mode):
    assert contrast(TOKENS[front][mode], TOKENS[back][mode]) >= 3


def test_contrast_knows_black_on_white():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
