"""A figure of the log in words, made like those of `indicators.words.figures`; nothing is computed here."""

import datetime

from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backbone import entry_words
from backbone.counting.entries import EVIDENCE_OF, ORIGIN_OF
from backbone.stages import model
from indicators.catalogue import SOURCES
from indicators.words.figures import VERDICTS, Figure, Verdict, empty_figure, percent_words


def log_figure(result, publication):
    """The `Figure` of a result of the log."""
    about = {"source": "log", "source_label": str(SOURCES["log"]), "audience": "", "period": period_words(publication)}
    if not result.is_shown:
        return Figure("hidden", **about, sentences=(hidden_words(publication.threshold),))
    if not result.shown:
        said = _("Nothing was logged for it: %(period)s.") % {"period": about["period"]}
        return Figure("empty", **about, sentences=(said,))
    figure, words = _said(result)
    return Figure(
        "shown",
        **about,
        figure=figure,
        words=words,
        sentences=tuple(_sentences(result)),
        verdict=_verdict(result.shown),
        share=result.shown.get("percent"),
    )


def status_figure(result):
    """The `Figure` of a milestone: the stage that was reached, and since when."""
    shown = result.shown
    stages = model(shown["model"])
    stage = stages and stages.stage(shown["stage"])
    if stage is None:
        # Published before the model changed; the next count takes it away.
        return empty_figure("status")
    since = date_format(datetime.date.fromisoformat(shown["since"]), "DATE_FORMAT")
    sentences = [
        _("The backbone set this milestone: %(model)s, since %(day)s.") % {"model": stages.label, "day": since},
        _("The stages are: %(stages)s.") % {"stages": ", ".join(str(each.label) for each in stages.stages)},
    ]
    if "reviewed_on" in shown:
        day = date_format(datetime.date.fromisoformat(shown["reviewed_on"]), "DATE_FORMAT")
        sentences.append(_("It was reviewed on %(day)s.") % {"day": day})
    words = _("stage %(position)d of %(n)d") % {"position": shown["position"], "n": result.n}
    about = {"source": "status", "source_label": str(SOURCES["status"]), "audience": ""}
    period = _("since %(day)s") % {"day": since}
    return Figure("shown", **about, figure=str(stage.label), words=words, sentences=tuple(sentences), period=period)


def period_words(publication):
    """ "October 2026", "October to December 2026 so far"."""
    first, last = publication.starts_on, publication.ends_on
    if (first.year, first.month) == (last.year, last.month):
        said = date_format(first, "F Y")
    else:
        begins = date_format(first, "F" if first.year == last.year else "F Y")
        said = _("%(first)s to %(last)s") % {"first": begins, "last": date_format(last, "F Y")}
    return _("%(period)s so far") % {"period": said} if last >= publication.initiative.today() else said


def in_short(result):
    """A figure with its words on one line, as tables and files have it."""
    if not result.is_shown:
        return _("too few to show")
    return " ".join(_said(result)) if result.shown else _("nothing logged")


def hidden_words(threshold):
    return _(
        "What fewer than %(threshold)d partners did, or people of one organisation alone, is not shown here, so that it does not "
        "speak of single ones."
    ) % {"threshold": threshold}


def cell_in_short(result):
    """A sector of the committee: "2 held, 3 wanted"."""
    return _("%(held)d held, %(wanted)d wanted") % result.shown


def _said(result):
    shown, n = result.shown, result.n
    if result.code == "BI3":
        return _decisions_said(shown)
    if result.code == "AP1":
        return str(n), ngettext("contact logged", "contacts logged", n)
    if result.code in OF_ENTRIES:
        return entry_words.said(result.code, shown, n)
    if "count" not in shown:
        return str(shown["promised"]), ngettext("promise made, none due", "promises made, none due", shown["promised"])
    words = {
        "SC1": _("wanted seats are held (%(percent)s)"),
        "SA2": _("wanted sectors took part (%(percent)s)"),
        "BI1": _("agenda items were strategic (%(percent)s)"),
        "PCT-P": _("expected took part (%(percent)s)"),
        "PCT-C": _("promises due were kept (%(percent)s)"),
    }[result.code]
    figure = _("%(count)d of %(n)d") % {"count": shown["count"], "n": n}
    return figure, words % {"percent": percent_words(shown["percent"])}


def _decisions_said(shown):
    if "median_days" not in shown:
        return str(shown["open"]), ngettext("decision open, none taken", "decisions open, none taken", shown["open"])
    return days_words(shown["median_days"]), _("from raised to decided")


def days_words(days):
    return ngettext("%(days)s day", "%(days)s days", 1 if days == 1 else 2) % {"days": localize(days)}


def _sentences(result):
    if result.code in OF_ENTRIES:
        yield from entry_words.sentences(result.code, result.shown, result.n)
    else:
        yield from SENTENCES[result.code](result.shown, result.n)
    if "before" in result.shown:
        words = entry_words.before_words if result.code in ORIGIN_OF else _before_words
        yield _("In the period before: %(figure)s.") % {"figure": words(result.shown["before"])}
    elif "change" in result.shown:
        yield _(
            "This is the first period of its length that is over, the baseline: a change can be seen from the next one on."
        )


