"""What partners promised is written down, changed and settled by the backbone; the partner confirms it through their own link."""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from initiatives.actions import history, restoring
from partners.models import Commitment
from partners.queries import commitment_snapshot

State = Commitment.State
# Whoever confirmed did not confirm the promise with these other than they were.
CONFIRMED = ["organisation", "contact", "title", "kind", "amount", "currency", "unit", "due_on"]
CENT = Decimal("0.01")


@transaction.atomic
def add(*, initiative, values, by):
    """Write down what was promised, with its history entry; returns it."""
    commitment = Commitment(initiative=initiative, created_by=by, reminders_since=initiative.today())
    _set(commitment, values)
    commitment.save()
    after = commitment_snapshot(commitment)
    history.record(initiative=initiative, verb="commitment_added", target=commitment, after=after, by=by)
    return commitment


@transaction.atomic
def change(*, commitment, values, by):
    """Set `values`. Where the promise itself reads otherwise now, the partner is asked anew; nothing is told where nothing differs."""
    stored = Commitment.objects.select_related("initiative").get(pk=commitment.pk)
    before = commitment_snapshot(stored)
    _set(stored, values)
    after = commitment_snapshot(stored)
    if after == before:
        return stored
    if any(before[name] != after[name] for name in CONFIRMED):
        stored.confirmed_at = stored.disputed_at = None
        stored.dispute = ""
        stored.reminders_since, stored.reminders = stored.initiative.today(), 0
    stored.save()
    _tell(stored, "changed", before=before, after=after, by=by)
    return stored


def _set(commitment, values):
    for name, value in values.items():
        setattr(commitment, name, value)
    if commitment.amount is not None:
        commitment.amount = commitment.amount.quantize(CENT)


@transaction.atomic
def settle(*, commitment, state, on, by):
    """Say what became of it, on which day; as `made` it is open again. Returns whether anything changed."""
    settled_on = None if state == State.MADE else on
    before = Commitment.objects.get(pk=commitment.pk)
    same = Commitment.objects.filter(pk=commitment.pk, state=before.state, settled_on=before.settled_on)
    if (before.state, before.settled_on) == (state, settled_on) or not same.update(state=state, settled_on=settled_on):
        return False
    told = commitment_snapshot(before)
    after = told | {"state": str(state), "settled_on": settled_on and str(settled_on)}
    _tell(before, "settled", before=told, after=after, by=by)
    return True


def confirm(*, commitment, contact):
    """The partner says: yes, we promised this. Returns whether that was new."""
    now = timezone.now()
    values = {"confirmed_at": now, "disputed_at": None, "dispute": "", "reminders": 0}
    return _said(commitment, contact, {"confirmed_at": None}, values, "confirmed")


def dispute(*, commitment, contact, note):
    """The partner says: this is not what we promised, and what was, if they like. Returns whether that was new."""
    values = {"confirmed_at": None, "disputed_at": timezone.now(), "dispute": note}
    return _said(commitment, contact, {"disputed_at": None}, values, "disputed")


@transaction.atomic
def _said(commitment, contact, new, values, verb):
    """Only of what is not settled yet: afterwards the word is the backbone's."""
    own = Commitment.objects.filter(pk=commitment.pk, contact=contact, state=State.MADE, **new)
    if not own.update(**values):
        return False
    after = {"dispute": values["dispute"]} if values["dispute"] else None
    _tell(commitment, verb, after=after, reason=f"{contact} <{contact.email}>", by=None)
    return True


def delete(*, commitment, reason="", by):
    """Take it away; it can be restored. Returns whether it was still there."""
    return restoring.delete(row=commitment, before=commitment_snapshot(commitment), reason=reason, by=by)


def _tell(commitment, verb, **told):
    history.record(initiative=commitment.initiative, verb=f"commitment_{verb}", target=commitment, **told)
