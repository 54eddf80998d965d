"""Sealing what must lie in the database without being read there.

Compressed, filled up to one of few sizes, and sealed with AES-256-GCM under a key of the round that is derived (HKDF) from
SURVEY_LINK_KEY, which is not in the database. The name of the place is sealed with it: nothing can be moved elsewhere.
"""

import json
import secrets
import zlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE_BYTES, LENGTH_BYTES = 12, 4
SMALLEST = 64 * 1024


class SealBroken(Exception):
    """The content was changed, moved, or sealed under another key."""


def seal(content, *, round_id, number):
    """`content` (what JSON can say) as sealed bytes: different each time, and of the same size for nearly any content."""
    packed = zlib.compress(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())
    size = SMALLEST
    while size < LENGTH_BYTES + len(packed):
        size *= 2
    filled = (len(packed).to_bytes(LENGTH_BYTES, "big") + packed).ljust(size, b"\0")
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _cipher(round_id).encrypt(nonce, filled, _place(round_id, number))


def unseal(sealed, *, round_id, number):
    """What was sealed at this place. Raises SealBroken."""
    try:
        filled = _cipher(round_id).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _place(round_id, number))
    except (InvalidTag, ValueError) as error:
        raise SealBroken(
            f"Pool {number} of round {round_id} cannot be opened. Was SURVEY_LINK_KEY changed while the round was open? "
            "Set the earlier key again until the round has closed."
        ) from error
    length = int.from_bytes(filled[:LENGTH_BYTES], "big")
    return json.loads(zlib.decompress(filled[LENGTH_BYTES : LENGTH_BYTES + length]))


def _cipher(round_id):
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"surveys: pool of round {round_id}".encode())
    return AESGCM(derived.derive(settings.SURVEY_LINK_KEY.encode()))


def _place(round_id, number):
    return f"round {round_id}, pool {number}".encode()
