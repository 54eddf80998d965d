"""A second round of the same instrument: verdicts, pairs, and what may not be compared; and organisations with one voice."""

import pytest

from surveys.actions.closing import close_round
from surveys.models import Round
from tests.surveys.closing_rounds import (
    Roster,
    agrees,
    open_round,
    plain_roster,
    results_of,
    says,
    small_version,
)

pytestmark = pytest.mark.django_db


def closed(round):
    assert close_round(round_id=round.pk)
    return Round.objects.select_related("publication", "public_publication").get(pk=round.pk)


def two_rounds(initiative, first, second, *, asked=40, first_fields=None, **fields):
    """Two rounds among the same people; `first` and `second` are (favourable, answered)."""
    roster = plain_roster(initiative, asked)
    for days, (favourable, of), more in ((100, first, first_fields or {}), (1, second, fields)):
        answers = agrees(favourable, of) + [None] * (asked - of)
        last = closed(open_round(roster, answers, ended_days_ago=days, **more))
    return last


def change_of(round, code="GV1", level="inside"):
    return results_of(round, level)[code, "", ""].shown["change"]


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [((8, 30), (24, 30), "up"), ((24, 30), (8, 30), "down"), ((15, 30), (16, 30), "no_clear_change")],
)
def test_second_round_has_a_verdict(initiative, first, second, verdict):
    assert change_of(two_rounds(initiative, first, second))["verdict"] == verdict


def test_verdict_stands_beside_the_numbers_it_rests_on(initiative):
    # 12 of 30 and 18 of 30, 40 asked: Wilson with n* = 30 * 39 / 10 = 117 gives .3158 to .4906 and .5094 to .6842.
    # Newcombe: .2 - sqrt(2 * .0906²) = .0719 and .2 + sqrt(2 * .0842²) = .3191.
    change = change_of(two_rounds(initiative, (12, 30), (18, 30)))
    assert change == {
        "verdict": "up",
        "points": 20,
        "low": 7.2,
        "high": 31.9,
        "previous": {"count": 12, "n": 30, "percent": 40},
    }


def test_no_clear_change_says_how_large_one_would_have_been(initiative):
    change = change_of(two_rounds(initiative, (15, 30), (16, 30)))
    assert sorted(change["needed"]) == ["down_count", "down_points", "up_count", "up_points"]
    assert change["needed"]["up_count"] > 16 > 15 > change["needed"]["down_count"]


@pytest.mark.parametrize(("first", "second"), [((30, 30), (16, 30)), ((16, 30), (0, 30)), ((2, 4), (16, 30))])
def test_verdict_needs_both_counts_shown_as_they_are(initiative, first, second):
    assert change_of(two_rounds(initiative, first, second)) == {"verdict": "too_few"}


def test_round_in_which_organisations_speak_is_not_held_against_one_of_persons(initiative):
    last = two_rounds(initiative, (12, 30), (24, 30), one_organisation_one_voice=True)
    assert change_of(last) == {"verdict": "baseline"}


def test_round_is_held_against_the_last_one_that_counted_the_same_way(initiative):
    roster = plain_roster(initiative, 40)
    for days, favourable, voices in ((200, 10, False), (100, 20, True), (1, 28, False)):
        answers = agrees(favourable, 30) + [None] * 10
        last = closed(open_round(roster, answers, ended_days_ago=days, one_organisation_one_voice=voices))
    assert change_of(last)["previous"]["count"] == 10


def test_indicator_whose_items_changed_is_not_compared_and_the_others_are(initiative):
    old = small_version(initiative)
    new = small_version(initiative, number=2, extra=[("gv1_c", "GV1")])
    last = two_rounds(initiative, (12, 30), (24, 30), first_fields={"version": old}, version=new)
    codes = ("gv1_a", "GV1", "SA1", "vision")
    assert [change_of(last, c)["verdict"] for c in codes] == ["up", "not_comparable", "up", "not_comparable"]


def test_item_that_was_turned_round_is_not_compared(initiative):
    old, new = small_version(initiative), small_version(initiative, number=2, reverse=())
    last = two_rounds(initiative, (12, 30), (20, 30), first_fields={"version": old}, version=new)
    assert change_of(last, "gv1_b") == {"verdict": "not_comparable"}


def test_another_initiative_has_no_part_in_the_comparison(initiative, other_initiative):
    two_rounds(other_initiative, (8, 30), (10, 30))
    assert change_of(closed(open_round(plain_roster(initiative, 30), agrees(20, 30)))) == {"verdict": "baseline"}


