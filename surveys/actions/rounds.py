"""Preparing a round, pressing send, and all that can be done with it until it closes."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.doorbell import ring
from initiatives.actions import history
from surveys import definition
from surveys.actions import pooling
from surveys.messages import EDITABLE, message
from surveys.models import ClusterSector, Conclusion, Mailing, Round, RoundText, SectorCluster
from surveys.queries.answering import definition_of
from surveys.queries.pooling import pools_for
from surveys.queries.rosters import roster
from surveys.queries.rounds import may_be_steward

FIELDS = [
    "title",
    "mode",
    "roster",
    "one_organisation_one_voice",
    "opens_on",
    "closes_on",
    "notice_days",
    "reminder_days",
    "thanks",
    "sender_name",
    "reply_to",
]


class RoundRefused(Exception):
    """What was asked cannot be done with the round as it is; the message is a sentence for the person who asked."""


@transaction.atomic
def draft(*, round, sectors, groups, by):
    """Save a new round with its default texts in every language. `round` is unsaved, as the form made it."""
    round.created_by = by
    round.save()
    round.sectors.set(sectors)
    round.groups.set(groups)
    RoundText.objects.bulk_create(default_texts(round=round))
    history.record(
        initiative=round.initiative, verb="round.drafted", target=round, after=history.snapshot(round, FIELDS), by=by
    )
    return round


def default_texts(*, round):
    """The shipped words of every mail that may be edited, in every language; unsaved."""
    words = _shipped_words(round.is_anonymous)
    return [
        RoundText(round=round, kind=kind, language=code, subject=text.subject, body=text.body)
        for (kind, code), text in words.items()
    ]


def _shipped_words(is_anonymous):
    codes = [code for code, _name in settings.SURVEY_LANGUAGES]
    return {(kind, code): message(kind, code, is_anonymous=is_anonymous) for kind in EDITABLE for code in codes}


def _put_words_right(round):
    """Shipped words that nobody edited become those of the mode that the round has now: they promise different things."""
    wrong, right = _shipped_words(not round.is_anonymous), _shipped_words(round.is_anonymous)
    for text in round.texts.all():
        before, after = wrong[text.kind, text.language], right[text.kind, text.language]
        if before != after and (text.subject, text.body) == (before.subject, before.body):
            text.subject, text.body = after.subject, after.body
            text.save(update_fields=["subject", "body"])


@transaction.atomic
def change(*, round, before, sectors, groups, by):
    """Save a draft that a form changed. `before` is the snapshot of FIELDS taken before the form touched it."""
    _hold_draft(round)
    if round.is_anonymous:
        round.steward = None
    round.save()
    round.sectors.set(sectors)
    round.groups.set(groups)
    _put_words_right(round)
    after = history.snapshot(round, FIELDS)
    history.record(initiative=round.initiative, verb="round.changed", target=round, before=before, after=after, by=by)


@transaction.atomic
def write_text(*, text, before, by):
    """Save one mail text of a draft, or what a closed round tells its people; `before` holds subject and body as they were."""
    if text.kind == RoundText.Kind.RESULTS and text.round.state == Round.State.CLOSED:
        _require_untold(text.round)
    else:
        _hold_draft(text.round)
    text.save()
    after = {"subject": text.subject, "body": text.body}
    history.record(
        initiative=text.round.initiative, verb="round.text_changed", target=text, before=before, after=after, by=by
    )


@transaction.atomic
def merge_sectors(*, round, names, by):
    """Set the clusters of a draft from {sector: name it is shown under}; a name equal to the sector's own merges nothing."""
    _hold_draft(round)
    before = {cluster.name: cluster.members.count() for cluster in round.clusters.all()}
    round.clusters.all().delete()
    clusters = {}
    for sector, name in names.items():
        if name and name != sector.name:
            clusters.setdefault(name, []).append(sector)
    for sector in names:
        # A sector whose own name became the name of a cluster belongs to it.
        if sector.name in clusters and sector not in clusters[sector.name] and names[sector] in ("", sector.name):
            clusters[sector.name].append(sector)
    for position, (name, sectors) in enumerate(clusters.items()):
        cluster = SectorCluster.objects.create(round=round, name=name, position=position)
        ClusterSector.objects.bulk_create(ClusterSector(cluster=cluster, round=round, sector=s) for s in sectors)
    after = {name: len(sectors) for name, sectors in clusters.items()}
    history.record(
        initiative=round.initiative, verb="round.sectors_merged", target=round, before=before, after=after, by=by
    )


