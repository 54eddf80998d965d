"""The register of decisions: who sees which, what its pages and its file show, and how clear and timely they were."""

import datetime
from dataclasses import dataclass

from django.db.models import F, Q
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backbone.decision_times import decided_in_time, decision_times
from backbone.models import AgendaItem, Decision
from backbone.queries.action_items import visible_action_items, with_names
from indicators.statistics import percentage
from indicators.words.figures import percent_words
from initiatives.permissions import Permission, Role
from initiatives.queries import snapshot
from partners.models import Group
from partners.queries import groups_led_by, groups_of

RAISED = ["title", "body", "raised_on", "needed_by", "options", "owner_staff", "owner_contact"]
RECORDED = ["decided_on", "meeting", "outcome", "rationale", "dissent", "recusal", "review_on"]
OPEN, OVERDUE, DECIDED, REVIEW = "open", "overdue", "decided", "review"
SEARCHED = ["title", "options", "outcome", "rationale"]
# Whoever sees how timely the committee decides.
SEES_TIMES = frozenset({Role.DIRECTOR, Role.STAFF, Role.COMMITTEE})
COLUMNS = [
    gettext_lazy("What is to be decided"),
    gettext_lazy("Who decides"),
    gettext_lazy("State"),
    gettext_lazy("Raised on"),
    gettext_lazy("Needed by"),
    gettext_lazy("Options"),
    gettext_lazy("Decided on"),
    gettext_lazy("Days from raised to decided"),
    gettext_lazy("What was decided"),
    gettext_lazy("Reasons"),
    gettext_lazy("Dissent"),
    gettext_lazy("Who did not take part, and why"),
    gettext_lazy("Owner"),
    gettext_lazy("To be reviewed on"),
    gettext_lazy("Decided in"),
]


def decision_snapshot(decision):
    return snapshot(decision, [*RAISED, *RECORDED])


def groups_seen(membership):
    """The bodies whose decisions a member reads: the backbone all, others those on which they hold a seat."""
    return membership.initiative.groups.all() if membership.is_backbone else groups_of(membership)


def groups_decided_for(membership):
    """The bodies whose decisions a member writes down: the backbone all, co-chairs those they lead."""
    if not membership.can(Permission.DECISION_EDIT):
        return membership.initiative.groups.none()
    return membership.initiative.groups.all() if membership.is_backbone else groups_led_by(membership)


def visible_decisions(membership):
    """All for the backbone, also those without a body; for others those of bodies on which they hold a seat."""
    found = membership.initiative.decisions.all()
    return found if membership.is_backbone else found.filter(body__in=groups_of(membership))


def changeable_decisions(membership):
    found = membership.initiative.decisions.select_related("initiative")
    if membership.is_backbone and membership.can(Permission.DECISION_EDIT):
        return found
    return found.filter(body__in=groups_decided_for(membership))


def may_change(membership, decision):
    return changeable_decisions(membership).filter(pk=decision.pk).exists()


def origin_meetings(membership):
    """Meetings out of which a member may raise a decision: the backbone all, co-chairs those of groups they lead."""
    found = membership.initiative.meetings.all()
    return found if membership.is_backbone else found.filter(group__in=groups_decided_for(membership))


def origin_items(membership):
    """Agenda items of those meetings."""
    items = AgendaItem.objects.filter(meeting__in=origin_meetings(membership))
    return items.select_related("meeting__initiative", "meeting__group")


def filtered(found, *, today, state="", body=None, since=None, until=None, search=""):
    """`state`: open, overdue, decided or review; a period holds what was raised or decided in it."""
    conditions = {
        OPEN: Q(decided_on=None),
        OVERDUE: Q(decided_on=None, needed_by__lt=today),
        DECIDED: Q(decided_on__isnull=False),
        REVIEW: Q(decided_on__isnull=False, review_on__lte=today),
    }
    if state:
        found = found.filter(conditions[state])
    if body:
        found = found.filter(body=body)
    if since or until:
        first, last = since or datetime.date.min, until or datetime.date.max
        found = found.filter(Q(raised_on__range=(first, last)) | Q(decided_on__range=(first, last)))
    if search:
        found = found.filter(Q.create([(f"{name}__icontains", search) for name in SEARCHED], connector=Q.OR))
    return found


def in_order(found):
    """With all that a row shows: open ones first, those needed soonest before the rest; then the last decided."""
    related = found.select_related(
        "body", "owner_staff", "owner_contact__organisation", "meeting", "raised_in", "initiative"
    )
    return related.order_by(
        F("decided_on").desc(nulls_first=True), F("needed_by").asc(nulls_last=True), "-raised_on", "-id"
    )


@dataclass(frozen=True)
class DecisionRow:
    """A decision as lists show it: `state` is open, overdue, decided or review, `label` its word, `kind` its badge."""

    decision: Decision
    state: str
    label: str
    kind: str
    days: int | None


LABELS = {
    OPEN: (gettext_lazy("open"), "info"),
    OVERDUE: (gettext_lazy("overdue"), "danger"),
    DECIDED: (gettext_lazy("decided"), "good"),
    REVIEW: (gettext_lazy("to be reviewed"), "warn"),
}


def row_of(decision, today):
    label, kind = LABELS[state_of(decision, today)]
    days = (decision.decided_on - decision.raised_on).days if decision.decided_on else None
    return DecisionRow(decision, state_of(decision, today), str(label), kind, days)


