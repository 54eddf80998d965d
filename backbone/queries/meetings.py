"""Meetings: which of them a member may open and change, and what their list shows."""

import datetime

from django.db.models import Max, Q
from django.utils import timezone

from backbone.models import Meeting, MeetingMail
from backbone.occurrences import occurrences
from initiatives.permissions import Permission
from initiatives.queries import snapshot
from partners.queries import groups_led_by, groups_of

UPCOMING, PAST, WITHOUT_MINUTES = "upcoming", "past", "without_minutes"
# Said in history and compared to find out what a change changed.
SAID = ["title", "group", "starts_at", "duration", "time_zone", "place", "link", "purpose"]
SERIES_SAID = ["title", "group", "recurrence", "first_on", "starts_at", "duration", "time_zone"]


def visible_meetings(membership):
    """The meetings a member may open: the backbone all of them, others those of groups on which they hold a seat, and
    open ones."""
    meetings = membership.initiative.meetings.select_related("initiative", "group", "series")
    if membership.is_backbone:
        return meetings
    return meetings.filter(Q(group=None) | Q(group__in=groups_of(membership)))


def groups_to_plan_for(membership):
    """The committees and groups for which a member plans meetings: the backbone all, co-chairs those they lead."""
    if not membership.can(Permission.MEETING_LOG):
        return membership.initiative.groups.none()
    return membership.initiative.groups.all() if membership.is_backbone else groups_led_by(membership)


def may_log(membership, meeting):
    """Whether a member may change this meeting, take its roll and write its minutes."""
    if membership.is_backbone or not membership.can(Permission.MEETING_LOG):
        return membership.can(Permission.MEETING_LOG)
    return meeting.group_id is not None and groups_led_by(membership).filter(pk=meeting.group_id).exists()


def meetings(membership, *, show=UPCOMING, group=None):
    """The list: what is to come begins with the next one, the past with the last. `show` is one of three; a meeting of
    today is to come until the day is over, since today its page is needed.
    """
    found = visible_meetings(membership)
    if group:
        found = found.filter(group=group)
    if show == WITHOUT_MINUTES:
        unwritten = found.filter(Q(minutes=None) | Q(minutes__text=""), cancelled_at=None)
        return unwritten.filter(starts_at__lte=timezone.now()).order_by("-starts_at", "-id")
    initiative = membership.initiative
    midnight = datetime.datetime.combine(initiative.today(), datetime.time(), tzinfo=initiative.zone)
    if show == PAST:
        return found.filter(starts_at__lt=midnight).order_by("-starts_at", "-id")
    return found.filter(starts_at__gte=midnight).order_by("starts_at", "id")


def groups_seen(membership):
    """The committees and groups whose meetings a member may open."""
    return membership.initiative.groups.all() if membership.is_backbone else groups_of(membership)


def meeting_snapshot(meeting):
    return snapshot(meeting, SAID)


def series_snapshot(series):
    return snapshot(series, SERIES_SAID)


def following(meeting):
    """This meeting and those after it in its series, in the order of the series."""
    if meeting.series_id is None:
        return [meeting]
    return list(meeting.series.meetings.filter(series_start__gte=meeting.series_start).order_by("series_start"))


def has_earlier(meeting):
    """Whether other meetings of its series stand before it, deleted ones among them."""
    return Meeting.with_deleted.filter(series=meeting.series_id, series_start__lt=meeting.series_start).exists()


def moments_of(series):
    """The moments that the rule of a series names, whatever became of the single meetings."""
    return occurrences(series.recurrence, series.first_on, series.starts_at, series.time_zone)


def mails_about(meeting):
    """The mails that put a meeting into somebody's calendar or took it out: its own, and those of its series."""
    about = Q(meeting=meeting.pk, series=None) | Q(series=meeting.series_id, series__isnull=False)
    return MeetingMail.objects.filter(about).exclude(kind=MeetingMail.Kind.MINUTES)


def is_awaited(meeting):
    """Whether people who were invited still believe that this meeting will take place."""
    invited = meeting.starts_at > timezone.now() and mails_about(meeting).exists()
    return invited and (meeting.cancelled_at is None or is_untold(meeting))


def is_untold(meeting):
    """Whether people who were invited have not been told of the last change."""
    last = mails_about(meeting).aggregate(last=Max("sequence"))["last"]
    return last is not None and last < meeting.sequence


def turns_beside(membership, meeting):
    """(the one before, the one after) of its series that this member may open; None where there is none."""
    if meeting.series_id is None:
        return None, None
    rows = visible_meetings(membership).filter(series=meeting.series_id)
    before = rows.filter(series_start__lt=meeting.series_start).order_by("-series_start").first()
    return before, rows.filter(series_start__gt=meeting.series_start).order_by("series_start").first()
