"""What is due, who still wants it, and how far a round has come. The database is the truth of sending."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, Q
from django.utils import timezone

from initiatives.permissions import Role
from partners.models import Contact
from surveys.models import Invitation, Mailing, Round, RoundText
from surveys.tokens import read_unsubscribe_token

ASKING = [Mailing.Kind.INVITATION, Mailing.Kind.REMINDER]
OVER = [Round.State.CLOSING, Round.State.CLOSED, Round.State.CANCELLED]


def still_wanted():
    """Mailings whose recipient is still to get them, as a Q: nobody who answered, left, opted out or cannot be reached."""
    gone = Q(invitation__contact__left_on__lte=timezone.now().date())
    return (
        Q(invitation__contact__reachability=Contact.Reachability.REACHABLE)
        & ~gone
        & (
            Q(kind__in=[Mailing.Kind.NOTICE, *ASKING], invitation__state=Invitation.State.INVITED)
            | Q(kind=Mailing.Kind.THANKS, invitation__state=Invitation.State.FINISHED)
            | Q(kind=Mailing.Kind.RESULTS, invitation__state__in=[Invitation.State.INVITED, Invitation.State.FINISHED])
        )
    )


def round_allows():
    """Mailings that their round lets go now, as a Q: it is not paused, and open; or not yet, or no more, by their kind."""
    return Q(round__paused_at=None) & (
        Q(kind__in=ASKING, round__state=Round.State.OPEN)
        | Q(kind=Mailing.Kind.NOTICE, round__state=Round.State.SCHEDULED)
        | Q(kind=Mailing.Kind.THANKS, round__state__in=[Round.State.OPEN, Round.State.CLOSING, Round.State.CLOSED])
        | Q(kind=Mailing.Kind.RESULTS, round__state=Round.State.CLOSED)
    )


def due_mailings(round_id, *, now):
    """The mailings of a round that may leave now, longest due first."""
    due = Mailing.objects.filter(round=round_id, state=Mailing.State.DUE, due_at__lte=now)
    return due.filter(round_allows(), still_wanted()).order_by("due_at", "id")


def pointless_mailings(round_id):
    """Due mailings that nobody is to get any more: of people who finished or left, notices of a round that is open, and
    asking when the round is over."""
    due = Mailing.objects.filter(round=round_id, state=Mailing.State.DUE)
    came_too_late = Q(kind=Mailing.Kind.NOTICE, round__state__in=[Round.State.OPEN, *OVER])
    return due.filter(~still_wanted() | Q(kind__in=ASKING, round__state__in=OVER) | came_too_late)


def rounds_with_due_mailings(*, now):
    """Ids of the rounds for which a sender should be started."""
    due = Mailing.objects.filter(state=Mailing.State.DUE, due_at__lte=now).filter(round_allows())
    return list(due.order_by("round").values_list("round", flat=True).distinct())


def texts_of(round):
    """{(kind, language): RoundText} of the round's mails."""
    return {(text.kind, text.language): text for text in round.texts.all()}


def text_for(texts, kind, language, fallback):
    """The text of `kind` in `language`, else in the initiative's language, else in any; RoundText.DoesNotExist if none."""
    for wanted in (language, fallback, *sorted(known for found, known in texts if found == kind)):
        if (kind, wanted) in texts:
            return texts[kind, wanted]
    raise RoundText.DoesNotExist(f"The round has no text for its {kind} mails.")


@dataclass(frozen=True)
class SendingProgress:
    """Numbers of mailings by kind and state, the addresses that refused among them; `trouble` is a sentence or empty."""

    counts: dict
    trouble: str

    def of(self, *states, kind=None):
        return sum(n for (k, state), n in self.counts.items() if state in states and kind in (None, k))

    @property
    def total(self):
        return sum(self.counts.values())

    @property
    def sent(self):
        return self.of(Mailing.State.SENT)

    @property
    def waiting(self):
        return self.of(Mailing.State.DUE, Mailing.State.CLAIMED, Mailing.State.IN_FLIGHT)

    @property
    def uncertain(self):
        return self.of(Mailing.State.UNCERTAIN)

    @property
    def bounced(self):
        return self.of(Mailing.State.BOUNCED)

    @property
    def failed(self):
        return self.of(Mailing.State.FAILED)

    @property
    def stopped(self):
        return self.of(Mailing.State.STOPPED)


def sending_progress(round):
    """The SendingProgress of a round: one query."""
    rows = round.mailings.order_by().values_list("kind", "state").annotate(n=Count("id"))
    counts = {(kind, state): n for kind, state, n in rows}
    return SendingProgress(counts, cache.get(trouble_key(round.pk), ""))


def trouble_key(round_id):
    """Where in the cache a sender leaves the sentence about a mail server that cannot be reached just now."""
    return f"sending-trouble:{round_id}"


def unsettled_mailings(round):
    """Mailings that wait for a person: uncertain or given up, with their invitation."""
    unsettled = [Mailing.State.UNCERTAIN, Mailing.State.FAILED]
    return round.mailings.filter(state__in=unsettled).select_related("invitation").order_by("state", "id")


def returned_mailings(round):
    """Mailings whose address was called wrong, at once or by a mail that came back, with their invitation."""
    returned = round.mailings.filter(state=Mailing.State.BOUNCED)
    return returned.select_related("invitation").order_by("invitation__name", "id")


def invitation_to_unsubscribe(token):
    """The invitation of an unsubscribe token with its contact and initiative, or None."""
    found = Invitation.objects.select_related("contact", "round__initiative")
    return found.filter(pk=read_unsubscribe_token(token)).first()


def people_to_tell(initiative):
    """The directors of an initiative, who are told when sending stops."""
    directors = initiative.memberships.filter(role=Role.DIRECTOR, user__is_active=True)
    return [membership.user for membership in directors.select_related("user")]
