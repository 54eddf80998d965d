"""A meeting on a phone, from planning to the mails, with and without script; judged by axe in light and dark."""

import datetime

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.core import mail

from backbone.actions import meeting_mails
from backbone.models import Meeting, MeetingMail
from tests.factories import ContactFactory, GroupFactory, SeatFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
JUDGE = "axe.run(document, {resultTypes: ['violations']})"


@pytest.fixture
def phone(browser, live_server, staff):
    """Call with `script` and `scheme` to get a page in which staff is signed in."""
    contexts = []

    def make(*, script=True, scheme="light"):
        context = browser.new_context(
            base_url=live_server.url, viewport=PHONE, java_script_enabled=script, color_scheme=scheme
        )
        cookie = staff.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def group(initiative):
    group = GroupFactory(initiative=initiative, name="Early years")
    SeatFactory(group=group, holder=ContactFactory(initiative=initiative, name="Ana", email="ana@p.example"))
    return group


def plan(page, initiative):
    page.goto(f"/i/{initiative.slug}/meetings/new/")
    page.get_by_label("Title").fill("Spring plan")
    page.get_by_label("Committee or group").select_option(label="Early years")
    page.get_by_label("Day").first.fill((initiative.today() + datetime.timedelta(days=7)).isoformat())
    page.get_by_label("Start").fill("15:00")
    page.get_by_label("Comes round").select_option("weekly")
    page.get_by_label("How many meetings?").fill("3")
    page.get_by_role("button", name="Save").click()


def add_items(page, *titles):
    for title in titles:
        page.get_by_label("New item").fill(title)
        page.get_by_label("Minutes", exact=True).fill("20")
        page.get_by_role("button", name="Add", exact=True).click()


@pytest.mark.parametrize("script", [True, False])
def test_a_series_is_planned_prepared_and_sent_on_a_phone(phone, group, initiative, script):
    page = phone(script=script)
    plan(page, initiative)
    add_items(page, "Welcome", "Budget")
    button = page.get_by_role("button", name="Move “Budget” up")
    button.focus()
    button.press("Enter")
    page.wait_for_url("**#agenda")
    first = Meeting.objects.order_by("starts_at").first()
    assert list(first.agenda.values_list("title", flat=True)) == ["Budget", "Welcome"]
    page.get_by_role("link", name="Invite by mail").click()
    page.get_by_role("button", name="Send 1 mail").click()
    assert page.get_by_text("1 mail leaves now.").is_visible()
    assert (Meeting.objects.count(), MeetingMail.objects.get().contact.name) == (3, "Ana")
    meeting_mails.send_waiting(meeting_id=first.pk)
    assert [message.to for message in mail.outbox] == [["ana@p.example"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_a_meeting_fit_a_phone_and_everybody(phone, group, initiative, scheme):
    page = phone(scheme=scheme)
    plan(page, initiative)
    add_items(page, "Averylongwordthatnobodywouldeverusebutthatmayappear" * 2)
    here = page.url.split("#")[0]
    for address in (here, f"{here}invite/", f"{here}change/", f"{here}agenda/new/", f"/i/{initiative.slug}/meetings/"):
        page.goto(address)
        page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")
        page.evaluate(AXE_SCRIPT)
        assert page.evaluate(JUDGE)["violations"] == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
