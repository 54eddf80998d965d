"""Every component on one page, for the browser to judge. The words are as long as the real ones."""

from pathlib import Path

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template import engines

from core import charts
from tests.design.test_form_classes import EveryWidgetForm

NAMES = ["Central County Community Foundation", "Riverside Unified School District"]
FUNCTIONS = ["Guide vision and strategy", "Cultivate community engagement and ownership", "Mobilize resources"]
SCALE = ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"]
CHOICES = [{"value": str(number), "label": label} for number, label in enumerate(SCALE, 1)] + [
    {"value": "unknown", "label": "Don't know", "aside": True},
    {"value": "none", "label": "Does not apply", "aside": True},
]


class GalleryForm(EveryWidgetForm):
    """Without the widgets of several parts, whose parts Django leaves unnamed, and without passwords: neither is used."""

    two_parts = three_parts = secret = None


class FiltersForm(forms.Form):
    search = forms.CharField(required=False)
    sector = forms.ChoiceField(required=False, choices=[("", "All sectors"), ("schools", "Schools")])


def every_chart():
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    pieces = [(name, [90 * (place % 4) for place in range(12)], ["1 h 30 min"] * 12) for name in FUNCTIONS]
    table = {"columns": ["Figure", "People"], "rows": [["At least", "18"], ["At most", "25"]]}
    spread = [(label, place, str(place)) for place, label in enumerate(SCALE)]
    lengths = [(name, 400 * place or None, f"{place} h 40 min") for place, name in enumerate(FUNCTIONS)]
    return [
        charts.interval(title="Range", description="18 to 25", low=18, high=25, maximum=30, known=14, **table),
        charts.bars(title="Minutes", description="By function", columns=["Function", "Time"], rows=lengths),
        charts.distribution(title="Spread", description="Five steps", columns=["Answer", "People"], rows=spread),
        charts.stacked_columns(
            title="Months", description="By function", first_column="Month", labels=months, series=pieces, unit=60
        ),
    ]


def contents(form):
    return {
        "form": form,
        "filters": FiltersForm({"search": "x"}),
        "names": NAMES,
        "page": Paginator(range(95), 20).page(2),
        "kinds": [
            "survey",
            "log",
            "status",
            "draft",
            "open",
            "paused",
            "closed",
            "up",
            "down",
            "baseline",
            "uncertain",
        ],
        "notices": ["info", "good", "warn", "danger"],
        "items": [("Privacy", "confidential"), ("Closes", "30 November 2026, end of the day in Chicago")],
        "tabs": [{"label": "Organisations", "url": "#", "current": True, "count": 46}, {"label": "Groups", "url": "#"}],
        "steps": [
            {"label": "Write the common agenda", "done": True},
            {"label": "Import your partners", "url": "#", "hint": "One row per contact.", "action": "Import"},
            {"label": "Prepare the first round", "url": "#"},
        ],
        "rows": [
            {"name": "a", "text": "The backbone builds a common understanding of the problem.", "value": "4"},
            {"name": "b", "text": "The backbone does not take sides.", "error": "Choose one answer, or “don't know”."},
        ],
        "choices": CHOICES,
        "charts": every_chart(),
    }


@login_not_required
def gallery(request, base):
    """`base` is the template to extend; the form is shown with its errors."""
    messages.success(request, "The round was opened.")
    context = {
        **contents(GalleryForm({"text": "x"})),
        "base": base,
        "initiative": {"name": "Bright Futures for Central County and Beyond", "slug": "bright-futures"},
        "can": dict.fromkeys(["dashboard_view", "partners_view", "round_view", "activity_view", "agenda_edit"], True),
        "user": {"is_authenticated": True, "name": "Ana Ruiz", "email": "ana@example.org"},
    }
    template = engines["django"].from_string(Path(__file__).with_name("gallery.html").read_text())
    return HttpResponse(template.render(context, request))
