"""Who is told of a meeting by mail: exactly the list that the preview shows, and how far sending has come."""

from dataclasses import dataclass, field

from django.contrib.auth import get_user_model
from django.db.models import Count, Q
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from backbone.models import Meeting, MeetingMail
from backbone.queries.activities import backbone_people
from backbone.queries.agendas import agenda_of
from backbone.queries.calendars import is_standing
from backbone.queries.meetings import mails_about, visible_meetings
from partners.models import Contact

KINDS = (MeetingMail.Kind.INVITATION, MeetingMail.Kind.CANCELLATION)
MOST_DATES = 12


@dataclass(frozen=True)
class Recipient:
    """One person who gets the mail; `key` names them in the form that sends it."""

    key: str
    name: str
    address: str
    language: str
    contact: Contact | None = None
    user: object = None


@dataclass(frozen=True)
class Notice:
    """A mail that could be sent: to whom, and why others get none. `whole_series`: about all meetings of the series."""

    meeting: Meeting
    whole_series: bool
    kind: str
    sequence: int
    recipients: list
    has_it: int
    left_out: list = field(default_factory=list)

    @property
    def is_cancellation(self):
        return self.kind == MeetingMail.Kind.CANCELLATION

    @property
    def keys(self):
        return [recipient.key for recipient in self.recipients]


def invited(meeting, *, whole_series=False):
    """The invitations to a meeting, those to its series among them; or only these."""
    found = mails_about(meeting).filter(kind=MeetingMail.Kind.INVITATION)
    return found.filter(series__isnull=False) if whole_series else found


def changes_something(notice, recipient):
    """Whether this person was invited before, so that the mail tells of a change."""
    before = invited(notice.meeting, whole_series=notice.whole_series).filter(sequence__lt=notice.sequence)
    return before.filter(contact=recipient.contact, user=recipient.user).exists()


def notice_for(meeting, *, whole_series, guests=(), staff=()):
    """The Notice as it stands now. `guests` (contacts) and `staff` (users) come to those who hold seats and to those
    who were invited before; of a cancellation only the invited are told.
    """
    whole_series = bool(whole_series and meeting.series_id)
    stands = is_standing(meeting, whole_series=whole_series)
    kind = MeetingMail.Kind.INVITATION if stands else MeetingMail.Kind.CANCELLATION
    sequence = meeting.series.sequence if whole_series else meeting.sequence
    before = invited(meeting, whole_series=whole_series)
    contacts, users = _people(meeting, before, guests if stands else (), staff if stands else (), with_seats=stands)
    reachable, left_out = _reachable(meeting, contacts)
    everyone = _once([*(_contact(contact) for contact in reachable), *(_user(meeting, user) for user in users)])
    have = _have_it(meeting, whole_series, kind, sequence)
    waiting = [recipient for recipient in everyone if recipient.key not in have]
    return Notice(meeting, whole_series, kind, sequence, waiting, len(everyone) - len(waiting), left_out)


def _people(meeting, before, guests, staff, *, with_seats):
    initiative = meeting.initiative
    wanted = Q(pk__in=[guest.pk for guest in guests]) | Q(pk__in=before.filter(contact__isnull=False).values("contact"))
    contacts = initiative.contacts.filter(wanted)
    if with_seats and meeting.group_id:
        seated = initiative.contacts.in_groups([meeting.group_id], on=initiative.today())
        contacts = initiative.contacts.filter(wanted | Q(pk__in=seated.values("pk")))
    users = get_user_model().objects.filter(
        Q(pk__in=[person.pk for person in staff]) | Q(pk__in=before.filter(user__isnull=False).values("user")),
        memberships__initiative=initiative,
    )
    return contacts.select_related("organisation"), users.order_by("name", "email")


def _reachable(meeting, contacts):
    """(those who can be written to, [(how many, why not)])."""
    today, found, why = meeting.initiative.today(), [], {}
    for contact in contacts:
        reason = _reason(contact, today)
        if reason:
            why[reason] = why.get(reason, 0) + 1
        else:
            found.append(contact)
    return found, [(number, reason) for reason, number in sorted(why.items())]


def _reason(contact, today):
    left = [day for day in (contact.left_on, contact.organisation.left_on) if day and day <= today]
    if left:
        return _("have left")
    if contact.reachability == Contact.Reachability.BOUNCED:
        return _("mail comes back")
    if contact.reachability == Contact.Reachability.OPTED_OUT:
        return _("want no more mail")
    return ""


def is_reachable(contact, today):
    return not _reason(contact, today)


def _contact(contact):
    return Recipient(f"contact-{contact.pk}", contact.name, contact.email, contact.language, contact=contact)


def _user(meeting, user):
    language = user.language or meeting.initiative.default_language
    return Recipient(f"user-{user.pk}", str(user), user.email, language, user=user)


def _once(recipients):
    """One mail to an address, also where somebody is a contact and of the staff."""
    found = {}
    for recipient in recipients:
        found.setdefault(recipient.address.lower(), recipient)
    return list(found.values())


