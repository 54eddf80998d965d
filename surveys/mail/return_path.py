"""The envelope sender of a round's mails: an address that names the mailing and is sealed, so that nobody can name another."""

import re

from django.conf import settings

from surveys.tokens import read_return_token, return_token


def return_path(mailing_id):
    """`bounces+<token>@example.org`, at most 64 characters before the @; empty where RETURN_PATH is not set."""
    if not settings.RETURN_PATH:
        return ""
    local, _, domain = settings.RETURN_PATH.partition("@")
    return f"{local}+{return_token(mailing_id)}@{domain}"


def mailing_named_in(text):
    """The id of the mailing whose return path stands in `text`; None if there is none, or more than one."""
    local, _, domain = settings.RETURN_PATH.partition("@")
    ours = re.compile(rf"(?<![\w.+-]){re.escape(local)}\+([0-9a-f]{{48}})@{re.escape(domain)}(?![\w.-])", re.I | re.A)
    named = {read_return_token(token) for token in ours.findall(text)} - {None} if domain else set()
    return named.pop() if len(named) == 1 else None
