"""What the worker does for surveys. Each task takes ids, calls one action and may run twice."""

from celery import current_app, shared_task
from django.db import OperationalError
from django.utils import timezone

from surveys.actions import (
    closing,
    conclusions,
    delivery,
    exporting,
    invitations,
    past,
    pausing,
    plans,
    pooling,
    releasing,
    returned_mail,
    rounds,
    sending,
    telling,
    testing,
    withdrawing,
)
from surveys.queries.plans import plans_to_draft
from surveys.queries.releases import expired_files, files_to_make
from surveys.queries.rounds import work_on_rounds
from surveys.queries.sending import rounds_with_due_mailings


@shared_task
def sweep():
    """Once a minute: find whatever is due. Each part is a task of its own, so that one failure stops no other."""
    sweep_rounds.delay()
    sweep_sending.delay()
    sweep_files.delay()
    sweep_past.delay()


@shared_task
def sweep_rounds():
    """Draft what comes round, open what is scheduled for today, finish what was being prepared, queue reminders, close what is over."""
    for task, round_ids in work_on_rounds(now=timezone.now()).items():
        for round_id in round_ids:
            current_app.tasks[f"surveys.tasks.{task}"].delay(round_id)
    for plan_id in plans_to_draft():
        draft_planned_round.delay(plan_id)


@shared_task
def open_round(round_id):
    rounds.open_due(round_id=round_id)


@shared_task
def draft_planned_round(plan_id):
    plans.draft_due(plan_id=plan_id)


@shared_task
def tell_of_draft(round_id):
    plans.tell_of_draft(round_id=round_id)


@shared_task
def prepare_round(round_id):
    invitations.prepare(round_id=round_id)


@shared_task
def prepare_notices(round_id):
    invitations.prepare_notices(round_id=round_id)


@shared_task
def queue_thanks(round_id):
    invitations.queue_thanks(round_id=round_id)


@shared_task
def remind_round(round_id):
    invitations.queue_due_reminder(round_id=round_id)


@shared_task
def count_answered(round_id):
    pooling.count_daily(round_id=round_id)


@shared_task
def close_round(round_id):
    closing.close_round(round_id=round_id)


@shared_task
def delete_old_answers(round_id):
    withdrawing.delete_old_answers(round_id=round_id)


@shared_task
def tell_of_results(round_id):
    telling.tell_of_results(round_id=round_id)


@shared_task
def queue_results(round_id):
    conclusions.queue_results(round_id=round_id)


@shared_task
def send_test(round_id, user_id):
    testing.mail_test(round_id=round_id, user_id=user_id)


@shared_task
def sweep_sending():
    """Take back what dead senders hold, and start a sender for every round with mails that are due."""
    sending.recover()
    for round_id in rounds_with_due_mailings(now=timezone.now()):
        send_round.delay(round_id)


@shared_task
def send_round(round_id):
    """Send one slice of a round; while more is due, queue the next."""
    if delivery.send_slice(round_id=round_id):
        send_round.delay(round_id)


@shared_task
def tell_of_pause(round_id):
    pausing.tell_of_pause(round_id=round_id)


@shared_task
def tell_of_request(release_id):
    releasing.tell_of_request(release_id=release_id)


@shared_task
def tell_of_decision(release_id):
    releasing.tell_of_decision(release_id=release_id)


@shared_task
def tell_steward(round_id):
    releasing.tell_steward(round_id=round_id)


@shared_task
def read_returned_mail():
    """Every five minutes: mark what came back to the mailbox of the return path."""
    returned_mail.read_mailbox()


@shared_task
def sweep_files():
    """Make files that wait or that a worker left behind, and delete those that are over."""
    exporting.delete_expired(file_ids=expired_files(now=timezone.now()))
    for file_id in files_to_make(now=timezone.now()):
        make_file.delay(file_id)


@shared_task
def make_file(file_id):
    """Make a file of answers, or go on with one that a worker left."""
    try:
        exporting.make(file_id=file_id)
    except OperationalError:
        # The database was away or busy: the sweep tries again.
        raise
    except Exception:
        exporting.give_up(file_id=file_id)
        raise


@shared_task
def sweep_past():
    """Find earlier rounds that wait to be checked or stored, or that a worker left behind."""
    for task, import_ids in past.due().items():
        for import_id in import_ids:
            current_app.tasks[f"surveys.tasks.{task}"].delay(import_id)


@shared_task
def check_past(import_id):
    """Read the file of an earlier round and keep its dry run."""
    _or_give_up(past.check, import_id)


@shared_task
def store_past(import_id):
    """Store an earlier round, or go on with one that a worker left."""
    _or_give_up(past.store, import_id)


@shared_task
def forget_past(import_id):
    past.forget(import_id=import_id)


@shared_task
def clear_past(import_id):
    """Take away what a cancelled import had stored, a chunk at a time."""
    if past.clear_away(import_id=import_id):
        clear_past.delay(import_id)


def _or_give_up(action, import_id):
    try:
        action(import_id=import_id)
    except OperationalError:
        # The database was away or busy: the sweep tries again.
        raise
    except Exception:
        past.give_up(import_id=import_id)
        raise
