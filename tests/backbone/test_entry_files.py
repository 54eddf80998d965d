"""Reading files of evidence, policy and resources: what is taken, what is refused and why."""

import datetime
import itertools
from collections import Counter
from decimal import Decimal

import pytest

from backbone import resource_days
from backbone.entry_files import KINDS, evidence, policy, resources
from backbone.entry_files.cells import Known, amount
from backbone.entry_files.report import UNREADABLE, readable, report_of
from backbone.models import Evidence, PolicyStage, Resource
from backbone.row_files import Refused, Unreadable, header_of
from backbone.row_reports import problem_of
from core import csv

DAY = datetime.date(2024, 3, 15)
KNOWN = Known(
    partners={"alderhealth": 3, "openlibrary": 4},
    target_audiences={"citycouncil": 6},
    contacts={"anna": 7, "bo": None},
    addresses={"bo@x.example": 8},
    items={("schoolmealsact", "state"): 11, ("twice", ""): None},
    there=Counter({
        (DAY, "data_use", "call"): 1,
        (("schoolmealsact", "state"), "idea", DAY): 1,
        ("grant", "alderhealth", Decimal("50"), "USD", DAY): 1,
    }),
    today=datetime.date(2026, 10, 14),
)  # fmt: skip
HEADERS = {kind: ",".join(module.FILE.header()) for kind, module in KINDS.items()}
# A row of each kind that is taken.
GOOD = {
    "evidence": {"Date": "2024-03-15", "Kind": "data use", "What happened": "A school used the data"},
    "policy": {"Policy": "Meals act", "Stage": "adopted", "Alignment": "fully aligned", "Since": "2024-03-15"},
    "resources": {
        "What for": "Tutors", "Money or in kind": "money", "New or redirected": "new", "Public or private": "private",
        "To": "the backbone", "Amount": "1,234.56", "Currency": "usd", "Received on": "2024-03-15",
    },
}  # fmt: skip


def written(kind, *rows):
    """A file of this kind: each row is GOOD with changes by header."""
    lines = [[(GOOD[kind] | row).get(header, "") for header in KINDS[kind].FILE.header()] for row in rows]
    return b"".join(csv.write([KINDS[kind].FILE.header(), *lines]))


def found_in(kind, *rows, known=KNOWN):
    return KINDS[kind].read(written(kind, *rows), known)


def row_of(kind, **changes):
    [row] = found_in(kind, {name.replace("_", " "): value for name, value in changes.items()}).rows
    return row


def test_every_cell_of_an_entry_is_taken():
    row = row_of(
        "evidence", What_partners_did="They met\nand read", What_the_backbone_made_easier="The room", People="100-150",
        Partners="Alder-Health; open library", Target_audiences="City Council", Link="https://x.example/a", Confirmed_by="ANNA",
    )  # fmt: skip
    assert (row.number, row.happened_on, row.kind, row.title) == (2, DAY, "data_use", "A school used the data")
    assert (row.description, row.made_easier, row.people) == ("They met\nand read", "The room", (100, 150))
    assert (row.partners, row.target_audiences, row.source_link) == ((3, 4), (6,), "https://x.example/a")
    assert (row.confirmed_by, row.confirmed_by_other, row.has_source) == (7, "", True)


@pytest.mark.parametrize(
    ("cell", "taken"),
    [("Anna", (7, "")), ("BO@X.example", (8, "")), ("The mayor", (None, "The mayor")), ("", (None, ""))],
)
def test_who_confirmed_is_a_contact_or_a_name(cell, taken):
    row = row_of("evidence", Confirmed_by=cell)
    assert (row.confirmed_by, row.confirmed_by_other) == taken


def test_rows_of_one_policy_make_one_item_with_its_stages():
    rows = found_in(
        "policy",
        {"Policy": "Bus fares", "Jurisdiction": "Salem", "Stage": "in_force", "Target audiences": "City council"},
        {"Policy": "Bus-Fares", "Jurisdiction": "salem", "Stage": "idea", "Since": "2023-03-13", "What it would change": "Fares"},
        {"Policy": "Bus fares", "Jurisdiction": "Lynn"},
    )  # fmt: skip
    assert [(row.title, row.jurisdiction, row.stage, row.description, row.target_audiences) for row in rows.rows] == [
        ("Bus fares", "Salem", "in_force", "Fares", (6,)),
        ("Bus fares", "Salem", "idea", "Fares", (6,)),
        ("Bus fares", "Lynn", "adopted", "", ()),
    ]
    assert report_of("policy", rows, KNOWN)["new"] == {"policies": 2, "stages": 3}


def test_policy_without_a_stage_is_an_item_once():
    blank = {"Stage": "", "Alignment": "", "Since": ""}
    rows = found_in("policy", blank, blank, blank | {"Policy": "School meals act", "Jurisdiction": "State"})
    report = report_of("policy", rows, KNOWN)
    assert (report["new"], report["already_there"]) == ({"policies": 1, "stages": 0}, [3, 4])


