"""The one search box: what a member may see of everything that carries the words they look for."""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from backbone.models import ApprovedMinutes
from backbone.queries.action_items import visible_action_items
from backbone.queries.decisions import visible_decisions
from backbone.queries.meetings import visible_meetings
from backbone.queries.policy import policy_items, with_standing
from backbone.queries.policy import row_of as row_of_policy
from backbone.queries.stories import visible_stories
from core.highlighting import excerpt, pieces
from core.searching import with_words
from initiatives.permissions import Permission

SHOWN_OF_EACH = 6


@dataclass(frozen=True)
class Kind:
    """What can be found of one noun. `rows` takes a membership and gives what it may see, `columns` are searched.

    `texts` are the fields around whose words an excerpt is cut.
    """

    label: object
    permission: Permission
    rows: Callable
    title: str
    columns: tuple
    texts: tuple
    note: Callable
    order: tuple
    address: Callable | None = None


def _organisations(membership):
    return membership.initiative.organisations.select_related("sector")


def _people(membership):
    return membership.initiative.contacts.select_related("organisation")


def _evidence(membership):
    return membership.initiative.evidence.all()


def _activities(membership):
    return membership.initiative.activities.all()


def _resources(membership):
    return membership.initiative.resources.all()


def _policy_items(membership):
    return with_standing(policy_items(membership.initiative), membership.initiative.today())


def _minutes(membership):
    """The last approved minutes of each meeting; what is being written is nobody's to find."""
    later = ApprovedMinutes.objects.filter(minutes=OuterRef("minutes"), number__gt=OuterRef("number"))
    meetings = visible_meetings(membership).order_by().values("pk")
    found = ApprovedMinutes.objects.filter(~Exists(later), minutes__meeting__in=meetings)
    return found.select_related("minutes__meeting__initiative").annotate(title=F("minutes__meeting__title"))


def _day_of(meeting):
    return date_format(meeting.starts_at.astimezone(ZoneInfo(meeting.time_zone)), "SHORT_DATE_FORMAT")


def _person_note(contact):
    return ", ".join(filter(None, [contact.role, str(contact.organisation)]))


KINDS = {
    "organisations": Kind(
        _("Organisations"),
        Permission.PARTNERS_VIEW,
        _organisations,
        "name",
        ("searched",),
        ("notes",),
        lambda row: str(row.sector or ""),
        ("left_on", "name", "id"),
    ),
    "people": Kind(
        _("People"),
        Permission.PARTNERS_VIEW,
        _people,
        "name",
        ("searched", "organisation__searched"),
        ("email",),
        _person_note,
        ("name", "id"),
    ),
    "meetings": Kind(
        _("Meetings"),
        Permission.MEETING_VIEW,
        visible_meetings,
        "title",
        ("searched",),
        ("purpose", "place"),
        _day_of,
        ("-starts_at", "-id"),
    ),
    "minutes": Kind(
        _("Minutes"),
        Permission.MEETING_VIEW,
        _minutes,
        "title",
        ("searched",),
        ("text",),
        lambda row: _day_of(row.minutes.meeting),
        ("-minutes__meeting__starts_at", "-id"),
        lambda row: row.minutes.meeting.get_absolute_url(),
    ),
    "decisions": Kind(
        _("Decisions"),
        Permission.DECISION_VIEW,
        visible_decisions,
        "title",
        ("searched",),
        ("outcome", "rationale", "options"),
        lambda row: date_format(row.decided_on or row.raised_on, "SHORT_DATE_FORMAT"),
        ("-raised_on", "-id"),
    ),
    "action_items": Kind(
        _("Action items"),
        Permission.FOLLOW_UP_VIEW,
        visible_action_items,
        "title",
        ("searched",),
        ("note",),
        lambda row: row.get_state_display(),
        ("state", "due_on", "id"),
    ),
    "evidence": Kind(
        _("Evidence"),
        Permission.EVIDENCE_VIEW,
        _evidence,
        "title",
        ("searched",),
        ("description", "made_easier", "confirmed_by_other"),
        lambda row: f"{row.get_kind_display()}, {date_format(row.happened_on, 'SHORT_DATE_FORMAT')}",
        ("-happened_on", "-id"),
    ),
    "stories": Kind(
        _("Stories"),
        Permission.STORY_VIEW,
        visible_stories,
        "title",
        ("searched",),
        ("text",),
        lambda row: date_format(row.shared_at, "SHORT_DATE_FORMAT") if row.shared_at else "",
        ("-id",),
    ),
    "activities": Kind(
        _("Activities"),
        Permission.ACTIVITY_VIEW,
        _activities,
        "title",
        ("searched",),
        ("outcome",),
        lambda row: date_format(row.held_on, "SHORT_DATE_FORMAT"),
        ("-held_on", "-id"),
    ),
    "resources": Kind(
        _("Resources"),
        Permission.RESOURCES_VIEW,
        _resources,
        "title",
        ("searched",),
        ("note", "giver_name"),
        lambda row: row.how_much or row.get_kind_display(),
        ("-id",),
    ),
    "policy_items": Kind(
        _("Policy"),
        Permission.POLICY_VIEW,
        _policy_items,
        "title",
        ("searched",),
        ("description", "jurisdiction"),
        lambda row: row_of_policy(row).stage,
        ("title", "id"),
    ),
}


@dataclass(frozen=True)
class Found:
    """One row that was found: its title in pieces, the words around the find elsewhere, and where it leads."""

    title: list
    excerpt: list
    note: str
    url: str


@dataclass(frozen=True)
class FoundKind:
    code: str
    label: object
    rows: list
    has_more: bool


def kinds_for(membership):
    """{code: Kind} of what this member may look for."""
    return {code: kind for code, kind in KINDS.items() if membership.can(kind.permission)}


def rows_of(membership, kind, words):
    """The rows of one kind that carry all the words, in the order of the kind."""
    return with_words(kind.rows(membership), kind.columns, words).order_by(*kind.order)


def found_rows(rows, kind, words):
    return [_found(row, kind, words) for row in rows]


def found_kinds(membership, words):
    """The first few of every kind of which anything was found: one query for each kind."""
    found = []
    for code, kind in kinds_for(membership).items():
        rows = list(rows_of(membership, kind, words)[: SHOWN_OF_EACH + 1])
        if rows:
            shown = found_rows(rows[:SHOWN_OF_EACH], kind, words)
            found.append(FoundKind(code, kind.label, shown, len(rows) > SHOWN_OF_EACH))
    return found


def _found(row, kind, words):
    title = getattr(row, kind.title)
    around = next(filter(None, (excerpt(getattr(row, name), words) for name in kind.texts)), "")
    address = kind.address(row) if kind.address else row.get_absolute_url()
    return Found(pieces(title, words), pieces(around, words), kind.note(row), address)
