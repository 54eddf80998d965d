"""Answers of a confidential round leave it only with two people, without whoever gave them, and never from earlier rounds."""

import datetime
import re
import threading
from collections import Counter

import pytest
from django.db import connection, transaction
from django.utils import timezone

from initiatives.models import HistoryEntry
from initiatives.permissions import Role
from surveys.actions import exporting, releasing
from surveys.actions.closing import close_round
from surveys.actions.rounds import RoundRefused
from surveys.export.columns import columns_of
from surveys.models import AnswersFile, Invitation, Release, Round
from surveys.queries import releases
from surveys.queries.answering import definition_of
from surveys.queries.releases import answer_rows, columns_for
from tests.conftest import client_of
from tests.factories import MembershipFactory
from tests.surveys.closing_rounds import agrees, open_round, plain_roster
from tests.surveys.factories import RoundFactory
from tests.surveys.past_rounds import brought_in
from tests.surveys.releases import (
    address,
    closed_round,
    content_of,
    csv_rows,
    download,
    ordered,
    sheets,
    spss,
)

pytestmark = pytest.mark.django_db
RATINGS = ["gv1_a", "gv1_b", "gv3_a", "sa1_a"]


@pytest.fixture
def steward(client_as):
    return client_as(Role.FUNDER)


@pytest.fixture
def round(initiative, steward):
    return closed_round(initiative, steward=steward.user, new=5)


def request(client, round, purpose="An evaluation by the university"):
    return client.post(address("release-request", round), {"purpose": purpose}, follow=True).content.decode()


def decide(client, release, decision="approve"):
    where = address("release-decide", release.round, release.pk)
    return client.post(where, {"decision": decision}, follow=True).content.decode()


@pytest.fixture
def released(steward, director, round):
    request(steward, round)
    decide(director, Release.objects.get())
    return round


def test_the_steward_asks_a_director_agrees_and_the_steward_takes_it(steward, director, round):
    assert "asked for" in request(steward, round)
    assert "An evaluation by the university" in director.get(address("round-answers", round)).content.decode()
    decide(director, Release.objects.get())
    assert csv_rows(content_of(steward, round))[0] == [*RATINGS, "since"]
    verbs = ["release.requested", "release.approved", "answers.file_ordered", "answers.downloaded"]
    entries = HistoryEntry.objects.order_by("pk")
    assert [(e.verb, e.by) for e in entries] == list(
        zip(verbs, [steward.user, director.user, steward.user, steward.user], strict=True)
    )


@pytest.mark.parametrize("format", ["csv", "xlsx", "sav"])
def test_nothing_in_the_file_says_who(steward, released, format):
    content = content_of(steward, released, format)
    if format == "sav":
        values, meta = spss(content)
        header, cells = meta.column_names, [str(cell) for column in values.values() for cell in column]
    else:
        header, *rows = csv_rows(content) if format == "csv" else sheets(content)["Answers"]
        cells = [str(cell) for row in rows for cell in row]
    assert header == [*RATINGS, "since"]
    invitation = released.invitations.first()
    tells = [invitation.name, invitation.email, invitation.organisation_name, "Health", "en", "Words of", "evil"]
    assert [word for word in tells if any(word in cell for cell in cells)] == []


def test_every_rating_is_there_as_often_as_it_was_given(steward, released):
    _header, *rows = csv_rows(content_of(steward, released))
    given = [tuple(str(answers.get(code, "")) for code in RATINGS) for answers in _answers(released)]
    assert Counter(tuple(row[:4]) for row in rows) == Counter(given)


def _answers(round):
    return round.responses.order_by("pk").values_list("answers", flat=True)


def test_rows_are_shuffled_anew_each_time_by_the_systems_own_randomness(released, monkeypatch):
    columns = columns_for(released)
    orders = [[answers["gv1_a"] for _person, answers in answer_rows(released, columns)] for _time in range(4)]
    assert len({tuple(order) for order in orders}) > 1
    assert {tuple(sorted(order)) for order in orders} == {tuple(sorted(a["gv1_a"] for a in _answers(released)))}


