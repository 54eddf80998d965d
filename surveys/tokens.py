"""The tokens in mailed links. Each is an HMAC under SURVEY_LINK_KEY, which is not in the database: a leaked database opens none.

A token is 24 bytes in URL-safe base64, always 32 characters: six bytes of row number, two of version, sixteen of the
HMAC-SHA256 over purpose, number and version. A token made for one purpose is worth nothing for another.
"""

import base64
import hashlib
import hmac
import re

from django.conf import settings

SURVEY, UNSUBSCRIBE, PREVIEW, MESSAGE = b"survey", b"unsubscribe", b"preview", b"message"
NUMBER_BYTES, VERSION_BYTES, SEAL_BYTES = 6, 2, 16
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}", re.ASCII)


def survey_token(invitation_id, version):
    """The token of `/s/<token>/`. The same for the invitation and its reminders, until the version is raised."""
    return _make(SURVEY, invitation_id, version)


def read_survey_token(token):
    """(invitation id, link version), or None. The caller still compares the version with the invitation's."""
    return _read(SURVEY, token)


def unsubscribe_token(invitation_id):
    """The token of `/u/<token>/`. It has no version: whoever holds an old mail may always opt out."""
    return _make(UNSUBSCRIBE, invitation_id, 0)


def read_unsubscribe_token(token):
    """The invitation's id, or None."""
    found = _read(UNSUBSCRIBE, token)
    return found[0] if found else None


def preview_token(round_id):
    """The token in a test mail: shows the round's pages and stores nothing."""
    return _make(PREVIEW, round_id, 0)


def read_preview_token(token):
    """The round's id, or None."""
    found = _read(PREVIEW, token)
    return found[0] if found else None


def message_name(mailing_id):
    """What stands before the @ of a Message-ID: the same each time a mailing is sent, so that a double can be told."""
    return _make(MESSAGE, mailing_id, 0)


def _make(purpose, number, version):
    body = number.to_bytes(NUMBER_BYTES, "big") + version.to_bytes(VERSION_BYTES, "big")
    return base64.urlsafe_b64encode(body + _seal(purpose, body)).decode()


def _read(purpose, token):
    if not TOKEN.fullmatch(token):
        return None
    content = base64.urlsafe_b64decode(token)
    body, seal = content[:-SEAL_BYTES], content[-SEAL_BYTES:]
    if not hmac.compare_digest(seal, _seal(purpose, body)):
        return None
    return int.from_bytes(body[:NUMBER_BYTES], "big"), int.from_bytes(body[NUMBER_BYTES:], "big")


def _seal(purpose, body):
    return hmac.digest(settings.SURVEY_LINK_KEY.encode(), purpose + b":" + body, hashlib.sha256)[:SEAL_BYTES]
