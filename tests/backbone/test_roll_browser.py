"""The roll in a real browser, at the size of a phone: taps counted, with script and without."""

import pytest

from backbone.models import Attendance
from tests.backbone.factories import MeetingFactory
from tests.backbone.test_browser import Finger
from tests.backbone.test_roll import HELD
from tests.design.test_browser import DESK, PHONE, violations
from tests.factories import ContactFactory, GroupFactory, SeatFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Who was not simply there, of twenty-five.
EXCEPTIONS = {"remote": 5, "excused": 4, "absent": 3, "proxy": 1}
MOST_TAPS = 30


@pytest.fixture
def meeting(initiative, director):
    group = GroupFactory(initiative=initiative, name="Steering committee")
    meeting = MeetingFactory(initiative=initiative, group=group, title="Committee in November", starts_at=HELD)
    for number in range(25):
        holder = ContactFactory(initiative=initiative, name=f"Person {number:02}")
        SeatFactory(group=group, holder=holder)
    return meeting


def address(meeting, end="roll/"):
    return f"{meeting.get_absolute_url()}{end}"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_roll_of_twenty_five_is_taken_with_one_thumb_in_less_than_thirty_taps(opened, meeting, script):
    page = opened(meeting.get_absolute_url(), java_script_enabled=script)
    finger, rows = Finger(page), page.locator(".roll-row")
    finger.tap(page.get_by_role("link", name="Take the roll"))
    exceptions = [state for state, number in EXCEPTIONS.items() for _turn in range(number)]
    for place, state in enumerate(exceptions):
        finger.tap(rows.nth(place).get_by_role("radio", name=state, exact=True))
    finger.write("Who came for Person 12?", "Person 24, Organisation")
    finger.tap(page.get_by_role("button", name="Save the roll"))
    page.get_by_text("The roll was saved.").wait_for()
    assert finger.touches == 16 <= MOST_TAPS
    states = list(meeting.roll.order_by("contact__name").values_list("state", flat=True))
    assert states == exceptions + ["present"] * 12
    counts = page.locator("#roll p").inner_text().split("\n")
    assert " ".join(counts) == "12 present 5 remote 1 proxy 4 excused 3 absent"
    page.get_by_role("link", name="Change the roll").click()
    chosen = page.locator(".roll-row input:checked").evaluate_all("fields => fields.map(field => field.value)")
    assert chosen == states


def test_counts_follow_each_tap_and_a_start_leaves_what_was_tapped(opened, meeting):
    page = opened(address(meeting))
    counts = page.locator("[data-roll-counts]")
    assert counts.inner_text().split() == ["25", "present"]
    page.locator(".roll-row").nth(3).get_by_role("radio", name="excused", exact=True).click()
    page.get_by_role("link", name="absent", exact=True).click()
    assert counts.inner_text().split() == ["1", "excused", "24", "absent"]
    assert page.url.endswith("/roll/")
    assert Attendance.objects.count() == 0


def test_the_bar_is_always_within_reach_and_hides_no_row_for_good(opened, meeting):
    page = opened(address(meeting))
    button = page.get_by_role("button", name="Save the roll").last
    navigation = page.locator(".site-nav").bounding_box()
    box = button.bounding_box()
    assert box["y"] + box["height"] <= navigation["y"]
    page.locator("#roll-search").focus()
    assert page.locator("#roll-search").bounding_box()["y"] < button.bounding_box()["y"]


def test_roll_can_be_taken_by_keyboard_alone(opened, meeting):
    page = opened(address(meeting), DESK)
    page.locator(".roll-row input").first.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "Tab", "ArrowLeft"):
        page.keyboard.press(key)
    assert page.locator(".roll-row").first.locator("input:checked").get_attribute("value") == "excused"
    page.keyboard.press("Enter")
    page.get_by_text("The roll was saved.").wait_for()
    assert meeting.roll.filter(state="excused").count() == 1


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_page_of_the_roll_is_wider_than_the_screen(opened, meeting, width):
    for end in ("roll/", "engagement/"):
        page = opened(address(meeting, end), {"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "light"), (DESK, "dark")], ids=["phone", "desk"])
def test_axe_finds_nothing_on_the_roll_nor_on_the_levels(opened, meeting, size, scheme):
    page = opened(address(meeting), size, scheme)
    page.locator(".roll-row").first.get_by_role("radio", name="proxy", exact=True).click()
    page.get_by_label("Somebody else was there").fill("Person")
    assert violations(page) == []
    page.get_by_role("button", name="Save the roll").last.click()
    page.get_by_role("link", name="Level of engagement").click()
    page.locator(".roll-row").first.get_by_role("radio", name="3", exact=True).click()
    assert violations(page) == []
    page.get_by_role("button", name="Save").click()
    page.get_by_text("The levels of engagement were saved.").wait_for()
    assert violations(page) == []
    assert page.complaints == []
