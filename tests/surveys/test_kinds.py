"""Every kind of question: its definition, what a form sends for it, and what is kept."""

import json

import pytest
from django.http import QueryDict
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys import definition
from surveys.definition import AnswersError, DefinitionError, check_answers, parse, parse_answers
from surveys.definition.numerals import day_in, number_in
from surveys.response_panel import outcomes_of
from surveys.scoring import Plan, score
from tests.surveys.all_kinds import FILE, KEPT, SENT, all_kinds, values

ALL = all_kinds()
CHOICES, AMOUNTS, NEWCOMERS, CLOSING = ALL.sections


def read(section=AMOUNTS, *, before=None, complete=True, **sent):
    return parse_answers(
        section, {name.replace("__", "-"): value for name, value in sent.items()}, complete=complete, before=before
    )


def errors(section=AMOUNTS, **sent):
    """Sentences for what was sent, without those of required questions beside it."""
    found = read(section, **({"recommend": "5", "since": "old"} | sent)).errors
    return list(found.values())


# The definition


def test_a_definition_with_every_kind_survives_json():
    assert parse(json.loads(json.dumps(definition.to_json(ALL)))) == ALL


def test_every_kind_is_in_the_file_that_tests_use():
    assert {question.kind for question in ALL.questions} == set(definition.KINDS)


@pytest.mark.parametrize(
    ("code", "change", "sentence"),
    [
        ("topics", {"maximum": 6}, "questions[2].maximum must be from 1 to 5."),
        ("topics", {"minimum": 4}, "questions[2].minimum must be from 0 to 3."),
        ("topics", {"minimum": "2"}, "questions[2].minimum must be a whole number."),
        ("topics", {"exclusive": "nothing"}, "questions[2].exclusive is “nothing”, which is none of: reading, health, "),
        ("topics", {"other": {"en": "Other:"}}, "questions[2].other.es is missing."),
        ("since", {"minimum": 1}, "questions[0].minimum is not known here."),
        ("order", {"places": 5}, "questions[3].places must be from 1 to 4."),
        ("people", {"minimum": 6000}, "questions[4].minimum is more than maximum."),
        ("people", {"maximum": float("nan")}, "questions[4].maximum must be a number."),
        ("hours", {"decimals": 5}, "questions[5].decimals must be from 0 to 4."),
        ("recommend", {"lowest": "no"}, "questions[2].lowest must be a table."),
        ("how_found", {"show_if": {"code": "topics", "values": ["new"]}}, "show_if.code is “topics”, which no question before"),
        ("how_found", {"show_if": {"code": "since", "values": ["never"]}}, "show_if.values holds “never”, which is none of"),
        ("how_found", {"show_if": {"code": "since", "values": []}}, "questions[1].show_if.values is empty."),
        ("how_found", {"show_if": {"code": "since", "values": ["new"], "not": 1}}, "show_if.not is not known here."),
        ("why_not", {"show_if": {"code": "recommend", "values": [11]}}, "show_if.values holds “11”, which is none of: 0, "),
        ("why_not", {"show_if": {"code": "recommend", "values": ["3"]}}, "show_if.values holds “3”, which is none of: 0, "),
        ("why_not", {"show_if": {"code": "people", "values": ["3"]}}, "“people”, which is no choice and no rating."),
        ("joined", {"code": "since_other"}, "questions[6].code is “since_other” for the second time."),
        ("joined", {"code": "go"}, "questions[6].code is “go”, a name that the answering page keeps for itself."),
        ("comment", {"kind": "slider"}, "sections[3].questions[1].kind is “slider”, which is none of: matrix, "),
    ],
)  # fmt: skip
def test_a_broken_question_is_refused_by_file_and_key(code, change, sentence):
    with pytest.raises(DefinitionError) as caught:
        parse(values(**{code: change}), file=FILE)

    assert str(caught.value).startswith("all_kinds.toml: sections[")
    assert sentence in str(caught.value)


