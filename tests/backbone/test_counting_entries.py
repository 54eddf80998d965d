"""Golden counts of entries, on paper first: evidence, achievements, policy that falls back or is lost, money in several currencies."""

import datetime
from decimal import Decimal

import pytest

from backbone.counting import MONTH, EvidenceFacts, LogFacts, PolicyFacts, count, period_of
from backbone.money import ResourceFacts

TODAY = datetime.date(2026, 11, 23)
OCTOBER = period_of(MONTH, datetime.date(2026, 10, 1), 1)
NOVEMBER = period_of(MONTH, datetime.date(2026, 11, 1), 1)
ENTRIES = ("GV2", "SM5", "CE2", "CE4", "AP2", "MF1", "BI6", "AP3", "MF2", "MF3")


def day(text):
    return datetime.date.fromisoformat(text)


def counted(over=OCTOBER, **facts):
    found = count(LogFacts(**facts), over, today=TODAY, threshold=3, sector_names={})
    return {figure.code: figure for figure in found if not figure.breakdown}


def said(code, over=OCTOBER, **facts):
    figure = counted(over, **facts)[code]
    return figure.n, figure.shown


def entry(kind, on, *partners, people=(None, None), audiences=()):
    return EvidenceFacts(kind, day(on), partners, audiences, *people)


def resource(amount, *, origin="new", kind="money", source="public", recipient="partners", currency="USD", **days):
    days = {name: day(value) for name, value in days.items()}
    amount = None if amount is None else Decimal(amount)
    return ResourceFacts(
        kind,
        origin,
        source,
        recipient,
        amount,
        currency if amount is not None else "",
        *(days.get(name) for name in ("asked", "pledged", "received", "fell")),
    )


def test_without_entries_every_figure_is_missing_and_never_zero():
    figures = counted()
    assert {code: (figures[code].n, figures[code].shown) for code in ENTRIES} == dict.fromkeys(ENTRIES, (0, {}))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("GV2", "public_advocacy"),
        ("SM5", "data_use"),
        ("CE2", "community_support"),
        ("CE4", "community_action"),
        ("AP2", "policy_advocacy"),
        ("MF1", "funder_requirement"),
    ],
)
def test_entries_of_a_kind_feed_one_indicator_and_count_partners_once(code, kind):
    evidence = (entry(kind, "2026-10-01", 1, 2), entry(kind, "2026-10-31", 2), entry(kind, "2026-11-01", 9))
    figures = counted(evidence=evidence)
    assert (figures[code].n, figures[code].shown["partners"]) == (2, 2)
    assert [other for other in ENTRIES if other != code and figures[other].shown] == []


def test_people_are_a_range_of_those_entries_that_know_it():
    kind = "community_action"
    evidence = (
        entry(kind, "2026-10-02", people=(40, 60)),
        entry(kind, "2026-10-09", people=(25, 25)),
        entry(kind, "2026-10-10"),
    )
    assert said("CE4", evidence=evidence) == (3, {"number": 3, "partners": 0, "people": [65, 85, 2]})


def test_target_audiences_that_spoke_up_are_counted_once():
    evidence = (
        entry("policy_advocacy", "2026-10-02", 1, audiences=(5, 6)),
        entry("policy_advocacy", "2026-10-03", audiences=(6,)),
    )
    assert said("AP2", evidence=evidence) == (2, {"number": 2, "partners": 1, "audiences": 2})


def test_running_period_ends_today():
    evidence = (entry("data_use", "2026-11-23"), entry("data_use", "2026-11-24"))
    assert said("SM5", NOVEMBER, evidence=evidence)[0] == 1


def test_contacts_tell_of_target_audiences_only_where_there_are_some():
    days = (day("2026-10-02"), day("2026-10-03"))
    assert said("AP1", policy_contacts=days) == (2, {"number": 2})
    spoken_with = ((days[0], 7), (days[1], 7), (day("2026-11-01"), 8))
    expected = (2, {"number": 2, "audiences": [1, 4]})
    assert said("AP1", policy_contacts=days, spoken_with=spoken_with, target_audiences=4) == expected


def test_achievements_that_were_spread_count_each_partner_once():
    achievements = ((day("2026-10-02"), (1, 2)), (day("2026-10-20"), (2,)), (day("2026-09-30"), (3,)))
    assert said("BI6", achievements=achievements) == (2, {"number": 2, "partners": 2})


def policy(*stages):
    return PolicyFacts(tuple((day(on), stage, alignment) for on, stage, alignment in stages))


