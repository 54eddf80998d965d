"""The roll: who is expected at a meeting, how they took part, and how it is told."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Q

from backbone.models import Attendance
from initiatives.permissions import Permission
from partners.models import Contact, Organisation, Seat, Sector
from partners.names import fold
from partners.queries import groups_of

MOST_FOUND = 10


@dataclass(frozen=True)
class RollLine:
    """One person on the roll or expected there. `attendance` is None as long as nothing was noted."""

    contact: Contact
    seat: Seat | None
    organisation: Organisation | None
    sector: Sector | None
    attendance: Attendance | None

    @property
    def noted(self):
        """(state, proxy's key, proxy's name), the state empty where nothing was noted."""
        line = self.attendance
        return (line.state, line.proxy_id, line.proxy_name) if line else ("", None, "")


@dataclass(frozen=True)
class Roll:
    """The roll as a page tells it: who was there in one way or another, who was not, and how many of each state."""

    there: list
    missed: list
    counts: list


def roll_lines(meeting, *, also=()):
    """By name: whoever holds a seat of the group on the day of the meeting, whoever is on the roll, and the contacts `also`."""
    lines = {}
    for attendance in attendances(meeting):
        lines[attendance.contact_id] = _line(attendance.contact, attendance.seat, attendance)
    for seat in _seats_of_that_day(meeting):
        if seat.holder_id not in lines:
            lines[seat.holder_id] = _line(seat.holder, seat, None)
    for contact in also:
        lines.setdefault(contact.pk, _line(contact, None, None))
    return sorted(lines.values(), key=lambda line: (fold(line.contact.name), line.contact.pk))


def attendances(meeting):
    return meeting.roll.select_related(
        "contact__organisation__sector", "seat__organisation__sector", "seat__sector", "organisation", "sector", "proxy"
    )


def _seats_of_that_day(meeting):
    if meeting.group_id is None:
        return []
    seats = meeting.group.seats.open(on=meeting.begins.date()).exclude(holder=None)
    return seats.select_related("holder__organisation__sector", "organisation__sector", "sector").order_by("id")


def _line(contact, seat, attendance):
    """What was written down on that day counts; what nobody wrote down is as it is now."""
    organisation = (seat.organisation if seat else None) or contact.organisation
    sector = (seat.sector if seat else None) or organisation.sector
    if attendance:
        organisation, sector = attendance.organisation or organisation, attendance.sector or sector
    return RollLine(contact, seat, organisation, sector, attendance)


def people_to_name(membership, meeting):
    """The contacts a member may put on the roll: the backbone anybody who had not left, co-chairs the people of their groups."""
    on = meeting.begins.date()
    people = membership.initiative.contacts.active(on=on).select_related("organisation__sector")
    if membership.can(Permission.PARTNERS_VIEW):
        return people
    return people.in_groups(groups_of(membership), on=on)


def found_people(people, search, *, without):
    """Up to MOST_FOUND of `people` whose name, address or organisation holds the words; not those already on the roll."""
    words = Q(name__icontains=search) | Q(email__icontains=search) | Q(organisation__name__icontains=search)
    return list(people.filter(words).exclude(pk__in=without).order_by("name", "id")[:MOST_FOUND])


def possible_proxies(people, lines):
    """Whoever may stand in for somebody on the roll: those of the same organisations, and everybody on it."""
    organisations = {line.organisation.pk for line in lines if line.organisation}
    contacts = {line.contact.pk: line.contact for line in lines}
    found = people.filter(organisation__in=organisations).exclude(pk__in=contacts).order_by("name", "id")
    return [*contacts.values(), *found]


def roll_told(meeting):
    """The roll as a page tells it; None as long as nothing was noted."""
    noted = list(attendances(meeting))
    if not noted:
        return None
    counts = Counter(line.state for line in noted)
    return Roll(
        there=[line for line in noted if line.state in Attendance.TOOK_PART],
        missed=[line for line in noted if line.state not in Attendance.TOOK_PART],
        counts=[(state.label, counts[state.value]) for state in Attendance.State if counts[state.value]],
    )
