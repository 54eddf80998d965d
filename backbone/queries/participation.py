"""How each partner and each sector takes part and keeps what it promised. For the backbone alone: nobody else sees partners compared."""

import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Q, Sum
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from backbone.counting import CommitmentFacts, period_of
from backbone.counting.periods import FISCAL_YEAR, QUARTER, before
from backbone.models import Attendance
from backbone.queries.figure_page import cell_words
from backbone.queries.kept_back import nameless
from backbone.queries.log_facts import meetings_held
from indicators.models import Result
from indicators.queries.publications import LOG, latest_publications
from indicators.statistics import one_decimal, percentage
from indicators.words.figures import figure_of
from partners.models import Commitment

TRUST = "PCT-T"
State = Commitment.State
THIS_QUARTER, LAST_QUARTER, THIS_YEAR, LAST_YEAR = "quarter", "last_quarter", "fiscal_year", "last_fiscal_year"
NAME, ATTENDANCE, KEPT = "name", "attendance", "kept"


@dataclass
class Taking:
    """What one partner or sector did in a period. `lines` of the roll of those who hold a seat, `there` of them took part;
    `levels` is the sum of what was noted of engagement, `noted` times. `states` are those of the promises that were due, `money`
    {currency: [promised, kept]}."""

    name: str
    sector: str = ""
    key: int | None = None
    lines: int = 0
    there: int = 0
    guests: int = 0
    noted: int = 0
    levels: int = 0
    promised: int = 0
    states: Counter = field(default_factory=Counter)
    kinds: dict = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    money: dict = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    @property
    def due(self):
        """Promises that were due, those released left out."""
        return self.states.total() - self.states[State.RELEASED]

    @property
    def kept(self):
        return self.states[State.KEPT]

    @property
    def attendance(self):
        return percentage(self.there, self.lines)

    @property
    def kept_share(self):
        return percentage(self.kept, self.due)

    @property
    def engagement(self):
        """The mean of what was noted, None where nothing was."""
        return one_decimal(self.levels / self.noted) if self.noted else None

    @property
    def kinds_in_words(self):
        """ "time 1 of 2, money 1 of 1": kept of due by kind."""
        labels = dict(Commitment.Kind.choices)
        parts = [f"{labels[kind]} {_of(*found)}" for kind, found in sorted(self.kinds.items())]
        return ", ".join(parts)

    @property
    def money_in_words(self):
        """ "USD 2,000 of 5,000", each currency by itself."""
        return ", ".join(f"{name} {_of(_amount(kept), _amount(of))}" for name, (of, kept) in sorted(self.money.items()))

    def add(self, other):
        for name in ("lines", "there", "guests", "noted", "levels", "promised"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.states += other.states
        for mine, theirs in ((self.kinds, other.kinds), (self.money, other.money)):
            for name, pair in theirs.items():
                mine[name] = [a + b for a, b in zip(mine[name], pair, strict=True)]


@dataclass(frozen=True)
class Participation:
    """`partners` and `sectors` are rows of Taking."""

    first: datetime.date
    last: datetime.date
    partners: list
    sectors: list


def _amount(value):
    return number_format(value, 0 if value == int(value) else 2, force_grouping=True)


def _of(part, whole):
    return _("%(part)s of %(whole)s") % {"part": part, "whole": whole}


def period_named(initiative, name):
    """(first, last) of one of the four periods that the page offers."""
    kind = QUARTER if name in (THIS_QUARTER, LAST_QUARTER) else FISCAL_YEAR
    period = period_of(kind, initiative.today(), initiative.fiscal_year_starts_in)
    if name in (LAST_QUARTER, LAST_YEAR):
        period = before(period, initiative.fiscal_year_starts_in)
    return period.first, period.last


def participation(initiative, first, last, *, order=NAME):
    """The `Participation` of a period: a handful of queries, however many partners. By name unless `order` says otherwise;
    whoever has nothing to be ordered by comes last."""
    organisations = initiative.organisations.filter(Q(left_on=None) | Q(left_on__gte=first))
    found = organisations.order_by("name", "pk").values_list("pk", "name", "sector__name")
    rows = {key: Taking(name, sector or nameless("sector"), key) for key, name, sector in found}
    _add_rolls(initiative, first, last, rows)
    _add_promises(initiative, first, last, rows)
    sectors = {}
    for row in rows.values():
        sectors.setdefault(row.sector, Taking(row.sector)).add(row)
    by_name = sorted(sectors.values(), key=lambda row: row.name.casefold())
    return Participation(first, last, _in_order(list(rows.values()), order), by_name)


def _in_order(rows, order):
    if order == NAME:
        return sorted(rows, key=lambda row: row.name.casefold())
    share = {ATTENDANCE: lambda row: row.attendance, KEPT: lambda row: row.kept_share}[order]
    return sorted(rows, key=lambda row: (share(row) is None, share(row) or 0, row.name.casefold()))


def _add_rolls(initiative, first, last, rows):
    """The organisation of a line is that of its day."""
    begin, end = (
        datetime.datetime.combine(day, datetime.time(), tzinfo=initiative.zone)
        for day in (first, last + datetime.timedelta(days=1))
    )
    held = meetings_held(initiative).filter(starts_at__gte=begin, starts_at__lt=end)
    seated, there = Q(seat__isnull=False), Q(state__in=Attendance.TOOK_PART)
    counted = (
        Attendance.objects.filter(meeting__in=held)
        .order_by()
        .values("organisation")
        .annotate(
            all_lines=Count("pk", filter=seated),
            all_there=Count("pk", filter=seated & there),
            all_guests=Count("pk", filter=~seated & there),
            all_noted=Count("engagement", filter=seated),
            all_levels=Sum("engagement", filter=seated),
        )
    )
    for line in counted:
        row = rows.get(line["organisation"])
        if row:
            row.lines, row.there, row.guests = line["all_lines"], line["all_there"], line["all_guests"]
            row.noted, row.levels = line["all_noted"], line["all_levels"] or 0


def _add_promises(initiative, first, last, rows):
    days, today = (first, last), initiative.today()
    due = Q(due_on__range=days) | Q(due_on=None, settled_on__range=days)
    found = initiative.commitments.filter(due | Q(made_on__range=days)).order_by("pk")
    columns = ("organisation", "made_on", "due_on", "settled_on", "state", "kind", "amount", "currency")
    for *facts, kind, amount, currency in found.values_list(*columns):
        promise = CommitmentFacts(*facts)
        row = rows.get(promise.organisation)
        if row is None:
            continue
        row.promised += first <= promise.made_on <= min(last, today)
        day = promise.counts_on
        if day is None or not first <= day <= last or (promise.state == State.MADE and day >= today):
            continue
        row.states[promise.state] += 1
        if promise.state != State.RELEASED:
            _add_kind(row, kind, promise.state == State.KEPT, amount, currency)


def _add_kind(row, kind, is_kept, amount, currency):
    kept, of = row.kinds[kind]
    row.kinds[kind] = [kept + is_kept, of + 1]
    if amount is not None and currency:
        promised, paid = row.money[currency]
        row.money[currency] = [promised + amount, paid + (amount if is_kept else 0)]


def trust(initiative):
    """What surveys say about trust, as every member may read it: [(Figure, [(sector, words)])]. Never by partner."""
    latest = {p.pk: p for key, p in latest_publications(initiative).items() if key[0] != LOG}
    results = defaultdict(list)
    for result in Result.objects.filter(publication__in=latest, kind=Result.Kind.INDICATOR, code=TRUST):
        results[result.publication_id].append(result)
    told = []
    for key, found in results.items():
        whole = next(result for result in found if not result.breakdown)
        cells = [result for result in found if result.breakdown == "sector"]
        words = [(cell.cell or nameless("sector"), cell_words(cell)) for cell in cells]
        told.append((figure_of(whole, latest[key], "", draws=False), words))
    return told


def export_rows(page):
    """The header and a row for each partner."""
    kinds = list(Commitment.Kind)
    yield [
        _("Partner"),
        _("Sector"),
        _("From"),
        _("To"),
        _("Took part, of those with a seat"),
        _("Lines of the roll with a seat"),
        _("Came as guest"),
        _("Level of engagement, mean of 0 to 3"),
        _("How often it was noted"),
        _("Promises made"),
        _("Promises due"),
        _("Kept"),
        _("Partly kept"),
        _("Not kept"),
        _("Nobody has said yet"),
        _("Released"),
        *[_("Kept of due: %(kind)s") % {"kind": kind.label} for kind in kinds],
        _("Money kept of money promised"),
    ]
    for row in page.partners:
        states = [row.states[state] for state in (State.KEPT, State.PARTLY, State.NOT_KEPT, State.MADE, State.RELEASED)]
        by_kind = [_of(*row.kinds[kind]) if kind in row.kinds else "" for kind in kinds]
        days = [page.first.isoformat(), page.last.isoformat()]
        roll = [row.there, row.lines] if row.lines else ["", ""]
        engagement = [row.engagement, row.noted] if row.noted else ["", ""]
        yield [
            row.name,
            row.sector,
            *days,
            *roll,
            row.guests or "",
            *engagement,
            row.promised or "",
            row.due if row.states else "",
            *(states if row.states else [""] * 5),
            *by_kind,
            row.money_in_words,
        ]
