"""Closing a round: counted once, by the rules, and never again."""

import datetime
import threading

import pytest
from django.db import connection
from django.utils import timezone

from indicators.models import Publication, Result
from initiatives.models import HistoryEntry
from surveys import definition
from surveys.actions import answering, closing, rounds
from surveys.actions.closing import close_round
from surveys.models import Invitation, Mailing, Response, Round
from surveys.queries.closing import missing_people
from surveys.queries.rounds import CLOSING_LEASE, work_on_rounds
from tests.surveys.closing_rounds import (
    Roster,
    agrees,
    open_round,
    plain_roster,
    results_of,
    says,
)
from tests.surveys.factories import InstrumentFactory, InstrumentVersionFactory, MailingFactory

pytestmark = pytest.mark.django_db


def closed(round):
    assert close_round(round_id=round.pk)
    return Round.objects.select_related("publication", "public_publication").get(pk=round.pk)


def simple_round(initiative, favourable=7, of=12, asked=15, **fields):
    answers = agrees(favourable, of) + [None] * (asked - of)
    return open_round(plain_roster(initiative, asked), answers, **fields)


# A small round worked out by hand. Sixteen people of sixteen organisations were asked; one had left.
# gv1_a / gv1_b (reverse) / gv3_a / sa1_a, and beside them GV1 = mean(gv1_a, 6 - gv1_b):
GOLDEN = [
    says(5, 1, 5, 4),  # GV1 5.0
    says(4, 2, 4, 4),  # GV1 4.0
    says(4, 3, 2, "na"),  # GV1 3.5
    says(3, 2, 4, 5),  # GV1 3.5
    says(3, 3, "dk", 4),  # GV1 3.0
    says(5, 2, 4, 2),  # GV1 4.5
    says(2, 4, 3, 4),  # GV1 2.0
    says(1, 5, 1, 1),  # GV1 1.0
    says(4, "dk", 4, 4),  # GV1 4.0, from one item
    says("dk", "dk", 5, "na"),  # no GV1
    says(4, 1, 4, 3),  # GV1 4.5
    says(2, 3, "dk", 5),  # GV1 2.5
    says(5),  # a quarter of the questions: a break-off, which does not count
    None,
    None,
    None,
]


@pytest.fixture
def golden(initiative):
    roster = plain_roster(initiative, 16)
    return closed(open_round(roster, GOLDEN, states={15: Invitation.State.LEFT}))


def test_golden_round_counts_gv1_as_worked_out_by_hand(golden):
    result = results_of(golden)["GV1", "", ""]
    # 11 of 12 have a score; 5, 4, 3.5, 3.5, 4.5, 4, 4.5 are favourable. Mean 37.5 / 11 = 3.41, deviation 1.22.
    # N = 15 asked who could answer. Wilson for 7 of 11 with n* = 11 * 14 / 4 = 38.5: 0.478 to 0.769, of 15: 7.2 to 11.5.
    assert result.n == 11
    assert result.shown == {
        "count": 7,
        "percent": 64,
        "people": {"low": 7, "high": 11, "of": 15},
        "mean": 3.4,
        "deviation": 1.2,
        "dont_know": 1,
        "not_applicable": 0,
        "change": {"verdict": "baseline"},
    }


def test_golden_item_keeps_raw_answers_in_its_distribution_and_leaves_out_what_relatives_would_give_away(golden):
    results = results_of(golden)
    # 1 2 3 2 3 2 4 5 - - 1 3, turned: 5 4 3 4 3 4 2 1 - - 5 3.
    reverse = results["gv1_b", "", ""]
    assert (reverse.n, reverse.shown["count"], reverse.shown["dont_know"]) == (10, 5, 2)
    # One person has a GV1 score from the other item alone, so this item says no more than its count.
    assert not {"mean", "deviation", "distribution"} & set(reverse.shown)
    both = results["gv1_a", "", ""]
    assert both.shown["distribution"] == [[1, 1], [2, 2], [3, 2], [4, 4], [5, 2]]
    assert (both.n, both.shown["count"], both.shown["mean"]) == (11, 6, 3.4)


def test_golden_round_leaves_those_to_whom_an_item_does_not_apply_out_of_everybody(golden):
    result = results_of(golden)["SA1", "", ""]
    assert (result.n, result.shown["count"], result.shown["not_applicable"]) == (10, 7, 2)
    assert result.shown["people"]["of"] == 13


