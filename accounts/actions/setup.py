"""Setting up an installation: the first director comes in through a link that works once."""

import datetime
import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Installation, SetupLink, User
from accounts.queries import digest_of, setup_is_closed

SETUP_LINK_LIFETIME = datetime.timedelta(hours=24)


class SetupClosed(Exception):
    """Setting up is over, or the link is used or expired; the message says what to do."""


def make_link():
    """Store a new link and return its token, which is never stored. Raises SetupClosed when setting up is over."""
    if setup_is_closed():
        raise SetupClosed(
            _("Setup is closed: this installation has its first director. Use `manage.py signin_link EMAIL` to get in.")
        )
    token = secrets.token_urlsafe(32)
    SetupLink.objects.create(digest=digest_of(token), expires_at=timezone.now() + SETUP_LINK_LIFETIME)
    return token


def complete(*, token, name, email):
    """Make the first director, use the link up and close setup, all or nothing. Of two at once exactly one wins."""
    now = timezone.now()
    with transaction.atomic():
        Installation.objects.get_or_create(pk=1)
        closed = Installation.objects.filter(pk=1, setup_closed_at=None).update(setup_closed_at=now)
        link = SetupLink.objects.filter(digest=digest_of(token), used_at=None, expires_at__gt=now)
        if not closed or not link.update(used_at=now):
            raise SetupClosed(
                _("This setup link no longer works. Ask whoever runs the server for a new one: manage.py setup_link.")
            )
        user = _first_director(name=name, email=email)
        SetupLink.objects.filter(digest=digest_of(token)).update(used_by=user)
    return user


def _first_director(*, name, email):
    # The address may be known already, for example from the demo: whoever holds the setup link runs the server.
    user = User.objects.filter(email=email.strip().lower()).first() or User.objects.create_user(email)
    user.name, user.is_active, user.may_start_initiatives = name, True, True
    user.save(update_fields=["name", "is_active", "may_start_initiatives"])
    return user
