"""Taking answers back through the survey link, and deleting them when their time is over."""

import datetime

import pytest
from django.utils import timezone

from initiatives.models import HistoryEntry
from surveys.actions import answering, withdrawing
from surveys.actions.closing import close_round
from surveys.models import AnswersFile, Invitation, Mailing, PastResponse, Response, Round
from surveys.queries.answering import definition_of, invitation_behind
from surveys.queries.closing import missing_people
from surveys.queries.rounds import counts_by_state, rounds_over_time
from surveys.queries.sending import due_mailings
from surveys.tokens import survey_token
from tests.surveys.closing_rounds import agrees, open_round, plain_roster, results_of
from tests.surveys.factories import MailingFactory
from tests.surveys.past_rounds import brought_in

pytestmark = pytest.mark.django_db
DELETED = "Your answers are deleted"


def link(invitation, rest=""):
    return f"/s/{survey_token(invitation.pk, invitation.link_version)}/{rest}"


def running(initiative, people=12, favourable=7, **fields):
    """A round that takes answers for another week; everybody has answered."""
    round = open_round(plain_roster(initiative, people), agrees(favourable, people), **fields)
    Round.objects.filter(pk=round.pk).update(closes_on=initiative.today() + datetime.timedelta(days=7))
    round.refresh_from_db()
    return round


def close(round):
    Round.objects.filter(pk=round.pk).update(closes_on=timezone.now().date() - datetime.timedelta(days=1))
    assert close_round(round_id=round.pk)
    round.refresh_from_db()
    return round


def withdraw(client, invitation):
    return client.post(link(invitation, "withdraw/"), follow=True).content.decode()


@pytest.fixture
def round(initiative):
    return running(initiative)


@pytest.fixture
def invitation(round):
    return round.invitations.first()


def test_the_link_offers_it_and_asking_changes_nothing(client, invitation):
    assert 'href="withdraw/?language=en"' in client.get(link(invitation)).content.decode()
    page = client.get(link(invitation, "withdraw/")).content.decode()
    assert "as if you had never answered" in page
    assert client.head(link(invitation, "withdraw/")).status_code == 200
    assert Response.objects.count() == 12


def test_the_whole_way_is_walked_in_the_language_of_the_page(client, round, invitation):
    assert 'href="withdraw/?language=fr"' in client.get(link(invitation, "?language=fr")).content.decode()
    answer = client.post(link(invitation, "withdraw/?language=fr"), follow=True)
    assert answer.redirect_chain == [(link(invitation, "?language=fr"), 302)]
    assert "Vos réponses sont supprimées" in answer.content.decode()


def test_final_answers_go_and_the_link_says_so(client, round, invitation):
    assert DELETED in withdraw(client, invitation)
    assert (round.responses.count(), counts_by_state(round)["withdrawn"]) == (11, 1)
    assert DELETED in client.get(link(invitation, "1/")).content.decode()
    assert 'href="withdraw/?language=en"' not in client.get(link(invitation)).content.decode()


def test_who_withdrew_cannot_answer_again_and_is_on_the_list_of_those_missing(client, round, invitation):
    withdraw(client, invitation)
    found = invitation_behind(survey_token(invitation.pk, 1))
    section = definition_of(round.instrument_version).sections[0]
    with pytest.raises(answering.NotOpen):
        answering.submit_response(invitation=found, section=section, answers={}, language="en")
    assert list(missing_people(round)) == [invitation]


def test_a_draft_goes_as_well(client, initiative):
    round = open_round(plain_roster(initiative, 1), agrees(1, 1), drafts=[0], ended_days_ago=-7)
    invitation = round.invitations.get()
    assert 'href="withdraw/?language=en"' in client.get(link(invitation)).content.decode()
    assert DELETED in withdraw(client, invitation)
    assert Response.objects.count() == 0


def test_without_answers_there_is_nothing_to_withdraw(client, initiative):
    round = open_round(plain_roster(initiative, 1), [None], ended_days_ago=-7)
    invitation = round.invitations.get()
    assert 'href="withdraw/?language=en"' not in client.get(link(invitation)).content.decode()
    assert DELETED not in withdraw(client, invitation)
    assert [i.state for i in round.invitations.all()] == [Invitation.State.INVITED]


def test_no_reminder_follows(client, round, invitation):
    MailingFactory(invitation=invitation, kind=Mailing.Kind.REMINDER, number=1)
    withdraw(client, invitation)
    assert list(due_mailings(round.pk, now=timezone.now())) == []


def test_withdrawn_then_closed_equals_never_answered(client, initiative, other_initiative):
    here, there = running(initiative, 12), running(other_initiative, 12)
    for invitation in here.invitations.order_by("-pk")[:2]:
        withdraw(client, invitation)
    for invitation in there.invitations.order_by("-pk")[:2]:
        invitation.response.delete()
        Invitation.objects.filter(pk=invitation.pk).update(state=Invitation.State.INVITED)
    found = [{key: (r.is_shown, r.n, r.shown) for key, r in results_of(close(each)).items()} for each in (here, there)]
    assert found[0] == found[1]
    assert here.publication.response == there.publication.response


def test_after_closing_only_the_answers_go_and_the_figures_stay(client, round, invitation):
    close(round)
    before = list(round.publication.results.values_list())
    assert "figures of this survey were computed before" in client.get(link(invitation, "withdraw/")).content.decode()
    page = withdraw(client, invitation)
    round.refresh_from_db()
    assert DELETED in page
    assert "computed before stay as they are" in page
    assert (round.responses.count(), round.answers_removed) == (11, 1)
    assert list(round.publication.results.values_list()) == before


