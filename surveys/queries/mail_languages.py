"""Which words the people asked by a draft will get, language by language."""

from dataclasses import dataclass

from django.conf import settings

from surveys import definition
from surveys.messages import message
from surveys.models import RoundText


@dataclass(frozen=True)
class Words:
    """One mail in one language; `is_behind`: it was rewritten in another language and here it was not."""

    text: RoundText
    is_default: bool
    is_behind: bool


@dataclass(frozen=True)
class MailLanguage:
    """`questions` is (texts there, all texts) of the questionnaire; (0, all) where it has none in this language."""

    code: str
    name: str
    people: int
    words: list
    questions: tuple

    @property
    def behind(self):
        return [each.text for each in self.words if each.is_behind]

    @property
    def own(self):
        return sum(not each.is_default for each in self.words)


def mail_languages(round, roster, texts):
    """MailLanguages of a draft, those that most people read first. `texts` are the RoundTexts it will send."""
    people, asked = dict(roster.languages), definition.progress(round.instrument_version.definition)
    total = next(iter(asked.values()))[1]
    default = {text.pk: is_default(text) for text in texts}
    rewritten = {text.kind for text in texts if not default[text.pk]}
    found = [
        MailLanguage(
            code,
            name,
            people.get(code, 0),
            [
                Words(text, default[text.pk], default[text.pk] and text.kind in rewritten)
                for text in texts
                if text.language == code
            ],
            asked.get(code, (0, total)),
        )
        for code, name in settings.SURVEY_LANGUAGES
    ]
    return sorted(found, key=lambda language: -language.people)


def is_default(text):
    """Whether nobody has edited a text: it is as it is shipped."""
    shipped = message(text.kind, text.language, is_anonymous=text.round.is_anonymous)
    return (text.subject, _plain(text.body)) == (shipped.subject, _plain(shipped.body))


def _plain(text):
    return text.replace("\r\n", "\n").strip()
