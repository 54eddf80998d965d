"""Reading about accounts: who can sign in, whether setting up is over."""

import hashlib

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import Installation, SetupLink, SignInLink, User


def digest_of(token):
    """What is kept of a link's token: a leaked table opens nothing, and looking it up compares no secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def full_address(name, *arguments):
    """An address for a mail or a terminal, built from BASE_URL and never from a request's Host header."""
    return settings.BASE_URL + reverse(name, args=arguments)


def active_user_by_email(email):
    """The person with this address who can sign in; None otherwise."""
    return User.objects.filter(email=email.strip().lower(), is_active=True).first()


def setup_is_closed():
    return Installation.objects.filter(setup_closed_at__isnull=False).exists()


def setup_link_is_usable(token):
    """Does `token` still open setup? Only a look: nothing is used up by it."""
    link = SetupLink.objects.filter(digest=digest_of(token), used_at=None, expires_at__gt=timezone.now())
    return link.exists() and not setup_is_closed()


def person_of_sign_in_link(token):
    """Whom the unused, unexpired link would sign in; None when it is used, expired, unknown or its person inactive."""
    link = (
        SignInLink.objects.select_related("user")
        .filter(digest=digest_of(token), used_at=None, expires_at__gt=timezone.now(), user__is_active=True)
        .first()
    )
    return link and link.user
