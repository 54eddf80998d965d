"""The committee's page and the log in a real browser: accessible, inside the screen, and quick to use."""

import pytest

from backbone.models import Activity
from tests.backbone.factories import ActivityFactory
from tests.design.test_browser import DESK, PHONE, violations
from tests.factories import OrganisationFactory
from tests.indicators.factories import SHOWN, HiddenResultFactory, PublicationFactory, ResultFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOME = "/i/bright-futures/"
PAGES = [
    HOME,
    f"{HOME}figures/GV1/",
    f"{HOME}figures/vision/",
    f"{HOME}figures/CE2/",
    f"{HOME}activities/",
    f"{HOME}activities/new/",
    f"{HOME}activities/time/",
    f"{HOME}activities/effort/",
    f"{HOME}activities/engagement/",
    f"{HOME}activities/plan/",
    f"{HOME}activities/cost/",
    f"{HOME}activities/import/",
]


@pytest.fixture
def figures(initiative, director):
    publication = PublicationFactory(initiative=initiative, title="Autumn 2026")
    ResultFactory(publication=publication)
    ResultFactory(publication=publication, kind="function", code="vision")
    ResultFactory(publication=publication, code="GV2", shown={"at_least": 17})
    HiddenResultFactory(publication=publication, code="GV3")
    for cell, said in [("Schools", {"count": 8, "percent": 73}), ("Health", {"word": "some"})]:
        ResultFactory(publication=publication, breakdown="sector", cell=cell, n=11, shown=said)
    ResultFactory(publication=publication, code="BB1", shown=SHOWN | {"change": {"verdict": "too_few"}})
    ActivityFactory(initiative=initiative, held_on=initiative.today(), people=[director.user])


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "light"), (DESK, "dark")], ids=["phone", "desk"])
def test_axe_finds_nothing_even_with_everything_opened(opened, figures, size, scheme):
    for address in PAGES:
        page = opened(address, size, scheme)
        page.evaluate("document.querySelectorAll('main details').forEach((details) => { details.open = true; })")
        assert violations(page) == [], address
        assert page.complaints == []


