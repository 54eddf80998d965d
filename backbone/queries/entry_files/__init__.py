"""Evidence, policy and resources as files: what one to be imported has to be held against, and what one that leaves says."""

from collections import Counter

from backbone.entry_files.cells import Known
from backbone.queries.activity_files import keys_by_name, words_of
from backbone.queries.entry_files import evidence, policy, resources

KINDS = {"evidence": evidence, "policy": policy, "resources": resources}


def known_to(kind, initiative):
    """What `read` of a file of this kind has to know of the initiative."""
    contacts = list(initiative.contacts.order_by().values_list("name", "email", "pk"))
    return Known(
        partners=dict(initiative.organisations.order_by().values_list("folded_name", "pk")),
        target_audiences=dict(initiative.target_audiences.order_by().values_list("folded_name", "pk")),
        contacts=keys_by_name((name, pk) for name, _email, pk in contacts),
        addresses={email: pk for _name, email, pk in contacts},
        items=policy.items_of(initiative) if kind == "policy" else {},
        there=Counter(KINDS[kind].there(initiative)),
        words=_words(KINDS[kind]),
        today=initiative.today(),
    )


def _words(kind):
    """{column: codes by their words in every language} of the choices in a file."""
    return {column: words_of(kind.MODEL._meta.get_field(column).choices) for column in kind.FILE.choices}


def imports_of(kind, initiative):
    return initiative.entry_imports.filter(kind=kind).defer("content").select_related("created_by", "initiative")


def header(kind):
    return KINDS[kind].FILE.header()


def export_rows(kind, initiative, filters=None):
    """Yield the rows of the file in the order of `header`; what comes out can be read in again. Amounts and counts are
    numbers, all else is text. Rows are read in portions, so that a long list needs no more memory than a short one."""
    for cells in KINDS[kind].cells(initiative, filters or {}):
        yield [cells[column] for column in KINDS[kind].FILE.headers]
