"""Pages that are kept whole, found by the version of what they tell and never by time. Only what is the reader's own is
put in anew: the name, the CSRF token, and what changes by the minute."""

import hashlib
import re
import secrets
from dataclasses import dataclass

from django.contrib.messages import get_messages
from django.core.cache import caches
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language

from core.markup import joined

# Nobody can write a mark into a text, because no other process knows it; pages are kept in this process alone.
MARK = secrets.token_hex(8)
PLACE = re.compile(f"{MARK}-([a-z_]+)-")


@dataclass(frozen=True)
class Reader:
    """Stands for the person who is signed in while a page is made that others are shown as well."""

    name: str
    email: str
    may_start_initiatives: bool
    is_authenticated: bool = True


def render_kept(request, template, context, *, key, **beside):
    """As `render`, for a page that tells every member of a role the same as long as `key` stays.

    `beside`: what is no part of the kept page, by the names it has in the template: markup, or text that is escaped.
    """
    if len(get_messages(request)):
        return render(request, template, context | beside)
    user, role = request.user, request.membership.role
    known = (template, key, str(request.initiative), role, user.may_start_initiatives, get_language())
    name = hashlib.sha256(repr(known).encode()).hexdigest()
    parts = caches["pages"].get(name)
    if parts is None:
        places = {part: _place(part) for part in ("csrf_token", *beside)}
        places["user"] = Reader(_place("name"), _place("name"), user.may_start_initiatives)
        parts = _parts(render_to_string(template, context | places, request))
        caches["pages"].set(name, parts)
    own = {"csrf_token": get_token(request), "name": user.name or user.email, **beside}
    filled = [joined([own[part]]).encode() if place % 2 else part for place, part in enumerate(parts)]
    return HttpResponse(b"".join(filled))


def _place(name):
    return f"{MARK}-{name}-"


def _parts(page):
    """Markup and the names of the places between, in turn."""
    return [part if place % 2 else part.encode() for place, part in enumerate(PLACE.split(page))]
