"""Who a round asks: read from the partners as they stand, until somebody presses send and the list is frozen."""

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Subquery

from indicators.disclosure import Rules, expected_respondents, propose_clusters, what_nobody_will_see
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
class ForecastRow:
    name: str
    sectors: tuple
    invited: int
    organisations: int
    expected: int
    is_shown: bool

    @property
    def has_own_name(self):
        """Whether the name does not say already which sectors are in the group."""
        return sorted(self.name.split(" + ")) != sorted(self.sectors)


@dataclass(frozen=True)
class ClusterForecast:
    """What the expected response will show when the sectors are merged in one way; `hidden`: names of groups nobody sees."""

    total_shown: bool
    rows: tuple
    hidden: tuple
    expected: int

    @property
    def shown_count(self):
        return len(self.rows) - len(self.hidden)

    @property
    def kept_back(self):
        """How many expected answers are in groups that nobody will see; they still count in the whole."""
        return sum(row.expected for row in self.rows if not row.is_shown)

    @property
    def partition(self):
        """The sectors that are shown together, whatever their groups are called."""
        return {frozenset(row.sectors) for row in self.rows}


@dataclass(frozen=True)
class Comparison:
    """Ways to merge the sectors of a round, held against each other before anything is saved; `typed`: None without one."""

    now: ClusterForecast
    proposal: ClusterForecast
    typed: ClusterForecast | None
    # {sector name: name of the group it is proposed to be shown under}
    proposed_names: dict

    @property
    def proposal_in_use(self):
        return self.now.partition == self.proposal.partition


def comparison(round, contacts, *, typed=None, response_rate=EXPECTED_RESPONSE_RATE):
    """The Comparison of the clusters as they are with the merge that would show most, and with `typed` ({sector: name})."""
    invited = invited_by_sector(contacts)
    rules = Rules(threshold=round.smallest_group)
    named = {sector.pk: sector.name for sector in round.initiative.sectors.all()}
    now = {named[sector]: name for sector, name in cluster_of_sector(round).items()}
    proposal = propose_clusters({name: people for name, people in invited.items() if name}, response_rate, rules)
    proposed = {name: cluster.name for cluster in proposal for name in cluster.sectors}
    written = None if typed is None else {sector.name: name for sector, name in typed.items()}
    return Comparison(
        _forecast(invited, now, response_rate, rules),
        _forecast(invited, proposed, response_rate, rules),
        None if written is None else _forecast(invited, written, response_rate, rules),
        proposed,
    )


def forecast(round, contacts):
    """The ClusterForecast of a round for `contacts`, with the clusters as they are."""
    return comparison(round, contacts).now


def _forecast(invited, names, response_rate, rules):
    """`invited`: {sector name or "": people by organisation}; `names`: what sectors are shown under, if not their own."""
    clusters = defaultdict(list)
    for sector in invited:
        clusters[names.get(sector, sector)].append(sector)
    counts = {cell: [n for sector in sectors for n in invited[sector]] for cell, sectors in clusters.items()}
    seen = what_nobody_will_see(counts, response_rate, rules)
    rows = tuple(
        ForecastRow(
            cell,
            tuple(clusters[cell]),
            sum(people),
            len(people),
            expected_respondents(people, response_rate),
            cell in seen.shown,
        )
        for cell, people in counts.items()
    )
    everyone = [people for organisations in invited.values() for people in organisations]
    return ClusterForecast(seen.total_shown, rows, seen.hidden, expected_respondents(everyone, response_rate))


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