def test_a_choice_that_hardly_anybody_made_stays_inside(initiative, steward):
    few = closed_round(initiative, steward=steward.user, new=4)
    assert [column.code for column in columns_for(few)] == RATINGS


def test_people_who_skipped_a_choice_count_as_a_choice(initiative, steward):
    round = closed_round(initiative, steward=steward.user, new=5)
    response = round.responses.last()
    del response.answers["since"]
    response.save()
    assert [column.code for column in columns_for(round)] == RATINGS


def test_an_earlier_round_whose_first_page_named_nobody_is_never_released(initiative, steward, director):
    earlier = closed_round(initiative)
    Round.objects.filter(pk=earlier.pk).update(steward=steward.user)
    assert steward.get(address("round-answers", earlier)).status_code == 403
    earlier.refresh_from_db()
    with pytest.raises(RoundRefused, match="Only the data steward"):
        releasing.request(round=earlier, purpose="Now", by=steward.user)
    assert "so its answers are never released" in director.get(address("round-answers", earlier)).content.decode()
    assert Release.objects.count() == 0


def test_a_release_somebody_slipped_into_the_table_opens_nothing_of_an_earlier_round(initiative, steward, director):
    earlier = closed_round(initiative)
    Round.objects.filter(pk=earlier.pk).update(steward=steward.user)
    release = Release.objects.create(
        round=earlier,
        purpose="x",
        state="approved",
        requested_by=steward.user,
        decided_by=director.user,
        decided_at=timezone.now(),
    )
    earlier.refresh_from_db()
    with pytest.raises(RoundRefused, match="never released"):
        exporting.order(round=earlier, release=release, format="csv", language="en", by=steward.user)


def test_the_same_person_cannot_ask_and_approve(initiative, director):
    round = closed_round(initiative, steward=director.user)
    request(director, round)
    release = Release.objects.get()
    assert "You asked for this release yourself" in decide(director, release)
    release.refresh_from_db()
    assert release.state == Release.State.REQUESTED


def test_the_database_itself_refuses_one_person_for_both(round, director):
    fields = {"round": round, "purpose": "x", "requested_by": director.user, "decided_by": director.user}
    with pytest.raises(Exception, match="release_takes_two_people"), transaction.atomic():
        Release.objects.create(**fields, state="approved")


@pytest.mark.parametrize("role", [role for role in Role if role != Role.DIRECTOR])
def test_only_directors_decide(client_as, steward, round, role):
    request(steward, round)
    member, release = client_as(role), Release.objects.get()
    assert member.post(address("release-decide", round, release.pk), {"decision": "approve"}).status_code == 403
    release.refresh_from_db()
    assert release.state == Release.State.REQUESTED


def test_only_the_steward_asks(director, staff, round):
    assert "Only the data steward" in request(director, round)
    assert staff.post(address("release-request", round), {"purpose": "x"}).status_code == 403
    assert Release.objects.count() == 0


def test_without_a_release_the_steward_gets_no_file(steward, director, round):
    request(steward, round)
    for client in (steward, director):
        client.post(address("file-order", round), {"format": "csv"})
    assert AnswersFile.objects.count() == 0


def test_whoever_approved_gets_no_file_either(director, released):
    page = director.post(address("file-order", released), {"format": "csv"}, follow=True).content.decode()
    assert "have not been released to you" in page
    assert AnswersFile.objects.count() == 0


def test_a_refusal_opens_nothing_and_one_may_ask_again(steward, director, round):
    request(steward, round)
    decide(director, Release.objects.get(), "refuse")
    steward.post(address("file-order", round), {"format": "csv"})
    assert AnswersFile.objects.count() == 0
    request(steward, round)
    assert list(Release.objects.values_list("state", flat=True)) == ["requested", "refused"]


