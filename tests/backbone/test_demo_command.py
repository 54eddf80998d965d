"""When the demo is loaded and when not, and the arithmetic behind it; tests/backbone/test_demo.py looks at the demo."""

import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Installation
from backbone.demo import story
from backbone.demo.answers import _spread
from backbone.demo.diary import entries
from initiatives.models import Initiative
from tests.factories import InitiativeFactory
from tests.surveys.factories import InvitationFactory, RoundFactory


def command(*words):
    """What `manage.py demo` says, line by line."""
    out = StringIO()
    call_command("demo", *words, stdout=out)
    return out.getvalue().splitlines()


def survey_links(page):
    words = page.content.decode().split('href="')
    return [word.partition('"')[0] for word in words if word.startswith("/s/")]


@pytest.fixture
def debug(settings):
    """Tests run as in production; the demo exists only where DEBUG is on."""
    settings.DEBUG = True


def test_first_run_is_over_once_somebody_works_here(initiative):
    assert command("--first-run") == []
    assert list(Initiative.objects.all()) == [initiative]


def test_first_run_is_over_once_setup_is_closed(db):
    Installation.objects.create(setup_closed_at=timezone.now())
    assert command("--first-run") == []
    assert Initiative.objects.count() == 0


def test_demo_is_refused_without_debug(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEBUG=1"):
        command()
    assert Initiative.objects.count() == 0


def test_real_initiatives_have_no_survey_link_on_the_sign_in_page(debug, client, initiative):
    InvitationFactory(round=RoundFactory(initiative=initiative))
    InitiativeFactory(is_demo=True)
    assert survey_links(client.get("/accounts/login/")) == []


def test_diary_moves_with_the_day_of_loading():
    told, partners = story.read("activities"), {"Funder": list("ABCDEFGH"), "Nonprofit": list("IJKL")}
    one, other = (entries(told, partners, datetime.date(2026, 6, day)) for day in (3, 10))
    week = datetime.timedelta(days=7)
    assert [(e.title, e.held_on + week) for e in one] == [(e.title, e.held_on) for e in other]
    assert {entry.held_on.weekday() for entry in one} <= {0, 1, 2, 3, 4}
    assert max(entry.held_on for entry in one) <= datetime.date(2026, 6, 3)


def test_eagerness_is_spread_evenly():
    grid = [(i + 0.5) / 100 for i in range(100)]
    spread = sorted(_spread(0.7 * own + 0.3 * of_round) for own in grid for of_round in grid)
    assert [round(spread[int(share * 10_000)], 2) for share in (0.1, 0.25, 0.5, 0.75, 0.9)] == [
        0.1,
        0.25,
        0.5,
        0.75,
        0.9,
    ]
