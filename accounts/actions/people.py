"""People who can sign in come to be by invitation only."""

from django.contrib.auth.hashers import make_password

from accounts.models import User


def find_or_make(*, email, name):
    """The person with this address, made if there is none yet; somebody known keeps the name they have."""
    defaults = {"name": name, "password": make_password(None)}
    return User.objects.get_or_create(email=email.strip().lower(), defaults=defaults)[0]
