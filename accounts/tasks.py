from celery import shared_task

from accounts.actions import sign_in


@shared_task
def mail_code(letter_id):
    sign_in.mail_code(letter_id=letter_id)
