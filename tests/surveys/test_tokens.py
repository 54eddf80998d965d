import base64
import string

import pytest

from surveys import tokens

READERS = [tokens.read_survey_token, tokens.read_unsubscribe_token, tokens.read_preview_token]


def test_survey_token_leads_back_to_invitation_and_version():
    assert tokens.read_survey_token(tokens.survey_token(281_474_976_710_655, 32_767)) == (281_474_976_710_655, 32_767)


def test_reminder_carries_the_same_token_until_the_version_is_raised():
    assert tokens.survey_token(7, 1) == tokens.survey_token(7, 1)
    assert tokens.survey_token(7, 1) != tokens.survey_token(7, 2)


def test_unsubscribe_and_preview_tokens_lead_back_to_their_rows():
    assert tokens.read_unsubscribe_token(tokens.unsubscribe_token(7)) == 7
    assert tokens.read_preview_token(tokens.preview_token(8)) == 8


@pytest.mark.parametrize(
    "make", [lambda: tokens.survey_token(7, 0), lambda: tokens.unsubscribe_token(7), lambda: tokens.preview_token(7)]
)
def test_token_of_one_purpose_opens_no_other(make):
    assert [bool(read(make())) for read in READERS].count(True) == 1


def test_token_opens_nothing_under_another_key(settings):
    token = tokens.survey_token(7, 1)
    settings.SURVEY_LINK_KEY = "another key that is long enough to be accepted"
    assert tokens.read_survey_token(token) is None


def test_every_single_changed_character_is_refused():
    token = tokens.survey_token(7, 1)
    alphabet = string.ascii_letters + string.digits + "-_"
    forged = [token[:i] + c + token[i + 1 :] for i in range(len(token)) for c in alphabet if c != token[i]]
    assert {tokens.read_survey_token(other) for other in forged} == {None}


@pytest.mark.parametrize(
    "token", ["", "x", "=" * 32, "é" * 32, "A" * 31, "A" * 32, "A" * 33, "A" * 31 + "\n", "1" * 4000]
)
def test_what_is_no_token_is_refused(token):
    assert [read(token) for read in READERS] == [None, None, None]


def test_seal_has_at_least_128_bits():
    assert len(base64.urlsafe_b64decode(tokens.survey_token(7, 1))) - 8 >= 16
