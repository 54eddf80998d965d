"""Figures of entries in words: what stands on the page, and what it opens to."""

import datetime

import pytest
from django.utils import translation

from backbone.entry_words import amounts, people_words
from backbone.log_words import in_short, log_figure
from indicators.models import Publication, Result
from initiatives.models import Initiative


def result(code, n, **shown):
    return Result(kind="indicator", code=code, n=n, is_shown=True, shown=shown)


def opened(found):
    """The sentences of a figure."""
    first, last = datetime.date(2026, 10, 1), datetime.date(2026, 10, 31)
    initiative = Initiative(time_zone="UTC")
    publication = Publication(initiative=initiative, source_kind="log", starts_on=first, ends_on=last)
    return log_figure(found, publication).sentences


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (result("GV2", 1, number=1, partners=2), "1 time partners spoke up in public"),
        (result("GV2", 3, number=3, partners=2), "3 times partners spoke up in public"),
        (result("CE4", 2, number=2, partners=0, people=[40, 60, 1]), "2 actions of the community"),
        (result("BI6", 5, number=5, partners=4), "5 achievements of partners spread"),
        (
            result("AP3", 4, count=1, percent=25, stages={"lost": 1, "in_force": 1, "idea": 2}, forward=0, back=0),
            "1 of 4 policies are adopted or in force, and agree with the agenda (25\u202f%)",
        ),
        (result("MF3", 2, money={"EUR": "70.00", "USD": "12500.50"}), "70 EUR and 12,500.50 USD new, and received"),
        (
            result("MF3", 2, money={"USD": "5.00"}, in_kind={"USD": "300.00"}),
            "5 USD, 300 USD in kind new, and received",
        ),
        (result("MF2", 1, unvalued=1), "1 help in kind received, not valued"),
        (result("MF2", 0, pledged={"USD": "50000.00"}), "nothing received 50,000 USD pledged"),
        (result("MF2", 0, fell_through={"USD": "10.00"}), "nothing received 10 USD fell through"),
        (result("MF2", 0), "nothing logged"),
    ],
)
def test_figure_of_entries_in_short(found, expected):
    assert in_short(found) == expected


def test_amounts_are_written_as_the_language_does():
    with translation.override("es"):
        assert amounts({"USD": "1234567.80"}) == "1\xa0234\xa0567,80 USD"


def test_people_are_one_number_or_a_range():
    assert [people_words(1, 1), people_words(1200, 1200), people_words(40, 60)] == [
        "1 person",
        "1,200 people",
        "from 40 to 60 people",
    ]


def test_evidence_opens_to_its_partners_people_and_source_and_claims_no_credit():
    said = opened(result("CE4", 3, number=3, partners=2, people=[40, 60, 2], before={"number": 1, "n": 1}))
    assert said == (
        "3 entries, each with a source: a link, a file, or who confirmed it.",
        "2 different partners took part.",
        "from 40 to 60 people, by the 2 of 3 that say so; somebody who came twice is counted twice.",
        "It tells what partners did and what the backbone made easier, not whose merit it is.",
        "In the period before: 1.",
    )


def test_policies_open_to_their_stages_and_steps():
    found = result("AP3", 4, count=1, percent=25, stages={"idea": 2, "in_force": 1, "lost": 1}, forward=2, back=1)
    assert opened(found) == (
        "Of 4 policies that are followed, 1 are adopted or in force and agree with the agenda at least in part, as of the "
        "last day that is counted.",
        "By stage: idea 2, in force 1, lost 1.",
        "In this period 2 steps went forward, and 1 back or were lost.",
    )


def test_resources_open_to_their_parts_and_what_did_not_come():
    found = result(
        "MF3",
        3,
        money={"USD": "100.00"},
        in_kind={"USD": "30.00"},
        unvalued=1,
        by_source={"private": {"USD": "30.00"}, "public": {"USD": "100.00"}},
        by_recipient={"partners": {"USD": "130.00"}},
        pledged={"EUR": "7.00"},
        fell_through={"USD": "1.00"},
        before={"money": {"USD": "9.00"}, "n": 1},
    )
    assert opened(found) == (
        "3 entries were received in this period.",
        "In money: 100 USD.",
        "In kind, as valued: 30 USD.",
        "1 help in kind has no value and is in no sum.",
        "private: 30 USD; public: 100 USD.",
        "to partners: 130 USD.",
        "Pledged and not received as of the last day that is counted: 7 EUR.",
        "Pledged or asked for, and fallen through in this period: 1 USD.",
        "Each currency stands by itself and is never added to another.",
        "What the backbone itself was given is not in it.",
        "In the period before: 9 USD.",
    )


def test_what_nobody_valued_leaves_no_sentence_without_words():
    found = opened(result("MF3", 1, unvalued=1, by_source={"public": {}}, by_recipient={"partners": {}}))
    assert found
    assert "." not in found
