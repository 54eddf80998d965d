"""The words of a round's mails before anybody edits them, in every language of the survey."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

SHIPPED = Path(__file__).with_name("messages.toml")
# The kinds of surveys.models.RoundText, which a director may edit.
EDITABLE = ("notice", "invitation", "reminder", "thanks", "results", "members")
FALLBACK = "en"


@dataclass(frozen=True)
class Message:
    subject: str
    body: str


def message(kind, language, *, is_anonymous=False):
    """The shipped words of `kind` (one of EDITABLE, test or footer), merge fields unfilled.

    English where the language has none; KeyError for another kind. "test" stands before a mail that staff send to
    themselves, "footer" below every mail (its subject is empty). Some kinds have other words in an anonymous round.
    """
    shipped = _shipped()
    texts = shipped[f"{kind}_anonymous" if is_anonymous and f"{kind}_anonymous" in shipped else kind]
    return texts.get(language) or texts.get(language.split("-")[0]) or texts[FALLBACK]


@lru_cache(maxsize=1)
def _shipped():
    tables = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    return {
        kind: {code: Message(text.get("subject", ""), text["body"].strip()) for code, text in languages.items()}
        for kind, languages in tables.items()
    }
