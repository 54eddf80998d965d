"""What the worker does for the desk. Each task takes ids, calls one action and may run twice."""

from celery import shared_task
from django.db import OperationalError

from backbone.actions import (
    deleted,
    digesting,
    entry_imports,
    log_figures,
    meeting_mails,
    minutes_mails,
    reminding,
    story_mails,
)
from backbone.actions.activity_imports import activity_imports
from backbone.queries.invitations import meetings_with_mails_to_send
from backbone.queries.log_facts import initiatives_to_count
from backbone.queries.minutes import meetings_with_minutes_to_mail
from backbone.queries.story_sign_offs import stories_with_mails_to_send


@shared_task
def sweep():
    """Once a minute: find whatever is due. Each part is a task of its own, so that one failure stops no other."""
    remind_people.delay()
    send_digests.delay()
    sweep_activity_imports.delay()
    sweep_entry_imports.delay()
    sweep_meeting_mails.delay()
    sweep_minutes.delay()
    sweep_story_mails.delay()
    sweep_log.delay()


@shared_task
def remind_people():
    reminding.remind_due()


@shared_task
def send_digests():
    digesting.send_due()


@shared_task
def sweep_meeting_mails():
    """Find mails about meetings whose ring was lost."""
    for meeting_id in meetings_with_mails_to_send():
        send_meeting_mails.delay(meeting_id)


@shared_task
def send_meeting_mails(meeting_id):
    meeting_mails.send_waiting(meeting_id=meeting_id)


@shared_task
def sweep_minutes():
    """Find mails with minutes whose ring was lost."""
    for meeting_id in meetings_with_minutes_to_mail():
        mail_minutes.delay(meeting_id)


@shared_task
def mail_minutes(meeting_id):
    minutes_mails.mail_minutes(meeting_id=meeting_id)


@shared_task
def sweep_story_mails():
    """Find mails about stories whose ring was lost, or whose hour has come, and those that a worker left behind."""
    story_mails.give_up_lost()
    for story_id in stories_with_mails_to_send():
        send_story_mails.delay(story_id)


@shared_task
def send_story_mails(story_id):
    story_mails.send_waiting(story_id=story_id)


@shared_task
def sweep_log():
    """Count the log of every initiative where something changed, or a day has turned."""
    for initiative_id in initiatives_to_count():
        count_log.delay(initiative_id)


@shared_task
def count_log(initiative_id):
    log_figures.count_log(initiative_id=initiative_id)


@shared_task
def sweep_deleted():
    """Once an hour: what was deleted more than 30 days ago goes for good."""
    deleted.delete_for_good()


@shared_task
def check_activity_import(import_id):
    """Read a received file and keep its report."""
    _or_give_up(activity_imports, activity_imports.check, import_id)


@shared_task
def run_activity_import(import_id):
    """Import a confirmed file, or go on with one that a worker left."""
    _or_give_up(activity_imports, activity_imports.run, import_id)


def _or_give_up(imports, step, import_id):
    try:
        step(import_id=import_id)
    except OperationalError:
        # The database was away or busy: the sweep tries again.
        raise
    except Exception:
        imports.give_up(import_id=import_id)
        raise


@shared_task
def sweep_activity_imports():
    """Find imports that wait or that a worker left behind, so that a lost broker loses nothing."""
    to_check, to_run = activity_imports.due()
    for import_id in to_check:
        check_activity_import.delay(import_id)
    for import_id in to_run:
        run_activity_import.delay(import_id)


@shared_task
def check_entry_import(import_id):
    """Read a received file of evidence, policy or resources and keep its report."""
    _or_give_up(entry_imports, entry_imports.check, import_id)


@shared_task
def run_entry_import(import_id):
    """Import a confirmed file of evidence, policy or resources, or go on with one that a worker left."""
    _or_give_up(entry_imports, entry_imports.run, import_id)


@shared_task
def sweep_entry_imports():
    """Find imports that wait or that a worker left behind, so that a lost broker loses nothing."""
    to_check, to_run = entry_imports.due()
    for import_id in to_check:
        check_entry_import.delay(import_id)
    for import_id in to_run:
        run_entry_import.delay(import_id)
