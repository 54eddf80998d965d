from collections import Counter

import pytest
from django.utils import translation

from indicators.catalogue import FUNCTIONS, CatalogueError, catalogue, load
from initiatives.models import FunctionCode

ONE = """
[[indicator]]
code = "GV2"
function = "vision"
label.en = "Partners speak up"
label.es = "Los aliados se pronuncian"
label.fr = "Les partenaires s’expriment"
label.ar = "يتحدث الشركاء"
sources = ["survey", "log"]
audiences = ["partners"]
log = "public_advocacy"
"""


@pytest.fixture
def refusal(tmp_path):
    """Write a changed catalogue and return the sentence with which it is refused."""

    def of(old, new):
        path = tmp_path / "mine.toml"
        path.write_text(ONE.replace(old, new), encoding="utf-8")
        with pytest.raises(CatalogueError) as caught:
            load(path)
        return str(caught.value)

    return of


def test_the_27_indicators_are_4_8_5_4_3_3_by_function():
    counted = Counter(indicator.function for indicator in catalogue())

    assert [counted[function] for function in FUNCTIONS] == [4, 8, 5, 4, 3, 3]


def test_governance_has_12_indicators_and_participation_commitment_trust():
    found = [indicator.code for indicator in catalogue().of_function("governance")]

    assert found == [
        "SC1", *(f"BB{n}" for n in range(1, 5)), *(f"BI{n}" for n in range(1, 8)), "PCT-P", "PCT-C", "PCT-T",
    ]  # fmt: skip


def test_function_codes_are_those_of_the_initiative():
    assert {*FUNCTIONS, "equity"} == set(FunctionCode.values)


def test_exactly_the_labels_that_claim_an_increase_are_marked():
    marked = {indicator.code for indicator in catalogue() if indicator.is_change}

    assert marked == {"GV3", "GV4", "SA4", "SA5", "SA6", "SA7", "CE1", "CE4", "AP1", "AP3"}


def test_partners_alone_can_answer_14_of_the_27():
    asked = {i.code for i in catalogue().asked_of("partners") if i.function != "governance"}

    assert asked == {
        "GV1", "GV2", "GV3", "SA1", "SA3", "SA4", "SA5", "SA6", "SA7", "SA8", "SM2", "SM3", "SM4", "SM5",
    }  # fmt: skip


def test_status_feeds_only_the_shared_data_system():
    assert [i.code for i in catalogue() if "status" in i.sources] == ["SM1"]


def test_logs_alone_feed_these_indicators():
    assert {i.code for i in catalogue() if i.sources == ("log",)} == {
        "AP2",
        "AP3",
        "MF2",
        "MF3",
        "SC1",
        "PCT-P",
        "PCT-C",
    }


def test_a_label_is_shown_in_the_readers_language():
    with translation.override("es"):
        spanish = str(catalogue()["SM4"].label)

    assert spanish == "Los aliados toman decisiones basadas en datos"


def test_an_unknown_indicator_is_a_key_error():
    with pytest.raises(KeyError):
        catalogue()["XX9"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('label.fr = "Les partenaires s’expriment"', "", "mine.toml: indicator[0].label.fr is missing."),
        ('"Los aliados se pronuncian"', '" "', "mine.toml: indicator[0].label.es is empty."),
        ('"GV2"', "7", "mine.toml: indicator[0].code must be a text."),
        ('"vision"', '"views"', "mine.toml: indicator[0].function is “views”, which is none of: "),
        ('"log"]', '"log", "gossip"]', "mine.toml: indicator[0].sources holds “gossip”, which is none of: "),
        ('"log"]', '"log", "log"]', "mine.toml: indicator[0].sources names something twice."),
        ('log = "public_advocacy"', "", "mine.toml: indicator[0].log must name the log where there is one"),
        ('audiences = ["partners"]', "", "mine.toml: indicator[0].audiences must name who is asked"),
        ('log = "public_advocacy"', 'logg = "x"', "mine.toml: indicator[0].logg is not known here."),
        (
            'log = "public_advocacy"',
            'log = "public_advocacy"\nchange = 1',
            "indicator[0].change must be true or false.",
        ),
        ("\n[[indicator]]", ONE + "\n[[indicator]]", "mine.toml: indicator[1].code is “GV2” for the second time."),
        ("[[indicator]]", "[[indicator", "mine.toml: the file cannot be read: "),
        ("[[indicator]]", "[[indicators]]", "mine.toml: indicator is missing."),
    ],
)
def test_a_broken_catalogue_is_refused_by_file_and_key(refusal, old, new, sentence):
    assert sentence in refusal(old, new)


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(CatalogueError, match=r"nowhere\.toml: the file cannot be read"):
        load(tmp_path / "nowhere.toml")
