"""The mail that tells somebody they are a member now."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

from accounts.queries import full_address
from initiatives.models import Membership


def mail(*, membership_id, by_id):
    """Tell a new member where and how to sign in. The mail carries no secret: signing in needs a code all the same."""
    membership = Membership.objects.select_related("user", "initiative").filter(pk=membership_id).first()
    if membership is None or not membership.user.is_active:
        return
    inviter = membership.initiative.memberships.select_related("user").filter(user_id=by_id).first()
    words = {
        "membership": membership,
        "inviter": inviter and inviter.user,
        "sign_in_url": full_address("account_login"),
        "base_url": settings.BASE_URL,
    }
    with translation.override(membership.user.language or membership.initiative.default_language):
        EmailMessage(
            subject=" ".join(render_to_string("initiatives/mail/member_invited_subject.txt", words).split()),
            body=render_to_string("initiatives/mail/member_invited_body.txt", words),
            to=[membership.user.email],
        ).send()
