"""An earlier round on its way in: received, checked (nothing written), mapped, confirmed, stored in chunks, closed as a round.

A worker claims an import by a conditional UPDATE and renews the claim with every chunk, as partners' imports do. The
answers are stored below the import; only the last transaction makes the round, ready to be closed by the one closing.
"""

import datetime
import hashlib
import time

from django.db import IntegrityError, connection, transaction
from django.db.models import Q, RestrictedError
from django.utils import timezone
from django.utils.translation import gettext as _

from core import sheets
from core.csv import Unreadable
from core.doorbell import ring
from indicators.actions.publications import take_back_results
from initiatives.actions import history
from surveys.actions import instruments
from surveys.models import PastFigure, PastImport, PastResponse, Round
from surveys.past import check as answers
from surveys.past import figures
from surveys.past.columns import sheet_of
from surveys.past.wording import tidy
from surveys.queries.answering import definition_of
from surveys.queries.past import (
    later_round,
    needs_organisations_said,
    round_of_that_day,
    same_file,
    sector_names,
    taking_back_refusal,
    version_named,
)

State, Kind = PastImport.State, PastImport.Kind
CHUNK_ROWS = 200
STALE_AFTER = datetime.timedelta(seconds=60)
# A file that nobody confirms holds personal data for nothing.
FORGOTTEN_AFTER = datetime.timedelta(days=14)
# SQLite has one writer at a time: a pause between chunks lets those who wait come in.
PAUSE_SECONDS = 0.03


class PastRefused(Exception):
    """The import cannot go on as it stands; the message is a sentence for the person who asked."""


def receive(*, past_import, questionnaire, file_name, content, by):
    """Keep an unsaved import with its file; a worker checks it next.

    `questionnaire`: "code:number" of a version, or the code of a shipped text, which becomes a version here.
    """
    version = version_named(past_import.initiative, questionnaire)
    if version is None:
        version = instruments.install_shipped(initiative=past_import.initiative, by=by)[questionnaire]
    past_import.instrument_version = version
    past_import.file_name = tidy(file_name.replace("\\", "/").split("/")[-1])[:200] or "answers.csv"
    past_import.content, past_import.digest = content, hashlib.sha256(content).hexdigest()
    past_import.created_by = by
    with transaction.atomic():
        past_import.save(force_insert=True)
        ring("surveys.tasks.check_past", past_import.pk)
    return past_import


def check(*, import_id):
    """Read the file and keep the dry run; writes nothing else. Returns whether this call did it."""
    claimed_at = _claim(import_id, State.WAITING, State.CHECKING)
    if claimed_at is None:
        return False
    past_import = _whole(import_id)
    try:
        report = _report(past_import)
    except Unreadable as problem:
        changes = {"report": {"unreadable": problem.code, "params": problem.params}, **_ended(State.FAILED)}
    else:
        changes = {"report": report, "rows": report["rows"], "state": State.CHECKED, "claimed_at": None}
    return bool(_held(import_id, State.CHECKING, claimed_at).update(**changes))


def map_columns(*, past_import, mapping):
    """Take somebody's columns and values in place of the proposals, and check again. False when it is too late for it.

    Nothing is recorded: the file is still only looked at.
    """
    with transaction.atomic():
        mapped = PastImport.objects.filter(pk=past_import.pk, state=State.CHECKED, kind=Kind.ANSWERS)
        changed = mapped.update(mapping=mapping, state=State.WAITING)
        if changed:
            ring("surveys.tasks.check_past", past_import.pk)
    return bool(changed)


def confirm(*, past_import, several_organisations, by):
    """Let the worker store what the dry run showed. False when it was confirmed or cancelled before.

    `several_organisations`: whether `by` says that people of several took part, for files that do not tell. Raises
    PastRefused where something is missing, or where this round is here already.
    """
    if sentence := _what_is_missing(past_import, several_organisations):
        raise PastRefused(sentence)
    waiting = PastImport.objects.filter(pk=past_import.pk, state=State.CHECKED)
    try:
        with transaction.atomic():
            confirmed = waiting.update(state=State.CONFIRMED)
            if confirmed:
                after = {"kind": past_import.kind, "rows": past_import.rows, "closes_on": str(past_import.closes_on)}
                history.record(
                    initiative=past_import.initiative,
                    verb="past_round.confirmed",
                    target=past_import,
                    after=after | {"several_organisations": several_organisations},
                    by=by,
                )
                ring("surveys.tasks.store_past", past_import.pk)
    except IntegrityError:
        raise PastRefused(_same_file()) from None
    return bool(confirmed)


