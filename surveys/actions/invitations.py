"""Making invitations out of a frozen roster, queueing reminders, and confirming what people told us about themselves."""

import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from core.doorbell import ring
from initiatives.actions import history
from initiatives.models import Initiative
from surveys.actions.rounds import RoundRefused
from surveys.models import MOST_REMINDERS, Invitation, Mailing, Round
from surveys.queries.mail_times import leaving_times
from surveys.queries.pooling import everything_in
from surveys.queries.rosters import cluster_of_sector, contacts_to_invite, open_group_names

# Small enough that on SQLite nobody who answers meanwhile has to wait.
CHUNK = 200


def prepare(*, round_id):
    """Make an invitation, and a mail that is due, for every contact of the frozen roster. Harmless when run twice."""
    round = Round.objects.select_related("initiative").get(pk=round_id)
    for _made in _invite(round, Mailing.Kind.INVITATION):
        ring("surveys.tasks.send_round", round_id)
    if round.notice_days:
        invited = round.invitations.filter(state=Invitation.State.INVITED)
        queue_once(round=round, kind=Mailing.Kind.INVITATION, invitations=invited)
        ring("surveys.tasks.send_round", round_id)
    Round.objects.filter(pk=round_id, prepared_at=None).update(prepared_at=timezone.now())


def prepare_notices(*, round_id):
    """Tell the people of a scheduled round that it is coming, once its day for that has come. Harmless when run twice.

    Their invitations are made for it from the frozen roster, without the mail that invites; `prepare` adds that when the
    round opens. Whose notice would leave so late that the invitation had to wait for it gets none.
    """
    round = Round.objects.select_related("initiative").get(pk=round_id)
    today, gap = round.initiative.today(), datetime.timedelta(days=round.initiative.mail_gap_days)
    if round.state != Round.State.SCHEDULED or round.noticed_at or not round.notice_on:
        return False
    if not round.notice_on <= today < round.opens_on or today + gap > round.opens_on:
        return False
    for _made in _invite(round, Mailing.Kind.NOTICE):
        ring("surveys.tasks.send_round", round_id)
    mine = Round.objects.filter(pk=round_id, state=Round.State.SCHEDULED, noticed_at=None)
    return bool(mine.update(noticed_at=timezone.now()))


def queue_thanks(*, round_id):
    """Queue a thank-you for those who have answered, where the round sends one. Harmless when run twice."""
    round = Round.objects.select_related("initiative").get(pk=round_id)
    after_submit = round.thanks == Round.Thanks.SUBMIT and round.state in (Round.State.OPEN, Round.State.CLOSED)
    if after_submit or (round.thanks == Round.Thanks.CLOSE and round.state == Round.State.CLOSED):
        finished = round.invitations.filter(state=Invitation.State.FINISHED)
        queue_once(round=round, kind=Mailing.Kind.THANKS, invitations=finished)


def queue_once(*, round, kind, invitations):
    """Make the mail of a kind that comes once for those of `invitations` who have none."""
    there = Mailing.objects.filter(invitation=OuterRef("pk"), kind=kind)
    waiting = invitations.filter(~Exists(there)).select_related("contact")
    while chunk := list(waiting[:CHUNK]):
        _queue(round, chunk, kind=kind)


@transaction.atomic
def _queue(round, invitations, **fields):
    _hold_queue(round)
    rows = mailings(round=round, invitations=invitations, **fields)
    Mailing.objects.bulk_create(rows, ignore_conflicts=True)


def _hold_queue(round):
    """Let nobody else queue mails of the initiative until the transaction ends: when one may leave depends on the others."""
    Initiative.objects.filter(pk=round.initiative_id).update(name=F("name"))


def _invite(round, kind):
    """Make an invitation for each contact of the frozen roster who has none, with a mail of `kind`; yields every chunk."""
    clusters, today = cluster_of_sector(round), round.initiative.today()
    for contacts in contacts_to_invite(round, size=CHUNK):
        groups = open_group_names(contacts, on=today)
        rows = [_invitation(round, contact, clusters, groups, today) for contact in contacts]
        with transaction.atomic():
            if kind == Mailing.Kind.NOTICE and not _hold_scheduled(round):
                return
            _hold_queue(round)
            made = Invitation.objects.bulk_create(rows)
            wanted = mailings(round=round, invitations=made, kind=kind)
            if kind == Mailing.Kind.NOTICE:
                wanted = [mailing for mailing in wanted if _is_early_enough(mailing, round)]
            Mailing.objects.bulk_create(wanted, ignore_conflicts=True)
        yield made


