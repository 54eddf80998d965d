from django.db import transaction

from partners.actions.changes import write_change, write_new
from partners.models import Organisation


@transaction.atomic
def add(*, initiative, values, by):
    organisation = Organisation(initiative=initiative, **values)
    return write_new(row=organisation, initiative=initiative, fields=list(values), by=by)


@transaction.atomic
def change(*, organisation, values, by):
    return write_change(row=organisation, initiative=organisation.initiative, values=values, by=by)
