"""What the backbone does: activities by function, meetings, decisions and follow-ups."""

from backbone.models.action_items import ActionItem, FollowUpMail
from backbone.models.activities import Activity, ActivityFunction
from backbone.models.activity_imports import ActivityImport
from backbone.models.agendas import AgendaItem
from backbone.models.attachments import ActivityAttachment, ActivityAttachmentPart
from backbone.models.decisions import Decision
from backbone.models.digests import WeeklyDigest
from backbone.models.effort import BackboneCost, EffortPlan, EffortShare
from backbone.models.log_periods import LogCount, LogPeriod
from backbone.models.meetings import Attendance, Meeting, MeetingMail, MeetingSeries
from backbone.models.minutes import ApprovedMinutes, Minutes

__all__ = [
    "ActionItem",
    "Activity",
    "ActivityAttachment",
    "ActivityAttachmentPart",
    "ActivityFunction",
    "ActivityImport",
    "AgendaItem",
    "ApprovedMinutes",
    "Attendance",
    "BackboneCost",
    "Decision",
    "EffortPlan",
    "EffortShare",
    "FollowUpMail",
    "LogCount",
    "LogPeriod",
    "Meeting",
    "MeetingMail",
    "MeetingSeries",
    "Minutes",
    "WeeklyDigest",
]
