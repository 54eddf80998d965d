"""The results of a closed round at the survey link: for everyone who was asked, and without anything of their own."""

import pytest
from django.core.cache import caches
from django.test import Client

from surveys.actions.closing import close_round
from surveys.actions.conclusions import publish, write
from surveys.models import Conclusion, Invitation, Response, Round
from surveys.queries.conclusions import recipients
from surveys.tokens import survey_token
from tests.surveys.closing_rounds import agrees, open_round, plain_roster

pytestmark = pytest.mark.django_db


@pytest.fixture
def round(initiative):
    """20 asked, 14 of 18 favourable, closed."""
    made = open_round(plain_roster(initiative, 20), [*agrees(14, 18), None, None])
    close_round(round_id=made.pk)
    return Round.objects.get(pk=made.pk)


def link(invitation, rest="results/"):
    return f"/s/{survey_token(invitation.pk, invitation.link_version)}/{rest}"


def conclude(round, *, texts=None, version=0):
    write(round=round, version=version, texts=texts or {"en": "We heard you.\n\n- More time\n- Less mail"}, by=None)


def publish_it(round, *, tells=False):
    publish(round=round, version=1, digest=recipients(round).digest, tells=tells, by=None)


@pytest.mark.parametrize("state", ["invited", "finished", "withdrawn", "opted_out", "bounced"])
def test_everyone_invited_sees_the_figures(client, round, state):
    invitation = round.invitations.last()
    Invitation.objects.filter(pk=invitation.pk).update(state=state)
    page = client.get(link(invitation))
    text = page.content.decode()
    assert page.status_code == 200
    assert ("14 of 18" in text, "favourable (78\u202f%)" in text) == (True, True)
    assert "of all 20 asked, between" in text


@pytest.mark.parametrize("state", ["left", "wrong_person"])
def test_who_is_not_the_one_to_ask_sees_none(client, round, state):
    invitation = round.invitations.last()
    Invitation.objects.filter(pk=invitation.pk).update(state=state)
    answer = client.get(link(invitation))
    assert (answer.status_code, answer.url) == (302, link(invitation, "?language=en"))
    assert "results/" not in client.get(answer.url).content.decode()


@pytest.mark.parametrize("state", ["draft", "scheduled", "open", "closing", "cancelled"])
def test_nothing_is_shown_before_the_round_is_closed_or_when_it_was_cancelled(client, round, state):
    Round.objects.update(state=state)
    invitation = round.invitations.first()
    answer = client.get(link(invitation))
    assert (answer.status_code, answer.url) == (302, link(invitation, "?language=en"))
    assert "14 of 18" not in client.get(answer.url).content.decode()


def test_older_link_opens_nothing(client, round):
    invitation = round.invitations.first()
    Invitation.objects.filter(pk=invitation.pk).update(link_version=2)
    assert client.get(link(invitation)).status_code == 404


def test_link_of_another_round_shows_that_rounds_figures_only(client, round, other_initiative):
    other = open_round(plain_roster(other_initiative, 12), agrees(6, 12))
    close_round(round_id=other.pk)
    text = client.get(link(other.invitations.first())).content.decode()
    assert ("14 of 18" in text, "6 of 12" in text, other_initiative.name in text) == (False, True, True)


def test_hidden_figures_say_so_with_the_rule(client, initiative):
    made = open_round(plain_roster(initiative, 8), [*agrees(2, 3), *[None] * 5])
    close_round(round_id=made.pk)
    text = client.get(link(made.invitations.first())).content.decode()
    assert "too few answers to show" in text
    assert "Figures of fewer than 5 people, or of one organisation alone, are never shown" in text
    assert " of 3" not in text


@pytest.mark.parametrize("which", ["first", "last"])
def test_the_link_itself_shows_the_way(client, round, which):
    invitation = getattr(round.invitations, which)()
    page = client.get(link(invitation, "")).content.decode()
    assert 'href="results/?language=en"' in page


