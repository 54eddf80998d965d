"""Writing one chunk of an import: what exists is read, what is missing is written, at a number of queries that does not grow.

Rows are given their `created_at` here: without a default for the database to fill in, Django sends PostgreSQL a whole chunk as
one array per column instead of a value for each cell.
"""

from django.utils import timezone

from partners.models import Contact, Group, Organisation, Seat, Sector
from partners.names import fold

STEERING_COMMITTEE = fold("Steering committee")


def write(*, initiative, rows):
    """Add the contacts whose address is new, with their organisations, sectors, groups and seats. Existing rows stay as
    they are. Returns how many of each were added. Call it inside a transaction.
    """
    emails = [row.email for row in rows]
    there = set(initiative.contacts.filter(email__in=emails).values_list("email", flat=True))
    rows = [row for row in rows if row.email not in there]
    organisations, new_sectors, new_organisations = _organisations(initiative, rows)
    groups, new_groups = _named(
        initiative.groups, [group for row in rows for group in row.groups], lambda name: _group(initiative, name)
    )
    contacts = _contacts(initiative, rows, organisations)
    seats = Seat.objects.bulk_create(
        Seat(
            group=groups[fold(name)],
            holder=contact,
            organisation=contact.organisation,
            sector_id=contact.organisation.sector_id,
            starts_on=contact.partner_since,
        )
        for row, contact in zip(rows, contacts, strict=True)
        for name in row.groups
    )
    return {
        "contacts": len(contacts),
        "organisations": new_organisations,
        "sectors": new_sectors,
        "groups": new_groups,
        "seats": len(seats),
    }


def _named(existing, names, make):
    """({folded name: row}, number made): the rows of these names, those that are missing made by `make(name)`."""
    wanted = {}
    for name in names:
        wanted.setdefault(fold(name), name)
    rows = {row.folded_name: row for row in existing.filter(folded_name__in=list(wanted))}
    made = existing.model.objects.bulk_create(make(name) for key, name in wanted.items() if key not in rows)
    return rows | {row.folded_name: row for row in made}, len(made)


def _organisations(initiative, rows):
    first = {}
    for row in rows:
        first.setdefault(fold(row.organisation), row)
    there = set(initiative.organisations.filter(folded_name__in=list(first)).values_list("folded_name", flat=True))
    sectors, new_sectors = _named(
        initiative.sectors,
        [row.sector for key, row in first.items() if key not in there and row.sector],
        lambda name: Sector(initiative=initiative, name=name, folded_name=fold(name)),
    )

    now = timezone.now()

    def make(name):
        row = first[fold(name)]
        return Organisation(
            initiative=initiative,
            name=name,
            folded_name=fold(name),
            sector=sectors[fold(row.sector)] if row.sector else None,
            partner_since=row.organisation_since,
            created_at=now,
        )

    organisations, new_organisations = _named(initiative.organisations, [r.organisation for r in first.values()], make)
    return organisations, new_sectors, new_organisations


def _contacts(initiative, rows, organisations):
    led = set(
        Contact.objects.filter(organisation__in=[o.pk for o in organisations.values()], is_lead=True).values_list(
            "organisation", flat=True
        )
    )
    now = timezone.now()
    return Contact.objects.bulk_create(
        Contact(
            initiative=initiative,
            organisation=organisations[fold(row.organisation)],
            name=row.name,
            email=row.email,
            role=row.role,
            language=row.language,
            time_zone=row.time_zone,
            partner_since=row.partner_since,
            is_lead=row.is_lead and organisations[fold(row.organisation)].pk not in led,
            created_at=now,
        )
        for row in rows
    )


def _group(initiative, name):
    kind = Group.Kind.STEERING_COMMITTEE if fold(name) == STEERING_COMMITTEE else Group.Kind.WORKING_GROUP
    return Group(initiative=initiative, name=name, folded_name=fold(name), kind=kind)
