from django.db import transaction

from partners.actions.changes import write_change, write_new
from partners.models import Group


@transaction.atomic
def add(*, initiative, values, by):
    return write_new(row=Group(initiative=initiative, **values), initiative=initiative, fields=list(values), by=by)


@transaction.atomic
def change(*, group, values, by):
    return write_change(row=group, initiative=group.initiative, values=values, by=by)
