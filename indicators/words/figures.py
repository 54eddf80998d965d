"""One published figure in words: everything is formatted here, so that templates only place it.

Sentences are built in the reader's language when a page is made; a `Result` holds numbers and codes alone.
"""

from dataclasses import dataclass, field

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import charts
from indicators.catalogue import AUDIENCES, SOURCES

NARROW_SPACE = "\u202f"
# As indicators.statistics has it, which pages need not load.
LEAST_FAVOURABLE = 3.5
# Who answered, as a sentence goes on about them: "14 of 18 partners who answered agree".
WHO = {
    "partners": gettext_lazy("partners"),
    "committee": gettext_lazy("committee members"),
    "community": gettext_lazy("community members"),
    "policymakers": gettext_lazy("policymakers and influencers"),
    "funders": gettext_lazy("funders"),
}
# Indicators that an open question asks about as well, which staff will code.
OPEN_QUESTIONS = frozenset({"GV1", "BI2"})
ORGANISATIONS = gettext_lazy("organisations")


@dataclass(frozen=True)
class Verdict:
    """What may be said about the change since the previous round: a badge, and the sentence behind it."""

    code: str
    kind: str
    icon: str
    label: str
    sentence: str


@dataclass(frozen=True)
class Figure:
    """What one source and one audience say about one indicator or function.

    `state` is "shown", "hidden" (too few answers) or "empty" (no answers yet). A shown one has `figure` ("14 of 18"),
    `words` ("(78 %) favourable") and `sentences`; the others have `sentences` that say why, or what will fill them.
    """

    state: str
    source: str
    source_label: str
    # Who was asked, as it stands beside a badge ("steering committee") and in a sentence ("committee members").
    audience: str
    who: str = ""
    figure: str = ""
    words: str = ""
    sentences: tuple = ()
    verdict: Verdict | None = None
    range_words: str = ""
    chart: charts.Chart | None = None
    period: str = ""
    share: float | None = field(default=None, repr=False)

    @property
    def is_shown(self):
        return self.state == "shown"

    @property
    def is_hidden(self):
        return self.state == "hidden"


def decimal_words(number):
    """A number with one decimal, as the language writes it: 3.5 or 3,5."""
    return formats.number_format(f"{number:.1f}", decimal_pos=1)


def percent_words(percent):
    return f"{percent}{NARROW_SPACE}%"


def empty_figure(source, audience="", log=""):
    """Nothing came in yet: say which survey, log or milestone will fill it."""
    sentence = {
        "survey": lambda: (
            _("No answers yet. A survey of this audience will fill it: %(audience)s.")
            % {"audience": AUDIENCES[audience]}
        ),
        "log": lambda: _("Nothing logged yet. It is filled by %(log)s.") % {"log": log},
        "status": lambda: _("No milestone set yet. Staff set one, with evidence."),
    }[source]()
    return Figure("empty", source, str(SOURCES[source]), str(AUDIENCES.get(audience, "")), sentences=(sentence,))


def figure_of(result, publication, label, *, is_change=False, draws=True):
    """The `Figure` of a whole-round result; `label` names what is measured, for the chart, where it is drawn."""
    about = {
        "source": publication.source_kind,
        "source_label": str(SOURCES[publication.source_kind]),
        "audience": str(AUDIENCES.get(publication.audience, publication.audience)),
        "who": str(WHO.get(publication.audience, publication.audience)),
        "period": publication.title,
    }
    if not result.is_shown:
        return Figure("hidden", **about, sentences=(hidden_sentence(result, publication.threshold),))
    if not result.n:
        empty = _("No answers yet: nobody who was asked in this round could say.")
        return Figure("empty", **about, sentences=(empty,))
    shown = result.shown
    verdict = verdict_of(shown.get("change"), shown, result.n, is_change=is_change)
    return Figure(
        "shown",
        **about,
        figure=count_words(shown, result.n),
        words=favourable_words(shown),
        sentences=tuple(_sentences(result, publication, verdict)),
        verdict=verdict,
        range_words=range_words(shown.get("people"), shown.get("interval")),
        chart=interval_chart(shown, result.n, label) if draws else None,
        share=shown.get("percent"),
    )


