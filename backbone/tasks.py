"""What the worker does for the desk. Each task takes ids, calls one action and may run twice."""

from celery import shared_task

from backbone.actions import deleted, reminding


@shared_task
def sweep():
    """Once a minute: find whatever is due. Each part is a task of its own, so that one failure stops no other."""
    remind_people.delay()


@shared_task
def remind_people():
    reminding.remind_due()


@shared_task
def sweep_deleted():
    """Once an hour: what was deleted more than 30 days ago goes for good."""
    deleted.delete_for_good()
