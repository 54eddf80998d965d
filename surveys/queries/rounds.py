"""What the pages about rounds show."""

import datetime

from dateutil.relativedelta import relativedelta
from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from initiatives.models import within
from surveys.models import AnonymousResponse, Invitation, Mailing, PastResponse, Response, Round, RoundText
from surveys.queries.closing import rounds_to_tell_of
from surveys.queries.conclusions import conclusions_to_queue
from surveys.queries.plans import drafts_to_tell_of


def rounds(initiative):
    """All rounds of an initiative with how many were asked and have answered, and when they were told what came of it; one query.

    By their last day, the latest first: a round that was brought in stands where it belongs.
    """
    finished = Q(invitations__state=Invitation.State.FINISHED)
    found = initiative.rounds.select_related("instrument_version__instrument").annotate(
        asked=Count("invitations"),
        answered=Coalesce("answered_daily", Count("invitations", filter=finished)),
        concluded_at=F("conclusion__published_at"),
    )
    # Said again here: a query that groups forgets the order of its model.
    return found.order_by("-closes_on", "-pk")


def round_of(initiative):
    """Rounds of the initiative with all that one round's page needs, for get_object_or_404."""
    return initiative.rounds.select_related("initiative", "instrument_version__instrument", "steward")


def counts_by_state(round):
    """{state: invitations}, every state present, and "total"; one query. Of an anonymous round, who has answered is as of
    the last daily count, and still among the invited."""
    counts = dict.fromkeys(Invitation.State.values, 0)
    counts.update(round.invitations.order_by().values_list("state").annotate(n=Count("id")))
    total = sum(counts.values())
    if round.is_anonymous:
        counts[Invitation.State.FINISHED] = round.answered_daily or 0
    return {**counts, "total": total}


def may_be_steward(initiative):
    """The people whom a director may name as data steward: the members who can sign in."""
    return within(get_user_model().objects.filter(is_active=True), initiative).order_by("name", "email")


def open_notes(round):
    """Invitations whose person told us something that staff have not dealt with yet."""
    told = [Invitation.State.LEFT, Invitation.State.WRONG_PERSON]
    return round.invitations.filter(state__in=told, note_confirmed_at=None).order_by("name")


def invitations_for(initiative):
    """Invitations of an initiative, for get_object_or_404 in a view about one of them."""
    return Invitation.objects.filter(round__initiative=initiative).select_related("round__initiative", "contact")


def texts_for(initiative):
    """Mail texts of an initiative's rounds, for get_object_or_404 in a view about one of them."""
    return RoundText.objects.filter(round__initiative=initiative).select_related("round__initiative")


def editable_texts(initiative):
    """Those that may still be changed: all of a draft, and of a closed round what tells its people what came of it."""
    last = Q(kind=RoundText.Kind.RESULTS, round__state=Round.State.CLOSED, round__origin=Round.Origin.ASKED)
    return texts_for(initiative).filter(Q(round__state=Round.State.DRAFT) | last)


def texts_before_sending(round):
    """The texts of the mails that a round will send by itself, in the order in which they leave; the mail about results goes
    to members."""
    left_out = [RoundText.Kind.RESULTS, RoundText.Kind.MEMBERS]
    left_out += [] if round.notice_days else [RoundText.Kind.NOTICE]
    left_out += [] if round.thanks != Round.Thanks.NEVER else [RoundText.Kind.THANKS]
    order = {kind: place for place, kind in enumerate(RoundText.Kind)}
    return sorted(round.texts.exclude(kind__in=left_out), key=lambda text: (order[text.kind], text.language))


def results_texts(round):
    """The texts of the mail that tells those who were asked what came of a round, by language."""
    return round.texts.filter(kind=RoundText.Kind.RESULTS).order_by("language")


def mailings_for(initiative):
    """Mailings of an initiative, for get_object_or_404 in a view about one of them."""
    return Mailing.objects.filter(round__initiative=initiative).select_related("round__initiative", "invitation")


# A closing that was begun this long ago and is not done was killed in the middle.
CLOSING_LEASE = datetime.timedelta(minutes=5)
# Who was not told of results by then is not told any more; a weekend and holidays may lie in between.
TELLING = datetime.timedelta(days=14)
ENDED = [Round.State.CLOSED, Round.State.CANCELLED]


def rounds_over_time(*, now):
    """Ids of the rounds that have answers whose time may be over; the action looks at the very day."""
    here = Exists(Response.objects.filter(round=OuterRef("pk")))
    brought_in = Exists(PastResponse.objects.filter(past_import__round=OuterRef("pk")))
    of_nobody = Exists(AnonymousResponse.objects.filter(round=OuterRef("pk")))
    found = Round.objects.filter(here | brought_in | of_nobody, state__in=ENDED)
    old = found.filter(closes_on__lte=(now - datetime.timedelta(days=27)).date())
    rounds = old.select_related("initiative").defer("frozen_roster").order_by("pk")
    return [round.pk for round in rounds if is_over_time(round, now=now)]


def is_over_time(round, *, now):
    """Whether the answers of a round have been kept as long as people were told."""
    return round.state in ENDED and kept_until(round) <= now


def kept_until(round):
    """When the answers of a round that has ended are deleted."""
    return (round.closed_at or round.closes_at) + relativedelta(months=round.kept_months)


def work_on_rounds(*, now):
    """{task: keys of the rounds that may need it}, for the sweep; each task looks again before it acts."""
    rounds = Round.objects.order_by("pk")
    opened = rounds.filter(state=Round.State.OPEN)
    stale = Q(state=Round.State.CLOSING) & (Q(claimed_at=None) | Q(claimed_at__lt=now - CLOSING_LEASE))
    # The day after the last one may have begun somewhere in the world; the round's own zone decides.
    over = Q(state=Round.State.OPEN, closes_on__lte=(now + datetime.timedelta(hours=14)).date())
    counted_before = Q(answered_counted_on=None) | Q(
        answered_counted_on__lt=(now + datetime.timedelta(hours=14)).date()
    )
    thanks_due = Q(state=Round.State.OPEN, thanks=Round.Thanks.SUBMIT) | Q(
        ~Q(thanks=Round.Thanks.NEVER), state=Round.State.CLOSED, closed_at__gte=now - TELLING
    )
    found = {
        "open_round": rounds.filter(state=Round.State.SCHEDULED),
        "prepare_notices": rounds.filter(state=Round.State.SCHEDULED, notice_days__isnull=False, noticed_at=None),
        "prepare_round": opened.filter(prepared_at=None),
        "remind_round": opened.exclude(prepared_at=None).exclude(reminder_days=[]),
        "queue_thanks": rounds.filter(thanks_due),
        "count_answered": opened.filter(mode=Round.Mode.ANONYMOUS).filter(counted_before),
        "close_round": rounds.filter(stale | over),
    }
    waiting = {task: list(wanted.values_list("pk", flat=True)) for task, wanted in found.items()}
    waiting["tell_of_draft"] = drafts_to_tell_of()
    waiting["delete_old_answers"] = rounds_over_time(now=now)
    waiting["queue_results"] = conclusions_to_queue()
    return waiting | {"tell_of_results": rounds_to_tell_of(since=now - TELLING)}
