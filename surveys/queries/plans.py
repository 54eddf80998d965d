"""Rounds that come round by themselves: what a plan is made from, and what is due."""

import datetime
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from surveys import definition
from surveys.models import Instrument, Round, RoundPlan

# Directors who have not sent a draft are reminded once, so many days before it should open.
REMINDED_BEFORE = datetime.timedelta(days=3)
# Tried as long as a director could still do something about it.
STATES_OF_LINEAGE = [Round.State.SCHEDULED, Round.State.OPEN, Round.State.CLOSING, Round.State.CLOSED]


def last_round(initiative, instrument_id):
    """The newest round of an instrument that was sent here: what its next round is made from; None before the first."""
    sent = initiative.rounds.filter(
        instrument_version__instrument=instrument_id, state__in=STATES_OF_LINEAGE, origin=Round.Origin.ASKED
    )
    return sent.select_related("initiative", "instrument_version__instrument").order_by("-pk").first()


def title_of(instrument):
    """What people call an instrument: the title of a shipped one, else its code."""
    return (
        str(definition.load_shipped(instrument.code).title)
        if instrument.code in definition.SHIPPED
        else str(instrument)
    )


def instruments_to_repeat(initiative):
    """Instruments of which a round was sent here and that no plan repeats yet."""
    sent = Round.objects.filter(
        instrument_version__instrument=OuterRef("pk"), state__in=STATES_OF_LINEAGE, origin=Round.Origin.ASKED
    )
    planned = RoundPlan.objects.filter(instrument=OuterRef("pk"))
    return Instrument.objects.filter(Exists(sent), ~Exists(planned), initiative=initiative).order_by("code")


@dataclass(frozen=True)
class PlanRow:
    """A plan as its list shows it: the next opening, the day of its draft, and the draft where it is there already."""

    plan: RoundPlan
    title: str
    opens_on: datetime.date | None
    drafted_on: datetime.date | None
    round: Round | None


def plan_rows(initiative):
    """A PlanRow for every plan of an initiative; two queries."""
    today = initiative.today()
    plans = list(initiative.round_plans.select_related("instrument"))
    drafted = {(r.plan_id, r.planned_for): r for r in initiative.rounds.filter(plan__in=plans, planned_for__gte=today)}
    rows = []
    for plan in plans:
        opens_on = plan.next_opening(today) if plan.is_active else None
        drafted_on = opens_on and max(today, opens_on - datetime.timedelta(days=plan.lead_days))
        rows.append(PlanRow(plan, title_of(plan.instrument), opens_on, drafted_on, drafted.get((plan.pk, opens_on))))
    return rows


def occurrence_due(plan):
    """The opening day of the round that should be drafted by now, or None. Days that have passed are not made up for."""
    today = plan.initiative.today()
    opens_on = plan.next_opening(today) if plan.is_active else None
    if opens_on is None or opens_on - datetime.timedelta(days=plan.lead_days) > today:
        return None
    return opens_on


def plans_to_draft():
    """Ids of the plans whose next round should be there and is not."""
    plans = RoundPlan.objects.filter(is_active=True).select_related("initiative").order_by("pk")
    due = {plan.pk: occurrence for plan in plans if (occurrence := occurrence_due(plan))}
    there = set(Round.objects.filter(plan__in=due).values_list("plan", "planned_for"))
    return [pk for pk, occurrence in due.items() if (pk, occurrence) not in there]


def drafts_to_tell_of():
    """Ids of the drafts that came from a plan and of which directors were not told, or not reminded though it is time."""
    drafts = Round.objects.filter(state=Round.State.DRAFT, planned_for__isnull=False, reminded_of_draft_at=None)
    return [r.pk for r in drafts.select_related("initiative").defer("frozen_roster") if telling_due(r)]


def telling_due(round):
    """ "told" or "reminded": what is due for a draft that came from a plan; "" where nothing is.

    The reminder comes once, three days before the planned opening, and not on the day of the first mail.
    """
    if round.state != Round.State.DRAFT or round.planned_for is None:
        return ""
    if round.told_of_draft_at is None:
        return "told"
    today, told_on = round.initiative.today(), round.told_of_draft_at.astimezone(round.initiative.zone).date()
    is_time = round.planned_for - REMINDED_BEFORE <= today and told_on < today
    return "reminded" if is_time and round.reminded_of_draft_at is None else ""
