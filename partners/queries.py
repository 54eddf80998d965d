"""What the partner pages, the export and the import read."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, Sum

from initiatives.queries import snapshot
from partners.mix import MixLine, SeatFacts, mix_of
from partners.models import Commitment, Contact, Seat, Sector
from partners.names import fold
from partners.roster import COLUMNS, Known

# Terms that end within these days are named in time.
TERMS_END_WITHIN = datetime.timedelta(days=60)
LIVED_EXPERIENCE = "lived experience"
PROMISED = ["organisation", "contact", "title", "kind", "amount", "currency", "unit", "made_on", "due_on", "note"]
EXPORT_HEADER = [headers[0] for headers in COLUMNS.values()]


def known_to(initiative):
    """What `partners.roster.read` has to know of the initiative, in four queries."""
    organisations = initiative.organisations.annotate(
        led=Exists(Contact.objects.filter(organisation=OuterRef("pk"), is_lead=True))
    ).values_list("folded_name", "name", "sector__name", "led")
    rows = list(organisations)
    return Known(
        sectors=dict(initiative.sectors.values_list("folded_name", "name")),
        organisations={folded: name for folded, name, _sector, _led in rows},
        groups=dict(initiative.groups.values_list("folded_name", "name")),
        sector_of={folded: sector or "" for folded, _name, sector, _led in rows},
        led=frozenset(folded for folded, _name, _sector, led in rows if led),
        addresses=frozenset(initiative.contacts.values_list("email", flat=True)),
        language=initiative.default_language,
    )


def askable(initiative, *, lead_only=False, sectors=None, groups=None):
    """The contacts a round may ask: those who have not left and are not the backbone itself.

    `lead_only` keeps one per organisation at most; `sectors` and `groups` (rows or ids) narrow, None means all.
    Those who bounced or opted out are among them, since they stay in the denominator; `.reachable()` leaves them out.
    """
    today = initiative.today()
    contacts = initiative.contacts.active(on=today).without_backbone()
    if lead_only:
        contacts = contacts.filter(is_lead=True)
    if sectors is not None:
        contacts = contacts.filter(organisation__sector__in=sectors)
    if groups is not None:
        contacts = contacts.in_groups(groups, on=today)
    return contacts.select_related("organisation__sector")


def groups_of(membership):
    """The committees and groups on which this member holds a seat today, found by their e-mail address."""
    seats = Seat.objects.open(on=membership.initiative.today()).filter(holder__email=membership.user.email)
    return membership.initiative.groups.filter(Exists(seats.filter(group=OuterRef("pk"))))


def groups_led_by(membership):
    """Those of `groups_of` that they chair or co-chair."""
    leads = (Seat.Role.CHAIR, Seat.Role.CO_CHAIR)
    seats = Seat.objects.open(on=membership.initiative.today())
    own = seats.filter(holder__email=membership.user.email, role__in=leads)
    return membership.initiative.groups.filter(Exists(own.filter(group=OuterRef("pk"))))


def organisations(initiative, *, search="", sector=None, left=False):
    """Organisations by name with `people`, the number of contacts who have not left."""
    found = initiative.organisations.select_related("sector").annotate(
        people=Count("contacts", filter=Q(contacts__left_on=None))
    )
    if search:
        found = found.filter(
            Q(name__icontains=search)
            | Q(folded_name__contains=fold(search))
            | Exists(
                Contact.objects.filter(organisation=OuterRef("pk")).filter(
                    Q(name__icontains=search) | Q(email__icontains=search)
                )
            )
        )
    if sector:
        found = found.filter(sector=sector)
    return (found if left else found.filter(left_on=None)).order_by("name", "id")


CONTACT_ORDERS = {
    "name": ("name", "id"),
    "organisation": ("organisation__name", "name", "id"),
    "since": (F("partner_since").desc(nulls_last=True), "name", "id"),
}


def contacts(initiative, *, search="", sector=None, group=None, lead=False, reachability="", order="name"):
    """Contacts who have not left, with their organisation; `order` is a key of CONTACT_ORDERS."""
    found = initiative.contacts.filter(left_on=None).select_related("organisation__sector")
    if search:
        found = found.filter(
            Q(name__icontains=search) | Q(email__icontains=search) | Q(organisation__name__icontains=search)
        )
    if sector:
        found = found.filter(organisation__sector=sector)
    if group:
        found = found.in_groups([group], on=initiative.today())
    if lead:
        found = found.filter(is_lead=True)
    if reachability:
        found = found.filter(reachability=reachability)
    return found.order_by(*CONTACT_ORDERS[order])


def sectors(initiative):
    return initiative.sectors.annotate(organisation_count=Count("organisations")).order_by("name")


def groups(initiative):
    """Committees and groups with `open_seats` and `vacant_seats` as of today."""
    today = initiative.today()
    is_open = (Q(seats__starts_on=None) | Q(seats__starts_on__lte=today)) & (
        Q(seats__ends_on=None) | Q(seats__ends_on__gte=today)
    )
    return initiative.groups.annotate(
        open_seats=Count("seats", filter=is_open & Q(seats__id__isnull=False)),
        vacant_seats=Count("seats", filter=is_open & Q(seats__id__isnull=False, seats__holder=None)),
    ).order_by("kind", "name")


def seats_of(initiative, *, group=None, organisation=None, holder=None):
    """(open, ended) seats of a group, an organisation or a person, with what the page shows of each."""
    seats = Seat.objects.for_initiative(initiative).select_related(
        "group", "holder__organisation", "organisation", "sector"
    )
    chosen = {"group": group, "organisation": organisation, "holder": holder}
    rows = list(seats.filter(**{name: value for name, value in chosen.items() if value}))
    today = initiative.today()
    ended = [seat for seat in rows if seat.ends_on and seat.ends_on < today]
    return [seat for seat in rows if seat not in ended], ended


def seats(initiative):
    return Seat.objects.for_initiative(initiative).select_related("group", "holder", "organisation", "sector")


def wanted_of(group):
    """{Sector, or None for lived experience: seats wanted}, by name: one query."""
    return {row.sector: row.seats for row in group.wanted_seats.select_related("sector")}


def wanted_snapshot(group):
    """The wanted mix by name of sector, as history keeps it."""
    return {sector.name if sector else LIVED_EXPERIENCE: seats for sector, seats in wanted_of(group).items()}


@dataclass(frozen=True)
class GroupMix:
    """The seats of a group today: against the wanted mix, who is missing, and which terms end soon.

    `lines`: [(Sector, None for seats without one, MixLine)] by name; empty where nothing is wanted.
    """

    lines: list
    lived_experience: MixLine
    wanted: int
    filled: int
    vacancies: list
    ending: list


def mix_of_group(initiative, group, open_seats):
    """The `GroupMix` of seats that were read already; one query for what is wanted."""
    today = initiative.today()
    seats = [seat for seat in open_seats if seat.starts_on is None or seat.starts_on <= today]
    wanted = wanted_of(group)
    sectors = {seat.sector_id: seat.sector for seat in seats} | {s.pk: s for s in wanted if s}
    facts = [SeatFacts(seat.sector_id, seat.lived_experience, seat.holder_id is not None) for seat in seats]
    mix = mix_of(facts, {s.pk: number for s, number in wanted.items() if s}, wanted.get(None, 0))
    lines = [(sectors[key], line) for key, line in mix.sectors.items()] if wanted else []
    ending = [seat for seat in seats if seat.ends_on and seat.ends_on <= today + TERMS_END_WITHIN]
    return GroupMix(
        sorted(lines, key=lambda line: (line[0] is None, str(line[0]).casefold())),
        mix.lived_experience,
        mix.wanted,
        mix.filled,
        [seat for seat in seats if seat.holder_id is None],
        sorted(ending, key=lambda seat: seat.ends_on),
    )


def sectors_to_want(initiative):
    """Every sector by name, as the form of the wanted mix asks for it."""
    return list(Sector.objects.for_initiative(initiative))


def export_rows(initiative):
    """The header and one row per contact who has not left, in the columns that the import reads."""
    yield EXPORT_HEADER
    open_seats = Seat.objects.open(on=initiative.today()).select_related("group")
    people = (
        initiative.contacts.filter(left_on=None)
        .select_related("organisation__sector")
        .prefetch_related(Prefetch("seats", queryset=open_seats))
        .order_by("organisation__name", "name", "id")
    )
    for contact in people.iterator(chunk_size=1_000):
        yield [
            contact.organisation.name,
            contact.organisation.sector.name if contact.organisation.sector else "",
            contact.name,
            contact.email,
            contact.role,
            "; ".join(seat.group.name for seat in contact.seats.all()),
            contact.language,
            contact.time_zone,
            contact.partner_since.isoformat() if contact.partner_since else "",
            "yes" if contact.is_lead else "",
        ]


def imports(initiative):
    return initiative.partner_imports.defer("content").select_related("created_by")


def organisation_people(organisation):
    return organisation.contacts.order_by(F("left_on").asc(nulls_first=True), "name")


def commitment_snapshot(commitment):
    """What was promised and what became of it, as history keeps it."""
    return snapshot(commitment, [*PROMISED, "state", "settled_on"])


COMMITMENT_WHEN = ("overdue", "open")


def commitments(initiative, *, organisation=None, kind="", state="", when="", search=""):
    """What was promised, what is due first before the rest. `when` is one of COMMITMENT_WHEN."""
    found = initiative.commitments.select_related("organisation", "contact", "initiative")
    for name, value in (("organisation", organisation), ("kind", kind), ("state", state)):
        if value:
            found = found.filter(**{name: value})
    if when:
        found = found.filter(state=Commitment.State.MADE)
    if when == "overdue":
        found = found.filter(due_on__lt=initiative.today())
    if search:
        found = found.filter(Q(title__icontains=search) | Q(organisation__name__icontains=search))
    return found.order_by(F("due_on").asc(nulls_last=True), "id")


@dataclass(frozen=True)
class CommitmentSum:
    """Commitments of one kind in one currency or unit. `promised` and `kept` are sums of the amounts, None where none was named;
    of what was kept in part nobody noted how much, so that it is counted and not added."""

    kind: str
    of_what: str
    number: int
    kept_number: int
    partly_number: int
    promised: Decimal | None
    kept: Decimal | None


def commitment_sums(found):
    """A CommitmentSum for each kind and, within it, each currency or unit: never added across. One query."""
    kept = Q(state=Commitment.State.KEPT)
    rows = (
        found.order_by()
        .values("kind", "currency", "unit")
        .annotate(
            number=Count("id"),
            kept_number=Count("id", filter=kept),
            partly_number=Count("id", filter=Q(state=Commitment.State.PARTLY)),
            promised=Sum("amount"),
            kept=Sum("amount", filter=kept),
        )
    )
    labels, order = dict(Commitment.Kind.choices), Commitment.Kind.values
    sums = [
        CommitmentSum(str(labels[row.pop("kind")]), row.pop("currency") or row.pop("unit", ""), **_sums_alone(row))
        for row in sorted(rows, key=lambda row: (order.index(row["kind"]), row["currency"], row["unit"]))
    ]
    return sums


def _sums_alone(row):
    return {name: row[name] for name in ("number", "kept_number", "partly_number", "promised", "kept")}


COMMITMENT_HEADER = [
    "Organization", "Promised by", "What", "Kind", "Amount", "Currency", "Unit", "Promised on", "Until", "State",
    "Settled on", "Confirmed on", "Disputed on", "What they say instead", "Note",
]  # fmt: skip


def commitment_file_rows(found, zone):
    """The rows of the file, the header first."""
    yield COMMITMENT_HEADER
    for row in found:
        said = [moment and moment.astimezone(zone).date().isoformat() for moment in (row.confirmed_at, row.disputed_at)]
        yield [
            row.organisation.name, row.contact.name if row.contact else "", row.title, str(row.get_kind_display()),
            row.amount, row.currency, row.unit, row.made_on.isoformat(), row.due_on and row.due_on.isoformat(),
            str(row.get_state_display()), row.settled_on and row.settled_on.isoformat(), *said, row.dispute, row.note,
        ]  # fmt: skip
