"""The tokens in mailed links. Each is an HMAC under SURVEY_LINK_KEY, which is not in the database: a leaked database opens none.

A token is 24 bytes in URL-safe base64, always 32 characters: six bytes of row number, two of version, sixteen of the
HMAC-SHA256 over purpose, number and version. A token made for one purpose is worth nothing for another.
"""

import base64
import hashlib
import hmac
import re

from django.conf import settings

SURVEY, UNSUBSCRIBE, PREVIEW, MESSAGE, RETURN = b"survey", b"unsubscribe", b"preview", b"message", b"return"
NUMBER_BYTES, VERSION_BYTES, SEAL_BYTES = 6, 2, 16
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}", re.ASCII)
RETURN_TOKEN = re.compile(r"[0-9a-f]{48}", re.ASCII)
# Raise it to make every return path mailed so far worth nothing.
RETURN_VERSION = 1


def survey_token(invitation_id, version):
    """The token of `/s/<token>/`. The same for the invitation and its reminders, until the version is raised."""
    return make(SURVEY, invitation_id, version)


def read_survey_token(token):
    """(invitation id, link version), or None. The caller still compares the version with the invitation's."""
    return read(SURVEY, token)


def unsubscribe_token(invitation_id):
    """The token of `/u/<token>/`. It has no version: whoever holds an old mail may always opt out."""
    return make(UNSUBSCRIBE, invitation_id, 0)


def read_unsubscribe_token(token):
    """The invitation's id, or None."""
    found = read(UNSUBSCRIBE, token)
    return found[0] if found else None


def preview_token(round_id):
    """The token in a test mail: shows the round's pages and stores nothing."""
    return make(PREVIEW, round_id, 0)


def read_preview_token(token):
    """The round's id, or None."""
    found = read(PREVIEW, token)
    return found[0] if found else None


def message_name(mailing_id):
    """What stands before the @ of a Message-ID: the same each time a mailing is sent, so that a double can be told."""
    return make(MESSAGE, mailing_id, 0)


def return_token(mailing_id, version=RETURN_VERSION):
    """The token in a return path: the same bytes as 48 hexadecimal digits, for mail servers fold the case of addresses."""
    return _sealed(RETURN, mailing_id, version).hex()


def read_return_token(token):
    """The mailing's id, or None. Case does not matter."""
    token = token.lower()
    if not RETURN_TOKEN.fullmatch(token):
        return None
    mailing_id = int(token[: 2 * NUMBER_BYTES], 16)
    return mailing_id if hmac.compare_digest(token, return_token(mailing_id)) else None


def make(purpose, number, version):
    """A token over a row number and a version. Whoever makes links of another purpose names one of their own (backbone/tokens.py)."""
    return base64.urlsafe_b64encode(_sealed(purpose, number, version)).decode()


def _sealed(purpose, number, version):
    body = number.to_bytes(NUMBER_BYTES, "big") + version.to_bytes(VERSION_BYTES, "big")
    return body + _seal(purpose, body)


def read(purpose, token):
    """(row number, version) of a token made for `purpose`, or None."""
    if not TOKEN.fullmatch(token):
        return None
    content = base64.urlsafe_b64decode(token)
    body, seal = content[:-SEAL_BYTES], content[-SEAL_BYTES:]
    if not hmac.compare_digest(seal, _seal(purpose, body)):
        return None
    return int.from_bytes(body[:NUMBER_BYTES], "big"), int.from_bytes(body[NUMBER_BYTES:], "big")


def _seal(purpose, body):
    return hmac.digest(settings.SURVEY_LINK_KEY.encode(), purpose + b":" + body, hashlib.sha256)[:SEAL_BYTES]
