"""Writing one row with its history entry: what the other actions of this app have in common."""

from initiatives.actions import history


def write_new(*, row, initiative, fields, by):
    """Save a new row inside the caller's transaction and tell of it."""
    row.save()
    after = history.snapshot(row, fields)
    history.record(initiative=initiative, verb=f"{row._meta.model_name}_added", target=row, after=after, by=by)
    return row


def write_change(*, row, initiative, values, reason="", by):
    """Set `values` on the row as it is stored now, save and tell what differs; nothing is written when nothing does."""
    stored = type(row)._base_manager.get(pk=row.pk)
    before = history.snapshot(stored, list(values))
    for name, value in values.items():
        setattr(stored, name, value)
    after = history.snapshot(stored, list(values))
    if after != before:
        stored.save()
        history.record(
            initiative=initiative,
            verb=f"{row._meta.model_name}_changed",
            target=stored,
            before=before,
            after=after,
            reason=reason,
            by=by,
        )
    return stored
