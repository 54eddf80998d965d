"""The indicators that can be measured: what each is called, which function it tells of, and what feeds it."""

import tomllib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from core.documents import DocumentError, Table
from core.wording import Wording

SHIPPED = Path(__file__).with_name("catalogue.toml")
LANGUAGES = ("en", "es", "fr", "ar")
# The codes of initiatives.models.FunctionCode that have indicators; the seventh function has none of its own.
FUNCTIONS = ("vision", "alignment", "measurement", "community", "policy", "resources")
GOVERNANCE = "governance"
SOURCES = {"survey": _("survey"), "log": _("log"), "status": _("status")}
AUDIENCES = {
    "partners": _("partners"),
    "committee": _("steering committee"),
    "community": _("community members"),
    "policymakers": _("policymakers and influencers"),
    "funders": _("funders"),
}
# What fills an indicator from the log, in words that can follow "filled by".
LOGS = {
    "public_advocacy": _("evidence entries of public advocacy"),
    "attendance_by_sector": _("the roll of meetings, by sector"),
    "measure_values": _("measure values submitted on time"),
    "data_use": _("evidence entries of data use"),
    "community_support": _("evidence entries of community support"),
    "community_action": _("evidence entries of community action"),
    "policy_contacts": _("logged activities with policymakers"),
    "policy_advocacy": _("evidence entries of policy advocacy"),
    "policy_stages": _("policy items and the stage each has reached"),
    "funder_requirement": _("evidence entries of funder requirements"),
    "redirected_resources": _("resource entries of redirected funds"),
    "new_resources": _("resource entries of new funds"),
    "seats": _("committee seats, by sector and lived experience"),
    "strategic_agenda_items": _("agenda items marked strategic"),
    "decisions": _("decisions with the dates they were raised, needed and taken"),
    "achievements": _("logged achievements of partners"),
    "engagement": _("attendance and level of engagement in meetings"),
    "commitments": _("commitments promised and kept"),
}


class CatalogueError(DocumentError):
    """The catalogue's file cannot be used. The message names the file and the key."""


@dataclass(frozen=True)
class Indicator:
    """`function` is one of FUNCTIONS, or "governance". `is_change` marks a label that claims an increase by itself:
    one round alone is its baseline. `log` names the kind of log that feeds it, "" where none does."""

    code: str
    function: str
    label: Wording
    sources: tuple[str, ...]
    audiences: tuple[str, ...]
    is_change: bool
    log: str

    def asks(self, audience):
        """Whether a survey of this audience may feed the indicator."""
        return "survey" in self.sources and audience in self.audiences

    @property
    def source_labels(self):
        return [SOURCES[source] for source in self.sources]

    @property
    def audience_labels(self):
        return [AUDIENCES[audience] for audience in self.audiences]

    @property
    def log_label(self):
        return LOGS[self.log] if self.log else ""


@dataclass(frozen=True)
class Catalogue:
    indicators: tuple[Indicator, ...]

    def __iter__(self):
        return iter(self.indicators)

    def __len__(self):
        return len(self.indicators)

    def __contains__(self, code):
        return code in self.by_code

    def __getitem__(self, code):
        """The indicator with this code; KeyError where there is none."""
        return self.by_code[code]

    @cached_property
    def by_code(self):
        return {indicator.code: indicator for indicator in self.indicators}

    def of_function(self, function):
        """The indicators of one function, or of "governance", in the catalogue's order."""
        return tuple(indicator for indicator in self.indicators if indicator.function == function)

    def asked_of(self, audience):
        return tuple(indicator for indicator in self.indicators if indicator.asks(audience))


def load(path=SHIPPED):
    """Read and check a catalogue; raises CatalogueError naming file and key."""
    path = Path(path)
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CatalogueError(f"{path.name}: the file cannot be read: {error}.") from error
    root = Table(values, file=path.name, error=CatalogueError)
    indicators, seen = [], set()
    for table in root.tables("indicator"):
        indicator = _indicator(table)
        if indicator.code in seen:
            table.refuse("code", f"is “{indicator.code}” for the second time")
        seen.add(indicator.code)
        indicators.append(indicator)
    root.close()
    return Catalogue(tuple(indicators))


@lru_cache(maxsize=1)
def catalogue():
    """The catalogue this product ships."""
    return load()


def _indicator(table):
    indicator = Indicator(
        code=table.string("code", pattern=r"[A-Z]{2,3}(-[A-Z]|[0-9])"),
        function=table.string("function", among=(*FUNCTIONS, GOVERNANCE)),
        label=table.wording("label", LANGUAGES),
        sources=table.strings("sources", among=SOURCES),
        audiences=table.strings("audiences", among=AUDIENCES, default=()),
        is_change=table.flag("change", default=False),
        log=table.string("log", among=LOGS) if table.has("log") else "",
    )
    table.close()
    if not indicator.sources:
        table.refuse("sources", "is empty")
    if ("survey" in indicator.sources) != bool(indicator.audiences):
        table.refuse("audiences", "must name who is asked where there is a survey, and nobody where there is none")
    if ("log" in indicator.sources) != bool(indicator.log):
        table.refuse("log", "must name the log where there is one, and nothing where there is none")
    return indicator
