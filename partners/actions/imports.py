"""A file of partners on its way: received, checked (nothing written), confirmed, imported in chunks, or cancelled.

A worker claims an import by a conditional UPDATE of `claimed_at` and renews the claim with every chunk, in the chunk's
own transaction. Whoever no longer holds the claim stops: after a cancel, or when another worker took over after a kill.
"""

import datetime
import logging
import time

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from core.csv import Unreadable
from core.doorbell import ring
from initiatives.actions import history
from partners import roster
from partners.actions import import_rows
from partners.models import PartnerImport
from partners.names import tidy
from partners.queries import known_to
from partners.roster_report import report_of

State = PartnerImport.State
LARGEST_FILE = 5 * 1024 * 1024
# SQLite has one writer at a time, who may not keep the others waiting; PostgreSQL is spared a commit every few rows.
CHUNK_ROWS = 100 if connection.vendor == "sqlite" else 1_000
ATTEMPTS = 3
# A worker renews its claim every chunk, far more often than this: an older claim belongs to a worker that is gone.
STALE_AFTER = datetime.timedelta(seconds=60)
# On SQLite a pause between chunks lets those who wait come in.
PAUSE_SECONDS = 0.03
logger = logging.getLogger(__name__)


def receive(*, initiative, file_name, content, by):
    """Keep the file; a worker checks it next."""
    with transaction.atomic():
        kept = PartnerImport.objects.create(
            initiative=initiative,
            file_name=tidy(file_name.replace("\\", "/").split("/")[-1])[:200] or "partners.csv",
            content=content,
            created_by=by,
        )
        ring("partners.tasks.check_import", kept.pk)
    return kept


def check(*, import_id):
    """Read the file and keep the report; writes nothing else. Returns whether this call did it."""
    claimed_at = _claim(import_id, State.WAITING, State.CHECKING)
    if claimed_at is None:
        return False
    partner_import = PartnerImport.objects.select_related("initiative").get(pk=import_id)
    try:
        known = known_to(partner_import.initiative)
        found = roster.read(bytes(partner_import.content), known)
    except Unreadable as problem:
        report = {"unreadable": problem.code, "params": problem.params}
        changes = {"state": State.FAILED, "content": b"", "finished_at": timezone.now()}
    else:
        report = report_of(found, known)
        changes = {"state": State.CHECKED, "rows": len(found.rows)}
    return bool(_held(import_id, State.CHECKING, claimed_at).update(report=report, claimed_at=None, **changes))


def confirm(*, partner_import, by):
    """Let the worker import what the check showed. Returns False when it was confirmed or cancelled before."""
    with transaction.atomic():
        confirmed = PartnerImport.objects.filter(pk=partner_import.pk, state=State.CHECKED).update(
            state=State.CONFIRMED
        )
        if confirmed:
            history.record(
                initiative=partner_import.initiative,
                verb="import_confirmed",
                target=partner_import,
                after=partner_import.report.get("new", {}),
                by=by,
            )
            ring("partners.tasks.run_import", partner_import.pk)
    return bool(confirmed)


def cancel(*, partner_import, by):
    """Stop before the next chunk; what was imported stays. Returns False when it had ended already."""
    with transaction.atomic():
        cancelled = PartnerImport.objects.filter(
            pk=partner_import.pk, state__in=[*PartnerImport.BUSY, State.CHECKED]
        ).update(state=State.CANCELLED, content=b"", claimed_at=None, finished_at=timezone.now())
        if cancelled:
            history.record(initiative=partner_import.initiative, verb="import_cancelled", target=partner_import, by=by)
    return bool(cancelled)


def run(*, import_id):
    """Import the confirmed file from the first row not yet done. Returns whether this call finished it."""
    claimed_at = _claim(import_id, State.CONFIRMED, State.IMPORTING)
    if claimed_at is None:
        return False
    partner_import = PartnerImport.objects.select_related("initiative", "created_by").get(pk=import_id)
    rows = roster.read(bytes(partner_import.content), known_to(partner_import.initiative)).rows
    while partner_import.rows_done < len(rows):
        chunk = rows[partner_import.rows_done : partner_import.rows_done + CHUNK_ROWS]
        claimed_at = _write_chunk(partner_import, chunk, claimed_at)
        if claimed_at is None:
            return False
        if connection.vendor == "sqlite":
            time.sleep(PAUSE_SECONDS)
    return _finish(partner_import, claimed_at)


def give_up(*, import_id):
    """After an error that a second try would meet again: say so on the page and keep what was imported."""
    PartnerImport.objects.filter(pk=import_id, state__in=PartnerImport.BUSY).update(
        state=State.FAILED,
        report={"unreadable": "stopped", "params": {}},
        content=b"",
        claimed_at=None,
        finished_at=timezone.now(),
    )


def due():
    """(ids to check, ids to run): what waits, and what a worker that is gone left behind."""
    stale = timezone.now() - STALE_AFTER
    imports = PartnerImport.objects.order_by("id")
    to_check = imports.filter(Q(state=State.WAITING) | Q(state=State.CHECKING, claimed_at__lt=stale))
    to_run = imports.filter(Q(state=State.CONFIRMED) | Q(state=State.IMPORTING, claimed_at__lt=stale))
    return list(to_check.values_list("pk", flat=True)), list(to_run.values_list("pk", flat=True))


def _claim(import_id, waiting, working):
    """Take a waiting import, or one whose worker is gone. Returns the time of the claim, None when it is not to be had."""
    now = timezone.now()
    free = Q(state=waiting) | Q(state=working, claimed_at__lt=now - STALE_AFTER)
    return now if PartnerImport.objects.filter(free, pk=import_id).update(state=working, claimed_at=now) else None


def _held(import_id, working, claimed_at):
    return PartnerImport.objects.filter(pk=import_id, state=working, claimed_at=claimed_at)


def _write_chunk(partner_import, chunk, claimed_at):
    """One short transaction: renew the claim, write the rows, note them. Returns the new claim, None when it was lost.

    Reading what exists and writing what is missing may meet a person who adds the same name by hand: then once more.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _try_chunk(partner_import, chunk, claimed_at)
        except IntegrityError:
            if attempt == ATTEMPTS:
                raise
            logger.info("Import %s: a row of the chunk appeared meanwhile; reading again.", partner_import.pk)


def _try_chunk(partner_import, chunk, claimed_at):
    now, done = timezone.now(), partner_import.rows_done + len(chunk)
    with transaction.atomic():
        held = _held(partner_import.pk, State.IMPORTING, claimed_at).filter(rows_done=partner_import.rows_done)
        if not held.update(claimed_at=now, rows_done=done):
            return None
        added = import_rows.write(initiative=partner_import.initiative, rows=chunk)
        total = {name: partner_import.added.get(name, 0) + count for name, count in added.items()}
        PartnerImport.objects.filter(pk=partner_import.pk).update(added=total)
        history.record(
            initiative=partner_import.initiative,
            verb="import_rows_added",
            target=partner_import,
            after=added | {"rows": f"{chunk[0].number}-{chunk[-1].number}"},
            by=partner_import.created_by,
        )
    partner_import.rows_done, partner_import.added = done, total
    return now


def _finish(partner_import, claimed_at):
    with transaction.atomic():
        finished = _held(partner_import.pk, State.IMPORTING, claimed_at).update(
            state=State.DONE, content=b"", claimed_at=None, finished_at=timezone.now()
        )
        if finished:
            history.record(
                initiative=partner_import.initiative,
                verb="import_finished",
                target=partner_import,
                after=partner_import.added,
                by=partner_import.created_by,
            )
    return bool(finished)