def _hold_draft(round):
    """Keep the row of a draft to ourselves until the transaction ends: whoever sends it meanwhile waits, and sends what we
    wrote; when it was sent first, RoundRefused is raised."""
    held = Round.objects.filter(pk=round.pk, state=Round.State.DRAFT).update(state=Round.State.DRAFT)
    if not held:
        require_draft(round=Round(state=Round.State.OPEN))


def _require_untold(round):
    if Conclusion.objects.filter(round=round, told_at__isnull=False).exists():
        raise RoundRefused(_("This mail was sent already, so its text can no longer be changed."))


def require_draft(*, round):
    """Raise RoundRefused unless the round is still being prepared."""
    if round.state != Round.State.DRAFT:
        raise RoundRefused(_("This round was already sent, so it can no longer be changed. Make a new round instead."))


def send(*, round, digest, by):
    """Freeze the previewed roster and open the round, or schedule it for its opening day.

    Costs the same for 20 and 20,000 contacts: invitations are made afterwards, in chunks, by a worker. Raises
    RoundRefused when the list is not the one that was previewed, or the dates no longer fit.
    """
    _require_dates(round)
    _require_steward(round)
    found = roster(round)
    if not found.contacts:
        raise RoundRefused(_("Nobody would be asked. Choose other sectors or groups, or add contacts, and look again."))
    if found.digest != digest:
        raise RoundRefused(
            _("Since you looked, the list of those who are asked has changed. Look at the preview again, then send.")
        )
    later = round.opens_on is not None and round.opens_on > round.initiative.today()
    with transaction.atomic():
        # The steward, too, is the one whom the first page will name.
        claimed = Round.objects.filter(pk=round.pk, state=Round.State.DRAFT, steward=round.steward_id).update(
            state=Round.State.SCHEDULED if later else Round.State.OPEN,
            frozen_roster=[contact.pk for contact in found.contacts],
            opened_at=None if later else timezone.now(),
            threshold=round.initiative.threshold,
            minutes=definition.minutes(definition_of(round.instrument_version)),
            retention_months=round.initiative.retention_months,
            steward_name=round.promised_steward[:200],
            pools=pools_for(len(found.contacts)),
        )
        if not claimed:
            require_draft(round=Round(state=Round.State.OPEN))
        if round.is_anonymous:
            round.pools = pools_for(len(found.contacts))
            pooling.prepare(round=round)
        after = {"contacts": len(found.contacts), "mode": round.mode, "closes_on": str(round.closes_on)}
        verb = "round.scheduled" if later else "round.opened"
        history.record(initiative=round.initiative, verb=verb, target=round, after=after, by=by)
        if not later:
            ring("surveys.tasks.prepare_round", round.pk)
    round.refresh_from_db()
    return round


def _require_dates(round):
    if round.closes_on < round.initiative.today():
        raise RoundRefused(_("The closing day of this round has passed. Choose a later one, then send."))


def _require_steward(round):
    if round.steward and not may_be_steward(round.initiative).filter(pk=round.steward_id).exists():
        raise RoundRefused(
            _(
                "%(name)s is no longer a member and cannot be the data steward. Name somebody else, or nobody, then send."
            )
            % {"name": round.steward}
        )


