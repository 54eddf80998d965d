"""When a mail of a round may leave to each person: their quiet time, and what else was sent to them lately."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Count, DateTimeField, F, Max, Min, Q, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from initiatives.quiet import leaves_at
from surveys.models import Mailing

State = Mailing.State
# Mails that somebody got, may have got or is to get.
TOUCHING = [State.DUE, State.CLAIMED, State.IN_FLIGHT, State.SENT, State.UNCERTAIN]
# Up to so many people are named in the query; for more, the whole initiative is read.
MOST_NAMED = 500


def leaving_times(round, contacts, *, kind, wanted):
    """{contact key: the moment at which a mail of `kind` that is wanted at one moment may leave}: one query at most.

    `contacts` are contacts of the round's initiative. Whoever queues what comes of it holds the initiative meanwhile
    (`surveys.actions.invitations`), so that two who queue for two rounds see each other's mails.
    """
    initiative = round.initiative
    quiet = initiative.quiet_time
    last = {} if kind == Mailing.Kind.THANKS else last_mails(initiative, contacts, wanted=wanted)
    closes_at = round.closes_at if kind == Mailing.Kind.INVITATION else None
    return {
        contact.pk: leaves_at(
            wanted,
            quiet=quiet,
            zone=contact.zone_in(initiative),
            last=last.get(contact.pk),
            gap_days=initiative.mail_gap_days,
            closes_at=closes_at,
        )
        for contact in contacts
    }


def last_mails(initiative, contacts, *, wanted):
    """{contact key: when their last mail left or is to leave}, of any round: thank-yous apart, and none
    that is too old to matter."""
    if not initiative.mail_gap_days or not contacts:
        return {}
    now = timezone.now()
    recent = Q(sent_at=None) | Q(sent_at__gte=wanted - timedelta(days=initiative.mail_gap_days + 2))
    found = Mailing.objects.filter(recent, round__initiative=initiative, state__in=TOUCHING)
    found = found.exclude(kind=Mailing.Kind.THANKS)
    if len(contacts) <= MOST_NAMED:
        found = found.filter(invitation__contact__in=[contact.pk for contact in contacts])
    left = Case(
        When(state=State.UNCERTAIN, then=Coalesce("claimed_at", "due_at")),
        When(sent_at=None, then=Greatest("due_at", Value(now, DateTimeField()))),
        default=F("sent_at"),
    )
    rows = found.order_by().values_list("invitation__contact").annotate(last=Max(left))
    return dict(rows)


@dataclass(frozen=True)
class Departure:
    """How many mails leave at once, how many wait, and from when to when those leave."""

    at_once: int
    later: int
    first: datetime | None
    last: datetime | None


def opens_later(round):
    """Whether a draft that is sent now opens on another day."""
    return bool(round.opens_on and round.opens_on > round.initiative.today())


def departure(round, contacts):
    """The Departure of a draft's invitations, were it sent now."""
    wanted = round.opens_at if opens_later(round) else timezone.now()
    times = leaving_times(round, contacts, kind=Mailing.Kind.INVITATION, wanted=wanted).values()
    late = [moment for moment in times if moment > wanted]
    return Departure(len(times) - len(late), len(late), min(late, default=None), max(late, default=None))


def words_after_sending(round, going):
    """What happens once a round was sent, and when. Its Departure was looked up before its own mails were there."""
    zone = round.initiative.zone
    first = going.first and formats.date_format(going.first.astimezone(zone), "DATETIME_FORMAT")
    told = {"mails": going.at_once, "later": going.later, "first": first, "zone": round.initiative.time_zone}
    if opens_later(round):
        day = formats.date_format(round.opens_on, "DATE_FORMAT")
        return _("The round was scheduled. Invitations leave from %(day)s on.") % {"day": day}
    if not going.later:
        return _("The round was started. Invitations leave in the background; you may close this page.")
    if not going.at_once:
        return (
            _(
                "The round was started. Invitations wait, because it is night or a holiday for these people or because "
                "they had another mail lately: the first leaves on %(first)s (%(zone)s)."
            )
            % told
        )
    return (
        _(
            "The round was started. Invitations leaving now: %(mails)d. Waiting, because it is night or a holiday for these "
            "people or because they had another mail lately: %(later)d, the first until %(first)s (%(zone)s)."
        )
        % told
    )


def waiting_mails(round):
    """The Departure of a round's mails that are due: those that wait for their hour count as later; one query."""
    now = timezone.now()
    late = Q(due_at__gt=now)
    found = round.mailings.filter(state=State.DUE).aggregate(
        at_once=Count("id", filter=~late),
        later=Count("id", filter=late),
        first=Min("due_at", filter=late),
        last=Max("due_at", filter=late),
    )
    return Departure(**found)