def _before_words(before):
    if "count" in before:
        return _("%(count)d of %(n)d (%(percent)s)") % (before | {"percent": percent_words(before["percent"])})
    if "median_days" in before:
        return _("%(days)s, with %(decided)d decided") % (before | {"days": days_words(before["median_days"])})
    return str(before.get("number", before.get("decided", before["n"])))


def _verdict(shown):
    """Counts of everything have no interval, so no verdict but the baseline."""
    if "change" not in shown:
        return None
    kind, icon, label = VERDICTS["baseline"]
    return Verdict("baseline", kind, icon, str(label), "")


def _committee(shown, n):
    yield _(
        "%(count)d of %(n)d seats that the steering committee wants, by sector and for lived experience, have somebody on them."
    ) % (shown | {"n": n})
    held, wanted = shown["lived_experience"]
    if wanted:
        yield _("Seats for lived experience: %(held)d held, %(wanted)d wanted.") % {"held": held, "wanted": wanted}
    if shown["vacant"]:
        yield ngettext(
            "%(number)d seat is vacant and fills nothing.",
            "%(number)d seats are vacant and fill nothing.",
            shown["vacant"],
        ) % {"number": shown["vacant"]}


def _sectors(shown, n):
    yield ngettext(
        "Of %(n)d sectors that the groups want, %(count)d took part in a meeting, by the roll of %(meetings)d meeting.",
        "Of %(n)d sectors that the groups want, %(count)d took part in a meeting, by the rolls of %(meetings)d meetings.",
        shown["meetings"],
    ) % (shown | {"n": n})
    if shown["missing"]:
        yield _("Not there yet: %(sectors)s.") % {"sectors": ", ".join(shown["missing"])}


def _strategic(shown, n):
    yield ngettext(
        "%(count)d of %(n)d items on the agenda of %(meetings)d meeting of the steering committee were marked strategic.",
        "%(count)d of %(n)d items on the agendas of %(meetings)d meetings of the steering committee were marked strategic.",
        shown["meetings"],
    ) % (shown | {"n": n})


def _decisions(shown, n):
    if "median_days" in shown:
        yield ngettext(
            "%(n)d decision was taken: half within %(days)s of being raised.",
            "%(n)d decisions were taken: half of them within %(days)s of being raised.",
            n,
        ) % {"n": n, "days": days_words(shown["median_days"])}
    if "in_time" in shown:
        yield _("%(in_time)d of %(needed)d that were needed by a day were decided by then.") % dict(
            zip(("in_time", "needed"), shown["in_time"], strict=True)
        )
    yield _("Open as of the last day that is counted: %(open)d; overdue: %(overdue)d.") % shown


def _contacts(shown, n):
    yield ngettext(
        "%(n)d activity of the function “policy” was logged.",
        "%(n)d activities of the function “policy” were logged.",
        n,
    ) % {"n": n}
    if "audiences" in shown:
        yield _("%(reached)d of %(all)d target audiences were spoken with, as far as the activities name them.") % dict(
            zip(("reached", "all"), shown["audiences"], strict=True)
        )


def _participation(shown, n):
    yield ngettext(
        "On the roll of %(meetings)d meeting %(count)d of %(n)d who hold a seat took part: present, remote or by proxy.",
        "On the rolls of %(meetings)d meetings %(count)d of %(n)d who hold a seat took part: present, remote or by proxy.",
        shown["meetings"],
    ) % (shown | {"n": n})
    if "engagement" in shown:
        values = {"mean": localize(shown["engagement"]["mean"]), "n": shown["engagement"]["n"]}
        yield _("How engaged they were was noted %(n)d times: %(mean)s in the mean, from 0 to 3.") % values


def _commitments(shown, n):
    if n:
        yield _("Of %(n)d promises that were due %(count)d were kept, %(partly)d in part, %(not_kept)d not.") % (
            shown | {"n": n}
        )
    if shown["waiting"]:
        yield ngettext(
            "Of %(number)d nobody has said yet what became of it.",
            "Of %(number)d nobody has said yet what became of them.",
            shown["waiting"],
        ) % {"number": shown["waiting"]}
    if shown["released"]:
        yield ngettext(
            "%(number)d was released and is not counted.",
            "%(number)d were released and are not counted.",
            shown["released"],
        ) % {"number": shown["released"]}
    if shown["promised"]:
        yield ngettext("%(number)d was newly made.", "%(number)d were newly made.", shown["promised"]) % {
            "number": shown["promised"]
        }


OF_ENTRIES = (*EVIDENCE_OF, "BI6", "AP3", *ORIGIN_OF)
SENTENCES = {
    "SC1": _committee,
    "SA2": _sectors,
    "BI1": _strategic,
    "BI3": _decisions,
    "AP1": _contacts,
    "PCT-P": _participation,
    "PCT-C": _commitments,
}
