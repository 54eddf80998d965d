"""A partner answers every kind of question in a real browser: without script, by keyboard, with the network cut, with the server
restarted, with an expired key, in two tabs; and what a screen reader is told."""

import gzip

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from playwright.sync_api import expect

from surveys.models import Response
from tests.journeys.steps import DESK, PHONE
from tests.surveys.all_kinds import KEPT, invitation_to_all_kinds, link_of
from tests.surveys.factories import InvitationFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
JUDGE = "axe.run(document, {resultTypes: ['violations']})"
FIRST_VIEW = 60_000


@pytest.fixture
def invitation(transactional_db):
    return invitation_to_all_kinds()


def choose(page, name, *values):
    for value in values:
        page.locator(f"input[name='{name}'][value='{value}']").check()


def press(page, value):
    page.locator(f".survey-actions button[value={value}]").click()


def fill_first(page):
    choose(page, "since", "old")
    choose(page, "topics", "reading", "health")
    choose(page, "gv1_a", "4")
    choose(page, "gv1_b", "dk")


def fill_second(page):
    for name, value in (
        ("meet_all", "4"),
        ("meet_two", "na"),
        ("sa3_often", "5"),
        ("talk_home", "1"),
        ("recommend", "10"),
    ):
        choose(page, name, value)
    for option, place in (("trust", "1"), ("money", "3"), ("time", "2")):
        page.locator(f"[name=order-{option}]").select_option(place)
    page.get_by_label("How many people work with you?").fill("1 200")
    page.get_by_label("How much time do you give?").fill("3,5")
    page.get_by_label("When did you join?").fill("2024-02-29")


def judged(page):
    """What axe finds wrong with a page as it stands."""
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(JUDGE)
    return [(rule["id"], [node["html"][:100] for node in rule["nodes"]]) for rule in found["violations"]]


def answer_all(page, invitation, at_each=lambda page: None):
    page.goto(link_of(invitation))
    at_each(page)
    page.get_by_role("link", name="Begin").click()
    page.wait_for_url("**/1/*")
    for fill, after in ((fill_first, 2), (fill_second, 4)):
        at_each(page)
        fill(page)
        press(page, "next")
        page.wait_for_url(f"**/{after}/*")
    at_each(page)
    page.get_by_label("What should we know?").fill("Thank you.")
    press(page, "submit")
    page.get_by_text("Your answers arrived").wait_for()
    at_each(page)


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_kind_is_answered_with_and_without_script(open_page, invitation, has_script, size):
    page = open_page("/health/", size, java_script_enabled=has_script)

    answer_all(page, invitation)

    assert Response.objects.get().answers == KEPT


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_at_any_step(open_page, invitation, size, scheme):
    page, wrong = open_page("/health/", size, color_scheme=scheme), []

    answer_all(page, invitation, at_each=lambda page: wrong.extend(judged(page)))

    assert wrong == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_every_kind_has_an_error(open_page, invitation, size, scheme):
    page, wrong = open_page(link_of(invitation, "1/"), size, color_scheme=scheme), []
    choose(page, "topics", "reading")
    page.locator("[name=since_other]").fill("The founding")
    press(page, "next")
    page.get_by_text("Something on this page still needs you.").wait_for()
    wrong += judged(page)
    page.goto(link_of(invitation, "2/"))
    for option in ("trust", "money"):
        page.locator(f"[name=order-{option}]").select_option("1")
    page.locator("[name=joined]").evaluate("field => { field.type = 'text'; field.value = 'last spring'; }")
    for name in ("people", "hours"):
        page.locator(f"[name={name}]").fill("many")
    press(page, "next")
    page.get_by_text("Something on this page still needs you.").wait_for()

    assert page.locator(".question-error").count() == 5
    assert wrong + judged(page) == []


def test_a_screen_reader_hears_row_words_and_place(open_page, invitation):
    page = open_page(link_of(invitation, "1/"))
    choose(page, "gv1_a", "4")

    expect(page.get_by_role("region", name="How far do you agree?")).to_match_aria_snapshot("""
      - region "How far do you agree?":
        - heading "How far do you agree?" [level=2]
        - group "The agenda is clear.":
          - text: The agenda is clear.
          - radio "The agenda is clear. Strongly disagree 1 of 5"
          - text: Strongly disagree 1 of 5
          - radio "The agenda is clear. Disagree 2 of 5"
          - text: Disagree 2 of 5
          - radio "The agenda is clear. Neither 3 of 5"
          - text: Neither 3 of 5
          - radio "The agenda is clear. Agree 4 of 5" [checked]
          - text: Agree 4 of 5
          - radio "The agenda is clear. Strongly agree 5 of 5"
          - text: Strongly agree 5 of 5
          - radio "The agenda is clear. Don't know"
          - text: Don't know
          - radio "The agenda is clear. Does not apply"
          - text: Does not apply
        - group "The agenda is vague.":
          - /children: contain
          - radio "The agenda is vague. Strongly disagree 1 of 5"
    """)


def test_every_kind_is_answered_by_keyboard(open_page, invitation):
    page = open_page(link_of(invitation, "2/"))
    keys = page.keyboard

    def come_to(name):
        for _ in range(60):
            if page.evaluate("document.activeElement.name") == name:
                return
            keys.press("Tab")
        raise AssertionError(f"{name} is not reached by Tab")

    for name, downs in (("meet_all", 3), ("sa3_often", 4), ("recommend", 10)):
        come_to(name)
        keys.press("Space")
        for _ in range(downs):
            keys.press("ArrowDown")
    for option, place in (("trust", "1"), ("money", "3"), ("time", "2")):
        come_to(f"order-{option}")
        keys.type(place)
    come_to("people")
    keys.type("1200")
    keys.press("Enter")
    page.wait_for_url("**/4/*")

    saved = {code: KEPT[code] for code in ("meet_all", "sa3_often", "recommend", "order", "people")}
    assert Response.objects.get().answers == saved