def test_public_page_is_held_against_what_the_public_saw(initiative):
    """Nine answers are shown inside, but not to everyone: the next public publication has nothing to stand against."""
    last = two_rounds(initiative, (5, 9), (24, 30))
    assert change_of(last)["previous"] == {"count": 5, "n": 9, "percent": 56}
    assert change_of(last, level="public") == {"verdict": "too_few"}


# Pairs


def test_people_who_answered_both_times_are_counted_as_pairs(initiative):
    """Of 30 people 12 were favourable, then 20: agrees() puts the favourable first, so eight rose and nobody fell."""
    last = two_rounds(initiative, (12, 30), (20, 30))
    paired = results_of(last)["GV1", "", ""].shown["paired"]
    assert paired == {"n": 30, "count": 20, "rose": 8, "fell": 0, "p_value": 0.008}
    assert "paired" not in results_of(last, "public")["GV1", "", ""].shown
    assert "paired" not in results_of(last)["gv1_a", "", ""].shown


def test_pairs_are_left_out_where_few_came_or_went(initiative):
    roster = plain_roster(initiative, 34)
    first = closed(open_round(roster, [*agrees(12, 32), None, None], ended_days_ago=100))
    second = closed(open_round(roster, [None, None, *agrees(16, 32)]))
    assert first.publication is not None
    assert "paired" not in results_of(second)["GV1", "", ""].shown


def test_pairs_are_left_out_where_the_earlier_sectors_would_single_out_some_of_them(initiative):
    """The pairs are sector A and two people of B: beside A's own count from the first round, these two stand alone."""
    people = [(f"{s} {n}", s, ()) for s, size in (("A", 14), ("B", 14)) for n in range(size)]
    roster = Roster(initiative, people)
    first = [*agrees(6, 14), *agrees(8, 14)]
    closed(open_round(roster, first, ended_days_ago=100))
    again = [*agrees(8, 14), *agrees(1, 2), *[None] * 12]
    newcomers = Roster(initiative, [(f"new {n}", "", ()) for n in range(14)])
    roster.people += newcomers.people
    last = closed(open_round(roster, again + agrees(7, 14)))
    assert results_of(last)["GV1", "", ""].n == 30
    assert "paired" not in results_of(last)["GV1", "", ""].shown


@pytest.mark.parametrize(("has_first", "expected"), [(False, 28), (True, None)])
def test_pairs_are_audited_against_the_pairs_of_the_round_before(initiative, has_first, expected):
    """Thirty people are pairs of the first two rounds, 28 of them again of the next two: the other two would stand out."""
    roster, nobody = plain_roster(initiative, 40), [None] * 10
    if has_first:
        closed(open_round(roster, [*agrees(15, 30), *nobody], ended_days_ago=300))
    middle = closed(open_round(roster, [*agrees(18, 30), *agrees(5, 10)], ended_days_ago=200))
    assert ("paired" in results_of(middle)["GV1", "", ""].shown) is has_first
    last = closed(open_round(roster, [*agrees(16, 28), None, None, *nobody]))
    assert results_of(last)["GV1", "", ""].shown.get("paired", {}).get("n") == expected


# One organisation, one voice


def test_organisation_with_one_voice_speaks_with_the_mean_of_its_people(initiative):
    """Twelve organisations of two; the first six have one who agrees much (5) and one who does not (3): mean 4."""
    roster = plain_roster(initiative, 24, per_organisation=2)
    answers = [says(5, 1, 5, 5), says(3, 3, 3, 3)] * 6 + [says(2, 4, 2, 2), says(4, 2, 4, 4)] * 6
    last = closed(open_round(roster, answers, one_organisation_one_voice=True))
    result = results_of(last)["GV1", "", ""]
    assert (result.n, result.shown["count"], result.shown["people"]["of"]) == (12, 6, 12)
    assert (last.publication.invited, last.publication.response["unit"]) == (12, "organisations")
    assert "distribution" not in results_of(last)["gv1_a", "", ""].shown


def test_cells_of_a_round_in_which_organisations_speak_count_organisations(initiative):
    people = [(f"{s} {n // 3}", s, ()) for s in "AB" for n in range(36)]
    round = open_round(Roster(initiative, people), agrees(15, 36) + agrees(21, 36), one_organisation_one_voice=True)
    results = results_of(closed(round))
    cells = [results["GV1", "sector", sector] for sector in "AB"]
    assert [(cell.n, cell.shown.get("count")) for cell in cells] == [(12, 5), (12, 7)]
