"""What people are asked for: surveys, minutes and mails in a quarter of the initiative's year."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Q

from surveys import definition
from surveys.models import Invitation, Mailing, Round
from surveys.queries.answering import definition_of
from surveys.recurrence import quarter_of

# From the next survey in a quarter on, the preview says so.
MANY_SURVEYS = 2
# So long after a round has closed, mails about it may still leave.
MAILS_AFTER_CLOSE = datetime.timedelta(days=30)


@dataclass(frozen=True)
class Burden:
    """How many surveys somebody was asked to answer, how many minutes they take, and how many mails were sent."""

    surveys: int = 0
    minutes: int = 0
    mails: int = 0

    def __add__(self, other):
        return Burden(self.surveys + other.surveys, self.minutes + other.minutes, self.mails + other.mails)


def burdens(initiative, contacts=None, *, on):
    """{contact key: Burden} of the quarter that holds a day; of `contacts`, or of everybody who was asked. One query.

    A survey counts in the quarter in which its round opened, a mail in which it was sent. A round that was brought in
    asked nobody here. Reminders of an anonymous round are left out: they would tell who had not answered.
    """
    start, end = _moments(initiative, on)
    lately = Q(round__closed_at=None) | Q(round__closed_at__gte=start - MAILS_AFTER_CLOSE)
    found = Invitation.objects.filter(lately, round__initiative=initiative, round__origin=Round.Origin.ASKED)
    if contacts is not None:
        found = found.filter(contact__in=contacts)
    sent = Q(mailings__state=Mailing.State.SENT, mailings__sent_at__gte=start, mailings__sent_at__lt=end)
    sent &= ~Q(round__mode=Round.Mode.ANONYMOUS, mailings__kind=Mailing.Kind.REMINDER)
    rows = found.order_by().values_list("pk", "contact", "round__opened_at", "round__minutes")
    total = {}
    for _pk, contact, opened_at, minutes, mails in rows.annotate(mails=Count("mailings", filter=sent)):
        is_asked = opened_at is not None and start <= opened_at < end
        burden = Burden(1, minutes or 0, mails) if is_asked else Burden(mails=mails)
        total[contact] = total.get(contact, Burden()) + burden
    return total


def quarter(initiative, on):
    """(first day, last day) of the quarter that holds a day."""
    start, end = quarter_of(on, initiative.fiscal_year_starts_in)
    return start, end - datetime.timedelta(days=1)


def _moments(initiative, on):
    days = quarter_of(on, initiative.fiscal_year_starts_in)
    return [datetime.datetime.combine(day, datetime.time(), tzinfo=initiative.zone) for day in days]


@dataclass(frozen=True)
class Asked:
    """What people were asked for in a quarter: rows of (contact, Burden)."""

    rows: tuple
    starts_on: datetime.date
    ends_on: datetime.date


def asked_of(initiative, contacts):
    """The Asked of some contacts for the present quarter."""
    today, contacts = initiative.today(), list(contacts)
    found = burdens(initiative, contacts, on=today)
    return Asked(tuple((each, found.get(each.pk, Burden())) for each in contacts), *quarter(initiative, today))


def asked_with(round, contacts):
    """The Asked of the contacts of a draft for the quarter in which it opens, the draft counted as sent; and how many of
    them would get more than MANY_SURVEYS."""
    found = burdens(round.initiative, on=round.opening_day)
    this = Burden(1, definition.minutes(definition_of(round.instrument_version)), 1)
    rows = tuple((each, found.get(each.pk, Burden()) + this) for each in contacts)
    many = sum(burden.surveys > MANY_SURVEYS for _contact, burden in rows)
    return Asked(rows, *quarter(round.initiative, round.opening_day)), many
