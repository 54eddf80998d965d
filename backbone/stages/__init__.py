"""Models of stages that an initiative moves through: what each stage is called, and what to look for in it.

One TOML file for each model. Those with `is_phases` can be chosen as the phases of an initiative; their stages say what
they ask of a backbone, and suggest how its hours may be spread over the functions.
"""

import tomllib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from backbone.effort import WHOLE
from core.documents import DocumentError, Table
from core.wording import Wording
from indicators.catalogue import FUNCTIONS, LANGUAGES, catalogue

SHIPPED = Path(__file__).parent
# In the order in which pages show them.
ORDER = ("shared_data_system", "readiness", "dialogic_change", "collective_impact")
CODE = r"[a-z][a-z_]{0,39}"


class StagesError(DocumentError):
    """The file of a model cannot be used. The message names the file and the key."""


@dataclass(frozen=True)
class Criterion:
    code: str
    label: Wording


@dataclass(frozen=True)
class Stage:
    """`asks` is what a phase asks of a backbone, None where the model has no phases; `shares` then is empty, otherwise
    percentages by function that add up to 100."""

    code: str
    label: Wording
    criteria: tuple[Criterion, ...]
    asks: Wording | None
    shares: tuple[tuple[str, int], ...]

    @property
    def share_of(self):
        """{function code: percent}."""
        return dict(self.shares)


@dataclass(frozen=True)
class StageModel:
    """`indicator` is the code of the one that its milestones feed, "" for none."""

    code: str
    label: Wording
    about: Wording
    indicator: str
    is_phases: bool
    stages: tuple[Stage, ...]

    @cached_property
    def _stages(self):
        return {stage.code: stage for stage in self.stages}

    def stage(self, code):
        """The stage with this code, None where there is none."""
        return self._stages.get(code)

    def place_of(self, code):
        """0 for the first stage; None for an unknown code."""
        return next((place for place, stage in enumerate(self.stages) if stage.code == code), None)

    @cached_property
    def criteria(self):
        """All criteria, in the order of the stages."""
        return tuple(criterion for stage in self.stages for criterion in stage.criteria)

    def criterion(self, code):
        """The criterion with this code, None where there is none."""
        return next((criterion for criterion in self.criteria if criterion.code == code), None)


def load(path):
    """Read and check one model; raises StagesError naming file and key."""
    path = Path(path)
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise StagesError(f"{path.name}: the file cannot be read: {error}.") from error
    root = Table(values, file=path.name, error=StagesError)
    is_phases = root.flag("is_phases", default=False)
    model = StageModel(
        code=root.string("code", pattern=CODE),
        label=root.wording("label", LANGUAGES),
        about=root.wording("about", LANGUAGES),
        indicator=root.string("indicator", among=_fed_by_status()) if root.has("indicator") else "",
        is_phases=is_phases,
        stages=_once(root.tables("stage"), lambda table: _stage(table, is_phases)),
    )
    _refuse_repeated_criteria(root, model)
    root.close()
    return model


@lru_cache(maxsize=1)
def _shipped():
    return {code: load(SHIPPED / f"{code}.toml") for code in ORDER}


def models():
    """All models that this product ships."""
    return tuple(_shipped().values())


def phase_models():
    """Those that an initiative can choose as its phases."""
    return tuple(model for model in models() if model.is_phases)


def model(code):
    """The model with this code, None where there is none."""
    return _shipped().get(code)


def model_choices():
    return [(model.code, model.label) for model in models()]


def phase_model_choices():
    return [(model.code, model.label) for model in phase_models()]


def stage_choices():
    """Of all models; no two of them share the code of a stage."""
    return [(stage.code, stage.label) for model in models() for stage in model.stages]


def criterion_choices():
    """Of all models; no two of them share the code of a criterion."""
    return [(criterion.code, criterion.label) for model in models() for criterion in model.criteria]


def _fed_by_status():
    return tuple(indicator.code for indicator in catalogue() if "status" in indicator.sources)


def _once(tables, read):
    """What `read` makes of each table, none with the code of another."""
    found, seen = [], set()
    for table in tables:
        thing = read(table)
        if thing.code in seen:
            table.refuse("code", f"is “{thing.code}” for the second time")
        seen.add(thing.code)
        found.append(thing)
    return tuple(found)


def _refuse_repeated_criteria(root, model):
    codes = [criterion.code for criterion in model.criteria]
    for code in codes:
        if codes.count(code) > 1:
            root.refuse("stage", f"has the criterion “{code}” twice")


def _stage(table, is_phases):
    stage = Stage(
        code=table.string("code", pattern=CODE),
        label=table.wording("label", LANGUAGES),
        criteria=_once(table.tables("criterion"), _criterion),
        asks=table.wording("asks", LANGUAGES) if is_phases else None,
        shares=_shares(table) if is_phases else (),
    )
    table.close()
    return stage


def _shares(table):
    inside = table.table("shares")
    shares = tuple((function, inside.whole(function, least=0, most=WHOLE)) for function in FUNCTIONS)
    inside.close()
    total = sum(percent for _function, percent in shares)
    if total != WHOLE:
        table.refuse("shares", f"add up to {total}, and must be {WHOLE} together")
    return shares


def _criterion(table):
    criterion = Criterion(code=table.string("code", pattern=CODE), label=table.wording("label", LANGUAGES))
    table.close()
    return criterion
