"""The agenda: items are added, changed, moved, marked as reached, and carried over to the next meeting."""

from django.db import transaction
from django.db.models import Max

from backbone.models import AgendaItem, Meeting
from backbone.queries.agendas import item_snapshot, next_meeting, not_carried
from initiatives.actions import history

CARRIED = ("title", "kind", "duration", "owner_staff_id", "owner_contact_id", "goal_id", "decision_id")


@transaction.atomic
def add_item(*, meeting, values, by):
    """Put an item at the end of the agenda. `values` are columns of AgendaItem."""
    item = AgendaItem.objects.create(meeting=meeting, position=_end_of(meeting), **values)
    _tell(item, "agenda_item_added", after=item_snapshot(item), by=by)
    return item


@transaction.atomic
def change_item(*, item, values, by):
    """Set `values`; nothing is told where nothing differs. An item never leaves its meeting this way."""
    stored = AgendaItem.objects.select_related("meeting__initiative").get(pk=item.pk)
    before = item_snapshot(stored)
    for name, value in values.items():
        setattr(stored, name, value)
    after = item_snapshot(stored)
    if after != before:
        stored.save()
        _tell(stored, "agenda_item_changed", before=before, after=after, by=by)
    return stored


@transaction.atomic
def remove_item(*, item, by):
    """Take an item off the agenda; history keeps what it said."""
    _tell(item, "agenda_item_removed", before=item_snapshot(item), by=by)
    AgendaItem.objects.filter(pk=item.pk).delete()


@transaction.atomic
def move_item(*, item, places, by):
    """Move an item up (negative) or down; at either end it stays."""
    # Whoever else moves an item of this meeting waits.
    Meeting.objects.select_for_update().get(pk=item.meeting_id)
    items = list(item.meeting.agenda.all())
    before = [each.pk for each in items]
    if item.pk not in before:
        return
    place = before.index(item.pk)
    items.insert(max(0, min(place + places, len(items) - 1)), items.pop(place))
    if [each.pk for each in items] == before:
        return
    for position, each in enumerate(items):
        each.position = position
    AgendaItem.objects.bulk_update(items, ["position"])
    _tell(item, "agenda_item_moved", before={"place": place + 1}, after={"place": items.index(item) + 1}, by=by)


def mark_item(*, item, was_reached, by):
    """Say whether the meeting came to an item; None takes the mark away."""
    return change_item(item=item, values={"was_reached": was_reached}, by=by)


@transaction.atomic
def carry_over(*, meeting, by):
    """Put what was marked as not reached on the agenda of the next meeting, each item once. Returns (that meeting, how
    many items); (None, 0) where no later meeting is planned.
    """
    later = next_meeting(meeting)
    if later is None:
        return None, 0
    # Two who carry at once wait for each other, and the second finds nothing left.
    Meeting.objects.select_for_update().get(pk=meeting.pk)
    waiting, end = not_carried(meeting), _end_of(later)
    for place, item in enumerate(waiting):
        values = {name: getattr(item, name) for name in CARRIED}
        copy = AgendaItem.objects.create(meeting=later, position=end + place, carried_from=item, **values)
        _tell(copy, "agenda_item_carried_over", after=item_snapshot(copy), by=by)
    return later, len(waiting)


def _end_of(meeting):
    last = meeting.agenda.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _tell(item, verb, **told):
    history.record(initiative=item.meeting.initiative, verb=verb, target=item, **told)