@pytest.mark.parametrize("width", [320, 1280])
def test_page_is_never_wider_than_the_screen(opened, figures, width):
    for address in PAGES:
        page = opened(address, {"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") == width, address


class Finger:
    """Touches what a person would touch, and counts. Writing into a field is one touch, however long the words."""

    def __init__(self, page):
        self.page, self.touches = page, 0

    def tap(self, target):
        self.touches += 1
        target.click()

    def write(self, label, words):
        self.touches += 1
        self.page.get_by_label(label).fill(words)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_activity_is_logged_from_any_page_in_five_touches(opened, initiative, script):
    page = opened(f"{HOME}partners/", java_script_enabled=script)
    finger = Finger(page)
    finger.tap(page.get_by_role("link", name="Log an activity").first)
    finger.write("What did you do?", "Hallway talk with the foundation")
    finger.tap(page.get_by_text("30 min", exact=True))
    finger.tap(page.get_by_text("Mobilize resources", exact=True))
    finger.tap(page.get_by_role("button", name="Save"))
    assert finger.touches == 5
    assert page.url.endswith(f"{HOME}partners/")
    assert page.get_by_role("status").inner_text() == "“Hallway talk with the foundation” was logged."
    assert list(Activity.objects.values_list("minutes", "shares__function__code")) == [(30, "resources")]


def test_activity_like_last_time_takes_four_touches(opened, initiative, director):
    ActivityFactory(initiative=initiative, title="Call", minutes=50, functions={"policy": 1}, created_by=director.user)
    page = opened(f"{HOME}rounds/")
    finger = Finger(page)
    finger.tap(page.get_by_role("link", name="Log an activity").first)
    finger.tap(page.get_by_role("link", name="Call", exact=True))
    finger.write("What did you do?", "Another call")
    finger.tap(page.get_by_role("button", name="Save"))
    assert (finger.touches, page.url.endswith(f"{HOME}rounds/")) == (4, True)
    newest = Activity.objects.order_by("-id").first()
    assert (newest.title, newest.minutes, newest.shares.get().function.code) == ("Another call", 50, "policy")


def test_button_is_on_the_screen_of_a_phone_and_covers_nothing_at_the_end(opened, initiative):
    page = opened(f"{HOME}activities/new/")
    button = page.get_by_role("link", name="Log an activity").bounding_box()
    assert button["y"] + button["height"] <= PHONE["height"]
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    footer = page.locator(".site-footer-inner").bounding_box()
    assert footer["y"] + footer["height"] <= button["y"]


def test_key_opens_the_form_but_not_while_somebody_types(opened, initiative):
    OrganisationFactory(initiative=initiative)
    page = opened(f"{HOME}partners/", DESK)
    page.get_by_role("textbox", name="Search").press("l")
    page.keyboard.press("Control+l")
    page.wait_for_timeout(200)
    assert page.url.endswith(f"{HOME}partners/")
    page.locator("h1").click()
    page.keyboard.press("l")
    page.wait_for_url("**/activities/new/")
    assert page.evaluate("document.activeElement.name") == "title"
    page.keyboard.type("all")
    assert page.get_by_label("What did you do?").input_value() == "all"


def test_key_can_be_switched_off_on_a_device(opened, initiative):
    page = opened(f"{HOME}activities/new/", DESK)
    page.get_by_label("The key L opens this form from every page").uncheck()
    page.goto(f"{HOME}rounds/")
    page.keyboard.press("l")
    page.wait_for_timeout(200)
    assert page.url.endswith(f"{HOME}rounds/")
    page.goto(f"{HOME}activities/new/")
    assert not page.get_by_label("The key L opens this form from every page").is_checked()


def test_activity_is_changed_in_the_list_without_leaving_it(opened, initiative):
    ActivityFactory(initiative=initiative, title="Call", minutes=30, functions={"vision": 1})
    page = opened(f"{HOME}activities/", DESK)
    page.get_by_role("link", name="Change “Call”").click()
    page.get_by_label("What").fill("Long call")
    page.get_by_label("Minutes").fill("50")
    page.get_by_role("checkbox", name="Advance policy").check()
    assert violations(page) == []
    page.get_by_role("button", name="Save").click()
    page.get_by_role("row", name="Long call").get_by_text("Saved").wait_for()
    # The row is there a moment before the focus is.
    page.wait_for_function("document.activeElement.textContent === 'Change “Long call”'")
    assert Activity.objects.get().minutes == 50
    assert page.complaints == []


def test_several_are_ticked_at_once_and_deleted(opened, initiative):
    ActivityFactory.create_batch(3, initiative=initiative)
    page = opened(f"{HOME}activities/")
    page.get_by_text("Change several at once").click()
    page.get_by_label("All on this page").check()
    page.get_by_label("Choose “").first.uncheck()
    assert not page.get_by_label("All on this page").is_checked()
    page.get_by_role("button", name="Delete those ticked").click()
    assert page.get_by_role("status").inner_text().startswith("2 activities were deleted.")
    assert Activity.objects.count() == 1


def test_other_length_can_be_typed_without_script(opened, initiative):
    page = opened(f"{HOME}activities/new/", java_script_enabled=False)
    assert page.get_by_label("Other length, in minutes").is_hidden()
    page.get_by_label("What did you do?").fill("Retreat")
    page.get_by_text("Other", exact=True).click()
    page.get_by_label("Other length, in minutes").fill("200")
    page.get_by_text("Guide vision and strategy", exact=True).click()
    page.get_by_role("button", name="Save").click()
    assert Activity.objects.get().minutes == 200


def test_figure_opens_to_its_sentence(opened, figures):
    page = opened(HOME)
    sentence = page.locator("#vision").get_by_text("14 of 18 partners who answered agree; 23 were invited.").first
    assert sentence.is_hidden()
    page.locator("#vision .explained > summary").first.click()
    assert sentence.is_visible()


def test_indicators_are_folded_on_a_phone_and_open_on_a_desk_and_on_paper(opened, figures):
    label = "Partners accurately describe the common agenda"
    phone, desk = opened(HOME), opened(HOME, DESK)
    assert phone.get_by_role("link", name=label).is_hidden()
    assert desk.get_by_role("link", name=label).is_visible()
    phone.emulate_media(media="print")
    assert phone.get_by_text(label).first.is_visible()
