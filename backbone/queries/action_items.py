"""Action items: who sees which, and what their pages show."""

import datetime
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from backbone.models import ActionItem, Decision, Meeting
from backbone.queries.activities import backbone_people
from initiatives.permissions import Permission
from initiatives.queries import snapshot
from partners.queries import groups_led_by, groups_of

State = ActionItem.State
FIELDS = ["title", "owner_staff", "owner_contact", "due_on", "meeting", "decision", "note"]
# What the button says that gives an item this state.
MOVES = {
    State.OPEN: _("Back to open"),
    State.DOING: _("In progress"),
    State.DONE: _("Mark as done"),
    State.DROPPED: _("Drop it"),
}
CARDS_IN_A_COLUMN = 50
# How far back meetings and decisions are offered to belong to.
RECENT = datetime.timedelta(days=180)
SOON = datetime.timedelta(days=60)


def action_item_snapshot(item):
    return snapshot(item, [*FIELDS, "state", "done_on"])


def _of_groups(groups):
    """Items from a meeting or a decision of one of `groups`, as a Q."""
    return Q(meeting__group__in=groups, meeting__deleted_at=None) | Q(
        decision__body__in=groups, decision__deleted_at=None
    )


def _own(membership):
    return Q(owner_staff=membership.user) | Q(owner_contact__email=membership.user.email)


def visible_action_items(membership):
    """All for the backbone; for others their own, and those from meetings and decisions of their groups."""
    found = membership.initiative.action_items.all()
    if membership.is_backbone:
        return found
    return found.filter(_own(membership) | _of_groups(groups_of(membership)))


def changeable_action_items(membership):
    """All for the backbone; for chairs and co-chairs those from meetings and decisions of the groups they lead."""
    found = membership.initiative.action_items.all()
    if not membership.can(Permission.FOLLOW_UP_EDIT):
        return found.none()
    return found if membership.is_backbone else found.filter(_of_groups(groups_led_by(membership)))


def movable_action_items(membership):
    """Those they may change, and their own: whoever owes something may say that it is done."""
    found = membership.initiative.action_items.all()
    if membership.is_backbone and membership.can(Permission.FOLLOW_UP_EDIT):
        return found
    led = groups_led_by(membership) if membership.can(Permission.FOLLOW_UP_EDIT) else []
    return found.filter(_own(membership) | _of_groups(led))


def waiting(found):
    return found.filter(state__in=ActionItem.WAITING)


def overdue(found, *, today):
    """Those still to be done whose day has passed."""
    return waiting(found).filter(due_on__lt=today)


def due_this_week(found, *, today):
    """Those still to be done by the Sunday of this week, and not overdue."""
    return waiting(found).filter(due_on__gte=today, due_on__lte=today + datetime.timedelta(days=6 - today.weekday()))


def filtered(found, membership, *, owner=None, state="waiting", when="", meeting=None, group=None):
    """`owner` is "mine" or {"owner_staff": id} and the like; `state` a state, "waiting" or "all"; `when` "overdue" or "week"."""
    today = membership.initiative.today()
    if owner == "mine":
        found = found.filter(_own(membership))
    elif owner:
        found = found.filter(**owner)
    if meeting:
        found = found.filter(meeting=meeting)
    if group:
        found = found.filter(_of_groups([group]))
    if when:
        return {"overdue": overdue, "week": due_this_week}[when](found, today=today)
    if state == "waiting":
        return waiting(found)
    return found if state == "all" else found.filter(state=state)


def with_names(found):
    """With all that a row or a card shows, what is due first before the rest."""
    related = found.select_related("owner_staff", "owner_contact__organisation", "meeting", "decision")
    return related.order_by(F("due_on").asc(nulls_last=True), "id")


@dataclass(frozen=True)
class Row:
    """An action item as lists and boards show it. `moves` are the (state, words of the button) it may be given by who looks."""

    item: ActionItem
    is_overdue: bool
    may_change: bool
    moves: list


def rows_of(found, membership):
    """The Rows of some items (a page): who may do what with them is asked once for all."""
    items, today = list(found), membership.initiative.today()
    keys = [item.pk for item in items]
    changeable = set(changeable_action_items(membership).filter(pk__in=keys).values_list("pk", flat=True))
    movable = set(movable_action_items(membership).filter(pk__in=keys).values_list("pk", flat=True))
    return [
        Row(
            item,
            bool(item.state in ActionItem.WAITING and item.due_on and item.due_on < today),
            item.pk in changeable,
            [(state.value, words) for state, words in MOVES.items() if state != item.state]
            if item.pk in movable
            else [],
        )
        for item in items
    ]


@dataclass(frozen=True)
class Column:
    state: str
    label: str
    number: int
    rows: list

    @property
    def left_out(self):
        return self.number - len(self.rows)


def board(found, membership):
    """A Column for each state, the newest first among those that are over."""
    numbers = dict(found.order_by().values_list("state").annotate(n=Count("id")))
    items = []
    for state in State:
        of_state = with_names(found.filter(state=state))
        if state not in ActionItem.WAITING:
            of_state = of_state.order_by(F("done_on").desc(nulls_last=True), "-id")
        items += of_state[:CARDS_IN_A_COLUMN]
    rows = rows_of(items, membership)
    return [
        Column(state.value, state.label, numbers.get(state.value, 0), [row for row in rows if row.item.state == state])
        for state in State
    ]


def owner_people(membership, also=None):
    """(staff, contacts) who may be given something to do, and the owner of `also`: co-chairs choose among their groups."""
    today = membership.initiative.today()
    staff = backbone_people(membership.initiative, also=[also.owner_staff] if also and also.owner_staff else [])
    contacts = membership.initiative.contacts.active(on=today).without_backbone()
    if not membership.is_backbone:
        contacts = contacts.in_groups(groups_led_by(membership), on=today)
    if also and also.owner_contact_id:
        contacts = contacts | membership.initiative.contacts.filter(pk=also.owner_contact_id)
    return staff, contacts.select_related("organisation").order_by("name", "id").distinct()


def owners_of_list(membership):
    """(staff, contacts) to whom something they see belongs."""
    found = visible_action_items(membership).order_by()
    users, contacts = found.values("owner_staff"), found.values("owner_contact")
    people = get_user_model().objects.filter(pk__in=users).order_by("name", "email")
    return people, membership.initiative.contacts.filter(pk__in=contacts).select_related("organisation")


def meetings_to_choose(membership, also=None):
    """Meetings an item may come from: those of the last half year and the next weeks; co-chairs': of the groups they lead."""
    now = membership.initiative.today()
    recent = Q(starts_at__date__gte=now - RECENT, starts_at__date__lte=now + SOON)
    found = Meeting.objects.for_initiative(membership.initiative)
    if not membership.is_backbone:
        recent &= Q(group__in=groups_led_by(membership))
    return found.filter(recent | Q(pk=also.meeting_id if also else None))


def decisions_to_choose(membership, also=None):
    """Decisions an item may come from: open ones and those of the last half year; co-chairs': of the groups they lead."""
    recent = Q(decided_on=None) | Q(decided_on__gte=membership.initiative.today() - RECENT)
    if not membership.is_backbone:
        recent &= Q(body__in=groups_led_by(membership))
    found = Decision.objects.for_initiative(membership.initiative)
    return found.filter(recent | Q(pk=also.decision_id if also else None))


def meetings_of_list(membership):
    """Meetings from which something they see came."""
    found = visible_action_items(membership).order_by().values("meeting")
    return Meeting.objects.for_initiative(membership.initiative).filter(pk__in=found)