def count_words(shown, n):
    """ "14 of 18", "at most 1 of 12", "at least 17 of 18", or for a small group "some of 7"."""
    if "count" in shown:
        return _("%(count)d of %(n)d") % {"count": shown["count"], "n": n}
    if "at_most" in shown:
        return _("at most %(count)d of %(n)d") % {"count": shown["at_most"], "n": n}
    if "at_least" in shown:
        return _("at least %(count)d of %(n)d") % {"count": shown["at_least"], "n": n}
    few, some, most = _("few of %(n)d"), _("some of %(n)d"), _("most of %(n)d")
    return {"few": few, "some": some, "most": most}[shown["word"]] % {"n": n}


def favourable_words(shown):
    if "percent" in shown:
        return _("favourable (%(percent)s)") % {"percent": percent_words(shown["percent"])}
    return _("favourable")


def hidden_sentence(result, threshold):
    """The rule behind a figure that is kept back."""
    if result.hidden_because == result.Hidden.TOGETHER:
        return _("Kept back, because together with what is shown it would tell how single people answered.")
    return _(
        "Figures of fewer than %(threshold)d people, or of one organisation alone, are never shown, "
        "so that nobody can be recognised."
    ) % {"threshold": threshold}


def _sentences(result, publication, verdict):
    shown, n = result.shown, result.n
    yield _who_sentence(shown, n, publication)
    if "people" in shown:
        yield _interval_sentence(shown["people"], n)
    if "interval" in shown:
        yield _(
            "How many were invited is not known. By these answers between %(low)s and %(high)s would agree, if those who did not answer resemble those who did."
        ) % _limits(shown["interval"])
    if "at_most" in shown or "at_least" in shown:
        yield _(
            "Where nearly all or nearly none agree the exact number is kept back, so that nobody's answer can be worked out."
        )
    yield from _beside(shown)
    if verdict:
        yield verdict.sentence
    if "paired" in shown:
        yield _paired_sentence(shown["paired"])
    if result.code in OPEN_QUESTIONS and publication.source_kind == publication.SourceKind.SURVEY:
        yield _("It rests on the statements to agree with; the answers to the open question have not been coded yet.")


def _paired_sentence(paired):
    """The same people in both rounds; it stands beside the verdict and never decides it."""
    return (
        _("Of the %(n)d who answered in both rounds, %(rose)d became favourable and %(fell)d no longer are.") % paired
    )


def _who_sentence(shown, n, publication):
    """ "14 of 18 partners who answered agree; 23 were invited." """
    by_organisation = publication.response.get("unit") == "organisations"
    values = {
        "count": shown.get("count", shown.get("at_most", shown.get("at_least"))),
        "n": n,
        "who": ORGANISATIONS if by_organisation else WHO.get(publication.audience, publication.audience),
        "invited": publication.invited,
    }
    if "at_most" in shown:
        said = _("At most %(count)d of %(n)d %(who)s who answered agrees") % values
    elif "at_least" in shown:
        said = _("At least %(count)d of %(n)d %(who)s who answered agree") % values
    else:
        said = (
            ngettext(
                "%(count)d of %(n)d %(who)s who answered agrees",
                "%(count)d of %(n)d %(who)s who answered agree",
                values["count"],
            )
            % values
        )
    return (
        said + "."
        if publication.invited is None
        else _("%(said)s; %(invited)d were invited.") % (values | {"said": said})
    )


def _interval_sentence(people, n):
    if people["of"] == n:
        return _("Everybody to whom it applies has answered, so there is no uncertainty from those who did not.")
    if people["low"] == people["high"]:
        said = _("Of all %(of)d who were asked and to whom it applies, about %(low)d would agree")
    else:
        said = _("Of all %(of)d who were asked and to whom it applies, between %(low)d and %(high)d would agree")
    return _("%(said)s, if those who did not answer resemble those who did.") % {"said": said % people}


def range_words(people, interval=None):
    """The interval as people, short: "of all 30 asked, between 18 and 25"; "" where the count is not shown. As a share
    where it is not known how many were asked."""
    if interval:
        return _("between %(low)s and %(high)s") % _limits(interval)
    if not people:
        return ""
    if people["low"] == people["high"]:
        return _("of all %(of)d asked, about %(low)d") % people
    return _("of all %(of)d asked, between %(low)d and %(high)d") % people


def _limits(interval):
    return {name: percent_words(decimal_words(interval[name])) for name in ("low", "high")}