def _what_is_missing(past_import, several_organisations):
    """A sentence, or "" where the import may be confirmed."""
    if past_import.state != State.CHECKED:
        return ""
    if past_import.report.get("problems"):
        return _("The dry run shows what is still missing. Mend that first; nothing was written.")
    if needs_organisations_said(past_import.report) and not several_organisations:
        return _("Say first that people of at least two organisations answered. Nothing was written.")
    if round_of_that_day(past_import.initiative, past_import.instrument_version, past_import.closes_on):
        return _("A round of this questionnaire that closed on the same day is here already. Nothing was written.")
    return _same_file() if same_file(past_import) else ""


def _same_file():
    return _("This very file was brought in before. Nothing was written.")


def cancel(*, past_import, by):
    """Put the file away and take back what was stored of it. False when it had ended already."""
    with transaction.atomic():
        open_ones = PastImport.objects.filter(pk=past_import.pk, state__in=[*PastImport.BUSY, State.CHECKED])
        cancelled = open_ones.update(report={}, **_ended(State.CANCELLED))
        if cancelled:
            history.record(initiative=past_import.initiative, verb="past_round.cancelled", target=past_import, by=by)
    return bool(cancelled)


def take_back(*, past_import, by):
    """Delete the round that an import made, with its figures; a worker takes the answers away. False when it had none.

    Possible until a later round was published against it: what that one says of the change would lose its ground. Raises
    PastRefused.
    """
    round = past_import.round
    if past_import.state != State.DONE or round is None:
        return False
    if sentence := taking_back_refusal(round):
        raise PastRefused(sentence)
    try:
        with transaction.atomic():
            mine = PastImport.objects.filter(pk=past_import.pk, state=State.DONE, round=round)
            taken = mine.update(round=None, report={}, **_ended(State.CANCELLED))
            if taken:
                _delete(past_import, round, by)
    except (RestrictedError, IntegrityError):
        # A later round was published against it just now.
        raise PastRefused(later_round()) from None
    return bool(taken)


def _delete(past_import, round, by):
    after = {"kind": past_import.kind, "closes_on": str(round.closes_on)}
    history.record(initiative=round.initiative, verb="past_round.taken_back", target=round, after=after, by=by)
    PastFigure.objects.filter(past_import=past_import).delete()
    take_back_results(publications=filter(None, [round.publication, round.public_publication]), by=by)
    round.delete()
    ring("surveys.tasks.clear_past", past_import.pk)


def store(*, import_id):
    """Store a confirmed import from the first row not yet done, and make its round. Returns whether this call did it."""
    claimed_at = _claim(import_id, State.CONFIRMED, State.STORING)
    if claimed_at is None:
        return False
    past_import = _whole(import_id)
    if past_import.kind == Kind.FIGURES:
        return _finish(past_import, claimed_at, codes=past_import.report["codes"])
    found = _checked(past_import)[0]
    while past_import.rows_done < len(found.rows):
        chunk = found.rows[past_import.rows_done : past_import.rows_done + CHUNK_ROWS]
        claimed_at = _store_chunk(past_import, chunk, claimed_at)
        if claimed_at is None:
            return False
        if connection.vendor == "sqlite":
            time.sleep(PAUSE_SECONDS)
    return _finish(past_import, claimed_at, codes=found.codes)


def forget(*, import_id):
    """Put away a file that was checked long ago and never confirmed."""
    left = PastImport.objects.filter(created_at__lt=timezone.now() - FORGOTTEN_AFTER, state=State.CHECKED)
    if past_import := left.select_related("initiative").filter(pk=import_id).first():
        cancel(past_import=past_import, by=None)


def give_up(*, import_id):
    """After an error that a second try would meet again: say so on the page. What was stored is taken away by the sweep."""
    PastImport.objects.filter(pk=import_id, state__in=PastImport.BUSY).update(
        report={"unreadable": "stopped", "params": {}}, **_ended(State.FAILED)
    )


def clear_away(*, import_id):
    """Take away one chunk of what a cancelled or failed import had stored. Returns whether there was any."""
    ended = PastResponse.objects.filter(
        past_import=import_id, past_import__round=None, past_import__state__in=[State.CANCELLED, State.FAILED]
    )
    return bool(ended.filter(pk__in=list(ended.order_by("pk").values_list("pk", flat=True)[:CHUNK_ROWS])).delete()[0])


