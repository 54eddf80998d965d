import re
from collections import Counter

import pytest

from indicators.catalogue import catalogue
from surveys.definition import SHIPPED, load_shipped, minutes, to_json
from surveys.models import Instrument

PARTNERS, COMMITTEE, PULSE, COMMUNITY, FUNDERS, POLICYMAKERS = SHIPPED


@pytest.fixture(params=SHIPPED)
def definition(request):
    return load_shipped(request.param)


def fed(definition):
    return {code for item in definition.items() for code in item.indicators}


def texts(value):
    """Every text of a definition by its languages, found without the parser."""
    if isinstance(value, dict) and set(value) in ({"en", "es", "fr"}, {"en", "es", "fr", "ar"}):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts(part)


def test_the_partners_instrument_feeds_what_partners_can_answer():
    asked = {i.code for i in catalogue().asked_of("partners")}

    assert fed(load_shipped(PARTNERS)) == asked


def test_the_committee_instrument_feeds_what_the_committee_can_answer():
    asked = {i.code for i in catalogue().asked_of("committee")}

    assert fed(load_shipped(COMMITTEE)) == asked


@pytest.mark.parametrize("code", [COMMUNITY, FUNDERS, POLICYMAKERS])
def test_every_other_audience_is_asked_for_all_that_it_can_answer(code):
    definition = load_shipped(code)

    assert fed(definition) == {i.code for i in catalogue().asked_of(definition.audience)}


def test_every_indicator_that_is_asked_for_is_asked_by_some_shipped_instrument():
    asked = {(i.code, audience) for i in catalogue() for audience in i.audiences}

    assert {(code, load_shipped(each).audience) for each in SHIPPED for code in fed(load_shipped(each))} == asked


def test_the_audience_is_one_a_round_can_ask(definition):
    assert definition.audience in Instrument.Audience.values


def test_every_text_stands_whole_in_every_language(definition):
    found = list(texts(to_json(definition)))

    assert (
        len(found)
        == {PARTNERS: 66, COMMITTEE: 47, PULSE: 18, COMMUNITY: 21, FUNDERS: 17, POLICYMAKERS: 17}[definition.code]
    )
    assert [t for t in found if set(t) != set(definition.languages)] == []
    assert [t for t in found if not all(text.strip() for text in t.values())] == []


def test_instruments_speak_three_languages_and_the_short_ones_for_everybody_arabic_too():
    assert {code: load_shipped(code).languages for code in SHIPPED} == {
        PARTNERS: ("en", "es", "fr"),
        COMMITTEE: ("en", "es", "fr"),
        PULSE: ("en", "es", "fr", "ar"),
        COMMUNITY: ("en", "es", "fr", "ar"),
        FUNDERS: ("en", "es", "fr"),
        POLICYMAKERS: ("en", "es", "fr"),
    }


def test_no_text_was_left_in_english(definition):
    same = [t["en"] for t in texts(to_json(definition)) if list(t.values()).count(t["en"]) > 1]

    assert same == []


def test_numbers_of_sentences_agree_between_languages(definition):
    def ends(text):
        return len(re.findall(r"[.?؟](?=\s|$)", text.replace("\u00a0", "")))

    uneven = [t["en"] for t in texts(to_json(definition)) if len({ends(text) for text in t.values()}) > 1]

    assert uneven == []


def test_french_signs_keep_their_space(definition):
    loose = [t["fr"] for t in texts(to_json(definition)) if re.search(r"[^\s\u00a0][:;?!»]|« | [:;?!»]", t["fr"])]

    assert loose == []


def test_codes_are_unique(definition):
    codes = [code for section in definition.sections for code in section.codes]

    assert [code for code, count in Counter(codes).items() if count > 1] == []


def test_an_items_code_begins_with_its_indicator(definition):
    wrong = [
        item.code
        for item in definition.items()
        if not item.code.startswith(item.indicators[0].lower().replace("-", "_") + "_") or len(item.indicators) > 1
    ]

    assert wrong == []


def test_the_same_code_asks_the_same_in_both_instruments():
    partners = {item.code: item for item in load_shipped(PARTNERS).items()}
    shared = [item for item in load_shipped(COMMITTEE).items() if item.code in partners]

    assert len(shared) == 8
    assert [item.code for item in shared if item != partners[item.code]] == []


