"""Earlier rounds: nothing is written before the confirmation, then they close like any round and are the baseline of later ones."""

import datetime
import json

import pytest
from django.core import mail
from django.utils import timezone

from indicators.models import Publication
from indicators.statistics import people_interval, percentage_one_decimal, wilson
from initiatives.models import HistoryEntry
from surveys import tasks
from surveys.actions import closing, past
from surveys.models import PastFigure, PastImport, PastResponse, Response, Round
from surveys.queries.closing import previous_round
from tests.factories import MembershipFactory, SectorFactory, UserFactory
from tests.surveys.closing_rounds import agrees, open_round, plain_roster, results_of, small_version
from tests.surveys.past_rounds import FIGURES, brought_in, checked, fixture, mapped, published, received

State = PastImport.State
GOOGLE = "google-forms.csv"


def small_file(answers, *, organisations=8, sector=None):
    """A file of the small questionnaire: one row per person, organisations in turn."""
    heading = ["gv1_a", "gv1_b", "gv3_a", "sa1_a", "Organisation", *(["Sector"] if sector else [])]
    rows = [
        [
            *(str(row.get(code, "")) for code in heading[:4]),
            f"Org {n % organisations}",
            *([sector(n)] if sector else []),
        ]
        for n, row in enumerate(answers)
    ]
    return "\n".join(",".join(row) for row in [heading, *rows]).encode()


def counted():
    return (
        Round.objects.count(),
        PastResponse.objects.count(),
        PastFigure.objects.count(),
        Publication.objects.count(),
    )


@pytest.mark.parametrize("name", [GOOGLE, "limesurvey.csv", "surveymonkey.csv"])
def test_dry_run_writes_nothing(initiative, name):
    past_import = checked(initiative, fixture(name))
    assert (past_import.state, past_import.rows, past_import.report["problems"]) == (State.CHECKED, 20, [])
    assert counted() == (0, 0, 0, 0)


def test_answers_become_a_closed_confidential_round_with_figures(initiative):
    round = brought_in(initiative, fixture(GOOGLE), invited=30)
    assert (round.state, round.mode, round.origin) == (
        Round.State.CLOSED,
        Round.Mode.CONFIDENTIAL,
        Round.Origin.ANSWERS,
    )
    shown = results_of(round)["gv1_a", "", ""].shown
    assert (shown["count"], results_of(round)["gv1_a", "", ""].n) == (8, 20)
    low, high = people_interval(8, 20, 30)
    assert shown["people"] == {"low": low, "high": high, "of": 30}
    assert (round.publication.invited, round.publication.response["persons"]["rr2"]["percent"]) == (30, 67)
    assert Response.objects.count() == 0


def test_reversed_statement_keeps_its_raw_answer_and_is_turned_when_counted(initiative):
    round = brought_in(initiative, fixture(GOOGLE))
    assert PastResponse.objects.get(number=2).answers["gv1_b"] == 2
    result = results_of(round)["gv1_b", "", ""]
    assert (result.shown["count"], result.n, result.shown["dont_know"]) == (7, 19, 1)


def test_invited_unknown_gives_an_interval_without_finite_population_correction(initiative):
    round = brought_in(initiative, fixture(GOOGLE))
    shown, limits = results_of(round)["gv1_a", "", ""].shown, wilson(8, 20)
    assert "people" not in shown
    assert (shown["interval"]["low"], shown["interval"]["high"]) == (round_to(limits.low), round_to(limits.high))
    assert (round.publication.invited, round.publication.response) == (None, {"unit": "persons", "missing": None})


def round_to(share):
    return float(f"{100 * share:.1f}")


def test_question_that_was_not_asked_then_is_not_in_the_round(initiative):
    round = brought_in(initiative, fixture(GOOGLE))
    items = {result.code for result in round.publication.results.filter(kind="item")}
    assert items == {"gv1_a", "gv1_b", "gv3_a", "bb1_a"}
    assert round.publication.results.get(kind="indicator", code="GV1").shown["count"] == 8