def test_one_request_waits_at_a_time(steward, round):
    assert "Ask for a release" not in request(steward, round)
    assert "waiting for a second person already" in request(steward, round)
    assert Release.objects.count() == 1


def test_a_request_says_what_for(steward, round):
    assert "Say what the answers are needed for" in request(steward, round, "  ")
    assert Release.objects.count() == 0


@pytest.mark.parametrize(("people", "per_organisation", "refused"), [(5, 1, False), (4, 1, True), (8, 8, True)])
def test_few_people_or_one_organisation_are_never_released(initiative, steward, people, per_organisation, refused):
    round = closed_round(initiative, people=people, per_organisation=per_organisation, steward=steward.user)
    assert ("nothing is released" in request(steward, round)) is refused
    assert Release.objects.exists() is not refused


def test_people_who_withdrew_may_leave_too_few(steward, director, round):
    request(steward, round)
    decide(director, Release.objects.get())
    round.responses.filter(pk__in=list(round.responses.values_list("pk", flat=True)[:8])).delete()
    steward.post(address("file-order", round), {"format": "csv"})
    assert AnswersFile.objects.count() == 0


def test_a_release_lasts_a_week(steward, released):
    Release.objects.update(decided_at=timezone.now() - datetime.timedelta(days=7))
    steward.post(address("file-order", released), {"format": "csv"})
    assert AnswersFile.objects.count() == 0


def test_a_file_does_not_outlast_the_stewards_membership(steward, director, released):
    file = ordered(steward, released)
    steward.user.memberships.all().delete()
    assert download(steward, file).status_code == 404


def test_a_request_of_somebody_who_left_is_not_approved(steward, director, round):
    request(steward, round)
    steward.user.memberships.all().delete()
    assert "no longer a member" in decide(director, Release.objects.get())
    assert Release.objects.get().state == Release.State.REQUESTED


def test_a_director_of_another_initiative_decides_nothing(steward, round, other_initiative):
    request(steward, round)
    foreign = client_of(MembershipFactory(initiative=other_initiative, role=Role.DIRECTOR).user)
    release = Release.objects.get()
    for slug in (round.initiative.slug, other_initiative.slug):
        where = f"/i/{slug}/rounds/releases/{release.pk}/"
        assert foreign.post(where, {"decision": "approve"}).status_code == 404
    assert Release.objects.get().state == Release.State.REQUESTED


def test_markup_in_a_purpose_is_text(steward, director, round):
    request(steward, round, "<svg/onload=hit()>")
    page = director.get(address("round-answers", round)).content.decode()
    assert ("<svg/onload" in page, "&lt;svg/onload" in page) == (False, True)


def test_asking_and_deciding_tell_nothing_of_an_answer(steward, released):
    content_of(steward, released)
    told = str(list(HistoryEntry.objects.values("before", "after", "object_label", "reason")))
    names = released.invitations.values_list("name", flat=True)
    assert [word for word in ["Words of", "evil", *names] if word in told] == []


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_decides(steward, client_as, round):
    request(steward, round)
    release = Release.objects.select_related("round__initiative", "requested_by").get()
    people, results = [client_as(Role.DIRECTOR).user for _ in range(2)], []
    barrier = threading.Barrier(2)

    def work(person, act):
        barrier.wait(timeout=10)
        try:
            act(release=release, by=person)
            results.append("done")
        except RoundRefused as refusal:
            results.append(str(refusal))
        finally:
            connection.close()

    acts = zip(people, (releasing.approve, releasing.refuse), strict=True)
    threads = [threading.Thread(target=work, args=pair) for pair in acts]
    [thread.start() for thread in threads]
    [thread.join(20) for thread in threads]
    assert sorted(results) == ["Somebody decided on this request before. Nothing was changed.", "done"]
    assert HistoryEntry.objects.filter(verb__in=["release.approved", "release.refused"]).count() == 1


