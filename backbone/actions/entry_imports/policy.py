"""Policy items and their stages from a file."""

from collections import Counter

from backbone.actions.entry_imports.kinds import EntryImports, link, missing
from backbone.entry_files.policy import item_key_of, key_of
from backbone.models import EntryImport, PolicyItem, PolicyStage

SAME = ("stage", "alignment", "reached_on", "note", "source_link")


class PolicyImports(EntryImports):
    fields = {"kind": EntryImport.Kind.POLICY.value}

    def write_missing(self, initiative, rows, made):
        items, added = _items(initiative, rows, made)
        there = PolicyStage.objects.filter(policy_item__in=set(items.values())).values_list(
            "policy_item__title", "policy_item__jurisdiction", "stage", "reached_on"
        )
        reached = [row for row in rows if row.stage]
        new = missing(rows=reached, there=Counter(key_of(*values) for values in there))
        PolicyStage.objects.bulk_create(
            PolicyStage(policy_item=items[row.item_key], **{name: getattr(row, name) for name in SAME}, **made)
            for row in new
        )
        return {"policies": added, "stages": len(new)}


def _items(initiative, rows, made):
    """({key: the item that stands}, how many of them were added now). All rows of one policy in a file have one spelling, so
    what an earlier chunk or the same file sent twice has added is found by its title."""
    titles, keys = {row.title for row in rows}, {row.item for row in rows}
    standing = initiative.policy_items.order_by("-pk")
    found = {
        item_key_of(item.title, item.jurisdiction): item
        for item in [*standing.filter(title__in=titles), *standing.filter(pk__in=keys - {None})]
    }
    new = {row.item_key: row for row in rows if row.item_key not in found}
    added = PolicyItem.objects.bulk_create(
        PolicyItem(
            initiative=initiative, title=row.title, jurisdiction=row.jurisdiction, description=row.description, **made
        )
        for row in new.values()
    )
    link(model=PolicyItem, field="target_audiences", pairs=zip(added, new.values(), strict=True))
    return found | dict(zip(new, added, strict=True)), len(added)