def test_function_has_a_summary_only_if_half_of_its_indicators_have_data(golden):
    functions = {r.code for r in golden.publication.results.filter(kind="function")}
    # Two of the four of vision, one of the eight of alignment.
    assert functions == {"vision"}


def test_golden_response_panel_counts_persons_and_organisations(golden):
    panel = golden.publication.response
    rate = {"count": 12, "of": 15, "percent": 80}
    assert panel["persons"] == {
        "invited": 16,
        "eligible": 15,
        "answered": 12,
        "complete": 12,
        "partial": 0,
        "break_off": 1,
        "unanswered": 2,
        "opted_out": 0,
        "bounced": 0,
        "ineligible": 1,
        "rr1": rate,
        "rr2": rate,
    }
    assert panel["organisations"] == panel["persons"]
    assert (panel["unit"], panel["missing"]) == ("persons", None)


def test_partial_answers_feed_indicators_and_count_in_rr2_alone(initiative):
    answers = [*agrees(6, 11), says(4, 2)]
    panel = closed(open_round(plain_roster(initiative, 12), answers)).publication.response["persons"]
    assert (panel["complete"], panel["partial"], panel["rr1"]["count"], panel["rr2"]["count"]) == (11, 1, 11, 12)


def test_drafts_do_not_count_and_are_break_offs(initiative):
    round = open_round(plain_roster(initiative, 12), agrees(6, 12), drafts=(11,))
    round = closed(round)
    assert round.publication.response["persons"]["break_off"] == 1
    assert results_of(round)["GV1", "", ""].n == 11


def test_closing_publishes_inside_and_for_everyone_and_points_the_round_to_both(initiative):
    round = closed(simple_round(initiative))
    levels = [(p.reader_level, p.threshold, p.invited) for p in (round.publication, round.public_publication)]
    assert levels == [("inside", 5, 15), ("public", 10, 15)]
    assert (round.state, round.closed_at is not None) == (Round.State.CLOSED, True)
    verbs = HistoryEntry.objects.filter(initiative=initiative).values_list("verb", flat=True)
    assert sorted(verbs) == ["results.published", "results.published", "round.closed"]


def test_public_publication_says_nothing_below_ten_answers_and_nobody_who_is_missing(initiative):
    round = closed(simple_round(initiative, 5, 9, asked=20))
    assert not results_of(round, "public")["GV1", "", ""].is_shown
    assert results_of(round)["GV1", "", ""].shown["count"] == 5
    assert sorted(round.public_publication.response["persons"]) == ["answered", "eligible", "invited", "rr1", "rr2"]
    assert round.public_publication.response["missing"] is None


def test_hidden_figures_carry_no_number_in_the_table(initiative):
    closed(simple_round(initiative, 2, 4))
    assert {(r.is_shown, r.n, str(r.shown), r.hidden_because) for r in Result.objects.all()} == {
        (False, None, "{}", "few")
    }


@pytest.mark.parametrize(("threshold", "shown"), [(3, True), (5, False), (7, False)])
def test_threshold_of_the_initiative_decides_from_how_many_on_something_is_shown(initiative, threshold, shown):
    initiative.threshold = threshold
    initiative.save()
    round = closed(simple_round(initiative, 2, 4))
    assert results_of(round)["GV1", "", ""].is_shown is shown


@pytest.mark.parametrize(("answered", "shown"), [(0, True), (1, False)])
def test_round_with_no_answer_has_nothing_yet_and_one_with_a_single_answer_hides_it(initiative, answered, shown):
    round = closed(simple_round(initiative, answered, answered, asked=6))
    result = results_of(round)["GV1", "", ""]
    assert (result.is_shown, result.n, result.shown) == (shown, 0 if shown else None, {})


def test_round_without_anybody_asked_closes(initiative):
    round = closed(open_round(plain_roster(initiative, 0), []))
    assert round.publication.response["persons"]["rr1"] == {"count": 0, "of": 0, "percent": None}


def test_extreme_counts_are_coded_and_have_neither_interval_nor_mean(initiative):
    result = results_of(closed(simple_round(initiative, 12, 12)))["GV1", "", ""]
    assert result.shown == {
        "at_least": 11,
        "dont_know": 0,
        "not_applicable": 0,
        "change": {"verdict": "baseline"},
    }


