"""A partner signs a story off on a phone: real Chromium, 390 pixels wide, no account, no script."""

import pytest

from backbone.actions import stories
from backbone.queries.stories import shared_stories
from backbone.tokens import story_token
from tests.backbone.conftest import PHONE
from tests.backbone.stories import TEXT, changed, make_story, partner

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstelle" * 2


@pytest.fixture
def story(initiative):
    return make_story(initiative, partner(initiative, "Bus Company"), title=f"Buses at dawn {LONG}")


@pytest.fixture
def phone(browser, live_server, story):
    """The page of the one partner, opened on a phone without script."""
    context = browser.new_context(base_url=live_server.url, viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    assert page.goto(f"/story/{story_token(story.sign_offs.get())}/").status == 200
    yield page
    context.close()


def answered(story):
    sign_off = story.sign_offs.get()
    return sign_off.state, sign_off.answered_version


def test_partner_agrees_and_takes_it_back_without_account_and_script(phone, initiative, story):
    assert phone.get_by_text(TEXT).is_visible()
    phone.get_by_text("Yes, we agree to these words").click()
    phone.get_by_role("button", name="Agree now").click()
    phone.get_by_text("Thank you. Your agreement was noted.").wait_for()
    assert answered(story) == ("agreed", 1)
    assert stories.share(story=story, by=None)
    phone.reload()
    phone.get_by_text("It has been shared since").wait_for()
    phone.get_by_text("Take my agreement back").click()
    phone.get_by_role("button", name="Take it back now").click()
    phone.get_by_text("Your agreement was taken back.").wait_for()
    assert (answered(story), shared_stories(initiative).exists()) == (("taken_back", 1), False)


def test_partner_asks_for_a_change_and_sees_what_they_asked(phone, story):
    phone.get_by_text("Ask for a change").click()
    phone.get_by_role("button", name="Tell the backbone team").click()
    phone.get_by_text("Write what should be changed, then send it.").wait_for()
    phone.get_by_label("What should be changed?").fill("It was half past five.")
    phone.get_by_role("button", name="Tell the backbone team").click()
    phone.get_by_text("Thank you. The backbone team was told").wait_for()
    assert phone.get_by_text("It was half past five.").is_visible()
    assert answered(story) == ("change_asked", 1)


def test_words_changed_while_the_page_was_open_are_shown_before_anybody_agrees(phone, story):
    changed(story, text="The bus company moved its first bus to half past five.")
    phone.get_by_text("Yes, we agree to these words").click()
    phone.get_by_role("button", name="Agree now").click()
    phone.get_by_text("The words were changed while you read them").wait_for()
    assert phone.get_by_text("first bus to half past five.").is_visible()
    assert answered(story) == ("waiting", None)


def test_page_is_no_wider_than_the_phone_and_its_buttons_fit_a_finger(opened, story):
    for language in ("en", "ar"):
        page = opened(f"/story/{story_token(story.sign_offs.get())}/?language={language}", PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        heights = [summary.bounding_box()["height"] for summary in page.locator("summary").all()]
        assert len(heights) == 2
        assert min(heights) >= 44
        assert page.complaints == []
