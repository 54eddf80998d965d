"""What the worker does for the desk. Each task takes ids, calls one action and may run twice."""

from celery import shared_task

from backbone.actions import deleted, digesting, log_figures, meeting_mails, reminding
from backbone.queries.invitations import meetings_with_mails_to_send
from backbone.queries.log_facts import initiatives_to_count


@shared_task
def sweep():
    """Once a minute: find whatever is due. Each part is a task of its own, so that one failure stops no other."""
    remind_people.delay()
    send_digests.delay()
    sweep_meeting_mails.delay()
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
