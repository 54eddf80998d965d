"""Somebody answers an anonymous round in a real browser: without script, with the network cut, with the server restarted, with an
answer that is lost on its way back, in two tabs, with an expired key. Nothing is stored before the submit, in the browser neither."""

import pytest
from playwright.sync_api import expect

from surveys.actions import pooling
from surveys.models import Invitation, Response, Round
from surveys.queries.pooling import everything_in
from tests.journeys.steps import DESK, PHONE
from tests.journeys.test_answering import (
    OFFLINE,
    UNREACHABLE,
    choose,
    fill_first,
    fill_second,
    judged,
    press,
)
from tests.surveys.all_kinds import KEPT, invitation_to_all_kinds, link_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
THANKS = "Your answers arrived"
STORED = "[Object.keys(sessionStorage), Object.keys(localStorage)]"


@pytest.fixture
def invitation(transactional_db):
    invitation = invitation_to_all_kinds(round__mode=Round.Mode.ANONYMOUS)
    pooling.prepare(round=invitation.round)
    return invitation


def gathered(invitation):
    """(who has answered, the answers) of the round; nothing lies anywhere else."""
    assert (Response.objects.count(), Invitation.objects.get().state) == (0, "invited")
    content = everything_in(invitation.round_id)
    return content.answered, content.answers


def come_to_the_last(page, invitation):
    page.goto(link_of(invitation, "1/"))
    fill_first(page)
    press(page, "next")
    page.get_by_text("Page 2 of").wait_for()
    fill_second(page)
    press(page, "next")
    page.get_by_text("Page 4 of").wait_for()
    page.get_by_label("What should we know?").fill("Thank you.")


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_kind_is_answered_with_and_without_script(open_page, invitation, has_script, size):
    page = open_page("/health/", size, java_script_enabled=has_script)
    come_to_the_last(page, invitation)
    wrong = judged(page) if has_script else []
    press(page, "submit")
    page.get_by_text(THANKS).wait_for()

    assert gathered(invitation) == ([invitation.pk], [KEPT])
    assert wrong == []


def test_with_the_network_cut_pages_wait_and_go_on_when_it_is_back(open_page, invitation):
    page = open_page(link_of(invitation, "1/"))
    fill_first(page)
    page.context.set_offline(True)
    press(page, "next")
    page.get_by_text(OFFLINE).wait_for()
    choose(page, "gv1_b", "2")
    assert page.evaluate(STORED) == [[], []]

    page.context.set_offline(False)
    page.get_by_text("Page 2 of").wait_for()
    press(page, "back")
    page.get_by_text("Page 1 of").wait_for()

    for name, value in (("since", "old"), ("topics", "reading"), ("gv1_a", "4"), ("gv1_b", "2")):
        expect(page.locator(f"input[name='{name}'][value='{value}']")).to_be_checked()
    assert gathered(invitation) == ([], [])


def test_with_the_network_cut_the_submit_waits_and_counts_once(open_page, invitation):
    page = open_page("/health/")
    come_to_the_last(page, invitation)
    page.context.set_offline(True)
    press(page, "submit")
    page.get_by_text(OFFLINE).wait_for()
    page.get_by_label("What should we know?").fill("Thank you all.")
    assert gathered(invitation) == ([], [])

    page.context.set_offline(False)
    page.get_by_text(THANKS).wait_for()

    assert gathered(invitation) == ([invitation.pk], [KEPT | {"comment": "Thank you all."}])
    assert page.evaluate(STORED) == [[], []]


def test_a_submit_whose_answer_is_lost_counts_once(open_page, invitation):
    page, lost = open_page("/health/"), []
    come_to_the_last(page, invitation)

    def lose_the_answer(route):
        if route.request.method != "POST" or lost:
            return route.continue_()
        lost.append(route.fetch(max_redirects=0).status)
        return route.abort("connectionreset")

    page.route("**/s/**", lose_the_answer)
    press(page, "submit")
    page.get_by_text(UNREACHABLE).wait_for()
    assert (lost, gathered(invitation)) == ([302], ([invitation.pk], [KEPT]))
    page.get_by_text(THANKS).wait_for()

    assert gathered(invitation) == ([invitation.pk], [KEPT])


def test_a_server_that_is_restarted_in_the_middle_loses_nothing(open_page, invitation, web):
    page = open_page(link_of(invitation, "1/"), base=web.url)
    fill_first(page)
    press(page, "next")
    page.get_by_text("Page 2 of").wait_for()
    fill_second(page)
    web.close()
    press(page, "next")
    page.get_by_text(UNREACHABLE).wait_for()
    page.get_by_label("How many people work with you?").fill("1300")
    web.start()
    page.get_by_text("Page 4 of").wait_for()
    page.get_by_label("What should we know?").fill("Thank you.")
    press(page, "submit")
    page.get_by_text(THANKS).wait_for()

    assert gathered(invitation) == ([invitation.pk], [KEPT | {"people": 1300}])


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_an_expired_key_loses_nothing(open_page, invitation, has_script):
    page = open_page("/health/", java_script_enabled=has_script)
    come_to_the_last(page, invitation)
    page.context.clear_cookies()
    press(page, "submit")
    if not has_script:
        page.get_by_text("Please press the button once more.").wait_for()
        press(page, "submit")
    page.get_by_text(THANKS).wait_for()

    assert gathered(invitation) == ([invitation.pk], [KEPT])


def test_two_tabs_stay_apart_and_the_first_submit_counts(open_page, invitation):
    one = open_page("/health/")
    two = one.context.new_page()
    for page in (one, two):
        come_to_the_last(page, invitation)
    two.get_by_label("What should we know?").fill("From the other tab.")
    press(one, "submit")
    one.get_by_text(THANKS).wait_for()
    press(two, "submit")
    two.get_by_text(THANKS).wait_for()

    assert gathered(invitation) == ([invitation.pk], [KEPT])


def test_closing_the_page_asks_first_where_something_would_be_lost(open_page, invitation):
    page, asked = open_page(link_of(invitation, "1/")), []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(link_of(invitation))
    assert asked == []
    page.goto(link_of(invitation, "1/"))
    fill_first(page)
    page.goto(link_of(invitation))
    assert asked == ["beforeunload"]
