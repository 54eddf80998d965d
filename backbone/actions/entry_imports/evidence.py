"""Evidence entries from a file."""

from collections import Counter

from backbone.actions.entry_imports.kinds import EntryImports, link, missing
from backbone.entry_files.evidence import key_of
from backbone.models import EntryImport, Evidence

SAME = ("happened_on", "kind", "title", "description", "made_easier", "source_link", "confirmed_by_other")


class EvidenceImports(EntryImports):
    fields = {"kind": EntryImport.Kind.EVIDENCE.value}

    def write_missing(self, initiative, rows, made):
        days = {row.happened_on for row in rows}
        there = initiative.evidence.filter(happened_on__in=days).values_list("happened_on", "kind", "title")
        new = missing(rows=rows, there=Counter(key_of(*values) for values in there))
        entries = Evidence.objects.bulk_create(
            Evidence(
                initiative=initiative,
                people_least=row.people[0],
                people_most=row.people[1],
                confirmed_by_id=row.confirmed_by,
                **{name: getattr(row, name) for name in SAME},
                **made,
            )
            for row in new
        )
        pairs = list(zip(entries, new, strict=True))
        link(model=Evidence, field="partners", pairs=pairs)
        link(model=Evidence, field="target_audiences", pairs=pairs)
        return {"evidence": len(entries)}