def test_other_keeps_its_code_for_itself():
    options = [{"code": "other", "text": {"en": "x", "es": "x"}}]

    with pytest.raises(DefinitionError, match="has the code “other”, which is that of the key other"):
        parse(values(since={"options": options}), file=FILE)


def test_a_row_feeds_an_indicator_only_from_a_scale_of_five():
    rows = [{"code": "meet_all", "indicators": ["SA3"], "text": {"en": "All", "es": "Todos"}}]

    with pytest.raises(DefinitionError, match=r"items\[0\].indicators needs a scale of 5 points, “often” has 4"):
        parse(values(often_rows={"items": rows}), file=FILE)


def test_a_scale_of_agreement_has_five_points_and_one_of_frequency_two_to_seven():
    short, long = values(), values()
    short["scales"][0]["points"].pop()
    long["scales"][1]["points"] *= 2

    for broken, sentence in ((short, "must have 5 labels"), (long, "must have two to seven labels")):
        with pytest.raises(DefinitionError, match=sentence):
            parse(broken, file=FILE)


# What counts


def test_figures_are_made_of_agreement_and_of_how_often_something_speaks_for_an_indicator():
    assert [item.code for item in ALL.items()] == ["gv1_a", "gv1_b", "sa3_often"]


def test_scoring_takes_answers_of_every_kind_and_counts_the_rows_alone():
    scores = score([KEPT], Plan(ALL.items(), {}))

    assert scores.keyed.tolist()[0][0] == 4.0
    assert list(scores.plan.figures) == ["gv1_a", "gv1_b", "sa3_often", "GV1", "SA3"]


def test_each_kind_but_an_optional_text_is_a_question_of_the_response_rate():
    assert definition.applicable_codes(ALL, {"since": "new", "recommend": 2}) == (
        "since", "how_found", "topics", "gv1_a", "gv1_b", "meet_all", "meet_two", "sa3_often", "talk_home", "recommend",
        "order", "people", "hours", "joined", "first_steps",
    )  # fmt: skip


def test_completeness_counts_only_what_applies():
    class Person:
        state, is_submitted = "finished", True

        def __init__(self, answers):
            self.answers = answers

    own = {code: KEPT[code] for code in ("since", "topics", "gv1_a", "gv1_b", "meet_all", "meet_two", "sa3_often")}
    # 11 of 13 questions are complete; the same 11 of a newcomer, who is asked two more, are not.
    given = own | {code: KEPT[code] for code in ("talk_home", "recommend", "order", "people")}

    reached = outcomes_of([Person(given), Person(given | {"since": "new"})], ALL)

    assert [outcome.value for outcome in reached] == ["complete", "partial"]


# Forms


def test_every_kind_is_read_and_kept():
    kept = {}
    for section, sent in zip(ALL.sections, SENT, strict=True):
        page = parse_answers(section, sent, before=kept)
        assert page.errors == {}
        kept |= page.answers

    assert kept == KEPT == check_answers(ALL, json.loads(json.dumps(kept)))


def test_stored_answers_are_shown_as_they_were_sent():
    typed = definition.as_typed(KEPT)

    assert {typed[name] for name in ("order-trust", "order-time", "people", "hours")} == {"1", "2", "1200", "3.5"}
    for section in ALL.sections:
        assert parse_answers(section, typed, before=KEPT).answers == {
            c: v for c, v in KEPT.items() if c in section.codes
        }


def test_a_posted_form_sends_several_choices_under_one_name():
    posted = QueryDict("since=old&topics=housing&topics=reading")

    assert parse_answers(CHOICES, posted).answers == {"since": "old", "topics": ["reading", "housing"]}


@pytest.mark.parametrize(
    ("topics", "sentence"),
    [
        (["reading"], "Please choose at least 2 here."),
        (
            ["reading", "health", "housing", "other"],
            "More is chosen here than asked for. Please keep 3 choices at most.",
        ),
        (["reading", "none"], "“None of these” does not go together with another choice. Please keep one of them."),
        (["reading", "gold"], "This is not one of the answers offered. Please choose one that is shown."),
        ([1, 2], "This is not one of the answers offered. Please choose one that is shown."),
        ({"reading": 1}, "This is not one of the answers offered. Please choose one that is shown."),
    ],
)
def test_several_choices_keep_to_what_was_asked(topics, sentence):
    assert errors(CHOICES, topics=topics) == [sentence]


