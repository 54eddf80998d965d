"""What resources sum up to in a period, and what reached partners for each unit that the backbone cost."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from backbone import money
from backbone.effort import name_of_year
from backbone.models import Resource
from backbone.queries.effort import money as in_words
from backbone.queries.resources import facts_of, own_first, unvalued_words
from core import charts

NONE = "–"
KINDS = Resource.Kind.values
RECIPIENTS = Resource.Recipient.values
# New money first, public before private.
WAYS = [(origin, source) for origin in Resource.Origin.values for source in Resource.Source.values]
CENT, TENTH = Decimal("0.01"), Decimal("0.1")


@dataclass(frozen=True)
class CurrencySums:
    """All that there is in one currency. `states` are (what became of it, [money, in kind], together); `ways` (new or redirected
    and from where, (recipient, amount) of each, together)."""

    currency: str
    states: list
    ways: list
    chart: charts.Chart | None


@dataclass(frozen=True)
class Sums:
    """`unvalued`: (what became of it, how many contributions in kind without a known value)."""

    period: str
    currencies: list
    recipients: list
    unvalued: list

    @property
    def is_empty(self):
        return not (self.currencies or self.unvalued)


def sums(initiative, first, last):
    """The `Sums` from `first` to `last`; pledges stand as of the last day, or as of today where that has not come yet."""
    facts, day = facts_of(initiative), min(last, initiative.today())
    states = _states(facts, first, last, day)
    received = money.received(facts, first, last)
    shown = own_first({currency for _label, found in states for currency in money.sums(found)}, initiative)
    return Sums(
        period_words(first, last),
        [_of_currency(currency, states, received) for currency in shown],
        _recipients(),
        [(label, unvalued_words(number)) for label, found in states if (number := money.unvalued(found))],
    )


def period_words(first, last):
    return f"{date_format(first, 'DATE_FORMAT')} – {date_format(last, 'DATE_FORMAT')}"


def _states(facts, first, last, day):
    on = {"day": date_format(day, "DATE_FORMAT")}
    return [
        (_("Asked for"), money.asked(facts, first, last)),
        (_("Pledged"), money.pledged(facts, first, last)),
        (_("Received"), money.received(facts, first, last)),
        (_("Fell through"), money.fell_through(facts, first, last)),
        (_("Pledged and not received, as of %(day)s") % on, money.standing(facts, day)),
    ]


def _of_currency(currency, states, received):
    own = [fact for fact in received if fact.currency == currency and fact.amount is not None]
    by_way = money.parts(own, "origin", "source")
    return CurrencySums(
        currency,
        [(label, *_row(found, "kind", KINDS, currency)) for label, found in states if currency in money.sums(found)],
        [_way_row(_way(*way), by_way[way], currency) for way in WAYS if way in by_way]
        + ([_way_row(_("Together"), own, currency)] if len(by_way) > 1 else []),
        _chart(own, currency) if own else None,
    )


def _way_row(label, facts, currency):
    amounts, together = _row(facts, "recipient", RECIPIENTS, currency)
    return label, list(zip(_recipients(), amounts, strict=True)), together


def _recipients():
    return [capfirst(str(label)) for label in Resource.Recipient.labels]


def _row(facts, name, values, currency):
    """(an amount for each value, all together), "–" where there is none."""
    found = money.by(facts, name)
    amounts = [found.get(value, {}).get(currency) for value in values]
    return [_amount(amount, currency) for amount in amounts], _amount(money.sums(facts).get(currency), currency)


def _amount(amount, currency):
    return NONE if amount is None else in_words(amount, currency)


def _way(origin, source):
    words = {"origin": Resource.Origin(origin).label, "source": Resource.Source(source).label}
    return capfirst(_("%(origin)s, %(source)s") % words)


def _chart(own, currency):
    """A bar for each source and recipient that something came from and went to."""
    rows = []
    for (source, recipient), facts in sorted(money.parts(own, "source", "recipient").items(), key=_place):
        words = {"source": Resource.Source(source).label, "recipient": Resource.Recipient(recipient).label}
        amount = money.sums(facts)[currency]
        label = capfirst(_("%(source)s, to %(recipient)s") % words)
        rows.append((label, float(amount), in_words(amount, currency)))
    return charts.bars(
        title=_("Received in %(currency)s") % {"currency": currency},
        description=_("One bar for each source and who it went to."),
        columns=[_("From where, and to whom"), _("Received")],
        rows=rows,
    )


def _place(pair):
    (source, recipient), _facts = pair
    return Resource.Source.values.index(source), RECIPIENTS.index(recipient)


@dataclass(frozen=True)
class LeverageLine:
    """One currency: what came for partners and the initiative, what the backbone cost, and the first for each unit of the
    second, in all and by origin."""

    currency: str
    sentence: str
    received: str
    cost: str
    new: str
    redirected: str


@dataclass(frozen=True)
class Leverage:
    """`years`: the whole fiscal years it is told of; `notes`: what is missing and what to bear in mind, in sentences."""

    years: str
    lines: list
    notes: list


def leverage(initiative, first, last):
    """The `Leverage` of the fiscal years in which the period lies: only for those who may see what the backbone costs."""
    years = money.fiscal_years_of(first, last, initiative.fiscal_year_starts_in)
    costs = _costs(initiative, years)
    facts = money.received(facts_of(initiative), years[0][0], years[-1][1])
    found = money.leverage(facts, costs)
    lines = [_leverage_line(currency, ratio, facts, costs) for currency, ratio in found.items()]
    names = ", ".join(name_of_year(start) for start, _end in years)
    return Leverage(names, lines, _notes(initiative, years, costs, facts, (first, last)))


def _costs(initiative, years):
    """{currency: cost} of each year: one query."""
    by_year = defaultdict(lambda: defaultdict(Decimal))
    noted = initiative.backbone_costs.filter(year_starts_on__in=[start for start, _end in years], amount__gt=0)
    for cost in noted.order_by("pk"):
        by_year[cost.year_starts_on][cost.currency] += cost.amount
    return [dict(by_year[start]) for start, _end in years]


def _leverage_line(currency, ratio, facts, costs):
    by_origin = money.parts(facts, "origin")
    each = {origin: money.leverage(by_origin.get(origin, []), costs)[currency] for origin in Resource.Origin.values}
    # What is less than one is told to two places, and so are its parts.
    unit = TENTH if ratio >= 1 else CENT
    words = {"amount": _ratio(ratio, unit), "currency": currency}
    received = money.sums(money.levered(facts)).get(currency)
    return LeverageLine(
        currency,
        _("%(amount)s %(currency)s for each %(currency)s that the backbone cost") % words,
        _amount(received, currency),
        in_words(sum(year[currency] for year in costs), currency),
        f"{_ratio(each['new'], unit)} {currency}",
        f"{_ratio(each['redirected'], unit)} {currency}",
    )


def _ratio(ratio, unit):
    """To the nearest `unit`, and never a rounded zero for something."""
    if not ratio:
        return number_format(0)
    places = -unit.as_tuple().exponent
    if ratio < unit / 2:
        return _("less than %(number)s") % {"number": number_format(unit, places)}
    return number_format(ratio.quantize(unit, ROUND_HALF_UP), places, force_grouping=True)


def _notes(initiative, years, costs, facts, period):
    notes, today = [], initiative.today()
    if period != (years[0][0], years[-1][1]):
        notes.append(_("The time above is no whole fiscal year, so this is told of the fiscal years in which it lies."))
    if years[-1][1] > today:
        words = {"year": name_of_year(years[-1][0]), "day": date_format(today, "DATE_FORMAT")}
        notes.append(
            _("The year %(year)s is not over: its whole cost stands against what was received until %(day)s.") % words
        )
    came = money.sums(money.levered(facts))
    for currency in sorted(set(came).union(*costs)):
        missing = [
            name_of_year(start) for (start, _end), cost in zip(years, costs, strict=True) if currency not in cost
        ]
        if missing:
            words = {"currency": currency, "years": ", ".join(missing)}
            notes.append(_("No leverage in %(currency)s: no cost in %(currency)s is noted for %(years)s.") % words)
    if not came and not any(costs):
        notes.append(_("Nothing with a value came for partners or the initiative, and no cost is noted."))
    if number := money.unvalued(money.levered(facts)):
        notes.append(_("Not in it: %(unvalued)s.") % {"unvalued": unvalued_words(number)})
    return notes
