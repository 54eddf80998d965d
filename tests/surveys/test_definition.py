import copy
import io
import json
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.http import QueryDict
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.definition import (
    AnswersError,
    DefinitionError,
    answered,
    check_answers,
    digest,
    load_shipped,
    minutes,
    parse,
    parse_answers,
    to_json,
)
from surveys.definition.fields import LONGEST_KEPT
from surveys.definition.reading import check_indicators


def words(text):
    return {"en": text, "fr": f"{text} (fr)"}


def small():
    """A definition with one question of each kind, as it lies in a file."""
    return {
        "code": "small",
        "audience": "partners",
        "languages": ["en", "fr"],
        "title": words("Small"),
        "introduction": words("Hello"),
        "scales": [
            {
                "code": "agreement",
                "points": [{"label": words(str(n))} for n in range(1, 6)],
                "dont_know": words("Don't know"),
                "not_applicable": words("Does not apply"),
            }
        ],
        "sections": [
            {
                "code": "first",
                "title": words("First"),
                "questions": [
                    {
                        "kind": "matrix",
                        "code": "rows",
                        "text": words("How far do you agree?"),
                        "scale": "agreement",
                        "items": [
                            {"code": "gv1_a", "text": words("Clear"), "indicators": ["GV1"]},
                            {"code": "gv1_b", "text": words("Unclear"), "indicators": ["GV1"], "reverse": True},
                        ],
                    },
                    {
                        "kind": "long_text",
                        "code": "recall",
                        "text": words("What?"),
                        "indicators": ["GV1"],
                        "coded": True,
                    },
                    {
                        "kind": "single_choice",
                        "code": "since",
                        "text": words("Since when?"),
                        "options": [{"code": "new", "text": words("New")}, {"code": "old", "text": words("Old")}],
                    },
                ],
            }
        ],
    }


@pytest.fixture
def definition():
    return parse(small())


@pytest.fixture
def page(definition):
    """Read a page of the small definition: `page(gv1_a="4")`."""

    def read(**data):
        return parse_answers(definition.sections[0], data)

    return read


def required():
    values = small()
    for question in values["sections"][0]["questions"]:
        question["required"] = True
    return parse(values).sections[0]


# The structure


def test_a_definition_lists_what_scoring_counts(definition):
    rows = [(i.code, i.indicators, i.reverse, i.comparable, i.minimum, i.maximum) for i in definition.items()]

    assert rows == [("gv1_a", ("GV1",), False, True, 1, 5), ("gv1_b", ("GV1",), True, True, 1, 5)]


def test_a_definition_survives_json(definition):
    assert parse(json.loads(json.dumps(to_json(definition)))) == definition


def test_the_digest_changes_with_any_word(definition):
    values = small()
    values["sections"][0]["questions"][0]["items"][1]["text"]["fr"] = "Flou"

    assert (digest(parse(small())), digest(parse(values)) == digest(definition)) == (digest(definition), False)


def test_texts_are_shown_in_the_readers_language(definition):
    with translation.override("fr"):
        assert str(definition.sections[0].title) == "First (fr)"


def test_an_optional_open_text_is_no_applicable_question(definition):
    assert definition.counted_codes == ("gv1_a", "gv1_b", "since")


def test_dont_know_and_does_not_apply_count_as_answered(definition):
    assert answered(definition, {"gv1_a": "dk", "gv1_b": "na", "recall": "To read"}) == (2, 3)


def test_minutes_grow_with_rows_and_texts(definition):
    longer = small()
    for n in range(60):
        row = {"code": f"extra_{n}", "text": words("One more row to judge"), "indicators": ["GV1"]}
        longer["sections"][0]["questions"][0]["items"].append(row)

    # 60 rows of five words (six in French) at 200 words a minute and 4 seconds each: 348 seconds more.
    assert (minutes(definition, "en"), minutes(parse(longer), "fr")) == (2, 8)


def change(path, value):
    """The small definition with one value replaced, or removed where the value is None."""
    values = copy.deepcopy(small())
    *way, last = path
    place = values
    for step in way:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return values


