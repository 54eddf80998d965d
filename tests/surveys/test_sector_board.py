"""Merging sectors by hand in a real browser: by pointer, by keyboard, and as a screen reader hears it."""

import pytest
from django.conf import settings

from surveys.models import Round
from tests.design.test_browser import DESK, violations
from tests.factories import ContactFactory, OrganisationFactory, SectorFactory
from tests.surveys.factories import RoundFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser, live_server, initiative, director):
    """The page of a draft that asks people of three sectors."""
    draft = RoundFactory(initiative=initiative, state=Round.State.DRAFT, opened_at=None, prepared_at=None)
    for name in ("Arts", "Health", "Housing"):
        sector = SectorFactory(initiative=initiative, name=name)
        ContactFactory(
            initiative=initiative, organisation=OrganisationFactory(initiative=initiative, name=name, sector=sector)
        )
    context = browser.new_context(base_url=live_server.url, viewport=DESK)
    session = director.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"/i/{initiative.slug}/rounds/{draft.pk}/sectors/")
    yield page
    context.close()


def written(page):
    """What the form would send, sector by sector."""
    fields = "[...document.querySelectorAll('input[data-sector]')]"
    return page.evaluate(f"Object.fromEntries({fields}.map((field) => [field.dataset.sector, field.value]))")


def test_a_sector_is_dragged_to_another_and_it_is_announced(page):
    page.locator("[data-group=Housing]").scroll_into_view_if_needed()
    handle = page.locator("[data-group=Arts] .board-handle").bounding_box()
    target = page.locator("[data-group=Housing]").bounding_box()
    page.mouse.move(handle["x"] + 20, handle["y"] + 20)
    page.mouse.down()
    page.mouse.move(target["x"] + 40, target["y"] + 20, steps=5)
    page.mouse.up()
    assert written(page) == {"Arts": "Arts + Housing", "Health": "", "Housing": "Arts + Housing"}
    said = page.locator(".board [aria-live=polite]").inner_text()
    assert said == "Arts is now in Arts + Housing: Arts, Housing. Nothing is saved yet."
    assert violations(page) == []


def test_a_sector_is_sent_by_keyboard_and_keeps_the_focus_and_comes_back(page):
    page.get_by_label("Move Health to").select_option("Arts")
    assert written(page) == {"Arts": "Arts + Health", "Health": "Arts + Health", "Housing": ""}
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Move Health to"
    page.get_by_label("Move Health to").select_option("On its own")
    assert written(page) == {"Arts": "", "Health": "", "Housing": ""}
