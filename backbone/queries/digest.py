"""What waits for somebody of the staff at the beginning of a week, from the very queries of the pages it leads to."""

import datetime
from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from backbone import brakes
from backbone.models import WeeklyDigest
from backbone.queries import action_items, decisions, meetings
from backbone.queries.unseen import UNSEEN_DAYS, unseen_partners
from initiatives.models import Membership
from initiatives.permissions import BACKBONE_ROLES
from partners.queries import commitments
from surveys.models import Round
from surveys.queries.rounds import rounds

DAY = datetime.timedelta(days=1)
SHOWN = 5
# A digest that could not leave on Monday leaves on Tuesday or Wednesday, or not at all.
LATEST = 2 * DAY


@dataclass(frozen=True)
class Section:
    """One kind of what waits: how many, the first few in words, and the path of the page that shows all."""

    heading: str
    number: int
    lines: list
    path: str


def digest_of(membership):
    """The Sections that have something to say, in the language that is on."""
    initiative, today = membership.initiative, membership.initiative.today()
    items = action_items.visible_action_items(membership)
    due_week = action_items.with_names(action_items.due_this_week(items, today=today))
    late = action_items.with_names(action_items.overdue(items, today=today))
    waiting = decisions.filtered(decisions.visible_decisions(membership), today=today, state=decisions.OPEN)
    running = rounds(initiative).filter(state=Round.State.OPEN)
    unwritten = meetings.meetings(membership, show=meetings.WITHOUT_MINUTES)
    promised = commitments(initiative, when="overdue")
    told = [
        (_("Meetings without minutes"), unwritten, _of_meeting, "backbone:meeting-list", "?show=without_minutes"),
        (_("Action items that are overdue"), late, _of_due, "backbone:action-item-list", "?when=overdue"),
        (_("Action items due this week"), due_week, _of_due, "backbone:action-item-list", "?when=week"),
        (_("Promises that are overdue"), promised, _of_promise, "partners:commitment-list", "?when=overdue"),
        (_("Decisions that wait"), decisions.in_order(waiting), _of_decision, "backbone:decision-list", "?state=open"),
        (_("Surveys that are running"), running, _of_round, "surveys:round-list", ""),
        (
            _("Partners not seen for %(days)s days") % {"days": UNSEEN_DAYS},
            unseen_partners(initiative),
            str,
            "backbone:unseen-list",
            "",
        ),
    ]
    sections = (_section(initiative, *one) for one in told)
    return [section for section in sections if section.number]


def _section(initiative, heading, found, words, name, query):
    path = reverse(name, args=[initiative.slug]) + query
    return Section(heading, found.count(), [words(row) for row in found[:SHOWN]], path)


def _of_meeting(meeting):
    return f"{meeting}, {date_format(meeting.starts_at.astimezone(meeting.initiative.zone), 'DATE_FORMAT')}"


def _of_due(item):
    words = {"what": item, "day": date_format(item.due_on, "DATE_FORMAT")}
    if item.owner is None:
        return _("%(what)s (until %(day)s)") % words
    return _("%(what)s (until %(day)s): %(who)s") % (words | {"who": item.owner})


def _of_promise(commitment):
    words = {"what": commitment, "day": date_format(commitment.due_on, "DATE_FORMAT"), "who": commitment.organisation}
    return _("%(what)s (until %(day)s): %(who)s") % words


def _of_decision(decision):
    if not decision.needed_by:
        return str(decision)
    return _("%(what)s (until %(day)s)") % {"what": decision, "day": date_format(decision.needed_by, "DATE_FORMAT")}


def _of_round(round):
    words = {"title": round.title, "answered": round.answered, "asked": round.asked}
    return _("%(title)s: %(answered)s of %(asked)s have answered") % words


def week_of(local):
    """The Monday of the week of that moment, there."""
    return local.date() - local.weekday() * DAY


def digests_due(*, now):
    """(membership, week) of everybody of the staff whose digest may leave at this moment."""
    members = Membership.objects.filter(role__in=BACKBONE_ROLES, wants_digest=True, user__is_active=True)
    written = WeeklyDigest.objects.filter(week__gt=now.date() - 9 * DAY).values_list("membership", "week")
    known, found = set(written), []
    for member in members.select_related("initiative", "user").order_by("id"):
        zone = member.initiative.zone_named(member.user.time_zone)
        local = now.astimezone(zone)
        week = week_of(local)
        if (member.pk, week) not in known and _may_leave(member, local, week, zone):
            found.append((member, week))
    return found


def _may_leave(member, local, week, zone):
    begins = brakes.morning(week, zone)
    return (
        local >= begins
        and local.date() <= week + LATEST
        and local.time() >= brakes.EARLIEST
        # Whoever joined since gets the first one next week.
        and member.created_at < begins
        and member.initiative.quiet_time.allows(local, zone)
    )
