"""Action items are written down, changed, moved from state to state, and deleted so that they can be restored."""

from django.db import transaction

from backbone.models import ActionItem
from backbone.queries.action_items import action_item_snapshot
from initiatives.actions import history, restoring

State = ActionItem.State
# Whoever has it to do now, or has another day to do it, is reminded from the beginning.
BEGINS_ANEW = ("owner_staff", "owner_contact", "due_on")


@transaction.atomic
def add(*, initiative, values, by):
    """Write a new action item, open, with its history entry; returns it."""
    item = ActionItem(initiative=initiative, created_by=by, reminders_since=initiative.today(), **values)
    item.save()
    after = action_item_snapshot(item)
    history.record(initiative=initiative, verb="actionitem_added", target=item, after=after, by=by)
    return item


@transaction.atomic
def change(*, item, values, by):
    """Set `values`; nothing is told where nothing differs."""
    stored = ActionItem.objects.select_related("initiative").get(pk=item.pk)
    before = action_item_snapshot(stored)
    for name, value in values.items():
        setattr(stored, name, value)
    after = action_item_snapshot(stored)
    if after == before:
        return stored
    if any(before[name] != after[name] for name in BEGINS_ANEW):
        stored.reminders_since, stored.reminders = stored.initiative.today(), 0
    stored.save()
    history.record(
        initiative=stored.initiative, verb="actionitem_changed", target=stored, before=before, after=after, by=by
    )
    return stored


def move(*, item, state, by):
    """Give an action item another state. Returns whether it had not got it yet: doing it twice is harmless."""
    return _move(item, State(state), [other for other in State if other != state], "", by)


def finish(*, item, contact):
    """Its owner said through their own link that it is done. Returns whether it was still to be done."""
    return _move(item, State.DONE, ActionItem.WAITING, f"{contact} <{contact.email}>", None)


@transaction.atomic
def _move(item, state, allowed, reason, by):
    initiative = item.initiative
    today = initiative.today()
    values = {"state": state, "done_on": today if state == State.DONE else None}
    before = ActionItem.objects.get(pk=item.pk)
    if item.state not in ActionItem.WAITING and state in ActionItem.WAITING:
        values |= {"reminders_since": today, "reminders": 0}
    # The state that was read is named, so that of two who move at once one does, and history tells the truth.
    same = ActionItem.objects.filter(pk=item.pk, state=before.state, state__in=allowed)
    if not same.update(**values):
        return False
    history.record(
        initiative=initiative,
        verb="actionitem_moved",
        target=before,
        before={"state": before.state},
        after={"state": str(state)},
        reason=reason,
        by=by,
    )
    return True


def delete(*, item, reason="", by):
    """Take an action item away; it can be restored. Returns whether it was still there."""
    return restoring.delete(row=item, before=action_item_snapshot(item), reason=reason, by=by)