def test_nothing_stored_says_who_answered(initiative):
    MembershipFactory(initiative=initiative)
    brought_in(initiative, fixture("surveymonkey.csv"), invited=30)
    kept = PastImport.objects.get()
    stored = json.dumps(
        [list(PastResponse.objects.values()), list(PastImport.objects.values("report", "mapping"))], default=str
    ) + json.dumps(list(HistoryEntry.objects.values("before", "after", "object_label")))
    assert (bytes(kept.content), kept.mapping) == (b"", {})
    assert [word for word in ("person3", "First3", "Last3", "Organisation", "192.0.2", "4432") if word in stored] == []
    assert mail.outbox == []


def test_last_years_round_is_the_baseline_of_this_years(initiative):
    version = small_version(initiative)
    before = brought_in(initiative, small_file(agrees(8, 40)), version=version, invited=50)
    roster = plain_roster(initiative, 40)
    now = open_round(roster, agrees(28, 40), version=version)
    closing.close_round(round_id=now.pk)
    now.refresh_from_db()
    change = results_of(now)["gv1_a", "", ""].shown["change"]
    assert now.compared_with == before
    assert (change["verdict"], change["points"], change["previous"]) == ("up", 50, {"count": 8, "n": 40, "percent": 20})
    assert results_of(before)["gv1_a", "", ""].shown["change"] == {"verdict": "baseline"}


def test_import_of_today_changes_nothing_that_was_frozen_and_counts_by_closing_day(initiative):
    version, roster = small_version(initiative), plain_roster(initiative, 40)
    frozen = open_round(roster, agrees(28, 40), version=version, ended_days_ago=30)
    closing.close_round(round_id=frozen.pk)
    told = list(frozen.instrument_version.instrument.versions.values()), list(Publication.objects.values())
    earlier = brought_in(initiative, small_file(agrees(8, 40)), version=version, days_ago=365)
    assert list(Publication.objects.filter(pk__in=[p["id"] for p in told[1]]).values()) == told[1]
    frozen.refresh_from_db()
    assert (frozen.compared_with, previous_round(frozen)) == (None, earlier)
    later = open_round(roster, agrees(30, 40), version=version)
    assert previous_round(later) == frozen


def test_pairs_shown_once_stay_those_of_the_round_they_were_shown_against(initiative):
    version, roster = small_version(initiative), plain_roster(initiative, 40)
    rounds = [open_round(roster, agrees(20, 40), version=version, ended_days_ago=days) for days in (300, 100)]
    for round in rounds:
        closing.close_round(round_id=round.pk)
    brought_in(initiative, small_file(agrees(8, 40)), version=version, days_ago=200)
    second = Round.objects.get(pk=rounds[1].pk)
    assert (second.compared_with, previous_round(second).origin) == (rounds[0], Round.Origin.ANSWERS)
    third = open_round(roster, agrees(30, 40), version=version)
    closing.close_round(round_id=third.pk)
    third.refresh_from_db()
    assert (third.state, third.compared_with) == (Round.State.CLOSED, second)


def test_two_earlier_rounds_are_never_paired(initiative):
    version = small_version(initiative)
    brought_in(initiative, small_file(agrees(8, 40)), version=version, days_ago=700)
    second = brought_in(initiative, small_file(agrees(28, 40)), version=version)
    assert second.publication.results.filter(shown__has_key="paired").count() == 0
    assert results_of(second)["GV3", "", ""].shown["change"]["verdict"] == "up"


def test_indicator_with_half_of_its_statements_is_not_comparable(initiative):
    version = small_version(initiative)
    rows = [{"gv1_a": row["gv1_a"], "gv3_a": row["gv3_a"]} for row in agrees(8, 40)]
    brought_in(initiative, small_file(rows), version=version)
    now = open_round(plain_roster(initiative, 40), agrees(28, 40), version=version)
    closing.close_round(round_id=now.pk)
    results = results_of(now)
    verdicts = {code: results[code, "", ""].shown["change"]["verdict"] for code in ("gv1_a", "GV1", "GV3")}
    assert verdicts == {"gv1_a": "up", "GV1": "not_comparable", "GV3": "up"}