@transaction.atomic
def name_steward(*, round, steward, by):
    """Set who may ask for the release of a draft's answers; None: nobody ever may."""
    _hold_draft(round)
    if steward and round.is_anonymous:
        raise RoundRefused(_("The answers of an anonymous round are never released, so it has no data steward."))
    before = {"steward": str(round.steward or "")}
    round.steward = steward
    round.save(update_fields=["steward"])
    after = {"steward": str(steward or "")}
    history.record(
        initiative=round.initiative, verb="round.steward_named", target=round, before=before, after=after, by=by
    )


def open_due(*, round_id):
    """Open a scheduled round whose day has come, in its own zone. Harmless when run twice. Returns whether it opened."""
    round = Round.objects.select_related("initiative").get(pk=round_id)
    if round.opens_on > round.initiative.today():
        return False
    with transaction.atomic():
        opened = Round.objects.filter(pk=round_id, state=Round.State.SCHEDULED).update(
            state=Round.State.OPEN, opened_at=timezone.now()
        )
        if opened:
            history.record(initiative=round.initiative, verb="round.opened", target=round, by=None)
            ring("surveys.tasks.prepare_round", round_id)
    return bool(opened)


@transaction.atomic
def unschedule(*, round, by):
    """Take a scheduled round back into preparation."""
    if not Round.objects.filter(pk=round.pk, state=Round.State.SCHEDULED).update(
        state=Round.State.DRAFT,
        frozen_roster=[],
        noticed_at=None,
        threshold=None,
        retention_months=None,
        steward_name="",
    ):
        raise RoundRefused(_("This round is not waiting for its opening day, so there is nothing to take back."))
    _take_back_notices(round)
    pooling.forget(round_id=round.pk)
    history.record(initiative=round.initiative, verb="round.unscheduled", target=round, by=by)


def _take_back_notices(round):
    """Invitations that were made for notices go, unless a notice has left: who was told of the survey is to get it."""
    round.mailings.filter(state=Mailing.State.DUE).update(state=Mailing.State.STOPPED)
    if round.mailings.exclude(state=Mailing.State.STOPPED).exists():
        raise RoundRefused(
            _(
                "People were told already that this survey is coming, so it can no longer be changed. "
                "Let it open, or cancel it."
            )
        )
    round.invitations.all().delete()


@transaction.atomic
def discard(*, round, by):
    """Give up a draft. It stays as a cancelled round, so that its history can be read."""
    if not Round.objects.filter(pk=round.pk, state=Round.State.DRAFT).update(state=Round.State.CANCELLED):
        require_draft(round=Round(state=Round.State.CANCELLED))
    history.record(initiative=round.initiative, verb="round.discarded", target=round, by=by)


@transaction.atomic
def extend(*, round, closes_on, by):
    """Move the closing day of an open round. Closed is closed: extending works only before."""
    if closes_on < round.initiative.today():
        raise RoundRefused(_("The new closing day lies in the past. Choose today or a later day."))
    moved = Round.objects.filter(pk=round.pk, state__in=[Round.State.OPEN, Round.State.SCHEDULED]).update(
        closes_on=closes_on
    )
    if not moved:
        raise RoundRefused(_("This round is not open, so its closing day cannot be moved."))
    before = {"closes_on": str(round.closes_on)}
    history.record(
        initiative=round.initiative,
        verb="round.extended",
        target=round,
        before=before,
        after={"closes_on": str(closes_on)},
        by=by,
    )


@transaction.atomic
def close_early(*, round, by):
    """End an open round at once instead of at the end of its last day; the sweep then closes it."""
    today = round.initiative.today()
    running = Round.objects.filter(pk=round.pk, state=Round.State.OPEN, ended_at=None)
    moved = running.update(closes_on=today, ended_at=timezone.now())
    if not moved:
        raise RoundRefused(_("This round is not open, so it cannot be closed."))
    history.record(
        initiative=round.initiative,
        verb="round.closed_early",
        target=round,
        before={"closes_on": str(round.closes_on)},
        after={"closes_on": str(today)},
        by=by,
    )
    ring("surveys.tasks.close_round", round.pk)
