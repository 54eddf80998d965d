"""Minutes: what is being written, what was approved, and who gets them."""

import hashlib
from dataclasses import dataclass, field

from django.db.models import Q

from backbone.models import Activity, ApprovedMinutes, Attendance, MeetingMail, Minutes
from backbone.queries.invitations import invited
from backbone.queries.roll import roll_told
from initiatives.permissions import Permission
from partners.models import Contact

# So many characters of the digest name a list; it protects from a list that changed, not from a forger.
LENGTH_OF_A_DIGEST = 20


def minutes_of(meeting):
    """The minutes as they are being written; not stored yet where nobody has begun."""
    found = Minutes.objects.select_related("edited_by", "approved_by").filter(meeting=meeting).first()
    return found or Minutes(meeting=meeting, text=start_text(meeting))


def start_text(meeting):
    """The items of the agenda as headings, with room below each."""
    return "".join(f"## {title}\n\n\n" for title in meeting.agenda.values_list("title", flat=True))


def approved_minutes(meeting):
    """The last version that was approved, or None: what members read."""
    found = ApprovedMinutes.objects.filter(minutes__meeting=meeting)
    return found.select_related("approved_by", "minutes__meeting__initiative", "minutes__meeting__group").first()


@dataclass(frozen=True)
class MinutesTold:
    """What one reader finds: `approval` is the last approved version, `draft` what is being written, for those who may write."""

    approval: ApprovedMinutes | None
    draft: Minutes | None

    @property
    def shown(self):
        return self.draft or self.approval


def minutes_told(meeting, *, may_log):
    draft = None
    if may_log:
        stored = minutes_of(meeting)
        draft = stored if stored.pk and not stored.approved_at else None
    return MinutesTold(approved_minutes(meeting), draft)


def minutes_section(membership, meeting, *, may_log):
    """What the page of a meeting says of its roll and minutes: the roll is for those who take it, until minutes are approved;
    `functions` are offered to log the meeting's time with, once.
    """
    told = minutes_told(meeting, may_log=may_log)
    held = may_log and meeting.is_over and not meeting.cancelled_at and membership.can(Permission.ACTIVITY_LOG)
    activity = Activity.objects.filter(meeting=meeting).first() if held else None
    return {
        "minutes": told,
        "roll": roll_told(meeting) if may_log or told.approval else None,
        "activity": activity,
        "functions": list(meeting.initiative.functions.filter(enabled=True)) if held and activity is None else [],
    }


@dataclass(frozen=True)
class MinutesList:
    """Who gets a version of the minutes: `people` will, `told` were or are about to be, and why others are left out."""

    people: list
    told: list
    left_out: list = field(default_factory=list)

    @property
    def digest(self):
        keys = ",".join(str(contact.pk) for contact in self.people)
        return hashlib.sha256(keys.encode()).hexdigest()[:LENGTH_OF_A_DIGEST]


def minutes_list(approval):
    """Whoever held a seat on that day, was invited, or is on the roll, proxies among them; each once for each version."""
    meeting = approval.minutes.meeting
    mails = MeetingMail.objects.filter(
        meeting=meeting, kind=MeetingMail.Kind.MINUTES, sequence=approval.number
    ).select_related("contact")
    told = {mail.contact_id: mail for mail in mails}
    today = meeting.initiative.today()
    people, left_out = [], []
    for contact in _concerned(meeting):
        if contact.pk not in told:
            reason = why_no_mail(contact, today)
            (left_out if reason else people).append((contact, reason) if reason else contact)
    return MinutesList(people, list(told.values()), left_out)


def why_no_mail(contact, today):
    """Why nobody writes to this person, as a code: "left", "bounced" or "opted_out"; "" where one may."""
    if any(day and day <= today for day in (contact.left_on, contact.organisation.left_on)):
        return "left"
    return "" if contact.reachability == Contact.Reachability.REACHABLE else contact.reachability


def _concerned(meeting):
    asked = invited(meeting).filter(contact__isnull=False)
    roll = Attendance.objects.filter(meeting=meeting)
    concerned = Q(pk__in=asked.values("contact")) | Q(pk__in=roll.values("contact")) | Q(pk__in=roll.values("proxy"))
    if meeting.group_id:
        seated = meeting.group.seats.open(on=meeting.begins.date()).exclude(holder=None)
        concerned |= Q(pk__in=seated.values("holder"))
    return meeting.initiative.contacts.filter(concerned).select_related("organisation").order_by("name", "id")


@dataclass(frozen=True)
class MinutesProgress:
    total: int
    sent: int
    waiting: int
    failed: list
    uncertain: list


def minutes_progress(approval):
    """How far the mails of one version have come; None where none was asked for."""
    mails = list(
        MeetingMail.objects.filter(
            meeting=approval.minutes.meeting_id, kind=MeetingMail.Kind.MINUTES, sequence=approval.number
        ).select_related("contact")
    )
    if not mails:
        return None
    unsent = [mail for mail in mails if mail.sent_at is None and not mail.failed_because]
    return MinutesProgress(
        total=len(mails),
        sent=sum(mail.sent_at is not None for mail in mails),
        waiting=sum(not mail.claim for mail in unsent),
        failed=[mail for mail in mails if mail.failed_because],
        uncertain=[mail for mail in unsent if mail.claim],
    )


def minutes_to_mail(meeting_id):
    """The mails of minutes that wait, in their order; of a deleted meeting none leaves."""
    return (
        _waiting()
        .filter(meeting=meeting_id)
        .select_related("meeting__initiative", "meeting__group", "contact__organisation", "sent_by")
    )


def meetings_with_minutes_to_mail():
    return list(_waiting().order_by().values_list("meeting", flat=True).distinct())


def _waiting():
    return MeetingMail.objects.filter(
        kind=MeetingMail.Kind.MINUTES, claim="", sent_at=None, failed_because="", meeting__deleted_at=None
    )