def test_none_of_these_is_enough_alone_and_nothing_is_an_answer_left_out():
    assert (errors(CHOICES, topics=["none"]), errors(CHOICES, topics=[]), errors(CHOICES)) == ([], [], [])


def test_too_few_choices_are_kept_when_somebody_only_saves():
    assert read(CHOICES, topics="reading", complete=False) == ({"topics": ["reading"]}, {}, {"topics": ["reading"]})


def test_other_is_kept_with_its_text():
    page = read(
        CHOICES, since="other", since_other=" Since\r\nthe founding ", topics=["reading", "other"], topics_other="Art"
    )

    assert page.errors == {}
    assert page.answers == {
        "since": "other", "since_other": "Since the founding", "topics": ["reading", "other"], "topics_other": "Art",
    }  # fmt: skip


def test_a_text_beside_other_is_kept_and_a_sentence_asks_what_is_meant():
    page = read(CHOICES, since="old", since_other="Since the founding")

    assert page.answers == {"since": "old", "since_other": "Since the founding"} == page.typed
    assert page.errors == {
        "since": "You wrote something beside “Other” without choosing it. Please choose it, or empty the line."
    }


def test_other_without_words_is_asked_for_where_an_answer_is_required():
    assert errors(CHOICES, since="other") == ["Please write in a few words what you mean by “Other”."]
    assert errors(CHOICES, topics=["other", "health"]) == []


def test_a_text_beside_another_choice_is_dropped_when_answers_become_final():
    assert definition.settled(ALL, {"since": "old", "since_other": "x"}) == {"since": "old"}
    assert definition.settled(ALL, {"since": "other", "since_other": "x"}) == {"since": "other", "since_other": "x"}


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"order__trust": "1", "order__money": "1"}, "Two of these have the same place. Please give each place once."),
        ({"order__trust": "1", "order__money": "3"}, "A place before the last one is empty. Please begin with 1 and leave none out."),
        ({"order__trust": "1"}, "This list is not complete. Please give every place from 1 to 3."),
        ({"order__trust": "4"}, "This is not one of the answers offered. Please choose one that is shown."),
        ({"order__trust": ["1"]}, "This is not one of the answers offered. Please choose one that is shown."),
    ],
)  # fmt: skip
def test_a_ranking_gives_each_place_once(sent, sentence):
    assert errors(**sent) == [sentence]


def test_a_ranking_with_a_place_twice_is_shown_again_as_it_was():
    page = read(order__trust="1", order__money="1")

    assert ("order" in page.answers, page.typed) == (False, {"order-trust": "1", "order-money": "1"})


def test_the_beginning_of_a_ranking_is_kept_when_somebody_steps_back():
    assert read(order__time="1", complete=False).answers == {"order": {"time": 1}}


@pytest.mark.parametrize("text", ["abc", "1,5", "1.5", "12a", "0x10", "1e3", "²", "--1", "1 000,5", "9" * 16])
def test_what_is_no_whole_number_is_asked_for_again_and_shown(text):
    page = read(people=text)

    assert (
        page.errors["people"]
        == "This could not be read as a whole number. Please write digits alone, for example 1234."
    )
    assert (page.typed, "people" in page.answers) == ({"people": text}, False)


@pytest.mark.parametrize("people", ["0", "5001", "-3"])
def test_a_number_keeps_to_its_bounds(people):
    assert errors(people=people) == ["Please write a number from 1 to 5000."]
    assert errors(hours="-1") == ["Please write a number of at least 0."]


