"""Files of answers: ordered by one person, made by a worker in parts, opened by that person alone, gone after a day.

A worker claims a file by a conditional UPDATE and renews its claim as it goes on. Whoever no longer holds the claim stops:
because another worker took over, or because somebody withdrew their answers meanwhile.
"""

import datetime
import tempfile
from pathlib import Path

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import limits
from core.doorbell import ring
from initiatives.actions import history
from surveys.actions.rounds import RoundRefused
from surveys.export.codebook import Tally
from surveys.export.writing import WRITERS
from surveys.models import AnswersFile, AnswersFilePart, Round
from surveys.queries.releases import (
    ROWS_AT_ONCE,
    STALE_SECONDS,
    answer_rows,
    columns_for,
    export_refusal,
    final_answers,
    person_header,
    release_refusal,
)

State = AnswersFile.State
KEPT_HOURS = 24
PART_BYTES = 1_000_000
ORDERS_AN_HOUR = 20
HOUR = 60 * 60


class _ClaimLost(Exception):
    """Another worker has the file, or it is over."""


def order(*, round, release, format, language, by):
    """Have a file made. `release` is None for a named round. Raises RoundRefused; returns the AnswersFile."""
    if sentence := _refusal(round, release):
        raise RoundRefused(sentence)
    if not limits.within("answers-file", str(by.pk), times=ORDERS_AN_HOUR, seconds=HOUR):
        raise RoundRefused(_("You had many files made within an hour. Use one of them, or try again later."))
    with transaction.atomic():
        # Held, as withdrawing holds it: whoever takes answers back sees this file, or it is made without them.
        Round.objects.filter(pk=round.pk).update(state=F("state"))
        file = AnswersFile.objects.create(
            round=round,
            release=release,
            owner=by,
            format=format,
            language=language,
            rows=final_answers(round).count(),
            expires_at=timezone.now() + datetime.timedelta(hours=KEPT_HOURS),
        )
        _record("answers.file_ordered", file, by)
        ring("surveys.tasks.make_file", file.pk)
    return file


def _refusal(round, release):
    if round.mode == Round.Mode.NAMED:
        return export_refusal(round)
    if release is None or release.round_id != round.pk or not release.is_usable:
        return _("These answers have not been released, or the days for that are over. Ask for a release first.")
    return release_refusal(round)


def make(*, file_id):
    """Write a file that waits, or that a worker left behind. Returns whether this call finished it."""
    claimed_at = _claim(file_id)
    if claimed_at is None:
        return False
    related = ("round__initiative", "round__instrument_version", "release")
    file = AnswersFile.objects.select_related(*related).defer("round__instrument_version__definition").get(pk=file_id)
    if _refusal(file.round, file.release):
        give_up(file_id=file_id)
        return False
    try:
        with tempfile.TemporaryDirectory(prefix="backbone-answers-") as folder:
            path = Path(folder) / "file"
            claimed_at = _write(file, path, claimed_at)
            return _keep(file, path, claimed_at)
    except _ClaimLost:
        return False


def _claim(file_id):
    now = timezone.now()
    stale = Q(state=State.MAKING, claimed_at__lt=now - datetime.timedelta(seconds=STALE_SECONDS))
    free = AnswersFile.objects.filter(Q(state=State.WAITING) | stale, pk=file_id, expires_at__gt=now)
    return now if free.update(state=State.MAKING, claimed_at=now, rows_done=0) else None


def _renew(file, claimed_at, **changes):
    """Say that we live; _ClaimLost where the file is no longer ours, or over."""
    now = timezone.now()
    ours = AnswersFile.objects.filter(pk=file.pk, state=State.MAKING, claimed_at=claimed_at, expires_at__gt=now)
    if not ours.update(claimed_at=now, **changes):
        raise _ClaimLost
    return now


class _Watched:
    """Rows on their way into a file; every few hundred the claim is renewed and the progress told."""

    def __init__(self, file, rows, claimed_at):
        self.file, self.rows, self.claimed_at = file, rows, claimed_at

    def __iter__(self):
        for number, row in enumerate(self.rows, start=1):
            yield row
            if number % ROWS_AT_ONCE == 0:
                self.claimed_at = _renew(self.file, self.claimed_at, rows_done=number)


def _write(file, path, claimed_at):
    with translation.override(file.language):
        columns = columns_for(file.round)
        rows = _Watched(file, answer_rows(file.round, columns), claimed_at)
        WRITERS[file.format](path, person_header(file.round), columns, rows, Tally(columns))
    return rows.claimed_at


def _keep(file, path, claimed_at):
    """Put the file into the database, a part at a time, each in a transaction that still holds the claim."""
    file.parts.all().delete()
    with path.open("rb") as content:
        number = 0
        while part := content.read(PART_BYTES):
            with transaction.atomic():
                claimed_at = _renew(file, claimed_at)
                AnswersFilePart.objects.create(file=file, number=number, content=part)
            number += 1
    _renew(file, claimed_at, state=State.READY, size=path.stat().st_size, rows_done=file.rows)
    return True


def give_up(*, file_id):
    """After an error that a second try would meet again: say so on the page."""
    AnswersFile.objects.filter(pk=file_id, state__in=AnswersFile.BUSY).update(state=State.FAILED)


def record_download(*, file, by):
    """Note that somebody takes the answers out: before the first byte leaves. RoundRefused where the file is over."""
    with transaction.atomic():
        there = AnswersFile.objects.filter(pk=file.pk, owner=by, state=State.READY, expires_at__gt=timezone.now())
        if not there.update(state=State.READY):
            raise RoundRefused(_("This file is not there any more. Have it made again."))
        _record("answers.downloaded", file, by)


def _record(verb, file, by):
    history.record(
        initiative=file.round.initiative,
        verb=verb,
        target=file.round,
        after={"format": file.format, "rows": file.rows, "release": file.release_id},
        by=by,
    )


def delete_expired(*, file_ids):
    """Delete files that are over, part by part."""
    for file_id in file_ids:
        parts = AnswersFilePart.objects.filter(file=file_id)
        for part_id in parts.values_list("pk", flat=True):
            parts.filter(pk=part_id).delete()
        AnswersFile.objects.filter(pk=file_id, expires_at__lte=timezone.now()).delete()
