"""The agenda of a meeting: its items with running times, whether they fit, and where they go when time ran out."""

import datetime
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from backbone.minutes import in_words
from backbone.models import AgendaItem
from backbone.queries.activities import backbone_people
from backbone.queries.meetings import visible_meetings
from initiatives.queries import snapshot
from partners.queries import groups_led_by

ITEM_SAID = ["title", "kind", "duration", "owner_staff", "owner_contact", "goal", "decision", "was_reached"]


@dataclass(frozen=True)
class AgendaRow:
    """An item, when it begins on the clock of the meeting, and which way it can be moved."""

    item: AgendaItem
    begins: datetime.datetime
    duration: str
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class Agenda:
    """`fit` says in a sentence how the items fill the meeting, `fits` whether they do. `waiting` are the items that were
    not reached and stand in no later meeting yet; `next_meeting` is where these can go, or None."""

    rows: list
    fit: str
    fits: bool
    waiting: list
    next_meeting: object
    kinds: tuple = tuple(AgendaItem.Kind.choices)


def agenda_of(meeting):
    items = list(meeting.agenda.select_related("owner_staff", "owner_contact", "goal", "decision", "carried_from"))
    waiting = not_carried(meeting) if any(item.was_reached is False for item in items) else []
    planned = sum(item.duration or 0 for item in items)
    return Agenda(
        rows=_rows(items, meeting),
        fit=_fit(items, planned, meeting.duration),
        fits=planned <= meeting.duration,
        waiting=waiting,
        next_meeting=next_meeting(meeting) if waiting else None,
    )


def _rows(items, meeting):
    rows, passed = [], 0
    for place, item in enumerate(items):
        begins = meeting.begins + datetime.timedelta(minutes=passed)
        rows.append(AgendaRow(item, begins, in_words(item.duration or 0), place == 0, place == len(items) - 1))
        passed += item.duration or 0
    return rows


def _fit(items, planned, length):
    if not planned:
        return ""
    values = {"planned": in_words(planned), "length": in_words(length), "rest": in_words(abs(length - planned))}
    if planned > length:
        return (
            _(
                "The items take %(planned)s, and the meeting lasts %(length)s. Shorten them by %(rest)s, or make it longer."
            )
            % values
        )
    if planned == length:
        return _("The items take %(planned)s: the whole meeting.") % values
    return _("The items take %(planned)s of %(length)s; %(rest)s are free.") % values


def not_carried(meeting):
    """The items marked as not reached that no later meeting has yet."""
    return list(meeting.agenda.filter(was_reached=False, carried_to=None))


def next_meeting(meeting):
    """The next meeting of the same series, else of the same group; of an open meeting only its series goes on."""
    later = meeting.initiative.meetings.filter(
        group=meeting.group_id, cancelled_at=None, starts_at__gt=meeting.starts_at
    ).order_by("starts_at", "id")
    in_series = later.filter(series=meeting.series_id).first() if meeting.series_id else None
    return in_series or (later.first() if meeting.group_id else None)


def visible_items(membership):
    """The agenda items of all meetings a member may open."""
    return AgendaItem.objects.filter(meeting__in=visible_meetings(membership)).select_related(
        "meeting__initiative", "meeting__group", "owner_staff", "owner_contact"
    )


def item_snapshot(item):
    return snapshot(item, ITEM_SAID)


def owners_to_choose(membership, meeting, item=None):
    """(staff, contacts) who may own an item: co-chairs choose among those who sit on the group, the backbone among all."""
    today = membership.initiative.today()
    contacts = membership.initiative.contacts.active(on=today)
    if not membership.is_backbone:
        contacts = contacts.in_groups([meeting.group_id], on=today)
    present = [person for person in [item.owner_staff if item else None] if person]
    kept = Q(pk__in=contacts.values("pk")) | Q(pk=item.owner_contact_id if item else None)
    return backbone_people(membership.initiative, also=present), membership.initiative.contacts.filter(kept)


def decisions_to_choose(membership, item=None):
    """Open decisions, and the one an item has: co-chairs choose among those of the groups they lead."""
    found = membership.initiative.decisions.all()
    still = Q(decided_on=None) if membership.is_backbone else Q(decided_on=None, body__in=groups_led_by(membership))
    return found.filter(still | Q(pk=item.decision_id if item else None))