def test_the_rounds_page_says_how_many_withdrew_and_not_who(client, director, round, invitation):
    withdraw(client, close(round).invitations.get(pk=invitation.pk))
    page = director.get(round.get_absolute_url()).content.decode()
    assert "1 person has withdrawn the answers since the figures were computed" in page
    assert invitation.name not in page


def test_after_closing_no_list_of_names_tells_who_withdrew(client, round, invitation):
    close(round)
    before = list(round.invitations.values_list())
    withdraw(client, invitation)
    assert list(round.invitations.values_list()) == before


@pytest.mark.parametrize(("mode", "told"), [("confidential", False), ("named", True)])
def test_history_counts_and_names_nobody_unless_the_round_is_named(client, initiative, mode, told):
    invitation = running(initiative, mode=mode).invitations.first()
    withdraw(client, invitation)
    entry = HistoryEntry.objects.get(verb="round.answers_withdrawn")
    assert (entry.after["withdrawn"], entry.object_id) == (1, invitation.round_id)
    assert (invitation.name in f"{entry.object_label} {entry.before} {entry.after}") is told


def test_while_the_round_is_counted_nothing_can_be_withdrawn(client, round, invitation):
    Round.objects.update(state=Round.State.CLOSING)
    answer = client.post(link(invitation, "withdraw/"))
    assert (answer.status_code, "try again in a few minutes" in answer.content.decode()) == (409, True)
    assert round.responses.count() == 12


def test_twice_is_once(client, round, invitation):
    close(round)
    found = invitation_behind(survey_token(invitation.pk, 1))
    withdrawing.withdraw(invitation=found)
    with pytest.raises(withdrawing.NothingToWithdraw):
        withdrawing.withdraw(invitation=found)
    round.refresh_from_db()
    assert round.answers_removed == 1


def test_files_made_before_open_no_more(client, director, round, invitation):
    later = timezone.now() + datetime.timedelta(hours=20)
    file = AnswersFile.objects.create(round=round, owner=director.user, language="en", expires_at=later)
    withdraw(client, invitation)
    file.refresh_from_db()
    assert file.expires_at <= timezone.now()


def two_rounds(initiative):
    """The same twelve people twice, so that pairs can be told."""
    roster = plain_roster(initiative, 12)
    first = open_round(roster, agrees(6, 12), ended_days_ago=400)
    assert close_round(round_id=first.pk)
    return first, open_round(roster, agrees(7, 12))


def pairs_of(round):
    assert close_round(round_id=round.pk)
    return [result.code for result in results_of(round).values() if "paired" in result.shown]


def test_pairs_are_told_while_the_earlier_round_is_complete(initiative):
    _first, second = two_rounds(initiative)
    assert "GV1" in pairs_of(second)


def test_beside_a_round_with_withdrawn_answers_no_pairs_are_told(client, initiative):
    first, second = two_rounds(initiative)
    withdraw(client, first.invitations.first())
    assert pairs_of(second) == []
    assert results_of(second)["GV1", "", ""].shown["change"]["verdict"] == "no_clear_change"


def test_beside_a_round_whose_answers_were_deleted_the_change_stays_and_pairs_do_not(initiative):
    first, second = two_rounds(initiative)
    Round.objects.filter(pk=first.pk).update(closed_at=timezone.now() - datetime.timedelta(days=900))
    assert withdrawing.delete_old_answers(round_id=first.pk) is True
    assert (first.responses.count(), pairs_of(second)) == (0, [])
    assert results_of(second)["GV1", "", ""].shown["change"]["previous"]["count"] == 6


def test_answers_are_deleted_after_their_months_and_figures_stay(client, round, invitation):
    Round.objects.filter(pk=close(round).pk).update(retention_months=6)
    results = list(round.publication.results.values_list())
    assert rounds_over_time(now=timezone.now() + datetime.timedelta(days=178)) == []
    Round.objects.filter(pk=round.pk).update(closed_at=timezone.now() - datetime.timedelta(days=190))
    Round.objects.filter(pk=round.pk).update(closes_on=timezone.now().date() - datetime.timedelta(days=190))
    assert rounds_over_time(now=timezone.now()) == [round.pk]
    withdrawing.delete_old_answers(round_id=round.pk)
    assert (round.responses.count(), list(round.publication.results.values_list())) == (0, results)
    assert "The time for which answers are kept is over" in client.get(link(invitation)).content.decode()
    entry = HistoryEntry.objects.get(verb="round.answers_deleted")
    assert entry.after == {"deleted": 12, "kept_months": 6}
    assert rounds_over_time(now=timezone.now()) == []


def test_deleting_too_early_or_in_an_open_round_deletes_nothing(round):
    assert withdrawing.delete_old_answers(round_id=round.pk) is False
    assert withdrawing.delete_old_answers(round_id=close(round).pk) is False
    assert (round.responses.count(), Round.objects.get().answers_deleted_at) == (12, None)


@pytest.mark.parametrize(("told", "now", "kept"), [(None, 24, 24), (12, 24, 12), (24, 6, 6)])
def test_what_people_were_told_is_never_stretched(round, told, now, kept):
    round.retention_months, round.initiative.retention_months = told, now
    assert round.kept_months == kept


def test_answers_of_an_earlier_round_are_deleted_in_their_time_as_well(initiative):
    round = brought_in(initiative, b"gv1_a\n" + b"4\n" * 12)
    assert (PastResponse.objects.count(), rounds_over_time(now=timezone.now())) == (12, [])
    results = list(round.publication.results.values_list())
    Round.objects.update(closed_at=timezone.now() - datetime.timedelta(days=800))
    assert rounds_over_time(now=timezone.now()) == [round.pk]
    withdrawing.delete_old_answers(round_id=round.pk)
    assert (PastResponse.objects.count(), list(round.publication.results.values_list())) == (0, results)
