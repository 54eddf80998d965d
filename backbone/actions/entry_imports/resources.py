"""Resources from a file."""

from collections import Counter

from django.db.models import Q

from backbone.actions.entry_imports.kinds import EntryImports, missing
from backbone.models import EntryImport, Resource
from backbone.queries.entry_files.resources import keys_of

SAME = (
    "title", "kind", "origin", "source", "giver_name", "recipient", "amount", "currency", "asked_on", "pledged_on",
    "received_on", "fell_through_on", "starts_on", "ends_on", "note", "source_link",
)  # fmt: skip


class ResourceImports(EntryImports):
    fields = {"kind": EntryImport.Kind.RESOURCES.value}

    def write_missing(self, initiative, rows, made):
        days = {row.first_day for row in rows}
        near = Q(asked_on__in=days) | Q(pledged_on__in=days) | Q(received_on__in=days)
        of_amount = Q(amount__in={row.amount for row in rows} - {None}) | Q(amount=None)
        new = missing(rows=rows, there=Counter(keys_of(initiative.resources.filter(near, of_amount))))
        resources = Resource.objects.bulk_create(
            Resource(
                initiative=initiative,
                giver_id=row.giver,
                receiver_id=row.receiver,
                **{name: getattr(row, name) for name in SAME},
                **made,
            )
            for row in new
        )
        return {"resources": len(resources)}
