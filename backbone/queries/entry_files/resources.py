from django.db.models.functions import Coalesce

from backbone.entry_files.resources import FILE, key_of
from backbone.models import Resource
from backbone.queries import resources as queries
from backbone.queries.entry_files.words import iso, word

AT_ONCE = 500
MODEL = Resource
DAYS = ("asked_on", "pledged_on", "received_on", "fell_through_on", "starts_on", "ends_on")


def keys_of(resources):
    """The key of each of these resources."""
    told = resources.order_by().values_list(
        "title", Coalesce("giver__name", "giver_name"), "amount", "currency", "asked_on", "pledged_on", "received_on"
    )
    return (key_of(*values[:4], values[4:]) for values in told.iterator())


def there(initiative):
    """The key of every resource, as often as it is there."""
    return keys_of(initiative.resources.all())


def cells(initiative, filters):
    found = queries.filtered(queries.resources(initiative), today=initiative.today(), **filters)
    for resource in found.iterator(AT_ONCE):
        yield {
            "title": resource.title,
            **{column: word(FILE, column, getattr(resource, column)) for column in FILE.choices},
            "giver": resource.giver_label,
            "receiver": str(resource.receiver or ""),
            "amount": _number(resource.amount),
            "currency": resource.currency,
            **{column: iso(getattr(resource, column)) for column in DAYS},
            "note": resource.note,
            "source_link": resource.source_link,
        }


def _number(amount):
    """An amount as a number that a spreadsheet adds up; its digits fit a float."""
    if amount is None:
        return ""
    return int(amount) if amount == amount.to_integral_value() else float(amount)
