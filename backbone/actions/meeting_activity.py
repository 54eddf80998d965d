"""The time of a meeting in the log of activities: once."""

from django.db import transaction

from backbone.actions.activities import log_activity
from backbone.models import Activity, Meeting
from backbone.queries.roll import attendances


@transaction.atomic
def log_meeting(*, meeting, function, by):
    """Log a meeting that was held as an activity: its length, its staff (whoever logs it, where nobody was named) and the
    organisations that took part. Returns the activity, the one that stands where it was logged before.
    """
    Meeting.objects.select_for_update().get(pk=meeting.pk)
    logged = Activity.with_deleted.filter(meeting=meeting).first()
    if logged is not None and logged.deleted_at is None:
        return logged
    # What was deleted gives the meeting free; restored, it stands for itself.
    Activity.with_deleted.filter(meeting=meeting).update(meeting=None)
    there = [line for line in attendances(meeting) if line.state in line.TOOK_PART and line.organisation]
    return log_activity(
        initiative=meeting.initiative,
        title=meeting.title,
        held_on=meeting.begins.date(),
        minutes=meeting.duration,
        functions={function: 1},
        people=list(meeting.staff.all()) or [by],
        partners={line.organisation for line in there},
        group=meeting.group,
        meeting=meeting,
        by=by,
    )