def test_every_cell_of_a_resource_is_taken():
    row = row_of(
        "resources", From="Open Library", To="partners", To_which_partner="Alder Health", Asked_for_on="2024-01-01",
        Pledged_on="2024-02-01", Until="2027-06-30", Note="Two\nlines", Link="http://x.example",
        **{"From (time)": "2024-04-01"},
    )  # fmt: skip
    assert (row.kind, row.origin, row.source, row.recipient) == ("money", "new", "private", "partners")
    assert (row.giver, row.giver_name, row.receiver, row.amount, row.currency) == (4, "", 3, Decimal("1234.56"), "USD")
    assert (row.asked_on, row.pledged_on, row.received_on) == (
        datetime.date(2024, 1, 1),
        datetime.date(2024, 2, 1),
        DAY,
    )
    assert (row.starts_on, row.ends_on, row.fell_through_on) == (
        datetime.date(2024, 4, 1),
        datetime.date(2027, 6, 30),
        None,
    )
    assert row_of("resources", From="A friend").giver_name == "A friend"


def test_help_in_kind_of_unknown_value_has_no_amount_and_no_currency():
    row = row_of("resources", Money_or_in_kind="in-kind", Amount="")
    assert (row.kind, row.amount, row.currency) == ("in_kind", None, "")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1,234.56", "1234.56"), ("1.234,56", "1234.56"), ("1234", "1234"), ("1 234,5", "1234.5"), ("1,234,567", "1234567"),
        ("0.30000000000000004", "0.3"), ("999999999999.99", "999999999999.99"), ("1'234.5", "1234.5"), ("0.01", "0.01"),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(text, read):
    assert amount("amount", text) == Decimal(read)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1,234", "amount_of_two_meanings"), ("1.234", "amount_of_two_meanings"), ("-5", "amount_out_of_range"),
        ("0", "amount_out_of_range"), ("1000000000000", "amount_out_of_range"), ("$5", "not_an_amount"),
        ("1e9", "not_an_amount"), ("NaN", "not_an_amount"), ("1.2345", "not_an_amount"), ("12345678901234567890", "not_an_amount"),
    ],
)  # fmt: skip
def test_amount_that_would_have_to_be_guessed_is_refused(text, code):
    with pytest.raises(Refused) as refused:
        amount("amount", text)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("kind", "changes", "refused"),
    [
        ("evidence", {"Date": ""}, ("happened_on", "", "no_date")),
        ("evidence", {"Date": "3/4/2024"}, ("happened_on", "3/4/2024", "date_of_two_meanings")),
        ("evidence", {"Date": "2026-10-15"}, ("happened_on", "2026-10-15", "not_yet")),
        ("evidence", {"Kind": "rumour"}, ("kind", "rumour", "not_a_choice")),
        ("evidence", {"What happened": " "}, ("title", " ", "no_title")),
        ("evidence", {"What happened": "x" * 301}, ("title", "x" * 200, "too_long")),
        ("evidence", {"Partners": "Alder Health;Nobody"}, ("partners", "Nobody", "unknown_partners")),
        ("evidence", {"Target audiences": "Senate"}, ("target_audiences", "Senate", "unknown_target_audiences")),
        ("evidence", {"People": "some"}, ("people", "some", "not_a_range")),
        ("evidence", {"People": "20-10"}, ("people", "20-10", "backwards")),
        ("evidence", {"People": "999999999"}, ("people", "999999999", "too_many")),
        ("evidence", {"Link": "javascript:alert(1)"}, ("source_link", "javascript:alert(1)", "not_a_link")),
        ("evidence", {"Link": "example.org"}, ("source_link", "example.org", "not_a_link")),
        ("evidence", {"Confirmed by": "Bo"}, ("confirmed_by", "Bo", "two_of_the_name")),
        ("policy", {"Policy": ""}, ("title", "", "no_policy")),
        ("policy", {"Policy": "Twice"}, ("title", "Twice", "two_of_the_policy")),
        ("policy", {"Stage": "passed"}, ("stage", "passed", "not_a_choice")),
        ("policy", {"Alignment": ""}, ("alignment", "", "not_a_choice")),
        ("policy", {"Since": ""}, ("reached_on", "", "no_date")),
        ("policy", {"Since": "2026-10-15"}, ("reached_on", "2026-10-15", "not_yet")),
        ("policy", {"Target audiences": "Senate"}, ("target_audiences", "Senate", "unknown_target_audiences")),
        ("resources", {"What for": ""}, ("title", "", "no_purpose")),
        ("resources", {"New or redirected": "old"}, ("origin", "old", "not_a_choice")),
        ("resources", {"To": "me"}, ("recipient", "me", "not_a_choice")),
        ("resources", {"To which partner": "Alder Health"}, ("receiver", "Alder Health", "to_no_partner")),
        ("resources", {"To": "partners", "To which partner": "Nobody"}, ("receiver", "Nobody", "unknown_receiver")),
        ("resources", {"Amount": ""}, ("amount", "", "no_amount")),
        ("resources", {"Amount": "1,234"}, ("amount", "1,234", "amount_of_two_meanings")),
        ("resources", {"Currency": ""}, ("currency", "", "no_currency")),
        ("resources", {"Currency": "QQQ"}, ("currency", "QQQ", "not_a_currency")),
        ("resources", {"Received on": ""}, ("received_on", "", "no_day")),
        ("resources", {"Received on": "2027-01-01"}, ("received_on", "2027-01-01", "not_yet")),
        ("resources", {"Fell through on": "2024-04-01"}, ("fell_through_on", "2024-04-01", "two_ends")),
        ("resources", {"Pledged on": "2024-04-01"}, ("received_on", "2024-03-15", "days_in_disorder")),
        ("resources", {"From (time)": "2025-01-01", "Until": "2024-01-01"}, ("ends_on", "2024-01-01", "ends_before_it_starts")),
    ],
)  # fmt: skip
def test_row_that_would_have_to_be_guessed_is_refused_with_a_sentence(kind, changes, refused):
    found = found_in(kind, changes)
    [remark] = found.refused
    assert (remark.column, remark.value, remark.code) == refused
    told = readable(kind, report_of(kind, found, KNOWN))
    assert (told["refused"][0]["what_to_do"][-1], told["would_add"], remark.row) == (".", "", 2)


