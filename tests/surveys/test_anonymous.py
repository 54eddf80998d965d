"""Anonymous rounds: answering without a draft, gathering, counting once a day, closing. That nothing joins answer and person is
proved in tests/security/test_unlinkability.py."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from initiatives.models import HistoryEntry
from surveys import carrying
from surveys.actions import answering, closing, invitations, pausing, pooling, rounds, withdrawing
from surveys.messages import message
from surveys.models import AnonymousResponse, AnswerPool, Invitation, Mailing, Response, Round
from surveys.queries.burden import burdens
from surveys.queries.closing import missing_people
from surveys.queries.pooling import everything_in, pools_for
from surveys.queries.releases import sees_answers_page
from surveys.queries.rounds import rounds_over_time, work_on_rounds
from tests.security.anonymous_rounds import carried_in
from tests.surveys.closing_rounds import open_round, plain_roster, results_of, says
from tests.surveys.factories import InvitationFactory, RoundFactory
from tests.surveys.test_answering import answers_for, link, sections_of
from tests.surveys.test_rounds import BASE, form_data

pytestmark = pytest.mark.django_db
ANONYMOUS = Round.Mode.ANONYMOUS


@pytest.fixture
def invitation(initiative):
    invitation = InvitationFactory(round__initiative=initiative, round__mode=ANONYMOUS, language="en")
    pooling.prepare(round=invitation.round)
    return invitation


def post(client, invitation, number, go, carried, *, value="4", language="en", **typed):
    data = answers_for(sections_of(invitation)[number - 1], value) | {"go": go, "carried": carried} | typed
    return client.post(link(invitation, f"{number}/?language={language}"), data)


def answer_all(client, invitation, **typed):
    carried = carried_in(client.get(link(invitation, "1/")))
    last = len(sections_of(invitation))
    for number in range(1, last + 1):
        answer = post(client, invitation, number, "submit" if number == last else "next", carried, **typed)
        carried = carried_in(answer)
    return answer


def stored(round):
    content = everything_in(round.pk)
    return content.answered, content.answers


def written(queries):
    """What was written, and where to; prepared statements, which tests see without their words, are reads here."""
    statements = [query["sql"] or "" for query in queries]
    return [" ".join(sql.split()[:2]) for sql in statements if sql.startswith(("UPDATE", "INSERT", "DELETE"))]


def closing_round(initiative, answers, *, per_organisation=1, people=None, everybody=None, **fields):
    """A round that is over; each of `answers` is in the pool, the rest of `people` did not answer."""
    everybody = everybody or plain_roster(initiative, people or len(answers), per_organisation=per_organisation)
    round = open_round(everybody, [None] * len(everybody.people), mode=ANONYMOUS, **fields)
    pooling.prepare(round=round)
    for invitation, each in zip(round.invitations.order_by("pk"), answers, strict=False):
        assert pooling.put(invitation=invitation, answers=each) is True
    return round


def close(round):
    assert closing.close_round(round_id=round.pk) is True
    round.refresh_from_db()
    return round


# Preparing


def test_the_mode_can_be_chosen_and_its_mails_promise_no_coming_back(staff, initiative):
    staff.post(f"{BASE}new/", form_data(initiative, mode="anonymous"))
    round = Round.objects.get()
    assert round.mode == "anonymous"
    bodies = {text.body for text in round.texts.filter(kind="invitation")}
    assert bodies == {message("invitation", code, is_anonymous=True).body for code in ("en", "es", "fr", "ar")}


def test_words_that_nobody_edited_follow_the_mode(staff, initiative):
    staff.post(f"{BASE}new/", form_data(initiative))
    round = Round.objects.get()
    round.texts.filter(kind="reminder", language="en").update(body="Our own words {link}")
    staff.post(f"{BASE}{round.pk}/change/", form_data(initiative, mode="anonymous"))
    texts = {(text.kind, text.language): text.body for text in round.texts.all()}
    assert texts["reminder", "en"] == "Our own words {link}"
    assert texts["reminder", "fr"] == message("reminder", "fr", is_anonymous=True).body
    staff.post(f"{BASE}{round.pk}/change/", form_data(initiative))
    assert round.texts.get(kind="reminder", language="fr").body == message("reminder", "fr").body


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("thanks", "close", "A thank-you by mail would tell who has answered."),
        ("one_organisation_one_voice", "on", "Nobody knows which organisation an anonymous answer comes from."),
    ],
)
def test_what_needs_to_know_people_is_refused(staff, initiative, field, value, sentence):
    page = staff.post(f"{BASE}new/", form_data(initiative, mode="anonymous", **{field: value})).content.decode()
    assert sentence in page
    assert Round.objects.count() == 0


@pytest.mark.parametrize("field", ["thanks", "one_organisation_one_voice", "steward_name"])
def test_the_database_refuses_it_as_well(initiative, field):
    with pytest.raises(IntegrityError):
        RoundFactory(initiative=initiative, mode=ANONYMOUS, **{field: "close" if field == "thanks" else True})


def test_nobody_can_be_the_steward(director, initiative):
    round = RoundFactory(initiative=initiative, mode=ANONYMOUS, state=Round.State.DRAFT)
    with pytest.raises(rounds.RoundRefused):
        rounds.name_steward(round=round, steward=director.user, by=director.user)
    assert Round.objects.get().steward is None


@pytest.mark.parametrize("rest", ["sectors/", "sectors/proposal/"])
def test_sectors_are_not_merged_and_a_sentence_says_why(staff, initiative, rest):
    round = RoundFactory(initiative=initiative, mode=ANONYMOUS, state=Round.State.DRAFT)
    ask = staff.post if rest.endswith("proposal/") else staff.get
    page = ask(f"{BASE}{round.pk}/{rest}", follow=True)
    assert page.redirect_chain == [(round.get_absolute_url(), 302)]
    assert "nobody knows which sector an anonymous answer comes from" in page.content.decode()
    assert (round.clusters.count(), f'href="{BASE}{round.pk}/sectors/"' in page.content.decode()) == (0, False)


def test_two_hundred_share_a_pool():
    assert [pools_for(people) for people in (0, 1, 200, 201, 20_000)] == [1, 1, 1, 2, 100]


# Answering


def test_the_first_page_says_what_holds(client, invitation):
    page = client.get(link(invitation)).content.decode()
    assert "Nobody can tell which answers are yours" in page
    assert "you cannot stop and come back later" in page
    assert "withdraw your answers with this same link" not in page


def test_pages_travel_and_nothing_is_stored_before_the_submit(client, invitation):
    carried = carried_in(client.get(link(invitation, "1/")))
    with CaptureQueriesContext(connection) as queries:
        answer = post(client, invitation, 1, "next", carried, value="5")
    assert written(queries) == []
    assert (answer.status_code, "Page 2 of" in answer.content.decode()) == (200, True)
    assert (Response.objects.count(), stored(invitation.round)) == (0, ([], []))
    assert answer_all(client, invitation).url == link(invitation, "?language=en")
    answered, answers = stored(invitation.round)
    assert (answered, len(answers), answers[0]["comment"]) == ([invitation.pk], 1, "In our own words.")
    assert set(answers[0]) == {code for section in sections_of(invitation) for code in section.codes}


def test_the_row_of_the_invitation_is_not_touched(client, invitation):
    before = Invitation.objects.values().get()
    with CaptureQueriesContext(connection) as queries:
        answer_all(client, invitation)
    assert written(queries) == ['UPDATE "surveys_answerpool"']
    assert (Invitation.objects.values().get(), HistoryEntry.objects.count()) == (before, 0)


def test_back_and_another_language_keep_what_was_typed(client, invitation):
    carried = carried_in(client.get(link(invitation, "1/")))
    second = post(client, invitation, 1, "next", carried, value="5", gv1_recall="Mi <voz>")
    spanish = post(client, invitation, 2, "language-es", carried_in(second), value="2")
    assert 'lang="es"' in spanish.content.decode()
    first = post(client, invitation, 2, "back", carried_in(spanish), value="2", language="es").content.decode()
    assert "Mi &lt;voz&gt;</textarea>" in first
    assert 'name="gv1_a" value="5" checked' in first
    again = post(client, invitation, 1, "next", carried_in(second), value="5").content.decode()
    assert 'name="sa1_a" value="2" checked' not in again  # that was typed on a page that did not travel here


def test_the_link_thanks_whoever_has_answered_and_shows_no_answers(client, invitation):
    answer_all(client, invitation)
    for rest in ("", "1/", "5/", "withdraw/"):
        page = client.get(link(invitation, rest), follow=True).content.decode()
        assert ("Your answers arrived" in page, "In our own words." in page) == (True, False)
    assert answer_all(Client(), invitation).status_code == 200
    assert len(stored(invitation.round)[1]) == 1


def test_an_error_loses_nothing(client, invitation):
    last = len(sections_of(invitation))
    carried = carried_in(client.get(link(invitation, "1/")))
    second = post(client, invitation, 1, "next", carried, value="5")
    answer = post(client, invitation, last, "submit", carried_in(second), comment="x" * 6000)
    assert (answer.status_code, "x" * 6000 in answer.content.decode()) == (422, True)
    assert post(client, invitation, last, "submit", carried_in(answer), comment="shorter").status_code == 302
    answers = stored(invitation.round)[1][0]
    assert (answers["comment"], answers["gv1_a"]) == ("shorter", 5)


@pytest.mark.parametrize("theirs", ["", "forged", "other person", "too long"])
def test_pages_that_are_not_ones_own_are_refused_with_a_sentence(client, invitation, theirs):
    other = InvitationFactory(round=invitation.round, language="en")
    carried = {
        "other person": carried_in(
            post(client, other, 1, "next", carried_in(client.get(link(other, "1/"))), value="1")
        ),
        "too long": "x" * 500_001,
    }.get(theirs, theirs)
    answer = post(client, invitation, 2, "next", carried, value="3")
    page = answer.content.decode()
    assert (answer.status_code, "Your earlier pages could not be read." in page, "Page 1 of" in page) == (
        422,
        True,
        True,
    )
    second = post(client, invitation, 1, "next", carried_in(answer)).content.decode()
    assert 'name="sa1_a" value="3" checked' in second  # what was typed on the refused page


def test_two_people_in_one_browser_stay_apart(client, invitation):
    other = InvitationFactory(round=invitation.round, language="en")
    answer_all(client, invitation, comment="one")
    answer_all(client, other, comment="two")
    answered, answers = stored(invitation.round)
    assert (answered, sorted(each["comment"] for each in answers)) == ([invitation.pk, other.pk], ["one", "two"])


@pytest.mark.parametrize("rest", ["", "1/", "2/", "5/"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(client, invitation, rest, method):
    sections_of(invitation)  # a published version is read once per process
    with CaptureQueriesContext(connection) as queries:
        answer = getattr(client, method)(link(invitation, rest))
    assert answer.status_code == (200 if rest in ("", "1/") else 302)
    assert written(queries) == []
    assert len(queries) <= 3  # the link, in which pool it is, the pool


@pytest.mark.parametrize("state", [Round.State.CLOSING, Round.State.CLOSED, Round.State.CANCELLED])
def test_nothing_is_taken_when_the_round_is_over(client, invitation, state):
    Round.objects.update(state=state)
    assert answer_all(client, invitation).status_code == 200
    with pytest.raises(answering.NotOpen):
        answering.submit_anonymous(invitation=invitation, answers={"comment": "late"})
    assert stored(invitation.round) == ([], [])


def test_a_round_that_closed_during_the_submit_takes_nothing(invitation):
    Round.objects.update(state=Round.State.CLOSING)  # the invitation in hand still says open
    assert invitation.round.state == Round.State.OPEN
    with pytest.raises(answering.NotOpen):
        answering.submit_anonymous(invitation=invitation, answers={"comment": "late"})
    assert stored(invitation.round) == ([], [])


def test_whoever_has_answered_cannot_call_themselves_the_wrong_person(client, invitation):
    answer_all(client, invitation)
    client.post(link(invitation, "left/"))
    client.post(link(invitation, "someone-else/"), {"note": "Ana"})
    assert (Invitation.objects.get().state, HistoryEntry.objects.count()) == ("invited", 0)


def test_whoever_left_has_nothing_stored(client, invitation):
    client.post(link(invitation, "left/"))
    answer_all(client, invitation)
    assert (Invitation.objects.get().state, stored(invitation.round)) == ("left", ([], []))


def test_answers_cannot_be_withdrawn(client, invitation):
    answer_all(client, invitation)
    assert client.post(link(invitation, "withdraw/")).status_code == 302
    with pytest.raises(withdrawing.NothingToWithdraw):
        withdrawing.withdraw(invitation=invitation)
    assert (Invitation.objects.get().state, len(stored(invitation.round)[1])) == ("invited", 1)


def test_the_preview_says_the_same_and_stores_nothing(staff, invitation):
    address = f"/i/bright-futures/rounds/{invitation.round_id}/questions/"
    page = staff.get(address, follow=True)
    assert "Nobody can tell which answers are yours" in page.content.decode()
    first = staff.get(page.request["PATH_INFO"] + "1/").content.decode()
    assert ("Nothing is stored until you send" in first, "Every page is saved" in first) == (True, False)


@pytest.mark.django_db(transaction=True)
def test_fifty_simultaneous_submits_store_one_answer_and_those_of_others_all(invitation):
    others = [InvitationFactory(round=invitation.round, language="en") for _ in range(10)]
    last = len(sections_of(invitation))

    def submit(each):
        try:
            first = Client().get(link(each, "1/"))
            return post(Client(), each, last, "submit", carried_in(first)).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as browsers:
        answers = list(browsers.map(submit, [invitation] * 50 + others))
    assert set(answers) <= {200, 302}
    assert stored(invitation.round)[0] == sorted(each.pk for each in [invitation, *others])
    assert len(stored(invitation.round)[1]) == 11


# Who has answered


def test_reminders_go_to_those_who_had_not_answered(client, invitation):
    other = InvitationFactory(round=invitation.round, language="en")
    answer_all(client, invitation)
    Round.objects.update(reminder_days=[7], opened_at=timezone.now() - datetime.timedelta(days=8))
    assert invitations.queue_due_reminder(round_id=invitation.round_id) is True
    reminders = Mailing.objects.filter(kind="reminder")
    assert [mailing.invitation for mailing in reminders] == [other]
    # Nor does the page about what people are asked for tell who got one.
    reminders.update(state="sent", sent_at=timezone.now())
    asked = burdens(invitation.round.initiative, on=timezone.now().date())
    assert {burden.mails for burden in asked.values()} == {0}


def test_staff_learn_once_a_day_how_many_and_never_who(client, staff, director, invitation):
    round, page = invitation.round, f"{BASE}{invitation.round_id}/"
    assert pooling.count_daily(round_id=round.pk) is True
    answer_all(client, invitation)
    assert pooling.count_daily(round_id=round.pk) is False
    before = [staff.get(page), staff.get(BASE), director.get("/i/bright-futures/")]
    assert "0 of 1 invited" in before[2].content.decode()
    Round.objects.update(answered_counted_on=timezone.now().date() - datetime.timedelta(days=1))
    assert round.pk in work_on_rounds(now=timezone.now())["count_answered"]
    assert pooling.count_daily(round_id=round.pk) is True
    assert "1 of 1 invited" in director.get("/i/bright-futures/").content.decode()
    shown = "".join(answer.content.decode() for answer in [*before, staff.get(page)])
    assert [word for word in (invitation.name, invitation.email) if word in shown] == []


def test_no_list_of_missing_people_is_there(staff, initiative):
    round = close(closing_round(initiative, [says(4, 2, 4, 4)] * 6, people=12))
    assert (list(missing_people(round)), round.publication.response["missing"]) == ([], None)
    assert "organisations" not in round.publication.response


# Closing


def test_figures_are_of_the_whole_round_only(initiative):
    everybody = plain_roster(initiative, 24, sector="Health")
    round = open_round(everybody, [None] * 24, mode=ANONYMOUS)
    pooling.prepare(round=round)
    for number, each in enumerate(round.invitations.order_by("pk")):
        pooling.put(invitation=each, answers=says(*((4, 2, 4, 4) if number < 14 else (2, 4, 2, 2))))
    results = results_of(close(round))
    assert {breakdown for _code, breakdown, _cell in results} == {""}
    assert (results["GV1", "", ""].n, results["GV1", "", ""].shown["count"]) == (24, 14)
    panel = round.publication.response
    assert (panel["persons"]["invited"], panel["persons"]["complete"]) == (24, 24)


def test_answers_are_kept_mixed_and_who_gave_them_is_forgotten(initiative):
    round = close(closing_round(initiative, [says(4, 2, 4, number % 5 + 1) for number in range(10)]))
    kept = sorted(each["sa1_a"] for each in AnonymousResponse.objects.values_list("answers", flat=True))
    assert kept == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert (AnswerPool.objects.count(), round.answered_daily) == (0, 10)
    assert {key.version for key in AnonymousResponse.objects.values_list("pk", flat=True)} == {4}


def test_answers_of_fewer_than_the_smallest_group_are_not_kept(initiative):
    round = close(closing_round(initiative, [says(4, 2, 4, 4)] * 4, people=9))
    assert (AnonymousResponse.objects.count(), AnswerPool.objects.count()) == (0, 0)
    assert {result.is_shown for result in results_of(round).values()} == {False}
    assert round.publication.response["persons"]["answered"] == 4


@pytest.mark.parametrize(("answered", "is_shown"), [(8, False), (9, True)])
def test_a_figure_needs_more_answers_than_one_organisation_can_give(initiative, answered, is_shown):
    """Eight people of one organisation are asked: eight answers could all be theirs."""
    round = close(closing_round(initiative, [says(4, 2, 4, 4)] * answered, people=16, per_organisation=8))
    assert results_of(round)["GV1", "", ""].is_shown is is_shown
    assert round.publication.threshold == 9


def test_an_answer_that_arrives_while_the_round_is_counted_is_counted(initiative, monkeypatch):
    round = closing_round(initiative, [says(4, 2, 4, 4)] * 9, people=10)
    last, real, calls = round.invitations.order_by("pk").last(), closing.release_of, []

    def arrives_meanwhile(round):
        release = real(round)
        if not calls:
            Round.objects.update(state=Round.State.OPEN)
            pooling.put(invitation=last, answers=says(4, 2, 4, 4))
            Round.objects.update(state=Round.State.CLOSING)
        calls.append(release.counted)
        return release

    monkeypatch.setattr(closing, "release_of", arrives_meanwhile)
    round = close(round)
    assert (calls, results_of(round)["GV1", "", ""].n, AnonymousResponse.objects.count()) == ([9, 10], 10, 10)


def test_the_next_round_is_held_against_it_without_pairs(initiative):
    everybody = plain_roster(initiative, 20)
    close(closing_round(initiative, [says(2, 4, 2, 2)] * 20, everybody=everybody, ended_days_ago=30))
    second = close(closing_round(initiative, [says(4, 2, 4, 4)] * 20, everybody=everybody))
    shown = results_of(second)["GV1", "", ""].shown
    assert ("paired" in shown, second.compared_with is not None) == (False, True)


def test_nothing_of_it_is_ever_released(director, initiative):
    round = close(closing_round(initiative, [says(4, 2, 4, 4)] * 10))
    membership = director.user.memberships.get()
    assert sees_answers_page(membership, round) is False
    assert director.get(f"{BASE}{round.pk}/answers/").status_code == 403


def test_cancelling_deletes_the_answers_unread(director, client, invitation):
    answer_all(client, invitation)
    pausing.cancel_round(round=invitation.round, by=director.user)
    assert (AnswerPool.objects.count(), AnonymousResponse.objects.count()) == (0, 0)


def test_answers_are_deleted_when_their_time_is_over(initiative):
    round = close(closing_round(initiative, [says(4, 2, 4, 4)] * 10, retention_months=1))
    Round.objects.update(closes_on=datetime.date(2020, 1, 1), closed_at=timezone.now() - datetime.timedelta(days=40))
    assert rounds_over_time(now=timezone.now()) == [round.pk]
    assert withdrawing.delete_old_answers(round_id=round.pk) is True
    assert AnonymousResponse.objects.count() == 0


def test_a_form_whose_token_is_too_old_comes_back_with_all_pages(invitation):
    careful = Client(enforce_csrf_checks=True)
    first = post(Client(), invitation, 1, "next", carried_in(careful.get(link(invitation, "1/"))), value="5")
    answer = post(careful, invitation, 2, "next", carried_in(first), value="2", csrfmiddlewaretoken="x" * 64)
    page = answer.content.decode()
    assert (answer.status_code, 'name="sa1_a" value="2" checked' in page) == (403, True)
    assert carrying.unpack(invitation, carried_in(answer))["gv1_a"] == 5
    assert 'data-keep="page"' in page
