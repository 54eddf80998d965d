"""A page that is sent by script, and one whose form token is too old: what the server says to both."""

import re

import pytest
from django.test import Client

from surveys.models import Response, Round
from tests.surveys.all_kinds import SENT, invitation_to_all_kinds, link_of
from tests.surveys.test_answering_kinds import filled, parsed

pytestmark = pytest.mark.django_db
BY_SCRIPT = {"X-Survey-Page": "1"}


@pytest.fixture
def invitation():
    return invitation_to_all_kinds()


@pytest.fixture
def careful():
    return Client(enforce_csrf_checks=True)


def test_a_page_sent_by_script_is_told_where_to_go(client, invitation):
    answer = client.post(link_of(invitation, "1/"), SENT[0] | {"go": "next"}, headers=BY_SCRIPT)

    assert (answer.status_code, answer.json()) == (200, {"next": link_of(invitation, "2/?language=en")})
    assert "no-store" in answer["Cache-Control"]


def test_a_page_sent_by_script_with_something_missing_is_answered_as_any_other(client, invitation):
    answer = client.post(link_of(invitation, "2/"), {"go": "next"}, headers=BY_SCRIPT)

    assert (answer.status_code, answer["Content-Type"]) == (422, "text/html; charset=utf-8")


def test_a_page_sent_twice_by_script_after_the_last_submit_leads_to_the_thanks(client, invitation):
    sent = {"go": "submit"}
    for number in (1, 2):
        client.post(link_of(invitation, f"{number}/"), SENT[number - 1] | {"go": "next"})
    first = client.post(link_of(invitation, "4/"), sent, headers=BY_SCRIPT)
    again = client.post(link_of(invitation, "4/"), sent, headers=BY_SCRIPT)

    assert first.json() == {"next": link_of(invitation, "?language=en")}
    assert "Your answers arrived" in again.content.decode()
    assert Response.objects.get().submitted_at is not None


def test_a_form_whose_token_is_too_old_comes_back_with_all_that_was_typed(careful, invitation):
    typed = {name: value for name, value in SENT[1].items() if value}
    answer = careful.post(link_of(invitation, "2/"), typed | {"go": "next", "csrfmiddlewaretoken": "x" * 64})

    assert (answer.status_code, Response.objects.count()) == (403, 0)
    assert filled(parsed(answer)) == typed
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.content.decode())[1]
    again = careful.post(link_of(invitation, "2/"), typed | {"go": "next", "csrfmiddlewaretoken": token})
    assert (again.status_code, Response.objects.get().answers["people"]) == (302, 1200)


@pytest.mark.parametrize("rest", ["left/", "someone-else/", "withdraw/", "9/"])
def test_nothing_else_is_taken_with_a_token_that_is_too_old(careful, invitation, rest):
    answer = careful.post(link_of(invitation, rest), {"note": "Ask Ana"})

    invitation.refresh_from_db()
    assert (answer.status_code, invitation.state) == (403, "invited")


def test_a_page_is_kept_in_the_tab_where_it_is_kept_here_and_not_in_a_preview(client, staff, initiative):
    invitation = invitation_to_all_kinds(round__initiative=initiative)
    preview = staff.get(f"/i/bright-futures/rounds/{invitation.round.pk}/questions/").url
    pages = (client.get(link_of(invitation, "1/")), client.get(f"{preview}1/"))

    assert [parsed(page).select_one("[data-keep]")["data-keep"] for page in pages] == ["tab", ""]


@pytest.mark.parametrize("state", [Round.State.CLOSED, Round.State.CANCELLED])
def test_a_form_that_comes_too_late_says_that_the_survey_is_over(careful, invitation, state):
    Round.objects.update(state=state)
    answer = careful.post(link_of(invitation, "2/"), {"people": "3"})

    assert "<form" not in answer.content.decode()
    assert Response.objects.count() == 0
