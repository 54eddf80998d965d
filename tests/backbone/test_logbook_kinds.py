"""Reading kinds of activity from a file: the few facts of each, and what is refused because it does not fit."""

from decimal import Decimal

import pytest

from backbone.logbook_report import readable, report_of
from tests.backbone.test_logbook import KNOWN, refusal, rows_of

KINDS = "Date,What,Minutes,Functions,Partners,Kind,Level,Audience,People reached,Topic,Days,Target audiences"
PLAIN = {
    "kind": "work", "engagement_level": "", "audience": "", "topic": "", "days": None,
    "people_least": None, "people_most": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "facts", "audiences"),
    [
        ("policy,,,,,,,,", {}, ()),
        ("policy,,other work,,,,,,", {}, ()),
        (
            "vision,,Community engagement,Consult,,40 to 60,,,",
            {"kind": "engagement", "engagement_level": "consult", "people_least": 40, "people_most": 60},
            (),
        ),
        (
            'policy,Alder health,technical assistance,,,,Data,"2,5",City council',
            {"kind": "assistance", "topic": "Data", "days": Decimal("2.5")},
            (6,),
        ),
        (
            "vision,Alder health,achievement,,Readers,2500,,,",
            {"kind": "achievement", "audience": "Readers", "people_least": 2500, "people_most": 2500},
            (),
        ),
    ],
)
def test_kind_and_its_facts_are_taken(cells, facts, audiences):
    [row] = rows_of(f"2024-03-15,Call,30,{cells}", header=KINDS).rows
    assert (row.facts, row.target_audiences) == (PLAIN | facts, audiences)


def test_file_without_the_columns_of_kinds_holds_other_work():
    [row] = rows_of("2024-03-15,Call,30,,policy").rows
    assert (row.facts, row.target_audiences) == (PLAIN, ())


def test_column_people_goes_on_naming_the_staff():
    [row] = rows_of("2024-03-15,Call,30,policy,Anna", header="Date,What,Minutes,Functions,People").rows
    assert (row.people, row.facts["people_least"]) == ((7,), None)


@pytest.mark.parametrize(
    ("cells", "refused"),
    [
        ("vision,,party,,,,,,", ("kind", "party", "unknown_kind")),
        ("vision,,Community engagement,shout,,,,,", ("engagement_level", "shout", "unknown_engagement_level")),
        ("vision,,Community engagement,,,,,,", ("engagement_level", "", "no_engagement_level")),
        ("vision,,,Consult,,,,,", ("engagement_level", "Consult", "foreign_engagement_level")),
        ("vision,,Communication,,,,,,", ("audience", "", "no_audience")),
        ("vision,,Communication,,All,many,,,", ("reached", "many", "not_a_range")),
        ("vision,,Communication,,All,60-40,,,", ("reached", "60-40", "backwards")),
        ("vision,,Communication,,All,999999999,,,", ("reached", "999999999", "too_many")),
        ("vision,,,,,40,,,", ("reached", "40", "foreign_people")),
        (f"vision,,Communication,,{'x' * 201},,,,", ("audience", "x" * 200, "too_long")),
        ("vision,,achievement,,All,,,,", ("partners", "", "no_partner")),
        ("vision,,technical assistance,,,,,2,", ("topic", "", "no_topic")),
        ("vision,,technical assistance,,,,Data,soon,", ("days", "soon", "not_days")),
        ("vision,,technical assistance,,,,Data,2.55,", ("days", "2.55", "not_days")),
        ("vision,,technical assistance,,,,Data,1e9,", ("days", "1e9", "not_days")),
        ("vision,,technical assistance,,,,Data,=-1,", ("days", "=-1", "not_days")),
        ("policy,,,,,,,,Mayor", ("target_audiences", "Mayor", "unknown_target_audiences")),
        ("vision,,,,,,,,City council", ("target_audiences", "City council", "not_policy")),
    ],
)
def test_cell_that_does_not_fit_the_kind_is_refused_with_a_sentence(cells, refused):
    line = f"2024-03-15,Call,30,{cells}"
    assert refusal(line, header=KINDS) == refused
    told = readable(report_of(rows_of(line, header=KINDS), KNOWN))
    assert (told["refused"][0]["what_to_do"][-1], told["new"]) == (".", {"activities": 0})
