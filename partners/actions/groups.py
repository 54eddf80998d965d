from django.db import transaction

from initiatives.actions import history
from partners.actions.changes import write_change, write_new
from partners.models import Group, WantedSeats
from partners.queries import wanted_snapshot


@transaction.atomic
def add(*, initiative, values, by):
    return write_new(row=Group(initiative=initiative, **values), initiative=initiative, fields=list(values), by=by)


@transaction.atomic
def change(*, group, values, by):
    return write_change(row=group, initiative=group.initiative, values=values, by=by)


@transaction.atomic
def want(*, group, seats, by):
    """Set the whole wanted mix: `seats` is {Sector, or None for lived experience: number}; none and 0 say the same."""
    before = wanted_snapshot(group)
    group.wanted_seats.all().delete()
    WantedSeats.objects.bulk_create(
        [WantedSeats(group=group, sector=sector, seats=number) for sector, number in seats.items() if number]
    )
    after = wanted_snapshot(group)
    if after != before:
        history.record(
            initiative=group.initiative,
            verb="wanted_seats_changed",
            target=group,
            before=before,
            after=after,
            by=by,
        )
