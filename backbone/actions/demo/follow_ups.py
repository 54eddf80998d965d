"""What was agreed to be done in the demo, written down by the actions that the pages call."""

import datetime
from decimal import Decimal

from backbone.actions import action_items
from backbone.actions.demo.past import happening, moment
from backbone.demo import story
from backbone.models import ActionItem, WeeklyDigest
from partners.actions import commitments
from partners.models import Commitment

State = ActionItem.State
SAID_ON = ("made", "confirmed", "disputed", "settled")


def write_action_items(*, initiative, people, today):
    """Write all of them down. `people` are users by key. Returns how many."""
    told = story.read("follow_ups")["action_items"]
    contacts = {contact.email: contact for contact in initiative.contacts.all()}
    for entry in told:
        _write(initiative, entry, _owner(entry.get("owner"), people, contacts), today, people["director"])
    return len(told)


def _last_meeting(initiative, entry, today):
    """The last meeting of the entry's group before today, if it has one."""
    before = moment(initiative=initiative, day=today)
    found = initiative.meetings.filter(group__name=entry.get("group", ""), cancelled_at=None, starts_at__lt=before)
    return found.order_by("starts_at").last()


def _owner(name, people, contacts):
    return {"owner_staff": people.get(name), "owner_contact": None if name in people else contacts.get(name)}


def _write(initiative, entry, owner, today, by):
    meeting = _last_meeting(initiative, entry, today)
    made = meeting.starts_at.date() if meeting else today - datetime.timedelta(days=entry["made"])
    due_on = today + datetime.timedelta(days=entry["due"]) if "due" in entry else None
    values = {"title": entry["title"], "due_on": due_on, "note": entry.get("note", ""), "meeting": meeting} | owner
    with happening(initiative=initiative, day=made):
        item = action_items.add(initiative=initiative, values=values, by=by)
    done_on = today - datetime.timedelta(days=entry["done"]) if "done" in entry else None
    with happening(initiative=initiative, day=done_on or made):
        action_items.move(item=item, state=State.DONE if done_on else entry.get("state", State.OPEN), by=by)
    # Whoever only looks at the demo sends no mail: what was due until today counts as spoken of.
    ActionItem.objects.filter(pk=item.pk).update(
        done_on=done_on, reminders_since=today, created_at=moment(initiative=initiative, day=made)
    )


def write_commitments(*, initiative, people, today):
    """Write down what partners promised, and what became of it. Returns how many."""
    told = story.read("follow_ups")["commitments"]
    contacts = {contact.email: contact for contact in initiative.contacts.select_related("organisation")}
    for entry in told:
        _promise(initiative, entry, contacts[entry["by"]], today, people["partners"])
    return len(told)


def _promise(initiative, entry, contact, today, by):
    day = {name: today - datetime.timedelta(days=entry[name]) for name in SAID_ON if name in entry}
    meeting = _last_meeting(initiative, entry, today)
    if meeting:
        day["made"] = meeting.starts_at.date()
    values = {name: entry.get(name, "") for name in ("title", "kind", "currency", "unit", "note")}
    values |= {"organisation": contact.organisation, "contact": contact, "made_on": day["made"]}
    values["amount"] = Decimal(entry["amount"]) if "amount" in entry else None
    values["due_on"] = today + datetime.timedelta(days=entry["due"])
    with happening(initiative=initiative, day=day["made"]):
        row = commitments.add(initiative=initiative, values=values, by=by)
    if meeting:
        meeting.commitments.add(row)
    moments = {}
    for name, act in (("confirmed", commitments.confirm), ("disputed", commitments.dispute)):
        if name in day:
            with happening(initiative=initiative, day=day[name]):
                act(commitment=row, contact=contact, **({"note": entry["dispute"]} if name == "disputed" else {}))
            moments[f"{name}_at"] = moment(initiative=initiative, day=day[name])
    if "settled" in day:
        with happening(initiative=initiative, day=day["settled"]):
            commitments.settle(commitment=row, state=entry["state"], on=day["settled"], by=by)
    made_at = moment(initiative=initiative, day=day["made"])
    Commitment.objects.filter(pk=row.pk).update(reminders_since=today, created_at=made_at, **moments)


def hold_digests(*, initiative, today):
    """Whoever only looks at the demo sends no mail: the digest of this week counts as told."""
    week = today - datetime.timedelta(days=today.weekday())
    members = initiative.memberships.all()
    WeeklyDigest.objects.bulk_create(WeeklyDigest(membership=member, week=week, number=0) for member in members)