def test_the_state_of_invitations_is_no_part_of_a_release(steward, released):
    Invitation.objects.filter(round=released).update(group_names=["Only Ana's group"], tenure_months=123)
    text = content_of(steward, released).decode()
    assert ("Only Ana" in text, "123" in text) == (False, False)


@pytest.mark.parametrize("mode", ["confidential", "named"])
def test_a_round_that_was_asked_elsewhere_gives_no_answers_away(initiative, director, mode):
    earlier = brought_in(initiative, b"gv1_a\n" + b"4\n" * 12)
    Round.objects.update(mode=mode, steward=director.user, steward_name="Slipped in")
    page = director.post(address("file-order", earlier), {"format": "csv"}, follow=True).content.decode()
    assert "This round was asked elsewhere" in page
    assert "This round was asked elsewhere" in request(director, earlier) or mode == "named"
    assert (AnswersFile.objects.count(), Release.objects.count()) == (0, 0)


@pytest.fixture
def told(mailoutbox, django_capture_on_commit_callbacks):
    """Call with an act; returns the (recipients, subject) of the mails that leave because of it."""

    def mails(act, *arguments):
        mailoutbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act(*arguments)
        return sorted((mail.to[0], mail.subject.partition(":")[0]) for mail in mailoutbox)

    return mails


@pytest.mark.parametrize(
    ("decision", "subject"), [("approve", "The answers are released to you"), ("refuse", "The release was refused")]
)
def test_who_can_decide_is_mailed_and_the_steward_hears_what_was_decided(
    steward, director, client_as, round, told, mailoutbox, decision, subject
):
    second = client_as(Role.DIRECTOR)
    waits = "A release of answers waits for you"
    assert told(request, steward, round) == sorted((each.user.email, waits) for each in (director, second))
    assert "Needed for: An evaluation by the university" in mailoutbox[0].body
    assert told(decide, director, Release.objects.get(), decision) == [(steward.user.email, subject)]
    assert f"http://localhost:8000{address('round-answers', round)}" in mailoutbox[0].body
    assert told(decide, second, Release.objects.get(), decision) == []


def test_nobody_is_told_of_a_request_that_was_decided_meanwhile(released, mailoutbox):
    releasing.tell_of_request(release_id=Release.objects.get().pk)
    assert mailoutbox == []


def test_the_steward_hears_when_the_round_is_closed_and_where_to_go(initiative, steward, told, mailoutbox):
    named = {"steward": steward.user, "steward_name": str(steward.user)}
    people = plain_roster(initiative, 8)
    one = open_round(people, agrees(5, 8), **named)
    heard = told(lambda: close_round(round_id=one.pk))
    assert (steward.user.email, "You guard the answers of a survey") in heard
    assert any(address("round-answers", one) in mail.body for mail in mailoutbox)
    two = open_round(people, agrees(5, 8))
    assert "You guard" not in str(told(lambda: close_round(round_id=two.pk)))


def test_the_page_leads_to_the_other_rounds_whose_answers_one_guards(initiative, steward, round):
    Round.objects.filter(pk=round.pk).update(closes_on="2020-01-01")
    other = RoundFactory(initiative=initiative, state="closed", steward=steward.user, steward_name="Somebody")
    page = steward.get(address("round-answers", round)).content.decode()
    assert re.findall(r'<li><a href="([^"]*answers/)"', page) == [address("round-answers", other)]


def test_where_no_column_may_leave_nothing_is_released_and_a_sentence_says_why(initiative, steward, monkeypatch):
    few = closed_round(initiative, steward=steward.user, new=4)
    texts = [column for column in columns_of(definition_of(few.instrument_version)) if column.code in ("since", "by")]
    monkeypatch.setattr(releases, "columns_of", lambda definition: texts)
    assert "no choices that enough people made: nothing of it may leave" in request(steward, few)
    assert Release.objects.count() == 0