@pytest.mark.parametrize("width", [195, 320, 640])
def test_nothing_is_lost_at_200_percent(open_page, invitation, width):
    """Zoom halves what a page has: 1280 becomes 640, 390 becomes 195; 320 is what the guidelines ask for."""
    for number in (1, 2, 4):
        page = open_page(link_of(invitation, f"{number}/"), {"width": width, "height": 600})
        assert page.evaluate("document.documentElement.scrollWidth") == width
        fields = page.locator("form.survey :is(input:not([type=hidden]), select, textarea, .survey-actions button)")
        for field in (each for each in fields.all() if each.is_visible()):
            box = field.bounding_box()
            assert (box["x"] >= 0, box["x"] + box["width"] <= width) == (True, True)


def test_what_depends_on_a_choice_comes_and_goes(open_page, invitation):
    page = open_page(link_of(invitation, "1/"))
    question = page.get_by_label("How did you find us?")
    assert not question.is_visible()
    choose(page, "since", "new")
    question.fill("By mail")
    choose(page, "since", "old")
    assert not question.is_visible()
    choose(page, "since", "new")
    assert question.input_value() == "By mail"
    assert page.get_by_text("Only if your answer").count() == 1
    assert not page.get_by_text("Only if your answer").is_visible()


OFFLINE = "Not connected. Your answers are kept on this page and sent when the connection is back."
UNREACHABLE = (
    "The survey cannot be reached at the moment. Your answers are kept on this page and sent as soon as it can."
)


def kept_in_tab(page):
    return page.evaluate("Object.keys(sessionStorage)")


def test_with_the_network_cut_answers_wait_and_go_when_it_is_back(open_page, invitation):
    page = open_page(link_of(invitation, "1/"))
    fill_first(page)
    page.context.set_offline(True)
    press(page, "next")
    page.get_by_text(OFFLINE).wait_for()
    choose(page, "gv1_b", "2")
    assert Response.objects.count() == 0

    page.context.set_offline(False)
    page.wait_for_url("**/2/*")

    assert Response.objects.get().answers == {code: KEPT[code] for code in ("since", "topics", "gv1_a")} | {"gv1_b": 2}
    assert kept_in_tab(page) == []


def test_what_was_not_sent_is_back_after_the_page_was_loaded_again(open_page, invitation):
    page = open_page(link_of(invitation, "2/"))
    fill_second(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.get_by_text("What you had not sent yet is back on this page.").wait_for()
    press(page, "next")
    page.wait_for_url("**/4/*")

    second = ("meet_all", "meet_two", "sa3_often", "talk_home", "recommend", "order", "people", "hours", "joined")
    assert Response.objects.get().answers == {code: KEPT[code] for code in second}
    assert kept_in_tab(page) == []


def test_an_expired_key_loses_nothing(open_page, invitation):
    page = open_page(link_of(invitation, "1/"))
    fill_first(page)
    page.context.clear_cookies()
    press(page, "next")
    page.wait_for_url("**/2/*")

    assert Response.objects.get().answers["topics"] == ["reading", "health"]


def test_an_expired_key_loses_nothing_without_script(open_page, invitation):
    page = open_page(link_of(invitation, "1/"), java_script_enabled=False)
    fill_first(page)
    page.context.clear_cookies()
    press(page, "next")
    page.get_by_text("Please press the button once more.").wait_for()
    press(page, "next")
    page.wait_for_url("**/2/*")

    assert Response.objects.get().answers["topics"] == ["reading", "health"]


def test_two_tabs_lose_nothing(open_page, invitation):
    one = open_page(link_of(invitation, "1/"))
    two = one.context.new_page()
    two.goto(link_of(invitation, "2/"))
    fill_first(one)
    fill_second(two)
    press(two, "next")
    two.wait_for_url("**/4/*")
    press(one, "next")
    one.wait_for_url("**/2/*")

    assert Response.objects.get().answers == {code: value for code, value in KEPT.items() if code != "comment"}


def test_a_server_that_is_restarted_in_the_middle_loses_nothing(open_page, invitation, web):
    page = open_page(link_of(invitation, "1/"), base=web.url)
    fill_first(page)
    press(page, "next")
    page.wait_for_url("**/2/*")
    fill_second(page)
    web.close()
    press(page, "next")
    page.get_by_text(UNREACHABLE).wait_for()
    page.get_by_label("How many people work with you?").fill("1300")

    web.start()
    page.wait_for_url("**/4/*")

    saved = KEPT | {"people": 1300}
    assert Response.objects.get().answers == {code: value for code, value in saved.items() if code != "comment"}


def test_the_first_view_is_below_60_kb(client, live_server, browser, transactional_db):
    """The welcome, the first page of questions, and all they link, each compressed as a server does."""
    invitation, sizes = InvitationFactory(), {}
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    page.on("response", lambda answer: sizes.setdefault(answer.url, len(gzip.compress(answer.body()))))
    for rest in ("", "1/"):
        page.goto(link_of(invitation, rest), wait_until="networkidle")
    context.close()

    assert {url.rsplit(".", 1)[-1] for url in sizes if settings.STATIC_URL in url} >= {"css", "js"}
    assert sum(sizes.values()) < FIRST_VIEW, sizes
