"""Many at once: threads with connections of their own, on a database that really commits."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from surveys.actions import storing
from surveys.models import Invitation, Response
from surveys.queries.answering import definition_of
from surveys.tokens import survey_token
from tests.surveys.factories import InvitationFactory

pytestmark = pytest.mark.django_db(transaction=True)


def post(address, data):
    """One browser of its own; its connection is closed, so that the test database can go."""
    try:
        return Client().post(address, data).status_code
    finally:
        connection.close()


@pytest.fixture
def last_page():
    invitation = InvitationFactory()
    number = len(definition_of(invitation.round.instrument_version).sections)
    return f"/s/{survey_token(invitation.pk, invitation.link_version)}/{number}/"


def test_fifty_simultaneous_submits_store_one_response(last_page):
    texts = [f"answer {number}" for number in range(50)]
    with ThreadPoolExecutor(16) as browsers:
        answers = list(browsers.map(lambda text: post(last_page, {"comment": text, "go": "submit"}), texts))
    # Whoever came late was thanked: 302 to the thanks, or the thanks at once.
    assert set(answers) <= {200, 302}
    response = Response.objects.get()
    assert response.answers["comment"] in texts
    assert (response.invitation.state, response.submitted_at is not None) == ("finished", True)


def test_pages_saved_at_the_same_moment_are_all_kept():
    invitation = InvitationFactory()
    base = f"/s/{survey_token(invitation.pk, invitation.link_version)}"
    sections = definition_of(invitation.round.instrument_version).sections
    pages = [
        (f"{base}/{number}/", {code: "2" for q in section.questions if q.kind == "matrix" for code in q.codes})
        for number, section in enumerate(sections, start=1)
    ]
    with ThreadPoolExecutor(len(pages)) as tabs:
        list(tabs.map(lambda page: post(page[0], page[1] | {"go": "save"}), pages))
    assert Response.objects.get().answers == {code: 2 for _address, data in pages for code in data}


@pytest.mark.parametrize("has_begun", [False, True])
def test_a_page_saved_in_another_tab_during_the_submit_becomes_final_with_it(last_page, has_begun, monkeypatch):
    first_page, write, tabs = last_page[:-2] + "1/", storing.write_final, ["meanwhile"]
    if has_begun:
        post(first_page, {"gv1_recall": "before", "go": "save"})

    def overtaken(**values):
        while tabs:
            Client().post(first_page, {"gv1_recall": tabs.pop(), "go": "save"})
        return write(**values)

    monkeypatch.setattr(storing, "write_final", overtaken)
    assert Client().post(last_page, {"comment": "last words", "go": "submit"}).status_code == 302
    response = Response.objects.get()
    assert response.answers == {"gv1_recall": "meanwhile", "comment": "last words"}
    assert (response.invitation.state, response.submitted_at is not None) == ("finished", True)


def test_answers_withdrawn_during_the_submit_are_not_stored_again(last_page, monkeypatch):
    post(last_page[:-2] + "1/", {"gv1_recall": "taken back", "go": "save"})
    write = storing.write_final

    def overtaken(**values):
        Response.objects.all().delete()
        return write(**values)

    monkeypatch.setattr(storing, "write_final", overtaken)
    post(last_page, {"comment": "last words", "go": "submit"})
    assert (Response.objects.count(), Invitation.objects.get().state) == (0, "invited")
