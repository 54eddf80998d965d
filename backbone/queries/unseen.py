"""Partners whom the backbone has not seen for long: no activity with them, no meeting that they came to, no survey answered."""

import datetime

from django.db.models import F, OuterRef, Q, Subquery

from backbone.models import Activity, Attendance
from surveys.models import Invitation, Round

UNSEEN_DAYS = 90


def unseen_partners(initiative, *, days=UNSEEN_DAYS):
    """Organisations that take part and were not seen for `days` days, the longest first, with `last_activity`,
    `last_meeting` and `last_answer` (days, or None). New partners are given as long. One query.

    A survey counts by its last day, never by the moment of an answer, and only where it is known who has answered.
    """
    since = initiative.today() - datetime.timedelta(days=days)
    found = initiative.organisations.filter(Q(left_on=None) | Q(left_on__gt=initiative.today()))
    found = found.filter(Q(partner_since=None) | Q(partner_since__lte=since)).annotate(
        last_activity=_last(Activity.objects.filter(partners=OuterRef("pk")), "held_on"),
        last_meeting=_last(_took_part(), "meeting__starts_at"),
        last_answer=_last(_answered(), "round__closes_on"),
    )
    # A moment is after the beginning of a day exactly where its day is.
    midnight = datetime.datetime.combine(since, datetime.time(), tzinfo=initiative.zone)
    for name, first in (("last_activity", since), ("last_meeting", midnight), ("last_answer", since)):
        found = found.filter(Q(**{name: None}) | Q(**{f"{name}__lt": first}))
    return found.select_related("sector").order_by(
        F("last_activity").asc(nulls_first=True), F("last_meeting").asc(nulls_first=True), "name"
    )


def _took_part():
    there = Attendance.objects.filter(contact__organisation=OuterRef("pk"), state__in=Attendance.TOOK_PART)
    return there.filter(meeting__deleted_at=None, meeting__cancelled_at=None)


def _answered():
    finished = Invitation.objects.filter(contact__organisation=OuterRef("pk"), state=Invitation.State.FINISHED)
    return finished.exclude(round__mode=Round.Mode.ANONYMOUS)


def _last(found, field):
    """The latest value of `field`: the first one from the end."""
    return Subquery(found.order_by(F(field).desc(nulls_last=True)).values(field)[:1])
