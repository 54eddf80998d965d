"""What people will read before anything is sent: the preview of a round, and the test that staff send to themselves."""

from dataclasses import dataclass
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.utils.translation import gettext as _

from surveys.queries.messages import RoundMessages, first_name
from surveys.queries.rosters import Roster


@dataclass(frozen=True)
class Sample:
    """A mail as the first person of a language gets it; their own link is not made before sending."""

    language_name: str
    people: int
    sender: str
    to: str
    subject: str
    body: str


@dataclass(frozen=True)
class Person:
    """What a mail needs to know about who reads it."""

    email: str
    name: str
    organisation_name: str


def samples(round, asked: Roster, kind="invitation"):
    """One Sample of a kind of mail per language of the people asked."""
    mails, names = RoundMessages(round), dict(settings.SURVEY_LANGUAGES)
    return [
        _sample(
            mails,
            kind,
            next(c for c in asked.contacts if c.language == language),
            names.get(language, language),
            people,
        )
        for language, people in asked.languages
    ]


def _sample(mails, kind, contact, language_name, people):
    compiled = mails.compiled(kind, contact.language)
    person = Person(contact.email, contact.name, contact.organisation.name)
    own_link = _("(%(first_name)s's own link)") % {"first_name": first_name(contact.name)}
    recipient = mails.recipient(person, link=own_link, unsubscribe=_("(a link to opt out)"), message="preview")
    return Sample(
        language_name=language_name,
        people=people,
        sender=formataddr((mails.round.sender_name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=f"{contact.name} <{contact.email}>",
        subject=compiled.subject_for(recipient),
        body=compiled.text_for(recipient),
    )
