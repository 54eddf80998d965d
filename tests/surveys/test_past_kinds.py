"""Columns of earlier surveys that were no agreement: several choices, ratings, numbers, and how often something happens."""

import pytest

from core import sheets
from surveys import definition
from surveys.models import PastResponse
from surveys.past.check import check, report_of
from surveys.past.columns import sheet_of
from surveys.past.report import answers, targets
from surveys.past.values import labels_of, understand
from tests.surveys.all_kinds import all_kinds
from tests.surveys.factories import InstrumentFactory, InstrumentVersionFactory
from tests.surveys.past_rounds import brought_in, checked, mapped

KINDS = all_kinds()
TOPICS = str(KINDS.question_of["topics"].text)


def read(*rows, mapping=None):
    sheet = sheet_of(sheets.read("\n".join(",".join(row) for row in rows).encode()), KINDS)
    return check(sheet, KINDS, mapping or {}), sheet


def told(*rows):
    return [row.answers for row in read(*rows)[0].rows]


def test_limesurvey_has_a_column_for_each_choice():
    header = [f"topics[{code}]. {TOPICS} [{label}]" for code, label in (("reading", "Reading"), ("health", "Health"))]
    assert told(header, ["Yes", "No"], ["Y", "Y"], ["", ""]) == [
        {"topics": ["reading"]},
        {"topics": ["reading", "health"]},
    ]


def test_surveymonkey_has_the_choice_below_the_question():
    rows = read(["", TOPICS, "", ""], ["", "Health", "Housing", "Other (please specify)"], ["1", "Health", "", "Mine"])[
        0
    ]
    assert [row.answers for row in rows.rows] == [{"topics": ["health"]}]
    assert [target for target in rows.targets.values() if target] == ["topics.health", "topics.housing"]


@pytest.mark.parametrize("cell", ["Reading;Health", '"Health, Reading"', "Reading | Health", "Salud;Lectura"])
def test_google_forms_has_all_choices_in_one_cell(cell):
    assert told([f'"{TOPICS}"'], [cell]) == [{"topics": ["reading", "health"]}]


def test_choices_that_the_question_does_not_take_together_are_not_understood():
    found, _sheet = read(["topics.none", "topics.health", "recommend"], ["1", "1", "7"])
    assert [row.answers for row in found.rows] == [{"recommend": 7}]
    assert found.unknown == [(2, "topics", "none, health")]


@pytest.mark.parametrize(
    ("code", "text", "value"),
    [
        ("recommend", "7", 7),
        ("recommend", "0", 0),
        ("recommend", "10/10", 10),
        ("recommend", "not at all", 0),
        ("recommend", "11", None),
        ("recommend", "good", None),
        ("people", "1 200", 1200),
        ("hours", "3,5", 3.5),
        ("people", "about ten", None),
        ("meet_all", "4", 4),
        ("meet_all", "Agree", None),
        ("meet_all", "don't know", "dk"),
        ("topics", "Reading and more", None),
    ],
)
def test_cell_is_understood_or_not_guessed(code, text, value):
    question = KINDS.question_of[code]
    assert understand(text, question, labels_of(question)) == value


def test_words_days_and_rankings_are_never_taken():
    found, _sheet = read(["joined", "comment", "order", "people"], ["2024-02-29", "Me", "trust", "3"])
    assert [row.answers for row in found.rows] == [{"people": 3}]
    offered = [target for _group, group in targets(KINDS)[1:] for target, _label in group]
    assert {"joined", "comment", "order", "how_found"} & set(offered) == set()
    assert {"topics", "topics.health", "people", "recommend", "meet_all"} <= set(offered)


def test_values_are_listed_where_they_repeat_and_can_be_given_a_meaning():
    found, sheet = read(["people", "recommend", "meet_all"], ["3", "ten", "fortnightly"], ["4", "ten", "4"])
    values = {(row["group"], row["text"]): row["is_known"] for row in report_of(found, sheet, None)["values"]}
    assert values == {("recommend", "ten"): False, ("scale:often", "fortnightly"): False, ("scale:often", "4"): True}
    assert answers(KINDS, "recommend")[-1] == ("10", "10")
    assert {value for value, _label in answers(KINDS, "scale:often")} >= {"1", "4", "dk"}
    again = read(
        ["recommend", "meet_all"],
        ["ten", "fortnightly"],
        mapping={"values": {"recommend|ten": "10", "scale:often|fortnightly": "4"}},
    )[0]
    assert [row.answers for row in again.rows] == [{"recommend": 10, "meet_all": 4}]


def test_a_round_of_every_kind_is_closed_and_shows_how_often(initiative):
    content = definition.to_json(KINDS)
    instrument = InstrumentFactory(initiative=initiative, code=KINDS.code)
    version = InstrumentVersionFactory(instrument=instrument, definition=content, digest=definition.digest(KINDS))
    file = b"sa3_often,topics,recommend,people\n" + b"5,Reading;Health,9,12\n" * 7 + b"1,Housing,0,3\n" * 5
    round = brought_in(initiative, file, version=version, invited=14)
    shown = round.publication.results.get(code="SA3", breakdown="")
    assert (shown.n, shown.shown["count"]) == (12, 7)
    assert set(round.asked_codes) == {"sa3_often", "topics", "recommend", "people"}
    assert round.publication.response["persons"]["complete"] == 12
    assert PastResponse.objects.first().answers["topics"] == ["reading", "health"]


def test_the_page_offers_what_a_rating_may_mean(staff, initiative):
    version = InstrumentVersionFactory(
        instrument=InstrumentFactory(initiative=initiative, code=KINDS.code),
        definition=definition.to_json(KINDS),
        digest=definition.digest(KINDS),
    )
    past_import = checked(initiative, b"recommend,meet_all\n0,fortnightly\nten,4\n", version=version)
    page = staff.get(past_import.get_absolute_url()).content.decode()
    assert ('<option value="0" selected>0</option>' in page, 'value="topics.health"' in page) == (True, True)
    again = mapped(past_import, columns={"0": "recommend", "1": "meet_all"}, values={"recommend|ten": "10"})
    assert again.report["unknown_count"] == 1
