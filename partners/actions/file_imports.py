"""A file of rows on its way: received, checked (nothing written), confirmed, imported in chunks, or cancelled.

A worker claims an import by a conditional UPDATE of `claimed_at` and renews the claim with every chunk, in the chunk's
own transaction. Whoever no longer holds the claim stops: after a cancel, or when another worker took over after a kill.
What kind of rows they are, a subclass says.
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
from partners.models import FileImport
from partners.names import tidy

State = FileImport.State
LARGEST_FILE = 5 * 1024 * 1024
# SQLite has one writer at a time, who may not keep the others waiting; PostgreSQL is spared a commit every few rows.
CHUNK_ROWS = 100 if connection.vendor == "sqlite" else 1_000
ATTEMPTS = 3
# A worker renews its claim every chunk, far more often than this: an older claim belongs to a worker that is gone.
STALE_AFTER = datetime.timedelta(seconds=60)
# On SQLite a pause between chunks lets those who wait come in.
PAUSE_SECONDS = 0.03
logger = logging.getLogger(__name__)


class FileImports:
    """The imports of one kind. `model` is their table, `fields` what tells them from others in it, `verb` what their entries
    in history begin with, and the tasks are those that call `check` and `run`."""

    model = verb = check_task = run_task = usual_name = None
    fields = {}
    chunk_rows = CHUNK_ROWS

    def known_to(self, initiative):
        """What `read` has to know of the initiative."""
        raise NotImplementedError

    def read(self, content, known):
        """What the file says: `rows` in their order, each with its `number`. Raises `core.csv.Unreadable`."""
        raise NotImplementedError

    def report_of(self, found, known):
        """What the page of the check shows, as JSON."""
        raise NotImplementedError

    def write(self, *, initiative, rows, by):
        """Write one chunk inside a transaction, passing over what is there; returns counts by name."""
        raise NotImplementedError

    def receive(self, *, initiative, file_name, content, by):
        """Keep the file; a worker checks it next."""
        with transaction.atomic():
            kept = self.model.objects.create(
                initiative=initiative,
                file_name=tidy(file_name.replace("\\", "/").split("/")[-1])[:200] or self.usual_name,
                content=content,
                created_by=by,
                **self.fields,
            )
            ring(self.check_task, kept.pk)
        return kept

    def check(self, *, import_id):
        """Read the file and keep the report; writes nothing else. Returns whether this call did it."""
        claimed_at = self._claim(import_id, State.WAITING, State.CHECKING)
        if claimed_at is None:
            return False
        file_import = self.model.objects.select_related("initiative").get(pk=import_id)
        try:
            known = self.known_to(file_import.initiative)
            found = self.read(bytes(file_import.content), known)
        except Unreadable as problem:
            report = {"unreadable": problem.code, "params": problem.params}
            changes = {"state": State.FAILED, "content": b"", "finished_at": timezone.now()}
        else:
            report = self.report_of(found, known)
            changes = {"state": State.CHECKED, "rows": len(found.rows)}
        held = self._held(import_id, State.CHECKING, claimed_at)
        return bool(held.update(report=report, claimed_at=None, **changes))

    def confirm(self, *, file_import, by):
        """Let the worker import what the check showed. Returns False when it was confirmed or cancelled before."""
        with transaction.atomic():
            waiting = self.model.objects.filter(pk=file_import.pk, state=State.CHECKED)
            confirmed = waiting.update(state=State.CONFIRMED)
            if confirmed:
                self._tell("confirmed", file_import, after=file_import.report.get("new", {}), by=by)
                ring(self.run_task, file_import.pk)
        return bool(confirmed)

    def cancel(self, *, file_import, by):
        """Stop before the next chunk; what was imported stays. Returns False when it had ended already."""
        with transaction.atomic():
            going_on = self.model.objects.filter(pk=file_import.pk, state__in=[*FileImport.BUSY, State.CHECKED])
            cancelled = going_on.update(state=State.CANCELLED, content=b"", claimed_at=None, finished_at=timezone.now())
            if cancelled:
                self._tell("cancelled", file_import, by=by)
        return bool(cancelled)

    def run(self, *, import_id):
        """Import the confirmed file from the first row not yet done. Returns whether this call finished it."""
        claimed_at = self._claim(import_id, State.CONFIRMED, State.IMPORTING)
        if claimed_at is None:
            return False
        file_import = self.model.objects.select_related("initiative", "created_by").get(pk=import_id)
        rows = self.read(bytes(file_import.content), self.known_to(file_import.initiative)).rows
        while file_import.rows_done < len(rows):
            chunk = rows[file_import.rows_done : file_import.rows_done + self.chunk_rows]
            claimed_at = self._write_chunk(file_import, chunk, claimed_at)
            if claimed_at is None:
                return False
            if connection.vendor == "sqlite":
                time.sleep(PAUSE_SECONDS)
        return self._finish(file_import, claimed_at)

    def give_up(self, *, import_id):
        """After an error that a second try would meet again: say so on the page and keep what was imported."""
        self.model.objects.filter(pk=import_id, state__in=FileImport.BUSY).update(
            state=State.FAILED,
            report={"unreadable": "stopped", "params": {}},
            content=b"",
            claimed_at=None,
            finished_at=timezone.now(),
        )

    def due(self):
        """(ids to check, ids to run): what waits, and what a worker that is gone left behind."""
        stale = timezone.now() - STALE_AFTER
        imports = self.model.objects.order_by("id")
        to_check = imports.filter(Q(state=State.WAITING) | Q(state=State.CHECKING, claimed_at__lt=stale))
        to_run = imports.filter(Q(state=State.CONFIRMED) | Q(state=State.IMPORTING, claimed_at__lt=stale))
        return list(to_check.values_list("pk", flat=True)), list(to_run.values_list("pk", flat=True))

    def _claim(self, import_id, waiting, working):
        """Take a waiting import, or one whose worker is gone. Returns the time of the claim, None when not to be had."""
        now = timezone.now()
        free = Q(state=waiting) | Q(state=working, claimed_at__lt=now - STALE_AFTER)
        return now if self.model.objects.filter(free, pk=import_id).update(state=working, claimed_at=now) else None

    def _held(self, import_id, working, claimed_at):
        return self.model.objects.filter(pk=import_id, state=working, claimed_at=claimed_at)

    def _write_chunk(self, file_import, chunk, claimed_at):
        """One short transaction: renew the claim, write the rows, note them. Returns the new claim, None when it was lost.

        Reading what exists and writing what is missing may meet a person who adds the same by hand: then once more.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._try_chunk(file_import, chunk, claimed_at)
            except IntegrityError:
                if attempt == ATTEMPTS:
                    raise
                logger.info("Import %s: a row of the chunk appeared meanwhile; reading again.", file_import.pk)

    def _try_chunk(self, file_import, chunk, claimed_at):
        now, done = timezone.now(), file_import.rows_done + len(chunk)
        with transaction.atomic():
            held = self._held(file_import.pk, State.IMPORTING, claimed_at).filter(rows_done=file_import.rows_done)
            if not held.update(claimed_at=now, rows_done=done):
                return None
            by = file_import.created_by
            added = self.write(initiative=file_import.initiative, rows=chunk, by=by)
            total = {name: file_import.added.get(name, 0) + count for name, count in added.items()}
            self.model.objects.filter(pk=file_import.pk).update(added=total)
            after = added | {"rows": f"{chunk[0].number}-{chunk[-1].number}"}
            self._tell("rows_added", file_import, after=after, by=by)
        file_import.rows_done, file_import.added = done, total
        return now

    def _finish(self, file_import, claimed_at):
        with transaction.atomic():
            finished = self._held(file_import.pk, State.IMPORTING, claimed_at).update(
                state=State.DONE, content=b"", claimed_at=None, finished_at=timezone.now()
            )
            if finished:
                self._tell("finished", file_import, after=file_import.added, by=file_import.created_by)
        return bool(finished)

    def _tell(self, what, file_import, **told):
        history.record(initiative=file_import.initiative, verb=f"{self.verb}_{what}", target=file_import, **told)