def test_two_descriptions_of_one_policy_are_refused():
    found = found_in(
        "policy", {"What it would change": "Meals"}, {"What it would change": "Fares", "Since": "2024-03-16"}
    )
    assert [(remark.row, remark.code) for remark in found.refused] == [(3, "another_description")]


def test_refused_choice_is_answered_with_those_there_are():
    told = readable("policy", report_of("policy", found_in("policy", {"Alignment": "so so"}), KNOWN))
    assert told["refused"][0]["what_to_do"] == (
        "Write one of these: against the agenda, not aligned, partly aligned, fully aligned."
    )


@pytest.mark.parametrize(
    ("kind", "there", "new"),
    [
        ("evidence", {"What happened": "CALL"}, {"evidence": 1}),
        (
            "policy",
            {"Policy": "School meals act", "Jurisdiction": "State", "Stage": "idea"},
            {"policies": 0, "stages": 1},
        ),
        ("resources", {"What for": "Grant", "From": "Alder Health", "Amount": "50.00"}, {"resources": 1}),
    ],
)
def test_what_is_there_is_passed_over_as_often_as_it_is_there(kind, there, new):
    report = report_of(kind, found_in(kind, there, there), KNOWN)
    assert (report["new"], report["already_there"]) == (new, [2])


def test_titles_that_differ_after_two_hundred_letters_are_two():
    found = found_in("evidence", {"What happened": "x" * 250 + "a"}, {"What happened": "x" * 250 + "b"})
    assert [row.occurrence for row in found.rows] == [1, 1]


def test_report_says_how_many_have_no_source():
    report = report_of(
        "evidence", found_in("evidence", {}, {"Link": "https://x.example"}, {"Confirmed by": "Anna"}), KNOWN
    )
    assert report["counts"] == {"refused": 0, "already_there": 0, "without_source": 1}


def test_choices_are_those_of_the_models():
    for field, choices in [
        (Evidence.Kind, evidence.FILE.choices["kind"]),
        (PolicyStage.Stage, policy.FILE.choices["stage"]),
        (PolicyStage.Alignment, policy.FILE.choices["alignment"]),
        *((getattr(Resource, name.title()), resources.FILE.choices[name]) for name in resources.FILE.choices),
    ]:
        assert {code: words[0] for code, words in choices.items()} == {
            code: str(label) for code, label in field.choices
        }


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_columns_share_a_name(kind):
    assert set(header_of(HEADERS[kind].encode(), KINDS[kind].FILE)) == set(KINDS[kind].FILE.headers)
    names = Counter(name.casefold() for names in KINDS[kind].FILE.headers.values() for name in names)
    assert [name for name, times in names.items() if times > 1] == []


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        ("evidence", "Date, Kind, What happened"),
        ("policy", "Policy, Stage, Alignment, Since"),
        ("resources", "What for, Money or in kind, New or redirected, Public or private, To, Received on"),
    ],
)
def test_file_of_another_kind_is_named(kind, missing):
    with pytest.raises(Unreadable) as caught:
        header_of(b"Colour,Size", KINDS[kind].FILE)
    report = {"unreadable": caught.value.code, "params": caught.value.params}
    assert problem_of(report, UNREADABLE).startswith(
        f"The file has no column {missing}. Its first row reads: Colour, Size."
    )


def test_days_of_a_resource_are_refused_as_its_form_refuses_them():
    days = [None, datetime.date(2026, 1, 1), datetime.date(2026, 2, 1), datetime.date(2027, 1, 1)]
    names = ["Asked for on", "Pledged on", "Received on", "Fell through on"]
    for chosen in itertools.product(days, repeat=4):
        cells = {name: day.isoformat() if day else "" for name, day in zip(names, chosen, strict=True)}
        said = resource_days.problems(dict(zip(resource_days.DAYS, chosen, strict=True)), KNOWN.today)
        assert bool(found_in("resources", cells).refused) == bool(said), chosen
