"""Who may do what: the whole policy, readable on one screen. The matrix page shows this same table."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _


class Permission(models.TextChoices):
    DASHBOARD_VIEW = "dashboard_view", _("See the committee's page and its figures")
    AGENDA_VIEW = "agenda_view", _("Read the common agenda")
    AGENDA_EDIT = "agenda_edit", _("Change the common agenda, goals and function labels")
    INITIATIVE_EDIT = "initiative_edit", _("Change the initiative's settings")
    MEMBERS_VIEW = "members_view", _("See who is a member")
    MEMBERS_EDIT = "members_edit", _("Invite members, change roles and remove members")
    PARTNERS_VIEW = "partners_view", _("See organisations, contacts, committees and groups")
    PARTNERS_EDIT = "partners_edit", _("Add and change organisations, contacts, groups and seats")
    PARTNERS_IMPORT = "partners_import", _("Import partners from a file")
    PARTNERS_EXPORT = "partners_export", _("Export partners to a file")
    ACTIVITY_VIEW = "activity_view", _("Read the activity log")
    ACTIVITY_LOG = "activity_log", _("Log activities")
    EFFORT_PLAN = "effort_plan", _("Set where the backbone's hours should go, and what it costs")
    MEETING_VIEW = (
        "meeting_view",
        _("Read meetings with agenda and approved minutes: those of their groups, and open ones"),
    )
    MEETING_LOG = "meeting_log", _("Plan meetings, take the roll and write minutes: co-chairs for their own groups")
    DECISION_VIEW = "decision_view", _("Read the register of decisions: those of their groups")
    DECISION_EDIT = (
        "decision_edit",
        _("Raise decisions and write down what was decided: co-chairs for their own groups"),
    )
    FOLLOW_UP_VIEW = "follow_up_view", _("See action items: their own, and those of their groups")
    FOLLOW_UP_EDIT = "follow_up_edit", _("Add and change action items: co-chairs for their own groups")
    COMMITMENT_VIEW = "commitment_view", _("See what every partner promised, and participation, commitment and trust")
    COMMITMENT_EDIT = "commitment_edit", _("Write down promises and what became of them")
    EVIDENCE_VIEW = "evidence_view", _("Read evidence entries and stories that are not shared yet")
    EVIDENCE_EDIT = (
        "evidence_edit",
        _("Write evidence entries and stories, ask partners to sign stories off, and share them"),
    )
    STORY_VIEW = "story_view", _("Read the stories that their partners signed off and the backbone shared")
    POLICY_VIEW = "policy_view", _("See policy items, the stages they reached and who has to be won")
    POLICY_EDIT = "policy_edit", _("Write down policy items, their stages and target audiences")
    RESOURCES_VIEW = "resources_view", _("See who gave, pledged or was asked for what, and the sums")
    RESOURCES_EDIT = "resources_edit", _("Write down money and help in kind")
    PROGRESS_VIEW = "progress_view", _("See milestones and the phase of the initiative")
    PROGRESS_EDIT = "progress_edit", _("Set milestones, criteria and the phase, with evidence")
    RESTORE = "restore", _("Restore what was deleted in the last 30 days")
    ROUND_VIEW = "round_view", _("See survey rounds and their progress")
    ROUND_EDIT = "round_edit", _("Prepare survey rounds")
    ROUND_SEND = "round_send", _("Send, pause, resume and cancel survey rounds")
    ROUND_RELEASE = (
        "round_release",
        _("Name the data steward of a round, approve the release of its answers, and release texts"),
    )
    TEXTS_REDACT = "texts_redact", _("Read and redact what people wrote in their own words, where enough did")
    ANSWERS_EXPORT = "answers_export", _("Export who said what in named rounds")
    HISTORY_VIEW = "history_view", _("Read the history of changes")


class Role(models.TextChoices):
    DIRECTOR = "director", _("Backbone director")
    STAFF = "staff", _("Backbone staff")
    COMMITTEE = "committee", _("Steering committee member")
    CO_CHAIR = "co_chair", _("Working group co-chair")
    MEMBER = "member", _("Working group member")
    FUNDER = "funder", _("Funder")
    OBSERVER = "observer", _("Observer")


READER = frozenset({Permission.DASHBOARD_VIEW, Permission.AGENDA_VIEW, Permission.STORY_VIEW, Permission.PROGRESS_VIEW})
# Of their own groups; which ones these are, the seats say.
GROUP_READER = READER | {Permission.MEETING_VIEW, Permission.DECISION_VIEW, Permission.FOLLOW_UP_VIEW}
GROUP_LEADER = GROUP_READER | {Permission.MEETING_LOG, Permission.DECISION_EDIT, Permission.FOLLOW_UP_EDIT}
STAFF = GROUP_LEADER | {
    Permission.AGENDA_EDIT,
    Permission.MEMBERS_VIEW,
    Permission.PARTNERS_VIEW,
    Permission.PARTNERS_EDIT,
    Permission.PARTNERS_IMPORT,
    Permission.PARTNERS_EXPORT,
    Permission.ACTIVITY_VIEW,
    Permission.ACTIVITY_LOG,
    Permission.COMMITMENT_VIEW,
    Permission.COMMITMENT_EDIT,
    Permission.EVIDENCE_VIEW,
    Permission.EVIDENCE_EDIT,
    Permission.POLICY_VIEW,
    Permission.POLICY_EDIT,
    Permission.RESOURCES_VIEW,
    Permission.RESOURCES_EDIT,
    Permission.PROGRESS_EDIT,
    Permission.RESTORE,
    Permission.ROUND_VIEW,
    Permission.ROUND_EDIT,
    Permission.TEXTS_REDACT,
    Permission.ANSWERS_EXPORT,
    Permission.HISTORY_VIEW,
}
PERMISSIONS_OF_ROLE = {
    Role.DIRECTOR: frozenset(Permission),
    Role.STAFF: STAFF,
    Role.COMMITTEE: GROUP_READER | {Permission.MEMBERS_VIEW, Permission.POLICY_VIEW},
    Role.CO_CHAIR: GROUP_LEADER,
    Role.MEMBER: GROUP_READER,
    Role.FUNDER: READER,
    Role.OBSERVER: READER,
}
# The backbone itself: the people whose work the surveys judge, and who are never asked.
BACKBONE_ROLES = frozenset({Role.DIRECTOR, Role.STAFF})


def requires(permission):
    """Guard a view below /i/<slug>/: members without `permission` get a sentence that names it, with status 403."""

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.membership.can(permission):
                raise PermissionDenied(
                    _(
                        "Your role here is “%(role)s”, which does not include: %(permission)s. Ask a director to change it."
                    )
                    % {"role": request.membership.get_role_display(), "permission": permission.label}
                )
            return view(request, *args, **kwargs)

        guarded.permission = permission
        return guarded

    return decorate
