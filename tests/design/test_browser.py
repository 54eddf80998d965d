"""The gallery in a real browser: accessible, inside the screen, large enough to touch, and silent under the strict policy."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.design.urls"),
]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
GALLERIES = ["/gallery/", "/gallery/public/", "/gallery/components/"]


@pytest.fixture(autouse=True)
def debug(settings):
    """The gallery of the product is there with DEBUG only."""
    settings.DEBUG = True


@pytest.fixture
def opened(browser, live_server):
    """Call with address, size and scheme to get a page; what the browser complained about is in `page.complaints`."""
    contexts = []

    def open_page(address, size=PHONE, scheme="light", **options):
        contexts.append(browser.new_context(base_url=live_server.url, viewport=size, color_scheme=scheme, **options))
        page = contexts[-1].new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("requestfailed", lambda request: page.complaints.append(request.url))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()


def violations(page):
    found = Axe().run(page).response
    assert len(found["passes"]) > 20
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("address", GALLERIES)
def test_axe_finds_nothing_even_with_everything_opened(opened, address, size, scheme):
    page = opened(address, size, scheme)
    page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    assert violations(page) == []


@pytest.mark.parametrize("address", GALLERIES)
def test_browser_has_nothing_to_complain_of(opened, address):
    assert opened(address).complaints == []


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
@pytest.mark.parametrize("address", GALLERIES)
def test_page_is_never_wider_than_the_screen(opened, address, width):
    page = opened(address, {"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_buttons_links_of_the_navigation_and_choices_can_be_touched(opened):
    page = opened("/gallery/")
    heights = page.evaluate(
        "[...document.querySelectorAll('.btn:not(.btn-small), .site-nav a, summary, .choice, .matrix-option, .form-control')]"
        ".filter((part) => part.checkVisibility()).map((part) => part.getBoundingClientRect().height)"
    )
    assert len(heights) > 30
    assert [height for height in heights if height < 44] == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_letters_of_charts_keep_their_size(opened, size):
    page = opened("/gallery/", size)
    heights = page.evaluate(
        "[...document.querySelectorAll('.chart-drawing')].filter((drawing) => drawing.checkVisibility())"
        ".map((drawing) => drawing.getScreenCTM().a * parseFloat(getComputedStyle(drawing.querySelector('text')).fontSize))"
    )
    assert len(heights) == 4
    assert [height for height in heights if not 11 <= height <= 20] == []


def test_matrix_shows_words_beside_each_choice_on_a_phone_and_a_head_on_a_desk(opened):
    phone, desk = opened("/gallery/public/"), opened("/gallery/public/", DESK)
    assert phone.locator(".matrix-head").is_hidden()
    assert desk.locator(".matrix-head").is_visible()
    width = "label => label.querySelector('.matrix-option-label').getBoundingClientRect().width"
    assert phone.locator(".matrix-option").first.evaluate(width) > 40
    assert desk.locator(".matrix-option").first.evaluate(width) <= 1


def test_menu_opens_without_script_and_navigation_needs_none(opened):
    page = opened("/gallery/", java_script_enabled=False)
    page.locator(".site-account > summary").click()
    assert page.locator(".site-account button").is_visible()
    assert page.locator(".site-nav a").count() == 5


def test_menu_closes_on_escape_and_gives_focus_back(opened):
    page = opened("/gallery/", DESK)
    page.locator(".site-account > summary").click()
    page.keyboard.press("Escape")
    assert page.locator(".site-account button").is_hidden()
    assert page.evaluate("document.activeElement.matches('.site-account > summary')") is True


def test_characters_are_counted_while_typing(opened):
    page = opened("/gallery/public/")
    page.locator("#input-agenda").fill("twelve chars")
    assert page.locator("#input-agenda + .character-count").inner_text() == "12 / 2000"


def test_first_tab_leads_past_the_header(opened):
    page = opened("/gallery/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_paper_opens_what_is_closed_and_drops_what_is_clicked(opened):
    page = opened("/gallery/", DESK)
    page.emulate_media(media="print")
    assert page.locator(".explained-body").first.is_visible()
    assert page.locator(".site-nav").is_hidden()
    assert page.locator(".confirm").is_hidden()