def _have_it(meeting, whole_series, kind, sequence):
    """The keys of those who have got this, or something newer, or are about to."""
    rows = mails_about(meeting).filter(kind=kind, sequence__gte=sequence)
    rows = rows.filter(series__isnull=False) if whole_series else rows
    return {
        f"contact-{contact}" if contact else f"user-{user}" for contact, user in rows.values_list("contact", "user")
    }


def guests_to_choose(membership):
    """Contacts who can be asked as guests; co-chairs, who may not read the list of partners, ask nobody else's people."""
    if not membership.is_backbone:
        return membership.initiative.contacts.none()
    return membership.initiative.contacts.active(on=membership.initiative.today()).reachable()


def staff_to_choose(membership):
    return backbone_people(membership.initiative)


# What is sent


def mails_to_send(meeting_id):
    """Mails that wait, in their order; of a deleted meeting none leaves."""
    waiting = MeetingMail.objects.filter(kind__in=KINDS, claim="", sent_at=None, meeting__deleted_at=None)
    return waiting.filter(meeting=meeting_id).select_related(
        "meeting__initiative", "meeting__group", "meeting__series", "contact__organisation", "user", "sent_by"
    )


def meetings_with_mails_to_send():
    waiting = MeetingMail.objects.filter(kind__in=KINDS, claim="", sent_at=None, meeting__deleted_at=None)
    return list(waiting.order_by().values_list("meeting", flat=True).distinct())


def recipient_of(mail):
    return _contact(mail.contact) if mail.contact else _user(mail.meeting, mail.user)


def told_by(mail):
    """The Notice of which a stored mail is a part."""
    return Notice(mail.meeting, mail.series_id is not None, mail.kind, mail.sequence, [], 0)


def visible_mails(membership):
    """Invitations and cancellations of the meetings a member may open."""
    mails = MeetingMail.objects.filter(meeting__in=visible_meetings(membership), kind__in=KINDS)
    return mails.select_related("meeting__initiative", "meeting__group", "contact", "user")


@dataclass(frozen=True)
class Progress:
    total: int
    sent: int
    waiting: int
    uncertain: int
    failed: int


def progress_of(meeting):
    """How far the mails about a meeting have come. Uncertain: a worker ended while the mail was under way."""
    failed, unsent = ~Q(failed_because=""), Q(sent_at=None, failed_because="")
    counts = mails_about(meeting).aggregate(
        total=Count("pk"),
        sent=Count("pk", filter=Q(sent_at__isnull=False)),
        waiting=Count("pk", filter=unsent & Q(claim="")),
        uncertain=Count("pk", filter=unsent & ~Q(claim="")),
        failed=Count("pk", filter=failed),
    )
    return Progress(**counts)


def trouble_with(meeting):
    """The mails that did not arrive, or may not have."""
    rows = mails_about(meeting).filter(sent_at=None).exclude(claim="")
    return rows.select_related("contact", "user")


def words_for(notice, recipient):
    """What the templates of the mail say, in the language of its reader."""
    meeting = notice.meeting
    with translation.override(recipient.language):
        ends = notice.is_cancellation
        dates = _dates(meeting, cancelled=ends) if notice.whole_series else []
        if notice.whole_series and not dates:
            # Earlier meetings were held, and none is left: for calendars a change, for people the end.
            ends, dates = True, _dates(meeting, cancelled=True)
        return {
            "meeting": meeting,
            "initiative": meeting.initiative,
            "name": recipient.name,
            "when": dates[0] if dates else when_in_words(meeting),
            "dates": dates,
            "agenda": [] if notice.whole_series else agenda_of(meeting).rows,
            "is_update": not ends and changes_something(notice, recipient),
            "is_cancellation": ends,
        }


def when_in_words(meeting):
    """Day, hours and zone, in the active language."""
    begins, ends = meeting.begins, meeting.ends
    hours = f"{formats.time_format(begins, 'TIME_FORMAT')} – {formats.time_format(ends, 'TIME_FORMAT')}"
    day = f"{formats.date_format(begins, 'l')}, {formats.date_format(begins, 'DATE_FORMAT')}"
    return f"{day}, {hours} ({meeting.time_zone})"


def _dates(meeting, *, cancelled):
    """The meetings of the series that are still to come, or would have been, in words, and how many more."""
    of_series = meeting.series.meetings.filter(cancelled_at__isnull=not cancelled)
    still = of_series.filter(starts_at__gt=timezone.now())
    rows = list(still.order_by("starts_at"))
    told = [when_in_words(row) for row in rows[:MOST_DATES]]
    if len(rows) > MOST_DATES:
        told.append(_("and %(number)s more") % {"number": len(rows) - MOST_DATES})
    return told


def begins_with_series(meeting):
    """Whether a mail is first of all about the series: nobody was invited yet, or the last change was one of several meetings."""
    if meeting.series_id is None:
        return False
    return not invited(meeting).exists() or (
        meeting.sequence == meeting.series.sequence > 0 and _others_changed(meeting)
    )


def _others_changed(meeting):
    """Whether the same change was made to other meetings of the series."""
    rows = meeting.series.meetings.filter(sequence=meeting.sequence)
    return rows.exclude(pk=meeting.pk).exists()
