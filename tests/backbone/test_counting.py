"""Golden counts of the log, on paper first: empty periods, no denominator, years that begin in July, a running period."""

import datetime
import itertools

import pytest

from backbone.counting import (
    FED,
    FISCAL_YEAR,
    MONTH,
    QUARTER,
    Attended,
    CommitmentFacts,
    HeldMeeting,
    LogFacts,
    Period,
    TermedSeat,
    count,
    period_of,
    periods,
)
from backbone.counting.figures import compared_with, with_the_past

TODAY = datetime.date(2026, 11, 23)
HEALTH, SCHOOLS, ARTS = 1, 2, 3
NAMES = {HEALTH: "Health", SCHOOLS: "Schools", ARTS: "Arts"}


def day(text):
    return datetime.date.fromisoformat(text)


def period(kind, on, first_month=1):
    return period_of(kind, day(on), first_month)


OCTOBER, NOVEMBER = period(MONTH, "2026-10-09"), period(MONTH, "2026-11-09")


def counted(facts, over=OCTOBER, *, today=TODAY, threshold=3):
    """{code: whole figure} of a period."""
    figures = count(facts, over, today=today, threshold=threshold, sector_names=NAMES)
    return {figure.code: figure for figure in figures if not figure.breakdown}


def line(contact, state=True, *, sector=HEALTH, seat=True, engagement=None):
    return Attended(contact, contact, sector, seat, state, engagement)


def meeting(on, *roll, committee=True, agenda=()):
    return HeldMeeting(day(on), committee, roll, agenda)


@pytest.mark.parametrize(
    ("kind", "on", "first_month", "first", "last"),
    [
        (MONTH, "2024-02-29", 7, "2024-02-01", "2024-02-29"),
        (QUARTER, "2026-11-23", 7, "2026-10-01", "2026-12-31"),
        (QUARTER, "2026-11-23", 2, "2026-11-01", "2027-01-31"),
        (QUARTER, "2026-01-31", 12, "2025-12-01", "2026-02-28"),
        (FISCAL_YEAR, "2026-06-30", 7, "2025-07-01", "2026-06-30"),
        (FISCAL_YEAR, "2026-07-01", 7, "2026-07-01", "2027-06-30"),
        (FISCAL_YEAR, "2026-11-23", 12, "2025-12-01", "2026-11-30"),
    ],
)
def test_period_follows_the_month_in_which_the_year_begins(kind, on, first_month, first, last):
    assert period(kind, on, first_month) == Period(kind, day(first), day(last))


def test_periods_cover_every_day_once_for_each_kind():
    found = periods(day("2025-08-20"), day("2026-11-23"), 7)
    number = [len([p for p in found if p.kind == kind]) for kind in (MONTH, QUARTER, FISCAL_YEAR)]
    assert number == [16, 6, 2]
    for kind in (MONTH, QUARTER, FISCAL_YEAR):
        own = [p for p in found if p.kind == kind]
        assert all((b.first - a.last).days == 1 for a, b in itertools.pairwise(own))


def test_nothing_logged_is_missing_and_never_zero():
    figures = counted(LogFacts())
    assert {figure.n for figure in figures.values()} == {0}
    assert [code for code, figure in figures.items() if figure.shown] == []
    assert sorted(figures) == sorted(FED)


def test_agenda_items_of_committee_meetings_marked_strategic():
    facts = LogFacts(
        meetings=(
            meeting("2026-10-01", agenda=(True, False, False)),
            meeting("2026-10-31", agenda=(True,)),
            meeting("2026-11-01", agenda=(True, True)),
            meeting("2026-10-12", agenda=(True,) * 9, committee=False),
            meeting("2026-10-13"),
        )
    )
    assert counted(facts)["BI1"].n == 4
    assert counted(facts)["BI1"].shown == {"count": 2, "percent": 50, "meetings": 2}


def test_decisions_of_a_period_that_is_over():
    facts = LogFacts(
        decisions=(
            (day("2026-09-21"), day("2026-10-05"), day("2026-10-01")),
            (day("2026-10-01"), day("2026-10-10"), day("2026-10-12")),
            (day("2026-10-10"), day("2026-10-20"), None),
            (day("2026-10-15"), None, day("2026-11-02")),
        )
    )
    figure = counted(facts)["BI3"]
    assert figure.n == 2
    assert figure.shown == {"decided": 2, "open": 2, "overdue": 1, "median_days": 10.5, "in_time": [1, 3]}


def test_what_is_needed_today_can_still_be_decided_in_time():
    facts = LogFacts(decisions=((day("2026-11-20"), TODAY, None), (day("2026-11-02"), day("2026-11-22"), None)))
    assert counted(facts, NOVEMBER)["BI3"].shown == {"decided": 0, "open": 2, "overdue": 1, "in_time": [0, 1]}


def test_sectors_wanted_that_took_part():
    wanted = {HEALTH: "Health", SCHOOLS: "Schools", ARTS: "Arts"}
    roll = [line(1), line(2, False, sector=SCHOOLS), line(3, sector=None)]
    figure = counted(LogFacts(meetings=(meeting("2026-10-02", *roll),), wanted_sectors=wanted))["SA2"]
    assert figure.shown == {"count": 1, "percent": 33, "missing": ["Arts", "Schools"], "meetings": 1}
    assert counted(LogFacts(meetings=(meeting("2026-10-02"),), wanted_sectors=wanted))["SA2"].n == 0


