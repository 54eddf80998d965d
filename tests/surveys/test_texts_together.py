"""Many at the same texts at once: threads with connections of their own, on a database that really commits."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse

from indicators.models import ReleasedTexts
from initiatives.permissions import Role
from surveys.models import Response, TextReview
from surveys.tokens import survey_token
from tests.surveys.texts import change, closed, numbered, review

pytestmark = pytest.mark.django_db(transaction=True)


def post(client, address, data):
    try:
        return client.post(address, data).status_code
    finally:
        connection.close()


def at_once(*calls):
    with ThreadPoolExecutor(len(calls)) as people:
        return [future.result() for future in [people.submit(post, *call) for call in calls]]


@pytest.fixture
def round(initiative):
    return closed(initiative, numbered(6))


@pytest.fixture
def address(round):
    return reverse("surveys:text-review", args=[round.initiative.slug, round.pk, "comment"])


def test_of_six_who_release_at_once_one_does(client_as, round, address):
    digest = {"digest": review(round).digest}
    at_once(*[(client_as(Role.DIRECTOR), f"{address}release/", digest) for _director in range(6)])
    assert sorted(ReleasedTexts.objects.get().texts) == numbered(6)
    assert round.initiative.history.filter(verb="round.texts_released").count() == 1


def test_of_six_who_redact_the_same_text_at_once_one_does_and_the_others_are_told(client_as, round, address):
    text, calls = numbered(1)[0], []
    for word in ("Words", "of", "person", "0", "about", "Maria"):
        (made,) = change(round, (text, text.replace(word, "[…]", 1), ""))
        fields = {f"{made.key}-seen": made.seen, f"{made.key}-text": made.text, f"{made.key}-reason": ""}
        calls.append((client_as(Role.STAFF), address, fields))
    assert sorted(at_once(*calls)) == [302] + [409] * 5
    assert len(TextReview.objects.get().edits) == 1


def test_texts_of_two_people_saved_at_once_are_both_kept(client_as, round, address):
    calls = []
    for text in numbered(6):
        (made,) = change(round, (text, text, "harms"))
        fields = {f"{made.key}-seen": made.seen, f"{made.key}-text": made.text, f"{made.key}-reason": made.reason}
        calls.append((client_as(Role.STAFF), address, fields))
    assert at_once(*calls) == [302] * 6
    assert len(TextReview.objects.get().edits) == 6


def test_a_withdrawal_during_the_release_comes_before_it_or_after_it(client, client_as, round, address):
    answer = Response.objects.filter(answers__has_key="comment").first()
    text, link = answer.answers["comment"], f"/s/{survey_token(answer.invitation_id, 1)}/withdraw/"
    digest = {"digest": review(round).digest}
    at_once((client, link, {}), (client_as(Role.DIRECTOR), f"{address}release/", digest))
    released = ReleasedTexts.objects.first()
    # Before it: the state that the director had looked at is another by now, so nothing is released.
    assert released is None or text in released.texts
    assert not Response.objects.filter(pk=answer.pk).exists()
