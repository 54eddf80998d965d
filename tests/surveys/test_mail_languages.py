"""The draft page says which words the people of each language will get."""

import pytest
from bs4 import BeautifulSoup

from surveys.actions import instruments, rounds
from surveys.models import Round
from surveys.queries.mail_languages import mail_languages
from surveys.queries.rosters import roster
from surveys.queries.rounds import texts_before_sending
from tests.factories import ContactFactory
from tests.surveys.factories import RoundFactory


@pytest.fixture
def draft(initiative):
    """Two people who read Spanish, one who reads English, one who reads Arabic; all texts as they are shipped."""
    version = instruments.install_shipped(initiative=initiative, by=None)["backbone_effectiveness_partners"]
    for language in ("es", "es", "en", "ar"):
        ContactFactory(initiative=initiative, language=language)
    round = RoundFactory(initiative=initiative, instrument_version=version, state=Round.State.DRAFT)
    round.texts.all().delete()
    round.texts.bulk_create(rounds.default_texts(round=round))
    return round


def said(draft):
    found = mail_languages(draft, roster(draft), texts_before_sending(draft))
    return [(each.code, each.people, each.own, [text.kind for text in each.behind], each.questions) for each in found]


def write(draft, language, kind="invitation"):
    text = draft.texts.get(kind=kind, language=language)
    text.body = f"Ours. {{link}} {text.body}"
    rounds.write_text(text=text, before={}, by=None)


def test_untouched_texts_are_default_and_nothing_is_behind(draft):
    full, none = (66, 66), (0, 66)
    assert said(draft) == [
        ("es", 2, 0, [], full),
        ("en", 1, 0, [], full),
        ("ar", 1, 0, [], none),
        ("fr", 0, 0, [], full),
    ]


def test_text_rewritten_in_one_language_leaves_the_others_behind(draft):
    write(draft, "en")
    assert [(code, own, behind) for code, _people, own, behind, _questions in said(draft)] == [
        ("es", 0, ["invitation"]),
        ("en", 1, []),
        ("ar", 0, ["invitation"]),
        ("fr", 0, ["invitation"]),
    ]


def test_rewriting_the_other_too_catches_up(draft):
    for language in ("en", "es"):
        write(draft, language)
    assert [behind for code, _people, _own, behind, _questions in said(draft) if code in ("en", "es")] == [[], []]


def test_draft_page_says_who_gets_the_default_text(draft, staff):
    write(draft, "en")
    text = " ".join(BeautifulSoup(staff.get(draft.get_absolute_url()).content, "html.parser").get_text(" ").split())
    assert "2 people read Spanish and get the default text: invitation. You rewrote it in another language." in text
    assert "1 person reads Arabic and gets the default text: invitation." in text
    assert "read French" not in text
    assert text.count("The questionnaire is not translated into this language") == 1