# Sectors, groups, who is missing


def sectors_round(initiative, sizes, favourable, *, asked_more=None, groups=()):
    """A round with sectors of these sizes and favourable numbers; `asked_more`: {sector: people who did not answer}."""
    people, answers = [], []
    for sector, size in sizes.items():
        for number, answer in enumerate(agrees(favourable[sector], size)):
            people.append((f"{sector} {number}", sector, tuple(g for g, s in groups if s == sector)))
            answers.append(answer)
    for sector, more in (asked_more or {}).items():
        people += [(f"{sector} silent {number}", sector, ()) for number in range(more)]
        answers += [None] * more
    return open_round(Roster(initiative, people), answers)


def test_small_sectors_hide_together_and_the_rest_is_shown_in_one_word_or_a_count(initiative):
    sizes, favourable = {"A": 3, "B": 6, "C": 4, "D": 12}, {"A": 1, "B": 3, "C": 2, "D": 7}
    results = results_of(closed(sectors_round(initiative, sizes, favourable)))
    cells = {cell: results["GV1", "sector", cell] for cell in "ABCD"}
    assert [(cells[c].is_shown, cells[c].n, cells[c].shown) for c in "ABCD"] == [
        (False, None, {}),
        (True, 6, {"word": "some"}),
        (False, None, {}),
        (True, 12, {"count": 7, "percent": 58}),
    ]


def test_group_is_shown_beside_sectors_where_nobody_can_be_singled_out(initiative):
    sizes, favourable = {"A": 12, "B": 14}, {"A": 5, "B": 8}
    round = sectors_round(initiative, sizes, favourable, groups=[("Housing", "A")])
    assert results_of(closed(round))["GV1", "group", "Housing"].shown == {"count": 5, "percent": 42}


def test_sector_where_nobody_answered_hides_like_any_other_if_few_were_asked(initiative):
    sizes, favourable = {"A": 12, "B": 14}, {"A": 5, "B": 8}
    round = sectors_round(initiative, sizes, favourable, asked_more={"C": 2, "D": 6})
    results = results_of(closed(round))
    assert [(r.is_shown, r.n) for r in (results["GV1", "sector", c] for c in "CD")] == [(False, None), (True, 0)]


def test_who_is_missing_is_told_by_sectors_that_are_large_enough(initiative):
    sizes, favourable = {"A": 5, "B": 6, "C": 1, "D": 2}, {"A": 2, "B": 3, "C": 1, "D": 1}
    round = sectors_round(initiative, sizes, favourable, asked_more={"A": 3, "C": 2, "D": 1})
    assert closed(round).publication.response["missing"] == {
        "cells": [{"cell": "A", "invited": 8, "missing": 3}, {"cell": "B", "invited": 6, "missing": 0}],
        "rest": {"invited": 6, "missing": 3},
    }


def test_rest_of_who_is_missing_is_never_smaller_than_the_threshold(initiative):
    sizes, favourable = {"A": 5, "B": 6, "C": 1}, {"A": 2, "B": 3, "C": 1}
    round = sectors_round(initiative, sizes, favourable, asked_more={"A": 3, "C": 2})
    assert closed(round).publication.response["missing"] == {
        "cells": [{"cell": "A", "invited": 8, "missing": 3}],
        "rest": {"invited": 9, "missing": 2},
    }


def test_missing_people_are_those_who_could_still_have_answered(initiative):
    states = {3: Invitation.State.LEFT, 4: Invitation.State.BOUNCED}
    round = open_round(plain_roster(initiative, 5), [*agrees(1, 2), None, None, None], states=states)
    asked = list(round.invitations.order_by("pk"))
    assert set(missing_people(round)) == {asked[2], asked[4]}


# Once and never again


def test_round_closed_twice_is_published_once(initiative):
    round = closed(simple_round(initiative))
    assert close_round(round_id=round.pk) is False
    assert Publication.objects.count() == 2