POLICIES = (
    policy(("2025-01-10", "idea", "fully"), ("2026-10-05", "drafted", "fully"), ("2026-10-20", "adopted", "partly")),
    policy(("2026-02-01", "introduced", "fully"), ("2026-10-11", "lost", "fully")),
    policy(("2026-03-01", "in_force", "against")),
    policy(("2026-03-01", "introduced", "not"), ("2026-10-15", "introduced", "fully")),
    policy(("2026-04-01", "introduced", "fully"), ("2026-10-30", "drafted", "fully")),
    policy(("2026-11-02", "idea", "fully")),
)


def test_policies_count_what_is_law_and_agrees_of_all_that_were_followed_lost_ones_included():
    n, shown = said("AP3", policies=POLICIES)
    assert (shown["count"], n, shown["percent"]) == (1, 5, 20)
    assert shown["stages"] == {"drafted": 1, "introduced": 1, "adopted": 1, "in_force": 1, "lost": 1}


def test_steps_of_the_period_go_forward_or_back_and_changed_words_are_no_step():
    _n, shown = said("AP3", policies=POLICIES)
    assert (shown["forward"], shown["back"]) == (2, 2)
    assert [said("AP3", NOVEMBER, policies=POLICIES)[1][way] for way in ("forward", "back")] == [0, 0]


def test_policies_of_an_earlier_period_stand_where_they_stood_then():
    august = period_of(MONTH, day("2026-08-01"), 1)
    n, shown = said("AP3", august, policies=POLICIES)
    assert (shown["count"], n) == (0, 5)


def test_of_two_stages_on_one_day_the_later_one_stands():
    amended = policy(("2026-10-05", "adopted", "not"), ("2026-10-05", "adopted", "partly"))
    assert said("AP3", policies=(amended,))[1]["count"] == 1


def test_received_money_is_summed_by_currency_and_never_across():
    resources = (
        resource("1000.50", received="2026-10-01"),
        resource("200", received="2026-10-31", source="private", recipient="initiative"),
        resource("70", received="2026-10-09", currency="EUR"),
        resource("9", received="2026-11-01"),
        resource("5000", received="2026-10-09", origin="redirected"),
    )
    n, shown = said("MF3", resources=resources)
    assert (n, shown["money"]) == (3, {"EUR": "70.00", "USD": "1200.50"})
    assert shown["by_source"] == {"private": {"USD": "200.00"}, "public": {"EUR": "70.00", "USD": "1000.50"}}
    assert shown["by_recipient"] == {
        "initiative": {"USD": "200.00"},
        "partners": {"EUR": "70.00", "USD": "1000.50"},
    }
    assert said("MF2", resources=resources) == (
        1,
        {
            "money": {"USD": "5000.00"},
            "by_source": {"public": {"USD": "5000.00"}},
            "by_recipient": {"partners": {"USD": "5000.00"}},
        },
    )


def test_what_the_backbone_itself_was_given_is_no_new_resource_of_partners_and_initiative():
    resources = (
        resource("100", received="2026-10-01", recipient="backbone"),
        resource("7", received="2026-10-01", recipient="initiative"),
        resource("5", pledged="2026-10-01", recipient="backbone"),
        resource("3", received="2026-10-01", recipient="backbone", origin="redirected"),
    )
    n, shown = said("MF3", resources=resources)
    assert (n, shown["money"], "pledged" in shown) == (1, {"USD": "7.00"}, False)
    assert said("MF2", resources=resources)[1]["money"] == {"USD": "3.00"}


def test_help_in_kind_stands_beside_money_and_what_nobody_valued_is_no_zero():
    resources = (
        resource("300", received="2026-10-01", kind="in_kind"),
        resource(None, received="2026-10-02", kind="in_kind"),
    )
    n, shown = said("MF3", resources=resources)
    assert (n, shown["in_kind"], shown["unvalued"], "money" in shown) == (2, {"USD": "300.00"}, 1, False)


def test_pledges_that_never_came_are_told_and_are_no_money():
    resources = (
        resource("100", pledged="2026-09-01"),
        resource("40", pledged="2026-09-01", fell="2026-10-10"),
        resource("7", pledged="2026-09-01", received="2026-11-02"),
        resource("1", asked="2026-10-01"),
    )
    assert said("MF3", resources=resources) == (0, {"pledged": {"USD": "107.00"}, "fell_through": {"USD": "40.00"}})