@pytest.mark.parametrize(
    ("text", "decimals", "number"),
    [
        ("1,5", 2, 1.5), ("1.5", 2, 1.5), ("+2", 0, 2), ("−2,50", 2, -2.5), ("1.234,5", 2, 1234.5), ("1,234.5", 2, 1234.5),
        ("1 234,5", 2, 1234.5), ("1’234.5", 2, 1234.5), ("1\u202f234", 0, 1234), ("1,234", 0, 1234), ("1.234.567", 0, 1234567),
        ("1,234,567", 2, 1234567), ("1,234", 2, None), ("1.234", 3, 1.234), ("1,23", 0, None), ("1,2,3", 2, None), ("1.5", 0, None),
        ("2.00", 0, 2), ("1.005", 2, None), (",5", 2, None), ("٣٫٥", 2, 3.5), ("١٬٢٣٤", 0, 1234), ("", 0, None), ("1.234.56", 2, None), ("12,34.5", 2, None),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text, decimals, number):
    assert number_in(text, decimals) == number


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "2026-03-31", "2026-03-31"), ("en", "2026/3/31", "2026-03-31"), ("es", "31/03/2026", "2026-03-31"),
        ("fr", "3.4.2026", "2026-04-03"), ("es", "3/4/2026", "2026-04-03"), ("en", "3/4/2026", None), ("en", "4/4/2026", "2026-04-04"),
        ("en", "3/31/2026", "2026-03-31"), ("en", "31-3-2026", "2026-03-31"), ("en", "2026-02-30", None), ("en", "31/3/26", None),
        ("en", "yesterday", None), ("en", "20260331", None), ("ar", "٢٠٢٦-٠٣-٣١", "2026-03-31"),
    ],
)  # fmt: skip
def test_days_are_read_as_people_write_them(language, text, day):
    with translation.override(language):
        found = day_in(text)
    assert (found and found.isoformat()) == day


@pytest.mark.parametrize("text", ["1899-12-31", "2101-01-01", "soon", "03/04/2026"])
def test_what_is_no_day_is_asked_for_again_and_shown(text):
    page = read(joined=text)

    assert (
        page.errors["joined"]
        == "This could not be read as a date. Please write year, month and day, for example 2026-03-31."
    )
    assert page.typed == {"joined": text}


def test_a_short_text_is_one_line_of_200_characters():
    new = {"since": "new", "how_found": "a\r\nb"}
    assert read(CHOICES, **new).answers["how_found"] == "a b"
    page = read(CHOICES, **new | {"how_found": "é" * 201})
    assert (page.typed["how_found"], "more than 200 characters" in page.errors["how_found"]) == ("é" * 201, True)


@pytest.mark.parametrize(
    ("code", "kept", "sentence"),
    [
        ("topics", {}, "This question still needs your answer. Please choose what applies."),
        ("recommend", {}, "This question still needs your answer. Please choose one."),
        ("order", {}, "This list is not complete. Please give every place from 1 to 3."),
        ("people", {}, "This question still needs your answer. Please write a number."),
        ("joined", {}, "This question still needs your answer. Please give a date."),
        ("comment", {}, "This question still needs your answer. A few words are enough."),
        (
            "meet_all",
            {"code": "often_rows"},
            "This row still needs your answer. Choose “Don't know” if you cannot say.",
        ),
    ],
)
def test_each_kind_asks_for_its_answer_where_it_is_required(code, kept, sentence):
    document = parse(values(**{kept.get("code", code): {"required": True}}))
    section = next(section for section in document.sections if code in section.codes)

    assert parse_answers(section, {}).errors[code] == sentence
    assert parse_answers(section, {}, complete=False).errors == {}


# Only if


def test_a_question_is_required_only_of_those_it_is_for():
    assert list(read(CHOICES, since="new").errors) == ["how_found"]
    assert read(CHOICES, since="old").errors == {}
    assert list(read(NEWCOMERS, before={"since": "new"}).errors) == ["first_steps"]
    assert read(NEWCOMERS, before={"since": "old"}).errors == {}


