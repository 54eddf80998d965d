from django.db import IntegrityError, transaction

from initiatives.actions import history
from partners.actions.changes import write_change, write_new
from partners.models import Sector


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
    for relation in Sector._meta.get_fields(include_hidden=True):
        if relation.one_to_many and relation.auto_created:
            _repoint(relation, sector, into)
    sector.delete()


def _repoint(relation, sector, into):
    name = relation.field.name
    try:
        with transaction.atomic():
            relation.related_model._base_manager.filter(**{name: sector}).update(**{name: into})
    except IntegrityError as error:
        raise InUse from error
