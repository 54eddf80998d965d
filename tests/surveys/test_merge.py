import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from surveys.forms.rounds import LINK_IN
from surveys.merge import FIELDS, LONGEST_BODY, check, check_subject, render
from surveys.messages import EDITABLE, message
from surveys.models import RoundText

VALUES = {
    "first_name": "Ana",
    "name": "Ana Ruiz",
    "organisation": "Casa Abierta",
    "initiative": "Bright Futures",
    "sender": "Kim Lee",
    "link": "https://example.org/s/abc/",
    "opens_on": "March 1, 2027",
    "closes_on": "March 12, 2027",
    "minutes": 9,
    "unsubscribe_link": "https://example.org/s/abc/stop/",
}
FIELD_LIST = "{closes_on}, {first_name}, {initiative}, {link}, {minutes}, {name}, {opens_on}, {organisation}, {sender}"
HOSTILE = [
    "{x.__class__}", "{first_name.__class__}", "{first_name!r}", "{first_name:>99999999}", "{0}", "{}", "{{ }}",
    "{{ settings.SECRET_KEY }}", "{{first_name}}", "{% debug %}", "{% include 'x' %}", "{First_name}", "{ first_name }",
    "{__import__('os')}", "${first_name.x}", "%(first_name)s", "$first_name",
]  # fmt: skip
LANGUAGES = [code for code, _name in settings.SURVEY_LANGUAGES]


def test_fields_are_replaced_by_their_values():
    assert render("Hello {first_name}, {minutes} minutes: {link}", VALUES) == (
        "Hello Ana, 9 minutes: https://example.org/s/abc/"
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_field_stays_as_it_is(text):
    assert render(text, VALUES) == text.replace("{first_name}", "Ana")


def test_a_value_is_never_read_for_fields():
    assert render("{first_name}", VALUES | {"first_name": "{link} {{ x }} {sender}"}) == "{link} {{ x }} {sender}"


@pytest.mark.parametrize(
    "name", ["Ana\r\nBcc: all@example.org", "Ana\n\nBcc: all@example.org", "Ana\x00\u2028Bcc: all@example.org"]
)
def test_a_value_stays_on_its_line(name):
    assert render("Hello {first_name}", VALUES | {"first_name": name}) == "Hello Ana Bcc: all@example.org"


def test_a_missing_value_is_an_error_of_ours():
    with pytest.raises(KeyError):
        render("{sender}", {})


def test_a_text_with_known_fields_and_a_link_is_fine():
    assert check("Hello {first_name}, please answer: {link} :-}") == []


def test_a_text_without_a_link_says_so():
    assert check("Hello {first_name}") == [
        "The text does not contain {link}, so nobody would find the page. Put {link} where the link belongs."
    ]


def test_an_unknown_field_is_named_beside_those_there_are():
    assert check("{frist_name} {link}") == [f"{{frist_name}} is not a field. The fields are: {FIELD_LIST}."]


def test_several_unknown_fields_are_named_once_each():
    assert check("{link} {a} {b} {a}") == [f"{{a}}, {{b}} are not fields. The fields are: {FIELD_LIST}."]


@pytest.mark.parametrize("text", HOSTILE[:14])
def test_everything_in_braces_that_is_no_field_is_refused(text):
    assert len(check("{link} " + text)) == 1


def test_the_unsubscribe_link_belongs_to_the_footer_alone():
    assert check("{link} {unsubscribe_link}") == [f"{{unsubscribe_link}} is not a field. The fields are: {FIELD_LIST}."]


def test_a_text_that_is_too_long_is_refused():
    assert check("{link}" + "a" * LONGEST_BODY) == ["The text is longer than 10,000 characters. Please shorten it."]


@pytest.mark.parametrize(
    ("subject", "problem"),
    [
        (" ", "The subject is empty. Write what the mail is about."),
        ("Open {link}", "The subject contains {link}. Put the link into the text, where only the reader sees it."),
        ("Hello\r\nBcc: x@example.org", "The subject has more than one line. Write it in one."),
        ("a" * 201, "The subject is longer than 200 characters. Please shorten it."),
    ],
)
def test_a_bad_subject_says_what_to_do(subject, problem):
    assert check_subject(subject) == [problem]


@examples(max_examples=200, deadline=None)
@given(st.text(alphabet="{}%()!:._ abfirst_name\n", max_size=60))
def test_checked_text_renders_without_a_brace_left(text):
    if not check(text + "{link}"):
        assert "{" not in render(text, VALUES)


def test_ten_thousand_braces_are_checked_quickly():
    assert len(check("{" * 5_000 + "}" * 4_000 + "{link}")) == 1


# The words we ship


def test_every_mail_of_a_round_has_words():
    assert list(EDITABLE) == RoundText.Kind.values


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", EDITABLE)
def test_shipped_words_pass_their_own_check(kind, language):
    shipped = message(kind, language)

    assert (check(shipped.body, link=LINK_IN.get(kind, True)), check_subject(shipped.subject)) == ([], [])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [*EDITABLE, "test", "footer"])
def test_shipped_words_leave_no_field_open(kind, language):
    shipped = message(kind, language)

    assert "{" not in render(shipped.subject + shipped.body, VALUES)


@pytest.mark.parametrize("kind", [*EDITABLE, "test", "footer"])
def test_shipped_words_use_the_same_fields_in_every_language(kind):
    used = {
        tuple(f"{{{field}}}" in message(kind, code).body for field in [*FIELDS, "unsubscribe_link"])
        for code in LANGUAGES
    }

    assert len(used) == 1
    assert len({message(kind, code).body for code in LANGUAGES}) == len(LANGUAGES)


def test_a_region_is_served_in_its_language():
    assert message("invitation", "es-mx") == message("invitation", "es")


def test_a_language_we_do_not_ship_is_served_in_english():
    assert message("invitation", "de") == message("invitation", "en")


def test_the_reminder_carries_the_same_link_and_says_so():
    assert "same link as before" in message("reminder", "en").body


def test_an_unknown_mail_is_a_key_error():
    with pytest.raises(KeyError):
        message("newsletter", "en")
