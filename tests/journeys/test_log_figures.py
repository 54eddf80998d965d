"""Each figure of the log on the demo's committee page is what plain SQL counts."""

import pytest
from bs4 import BeautifulSoup
from django.db import connection

from backbone.actions.demo.loading import load
from backbone.models import Meeting
from initiatives.models import Initiative
from initiatives.permissions import Role
from tests.conftest import client_of
from tests.journeys.independent_log import Counter, read_labels
from tests.surveys.worker import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
UNFED = ("SM3",)


def printed(page, labels):
    """{code: words beside the badge “log”} as the page has them."""
    codes = {label: code for code, label in labels.items()}
    said = {}
    for row in BeautifulSoup(page, "html.parser").select("li.indicator"):
        for figure in row.select(".indicator-figure:has(.badge-log)"):
            shown = figure.select_one(".explained-figure, .hidden-figure")
            words = figure.select_one(".explained-words")
            text = [part.get_text(" ", strip=True) for part in (shown, words) if part]
            code = codes[row.select_one(".indicator-label").get_text(strip=True)]
            said[code] = " ".join(text) or "nothing logged yet"
    return said


def test_each_figure_of_the_log_on_the_committees_page_is_what_plain_sql_counts(db):
    load(say=lambda _text: None)
    demo = Initiative.objects.get(is_demo=True)
    labels = read_labels(ROOT / "indicators" / "catalogue.toml")
    client = client_of(demo.memberships.filter(role=Role.COMMITTEE).first().user)
    found = printed(client.get(demo.get_absolute_url(), headers={"accept-language": "en"}).content, labels)
    with connection.cursor() as cursor:
        expected = Counter(cursor, demo.slug, demo.today()).said()
    assert found == expected | dict.fromkeys(UNFED, "nothing logged yet")
    assert set(expected.values()) != {"nothing logged yet"}
    assert Meeting.objects.filter(initiative=demo).count() > 0