def state_of(decision, today):
    if decision.decided_on:
        return REVIEW if decision.review_on and decision.review_on <= today else DECIDED
    return OVERDUE if decision.needed_by and decision.needed_by < today else OPEN


def said_by(decision):
    """(name, value) of all that a decision says, for whoever has to put two versions together."""
    values = [(name, getattr(decision, name)) for name in [*RAISED[:5], *RECORDED]]
    values.insert(5, ("owner", decision.owner))
    names = {name: Decision._meta.get_field(name).verbose_name for name, _value in values if name != "owner"}
    return [(names.get(name, _("owner")), _as_shown(value)) for name, value in values if value]


def _as_shown(value):
    return date_format(value, "DATE_FORMAT") if isinstance(value, datetime.date) else str(value)


def held_in(decision):
    """The meeting in which it was decided; None for one that is deleted."""
    return decision.meeting if decision.meeting and decision.meeting.deleted_at is None else None


def decisions_of_meeting(membership, meeting):
    """Rows of what was raised or decided in a meeting or stood on its agenda, as far as the member may read it."""
    there = Q(meeting=meeting) | Q(raised_in=meeting) | Q(pk__in=meeting.agenda.values("decision"))
    today = membership.initiative.today()
    return [row_of(decision, today) for decision in in_order(visible_decisions(membership).filter(there))]


def items_of(membership, decision):
    """The action items that come from a decision, as far as the member may read them."""
    if not membership.can(Permission.FOLLOW_UP_VIEW):
        return []
    return with_names(visible_action_items(membership).filter(decision=decision))


@dataclass(frozen=True)
class MeetingPlace:
    """A meeting as the page of a decision names it; `address` is "" where the reader may not open it."""

    words: str
    title: str
    address: str


def meeting_places(membership, decision):
    """Where it was raised, on which agendas it stands, and where it was decided; deleted meetings are left out."""
    own = set(groups_seen(membership).values_list("pk", flat=True))
    items = decision.agenda_items.filter(meeting__deleted_at=None).select_related("meeting")
    places = [(_("Raised in"), decision.raised_in), (_("Decided in"), decision.meeting)]
    places[1:1] = [(_("On the agenda of"), item.meeting) for item in items.order_by("meeting__starts_at")]
    return [
        _meeting_place(words, meeting, membership, own)
        for words, meeting in places
        if meeting is not None and meeting.deleted_at is None
    ]


def _meeting_place(words, meeting, membership, own):
    """Open meetings and those of their groups have their page."""
    meeting.initiative = membership.initiative
    is_theirs = membership.is_backbone or meeting.group_id is None or meeting.group_id in own
    day = date_format(meeting.starts_at.astimezone(membership.initiative.zone), "DATE_FORMAT")
    return MeetingPlace(words, f"{meeting}, {day}", meeting.get_absolute_url() if is_theirs else "")


def export_rows(found, today):
    """The header and a row for each decision."""
    yield [str(name) for name in COLUMNS]
    for decision in in_order(found).iterator(chunk_size=1_000):
        row = row_of(decision, today)
        yield [
            decision.title,
            decision.body or "",
            row.label,
            decision.raised_on.isoformat(),
            _day(decision.needed_by),
            decision.options,
            _day(decision.decided_on),
            "" if row.days is None else row.days,
            decision.outcome,
            decision.rationale,
            decision.dissent,
            decision.recusal,
            decision.owner or "",
            _day(decision.review_on),
            held_in(decision) or "",
        ]


def _day(day):
    return day.isoformat() if day else ""


def days_of_committee(initiative):
    """(raised_on, needed_by, decided_on) of each decision of the steering committee: what BI3 is made of."""
    found = initiative.decisions.filter(body__kind=Group.Kind.STEERING_COMMITTEE)
    return list(found.order_by("pk").values_list("raised_on", "needed_by", "decided_on"))


def committee_times(initiative, first, last):
    """BI3 of a period that is over: the `DecisionTimes` of the steering committee from `first` to `last`."""
    return decision_times(days_of_committee(initiative), first, last)


@dataclass(frozen=True)
class TimesInWords:
    """The head of the register: figures in words, "–" where there is nothing to tell. `needed` 0: no share."""

    since: str
    median: str
    decided: int
    in_time: str
    needed: int
    open: int
    overdue: int
    is_empty: bool


def times_in_words(membership):
    """How the steering committee decided in the present fiscal year, or None for those whom it is not shown."""
    if membership.role not in SEES_TIMES:
        return None
    initiative, today = membership.initiative, membership.initiative.today()
    first, _last = initiative.fiscal_year(today)
    days = days_of_committee(initiative)
    times = decision_times(days, first, today)
    # What is needed today can still be decided in time.
    in_time, needed = decided_in_time(days, first, today - datetime.timedelta(days=1))
    return TimesInWords(
        date_format(first, "DATE_FORMAT"),
        _days_in_words(times.median_days),
        times.decided,
        _share_in_words(in_time, needed),
        needed,
        times.open,
        times.overdue,
        times.is_empty,
    )


def _days_in_words(days):
    if days is None:
        return "–"
    return ngettext("%(days)s day", "%(days)s days", 1 if days == 1 else 2) % {"days": localize(days)}


def _share_in_words(count, n):
    if not n:
        return "–"
    return _("%(count)d of %(n)d (%(percent)s)") % {
        "count": count,
        "n": n,
        "percent": percent_words(percentage(count, n)),
    }
