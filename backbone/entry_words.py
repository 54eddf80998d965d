"""Figures of evidence, achievements, policy and resources in words; nothing is computed here. See `backbone.log_words`."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from indicators.words.figures import percent_words

STAGES = {
    "idea": gettext_lazy("idea"),
    "drafted": gettext_lazy("drafted"),
    "introduced": gettext_lazy("introduced"),
    "adopted": gettext_lazy("adopted"),
    "in_force": gettext_lazy("in force"),
    "lost": gettext_lazy("lost"),
}
# Of which origin the resources of an indicator are, and that they are here.
CAME = {"MF2": gettext_lazy("redirected and received"), "MF3": gettext_lazy("new, and received")}
PARTS = {
    "public": gettext_lazy("public"),
    "private": gettext_lazy("private"),
    "partners": gettext_lazy("to partners"),
    "initiative": gettext_lazy("to the initiative"),
    "backbone": gettext_lazy("to the backbone"),
}


def amounts(sums):
    """ "12,500 USD and 3,000 EUR": each currency by itself."""
    return _(" and ").join(_amount(amount, currency) for currency, amount in sums.items())


def _amount(amount, currency):
    return f"{number_format(amount.removesuffix('.00'), use_l10n=True, force_grouping=True)} {currency}"


def people_words(least, most):
    """ "120 people", "from 100 to 150 people"."""
    if least == most:
        return ngettext("%(least)s person", "%(least)s people", least) % {
            "least": number_format(least, force_grouping=True)
        }
    return _("from %(least)s to %(most)s people") % {
        "least": number_format(least, force_grouping=True),
        "most": number_format(most, force_grouping=True),
    }


def said(code, shown, n):
    """(figure, words), as a page has them beside each other."""
    if code in ("MF2", "MF3"):
        return _resources_said(code, shown, n)
    if code == "AP3":
        figure = _("%(count)d of %(n)d") % {"count": shown["count"], "n": n}
        words = _("policies are adopted or in force, and agree with the agenda (%(percent)s)")
        return figure, words % {"percent": percent_words(shown["percent"])}
    words = {
        "GV2": ngettext("time partners spoke up in public", "times partners spoke up in public", n),
        "SM5": ngettext("time partners used data", "times partners used data", n),
        "CE2": ngettext("sign of support from the community", "signs of support from the community", n),
        "CE4": ngettext("action of the community", "actions of the community", n),
        "AP2": ngettext("time a target audience spoke up for change", "times a target audience spoke up for change", n),
        "MF1": ngettext("funder’s requirement noted", "funders’ requirements noted", n),
        "BI6": ngettext("achievement of partners spread", "achievements of partners spread", n),
    }
    return str(n), words[code]


def _resources_said(code, shown, n):
    valued = [
        _("%(amount)s in kind") % {"amount": amounts(shown["in_kind"])} if name == "in_kind" else amounts(shown[name])
        for name in ("money", "in_kind")
        if name in shown
    ]
    if valued:
        return _(", ").join(valued), str(CAME[code])
    if n:
        return str(n), ngettext("help in kind received, not valued", "helps in kind received, not valued", n)
    return _("nothing received"), _pledged_in_short(shown)


def _pledged_in_short(shown):
    if "pledged" in shown:
        return _("%(amount)s pledged") % {"amount": amounts(shown["pledged"])}
    return _("%(amount)s fell through") % {"amount": amounts(shown["fell_through"])}


def sentences(code, shown, n):
    """What a figure opens to."""
    if code in ("MF2", "MF3"):
        yield from _resources(shown, n)
        if code == "MF3":
            yield _("What the backbone itself was given is not in it.")
    elif code == "AP3":
        yield from _policies(shown, n)
    else:
        yield from _entries(code, shown, n)


def _entries(code, shown, n):
    if code == "BI6":
        told = ngettext(
            "%(n)d activity told others what partners achieved.",
            "%(n)d activities told others what partners achieved.",
            n,
        )
    else:
        told = ngettext(
            "%(n)d entry with a source: a link, a file, or who confirmed it.",
            "%(n)d entries, each with a source: a link, a file, or who confirmed it.",
            n,
        )
    yield told % {"n": n}
    if shown["partners"]:
        yield ngettext(
            "%(partners)d partner took part.", "%(partners)d different partners took part.", shown["partners"]
        ) % {"partners": shown["partners"]}
    if "people" in shown:
        least, most, known = shown["people"]
        yield _("%(people)s, by the %(known)d of %(n)d that say so; somebody who came twice is counted twice.") % {
            "people": people_words(least, most),
            "known": known,
            "n": n,
        }
    if shown.get("audiences"):
        yield ngettext(
            "%(number)d target audience spoke up.",
            "%(number)d different target audiences spoke up.",
            shown["audiences"],
        ) % {"number": shown["audiences"]}
    yield _("It tells what partners did and what the backbone made easier, not whose merit it is.")


def _policies(shown, n):
    yield _(
        "Of %(n)d policies that are followed, %(count)d are adopted or in force and agree with the agenda at least in part, "
        "as of the last day that is counted."
    ) % {"n": n, "count": shown["count"]}
    stages = ", ".join(f"{STAGES[stage]} {number}" for stage, number in shown["stages"].items())
    yield _("By stage: %(stages)s.") % {"stages": stages}
    yield _("In this period %(forward)d steps went forward, and %(back)d back or were lost.") % shown


def _resources(shown, n):
    if n:
        yield ngettext("%(n)d entry was received in this period.", "%(n)d entries were received in this period.", n) % {
            "n": n
        }
    if "money" in shown:
        yield _("In money: %(amounts)s.") % {"amounts": amounts(shown["money"])}
    if "in_kind" in shown:
        yield _("In kind, as valued: %(amounts)s.") % {"amounts": amounts(shown["in_kind"])}
    if "unvalued" in shown:
        yield ngettext(
            "%(number)d help in kind has no value and is in no sum.",
            "%(number)d helps in kind have no value and are in no sum.",
            shown["unvalued"],
        ) % {"number": shown["unvalued"]}
    for name in ("by_source", "by_recipient"):
        # What nobody valued has parts without sums.
        if parts := [f"{PARTS[part]}: {amounts(sums)}" for part, sums in shown.get(name, {}).items() if sums]:
            yield "; ".join(parts) + "."
    if "pledged" in shown:
        yield _("Pledged and not received as of the last day that is counted: %(amounts)s.") % {
            "amounts": amounts(shown["pledged"])
        }
    if "fell_through" in shown:
        yield _("Pledged or asked for, and fallen through in this period: %(amounts)s.") % {
            "amounts": amounts(shown["fell_through"])
        }
    yield _("Each currency stands by itself and is never added to another.")


def before_words(before):
    """Sums of the period before."""
    sums = [amounts(before[name]) for name in ("money", "in_kind") if before.get(name)]
    return _(", ").join(sums) or _("nothing received")