QUESTION = ("sections", 0, "questions", 0)


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (("title", "fr"), None, "mine.toml: title.fr is missing."),
        (("title", "de"), "Klein", "mine.toml: title.de is not known here."),
        (("audience",), "everyone", "mine.toml: audience is “everyone”, which is none of: partners, "),
        (("languages",), [], "mine.toml: languages is empty."),
        (("sections",), [], "mine.toml: sections is empty."),
        (("sections",), "x", "mine.toml: sections must be a list."),
        (("sections", 0), "x", "mine.toml: sections[0] must be a table of keys and values."),
        (("scales", 0, "points"), [{"label": words("yes")}], "scales[0].points must have 5 labels, "),
        ((*QUESTION, "kind"), "slider", "mine.toml: sections[0].questions[0].kind is “slider”, which is none of: "),
        ((*QUESTION, "scale"), "likert", "questions[0].scale is “likert”, which is none of: agreement."),
        ((*QUESTION, "required"), "yes", "questions[0].required must be true or false."),
        ((*QUESTION, "items", 1, "code"), "gv1_a", "items[1].code is “gv1_a” for the second time."),
        ((*QUESTION, "items", 1, "code"), "recall", "questions[1].code is “recall” for the second time."),
        ((*QUESTION, "items", 0, "code"), "csrfmiddlewaretoken", "a name that the answering page keeps for itself."),
        ((*QUESTION, "items", 0, "code"), "<b>", "items[0].code is “<b>”, which does not have the form of a code."),
        ((*QUESTION, "items", 0, "text", "en"), " ", "questions[0].items[0].text.en is empty."),
        ((*QUESTION, "items", 0, "indicators"), [1], "items[0].indicators holds something that is not a text."),
        ((*QUESTION, "items", 0, "revers"), True, "questions[0].items[0].revers is not known here."),
    ],
)
def test_a_broken_definition_is_refused_by_file_and_key(path, value, sentence):
    with pytest.raises(DefinitionError) as caught:
        parse(change(path, value), file="mine.toml")

    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("GV9", "mine.toml: gv1_a.indicators holds “GV9”, which no catalogue knows."),
        ("GV4", "mine.toml: gv1_a.indicators holds “GV4”, about which partners are not asked."),
        ("SM1", "mine.toml: gv1_a.indicators holds “SM1”, about which partners are not asked."),
    ],
)
def test_an_item_feeds_only_what_its_audience_is_asked(code, sentence):
    with pytest.raises(DefinitionError) as caught:
        check_indicators(parse(change((*QUESTION, "items", 0, "indicators"), [code])), file="mine.toml")

    assert str(caught.value) == sentence


@pytest.mark.parametrize("code", ["../messages", "backbone_effectiveness_everybody", ""])
def test_only_shipped_instruments_are_loaded(code):
    with pytest.raises(DefinitionError, match="no such instrument is shipped"):
        load_shipped(code)


# A page of a form


def test_answers_are_kept_as_numbers_words_and_text(page):
    read = page(gv1_a="4", gv1_b="dk", recall=" Every child\r\nreads. ", since="old")

    assert read.answers == {"gv1_a": 4, "gv1_b": "dk", "recall": "Every child\nreads.", "since": "old"}
    assert read.errors == {}


def test_empty_fields_are_no_answers(page):
    assert page(gv1_a="", recall=" \n ") == ({}, {}, {})


def test_fields_that_were_not_asked_are_dropped(page):
    assert page(gv1_a="4", gv9_a="5", is_staff="1", csrfmiddlewaretoken="x").answers == {"gv1_a": 4}


@pytest.mark.parametrize(
    "value", ["0", "6", "-1", "3.0", " 3", "٣", "DK", "nan", "null", 4, True, None, ["4"], b"4", {}]
)
def test_only_the_answers_offered_are_accepted(page, value):
    read = page(gv1_a=value, since=value)

    assert read.answers == {}
    assert set(read.errors) == (set() if value is None else {"gv1_a", "since"})


def test_an_unknown_answer_says_what_to_do(page):
    assert page(gv1_a="6").errors == {
        "gv1_a": "This is not one of the answers offered. Please choose one that is shown."
    }


def test_a_text_of_5000_characters_is_kept(page):
    assert len(page(recall="é" * 5_000).answers["recall"]) == 5_000


def test_a_text_over_5000_characters_comes_back_whole_with_what_to_do(page):
    read = page(recall="é" * 5_001, gv1_a="2")

    assert (read.answers, read.typed["recall"]) == ({"gv1_a": 2}, "é" * 5_001)
    assert read.errors == {
        "recall": "This text has more than 5,000 characters, so it is not saved yet. Please shorten it; "
        "what you wrote is still here."
    }


def test_fifty_megabytes_are_refused_without_being_kept(page):
    read = page(recall="a" * 50_000_000)

    assert (read.answers, list(read.errors), len(read.typed["recall"])) == ({}, ["recall"], LONGEST_KEPT)


def test_blanks_hide_no_text_that_is_too_long(page):
    assert list(page(recall="a" + " " * LONGEST_KEPT + "b").errors) == ["recall"]