@pytest.mark.parametrize(
    ("code", "reverse"),
    [
        (PARTNERS, ["gv1_b", "sa4_b", "sa7_b", "sm3_b", "bb3_b"]),
        (COMMITTEE, ["bi1_b", "sa2_b", "bb3_b"]),
        (COMMUNITY, ["ce3_b"]),
    ],
)
def test_reverse_items_are_marked(code, reverse):
    assert [item.code for item in load_shipped(code).items() if item.reverse] == reverse


@pytest.mark.parametrize(("code", "recall"), [(PARTNERS, ("gv1_recall", "GV1")), (COMMITTEE, ("bi2_recall", "BI2"))])
def test_one_open_recall_question_is_coded_and_one_comment_is_not(code, recall):
    found = [(text.code, *text.indicators) for text in load_shipped(code).texts()]

    assert found == [recall, ("comment",)]
    assert [text.coded for text in load_shipped(code).texts()] == [True, False]


@pytest.mark.parametrize(("code", "recall"), [(PARTNERS, "gv1_recall"), (COMMITTEE, "bi2_recall")])
def test_recall_is_asked_before_any_item_could_give_it_away(code, recall):
    assert load_shipped(code).questions[0].code == recall


def test_answering_takes_ten_minutes_at_most(definition):
    assert max(minutes(definition, language) for language in definition.languages) <= 10


def test_instruments_have_the_size_they_promise():
    assert [(len(load_shipped(c).items()), len(load_shipped(c).sections)) for c in SHIPPED] == [
        (38, 6),
        (25, 4),
        (5, 1),
        (8, 1),
        (4, 1),
        (4, 1),
    ]


@pytest.mark.parametrize("code", [COMMUNITY, FUNDERS, POLICYMAKERS])
def test_audiences_outside_are_asked_for_three_minutes(code):
    assert {minutes(load_shipped(code), language) for language in load_shipped(code).languages} == {3}


def test_the_pulse_asks_what_partners_are_asked_and_takes_three_minutes():
    pulse, partners = load_shipped(PULSE), {item.code: item for item in load_shipped(PARTNERS).items()}
    asked = [(i.code, i.indicators, i.reverse, i.text.in_language("fr")) for i in pulse.items()]

    assert asked == [
        (i.code, i.indicators, i.reverse, i.text.in_language("fr"))
        for i in (partners[code] for code in ("gv1_a", "gv3_b", "sa1_a", "sa4_a", "sa8_a"))
    ]
    assert {minutes(pulse, language) for language in pulse.languages} == {3}


def test_no_question_has_to_be_answered(definition):
    assert [question.code for question in definition.questions if question.required] == []


# A published version is compared by these: an item whose words change its meaning needs a new code, never this one.
STABLE = {
    PARTNERS: """gv1_recall gv1_a gv1_b gv2_a gv2_b gv3_a gv3_b sa1_a sa1_b sa3_with sa3_without sa4_a sa4_b sa5_a
        sa5_b sa6_a sa6_b sa7_a sa7_b sa8_a sa8_b sm2_a sm2_b sm3_a sm3_b sm4_a sm4_b sm5_a sm5_b bb1_a bb2_a bb3_a
        bb3_b bb4_a bi5_a bi6_a bi7_a pct_t_a pct_t_b comment""",
    COMMITTEE: """bi2_recall bi2_a bi2_b gv4_a gv4_b bi4_a bi4_b bi1_a bi1_b bi3_a bi3_b sa2_a sa2_b bb1_a bb2_a bb3_a
        bb3_b bb4_a bi7_b bi7_c pct_t_a pct_t_c bi5_a bi5_b bi6_a bi6_b comment""",
    PULSE: "gv1_a gv3_b sa1_a sa4_a sa8_a comment",
    COMMUNITY: "ce1_a ce1_b ce2_a ce2_b ce3_a ce3_b ce4_a ce4_b comment",
    FUNDERS: "mf1_a mf1_b mf1_c mf1_d comment",
    POLICYMAKERS: "ap1_a ap1_b ap1_c ap1_d comment",
}


def test_codes_stay_what_they_were(definition):
    assert list(definition.question_of) == STABLE[definition.code].split()
