"""The cases of every component, the hard ones above all: what the gallery shows and the design tests judge.

A case is (what is hard about it, the variables of the component). Words are as long as the real ones ever get; nothing
here is read from a table.
"""

from django import forms
from django.core.paginator import Paginator

from core import charts

LONG = "Mid-Cumberland Region Early Childhood, Family Resilience and Community Health Collaborative of Central County"
UNBROKEN = "Zusammenarbeitsvereinbarungsverlängerungsbeschlussvorlage"
HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)> & “quotes”"
ARABIC = "يبني فريق العمود الفقري فهمًا مشتركًا للمشكلة."
SENTENCE = "Somebody else changed this at the same time. Both texts are below: join them, then save once more."
SCALE = ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"]
CHOICES = [{"value": str(number), "label": label} for number, label in enumerate(SCALE, 1)]
ASIDE = [
    {"value": "unknown", "label": "Don't know", "aside": True},
    {"value": "none", "label": "Does not apply", "aside": True},
]
RATING = [{"value": str(number), "label": str(number)} for number in range(11)]
BADGES = [
    "survey",
    "log",
    "status",
    "draft",
    "open",
    "paused",
    "closing",
    "closed",
    "cancelled",
    "up",
    "down",
    "same",
    "baseline",
    "uncertain",
    "bounced",
    "failed",
    "good",
    "warn",
    "danger",
    "info",
    "quiet",
]
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
FUNCTIONS = ["Guide vision and strategy", "Cultivate community engagement and ownership", "Mobilize resources"]
# What belongs to the frame of a page and is seen on each one.
FRAME = {"account_menu", "assets", "brand", "mark", "messages", "search_link", "site_nav", "site_nav_item"}


class HardForm(forms.Form):
    search = forms.CharField(required=False, label="Search")
    sector = forms.ChoiceField(
        required=False, label="Sector", choices=[("", "All sectors"), ("long", LONG), ("unbroken", UNBROKEN)]
    )
    since = forms.DateField(label="From", widget=forms.DateInput({"type": "date"}))


def _interval(title, **figures):
    table = {
        "columns": ["Figure", "People"],
        "rows": [["At least", str(figures["low"])], ["At most", str(figures["high"])]],
    }
    return charts.interval(title=title, description=f"{figures['low']} to {figures['high']}", **figures, **table)


def _charts():
    nothing = [(name, [None] * 12, ["–"] * 12) for name in FUNCTIONS]
    lengths = [(LONG, 4_000, "66 h 40 min"), (UNBROKEN, 1, "1 min"), (HOSTILE, None, "–")]
    spread = [(label, number, str(number)) for label, number in zip(SCALE, [0, 0, 1, 0, 29], strict=True)]
    return [
        ("a range as wide as the whole", _interval("Everybody", low=0, high=30, maximum=30)),
        ("a range that is one point", _interval("One point", low=7, high=7, maximum=7, known=7)),
        (
            "long, unbroken and hostile labels; one bar a hair's breadth",
            charts.bars(title=HOSTILE, description="By name", columns=["Name", "Time"], rows=lengths),
        ),
        (
            "a spread with all at one end",
            charts.distribution(title="Spread", description="Five steps", columns=["Answer", "People"], rows=spread),
        ),
        (
            "a year in which nothing was logged",
            charts.stacked_columns(
                title="A quiet year", description="None", first_column="Month", labels=MONTHS, series=nothing, unit=60
            ),
        ),
        (
            "bands under the months: long, hostile and as narrow as a week",
            charts.stacked_columns(
                title="Phases",
                description="Six hours each month",
                first_column="Month",
                labels=MONTHS,
                series=[(FUNCTIONS[0], [360] * 12, ["6 h"] * 12)],
                unit=60,
                bands=[(LONG, 0, 4.5), (HOSTILE, 4.5, 9), ("A week", 9, 9.25), (ARABIC, 9.25, 12)],
                bands_column="Phase",
            ),
        ),
        (
            "groups of bars, one of them unknown",
            charts.grouped_bars(
                title="Groups",
                description="Three for each",
                first_column="Name",
                labels=[LONG, UNBROKEN],
                series=[
                    ("Logged", [75, None], ["75 %", "–"]),
                    ("Suggested", [10, 90], ["10 %", "90 %"]),
                    ("Planned", [0, 100], ["0 %", "100 %"]),
                ],
            ),
        ),
    ]


def _questions():
    rows = [
        {"name": "m1", "text": LONG, "value": "4"},
        {"name": "m2", "text": UNBROKEN, "error": "Choose one answer, or “don't know”."},
        {"name": "m3", "text": ARABIC, "value": "none"},
    ]
    places = [{"name": f"r{place}", "text": text, "value": str(place)} for place, text in enumerate([LONG, HOSTILE], 1)]
    other = {"name": "other", "value": HOSTILE, "longest": 200}
    return {
        "question_matrix": [("long rows, one refused, one in Arabic", {"rows": rows, "choices": CHOICES + ASIDE})],
        "question_choices": [
            (
                "with help and an error",
                {"name": "c1", "text": LONG, "choices": CHOICES, "help": LONG, "error": SENTENCE},
            ),
            (
                "several, with “other: …” in hostile words",
                {
                    "name": "c2",
                    "text": HOSTILE,
                    "choices": CHOICES,
                    "several": True,
                    "value": ["1", "5"],
                    "other": other,
                },
            ),
        ],
        "question_line": [
            (
                "a number with a unit",
                {"name": "l1", "text": LONG, "value": "1,5", "unit": UNBROKEN, "input_mode": "decimal"},
            ),
            (
                "a refused date",
                {"name": "l2", "text": ARABIC, "is_date": True, "error": "This day lies in the future."},
            ),
        ],
        "question_rating": [
            (
                "both ends in long words",
                {"name": "n1", "text": LONG, "choices": RATING, "lowest": LONG, "highest": LONG},
            )
        ],
        "question_ranking": [
            (
                "two options on the same place",
                {
                    "name": "k1",
                    "text": LONG,
                    "rows": places,
                    "places": ["1", "2"],
                    "error": "Two options share a place.",
                },
            )
        ],
        "question_text": [
            (
                "too long already",
                {"name": "t1", "text": LONG, "value": UNBROKEN * 5, "maximum": 200, "error": SENTENCE},
            ),
            ("empty, without a limit", {"name": "t2", "text": ARABIC}),
        ],
    }


