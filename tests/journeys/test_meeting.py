"""A meeting on a phone, from its agenda to approved minutes with two decisions and four follow-ups, and what arrives by mail."""

import datetime

import pytest
from django.conf import settings
from django.core import mail
from django.utils import timezone

from backbone.actions.minutes_mails import mail_minutes
from tests.backbone.factories import MeetingFactory
from tests.factories import ContactFactory, GroupFactory, SeatFactory
from tests.journeys.steps import PHONE, press
from tests.journeys.test_answering import judged

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ITEMS = ["Welcome", "Budget for 2027", "Third grade reading"]
DECISIONS = {"Budget for 2027": "Approved as it stands.", "Two more schools": "Lincoln and East Side join in January."}
FOLLOW_UPS = ["Write to the district", "Book the large room", "Send the list of tutors", "Ask Lincoln for a contact"]
PEOPLE = ["Ada", "Bo", "Cy", "Dee", "Eli"]


@pytest.fixture
def meeting(initiative, staff):
    group = GroupFactory(initiative=initiative, name="Steering committee")
    for name in PEOPLE:
        SeatFactory(group=group, holder=ContactFactory(initiative=initiative, name=name))
    begun = timezone.now() - datetime.timedelta(hours=3)
    return MeetingFactory(initiative=initiative, group=group, title="Committee in November", starts_at=begun)


@pytest.fixture
def phone(browser, live_server, staff):
    context = browser.new_context(base_url=live_server.url, viewport=PHONE)
    session = staff.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    yield context.new_page()
    context.close()


def add_items(phone):
    for title in ITEMS:
        phone.get_by_label("New item").fill(title)
        press(phone, "Add")
        phone.get_by_role("link", name=title, exact=True).wait_for()


def take_the_roll(phone):
    phone.get_by_role("link", name="Take the roll").click()
    phone.locator(".roll-row").nth(1).get_by_role("radio", name="remote").click()
    phone.locator(".roll-row").nth(4).get_by_role("radio", name="excused").click()
    phone.get_by_role("button", name="Save the roll").last.click()
    phone.get_by_text("The roll was saved.").wait_for()


def decide(phone, meeting, title, outcome):
    phone.goto(meeting.get_absolute_url())
    phone.get_by_role("link", name="Raise a decision").click()
    phone.locator("[name=title]").fill(title)
    phone.locator("[name=body]").select_option(label="Steering committee")
    press(phone, "Save and record what was decided")
    phone.locator("[name=outcome]").fill(outcome)
    phone.locator("form.form button.btn-primary").click()
    phone.locator("[name=outcome]").wait_for(state="detached")


def write_down(phone, meeting, title):
    phone.goto(meeting.get_absolute_url())
    phone.locator("summary", has_text="Add an action item").click()
    phone.locator(".quick [name=title]").fill(title)
    phone.locator(".quick button.btn-primary").click()
    phone.locator("#follow-ups").get_by_role("link", name=title, exact=True).wait_for()


def write_and_approve(phone, meeting):
    phone.goto(meeting.get_absolute_url())
    phone.get_by_role("link", name="Write the minutes").click()
    begun = phone.get_by_label("Minutes").input_value()
    assert begun == "".join(f"## {title}\n\n\n" for title in ITEMS)
    phone.get_by_label("Minutes").fill(begun.replace("## Welcome\n\n", "## Welcome\n\nEverybody was **welcome**."))
    press(phone, "Save")
    phone.locator(".minutes-text strong").wait_for()
    assert judged(phone) == []
    phone.locator("summary", has_text="Approve these minutes").click()
    press(phone, "Approve them now")
    phone.get_by_text("The minutes were approved.").wait_for()


def test_a_meeting_from_its_agenda_to_approved_minutes_that_arrive(phone, meeting):
    phone.goto(meeting.get_absolute_url())
    add_items(phone)
    take_the_roll(phone)
    for title, outcome in DECISIONS.items():
        decide(phone, meeting, title, outcome)
    for title in FOLLOW_UPS:
        write_down(phone, meeting, title)
    write_and_approve(phone, meeting)
    shown = phone.locator("main").inner_text()
    assert [
        words for words in [*DECISIONS, *DECISIONS.values(), *FOLLOW_UPS, "Bo (remote)"] if words not in shown
    ] == []
    assert phone.evaluate("document.documentElement.scrollWidth") == PHONE["width"]

    phone.get_by_role("link", name="Send the minutes").click()
    press(phone, "Send 5 mails")
    phone.get_by_text("5 mails with the minutes are on their way.").wait_for()
    mail_minutes(meeting_id=meeting.pk)
    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) == len(PEOPLE)
    words = mail.outbox[0].body
    assert [each for each in [*DECISIONS.values(), *FOLLOW_UPS, "Everybody was welcome."] if each not in words] == []

    phone.goto(meeting.get_absolute_url())
    press(phone, "Support aligned activities")
    phone.get_by_text("Its time stands in the log of activities.").wait_for()
    assert [activity.minutes for activity in meeting.initiative.activities.all()] == [meeting.duration]
