from celery import shared_task

from initiatives.actions import invitations


@shared_task
def mail_invitation(membership_id, by_id):
    invitations.mail(membership_id=membership_id, by_id=by_id)
