"""What the page of an indicator tells of the log: its figure, every period of it, and the rows that were counted."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backbone.log_words import cell_in_short, in_short, period_words
from backbone.models import AgendaItem, Attendance, LogPeriod
from backbone.queries import entry_rows
from backbone.queries.dashboard import log_figure_of
from backbone.queries.decisions import visible_decisions
from backbone.queries.kept_back import nameless
from backbone.queries.log_facts import COMMITTEE, committee_seats, meetings_held, policy_contacts
from backbone.queries.meetings import visible_meetings
from indicators.models import Result
from indicators.queries.publications import LOG
from indicators.words.figures import Figure
from initiatives.permissions import Permission

PERIODS_LISTED = 12


@dataclass(frozen=True)
class LogVoice:
    """What was counted: the figure of the page, the committee's sectors where it has some as (sector, words), and every period
    by kind: (kind in words, [(period, figure in words, key of the period)])."""

    figure: Figure
    cells: list
    period_id: int | None
    periods: list


def log_voice(initiative, indicator, latest):
    """The `LogVoice` of an indicator that the log feeds; None where nothing was counted for it in any period."""
    if LOG not in indicator.sources:
        return None
    found = log_results(initiative, indicator.code)
    told = [row for row in found if row[1].shown or not row[1].is_shown]
    if not told:
        return None
    figure = log_figure_of(indicator, latest, {_key(result): result for _period, result in found})
    standing = [row for row in told if row[0].publication.pk in {latest[key].pk for key in latest if key[0] == LOG}]
    period, result = standing[0] if standing else (None, None)
    cells = result.publication.results.filter(code=indicator.code, breakdown="sector") if result else ()
    return LogVoice(
        figure,
        sorted(((cell.cell or nameless("sector"), cell_in_short(cell)) for cell in cells), key=lambda row: row[0]),
        period.pk if period and period.publication_id == result.publication_id else None,
        [
            (
                str(LogPeriod.Kind(kind).label),
                [_period_row(*row) for row in told if row[0].kind == kind][:PERIODS_LISTED],
            )
            for kind in (LogPeriod.Kind.QUARTER, LogPeriod.Kind.MONTH, LogPeriod.Kind.FISCAL_YEAR)
        ],
    )


def log_results(initiative, code):
    """[(LogPeriod, whole Result)] of an indicator, the newest period first: one query."""
    rows = Result.objects.filter(publication__log_period__initiative=initiative, code=code, breakdown="")
    found = list(rows.select_related("publication__log_period").order_by("-publication__ends_on"))
    for result in found:
        result.publication.initiative = initiative
        result.publication.log_period.publication = result.publication
    return [(result.publication.log_period, result) for result in found]


def _key(result):
    return result.publication_id, result.kind, result.code


def _period_row(period, result):
    return period_words(period.publication), in_short(result), period.pk


@dataclass(frozen=True)
class LogRows:
    """The rows behind a figure of one period. `found` is a queryset of those the reader may see, `row` makes
    (title, address or "", facts) of each, `withheld` says in a sentence how many more were counted."""

    period: str
    figure: str
    note: str
    found: object
    row: object
    withheld: str


def log_rows(membership, period, code):
    """The `LogRows` of an indicator that the log feeds, in a period of the log."""
    result = period.publication.results.filter(code=code, breakdown="").first() or Result(code=code, is_shown=True)
    period.publication.initiative = membership.initiative
    last = min(period.ends_on, membership.initiative.today())
    counted, seen, row, note = SOURCES[code](membership, period, last)
    told = result.is_shown or membership.can(Permission.COMMITMENT_VIEW)
    if not told:
        seen = seen.none()
    number = (counted.count() - seen.count()) if told else 0
    withheld = ngettext(
        "%(number)d more was counted that your role does not open.",
        "%(number)d more were counted that your role does not open.",
        number,
    )
    words = withheld % {"number": number} if number else ""
    return LogRows(period_words(period.publication), in_short(result), note, seen, row, words)


def _moments(initiative, period):
    """From the first moment of a period until that after it, where the initiative is."""
    days = period.starts_on, period.ends_on + datetime.timedelta(days=1)
    return {
        name: datetime.datetime.combine(day, datetime.time(), tzinfo=initiative.zone)
        for name, day in zip(("starts_at__gte", "starts_at__lt"), days, strict=True)
    }


def _meetings(membership, period, last):
    initiative = membership.initiative
    counted = meetings_held(initiative).filter(**_moments(initiative, period), roll__isnull=False).distinct()
    seen = counted.filter(pk__in=visible_meetings(membership).values("pk"))
    took_part = Count("roll", filter=Q(roll__state__in=Attendance.TOOK_PART), distinct=True)
    found = seen.select_related("group").annotate(there=took_part, lines=Count("roll", distinct=True))

    def row(meeting):
        meeting.initiative = initiative
        facts = [_day(meeting.starts_at, initiative), str(meeting.group or _("open to all"))]
        if membership.is_backbone:
            facts.append(_("%(there)d of %(lines)d on the roll took part") % vars(meeting))
        return str(meeting), _address(membership, meeting), facts

    return counted, _if(membership, Permission.MEETING_VIEW, found.order_by("-starts_at", "-pk")), row, ""


def _agenda_items(membership, period, last):
    initiative = membership.initiative
    moments = {f"meeting__{name}": value for name, value in _moments(initiative, period).items()}
    counted = AgendaItem.objects.filter(
        meeting__in=meetings_held(initiative).filter(group__kind=COMMITTEE), **moments
    ).select_related("meeting")
    seen = counted.filter(meeting__in=visible_meetings(membership).values("pk"))

    def row(item):
        item.meeting.initiative = initiative
        facts = [item.get_kind_display(), str(item.meeting), _day(item.meeting.starts_at, initiative)]
        return str(item), _address(membership, item.meeting), facts

    found = seen.order_by("-meeting__starts_at", "position", "pk")
    return counted, _if(membership, Permission.MEETING_VIEW, found), row, ""


def _decisions(membership, period, last):
    days = (period.starts_on, last)
    waiting = Q(raised_on__lte=last) & (Q(decided_on=None) | Q(decided_on__gt=last))
    counted = membership.initiative.decisions.filter(body__kind=COMMITTEE).filter(
        Q(decided_on__range=days) | Q(needed_by__range=days) | waiting
    )

    def row(decision):
        facts = [_("raised on %(day)s") % {"day": _date(decision.raised_on)}]
        if decision.needed_by:
            facts.append(_("needed by %(day)s") % {"day": _date(decision.needed_by)})
        decided = _("decided on %(day)s") % {"day": _date(decision.decided_on)} if decision.decided_on else _("open")
        decision.initiative = membership.initiative
        return str(decision), decision.get_absolute_url(), [*facts, decided]

    seen = counted.filter(pk__in=visible_decisions(membership).values("pk")).order_by("-raised_on", "-pk")
    return counted, _if(membership, Permission.DECISION_VIEW, seen), row, ""


def _activities(membership, period, last):
    counted = policy_contacts(membership.initiative).filter(held_on__range=(period.starts_on, last))

    def row(activity):
        activity.initiative = membership.initiative
        return str(activity), activity.get_absolute_url(), [_date(activity.held_on)]

    return counted, _if(membership, Permission.ACTIVITY_VIEW, counted.order_by("-held_on", "-pk")), row, ""


def _commitments(membership, period, last):
    days = (period.starts_on, period.ends_on)
    settled = Q(due_on=None, settled_on__range=days)
    counted = membership.initiative.commitments.filter(Q(due_on__range=days) | settled | Q(made_on__range=days))

    def row(commitment):
        due = _("until %(day)s") % {"day": _date(commitment.due_on)} if commitment.due_on else _("without a day")
        commitment.initiative = membership.initiative
        return (
            str(commitment),
            commitment.get_absolute_url(),
            [str(commitment.organisation), due, commitment.get_state_display()],
        )

    found = counted.select_related("organisation").order_by("due_on", "pk")
    return counted, _if(membership, Permission.COMMITMENT_VIEW, found), row, ""


def _seats(membership, period, last):
    counted = committee_seats(membership.initiative).open(on=last).select_related("sector", "holder")
    names = membership.can(Permission.PARTNERS_VIEW)

    def row(seat):
        who = str(seat.holder) if names and seat.holder else _("held") if seat.holder else _("vacant")
        lived = [_("lived experience")] if seat.lived_experience else []
        return seat.sector.name if seat.sector else nameless("sector"), "", [who, *lived]

    note = _("These are the seats as they are known now. Who held one on an earlier day is not kept.")
    return counted, counted.order_by("sector__name", "pk"), row, note


def _if(membership, permission, found):
    return found if membership.can(permission) else found.none()


def _address(membership, meeting):
    return meeting.get_absolute_url() if membership.can(Permission.MEETING_VIEW) else ""


def _day(moment, initiative):
    return _date(moment.astimezone(initiative.zone).date())


def _date(day):
    return date_format(day, "DATE_FORMAT")


SOURCES = {
    "AP1": _activities,
    "SA2": _meetings,
    "SC1": _seats,
    "BI1": _agenda_items,
    "BI3": _decisions,
    "PCT-P": _meetings,
    "PCT-C": _commitments,
    **entry_rows.SOURCES,
}