def test_a_browsers_line_breaks_count_once(page):
    assert len(page(recall="\r\n".join("ab" * 1_250)).answers["recall"]) == 4_999


def test_what_no_database_stores_is_taken_out(page):
    assert page(recall="a\x00b\ud800c\x1b[1m\td").answers == {"recall": "abc[1m\td"}


def test_markup_is_kept_as_it_was_typed(page):
    assert page(recall="<script>alert(1)</script>").answers == {"recall": "<script>alert(1)</script>"}


def test_a_required_question_asks_for_its_answer():
    read = parse_answers(required(), {"gv1_a": "na"})

    assert read.errors == {
        "gv1_b": "This row still needs your answer. Choose “Don't know” if you cannot say.",
        "recall": "This question still needs your answer. A few words are enough.",
        "since": "This question still needs your answer. Please choose one.",
    }


def test_stepping_back_asks_for_nothing():
    assert parse_answers(required(), {"gv1_a": "na"}, complete=False) == ({"gv1_a": "na"}, {}, {"gv1_a": "na"})


def test_a_hundred_thousand_fields_are_never_looked_at(definition):
    class Fields(dict):
        def __iter__(self):
            raise AssertionError("the fields of a form are asked for by name")

        items = keys = values = __iter__

    data = Fields({f"field_{n}": "5" for n in range(100_000)}, gv1_a="5")

    assert parse_answers(definition.sections[0], data).answers == {"gv1_a": 5}


def test_a_posted_form_is_read_by_its_last_value(definition):
    posted = QueryDict("gv1_a=1&gv1_a=5&since=new")

    assert parse_answers(definition.sections[0], posted).answers == {"gv1_a": 5, "since": "new"}


# Stored answers


def test_stored_answers_pass_when_the_definition_asks_them(definition):
    stored = {"gv1_a": 1, "gv1_b": "na", "recall": "x", "since": "new"}

    assert check_answers(definition, stored) is stored


@pytest.mark.parametrize(
    "stored",
    [
        {"gv9_a": 3}, {"rows": 3}, {"gv1_a": 0}, {"gv1_a": 6}, {"gv1_a": "4"}, {"gv1_a": True}, {"gv1_a": 4.0},
        {"gv1_a": None}, {"gv1_a": [4]}, {"gv1_a": "x"}, {"recall": 7}, {"recall": ""}, {"recall": "a" * 5_001},
        {"recall": "a\x00"}, {"since": "never"}, {"since": None}, [], "gv1_a", None, {1: 1},
    ],
)  # fmt: skip
def test_stored_answers_are_refused_when_the_definition_does_not_ask_them(definition, stored):
    with pytest.raises(AnswersError):
        check_answers(definition, stored)


def test_a_refusal_never_repeats_an_answer(definition):
    with pytest.raises(AnswersError) as caught:
        check_answers(definition, {"since": "my secret"})

    assert str(caught.value) == "small does not accept what was answered to since."


HOSTILE = st.one_of(
    st.text(max_size=40), st.sampled_from(["1", "5", "dk", "na", "new"]), st.none(), st.integers(), st.binary(max_size=5),
    st.lists(st.text(max_size=3), max_size=3), st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)  # fmt: skip
CODES = st.one_of(st.sampled_from(["gv1_a", "gv1_b", "recall", "since", "rows", "first"]), st.text(max_size=10))
COMPILED = parse(small())


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(CODES, HOSTILE, max_size=12))
def test_whatever_is_posted_what_is_kept_can_be_stored(data):
    read = parse_answers(COMPILED.sections[0], data)

    assert check_answers(COMPILED, read.answers) == json.loads(json.dumps(read.answers))
    assert not set(read.answers) & set(read.errors)
    assert "\x00" not in json.dumps(read.answers, ensure_ascii=False).encode().decode()


@pytest.mark.parametrize("language", ["es", "fr", "ar"])
def test_each_sentence_a_respondent_may_read_is_translated(language):
    root = Path(__file__).resolve().parent.parent.parent
    source = (root / "surveys/definition/fields.py").read_bytes()
    keywords = {"_": None, "ngettext": (1, 2)}
    found = [found[1] for found in extract("python", io.BytesIO(source), keywords)]
    sentences = [text if isinstance(text, str) else text[0] for text in found]
    with (root / f"locale/{language}/LC_MESSAGES/django.po").open("rb") as file:
        catalog = read_po(file, locale=language)

    assert len(sentences) == 23
    assert [text for text in sentences if text not in catalog or not catalog[text].string] == []
