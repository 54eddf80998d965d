"""What somebody with a survey link, or without one, may try."""

import pytest
from django.test import Client
from django.utils import timezone

from surveys.actions import rounds
from surveys.models import Invitation, Response, Round
from surveys.tokens import preview_token, survey_token, unsubscribe_token
from tests.surveys.factories import InvitationFactory

pytestmark = pytest.mark.django_db
MOST_FIELDS = 100_000


@pytest.fixture
def invitation(initiative):
    return InvitationFactory(round__initiative=initiative)


def link(invitation, rest=""):
    return f"/s/{survey_token(invitation.pk, invitation.link_version)}/{rest}"


@pytest.mark.parametrize("rest", ["left/", "someone-else/"])
@pytest.mark.parametrize("state", ["closing", "closed", "cancelled", "draft"])
def test_a_round_that_is_over_takes_no_word_about_the_person(client, invitation, rest, state):
    Round.objects.update(state=state)
    client.post(link(invitation, rest), {"note": "late"})
    invitation.refresh_from_db()
    assert (invitation.state, invitation.note) == (Invitation.State.INVITED, "")


def test_a_note_is_one_line_of_what_can_be_written(client, invitation):
    client.post(link(invitation, "someone-else/"), {"note": "Ana\x00\r\nERROR forged\u202e"})
    invitation.refresh_from_db()
    assert invitation.note == "Ana ERROR forged"


def test_fifty_megabytes_of_answer_are_refused_and_nothing_is_kept(client, invitation):
    assert client.post(link(invitation, "1/"), {"comment": "x" * 50_000_000}).status_code == 400
    body = b"comment=" + b"x" * 50_000_000
    form = "application/x-www-form-urlencoded"
    assert client.post(link(invitation, "1/"), body, content_type=form).status_code == 400
    assert Response.objects.count() == 0


def test_a_hundred_thousand_fields_are_refused_and_nothing_is_kept(client, invitation):
    body = "&".join(f"f{number}=1" for number in range(MOST_FIELDS))
    answer = client.post(link(invitation, "1/"), body, content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, Response.objects.count()) == (400, 0)


@pytest.mark.parametrize("language", ["xx", '"><script>alert(1)</script>', "\x00", "en\r\nX: y", "e" * 5_000])
def test_a_language_that_is_not_offered_changes_nothing(client, invitation, language):
    for rest in ("", "1/"):
        page = client.get(link(invitation, rest), {"language": language})
        assert (page.status_code, "<script>alert" in page.content.decode()) == (200, False)


@pytest.mark.parametrize("go", ["language-//evil.example", "language-en\r\nSet-Cookie: a=b", "//evil.example", "back"])
def test_no_button_leads_out_of_the_survey(client, invitation, go):
    for address in (link(invitation, "1/"), f"/p/{preview_token(invitation.round_id)}/1/"):
        answer = client.post(address, {"go": go})
        assert answer.status_code == 302
        assert answer["Location"].startswith(address.removesuffix("1/"))
        assert "\n" not in answer["Location"]


def test_a_token_is_good_for_its_purpose_and_initiative_only(client, invitation, other_initiative):
    foreign = InvitationFactory(round__initiative=other_initiative)
    assert foreign.pk != invitation.pk
    for token in (unsubscribe_token(invitation.pk), preview_token(invitation.round_id), "0" * 32, "A" * 32):
        assert client.get(f"/s/{token}/").status_code == 404
    page = client.get(link(foreign)).content.decode()
    assert (other_initiative.name in page, invitation.round.initiative.name in page) == (True, False)


def test_a_preview_link_gives_no_names_no_results_and_no_way_to_answer(client, invitation):
    address = f"/p/{preview_token(invitation.round_id)}/"
    Response.objects.create(
        invitation=invitation, round=invitation.round, answers={"comment": "secret words"}, saved_at=timezone.now()
    )
    before = list(Response.objects.values())
    pages = [client.get(address), client.get(f"{address}1/"), client.post(f"{address}1/", {"go": "submit"})]
    shown = "".join(page.content.decode() for page in pages)
    assert [word for word in (invitation.name, invitation.email, "secret words") if word in shown] == []
    assert list(Response.objects.values()) == before
    assert [client.post(f"{address}{rest}").status_code for rest in ("left/", "someone-else/")] == [404, 404]


def test_a_draft_is_not_open_without_the_token_of_its_preview(client, invitation):
    Round.objects.update(state=Round.State.DRAFT)
    number = invitation.round_id
    assert [client.get(f"/p/{guess}/").status_code for guess in (number, f"{number:032d}", "preview")] == [
        404,
        404,
        404,
    ]
    assert 'href="1/' not in client.get(link(invitation)).content.decode()


def test_pages_of_a_link_may_not_be_framed_kept_or_quoted(client, invitation):
    for address in (link(invitation), link(invitation, "1/"), f"/p/{preview_token(invitation.round_id)}/"):
        page = client.get(address)
        assert page["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
        assert "no-store" in page["Cache-Control"]
        # Whoever is linked to learns the site at most, never the token.
        assert page["Referrer-Policy"] in {"no-referrer", "strict-origin", "same-origin"}


def test_two_browsers_with_two_links_stay_apart(invitation):
    other = InvitationFactory(round=invitation.round)
    for person, words in ((invitation, "first"), (other, "second")):
        Client().post(link(person, "1/"), {"gv1_recall": words, "go": "save"})
    answers = dict(Response.objects.values_list("invitation_id", "answers"))
    assert [answers[person.pk].get("gv1_recall") for person in (invitation, other)] == ["first", "second"]


def test_a_round_sent_between_reading_and_writing_is_told_and_not_changed(director, initiative, monkeypatch):
    round = InvitationFactory(round__initiative=initiative).round
    Round.objects.update(state=Round.State.DRAFT)
    text, before = round.texts.first(), list(round.texts.values())
    hold = rounds._hold_draft

    def sent_meanwhile(found):
        Round.objects.update(state=Round.State.OPEN)
        hold(found)

    monkeypatch.setattr(rounds, "_hold_draft", sent_meanwhile)
    fields = {"subject": "New", "body": "New {link}"}
    page = director.post(f"/i/{initiative.slug}/rounds/texts/{text.pk}/", fields, follow=True)
    assert "already sent" in page.content.decode()
    assert list(round.texts.values()) == before
