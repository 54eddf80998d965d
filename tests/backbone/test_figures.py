"""A published figure in words: exactly the numbers of its row, and never a bare percentage."""

import datetime
import re

import pytest
from django.utils import translation

from backbone.queries.figure_page import cell_words
from indicators.models import Publication, Result
from indicators.statistics import FAVOURABLE_FROM
from indicators.words.figures import LEAST_FAVOURABLE, _beside, figure_of, range_words, signed
from indicators.words.response import panel_of
from tests.indicators.factories import COUNTS, MISSING, SHOWN

SOME_DAY = datetime.date(2026, 10, 23)
NEWCOMBE = {"points": 17, "low": 3.1, "high": 30.4, "previous": {"count": 11, "n": 18, "percent": 61}}


def publication(**changes):
    fields = {"source_kind": "survey", "audience": "partners", "title": "Autumn", "invited": 23, "threshold": 5}
    return Publication(**fields | {"response": {"unit": "persons"}} | changes)


def result(n=18, **shown):
    return Result(kind="indicator", code="GV3", is_shown=True, n=n, shown=shown or SHOWN)


def sentences(found, **changes):
    return list(figure_of(found, publication(**changes), "GV3").sentences)


def changed(verdict, **more):
    return result(count=14, percent=78, change={"verdict": verdict, **more})


def test_figure_opens_to_its_sentence_and_its_interval_as_people():
    assert sentences(result())[:2] == [
        "14 of 18 partners who answered agree; 23 were invited.",
        "Of all 23 who were asked and to whom it applies, between 16 and 20 would agree, "
        "if those who did not answer resemble those who did.",
    ]


def test_figure_carries_count_and_share_together():
    figure = figure_of(result(), publication(), "GV3")
    assert (figure.figure, figure.words, figure.state) == ("14 of 18", "favourable (78\u202f%)", "shown")
    assert figure.range_words == "of all 23 asked, between 16 and 20"


def test_audience_and_unit_are_named_in_the_sentence():
    assert sentences(result(), audience="committee")[0].startswith("14 of 18 committee members who answered agree")
    by_organisation = sentences(result(), response={"unit": "organisations"})
    assert by_organisation[0].startswith("14 of 18 organisations who answered agree")


@pytest.mark.parametrize(
    ("shown", "n", "figure", "sentence"),
    [
        ({"at_most": 1}, 12, "at most 1 of 12", "At most 1 of 12 partners who answered agrees; 23 were invited."),
        ({"at_least": 17}, 18, "at least 17 of 18", "At least 17 of 18 partners who answered agree; 23 were invited."),
    ],
)
def test_coded_figure_has_neither_share_nor_interval_nor_chart(shown, n, figure, sentence):
    found = figure_of(result(n, **shown), publication(), "GV3")
    assert (found.figure, found.words, found.chart, found.share) == (figure, "favourable", None, None)
    assert found.sentences[0] == sentence
    assert "%" not in "".join(found.sentences)
    assert "exact number is kept back" in found.sentences[1]


def test_hidden_figure_says_its_rule_and_no_number_but_the_threshold():
    hidden = Result(kind="indicator", code="GV3", is_shown=False, hidden_because="few")
    assert sentences(hidden, threshold=7) == [
        "Figures of fewer than 7 people, or of one organisation alone, are never shown, so that nobody can be recognised."
    ]
    hidden.hidden_because = "together"
    assert "worked out" not in sentences(hidden)[0]
    assert figure_of(hidden, publication(), "GV3").state == "hidden"


def test_nobody_answering_is_no_answers_yet_and_no_zero():
    figure = figure_of(Result(kind="indicator", code="GV3", is_shown=True, n=0), publication(), "GV3")
    assert (figure.state, figure.figure) == ("empty", "")


def test_those_who_could_not_say_stand_beside_the_count():
    found = sentences(result(count=14, percent=78, dont_know=2, not_applicable=1))
    assert found[1:] == [
        "2 answered “don't know” and are not counted.",
        "1 said that it does not apply and is not counted.",
    ]


@pytest.mark.parametrize(
    ("verdict", "label"),
    [
        ("baseline", "baseline"),
        ("not_comparable", "not comparable"),
        ("too_few", "too few to compare"),
    ],
)
def test_verdict_without_two_counts_names_no_points(verdict, label):
    found = figure_of(changed(verdict), publication(), "GV3").verdict
    assert found.label == label
    assert "points" not in found.sentence


@pytest.mark.parametrize(("verdict", "label"), [("up", "clearly up"), ("down", "clearly down")])
def test_verdict_shows_both_counts_the_points_and_their_range(verdict, label):
    found = figure_of(changed(verdict, **NEWCOMBE), publication(), "GV3").verdict
    assert found.label == label
    assert found.sentence == (
        "Previous round: 11 of 18 (61\u202f%); now 14 of 18 (78\u202f%): +17 points (between +3.1 and +30.4)."
    )


