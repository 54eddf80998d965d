"""What a person may do before any initiative is entered. Inside one, initiatives/permissions.py decides."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _


def may_start_initiatives(view):
    """Guard a view that makes a new initiative: others are told whom to ask, with status 403."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.may_start_initiatives:
            raise PermissionDenied(
                _(
                    "You may not start an initiative yet. Ask the people who run this server to allow it for your account."
                )
            )
        return view(request, *args, **kwargs)

    return guarded
