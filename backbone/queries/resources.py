"""Money and help in kind: what the list shows, how certain each is, and the facts from which sums are made."""

import datetime
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backbone import money
from backbone.models import Resource
from backbone.queries.effort import money as in_words
from backbone.resource_days import DAYS
from initiatives.queries import snapshot

FIELDS = [
    "title", "kind", "origin", "source", "giver", "giver_name", "recipient", "receiver", "amount", "currency",
    *DAYS, "starts_on", "ends_on", "note", "source_link",
]  # fmt: skip
FACTS = ["kind", "origin", "source", "recipient", "amount", "currency", *DAYS]
EQUAL = ("kind", "origin", "source", "recipient", "currency", "giver", "receiver")
SEARCHED = ["title", "giver_name", "note", "giver__name", "receiver__name"]
ASKED, PLEDGED, RECEIVED, FELL_THROUGH = Resource.Certainty
BADGES = {ASKED: "quiet", PLEDGED: "info", RECEIVED: "good", FELL_THROUGH: "warn"}
# What may come next, by how certain it is now.
NEXT = {
    ASKED: [PLEDGED, RECEIVED, FELL_THROUGH],
    PLEDGED: [RECEIVED, FELL_THROUGH],
    RECEIVED: [],
    FELL_THROUGH: [],
}


def resource_snapshot(resource):
    return snapshot(resource, FIELDS)


def resources(initiative):
    """With all that a row shows: what is not settled first, then what was settled last."""
    found = initiative.resources.select_related("giver", "receiver", "initiative")
    return found.order_by(
        Coalesce("received_on", "fell_through_on").desc(nulls_first=True),
        Coalesce("pledged_on", "asked_on").desc(nulls_last=True),
        "-id",
    )


def _by(name, day):
    return Q(**{f"{name}__lte": day})


def of_certainty(certainty, day):
    """The condition of what was just as certain at the end of `day`, as `Resource.certainty_on` tells it."""
    came, went = _by("received_on", day), _by("fell_through_on", day)
    return {
        RECEIVED: came,
        FELL_THROUGH: went & ~came,
        PLEDGED: _by("pledged_on", day) & ~came & ~went,
        ASKED: _by("asked_on", day) & ~_by("pledged_on", day) & ~came & ~went,
    }[certainty]


def filtered(found, *, today, certainty="", since=None, until=None, search="", **equal):
    """`certainty` is that of today; a period holds what was asked for, pledged, received or fell through in it. `equal` are
    values of EQUAL."""
    found = found.filter(**{name: value for name, value in equal.items() if name in EQUAL and value})
    if certainty:
        found = found.filter(of_certainty(certainty, today))
    if since or until:
        period = since or datetime.date.min, until or datetime.date.max
        found = found.filter(Q.create([(f"{name}__range", period) for name in DAYS], connector=Q.OR))
    if search:
        found = found.filter(Q.create([(f"{name}__icontains", search) for name in SEARCHED], connector=Q.OR))
    return found


@dataclass(frozen=True)
class ResourceRow:
    """A resource as pages show it: how certain it is today, since which day, and the steps that may come next."""

    resource: Resource
    certainty: str
    label: str
    badge: str
    day: datetime.date | None
    next: list


def row_of(resource, today):
    certainty = resource.certainty_on(today)
    if certainty is None:
        return ResourceRow(resource, "", _("not asked for yet"), "quiet", None, [])
    day = getattr(resource, f"{certainty}_on")
    steps = [(step.value, str(step.label)) for step in NEXT[certainty]]
    return ResourceRow(resource, certainty.value, str(certainty.label), BADGES[certainty], day, steps)


def currencies_of(initiative):
    """The currencies in which anything is written down, in order."""
    return list(
        initiative.resources.exclude(currency="").order_by("currency").values_list("currency", flat=True).distinct()
    )


def facts_of(initiative):
    """`money.ResourceFacts` of all that stands, the oldest first: one query."""
    return [money.ResourceFacts(*values) for values in initiative.resources.order_by("pk").values_list(*FACTS)]


@dataclass(frozen=True)
class Amounts:
    """Sums in words, one for each currency, and how many more have no known value, "" for none."""

    amounts: list
    unvalued: str

    @property
    def is_empty(self):
        return not (self.amounts or self.unvalued)


def own_first(currencies, initiative):
    """The currency in which the initiative reckons, then the others in their order."""
    return sorted(currencies, key=lambda currency: (currency != initiative.currency, currency))


def amounts_of(facts, initiative):
    sums = money.sums(facts)
    words = [in_words(sums[currency], currency) for currency in own_first(sums, initiative)]
    return Amounts(words, unvalued_words(money.unvalued(facts)))


def unvalued_words(number):
    if not number:
        return ""
    return ngettext(
        "%(number)d contribution in kind without a known value",
        "%(number)d contributions in kind without a known value",
        number,
    ) % {"number": number}


@dataclass(frozen=True)
class Head:
    """Above the list: received since the fiscal year began, and what is on its way today."""

    since: str
    received: Amounts
    pledged: Amounts
    asked: Amounts


def head(initiative):
    facts, today = facts_of(initiative), initiative.today()
    first, _last = initiative.fiscal_year(today)
    return Head(
        date_format(first, "DATE_FORMAT"),
        amounts_of(money.received(facts, first, today), initiative),
        amounts_of(money.standing(facts, today), initiative),
        amounts_of(money.waiting(facts, today), initiative),
    )
