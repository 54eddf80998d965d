"""Writing history: called inside the transaction of the change it tells of."""

from initiatives.models import HistoryEntry
from initiatives.queries import snapshot

__all__ = ["record", "snapshot"]


def record(*, initiative, verb, target=None, label="", before=None, after=None, reason="", by):
    """Write one entry. `by` is the user, or None for the system. `before` and `after` hold only what differs."""
    before, after = _differences(before or {}, after or {})
    return HistoryEntry.objects.create(
        initiative=initiative,
        by=by,
        by_label=str(by)[:200] if by else "",
        verb=verb,
        object_kind=target._meta.label_lower if target is not None else "",
        object_id=target.pk if target is not None else None,
        object_label=(label or (str(target) if target is not None else ""))[:300],
        before=before,
        after=after,
        reason=reason[:500],
    )


def _differences(before, after):
    names = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    return {n: before[n] for n in before if n in names}, {n: after[n] for n in after if n in names}