def _beside(shown):
    """What stands beside the count: those who could not say, and the mean."""
    unknown, inapplicable = shown.get("dont_know"), shown.get("not_applicable")
    if unknown:
        yield ngettext(
            "%(number)d answered “don't know” and is not counted.",
            "%(number)d answered “don't know” and are not counted.",
            unknown,
        ) % {"number": unknown}
    if inapplicable:
        yield ngettext(
            "%(number)d said that it does not apply and is not counted.",
            "%(number)d said that it does not apply and are not counted.",
            inapplicable,
        ) % {"number": inapplicable}
    if "mean" in shown:
        yield _("The mean is %(mean)s on a scale from 1 to 5; %(least)s and more counts as favourable.") % {
            "mean": decimal_words(shown["mean"]),
            "least": decimal_words(LEAST_FAVOURABLE),
        }


VERDICTS = {
    "up": ("up", "trending-up", gettext_lazy("clearly up")),
    "down": ("down", "trending-down", gettext_lazy("clearly down")),
    "no_clear_change": ("same", "equal", gettext_lazy("no clear change")),
    "baseline": ("baseline", "flag", gettext_lazy("baseline")),
    "not_comparable": ("baseline", "", gettext_lazy("not comparable")),
    "too_few": ("baseline", "", gettext_lazy("too few to compare")),
}


def verdict_of(change, shown, n, *, is_change=False):
    """The `Verdict` on the change since the previous comparable round; None where a figure carries none."""
    if not change or change["verdict"] not in VERDICTS:
        return None
    kind, icon, label = VERDICTS[change["verdict"]]
    return Verdict(change["verdict"], kind, icon, str(label), _verdict_sentence(change, shown, n, is_change))


def _verdict_sentence(change, shown, n, is_change):
    verdict = change["verdict"]
    if verdict == "baseline":
        said = _("This is the first comparable round, the baseline: a change can be seen from the next one on.")
        return (
            said + " " + _("What it is called speaks of an increase, which one round alone cannot show.")
            if is_change
            else said
        )
    if verdict == "not_comparable":
        return _("The previous round has no figure for the very same questions, so the two are not compared.")
    if verdict == "too_few":
        return _("One of the two rounds has too few answers, or too much agreement, to compare them.")
    said = _("Previous round: %(previous)s; now %(now)s: %(points)s points (between %(low)s and %(high)s).") % {
        "previous": _count_and_percent(change["previous"]),
        "now": _count_and_percent({"count": shown["count"], "n": n, "percent": shown["percent"]}),
        "points": signed(change["points"]),
        "low": signed(change["low"]),
        "high": signed(change["high"]),
    }
    return said + _needed_words(change.get("needed"), n)


def _count_and_percent(share):
    return _("%(count)d of %(n)d (%(percent)s)") % (share | {"percent": percent_words(share["percent"])})


def signed(points):
    """ "+5", "−3.2", "0": a difference, with a real minus."""
    return f"+{points}" if points > 0 else f"−{abs(points)}" if points < 0 else "0"


def _needed_words(needed, n):
    """How large a change would have been clear."""
    if not needed:
        return ""
    up, down = needed.get("up_count"), needed.get("down_count")
    values = {"up": up, "down": down, "n": n}
    if up is not None and down is not None:
        return " " + _("Clear would have been %(up)d of %(n)d or more, or %(down)d or fewer.") % values
    if up is not None:
        return " " + _("Clear would have been %(up)d of %(n)d or more.") % values
    if down is not None:
        return " " + _("Clear would have been %(down)d of %(n)d or fewer.") % values
    return " " + _("With so few answers no change would have been clear.")


def interval_chart(shown, n, label):
    """Between how many of all who were asked would agree; None where the count is not shown exactly."""
    people = shown.get("people")
    if not people:
        return None
    return charts.interval(
        title=label,
        description=_interval_sentence(people, n),
        low=people["low"],
        high=people["high"],
        maximum=people["of"],
        known=shown["count"],
        columns=[_("Figure"), _("People")],
        rows=[
            [_("Agree, of those who answered"), count_words(shown, n)],
            [_("At least, of all who were asked"), str(people["low"])],
            [_("At most, of all who were asked"), str(people["high"])],
        ],
    )
