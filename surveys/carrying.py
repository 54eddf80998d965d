"""The earlier pages of an anonymous questionnaire, on their way in the form: signed, for one invitation and one version.

The signature carries no time. It keeps what one person wrote from being sent by another, and out of another questionnaire.
"""

from django.core.signing import BadSignature, Signer

SALT = "surveys.carrying"
# Many times what the longest answers take.
LONGEST = 500_000


class NotOurs(Exception):
    """The pages were changed on the way, come from another link, or from another version."""


def pack(invitation, answers):
    """The answers as text for a hidden field."""
    return _signer(invitation).sign_object(answers, compress=True)


def unpack(invitation, text):
    """The answers that `pack` was given for this invitation. Raises NotOurs."""
    if len(text) > LONGEST:
        raise NotOurs
    try:
        return _signer(invitation).unsign_object(text)
    except (BadSignature, ValueError) as error:
        raise NotOurs from error


def _signer(invitation):
    version = invitation.round.instrument_version
    return Signer(salt=f"{SALT}:{invitation.pk}:{invitation.link_version}:{version.pk}:{version.digest}")