def due():
    """{task: ids}: what waits, what a worker that is gone left behind, what was forgotten, and what is to be taken away."""
    stale = timezone.now() - STALE_AFTER
    imports = PastImport.objects.order_by("id")
    found = {
        "check_past": imports.filter(Q(state=State.WAITING) | Q(state=State.CHECKING, claimed_at__lt=stale)),
        "store_past": imports.filter(Q(state=State.CONFIRMED) | Q(state=State.STORING, claimed_at__lt=stale)),
        "forget_past": imports.filter(state=State.CHECKED, created_at__lt=timezone.now() - FORGOTTEN_AFTER),
        "clear_past": imports.filter(
            state__in=[State.CANCELLED, State.FAILED], round=None, responses__isnull=False
        ).distinct(),
    }
    return {task: list(wanted.values_list("pk", flat=True)) for task, wanted in found.items()}


def _whole(import_id):
    related = ("initiative", "instrument_version", "created_by")
    return PastImport.objects.select_related(*related).get(pk=import_id)


def _report(past_import):
    if past_import.kind == Kind.ANSWERS:
        found, sheet = _checked(past_import)
        return answers.report_of(found, sheet, past_import.invited)
    definition = definition_of(past_import.instrument_version)
    found = figures.read(sheets.read(bytes(past_import.content)), definition, past_import.invited)
    if found is None:
        raise Unreadable("figure_columns", columns=", ".join(figures.TEMPLATE))
    return figures.report_of(found, definition)


def _checked(past_import):
    """(what the file says under the present mapping, its Sheet)."""
    definition = definition_of(past_import.instrument_version)
    sheet = sheet_of(sheets.read(bytes(past_import.content)), definition)
    if sheet is None:
        raise Unreadable("empty")
    sectors = sector_names(past_import.initiative)
    return answers.check(sheet, definition, past_import.mapping, sectors), sheet


def _claim(import_id, waiting, working):
    """Take a waiting import, or one whose worker is gone. Returns the time of the claim, None when it is not to be had."""
    now = timezone.now()
    free = Q(state=waiting) | Q(state=working, claimed_at__lt=now - STALE_AFTER)
    return now if PastImport.objects.filter(free, pk=import_id).update(state=working, claimed_at=now) else None


def _held(import_id, working, claimed_at):
    return PastImport.objects.filter(pk=import_id, state=working, claimed_at=claimed_at)


def _ended(state):
    return {"state": state, "content": b"", "mapping": {}, "claimed_at": None, "finished_at": timezone.now()}


def _store_chunk(past_import, chunk, claimed_at):
    """One short transaction: renew the claim, write the rows. Returns the new claim, None when it was lost."""
    now, done = timezone.now(), past_import.rows_done + len(chunk)
    with transaction.atomic():
        held = _held(past_import.pk, State.STORING, claimed_at).filter(rows_done=past_import.rows_done)
        if not held.update(claimed_at=now, rows_done=done):
            return None
        PastResponse.objects.bulk_create(
            PastResponse(
                past_import=past_import,
                number=row.number,
                answers=row.answers,
                organisation=row.organisation,
                sector_name=row.sector,
            )
            for row in chunk
        )
    past_import.rows_done = done
    return now


@transaction.atomic
def _finish(past_import, claimed_at, *, codes):
    """Make the round, as one whose closing was begun and waits for a worker: it never takes answers or sends mails."""
    kept = (
        "rows_in_file",
        "rows",
        "not_submitted",
        "empty",
        "unknown_count",
        "refused_count",
        "codes",
        "indicators",
        "without",
    )
    report = {name: past_import.report[name] for name in kept if name in past_import.report}
    held = _held(past_import.pk, State.STORING, claimed_at)
    if not held.update(report=report, **_ended(State.DONE)):
        return False
    round = Round.objects.create(
        initiative=past_import.initiative,
        instrument_version=past_import.instrument_version,
        title=past_import.title,
        state=Round.State.CLOSING,
        origin=Round.Origin(past_import.kind),
        closes_on=past_import.closes_on,
        invited_then=past_import.invited,
        asked_codes=codes,
        threshold=past_import.initiative.threshold,
        prepared_at=timezone.now(),
        created_by=past_import.created_by,
    )
    if past_import.kind == Kind.FIGURES:
        PastFigure.objects.bulk_create(
            PastFigure(past_import=past_import, code=code, count=count, n=n)
            for _row, code, count, n, _percent in past_import.report["figures"]
        )
    PastImport.objects.filter(pk=past_import.pk).update(round=round)
    history.record(
        initiative=past_import.initiative,
        verb="past_round.brought_in",
        target=round,
        after={"kind": past_import.kind, "rows": past_import.rows, "closes_on": str(past_import.closes_on)},
        by=past_import.created_by,
    )
    ring("surveys.tasks.close_round", round.pk)
    return True