def test_round_is_not_closed_before_the_end_of_its_last_day_in_its_own_zone(initiative, monkeypatch):
    initiative.time_zone = "Pacific/Honolulu"
    initiative.save()
    round = simple_round(initiative)
    evening = datetime.datetime(2026, 6, 1, 23, 59, tzinfo=initiative.zone)
    Round.objects.filter(pk=round.pk).update(closes_on=evening.date())
    monkeypatch.setattr(closing.timezone, "now", lambda: evening)
    assert close_round(round_id=round.pk) is False
    assert (Round.objects.get(pk=round.pk).state, Publication.objects.count()) == (Round.State.OPEN, 0)
    monkeypatch.setattr(closing.timezone, "now", lambda: evening + datetime.timedelta(minutes=1))
    assert close_round(round_id=round.pk) is True


@pytest.mark.parametrize("state", [Round.State.DRAFT, Round.State.SCHEDULED, Round.State.CANCELLED])
def test_round_that_is_not_open_is_not_closed(initiative, state):
    round = simple_round(initiative)
    Round.objects.filter(pk=round.pk).update(state=state)
    assert close_round(round_id=round.pk) is False
    assert Publication.objects.count() == 0


def test_extended_round_is_not_closed_and_a_closed_one_cannot_be_extended(initiative, director):
    round = simple_round(initiative)
    later = initiative.today() + datetime.timedelta(days=3)
    rounds.extend(round=round, closes_on=later, by=director.user)
    assert close_round(round_id=round.pk) is False
    Round.objects.filter(pk=round.pk).update(closes_on=initiative.today() - datetime.timedelta(days=1))
    close_round(round_id=round.pk)
    with pytest.raises(rounds.RoundRefused):
        rounds.extend(round=round, closes_on=later, by=director.user)


def test_round_extended_while_it_was_being_claimed_stays_open(initiative, monkeypatch):
    round = simple_round(initiative)
    later = initiative.today() + datetime.timedelta(days=3)
    real = Round.objects.filter(pk=round.pk)

    def extend_meanwhile(self):
        real.update(closes_on=later)
        return timezone.now() - datetime.timedelta(hours=1)

    monkeypatch.setattr(Round, "closes_at", property(extend_meanwhile))
    assert close_round(round_id=round.pk) is False
    assert Round.objects.get(pk=round.pk).state == Round.State.OPEN


