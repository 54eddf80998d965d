"""Coming in: the mail with the code, and the one-time link for when mail is down."""

import datetime
import secrets

from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import SignInLink
from accounts.queries import active_user_by_email, digest_of

SIGN_IN_LINK_LIFETIME = datetime.timedelta(minutes=15)


class LinkUnusable(Exception):
    """The link is used, expired or unknown, or nobody with that address can sign in; the message says what to do."""


def put_code_aside(*, email, code, language):
    """Keep a code for the task that mails it, and return the key. The broker never sees the code."""
    letter_id = secrets.token_urlsafe(16)
    letter = {"email": email, "code": code, "language": language}
    cache.set(f"sign-in-letter:{letter_id}", letter, settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
    return letter_id


def mail_code(*, letter_id):
    """Mail the code put aside, once, in the person's language. An address nobody signs in with gets no mail."""
    key = f"sign-in-letter:{letter_id}"
    letter = cache.get(key)
    if letter is None or not cache.delete(key):
        return
    user = active_user_by_email(letter["email"])
    if user is None:
        return
    with translation.override(user.language or letter["language"]):
        EmailMessage(
            subject=render_to_string("account/email/login_code_subject.txt").strip(),
            body=render_to_string("account/email/login_code_message.txt", letter | {"base_url": settings.BASE_URL}),
            to=[user.email],
        ).send()


def make_link(*, email):
    """A token that signs this person in once within 15 minutes. Raises LinkUnusable when nobody has that address."""
    user = active_user_by_email(email)
    if user is None:
        raise LinkUnusable(
            _("Nobody who can sign in has the address %(email)s. Check its spelling.") % {"email": email}
        )
    token = secrets.token_urlsafe(32)
    SignInLink.objects.create(digest=digest_of(token), user=user, expires_at=timezone.now() + SIGN_IN_LINK_LIFETIME)
    return token


def use_link(*, token):
    """Use the link up and return its person. Of two at once exactly one gets in; the other raises LinkUnusable."""
    now = timezone.now()
    with transaction.atomic():
        # No relation in this filter: an UPDATE over a join becomes a subquery, which PostgreSQL does not check again.
        link = SignInLink.objects.filter(digest=digest_of(token), used_at=None, expires_at__gt=now)
        claimed = link.update(used_at=now)
        user = SignInLink.objects.select_related("user").get(digest=digest_of(token)).user if claimed else None
        if user is None or not user.is_active:
            raise LinkUnusable(_("This link no longer works. Ask for a new one, or sign in with a code by mail."))
    return user
