from django.db import IntegrityError, transaction
from django.db.models import F

from initiatives.actions import history
from partners.actions.changes import write_change, write_new
from partners.models import Sector, WantedSeats


class InUse(Exception):
    """Two sectors stand side by side where only one may: they cannot be merged now."""


@transaction.atomic
def add(*, initiative, values, by):
    return write_new(row=Sector(initiative=initiative, **values), initiative=initiative, fields=list(values), by=by)


@transaction.atomic
def rename(*, sector, values, by):
    return write_change(row=sector, initiative=sector.initiative, values=values, by=by)


@transaction.atomic
def merge(*, sector, into, by):
    """Make everything that points to `sector`, on upper floors too, point to `into`, and delete it.

    Raises InUse, with nothing written, where something names both.
    """
    history.record(
        initiative=sector.initiative,
        verb="sector_merged",
        target=into,
        before={"sector": sector.name},
        after={"sector": into.name},
        by=by,
    )
    _add_wanted_seats(sector, into)
    for relation in Sector._meta.get_fields(include_hidden=True):
        if relation.one_to_many and relation.auto_created:
            _repoint(relation, sector, into)
    sector.delete()


def _add_wanted_seats(sector, into):
    """A group that wants seats of both wants the sum of them from the one that stays."""
    both = WantedSeats.objects.filter(sector=sector, group__wanted_seats__sector=into)
    for row in list(both):
        WantedSeats.objects.filter(group=row.group_id, sector=into).update(seats=F("seats") + row.seats)
        row.delete()


def _repoint(relation, sector, into):
    name = relation.field.name
    try:
        with transaction.atomic():
            relation.related_model._base_manager.filter(**{name: sector}).update(**{name: into})
    except IntegrityError as error:
        raise InUse from error