def test_what_is_hidden_is_kept_in_the_draft_and_dropped_at_the_end():
    page = read(CHOICES, since="old", how_found="By mail")

    assert (page.answers, page.errors) == ({"since": "old", "how_found": "By mail"}, {})
    assert definition.settled(ALL, page.answers) == {"since": "old"}


def test_a_question_that_depends_on_a_hidden_one_is_hidden_too():
    document = parse(values(first_steps={"kind": "single_choice", "options": [{"code": "mail", "text": {"en": "m", "es": "m"}}]},
                            why_not={"show_if": {"code": "first_steps", "values": ["mail"]}}))  # fmt: skip
    stale = {"since": "old", "first_steps": "mail", "why_not": "x"}

    assert definition.settled(document, stale) == {"since": "old"}
    assert definition.hidden_on(document, document.sections[3], stale) == {"why_not"}


def test_a_page_hides_what_cannot_apply_whatever_is_chosen_on_it():
    assert definition.hidden_on(ALL, CHOICES, {"since": "old"}) == set()
    assert definition.hidden_on(ALL, NEWCOMERS, {"since": "old"}) == {"first_steps"}
    assert definition.hidden_on(ALL, NEWCOMERS, {"since": "new"}) == set()
    assert [definition.nothing_to_ask(ALL, section, {}) for section in ALL.sections] == [False, False, True, False]


def test_the_first_page_that_is_not_complete_is_found():
    assert definition.first_gap(ALL, {}) == 1
    assert definition.first_gap(ALL, {"since": "old"}) == 2
    assert definition.first_gap(ALL, {"since": "new", "how_found": "x", "recommend": 9}) == 3
    assert definition.first_gap(ALL, KEPT) is None


# Stored answers


@pytest.mark.parametrize(
    "stored",
    [
        {"topics": []}, {"topics": ["health", "reading"]}, {"topics": ["reading", "reading"]}, {"topics": ["none", "other"]},
        {"topics": "reading"}, {"topics": ["gold"]}, {"topics": ["reading", "health", "housing", "other"]}, {"since": ["old"]},
        {"since_other": ""}, {"since_other": "a" * 201}, {"how_found": 3}, {"recommend": 11}, {"recommend": "5"}, {"recommend": True},
        {"order": {}}, {"order": {"trust": 2}}, {"order": {"trust": 1, "money": 1}}, {"order": {"gold": 1}}, {"order": {"trust": True}},
        {"order": ["trust"]}, {"order": {"trust": 1, "money": 2, "time": 3, "data": 4}}, {"people": 0}, {"people": 1.5}, {"people": "3"},
        {"people": True}, {"hours": float("nan")}, {"hours": 1.005}, {"hours": 1e13}, {"joined": "2026-02-30"}, {"joined": "20260301"},
        {"joined": 20260301}, {"joined": "1800-01-01"}, {"meet_all": 5}, {"order-trust": 1},
    ],
)  # fmt: skip
def test_stored_answers_are_refused_when_no_question_accepts_them(stored):
    with pytest.raises(AnswersError):
        check_answers(ALL, stored)


NAMES = st.sampled_from([*ALL.question_of, "order-trust", "order-money", "order-time", "order-data", "gold"])
HOSTILE = st.one_of(
    st.text(max_size=20), st.sampled_from(["1", "2", "3", "10", "old", "new", "other", "none", "1,5", "2026-03-31"]), st.none(),
    st.integers(), st.binary(max_size=5), st.lists(st.sampled_from(["reading", "none", "other", "gold", 3]), max_size=5),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(NAMES, HOSTILE, max_size=14), st.booleans())
def test_whatever_is_posted_what_is_kept_can_be_stored_and_shown_again(data, complete):
    kept = {}
    for section in ALL.sections:
        page = parse_answers(section, data, complete=complete, before=kept)
        kept |= check_answers(ALL, json.loads(json.dumps(page.answers)))
        again = parse_answers(section, definition.as_typed(page.answers), complete=False, before=kept)
        assert again.answers == page.answers
    final = definition.settled(ALL, kept)
    assert definition.settled(ALL, final) == final
