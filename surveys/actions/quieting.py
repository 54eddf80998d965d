"""Keeping quiet: what was due by day and is late must not arrive at night."""

from django.utils import timezone

from surveys.models import Mailing, Round

CHUNK = 500


def keep_quiet(*, round_id):
    """Move mails that are due now to people in their quiet time to its end. Returns how many. Harmless when run twice.

    The moment at which a mail is due was chosen well when it was queued; but a mail server may have been away, a round
    paused, a retry fallen into the night. An invitation that would then come after the round's end leaves all the same.
    """
    round = Round.objects.select_related("initiative").get(pk=round_id)
    now, quiet, moved = timezone.now(), round.initiative.quiet_time, 0
    if not quiet.is_any:
        return 0
    due = round.mailings.filter(state=Mailing.State.DUE, due_at__lte=now).order_by()
    for name in set(due.values_list("invitation__contact__time_zone", flat=True).distinct()):
        later = quiet.next_allowed(now, round.initiative.zone_named(name))
        if later > now:
            found = due.filter(invitation__contact__time_zone=name)
            if later >= round.closes_at:
                found = found.exclude(kind=Mailing.Kind.INVITATION)
            moved += _move(list(found.values_list("pk", flat=True)), later)
    return moved


def _move(keys, later):
    # By key, so that the state is looked at again where a sender is claiming them just now.
    chunks = [keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK)]
    return sum(Mailing.objects.filter(pk__in=chunk, state=Mailing.State.DUE).update(due_at=later) for chunk in chunks)
