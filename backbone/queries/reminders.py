"""Whom a mail is to remind of what: for the sweep that sends, and for the page that says what leaves next."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from backbone import brakes
from backbone.models import ActionItem, FollowUpMail
from initiatives.models import Membership
from initiatives.permissions import BACKBONE_ROLES
from partners.models import Commitment, Contact

DAY = datetime.timedelta(days=1)
# How far ahead the page looks.
AHEAD = 14


@dataclass(frozen=True)
class Person:
    """Somebody who owes something: a contact, or a member of the staff. `silence` says why no mail is written to them, or ""."""

    initiative: object
    zone: datetime.tzinfo
    address: str
    language: str
    name: str
    silence: str = ""
    contact: Contact | None = None
    user: object = None
    # What of theirs is neither done nor settled, with or without a day.
    rows: list = field(default_factory=list)

    @property
    def is_contact(self):
        return self.contact is not None


@dataclass(frozen=True)
class Reminders:
    """One mail: what it speaks of on `day`. `questions` are commitments of which it asks whether they were promised."""

    person: Person
    day: datetime.date
    late: list
    soon: list
    questions: list

    @property
    def rows(self):
        return [*self.late, *self.soon, *self.questions]


def _question(row, zone):
    """The day on which a commitment was written down that waits for a yes or no, else None."""
    if not isinstance(row, Commitment) or row.confirmed_at or row.disputed_at:
        return None
    return row.created_at.astimezone(zone).date()


def _steps(row, zone, day):
    """The last steps until `day` on which mails should speak of `row`: of what is due, and of what is to be confirmed."""
    written = _question(row, zone)
    return brakes.last_step(row.due_on, day), brakes.last_question(written, day) if written else None


def _triggers(row, zone, day):
    return any(brakes.is_wanted(step, row.reminders_since) for step in _steps(row, zone, day))


def reminders_of(person, day):
    """What a mail to `person` speaks of on `day`, whether it is wanted on that day or not."""
    late, soon, questions = [], [], []
    for row in person.rows:
        due, asked = _steps(row, person.zone, day)
        if asked is not None:
            questions.append(row)
        elif due is not None:
            (late if row.due_on < day else soon).append(row)
    return Reminders(person, day, late, soon, questions)


def is_wanted(person, day):
    """Whether a mail is to leave to `person` on `day`: one of their things has come to a step of which no mail has spoken."""
    return any(_triggers(row, person.zone, day) for row in person.rows)


def people(*, now, ahead=0, initiative=None, contact=None, user=None):
    """Everybody who owes something that mails may speak of within `ahead` days, with `rows`; narrowed to one initiative,
    contact or user."""
    # A day more, for zones in which it is tomorrow already.
    last = now.date() + brakes.BEFORE + (ahead + 1) * DAY
    items = ActionItem.objects.filter(state__in=ActionItem.WAITING, due_on__lte=last)
    promised = Commitment.objects.filter(Q(due_on__lte=last) | Q(confirmed_at=None, disputed_at=None))
    promised = promised.filter(state=Commitment.State.MADE, contact__isnull=False)
    narrow = {"reminders__lt": brakes.MOST_MAILS, "initiative__sends_reminders": True}
    narrow |= {"initiative": initiative} if initiative else {}
    of_contact, of_staff = defaultdict(list), defaultdict(list)
    if user is None:
        for row in items.filter(owner_contact__isnull=False, **narrow, **_only("owner_contact", contact)):
            of_contact[row.owner_contact_id].append(row)
        for row in promised.filter(**narrow, **_only("contact", contact)):
            of_contact[row.contact_id].append(row)
    if contact is None:
        for row in items.filter(owner_staff__isnull=False, **narrow, **_only("owner_staff", user)):
            of_staff[row.initiative_id, row.owner_staff_id].append(row)
    return [*_contacts(of_contact), *_staff(of_staff)]


def _only(name, row):
    return {name: row} if row else {}


def _contacts(rows):
    found = Contact.objects.filter(pk__in=list(rows)).select_related("initiative", "organisation")
    return [
        Person(
            contact.initiative,
            contact.zone_in(contact.initiative),
            contact.email,
            contact.language,
            contact.name,
            _silence_of_contact(contact),
            contact=contact,
            rows=rows[contact.pk],
        )
        for contact in found.order_by("name", "id")
    ]


def _silence_of_contact(contact):
    today = timezone.now().astimezone(contact.zone_in(contact.initiative)).date()
    if any(day is not None and day <= today for day in (contact.left_on, contact.organisation.left_on)):
        return _("has left")
    if contact.reachability != Contact.Reachability.REACHABLE:
        return contact.get_reachability_display()
    return "" if contact.wants_reminders else _("wants no reminders")


def _staff(rows):
    members = Membership.objects.filter(
        initiative__in={initiative for initiative, _user in rows}, user__in={user for _initiative, user in rows}
    )
    found = []
    for member in members.select_related("initiative", "user").order_by("user__name", "id"):
        if own := rows.get((member.initiative_id, member.user_id)):
            user, initiative = member.user, member.initiative
            language = user.language or initiative.default_language
            zone = initiative.zone_named(user.time_zone)
            silence = _silence_of_member(member)
            found.append(Person(initiative, zone, user.email, language, str(user), silence, user=user, rows=own))
    return found


def _silence_of_member(member):
    if member.role not in BACKBONE_ROLES or not member.user.is_active:
        return _("is no longer of the staff")
    return "" if member.wants_reminders else _("wants no reminders")


def reminders_due(*, now, **narrow):
    """The mails that may leave at this moment, one for each person at most; `narrow` as for `people`."""
    found = [(person, now.astimezone(person.zone)) for person in people(now=now, **narrow) if not person.silence]
    awake = [(person, local.date()) for person, local in found if _may_write(person, local)]
    sent = _mailed(awake)
    return [
        reminders_of(person, day)
        for person, day in awake
        if (person.initiative.pk, person.address, day) not in sent and is_wanted(person, day)
    ]


def _may_write(person, local):
    return local.time() >= brakes.EARLIEST and person.initiative.quiet_time.allows(local, person.zone)


def _mailed(awake):
    """Who got their mail of the day already, as (initiative, address, day)."""
    days = {day for _person, day in awake}
    return set(FollowUpMail.objects.filter(day__in=days).values_list("initiative", "address", "day"))


@dataclass(frozen=True)
class NextMail:
    """What leaves next to one person, and when; `leaves_at` None where nothing does, and `silence` says why."""

    person: Person
    leaves_at: datetime.datetime | None
    reminders: Reminders | None


def next_mails(initiative, *, now):
    """A NextMail for everybody who owes something within two weeks, the next one first; then those who are written to no more."""
    found = people(now=now, ahead=AHEAD, initiative=initiative)
    sent = set(FollowUpMail.objects.filter(initiative=initiative).values_list("address", "day"))
    mails = [_next_mail(person, sent, now) for person in found]
    later = [mail for mail in mails if mail and mail.leaves_at]
    return sorted(later, key=lambda mail: mail.leaves_at), [mail for mail in mails if mail and not mail.leaves_at]


def _next_mail(person, sent, now):
    if person.silence:
        return NextMail(person, None, None)
    today = now.astimezone(person.zone).date()
    quiet = person.initiative.quiet_time
    for ahead in range(AHEAD + 1):
        day = today + ahead * DAY
        if (person.address, day) in sent or not is_wanted(person, day):
            continue
        moment = quiet.next_allowed(max(now, brakes.morning(day, person.zone)), person.zone)
        leaves = moment.astimezone(person.zone)
        if leaves.time() < brakes.EARLIEST:
            moment = brakes.morning(leaves.date(), person.zone)
        return NextMail(person, moment, reminders_of(person, moment.astimezone(person.zone).date()))
    return None


def last_mails(initiative, number=25):
    """The mails that left last, or did not."""
    return initiative.follow_up_mails.select_related("contact", "user").order_by("-claimed_at", "-id")[:number]
