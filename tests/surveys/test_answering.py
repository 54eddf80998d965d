import datetime
import re

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from surveys.models import Invitation, Response, Round
from surveys.queries.answering import definition_of
from surveys.tokens import survey_token, unsubscribe_token
from tests.surveys.factories import InvitationFactory, RoundFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation():
    return InvitationFactory()


def link(invitation, rest=""):
    return f"/s/{survey_token(invitation.pk, invitation.link_version)}/{rest}"


def sections_of(invitation):
    return definition_of(invitation.round.instrument_version).sections


def answers_for(section, value="4"):
    """A form's data for one page: `value` in every matrix row, a sentence in every text."""
    return {
        code: "In our own words." if question.kind == "long_text" else value
        for question in section.questions
        for code in question.codes
    }


def answer_everything(client, invitation, value="4"):
    """Go through all pages as a browser does; returns the answer to the last submit."""
    sections = sections_of(invitation)
    for number, section in enumerate(sections, start=1):
        go = "submit" if number == len(sections) else "next"
        answer = client.post(link(invitation, f"{number}/"), answers_for(section, value) | {"go": go})
    return answer


def test_the_welcome_says_who_sees_what_and_changes_nothing(client, invitation):
    page = client.get(link(invitation)).content.decode()
    assert "Nobody sees your individual answers" in page
    assert invitation.round.reply_to in page
    assert Response.objects.count() == 0


def test_a_named_round_says_that_staff_see_who_answered_what(client, invitation):
    Round.objects.update(mode=Round.Mode.NAMED)
    page = client.get(link(invitation)).content.decode()
    assert "The backbone team sees who answered what" in page
    assert "Nobody sees your individual answers" not in page


def test_every_page_is_saved_and_shown_again_on_another_device(client, invitation):
    first = sections_of(invitation)[0]
    answer = client.post(link(invitation, "1/"), answers_for(first, "5") | {"go": "next"})
    assert answer.url == link(invitation, "2/?language=en")
    page = Client().get(link(invitation, "1/")).content.decode()
    row = next(code for q in first.questions if q.kind == "matrix" for code in q.codes)
    assert f'name="{row}" value="5" checked' in page
    assert "In our own words.</textarea>" in page


def test_the_submit_is_final_and_the_link_shows_thanks_never_answers(client, invitation):
    answer = answer_everything(client, invitation)
    assert answer.status_code == 302
    response = Response.objects.get()
    assert (response.submitted_at is not None, response.answers["comment"]) == (True, "In our own words.")
    for rest in ("", "1/", "5/"):
        page = client.get(link(invitation, rest)).content.decode()
        assert "Your answers arrived" in page
        assert "In our own words." not in page


def test_a_second_submit_changes_nothing(client, invitation):
    answer_everything(client, invitation, "4")
    before = Response.objects.get().answers
    answer_everything(Client(), invitation, "1")
    assert Response.objects.get().answers == before


def test_a_text_that_is_too_long_is_shown_again_and_the_rest_is_saved(client, invitation):
    first = sections_of(invitation)[0]
    text = "a" * 5_001
    data = answers_for(first, "2") | {"gv1_recall": text, "go": "next"}
    answer = client.post(link(invitation, "1/"), data)
    assert answer.status_code == 422
    assert f"{text}</textarea>" in answer.content.decode()
    assert "more than 5,000 characters" in answer.content.decode()
    saved = Response.objects.get().answers
    assert "gv1_recall" not in saved
    assert set(saved.values()) == {2}


def test_markup_in_an_answer_stays_text(client, invitation):
    hostile = '</textarea><script>alert("x")</script>'
    client.post(link(invitation, "1/"), {"gv1_recall": hostile, "go": "next"})
    page = client.get(link(invitation, "1/")).content.decode()
    assert hostile not in page
    assert "&lt;/textarea&gt;&lt;script&gt;" in page


def test_two_tabs_on_different_pages_lose_nothing(client, invitation):
    one, two = sections_of(invitation)[:2]
    client.post(link(invitation, "1/"), answers_for(one, "1") | {"go": "next"})
    client.post(link(invitation, "2/"), answers_for(two, "2") | {"go": "next"})
    client.post(link(invitation, "1/"), answers_for(one, "3") | {"go": "next"})
    saved = Response.objects.get().answers
    assert {saved[code] for code in two.codes if code in saved and isinstance(saved[code], int)} == {2}
    assert {saved[code] for code in one.codes if isinstance(saved.get(code), int)} == {3}


@pytest.mark.parametrize(("language", "words"), [("es", "Guardar y continuar"), ("fr", "Enregistrer et continuer")])
def test_the_language_is_switched_in_the_middle_and_answers_stay(client, invitation, language, words):
    first = sections_of(invitation)[0]
    answer = client.post(link(invitation, "1/"), answers_for(first, "3") | {"go": f"language-{language}"})
    page = client.get(answer.url).content.decode()
    assert f'<html lang="{language}"' in page
    assert words in page
    assert page.count(" checked") == sum(len(q.codes) for q in first.questions if q.kind == "matrix")


def test_answers_are_not_taken_after_the_last_day_has_ended_in_the_initiatives_zone(client, invitation):
    invitation.round.initiative.time_zone = "Pacific/Auckland"
    invitation.round.initiative.save()
    yesterday = invitation.round.initiative.today() - datetime.timedelta(days=1)
    Round.objects.update(closes_on=yesterday)
    answer_everything(client, invitation)
    assert Response.objects.count() == 0
    assert "This survey is closed" in client.get(link(invitation)).content.decode()


