"""Whose request it is, by the network: headers are believed only from proxies we were told of."""

import ipaddress
from functools import wraps

from django.conf import settings
from django.http import Http404

# Any of these says that somebody passed the request on: the peer is then not the person who asked.
FORWARDING_HEADERS = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")


def address(text: str) -> str | None:
    """The address in `text` in its one usual form, without port, brackets or IPv6 zone; None when there is none."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return str(getattr(found, "ipv4_mapped", None) or found)


def client_address(request) -> str:
    """The address the request came from, for rate limits.

    Each of our TRUSTED_PROXY_COUNT proxies appended the peer it saw, so the entry that many places from the right is the
    first one no client could write. With too few entries, or none that is an address, the peer itself counts.
    """
    peer = address(request.META.get("REMOTE_ADDR", "")) or ""
    count = settings.TRUSTED_PROXY_COUNT
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if count < 1 or len(forwarded) < count:
        return peer
    return address(forwarded[-count]) or peer


def is_local(request) -> bool:
    """Did someone on this very machine ask, with no proxy between? A forged header can only turn yes into no."""
    peer = address(request.META.get("REMOTE_ADDR", ""))
    passed_on = any(name in request.META for name in FORWARDING_HEADERS)
    return peer is not None and ipaddress.ip_address(peer).is_loopback and not passed_on


def loopback_only(view):
    """For pages of the demo and the outbox: without DEBUG, or for anyone but this machine, they do not exist."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not (settings.DEBUG and is_local(request)):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
