"""Each figure of the log on the demo's committee page is what plain SQL counts."""

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from backbone.actions.demo.loading import load
from indicators.catalogue import catalogue
from initiatives.actions.initiatives import delete_demo
from initiatives.models import Initiative
from initiatives.permissions import Role
from tests.conftest import client_of
from tests.journeys.independent_log import ENTRIES, ORIGINS, Counter, date, read_labels
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


def listed(page):
    """{key of a period: words} of the tables of periods on an indicator's page."""
    rows = BeautifulSoup(page, "html.parser").select("section[aria-labelledby=voice-log] tbody tr")
    return {
        int(row.select_one("th a")["href"].rstrip("/").rsplit("/", 1)[1]): row.td.get_text(" ", strip=True)
        for row in rows
    }


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        load(say=lambda _text: None)
        yield
        delete_demo(initiative=Initiative.objects.get(is_demo=True))


@pytest.fixture
def demo(loaded, db):
    return Initiative.objects.get(is_demo=True)


@pytest.fixture
def client(demo):
    return client_of(demo.memberships.filter(role=Role.COMMITTEE).first().user)


def test_each_figure_of_the_log_on_the_committees_page_is_what_plain_sql_counts(demo, client):
    labels = read_labels(ROOT / "indicators" / "catalogue.toml")
    found = printed(client.get(demo.get_absolute_url(), headers={"accept-language": "en"}).content, labels)
    with connection.cursor() as cursor:
        expected = Counter(cursor, demo.slug, timezone.now()).said()
    assert found == expected | dict.fromkeys(UNFED, "nothing logged yet")
    assert set(expected.values()) != {"nothing logged yet"}


@pytest.mark.parametrize("code", [*ENTRIES, *ORIGINS, "AP3", "BI6", "AP1", "BI3"])
def test_every_month_quarter_and_year_of_an_indicator_is_what_plain_sql_counts(demo, client, code):
    page = client.get(reverse("backbone:dashboard-figure", args=[demo.slug, code]), headers={"accept-language": "en"})
    with connection.cursor() as cursor:
        expected = Counter(cursor, demo.slug, timezone.now()).said_of_periods(code)
    assert listed(page.content) == expected
    assert expected


def test_the_demo_has_the_hard_cases_of_entries(demo):
    """Empty periods, several currencies, lost policies, pledges that were never received, entries without a source."""
    with connection.cursor() as cursor:
        counter = Counter(cursor, demo.slug, timezone.now())
        number = len(counter.rows("SELECT id FROM backbone_logperiod WHERE {own} AND kind = 'month'"))
        months = counter.rows("SELECT starts_on, ends_on FROM backbone_logperiod WHERE {own} AND kind = 'month'")
        empty = [m for m in months if counter.ways["MF2"](*map(date, m)) is None]
        currencies = counter.rows("SELECT DISTINCT currency FROM backbone_resource WHERE {own} AND currency <> ''")
        never = counter.rows("SELECT id FROM backbone_resource WHERE {own} AND fell_through_on IS NOT NULL")
        lost = counter.rows(
            "SELECT s.id FROM backbone_policystage s JOIN backbone_policyitem p ON p.id = s.policy_item_id "
            "WHERE p.{own} AND s.stage = 'lost'"
        )
    assert 0 < len(empty) < number
    assert min(len(currencies), len(never) + 1, len(lost) + 1) > 1


def test_each_indicator_of_the_catalogue_has_a_figure_in_the_demo_but_for_the_log_of_one(demo, client):
    page = BeautifulSoup(client.get(demo.get_absolute_url()).content, "html.parser")
    told = {
        row.select_one("a")["href"].rstrip("/").rsplit("/", 1)[1]: bool(
            row.select_one(".explained-figure, .hidden-figure")
        )
        for row in page.select("li.indicator")
    }
    assert set(told) == {indicator.code for indicator in catalogue()}
    assert [code for code, has_figure in told.items() if not has_figure] == []