@pytest.mark.parametrize("state", [Round.State.DRAFT, Round.State.SCHEDULED, Round.State.CANCELLED, Round.State.CLOSED])
def test_a_round_that_is_not_open_takes_no_answer(client, invitation, state):
    Round.objects.update(state=state)
    answer_everything(client, invitation)
    assert Response.objects.count() == 0


def test_a_link_with_an_old_version_or_for_another_purpose_opens_nothing(client, invitation):
    old = link(invitation)
    Invitation.objects.update(link_version=2)
    assert client.get(old).status_code == 404
    assert client.get(f"/s/{unsubscribe_token(invitation.pk)}/").status_code == 404
    assert client.get("/s/nonsense/").status_code == 404


@pytest.mark.parametrize("rest", ["", "1/", "left/", "someone-else/"])
def test_get_and_head_change_nothing(client, invitation, rest):
    client.get(link(invitation, rest))
    client.head(link(invitation, rest))
    invitation.refresh_from_db()
    assert (invitation.state, Response.objects.count()) == ("invited", 0)


def test_a_person_who_left_says_so_and_staff_confirm_it(client, staff, initiative):
    invitation = InvitationFactory(round__initiative=initiative)
    client.post(link(invitation, "left/"))
    invitation.refresh_from_db()
    invitation.contact.refresh_from_db()
    assert (invitation.state, invitation.contact.left_on) == ("left", None)
    staff.post(f"/i/bright-futures/rounds/notes/{invitation.pk}/", {"decision": "confirm"})
    invitation.contact.refresh_from_db()
    assert invitation.contact.left_on == initiative.today()


def test_someone_else_should_answer_keeps_the_note_for_staff(client, invitation):
    client.post(link(invitation, "someone-else/"), {"note": "Ask Ana <ana@x.example>"})
    invitation.refresh_from_db()
    assert (invitation.state, invitation.note) == ("wrong_person", "Ask Ana <ana@x.example>")


def test_posting_without_the_form_token_is_refused(invitation):
    careful = Client(enforce_csrf_checks=True)
    assert careful.post(link(invitation, "1/"), {"go": "next"}).status_code == 403
    page = careful.get(link(invitation, "1/")).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    answer = careful.post(link(invitation, "1/"), {"go": "next", "csrfmiddlewaretoken": token})
    assert answer.status_code == 302


def test_pages_put_no_token_into_a_referer_and_are_not_kept(client, invitation):
    answer = client.get(link(invitation, "1/"))
    assert answer["Referrer-Policy"] == "strict-origin"
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]


def test_a_visit_costs_one_read_and_a_saved_page_one_statement_more(client, invitation, django_assert_num_queries):
    client.get(link(invitation, "1/"))
    with django_assert_num_queries(1):
        client.get(link(invitation, "1/"))
    client.post(link(invitation, "1/"), {"go": "next"})
    with django_assert_num_queries(2):
        client.post(link(invitation, "2/"), {"go": "next"})


def test_the_final_submit_costs_one_read_and_one_statement_on_postgresql(client, invitation, django_assert_num_queries):
    client.post(link(invitation, "1/"), {"go": "next"})
    # SQLite claims and stores in two, in a transaction of its own (a savepoint within that of a test).
    with django_assert_num_queries(2 if connection.vendor == "postgresql" else 5):
        client.post(link(invitation, "5/"), {"go": "submit"})


def test_an_english_page_has_no_letter_that_makes_joining_it_slow(client, invitation):
    """Python joins and encodes a text with one letter outside of Latin-1, be it a dash or a curly quote, three times slower."""
    for number in range(1, len(sections_of(invitation)) + 1):
        page = client.get(link(invitation, f"{number}/")).content.decode()
        assert [letter for letter in page if ord(letter) > 255] == []


def test_a_member_who_is_signed_in_answers_as_the_invited_person_only(director, initiative):
    invitation = InvitationFactory(round__initiative=initiative)
    director.post(link(invitation, "1/"), {"go": "next"})
    assert Response.objects.get().invitation == invitation


def test_a_link_that_opens_nothing_says_so_in_the_language_of_the_browser(client):
    page = client.get("/s/" + "A" * 32 + "/", headers={"Accept-Language": "es"})
    assert (page.status_code, '<html lang="es"' in page.content.decode()) == (404, True)


def test_a_survey_link_is_opened_before_any_session_is_looked_at(director, invitation, django_assert_num_queries):
    director.get(link(invitation, "1/"))
    with django_assert_num_queries(1):
        answer = director.get(link(invitation, "1/"))
    assert (hasattr(answer.wsgi_request, "user"), hasattr(answer.wsgi_request, "session")) == (False, False)


def test_two_people_in_one_browser_stay_apart(client):
    one, two = InvitationFactory.create_batch(2, round=RoundFactory())
    client.post(link(one, "1/"), {"gv1_recall": "first person", "go": "next"})
    assert "first person" not in client.get(link(two, "1/")).content.decode()


def test_a_preview_link_shows_the_questions_and_stores_nothing(client, staff, initiative):
    round = RoundFactory(initiative=initiative, state=Round.State.DRAFT)
    address = staff.get(f"/i/bright-futures/rounds/{round.pk}/questions/").url
    assert "This is a preview" in client.get(address).content.decode()
    assert "This is a preview" in client.get(f"{address}1/").content.decode()
    client.post(f"{address}1/", {"gv1_recall": "text", "go": "next"})
    assert (Response.objects.count(), timezone.is_aware(round.closes_at)) == (0, True)
