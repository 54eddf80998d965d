"""What the backbone does: activities by function, meetings, decisions and follow-ups."""

from backbone.models.action_items import ActionItem, FollowUpMail
from backbone.models.activities import Activity, ActivityFunction
from backbone.models.activity_imports import ActivityImport
from backbone.models.agendas import AgendaItem
from backbone.models.attachments import (
    ActivityAttachment,
    ActivityAttachmentPart,
    CriterionReviewAttachment,
    CriterionReviewAttachmentPart,
    EvidenceAttachment,
    EvidenceAttachmentPart,
    MilestoneAttachment,
    MilestoneAttachmentPart,
)
from backbone.models.decisions import Decision
from backbone.models.digests import WeeklyDigest
from backbone.models.effort import BackboneCost, EffortPlan, EffortShare
from backbone.models.entry_imports import EntryImport
from backbone.models.evidence import Evidence, Story, StorySignOff
from backbone.models.log_periods import LogCount, LogPeriod
from backbone.models.meetings import Attendance, Meeting, MeetingMail, MeetingSeries
from backbone.models.milestones import CriterionReview, Milestone, PhaseModel, StatusPeriod
from backbone.models.minutes import ApprovedMinutes, Minutes
from backbone.models.policy import PolicyItem, PolicyStage, TargetAudience
from backbone.models.resources import Resource

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
    "CriterionReview",
    "CriterionReviewAttachment",
    "CriterionReviewAttachmentPart",
    "Decision",
    "EffortPlan",
    "EffortShare",
    "EntryImport",
    "Evidence",
    "EvidenceAttachment",
    "EvidenceAttachmentPart",
    "FollowUpMail",
    "LogCount",
    "LogPeriod",
    "Meeting",
    "MeetingMail",
    "MeetingSeries",
    "Milestone",
    "MilestoneAttachment",
    "MilestoneAttachmentPart",
    "Minutes",
    "PhaseModel",
    "PolicyItem",
    "PolicyStage",
    "Resource",
    "StatusPeriod",
    "Story",
    "StorySignOff",
    "TargetAudience",
    "WeeklyDigest",
]
