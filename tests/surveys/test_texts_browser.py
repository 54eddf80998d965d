"""Redacting by marking words, in a real browser."""

import pytest
from django.conf import settings
from django.urls import reverse

from tests.design.test_browser import DESK, violations
from tests.surveys.texts import closed, numbered, review

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def round(initiative):
    return closed(initiative, numbered(6))


@pytest.fixture
def page(browser, live_server, initiative, director, round):
    context = browser.new_context(base_url=live_server.url, viewport=DESK)
    session = director.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(reverse("surveys:text-review", args=[initiative.slug, round.pk, "comment"]))
    yield page
    context.close()


def test_marked_words_give_way_to_the_mark_and_are_saved(page, round):
    field = page.locator("textarea").first
    text = field.input_value()
    place = text.index("Maria")
    field.evaluate(f"(field) => field.setSelectionRange({place}, {place + 5})")
    page.get_by_role("button", name="Take out what is marked").first.click()
    assert field.input_value() == text.replace("Maria", "[…]")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("What you changed was saved.").wait_for()
    assert [entry.text for entry in review(round).entries if entry.is_redacted] == [text.replace("Maria", "[…]")]


def test_with_nothing_marked_it_says_what_to_do(page):
    page.get_by_role("button", name="Take out what is marked").last.click()
    assert page.get_by_text("Mark words in the text first.").is_visible()
    assert violations(page) == []
