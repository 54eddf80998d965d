"""The rows of the log as the facts that are counted, and the initiatives whose log has to be counted again."""

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from backbone.counting import (
    Attended,
    CommitmentFacts,
    EvidenceFacts,
    HeldMeeting,
    LogFacts,
    PolicyFacts,
    TermedSeat,
)
from backbone.models import Activity, AgendaItem, Attendance, Evidence, LogCount, PolicyStage
from backbone.queries.evidence import sourced
from backbone.queries.resources import facts_of
from initiatives.models import FunctionCode, HistoryEntry, Initiative
from partners.models import Group, Seat, WantedSeats

COMMITTEE = Group.Kind.STEERING_COMMITTEE
# Publishing writes history too, which is no reason to count again.
OWN_ENTRIES = "indicators.publication"


def log_facts(initiative):
    """The `LogFacts` of an initiative: one query for each kind of row."""
    committee = dict(_wanted(initiative).filter(group__kind=COMMITTEE).values_list("sector", "seats"))
    return LogFacts(
        meetings=_meetings(initiative),
        decisions=tuple(
            initiative.decisions.filter(body__kind=COMMITTEE).values_list("raised_on", "needed_by", "decided_on")
        ),
        policy_contacts=tuple(policy_contacts(initiative).values_list("held_on", flat=True)),
        spoken_with=tuple(
            policy_contacts(initiative)
            .exclude(target_audiences=None)
            .values_list("held_on", "target_audiences")
            .distinct()
        ),
        target_audiences=initiative.target_audiences.count(),
        evidence=_evidence(initiative),
        achievements=_achievements(initiative),
        policies=_policies(initiative),
        resources=tuple(facts_of(initiative)),
        commitments=tuple(
            CommitmentFacts(*row)
            for row in initiative.commitments.values_list("organisation", "made_on", "due_on", "settled_on", "state")
        ),
        seats=_seats(initiative),
        wanted={sector: seats for sector, seats in committee.items() if sector},
        wanted_lived_experience=committee.get(None, 0),
        wanted_sectors=dict(_wanted(initiative).exclude(sector=None).values_list("sector", "sector__name")),
    )


def _keys_of(model, column, rows):
    """{key of a row: keys of what it names}, by a table between the two: one query."""
    named = {}
    through = getattr(model, column).through
    field, target = (f.attname for f in through._meta.fields if f.is_relation)
    for row, key in through.objects.filter(**{f"{field}__in": rows}).order_by("pk").values_list(field, target):
        named.setdefault(row, []).append(key)
    return {row: tuple(keys) for row, keys in named.items()}


def evidence_counted(initiative):
    """The entries that have a source, so that somebody can look whether it is so."""
    return sourced(initiative.evidence.all()).order_by("pk")


def _evidence(initiative):
    keys = evidence_counted(initiative).order_by().values("pk")
    partners = _keys_of(Evidence, "partners", keys)
    audiences = _keys_of(Evidence, "target_audiences", keys)
    found = evidence_counted(initiative).values_list("pk", "kind", "happened_on", "people_least", "people_most")
    return tuple(
        EvidenceFacts(kind, day, partners.get(key, ()), audiences.get(key, ()), least, most)
        for key, kind, day, least, most in found
    )


def achievements(initiative):
    """Activities that spread what partners achieved."""
    return initiative.activities.filter(kind=Activity.Kind.ACHIEVEMENT).order_by()


def _achievements(initiative):
    partners = _keys_of(Activity, "partners", achievements(initiative).values("pk"))
    found = achievements(initiative).order_by("pk").values_list("pk", "held_on")
    return tuple((day, partners.get(key, ())) for key, day in found)


def _policies(initiative):
    stages = {}
    found = PolicyStage.objects.filter(policy_item__in=initiative.policy_items.order_by().values("pk"))
    for key, *stage in found.order_by("reached_on", "pk").values_list(
        "policy_item", "reached_on", "stage", "alignment"
    ):
        stages.setdefault(key, []).append(tuple(stage))
    return tuple(PolicyFacts(tuple(stages[key])) for key in sorted(stages))


def meetings_held(initiative):
    """Those that began and were not cancelled."""
    return initiative.meetings.filter(cancelled_at=None, starts_at__lte=timezone.now())


def policy_contacts(initiative):
    return initiative.activities.filter(shares__function__code=FunctionCode.POLICY).order_by()


def _meetings(initiative):
    rolls, agendas = {}, {}
    lines = Attendance.objects.filter(meeting__in=meetings_held(initiative)).order_by("pk")
    for meeting, *said, seat, state, engagement in lines.values_list(
        "meeting", "contact", "organisation", "sector", "seat", "state", "engagement"
    ):
        took_part = state in Attendance.TOOK_PART
        rolls.setdefault(meeting, []).append(Attended(*said, seat is not None, took_part, engagement))
    items = AgendaItem.objects.filter(meeting__in=meetings_held(initiative)).order_by("pk")
    for meeting, kind in items.values_list("meeting", "kind"):
        agendas.setdefault(meeting, []).append(kind == AgendaItem.Kind.STRATEGIC)
    found = meetings_held(initiative).order_by("pk").values_list("pk", "starts_at", "group__kind")
    return tuple(
        HeldMeeting(
            starts_at.astimezone(initiative.zone).date(),
            kind == COMMITTEE,
            tuple(rolls.get(key, ())),
            tuple(agendas.get(key, ())),
        )
        for key, starts_at, kind in found
    )


def committee_seats(initiative):
    return Seat.objects.for_initiative(initiative).filter(group__kind=COMMITTEE)


def _seats(initiative):
    found = committee_seats(initiative).annotate(is_held=Q(holder__isnull=False)).order_by("pk")
    return tuple(
        TermedSeat(*row) for row in found.values_list("sector", "lived_experience", "is_held", "starts_on", "ends_on")
    )


def _wanted(initiative):
    return WantedSeats.objects.filter(group__initiative=initiative).order_by("pk")


def newest_entry(initiative):
    """The key of the newest entry of history that counting did not write itself; 0 for none."""
    entries = initiative.history.exclude(object_kind=OWN_ENTRIES).order_by("-pk")
    return entries.values_list("pk", flat=True).first() or 0


def initiatives_to_count():
    """Keys of the initiatives whose log changed since it was counted, or whose day has turned."""
    newer = HistoryEntry.objects.filter(initiative=OuterRef("initiative"), pk__gt=OuterRef("history_id"))
    counts = LogCount.objects.filter(initiative=OuterRef("pk")).annotate(
        is_behind=Exists(newer.exclude(object_kind=OWN_ENTRIES))
    )
    found = Initiative.objects.order_by("pk").annotate(
        is_current=Exists(counts.filter(is_behind=False, is_settled=True)), counted_on=F("log_count__counted_on")
    )
    return [each.pk for each in found if not each.is_current or each.counted_on != each.today()]
