"""Minutes in real browsers on the running product: two people write at once, the server is killed, the tab is killed."""

import time

import pytest
from django.conf import settings

from backbone.models import Minutes
from tests.backbone.factories import AgendaItemFactory, MeetingFactory
from tests.backbone.test_roll import HELD
from tests.journeys.steps import DESK, PHONE
from tests.journeys.test_answering import judged

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
# What may be lost when something is killed.
SECONDS_LOST = 5
SAVED = {"timeout": 15_000}


@pytest.fixture
def meeting(web, initiative):
    meeting = MeetingFactory(initiative=initiative, title="Committee in November", starts_at=HELD)
    for place, title in enumerate(["Budget", "Data group"]):
        AgendaItemFactory(meeting=meeting, title=title, position=place)
    return meeting


@pytest.fixture
def editor(web, browser, meeting):
    """Call with a signed-in client to get a page on which that person writes the minutes."""
    contexts = []

    def open_editor(client, size=DESK, **options):
        context = browser.new_context(base_url=web.url, viewport=size, **options)
        contexts.append(context)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": web.url}])
        page = context.new_page()
        page.goto(f"{meeting.get_absolute_url()}minutes/edit/")
        return page

    yield open_editor
    for context in contexts:
        context.close()


def text_of(page):
    return page.get_by_label("Minutes")


def stored():
    return Minutes.objects.values_list("text", flat=True).first() or ""


def type_below(page, heading, words):
    """At the end of the line below a heading, as a person does: click, then type."""
    text_of(page).evaluate(
        "(field, heading) => { const at = field.value.indexOf(heading) + heading.length + 1;"
        " field.focus(); field.setSelectionRange(at, at); }",
        heading,
    )
    page.keyboard.type(f"{words}\n", delay=20)


def wait_until(done, seconds=15):
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, stored()
        time.sleep(0.1)


def test_two_browsers_edit_the_same_minutes_and_nothing_is_lost(editor, director, staff):
    ann, ben = editor(director), editor(staff, PHONE)
    for turn in range(4):
        type_below(ann, "## Budget", f"Ann says {turn}")
        type_below(ben, "## Data group", f"Ben says {turn}")
    written = {f"{name} says {turn}" for name in ("Ann", "Ben") for turn in range(4)}
    wait_until(lambda: written <= {*stored().split("\n")})
    lines = stored().split("\n")
    assert [lines.count(line) for line in written] == [1] * len(written)
    type_below(ann, "## Budget", "Ann ends")
    wait_until(lambda: written <= {*text_of(ann).input_value().split("\n")})
    assert (
        lines.index("## Budget") < lines.index("Ann says 0") < lines.index("## Data group") < lines.index("Ben says 0")
    )


def test_two_who_rewrite_the_same_line_see_both_and_join_them(editor, director, staff):
    ann, ben = editor(director), editor(staff, PHONE)
    text_of(ann).fill("Budget: agreed by all")
    ann.get_by_text("Saved at").wait_for()
    text_of(ben).fill("Budget: postponed to spring")
    ben.get_by_text("Somebody else changed the same lines.").wait_for()
    assert stored() == "Budget: agreed by all"
    ben.get_by_role("button", name="Save").click()
    ben.get_by_text("changed the same lines as you").wait_for()
    assert text_of(ben).input_value() == "Budget: agreed by all\nBudget: postponed to spring"
    assert judged(ben) == []
    text_of(ben).fill("Budget: agreed, and postponed to spring")
    ben.get_by_role("button", name="Save").click()
    ben.get_by_text("The minutes were saved.").wait_for()
    assert stored() == "Budget: agreed, and postponed to spring"
    text_of(ann).press("End")
    ann.keyboard.type("!")
    ann.get_by_text("Somebody else changed the same lines.").wait_for()
    assert stored() == "Budget: agreed, and postponed to spring"


def test_server_is_killed_while_somebody_types_and_at_most_five_seconds_are_lost(web, editor, director):
    page, typed = editor(director), []
    text_of(page).fill("")
    for number in range(70):
        page.keyboard.type(f"word{number:03} ")
        typed.append((time.monotonic(), f"word{number:03}"))
        time.sleep(0.1)
    killed = time.monotonic()
    web.close()
    kept = stored()
    assert [word for when, word in typed if when < killed - SECONDS_LOST and word not in kept] == []
    page.keyboard.type("and on without a server")
    page.get_by_text("Not saved yet: the server cannot be reached.").wait_for()
    web.start()
    page.get_by_text("Saved at").wait_for(**SAVED)
    assert stored() == text_of(page).input_value()
    assert stored() == "".join(f"{word} " for _when, word in typed) + "and on without a server"


def test_tab_is_killed_while_somebody_types_and_the_next_one_has_all_of_it(editor, director):
    page, typed = editor(director), []
    text_of(page).fill("")
    for number in range(60):
        page.keyboard.type(f"word{number:03} ")
        typed.append((time.monotonic(), f"word{number:03}"))
        time.sleep(0.1)
    killed, address = time.monotonic(), page.url
    again = page.context.new_page()
    page.close()
    kept = stored()
    assert [word for when, word in typed if when < killed - SECONDS_LOST and word not in kept] == []
    again.goto(address)
    assert text_of(again).input_value() == "".join(f"{word} " for _when, word in typed)


def test_what_the_server_has_is_kept_on_no_device(editor, director):
    page = editor(director)
    text_of(page).fill("We met.")
    assert page.evaluate("Object.keys(localStorage).length") == 1
    page.get_by_text("Saved at").wait_for()
    assert page.evaluate("Object.keys(localStorage).length") == 0
    text_of(page).fill("We met. Twice.")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("We met. Twice.").wait_for()
    assert (stored(), page.evaluate("Object.keys(localStorage).length")) == ("We met. Twice.", 0)


def test_expired_key_loses_nothing(editor, director):
    page = editor(director)
    page.evaluate("document.querySelector('[data-minutes] [name=csrfmiddlewaretoken]').value = 'x'.repeat(64)")
    text_of(page).fill("We met.")
    page.get_by_text("Saved at").wait_for(**SAVED)
    assert stored() == "We met."


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_minutes_are_written_previewed_and_saved_with_and_without_script(editor, director, script):
    page = editor(director, PHONE, java_script_enabled=script)
    assert text_of(page).input_value() == "## Budget\n\n\n## Data group\n\n\n"
    text_of(page).fill("## Budget\n\nWe **agreed**.")
    page.get_by_role("button", name="Preview").click()
    page.locator(".minutes-text strong").wait_for()
    if script:
        assert judged(page) == []
    page.get_by_role("button", name="Save").click()
    page.get_by_text("A draft").wait_for()
    assert stored() == "## Budget\n\nWe **agreed**."
    page.locator("summary", has_text="Approve these minutes").click()
    page.get_by_role("button", name="Approve them now").click()
    page.get_by_text("The minutes were approved.").wait_for()
    if script:
        assert judged(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
