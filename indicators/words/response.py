"""Who answered a round: the response panel in words."""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from indicators.words.figures import WHO, percent_words

UNITS = {"persons": gettext_lazy("People"), "organisations": gettext_lazy("Organisations")}
# What became of those who are not among the answers: (key, one, several), in the order they are told.
OTHERS = [
    (
        "break_off",
        gettext_lazy("%(number)d answered less than half"),
        gettext_lazy("%(number)d answered less than half"),
    ),
    ("unanswered", gettext_lazy("%(number)d did not answer"), gettext_lazy("%(number)d did not answer")),
    ("opted_out", gettext_lazy("%(number)d wants no mail"), gettext_lazy("%(number)d want no mail")),
    ("bounced", gettext_lazy("%(number)d could not be reached"), gettext_lazy("%(number)d could not be reached")),
]


@dataclass(frozen=True)
class Rate:
    """Answers of all who could have answered: a bar, its words, and the sentence that says what became of the others."""

    label: str
    count: int
    of: int
    text: str
    sentence: str


@dataclass(frozen=True)
class Panel:
    """How one round was answered; `round_id` leads staff to the names. `missing`: sentences on who has not answered, by sector; empty from 80 % on."""

    round_id: int | None
    who: str
    title: str
    period: str
    rates: list
    missing: list
    caption: str


def panel_of(publication, round_id=None):
    """The `Panel` of a survey's publication; None where it says nothing about responses."""
    response = publication.response
    if not response.get("persons"):
        return None
    return Panel(
        round_id,
        str(WHO.get(publication.audience, publication.audience)),
        publication.title,
        _period(publication),
        [_rate(unit, response[unit]) for unit in UNITS if response.get(unit)],
        list(_missing(response.get("missing"))),
        _("Figures speak of those who answered; the ranges hold if those who did not answer resemble those who did."),
    )


def _period(publication):
    first, last = date_format(publication.starts_on, "DATE_FORMAT"), date_format(publication.ends_on, "DATE_FORMAT")
    return last if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}


def _rate(unit, counts):
    rate = counts["rr2"]
    text = _("%(count)d of %(of)d") % rate
    if rate["percent"] is not None:
        text += f" ({percent_words(rate['percent'])})"
    return Rate(str(UNITS[unit]), rate["count"], rate["of"], text, " ".join(_became(unit, counts)))


def _became(unit, counts):
    """What became of everybody who was invited, so that the numbers add up for whoever counts."""
    complete, partial = counts.get("complete", 0), counts.get("partial", 0)
    yield _("%(complete)d answered at least 80 %% of the questions.") % {"complete": complete}
    if partial:
        yield _("%(partial)d answered at least half.") % {"partial": partial}
    others = [
        (ngettext(one, several, counts[key]) % {"number": counts[key]})
        for key, one, several in OTHERS
        if counts.get(key)
    ]
    if others:
        yield ", ".join(others) + "."
    if counts.get("ineligible"):
        yield ngettext(
            "%(number)d had left or was the wrong one to ask, and is not counted.",
            "%(number)d had left or were the wrong ones to ask, and are not counted.",
            counts["ineligible"],
        ) % {"number": counts["ineligible"]}


def _missing(missing):
    for cell in (missing or {}).get("cells", []):
        if cell["missing"]:
            yield _missing_words(cell["cell"] or _("No sector"), cell)
    rest = (missing or {}).get("rest")
    if rest and rest["missing"]:
        yield _missing_words(_("Smaller sectors together"), rest)


def _missing_words(label, cell):
    words = ngettext(
        "%(label)s: %(missing)d of %(invited)d has not answered",
        "%(label)s: %(missing)d of %(invited)d have not answered",
        cell["missing"],
    )
    return words % (cell | {"label": label})
