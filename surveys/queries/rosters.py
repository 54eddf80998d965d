"""Who a round asks: read from the partners as they stand, until somebody presses send and the list is frozen."""

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Subquery

from indicators.disclosure import Rules, propose_clusters, what_nobody_will_see
from partners.models import Contact, Seat
from surveys.models import Round

# The share of people expected to answer when nothing is known yet.
EXPECTED_RESPONSE_RATE = 0.7


@dataclass(frozen=True)
class Roster:
    """The contacts who will be asked, those who belong to the roster but cannot be, and a digest of who is asked."""

    contacts: tuple
    unreachable: tuple
    digest: str

    @property
    def organisations(self):
        return len({contact.organisation_id for contact in self.contacts})

    @property
    def languages(self):
        return sorted(Counter(contact.language for contact in self.contacts).items())


def eligible_contacts(round):
    """Contacts whom the choices of `round` name, reachable or not; backbone staff never. A queryset, by organisation."""
    today = round.initiative.today()
    contacts = round.initiative.contacts.active(on=today).without_backbone()
    sectors, groups = list(round.sectors.all()), list(round.groups.all())
    if sectors:
        contacts = contacts.filter(organisation__sector__in=sectors)
    if groups:
        contacts = contacts.in_groups(groups, on=today)
    if round.roster == Round.Roster.LEAD:
        # Where nobody is flagged, the contact who was there first speaks for the organisation.
        first = contacts.filter(organisation=OuterRef("organisation")).order_by("-is_lead", "id").values("id")[:1]
        contacts = contacts.filter(pk=Subquery(first))
    return contacts.select_related("organisation__sector").order_by("organisation__name", "name", "id")


def roster(round):
    """The Roster of a round that was not sent yet: one query."""
    everyone = list(eligible_contacts(round))
    reachable = tuple(c for c in everyone if c.reachability == Contact.Reachability.REACHABLE)
    unreachable = tuple(c for c in everyone if c.reachability != Contact.Reachability.REACHABLE)
    return Roster(reachable, unreachable, digest_of(contact.pk for contact in reachable))


def digest_of(keys):
    """A digest of who is asked, so that what is sent is exactly what was previewed."""
    text = ",".join(map(str, sorted(keys)))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def cluster_of_sector(round):
    """{sector id: name of the cluster that holds it}, for the sectors merged in this round."""
    members = round.clusters.values_list("members__sector_id", "name")
    return {sector: name for sector, name in members if sector is not None}


def open_group_names(contacts, *, on):
    """{contact id: sorted names of the groups in which the contact holds a seat on that day}."""
    names = defaultdict(set)
    for holder, name in Seat.objects.open(on=on).filter(holder__in=contacts).values_list("holder_id", "group__name"):
        names[holder].add(name)
    return {holder: sorted(found) for holder, found in names.items()}


def invited_by_sector(contacts):
    """{sector name or "": people invited by organisation}, as disclosure control wants it: {"Health": [3, 1]}."""
    by_sector = defaultdict(Counter)
    for contact in contacts:
        sector = contact.organisation.sector
        by_sector[sector.name if sector else ""][contact.organisation_id] += 1
    return {name: sorted(organisations.values(), reverse=True) for name, organisations in sorted(by_sector.items())}


@dataclass(frozen=True)
class ClusterForecast:
    """What the expected response will show with the clusters as they are: rows of (name, sectors, people, shown?)."""

    total_shown: bool
    rows: tuple
    hidden: tuple
    proposal: tuple
    response_rate: float
    expected: int


@dataclass(frozen=True)
class ForecastRow:
    name: str
    sectors: tuple
    invited: int
    organisations: int
    is_shown: bool


def forecast(round, contacts, *, response_rate=EXPECTED_RESPONSE_RATE):
    """The ClusterForecast of a round for `contacts`, with the merge that would show most."""
    sectors = invited_by_sector(contacts)
    rules = Rules(threshold=round.smallest_group)
    named = {sector.name: sector.pk for sector in round.initiative.sectors.all()}
    merged = cluster_of_sector(round)
    clusters = defaultdict(list)
    for name in sectors:
        clusters[merged.get(named.get(name), name)].append(name)
    counts = {cell: [n for name in names for n in sectors[name]] for cell, names in clusters.items()}
    seen = what_nobody_will_see(counts, response_rate, rules)
    rows = tuple(
        ForecastRow(cell, tuple(clusters[cell]), sum(people), len(people), cell in seen.shown)
        for cell, people in counts.items()
    )
    proposal = propose_clusters({name: people for name, people in sectors.items() if name}, response_rate, rules)
    expected = int(sum(map(sum, sectors.values())) * response_rate)
    return ClusterForecast(seen.total_shown, rows, seen.hidden, proposal, response_rate, expected)


def contacts_to_invite(round, *, size):
    """The contacts of the frozen roster who have no invitation yet, in lists of at most `size`, with organisation and sector.

    Each list is read when it is wanted, without those who were invited meanwhile.
    """
    there = set(round.invitations.values_list("contact", flat=True))
    keys = [key for key in round.frozen_roster if key not in there]
    invited = round.invitations.filter(contact=OuterRef("pk"))
    waiting = Contact.objects.for_initiative(round.initiative).filter(~Exists(invited))
    for start in range(0, len(keys), size):
        found = list(waiting.filter(pk__in=keys[start : start + size]).select_related("organisation__sector"))
        if found:
            yield found
