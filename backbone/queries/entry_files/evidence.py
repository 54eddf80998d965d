from collections import Counter

from backbone.entry_files.evidence import FILE, key_of
from backbone.models import Evidence
from backbone.queries.entry_files.words import iso, names, word
from backbone.queries.evidence import entries

AT_ONCE = 500
MODEL = Evidence


def there(initiative):
    """The key of every entry, as often as it is there."""
    entries = initiative.evidence.order_by().values_list("happened_on", "kind", "title")
    return (key_of(*values) for values in entries.iterator())


def cells(initiative, filters):
    shared = Counter(initiative.contacts.order_by().values_list("name", flat=True))
    for entry in entries(initiative, filters).iterator(AT_ONCE):
        contact = entry.confirmed_by
        yield {
            "happened_on": iso(entry.happened_on),
            "kind": word(FILE, "kind", entry.kind),
            "title": entry.title,
            "description": entry.description,
            "made_easier": entry.made_easier,
            "partners": names(entry.partners.all()),
            "people": _people(entry.people_least, entry.people_most),
            "target_audiences": names(entry.target_audiences.all()),
            "source_link": entry.source_link,
            "confirmed_by": _who(contact, shared) if contact else entry.confirmed_by_other,
        }


def _people(least, most):
    """ "10-12" would become a day of October in a spreadsheet."""
    if least is None or least == most:
        return "" if least is None else least
    return f"{least} to {most}"


def _who(contact, shared):
    return contact.name if shared[contact.name] == 1 else contact.email