def test_worker_killed_before_writing_leaves_a_claim_that_is_taken_over_later(initiative, monkeypatch):
    round = simple_round(initiative)
    monkeypatch.setattr(closing, "release_of", lambda round: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        close_round(round_id=round.pk)
    monkeypatch.undo()
    assert Publication.objects.count() == 0
    assert close_round(round_id=round.pk) is False
    past = timezone.now() - CLOSING_LEASE - datetime.timedelta(seconds=1)
    Round.objects.filter(pk=round.pk).update(claimed_at=past)
    assert work_on_rounds(now=timezone.now())["close_round"] == [round.pk]
    assert close_round(round_id=round.pk) is True
    assert Publication.objects.count() == 2


def test_worker_killed_while_writing_leaves_nothing_written(initiative, monkeypatch):
    round = simple_round(initiative)
    monkeypatch.setattr(closing.history, "record", lambda **_: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        close_round(round_id=round.pk)
    assert (Publication.objects.count(), Result.objects.count()) == (0, 0)
    assert Round.objects.get(pk=round.pk).state == Round.State.CLOSING


def test_slow_worker_whose_claim_was_taken_over_writes_nothing(initiative, monkeypatch):
    round = simple_round(initiative)
    real = closing.release_of

    def overtaken(round):
        release = real(round)
        Round.objects.filter(pk=round.pk).update(claimed_at=timezone.now())
        return release

    monkeypatch.setattr(closing, "release_of", overtaken)
    assert close_round(round_id=round.pk) is False
    assert Publication.objects.count() == 0


def test_answer_that_was_being_stored_when_the_round_closed_is_counted(initiative, monkeypatch):
    round = simple_round(initiative)
    waiting = round.invitations.filter(state=Invitation.State.INVITED).first()
    real, calls = closing.release_of, []

    def arrives_meanwhile(round):
        release = real(round)
        if not calls:
            now = timezone.now()
            Response.objects.create(
                invitation=waiting, round=round, answers=says(4, 2, 4, 4), saved_at=now, submitted_at=now
            )
        calls.append(release.counted)
        return release

    monkeypatch.setattr(closing, "release_of", arrives_meanwhile)
    round = closed(round)
    assert calls == [12, 13]
    assert results_of(round)["GV1", "", ""].n == 13


@pytest.mark.parametrize("state", [Round.State.OPEN, Round.State.CLOSING, Round.State.CLOSED])
def test_late_answers_are_refused(initiative, state):
    round = simple_round(initiative)
    Round.objects.filter(pk=round.pk).update(state=state)
    late = Invitation.objects.select_related("round__initiative").get(pk=missing_people(round).first().pk)
    section = next(iter(answering.definition_of(round.instrument_version).sections))
    with pytest.raises(answering.NotOpen):
        answering.submit_response(invitation=late, section=section, answers=says(5, 1, 5, 5), language="en")
    assert Response.objects.filter(invitation=late).count() == 0


def test_nothing_is_published_while_the_round_is_open(initiative):
    round = simple_round(initiative)
    Round.objects.filter(pk=round.pk).update(closes_on=initiative.today())
    close_round(round_id=round.pk)
    assert (Publication.objects.count(), Result.objects.count()) == (0, 0)


def test_closing_stops_the_mails_that_are_still_due(initiative):
    round = simple_round(initiative)
    MailingFactory(invitation=round.invitations.last())
    closed(round)
    assert Mailing.objects.get().state == Mailing.State.STOPPED


def test_closing_costs_the_same_queries_for_few_and_many(initiative, other_initiative, django_assert_max_num_queries):
    for tenant, people in ((initiative, 12), (other_initiative, 60)):
        round = simple_round(tenant, 7, people, asked=people + 3)
        with django_assert_max_num_queries(25):
            closed(round)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_publish_once(initiative):
    round, closed_it = simple_round(initiative), []
    barrier = threading.Barrier(2)

    def work():
        barrier.wait()
        try:
            closed_it.append(close_round(round_id=round.pk))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(closed_it) == [False, True]
    assert Publication.objects.count() == 2


# The shipped questionnaire, and answers that are none


def test_shipped_questionnaire_gives_every_indicator_it_asks_about_and_the_functions_with_enough_of_them(initiative):
    version = InstrumentVersionFactory(instrument=InstrumentFactory(initiative=initiative, code="shipped"))
    questions = definition.load_shipped("backbone_effectiveness_partners")
    answers = [
        {item.code: (number + place) % 5 + 1 for place, item in enumerate(questions.items())}
        | {text.code: "We agreed to read with children." for text in questions.texts()}
        for number in range(12)
    ]
    round = closed(open_round(plain_roster(initiative, 12), answers, version=version))
    results = round.publication.results.filter(breakdown="")
    asked = {code for item in questions.items() for code in item.indicators}
    assert {r.code for r in results.filter(kind="indicator", n=12)} == asked
    assert [r.code for r in results.filter(kind="function")] == ["vision", "alignment", "measurement"]
    assert round.publication.response["persons"]["complete"] == 12
    assert "read with children" not in str(list(results.values_list("shown", "code", "cell")))


@pytest.mark.parametrize("wrong", [{"gv1_a": 6}, {"gv1_a": [4]}, {"unasked": 3}, ["gv1_a"]])
def test_stored_answers_that_the_questionnaire_does_not_ask_are_not_counted_silently(initiative, wrong):
    round = simple_round(initiative)
    Response.objects.filter(round=round).update(answers=wrong)
    with pytest.raises(definition.AnswersError):
        close_round(round_id=round.pk)
    assert Publication.objects.count() == 0


def test_functions_switched_off_have_no_summary_and_their_indicators_stay(initiative):
    initiative.functions.filter(code="vision").update(enabled=False)
    round = closed(simple_round(initiative))
    assert not round.publication.results.filter(kind="function").exists()
    assert results_of(round)["GV1", "", ""].shown["count"] == 7


def test_function_counts_indicators_that_other_sources_have_published(initiative):
    """One of the eight of alignment is asked here, three were published from the log: together they are half."""
    log = Publication.objects.create(
        initiative=initiative,
        source_kind="log",
        audience="partners",
        title="Log",
        starts_on=initiative.today(),
        ends_on=initiative.today(),
        comparability_key="log",
    )
    for code in ("SA2", "SA3", "SA4"):
        Result.objects.create(publication=log, kind="indicator", code=code, is_shown=True, n=5)
    round = closed(simple_round(initiative))
    assert {r.code for r in round.publication.results.filter(kind="function")} == {"vision", "alignment"}