def test_sectors_are_shown_by_the_rules(initiative):
    for name in ("Health", "Schools"):
        SectorFactory(initiative=initiative, name=name)
    content = small_file(agrees(20, 40), sector=lambda n: ["health", "Schools", "Unheard of"][min(n % 8 // 3, 2)])
    results = results_of(brought_in(initiative, content, version=small_version(initiative)))
    sectors = {cell for _code, breakdown, cell in results if breakdown == "sector"}
    assert sectors == {"Health", "Schools", ""}
    assert results["GV3", "sector", "Health"].n == 15


def test_figures_of_one_organisation_alone_are_hidden(initiative):
    past_import = checked(initiative, small_file(agrees(8, 40), organisations=1), version=small_version(initiative))
    assert past_import.report["problems"] == ["one_organisation"]
    with pytest.raises(past.PastRefused, match="what is still missing"):
        past.confirm(past_import=past_import, several_organisations=True, by=None)
    assert counted() == (0, 0, 0, 0)


def test_file_without_organisations_needs_somebodys_word(initiative):
    past_import = checked(initiative, b"gv1_a\n" + b"4\n" * 12)
    with pytest.raises(past.PastRefused, match="at least two organisations"):
        past.confirm(past_import=past_import, several_organisations=False, by=None)
    assert past.confirm(past_import=past_import, several_organisations=True, by=None)


def test_too_few_answers_are_hidden_in_an_earlier_round_too(initiative):
    round = brought_in(initiative, b"gv1_a\n" + b"4\n" * 4)
    result = results_of(round)["gv1_a", "", ""]
    assert (result.is_shown, result.n, result.shown) == (False, None, {})


def test_same_file_is_brought_in_once(initiative):
    brought_in(initiative, fixture(GOOGLE))
    again = checked(initiative, fixture(GOOGLE), days_ago=300)
    with pytest.raises(past.PastRefused, match="This very file"):
        past.confirm(past_import=again, several_organisations=True, by=None)
    assert counted()[:2] == (1, 20)


def test_round_of_the_same_day_is_brought_in_once(initiative):
    brought_in(initiative, fixture(GOOGLE))
    other = checked(initiative, fixture("limesurvey.csv"))
    with pytest.raises(past.PastRefused, match="same day"):
        past.confirm(past_import=other, several_organisations=True, by=None)


def test_two_confirmations_of_the_same_file_at_once_let_one_through(initiative):
    first, second = (checked(initiative, fixture(GOOGLE), days_ago=days) for days in (300, 365))
    PastImport.objects.filter(pk=first.pk).update(state=State.CONFIRMED)
    unchecked = past.same_file
    try:
        past.same_file = lambda past_import: False
        with pytest.raises(past.PastRefused, match="This very file"):
            past.confirm(past_import=second, several_organisations=True, by=None)
    finally:
        past.same_file = unchecked


def test_more_answers_than_invited_are_a_problem(initiative):
    assert checked(initiative, fixture(GOOGLE), invited=19).report["problems"] == ["more_than_invited"]


def test_mapping_is_looked_at_again(initiative):
    past_import = checked(initiative, fixture("surveymonkey.csv"))
    assert past_import.report["unknown_count"] == 1
    again = mapped(
        past_import,
        columns={"9": "@organisation", "10": "gv1_a", "11": "gv1_b"},
        values={"scale|dontknownoopinion": "dk"},
    )
    assert (again.report["unknown_count"], again.report["codes"]) == (0, ["gv1_a", "gv1_b"])


def test_confirmed_import_cannot_be_mapped_any_more(initiative):
    past_import = checked(initiative, fixture(GOOGLE))
    past.confirm(past_import=past_import, several_organisations=True, by=None)
    assert past.map_columns(past_import=past_import, mapping={"columns": {}}) is False


def test_cancelled_import_leaves_nothing(initiative, monkeypatch):
    past_import = checked(initiative, fixture(GOOGLE))
    past.confirm(past_import=past_import, several_organisations=True, by=None)
    monkeypatch.setattr(past, "CHUNK_ROWS", 8)
    monkeypatch.setattr(past, "PAUSE_SECONDS", 0)
    store_chunk = past._store_chunk

    def cancel_after_the_first(importing, chunk, claimed_at):
        claim = store_chunk(importing, chunk, claimed_at)
        past.cancel(past_import=importing, by=None)
        return claim

    monkeypatch.setattr(past, "_store_chunk", cancel_after_the_first)
    assert past.store(import_id=past_import.pk) is False
    assert past.due()["clear_past"] == [past_import.pk]
    tasks.clear_past(past_import.pk)
    past_import.refresh_from_db()
    assert (counted(), past_import.state, bytes(past_import.content)) == ((0, 0, 0, 0), State.CANCELLED, b"")
    assert [ids for ids in past.due().values() if ids] == []


def test_worker_goes_on_where_a_killed_one_stopped(initiative, monkeypatch):
    past_import = checked(initiative, fixture(GOOGLE))
    past.confirm(past_import=past_import, several_organisations=True, by=None)
    monkeypatch.setattr(past, "CHUNK_ROWS", 8)
    store_chunk, calls = past._store_chunk, []

    def die_at_the_second(*arguments):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return store_chunk(*arguments)

    monkeypatch.setattr(past, "_store_chunk", die_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        past.store(import_id=past_import.pk)
    assert past.store(import_id=past_import.pk) is False
    PastImport.objects.update(claimed_at=timezone.now() - datetime.timedelta(minutes=5))
    assert past.due()["store_past"] == [past_import.pk]
    monkeypatch.setattr(past, "_store_chunk", store_chunk)
    assert past.store(import_id=past_import.pk) is True
    assert counted()[:2] == (1, 20)


def test_storing_twice_makes_one_round(initiative):
    brought_in(initiative, fixture(GOOGLE))
    past_import = PastImport.objects.get()
    assert past.store(import_id=past_import.pk) is False
    assert counted()[:2] == (1, 20)


def test_unreadable_file_says_so_and_is_not_kept(initiative):
    past_import = checked(initiative, b"PK\x03\x04 no workbook")
    assert (past_import.state, past_import.report) == (State.FAILED, {"unreadable": "not_workbook", "params": {}})
    assert bytes(past_import.content) == b""


def test_error_on_our_side_is_told_and_nothing_is_kept(initiative, monkeypatch):
    past_import = received(initiative, fixture(GOOGLE))
    monkeypatch.setattr(past, "_report", lambda past_import: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.check_past(past_import.pk)
    past_import.refresh_from_db()
    assert (past_import.state, past_import.report["unreadable"]) == (State.FAILED, "stopped")


def test_sweep_brings_a_forgotten_import_to_its_end(initiative, django_capture_on_commit_callbacks):
    past_import = received(initiative, fixture(GOOGLE))
    tasks.sweep_past()
    past_import.refresh_from_db()
    past.confirm(past_import=past_import, several_organisations=True, by=None)
    tasks.sweep_past()
    tasks.sweep_rounds()
    round = Round.objects.get()
    assert (round.state, round.publication.reader_level) == (Round.State.CLOSED, "inside")


def test_file_that_nobody_confirms_is_put_away_after_two_weeks(initiative):
    recent, old = checked(initiative, fixture(GOOGLE)), checked(initiative, fixture("limesurvey.csv"))
    PastImport.objects.filter(pk=old.pk).update(created_at=timezone.now() - datetime.timedelta(days=15))
    tasks.forget_past(recent.pk)
    tasks.sweep_past()
    kept = {each.pk: (each.state, bool(bytes(each.content))) for each in PastImport.objects.all()}
    assert kept == {recent.pk: (State.CHECKED, True), old.pk: (State.CANCELLED, False)}


def test_members_are_not_told_of_an_earlier_round(initiative):
    MembershipFactory(initiative=initiative)
    round = brought_in(initiative, fixture(GOOGLE))
    tasks.tell_of_results(round.pk)
    tasks.sweep_rounds()
    assert mail.outbox == []


def test_history_says_who_brought_in_what(initiative):
    person = UserFactory(name="Kim")
    brought_in(initiative, fixture(GOOGLE), by=person)
    entries = HistoryEntry.objects.filter(verb__startswith="past_round").order_by("pk")
    assert list(entries.values_list("verb", "by")) == [
        ("past_round.confirmed", person.pk),
        ("past_round.brought_in", person.pk),
    ]


PUBLISHED = [
    [("gv1_a", 18, 46, 39.1), ("gv2_a", 5, 49, 10.2), ("bb1_a", 38, 46, 82.6)],
    [("gv1_a", 32, 51, 62.7), ("gv2_a", 5, 52, 9.6), ("bb1_a", 40, 51, 78.4)],
    [("gv1_a", 34, 52, 65.4), ("gv2_a", 6, 52, 11.5), ("bb1_a", 27, 52, 51.9)],
]


def three_published_rounds(initiative, **fields):
    return [
        published(initiative, content=fixture(f"published-{number}.csv"), days_ago=1200 - 300 * number, **fields)
        for number in (1, 2, 3)
    ]


def test_three_published_rounds_give_their_percentages_back_at_one_decimal(initiative):
    rounds = three_published_rounds(initiative)
    for round, figures in zip(rounds, PUBLISHED, strict=True):
        results = results_of(round)
        shown = [(code, results[code, "", ""].shown["count"], results[code, "", ""].n) for code, *_rest in figures]
        assert [(*each, percentage_one_decimal(*each[1:])) for each in shown] == figures


def test_three_published_rounds_get_intervals_and_verdicts(initiative):
    first, second, third = (results_of(round) for round in three_published_rounds(initiative))
    verdicts = {
        code: [each[code, "", ""].shown["change"]["verdict"] for each in (first, second, third)]
        for code in ("gv1_a", "gv2_a", "bb1_a", "BB1")
    }
    assert verdicts == {
        "gv1_a": ["baseline", "up", "no_clear_change"],
        "gv2_a": ["baseline", "no_clear_change", "no_clear_change"],
        "bb1_a": ["baseline", "no_clear_change", "down"],
        "BB1": ["baseline", "no_clear_change", "down"],
    }
    change = second["gv1_a", "", ""].shown["change"]
    assert (change["points"], change["low"], change["high"]) == (24, 3.7, 41.1)
    change = second["gv2_a", "", ""].shown["change"]
    assert (change["points"], change["low"], change["high"]) == (-1, -13.4, 11.8)
    assert first["gv1_a", "", ""].shown["interval"] == {"low": 26.4, "high": 53.5}


def test_published_figures_with_invited_give_people(initiative):
    first = three_published_rounds(initiative, invited=60)[0]
    low, high = people_interval(18, 46, 60)
    assert results_of(first)["gv1_a", "", ""].shown["people"] == {"low": low, "high": high, "of": 60}


def test_published_figures_follow_threshold_and_coding(initiative):
    first, second, third = three_published_rounds(initiative)
    hidden, coded = results_of(first)["bi7_a", "", ""], results_of(second)["bi7_a", "", ""]
    assert (hidden.is_shown, hidden.n, hidden.shown) == (False, None, {})
    assert coded.shown == {"at_least": 50, "change": {"verdict": "too_few"}}
    assert results_of(third)["bi7_a", "", ""].shown["change"] == {"verdict": "too_few"}
    small = published(initiative, content=b"Code,Favourable,n\ngv1_a,3,7\n", days_ago=20)
    assert results_of(small)["gv1_a", "", ""].shown["count"] == 3
    assert results_of(small, "public")["gv1_a", "", ""].is_shown is False


def test_published_figures_are_the_baseline_of_a_round_asked_here(initiative):
    version = small_version(initiative)
    content = b"Code,Favourable,n\ngv1_a,8,40\ngv3_a,8,40\n"
    before = brought_in(initiative, content, kind=FIGURES, version=version)
    now = open_round(plain_roster(initiative, 40), agrees(28, 40), version=version)
    closing.close_round(round_id=now.pk)
    results = results_of(now)
    verdicts = {code: results[code, "", ""].shown["change"]["verdict"] for code in ("gv1_a", "GV1", "gv3_a", "GV3")}
    assert verdicts == {"gv1_a": "up", "GV1": "not_comparable", "gv3_a": "up", "GV3": "up"}
    assert {code for code, *_cell in results_of(before)} == {"gv1_a", "gv3_a", "GV3"}
