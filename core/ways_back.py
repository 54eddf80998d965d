"""Where a form leads back to: the page from which it was opened, never another site."""

from urllib.parse import urlsplit, urlunsplit

from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

LONGEST = 2_000


def way_back(request, *, within):
    """The address, below the path `within`, of the page that a form was opened from; "" where none is to be had.

    The form carries it as `next`; on its first page it is asked for as `next`, or is the page whose link was followed.
    """
    asked = request.POST.get("next") or request.GET.get("next") or request.headers.get("Referer", "")
    if len(asked) > LONGEST or not url_has_allowed_host_and_scheme(asked, {request.get_host()}):
        return ""
    parts = urlsplit(asked)
    if not parts.path.startswith(within) or parts.path == request.path or not _is_here(parts.path):
        return ""
    return urlunsplit(("", "", parts.path, parts.query, ""))


def _is_here(path):
    try:
        return bool(resolve(path))
    except Resolver404:
        return False
