"""Whatever a partner or somebody signing in may read is there in every language; staff pages may still be English."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation

ROOT = Path(__file__).resolve().parent.parent.parent
# Beginnings of the files whose texts people read without being staff.
READ_BY_PARTNERS = (
    "templates/surveys/answer_",
    "templates/surveys/_answer_withdraw",
    "templates/surveys/_untranslated",
    "templates/surveys/link_",
    "templates/surveys/results",
    "templates/surveys/_results",
    "templates/surveys/_conclusion.html",
    "templates/surveys/_own_words.html",
    "templates/surveys/unsubscribe",
    "templates/backbone/own_page",
    "templates/backbone/own_left",
    "templates/backbone/own_stop",
    "templates/backbone/_own_",
    "templates/backbone/story_page",
    "templates/backbone/story_gone",
    "templates/backbone/_story_said",
    "templates/backbone/mail/story_",
    "backbone/forms/story_page.py",
    "backbone/letters.py",
    "templates/public.html",
    "templates/403_csrf",
    "templates/404",
    "templates/500",
    "templates/components/question_",
    "templates/backbone/mail/meeting_",
    "templates/backbone/mail/minutes_",
    "templates/backbone/_roll_told",
    "surveys/queries/pages.py",
    "surveys/views/answering.py",
    "surveys/views/preview.py",
    "surveys/views/unsubscribe.py",
    "surveys/definition/",
    "surveys/queries/results_page.py",
    "surveys/queries/own_words.py",
    "indicators/words/",
)
# Signing in, and the errors of pages below it, for languages that staff pages may have.
READ_BEFORE_SIGNING_IN = (
    "templates/account/",
    "templates/accounts/",
    "templates/403.html",
    "accounts/forms.py",
    "accounts/views.py",
)
INTERFACE = {code for code, _name in settings.LANGUAGES}


@pytest.mark.parametrize("language", [code for code, _name in settings.SURVEY_LANGUAGES if code != "en"])
def test_what_partners_read_is_translated(language):
    with (ROOT / "locale" / language / "LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file)
    places = READ_BY_PARTNERS + (READ_BEFORE_SIGNING_IN if language in INTERFACE else ())
    read = [m for m in catalogue if m.id and any(place.startswith(places) for place, _line in m.locations)]
    assert len(read) > 60
    assert [m.id for m in read if m.fuzzy or not all([m.string] if isinstance(m.string, str) else m.string)] == []


@pytest.mark.parametrize("time", ["first", "second"])
def test_every_test_begins_in_the_language_of_the_settings(time):
    assert translation.get_language() == settings.LANGUAGE_CODE
    translation.activate("fr")