def test_attendance_is_of_those_who_hold_a_seat_and_engagement_of_those_noted():
    roll = [line(1, engagement=3), line(2, engagement=2), line(3, engagement=2), line(4, False), line(9, seat=False)]
    figure = counted(LogFacts(meetings=(meeting("2026-10-02", *roll), meeting("2026-10-03"))))["PCT-P"]
    assert figure.n == 4
    expected = {"count": 3, "percent": 75, "meetings": 1, "engagement": {"mean": 2.3, "n": 3}}
    assert figure.shown == expected


@pytest.mark.parametrize(
    ("roll", "is_shown"),
    [
        ([line(1), line(2)], False),
        ([line(1), line(2), line(3)], True),
        ([Attended(each, 7, HEALTH, True, True, None) for each in (1, 2, 3)], False),
    ],
)
def test_attendance_of_few_people_or_one_organisation_is_not_shown(roll, is_shown):
    assert counted(LogFacts(meetings=(meeting("2026-10-02", *roll),)))["PCT-P"].is_shown == is_shown


def test_engagement_of_few_is_left_out_while_attendance_stands():
    roll = [line(1, engagement=3), line(2, engagement=1), line(3)]
    assert "engagement" not in counted(LogFacts(meetings=(meeting("2026-10-02", *roll),)))["PCT-P"].shown


def promise(organisation, state="made", *, made="2026-01-05", due=None, settled=None):
    return CommitmentFacts(organisation, day(made), due and day(due), settled and day(settled), state)


def test_promises_due_in_the_period_and_what_became_of_them():
    facts = LogFacts(
        commitments=(
            promise(1, "kept", due="2026-10-31", settled="2026-11-15"),
            promise(2, "partly", due="2026-10-01", settled="2026-10-01"),
            promise(3, "released", due="2026-10-09", settled="2026-09-01"),
            promise(4, due="2026-10-20"),
            promise(5, "not_kept", settled="2026-10-07"),
            promise(6, due="2026-11-01", made="2026-10-05"),
        )
    )
    figure = counted(facts)["PCT-C"]
    assert figure.n == 4
    assert figure.shown == {
        "promised": 1, "partly": 1, "not_kept": 1, "waiting": 1, "released": 1, "count": 1, "percent": 25
    }  # fmt: skip


def test_promises_of_few_partners_are_not_shown():
    facts = LogFacts(commitments=(promise(1, due="2026-10-20"), promise(2, due="2026-10-21")))
    assert counted(facts)["PCT-C"].is_shown is False


def test_promise_due_today_can_still_be_kept():
    facts = LogFacts(commitments=tuple(promise(o, due=str(TODAY)) for o in (1, 2, 3)))
    assert counted(facts, NOVEMBER)["PCT-C"].n == 0
    assert counted(facts, NOVEMBER, today=day("2026-11-24"))["PCT-C"].shown["count"] == 0


def test_only_promises_to_be_released_have_no_denominator():
    facts = LogFacts(commitments=tuple(promise(o, "released", settled="2026-10-03") for o in (1, 2, 3)))
    figure = counted(facts)["PCT-C"]
    assert (figure.n, "count" in figure.shown, figure.shown["released"]) == (0, False, 3)


def test_committee_as_it_stands_on_the_last_day():
    seats = (
        TermedSeat(HEALTH, True, True, None, None),
        TermedSeat(HEALTH, False, True, None, day("2026-10-30")),
        TermedSeat(SCHOOLS, False, False, day("2026-10-31"), None),
        TermedSeat(SCHOOLS, False, True, day("2026-11-01"), None),
    )
    facts = LogFacts(seats=seats, wanted={HEALTH: 1, SCHOOLS: 2}, wanted_lived_experience=2)
    figure = counted(facts)["SC1"]
    assert figure.n == 5
    assert figure.shown == {"count": 2, "percent": 40, "vacant": 1, "lived_experience": [1, 2]}


def test_policy_contacts_until_today():
    facts = LogFacts(policy_contacts=(day("2026-11-01"), TODAY, day("2026-11-24"), day("2026-10-31")))
    assert (counted(facts, NOVEMBER)["AP1"].n, counted(facts, NOVEMBER)["AP1"].shown) == (2, {"number": 2})


def test_period_is_held_against_the_one_before_or_is_a_baseline():
    october = count(
        LogFacts(policy_contacts=(day("2026-10-02"),)), OCTOBER, today=TODAY, threshold=3, sector_names=NAMES
    )
    (baseline,) = [f for f in compared_with(october, None) if f.code == "AP1"]
    assert baseline.shown == {"number": 1, "change": {"verdict": "baseline"}}
    (compared,) = [f for f in compared_with(october, october) if f.code == "AP1"]
    assert compared.shown == {"number": 1, "before": {"number": 1, "n": 1}}


def test_past_committee_is_told_as_it_was_counted_or_not_at_all():
    facts = LogFacts(seats=(TermedSeat(HEALTH, False, True, None, None),), wanted={HEALTH: 1})
    now = count(facts, OCTOBER, today=TODAY, threshold=3, sector_names=NAMES)
    stood = [f for f in count(facts, OCTOBER, today=TODAY, threshold=3, sector_names=NAMES) if f.code == "SC1"]
    assert [f.n for f in with_the_past(now, ()) if f.code == "SC1"] == [0]
    assert [f for f in with_the_past(now, stood) if f.code == "SC1"] == stood