def cases():
    """{component: [(what is hard about it, its variables)]}, by name."""
    page = Paginator(range(100_000), 20)
    found = {
        "back_link": [("a long name", {"url": "#", "label": LONG})],
        "badge": [(kind, {"kind": kind, "label": kind}) for kind in BADGES] + [("a long word", {"label": UNBROKEN})],
        "button": [
            ("plain, long", {"url": "#", "label": LONG}),
            ("main, with an icon", {"url": "#", "label": "Add", "kind": "primary", "icon": "plus"}),
            ("dangerous, small", {"url": "#", "label": "Delete", "kind": "danger", "small": True}),
            ("quiet", {"url": "#", "label": "Not now", "kind": "quiet"}),
        ],
        "chart": [
            (
                title,
                {
                    "chart": chart,
                    "key": f"gallery-{place}",
                    "caption": "If those who did not answer resemble those who did.",
                },
            )
            for place, (title, chart) in enumerate(_charts())
        ],
        "confirm": [
            (
                "a long sentence",
                {"label": "Cancel the round", "sentence": SENTENCE, "action": "#", "submit_label": LONG},
            )
        ],
        "definition_list": [
            ("an empty value, a long name", {"items": [("Closes", ""), (UNBROKEN, LONG), ("State", HOSTILE)]})
        ],
        "empty_state": [
            (
                "with two ways on",
                {
                    "title": LONG,
                    "text": SENTENCE,
                    "url": "#",
                    "label": "Import",
                    "second_url": "#",
                    "second_label": LONG,
                },
            ),
            ("without any", {"title": "No answers yet", "text": "They come when the round is closed."}),
        ],
        "explained_figure": [
            (
                "a figure of long words",
                {"figure": "between 18 and 25 of the 30 invited", "sentence": SENTENCE, "source": LONG},
            ),
            (
                "small, with a link",
                {"figure": "at most 1 of 14", "sentence": SENTENCE, "small": True, "url": "#", "label": LONG},
            ),
        ],
        "filter_bar": [("a long choice, an error", {"form": HardForm({"since": ""}), "clear_url": "#"})],
        "form_actions": [("a long label", {"label": LONG, "cancel_url": "#"})],
        "hidden_figure": [
            ("with the rule", {"sentence": "Fewer than 5 people from 2 organisations answered."}),
            ("other words, no rule", {"text": "no answers yet"}),
        ],
        "meter": [
            ("nobody of nobody", {"label": LONG, "value": 0, "maximum": 0, "text": "0 of 0", "key": "none"}),
            ("all", {"label": "Answered", "value": 30, "maximum": 30, "text": "30 of 30", "key": "all"}),
        ],
        "notice": [
            (kind, {"kind": kind, "title": LONG, "text": SENTENCE}) for kind in ("info", "good", "warn", "danger")
        ]
        + [("hostile words and a link", {"text": HOSTILE, "url": "#", "label": UNBROKEN})],
        "pagination": [("page 2,500 of 5,000", {"page": page.page(2_500)})],
        "progress": [
            ("not begun", {"label": LONG, "value": 0, "maximum": 2_500, "text": "0 of 2,500 sent", "key": "begin"}),
            (
                "done",
                {"label": "Sending", "value": 2_500, "maximum": 2_500, "text": "2,500 of 2,500 sent", "key": "done"},
            ),
        ],
        "stat": [
            ("a large number", {"label": LONG, "value": "12,345,678", "of": "USD", "note": SENTENCE}),
            ("nothing yet", {"label": "Response rate", "value": "no answers yet"}),
        ],
        "steps": [
            (
                "one done, one next, one to come",
                {
                    "steps": [
                        {"label": LONG, "done": True},
                        {"label": UNBROKEN, "url": "#", "hint": SENTENCE, "action": "Go on"},
                        {"label": "Then"},
                    ],
                    "next_index": 1,
                },
            )
        ],
        "table": [
            (
                "long, unbroken and hostile cells",
                {"caption": LONG, "columns": ["Name", UNBROKEN], "rows": [[LONG, "0"], [HOSTILE, ""]]},
            ),
            ("no row at all", {"caption": "Nothing", "columns": ["Name"], "rows": []}),
        ],
        "tabs": [
            (
                "more than fit",
                {
                    "label": "Organisations",
                    "tabs": [
                        {"label": LONG, "url": "#", "current": True, "count": 12_345},
                        *({"label": name, "url": "#"} for name in FUNCTIONS),
                    ],
                },
            )
        ],
    }
    return dict(sorted((found | _questions()).items()))