def _hold_scheduled(round):
    """Keep the row to ourselves until the transaction ends, so that nobody takes the round back meanwhile."""
    return Round.objects.filter(pk=round.pk, state=Round.State.SCHEDULED).update(state=Round.State.SCHEDULED)


def _is_early_enough(notice, round):
    zone = notice.invitation.contact.zone_in(round.initiative)
    gap = datetime.timedelta(days=round.initiative.mail_gap_days)
    return notice.due_at.astimezone(zone).date() + gap <= round.opens_on


def _invitation(round, contact, clusters, groups, today):
    organisation, sector = contact.organisation, contact.organisation.sector
    since = contact.partner_since or organisation.partner_since
    return Invitation(
        round=round,
        contact=contact,
        email=contact.email,
        name=contact.name,
        language=contact.language,
        organisation=organisation,
        organisation_name=organisation.name,
        sector=sector,
        sector_name=sector.name if sector else "",
        cluster_name=(clusters.get(sector.pk) or sector.name) if sector else "",
        group_names=groups.get(contact.pk, []),
        tenure_months=_months_between(since, today) if since else None,
    )


def _months_between(since, today):
    return max(0, (today.year - since.year) * 12 + today.month - since.month)


def mailings(*, round, invitations, kind, number=0):
    """Unsaved mails of a kind, each due when it may leave to its person. `invitations` need their contact."""
    contacts = [invitation.contact for invitation in invitations]
    due_at = leaving_times(round, contacts, kind=kind, wanted=timezone.now())
    return [
        Mailing(invitation=each, round=round, kind=kind, number=number, due_at=due_at[each.contact_id])
        for each in invitations
    ]


def queue_due_reminder(*, round_id):
    """Queue the next reminder of a round once its day has come, for those who have not finished. Harmless when run twice.

    Rows first, then the counter: a kill between the two queues the same rows again, which the constraint refuses. Who got
    a mail too lately is reminded later; who would be after the round's end is not, since closing stops what is due.
    """
    round = Round.objects.select_related("initiative").get(pk=round_id)
    number = round.reminders_queued + 1
    planned = min(len(round.reminder_days), MOST_REMINDERS)
    if round.state != Round.State.OPEN or number > planned or round.opened_at is None:
        return False
    first_day = round.opened_at.astimezone(round.initiative.zone).date()
    due_on = first_day + datetime.timedelta(days=sorted(round.reminder_days)[number - 1])
    if round.initiative.today() < due_on:
        return False
    queued = Mailing.objects.filter(invitation=OuterRef("pk"), kind=Mailing.Kind.REMINDER, number=number)
    waiting = round.invitations.filter(~Exists(queued), state=Invitation.State.INVITED)
    if round.is_anonymous:
        waiting = waiting.exclude(pk__in=everything_in(round_id).answered)
    while chunk := list(waiting.select_related("contact")[:CHUNK]):
        _queue(round, chunk, kind=Mailing.Kind.REMINDER, number=number)
    return bool(Round.objects.filter(pk=round_id, reminders_queued=number - 1).update(reminders_queued=number))


@transaction.atomic
def confirm_note(*, invitation, by):
    """Staff agree that a person left, or that somebody else should answer: the contact leaves the roster of later rounds."""
    told = [Invitation.State.LEFT, Invitation.State.WRONG_PERSON]
    confirmed = Invitation.objects.filter(pk=invitation.pk, state__in=told, note_confirmed_at=None).update(
        note_confirmed_at=timezone.now()
    )
    if not confirmed:
        raise RoundRefused(_("This note was already dealt with."))
    if invitation.state == Invitation.State.LEFT:
        invitation.contact.left_on = invitation.round.initiative.today()
        invitation.contact.save(update_fields=["left_on"])
    history.record(
        initiative=invitation.round.initiative,
        verb="invitation.note_confirmed",
        target=invitation,
        label=invitation.name,
        after={"state": invitation.state, "note": invitation.note},
        by=by,
    )


@transaction.atomic
def reject_note(*, invitation, by):
    """Staff know better: the invitation is open again, and the contact stays."""
    told = [Invitation.State.LEFT, Invitation.State.WRONG_PERSON]
    opened = Invitation.objects.filter(pk=invitation.pk, state__in=told, note_confirmed_at=None).update(
        state=Invitation.State.INVITED
    )
    if not opened:
        raise RoundRefused(_("This note was already dealt with."))
    history.record(
        initiative=invitation.round.initiative,
        verb="invitation.note_rejected",
        target=invitation,
        label=invitation.name,
        before={"state": invitation.state, "note": invitation.note},
        by=by,
    )
