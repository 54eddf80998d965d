"""A scanner that runs JavaScript and waits for it: real Chromium opens every mailed link, and nothing changes."""

import pytest

from accounts.actions import setup, sign_in
from backbone.models import ActionItem
from backbone.tokens import own_page_token, stop_token, story_token
from surveys.tokens import preview_token, survey_token, unsubscribe_token
from tests.backbone.follow_ups import ActionItemFactory, CommitmentFactory
from tests.backbone.stories import make_story
from tests.factories import UserFactory
from tests.security.world import differences, every_row
from tests.surveys.factories import InvitationFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def own_links(contact):
    """Of a contact with something to be done, something promised and a story to sign off."""
    ActionItemFactory(initiative=contact.initiative, owner_contact=contact)
    CommitmentFactory(initiative=contact.initiative, contact=contact)
    asked = make_story(contact.initiative, contact).sign_offs.get()
    return [f"/own/{own_page_token(contact)}/", f"/stop/{stop_token(contact)}/", f"/story/{story_token(asked)}/"]


@pytest.fixture
def links():
    invitation, person = InvitationFactory(), UserFactory()
    survey = f"/s/{survey_token(invitation.pk, invitation.link_version)}/"
    preview = f"/p/{preview_token(invitation.round_id)}/"
    return [
        survey,
        f"{survey}1/",
        f"{survey}?language=es",
        preview,
        f"{preview}1/",
        f"/u/{unsubscribe_token(invitation.pk)}/",
        *own_links(invitation.contact),
        f"/accounts/setup/{setup.make_link()}/",
        f"/accounts/signin/{sign_in.make_link(email=person.email)}/",
        f"/i/{invitation.round.initiative.slug}/",
        "/accounts/login/",
    ]


def test_scanner_with_javascript_changes_nothing_and_asks_no_other_host(page, links, live_server):
    before, asked, complaints = every_row(), set(), []
    page.on("request", lambda request: asked.add((request.method, request.url.split("/")[2])))
    page.on("console", lambda message: complaints.append(message.text))
    for path in links:
        answer = page.goto(path, wait_until="networkidle")
        assert answer.status == 200, path
        page.keyboard.press("Tab")
        page.mouse.wheel(0, 5_000)
    # No beacon, no post, no foreign host; and the policy had nothing to refuse.
    assert asked == {("GET", live_server.url.split("/")[2])}
    assert complaints == []
    assert differences(before, every_row()) == []


def test_survey_page_sends_its_token_nowhere(page, links):
    told = []
    page.on("request", lambda request: told.append((request.url, request.headers.get("referer", ""))))
    page.goto(links[1])
    page.evaluate("fetch('/health/').catch(() => null)")
    token = links[0].split("/")[2]
    others = [(url, referer) for url, referer in told if token in referer]
    assert len(told) > 2
    assert others == []


def test_own_page_sends_its_token_nowhere(page, links):
    told, own = [], next(path for path in links if path.startswith("/own/"))
    page.on("request", lambda request: told.append((request.url, request.headers.get("referer", ""))))
    page.goto(own)
    page.evaluate("fetch('/health/').catch(() => null)")
    assert len(told) > 2
    assert [(url, referer) for url, referer in told if own.split("/")[2] in referer] == []


def test_partner_says_on_their_own_page_that_it_is_done(page, links):
    own = next(path for path in links if path.startswith("/own/"))
    page.goto(own)
    page.get_by_text("This is done").first.click()
    page.get_by_role("button", name="Yes, this is done").click()
    page.get_by_text("Thank you. It was marked as done.").wait_for()
    assert ActionItem.objects.get().state == ActionItem.State.DONE
