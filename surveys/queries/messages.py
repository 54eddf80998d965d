"""The mails of a round as they leave: its texts with the fields filled in, compiled once per kind and language."""

from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import formats, translation

from surveys import definition
from surveys.mail.message import CompiledMessage, Envelope, Recipient
from surveys.messages import message
from surveys.models import Mailing
from surveys.queries.sending import text_for, texts_of
from surveys.tokens import message_name, survey_token, unsubscribe_token

# The page below a survey link to which a mail leads; else the link itself.
PAGES = {Mailing.Kind.RESULTS: "results/"}


def survey_link(token):
    return f"{settings.BASE_URL}/s/{token}/"


def unsubscribe_link(token):
    return f"{settings.BASE_URL}/u/{token}/"


def first_name(name):
    """The first word of a name that has several, else the name: what a greeting uses."""
    return name.split()[0] if name.split() else ""


class RoundMessages:
    """`round` needs its initiative. Texts are read once; what staff edit later takes effect with the next slice."""

    def __init__(self, round):
        self.round = round
        self._texts = texts_of(round)
        self._definition = definition.parse(round.instrument_version.definition)
        self._compiled = {}
        self._host = urlsplit(settings.BASE_URL).hostname or "localhost"

    def compiled(self, kind, language):
        """The CompiledMessage of a kind in the language asked for, or in the one that has to stand in for it."""
        if (kind, language) not in self._compiled:
            text = text_for(self._texts, kind, language, self.round.initiative.default_language)
            self._compiled[kind, language] = self._compile(text)
        return self._compiled[kind, language]

    def content_for(self, mailing):
        """The whole mail of a mailing, as bytes. `mailing` needs its invitation."""
        invitation = mailing.invitation
        recipient = self.recipient(
            invitation,
            link=survey_link(survey_token(invitation.pk, invitation.link_version)) + PAGES.get(mailing.kind, ""),
            unsubscribe=unsubscribe_link(unsubscribe_token(invitation.pk)),
            message=message_name(mailing.pk),
        )
        return self.compiled(mailing.kind, invitation.language).merge(recipient)

    def recipient(self, person, *, link, unsubscribe, message):
        """A Recipient from an invitation, or from anything that has `email`, `name` and `organisation_name`."""
        fields = {
            "name": person.name,
            "first_name": first_name(person.name),
            "organisation": person.organisation_name,
            "link": link,
            "unsubscribe_link": unsubscribe,
        }
        return Recipient(person.email, person.name, f"{message}@{self._host}", fields)

    def _compile(self, text):
        footer = message("footer", text.language).body
        return CompiledMessage(
            subject=text.subject,
            body=f"{text.body.rstrip()}\n\n-- \n{footer}",
            fields=self._fields(text.language),
            envelope=Envelope(self.round.sender_name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1], self.round.reply_to),
        )

    def _fields(self, language):
        asked_in = language if language in self._definition.languages else None
        with translation.override(language):
            opens_on = formats.date_format(self.round.opening_day, "DATE_FORMAT")
            closes_on = formats.date_format(self.round.closes_on, "DATE_FORMAT")
        return {
            "initiative": self.round.initiative.name,
            "sender": self.round.sender_name,
            "opens_on": opens_on,
            "closes_on": closes_on,
            "minutes": definition.minutes(self._definition, asked_in),
        }
