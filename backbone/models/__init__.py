"""What the backbone does: activities by function, meetings, decisions and follow-ups."""

from backbone.models.action_items import ActionItem, FollowUpMail
from backbone.models.activities import Activity, ActivityFunction
from backbone.models.agendas import AgendaItem
from backbone.models.decisions import Decision
from backbone.models.meetings import Attendance, Meeting, MeetingMail, MeetingSeries, Minutes

__all__ = [
    "ActionItem",
    "Activity",
    "ActivityFunction",
    "AgendaItem",
    "Attendance",
    "Decision",
    "FollowUpMail",
    "Meeting",
    "MeetingMail",
    "MeetingSeries",
    "Minutes",
]