def test_page_is_the_same_for_all_and_holds_nothing_of_the_person(round):
    first, last = round.invitations.first(), round.invitations.last()
    pages = []
    for invitation in (first, last):
        caches["pages"].clear()
        pages.append(Client().get(link(invitation)).content.decode())
    assert pages[0] == pages[1]
    for invitation in (first, last):
        token = survey_token(invitation.pk, invitation.link_version)
        own = [token, invitation.name, invitation.email, invitation.organisation_name]
        assert [word for word in own if word in pages[0]] == []


def test_headers_are_those_of_every_page_behind_a_link(client, round):
    page = client.get(link(round.invitations.first()))
    assert page["Referrer-Policy"] == "strict-origin"
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page["Cache-Control"]
    assert page.cookies == {}


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(client, round, method, django_assert_num_queries):
    before = list(Invitation.objects.order_by("pk").values()), list(Response.objects.order_by("pk").values())
    answer = getattr(client, method)(link(round.invitations.first()))
    assert answer.status_code == 200
    assert before == (list(Invitation.objects.order_by("pk").values()), list(Response.objects.order_by("pk").values()))
    assert client.post(link(round.invitations.first())).status_code == 405


def test_a_kept_page_costs_two_queries_and_a_new_one_few(client, round, django_assert_num_queries):
    conclude(round)
    publish_it(round)
    first, last = round.invitations.first(), round.invitations.last()
    with django_assert_num_queries(8):
        client.get(link(first))
    with django_assert_num_queries(2):
        client.get(link(last))


def test_page_is_in_the_persons_language_and_in_the_one_they_choose(client, round):
    invitation = round.invitations.first()
    Invitation.objects.filter(pk=invitation.pk).update(language="fr")
    found = [client.get(link(invitation), wanted).content.decode() for wanted in ({}, {"language": "es"})]
    assert ['<html lang="fr"' in found[0], '<html lang="es"' in found[1]] == [True, True]
    assert [client.get(link(invitation), {"language": "xx"}).content.decode()] == [found[0]]


def test_text_is_shown_once_it_is_published_and_not_before(client, round):
    address = link(round.invitations.first())
    conclude(round)
    assert "We heard you." not in client.get(address).content.decode()
    publish_it(round)
    page = client.get(address).content.decode()
    assert "<p>We heard you.</p><ul><li>More time</li><li>Less mail</li></ul>" in page
    assert "edited on" not in page


def test_an_edit_is_shown_at_once_with_its_day(client, round):
    conclude(round)
    publish_it(round)
    client.get(link(round.invitations.first()))
    conclude(round, texts={"en": "We heard you better."}, version=1)
    page = client.get(link(round.invitations.first())).content.decode()
    assert ("We heard you better." in page, "edited on" in page) == (True, True)


def test_missing_language_shows_the_default_one_marked(client, round):
    conclude(round, texts={"en": "In English.", "fr": "En français."})
    publish_it(round)
    spanish, french = (
        client.get(link(round.invitations.first()), {"language": code}).content.decode() for code in ("es", "fr")
    )
    assert ('<div class="prose" lang="en" dir="auto"><p>In English.</p>' in spanish, "In English." in french) == (
        True,
        False,
    )
    assert '<div class="prose"><p>En français.</p>' in french


def test_hostile_text_stays_text(client, round):
    conclude(round, texts={"en": "<script>alert(1)</script>\n\n- <img src=x onerror=alert(1)> {{ 7 }}"})
    publish_it(round)
    page = client.get(link(round.invitations.first())).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert ("<script>alert" in page, "<img" in page, "{{ 7 }}" in page) == (False, False, True)


def test_staff_see_the_page_with_the_draft_before_anybody_else(staff, round):
    conclude(round)
    page = staff.get(f"/i/bright-futures/rounds/{round.pk}/results/").content.decode()
    assert ("We heard you." in page, "is not published yet" in page) == (True, True)
    assert Conclusion.objects.get().published_at is None