@pytest.mark.parametrize(
    ("needed", "words"),
    [
        ({"up_count": 17, "down_count": 5}, " Clear would have been 17 of 18 or more, or 5 or fewer."),
        ({"up_count": 17, "down_count": None}, " Clear would have been 17 of 18 or more."),
        ({"up_count": None, "down_count": 5}, " Clear would have been 5 of 18 or fewer."),
        ({"up_count": None, "down_count": None}, " With so few answers no change would have been clear."),
    ],
)
def test_no_clear_change_says_how_large_one_would_have_been(needed, words):
    verdict = figure_of(changed("no_clear_change", **NEWCOMBE, needed=needed), publication(), "GV3").verdict
    assert verdict.sentence.endswith("(between +3.1 and +30.4)." + words)


def test_label_that_speaks_of_an_increase_is_a_baseline_at_first():
    plain, increase = (figure_of(result(), publication(), "GV3", is_change=flag).verdict for flag in (False, True))
    assert plain.label == increase.label == "baseline"
    assert (
        increase.sentence
        == plain.sentence + " What it is called speaks of an increase, which one round alone cannot show."
    )


def test_same_people_in_both_rounds_stand_beside_the_verdict():
    paired = {"n": 14, "count": 11, "rose": 5, "fell": 1, "p_value": 0.2}
    found = sentences(result(count=14, percent=78, paired=paired))
    assert found[-1] == "Of the 14 who answered in both rounds, 5 became favourable and 1 no longer are."


def test_figure_whose_open_question_waits_for_coding_says_so():
    said = [
        sentences(Result(kind="indicator", code=code, is_shown=True, n=18, shown=SHOWN))[-1] for code in ("GV1", "GV3")
    ]
    assert ["open question" in sentence for sentence in said] == [True, False]


def test_census_says_that_nothing_is_uncertain():
    people = {"low": 14, "high": 14, "of": 18}
    assert "Everybody to whom it applies has answered" in sentences(result(count=14, percent=78, people=people))[1]


@pytest.mark.parametrize(
    ("n", "shown", "words"),
    [
        (7, {"word": "some"}, "some of 7"),
        (9, {"word": "few"}, "few of 9"),
        (9, {"word": "most"}, "most of 9"),
        (11, {"count": 8, "percent": 73}, "8 of 11 (73\u202f%)"),
        (12, {"at_most": 1}, "at most 1 of 12"),
        (0, {}, "no answers yet"),
    ],
)
def test_cell_is_read_as_it_may_be(n, shown, words):
    assert cell_words(Result(is_shown=True, n=n, shown=shown)) == words


def test_differences_carry_their_sign():
    assert [signed(value) for value in (5, -3.2, 0)] == ["+5", "−3.2", "0"]


def test_panel_tells_what_became_of_everybody_who_was_asked():
    counts = COUNTS | {"unanswered": 1, "bounced": 2, "opted_out": 1, "ineligible": 1}
    response = {"unit": "persons", "persons": counts, "organisations": COUNTS, "missing": MISSING}
    dates = {"starts_on": SOME_DAY, "ends_on": SOME_DAY}
    panel = panel_of(publication(response=response, **dates))
    assert [(rate.label, rate.text) for rate in panel.rates] == [
        ("People", "18 of 23 (78\u202f%)"),
        ("Organisations", "18 of 23 (78\u202f%)"),
    ]
    assert panel.rates[0].sentence == (
        "16 answered at least 80 % of the questions. 2 answered at least half. 1 answered less than half, "
        "1 did not answer, 1 wants no mail, 2 could not be reached. "
        "1 had left or was the wrong one to ask, and is not counted."
    )
    assert panel.missing == [
        "Health: 3 of 8 have not answered",
        "Smaller sectors together: 2 of 15 have not answered",
    ]


def test_nobody_is_named_as_missing_where_enough_answered():
    response = {"unit": "persons", "persons": COUNTS, "organisations": COUNTS, "missing": None}
    assert panel_of(publication(response=response, starts_on=SOME_DAY, ends_on=SOME_DAY)).missing == []


@pytest.mark.parametrize(
    ("language", "mean", "least"), [("en", "3.9", "3.5"), ("es", "3,9", "3,5"), ("fr", "3,9", "3,5")]
)
def test_means_are_written_as_the_language_writes_decimals(language, mean, least):
    with translation.override(language):
        (sentence,) = _beside({"mean": 3.94})
    assert re.findall(r"\d[.,]\d", sentence) == [mean, least]


def test_limits_are_written_as_the_language_writes_decimals():
    limits = {"low": 31.26, "high": 90.0}
    with translation.override("fr"):
        assert range_words(None, limits) == "entre 31,3\u202f% et 90,0\u202f%"
    with translation.override("ar"):
        assert "31.3" in range_words(None, limits)


def test_words_and_statistics_agree_on_what_is_favourable():
    assert LEAST_FAVOURABLE == FAVOURABLE_FROM
