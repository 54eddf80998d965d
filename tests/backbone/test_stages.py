"""Models of stages as data: what is shipped, and what a broken file is refused for."""

import datetime

import pytest
from django.utils import translation

from backbone import stages
from backbone.models import Milestone
from indicators.catalogue import FUNCTIONS

WORDS = "".join(f'label.{language} = "Word {language}"\n' for language in ("en", "es", "fr", "ar"))
ABOUT, ASKS = WORDS.replace("label", "about"), WORDS.replace("label", "asks")
SHARES = "shares = { vision = 50, alignment = 10, measurement = 10, community = 10, policy = 10, resources = 10 }\n"
CRITERION = '[[stage.criterion]]\ncode = "met"\n' + WORDS
STAGE = '[[stage]]\ncode = "begin"\n' + WORDS + ASKS + SHARES + CRITERION
FILE = 'code = "mine"\nis_phases = true\n' + WORDS + ABOUT + STAGE


@pytest.fixture
def refusal(tmp_path):
    def refuse(old, new):
        assert old in FILE
        path = tmp_path / "mine.toml"
        path.write_text(FILE.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(stages.StagesError) as caught:
            stages.load(path)
        return str(caught.value)

    return refuse


def test_four_models_are_shipped_in_their_order():
    found = {model.code: (model.indicator, model.is_phases, len(model.stages)) for model in stages.models()}
    assert found == {
        "shared_data_system": ("SM1", False, 4),
        "readiness": ("", False, 3),
        "dialogic_change": ("", True, 4),
        "collective_impact": ("", True, 4),
    }
    assert [model.code for model in stages.phase_models()] == ["dialogic_change", "collective_impact"]


def test_the_stages_of_a_data_system_are_those_of_its_indicator():
    found = [stage.code for stage in stages.model("shared_data_system").stages]
    assert found == ["none", "in_design", "in_development", "in_use"]


@pytest.mark.parametrize("model", stages.models(), ids=lambda model: model.code)
def test_each_stage_has_three_to_six_criteria_and_each_phase_what_it_asks(model):
    for stage in model.stages:
        assert 3 <= len(stage.criteria) <= 6
        assert (stage.asks is not None, bool(stage.shares)) == (model.is_phases, model.is_phases)
        assert not stage.shares or (tuple(stage.share_of), sum(stage.share_of.values())) == (FUNCTIONS, 100)
        assert all(model.criterion(criterion.code) == criterion for criterion in stage.criteria)


def test_unknown_codes_are_none():
    model = stages.model("readiness")
    assert (stages.model("../readiness"), model.stage("in_use"), model.criterion("x"), model.place_of("x")) == (
        None,
        None,
        None,
        None,
    )


def test_labels_stand_in_the_readers_language():
    with translation.override("fr"):
        assert str(stages.model("shared_data_system").stage("in_use").label) == "En service"


def test_a_milestone_is_named_by_stage_model_and_day():
    milestone = Milestone(model="shared_data_system", stage="in_use", starts_on=datetime.date(2026, 3, 1))
    assert str(milestone) == "Shared data system: In use, since 1 March 2026"
    # A model that is shipped no longer keeps its code.
    assert str(Milestone(model="old", stage="x", starts_on=milestone.starts_on)) == "old: x, since 1 March 2026"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('code = "mine"', "", "mine.toml: code is missing."),
        ('code = "mine"', 'code = "Mine!"', "mine.toml: code is “Mine!”, which does not have the form of a code."),
        ('code = "mine"', 'code = "mine"\nindicator = "SM2"', "mine.toml: indicator is “SM2”, which is none of: SM1."),
        ("is_phases = true", "is_phase = true", "mine.toml: stage[0].asks is not known here."),
        ("is_phases = true", "is_phases = true\nextra = 1", "mine.toml: extra is not known here."),
        ('about.ar = "Word ar"', "", "mine.toml: about.ar is missing."),
        (STAGE, "", "mine.toml: stage is missing."),
        (STAGE, "stage = []", "mine.toml: stage is empty."),
        ('asks.fr = "Word fr"', 'asks.fr = " "', "mine.toml: stage[0].asks.fr is empty."),
        (SHARES, "", "mine.toml: stage[0].shares is missing."),
        ("vision = 50", "vision = 51", "mine.toml: stage[0].shares add up to 101, and must be 100 together."),
        ("vision = 50", "vision = 50.0", "mine.toml: stage[0].shares.vision must be a whole number."),
        ("policy = 10", "polity = 10", "mine.toml: stage[0].shares.policy is missing."),
        ("resources = 10", "resources = 10, equity = 0", "mine.toml: stage[0].shares.equity is not known here."),
        (CRITERION, "", "mine.toml: stage[0].criterion is missing."),
        (CRITERION, CRITERION * 2, "mine.toml: stage[0].criterion[1].code is “met” for the second time."),
        (STAGE, STAGE * 2, "mine.toml: stage[1].code is “begin” for the second time."),
        (STAGE, STAGE + STAGE.replace("begin", "end"), "mine.toml: stage has the criterion “met” twice."),
        ("[[stage]]", "[[stage", "mine.toml: the file cannot be read: "),
    ],
)
def test_a_broken_model_is_refused_by_file_and_key(refusal, old, new, sentence):
    assert sentence in refusal(old, new)


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(stages.StagesError, match=r"nowhere\.toml: the file cannot be read"):
        stages.load(tmp_path / "nowhere.toml")


def test_no_two_shipped_models_share_a_code_so_that_history_can_name_it():
    for choices in (stages.stage_choices(), stages.criterion_choices()):
        codes = [code for code, _label in choices]
        assert len(set(codes)) == len(codes)
