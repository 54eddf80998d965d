"""Reading a mail that came back, whatever it is: a verdict and one line of text, or nothing. Without a database."""

import base64
import random
import time

import pytest

from surveys.mail import returned
from surveys.mail.return_path import mailing_named_in
from surveys.mail.return_path import return_path as return_path_of
from surveys.mail.returned import Failure
from surveys.models import Mailing
from surveys.tokens import RETURN_VERSION, read_return_token, return_token
from tests.surveys.reports import report

pytestmark = pytest.mark.usefixtures("return_path")
MAILING = Mailing(pk=7)
GONE = Failure(True, "550 5.1.1 no such user")


def failure(**changes):
    return returned.read(report(MAILING, **changes)).failure


# The address


def test_return_path_leads_back_to_the_largest_row():
    assert mailing_named_in(return_path_of(2**48 - 1)) == 2**48 - 1


def test_part_before_the_at_is_64_characters_at_most(settings):
    settings.RETURN_PATH = "b" * 15 + "@backbone.example"
    assert len(return_path_of(7).partition("@")[0]) == 64


def test_every_single_changed_character_is_refused():
    token = return_token(7)
    alphabet = "0123456789abcdef"
    forged = [token[:i] + c + token[i + 1 :] for i in range(len(token)) for c in alphabet if c != token[i]]
    assert {read_return_token(other) for other in forged} == {None}


@pytest.mark.parametrize("version", [0, RETURN_VERSION + 1, 65_535])
def test_other_version_is_refused(version):
    assert read_return_token(return_token(7, version)) is None


def test_token_of_another_purpose_or_another_key_is_refused(settings):
    other_key, settings.SURVEY_LINK_KEY = return_token(7), "another key that is long enough to be accepted"
    assert read_return_token(other_key) is None
    assert read_return_token("a" * 47 + "é") is None


@pytest.mark.parametrize(
    "text",
    [
        "x{}",
        "x+{}",
        "{}.evil.example",
        "bounces+{}",
        "{}-x",
    ],
)
def test_address_is_ours_as_a_whole_or_not_at_all(text):
    assert mailing_named_in(text.format(return_path_of(7))) is None


def test_address_at_another_domain_is_not_ours(settings):
    address = return_path_of(7)
    settings.RETURN_PATH = "bounces@elsewhere.example"
    assert mailing_named_in(address) is None


def test_without_a_return_path_nothing_is_ours(settings):
    address = return_path_of(7)
    settings.RETURN_PATH = ""
    assert (mailing_named_in(address), return_path_of(7)) == (None, "")


# The verdict


@pytest.mark.parametrize("status", ["5.1.1", "5.1.2", "5.1.10", "5.2.1", "5.1.1 (bad mailbox)"])
def test_codes_about_the_address_blame_it(status):
    assert failure(status=status, diagnostic="x-unix; gone").blames_address is True


@pytest.mark.parametrize(
    "status", ["5.7.1", "5.1.7", "5.1.8", "5.2.2", "5.0.0", "4.1.1", "2.1.1", "", "51.1", "15.1.1", "five"]
)
def test_other_codes_do_not(status):
    assert failure(status=status, diagnostic="x-unix; gone").blames_address is False


@pytest.mark.parametrize(
    ("status", "diagnostic", "blames"),
    [
        ("5.0.0", "smtp; 550 5.1.1 gone", True),
        ("5.0.0", "smtp;550-5.1.1 gone", True),
        ("5.0.0", "smtp; 550 gone", False),
        ("5.1.1", "smtp; 550 gone", True),
        ("5.1.1", "smtp; 550 5.7.1 not from you", False),
        ("5.7.1", "smtp; 550 5.1.1 gone", False),
        ("5.0.0", "x-unix; 550 5.1.1 gone", False),
    ],
)
def test_code_and_diagnostic_must_not_disagree(status, diagnostic, blames):
    assert failure(status=status, diagnostic=diagnostic).blames_address is blames


@pytest.mark.parametrize("status", ["5.1.1", "5.7.1"])
def test_all_who_failed_must_have_a_wrong_address(status):
    people = f"Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: {status}\n\n"
    assert failure(people=people).blames_address is (status == "5.1.1")


def test_words_are_one_line_without_marks_and_of_bounded_length():
    said = "smtp; 550 5.1.1 a\n\tb\x00\x1b[31m\u202e\u2028c \ufffd " + "x" * 5_000
    text = failure(diagnostic=said).text
    assert text.startswith("550 5.1.1 a b [31m c")
    assert (text.isprintable(), len(text)) == (True, 300)


def test_survey_link_that_a_mail_server_repeats_is_masked():
    said = "smtp; 550 5.7.1 bad link https://backbone.example/s/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/"
    assert failure(status="5.7.1", diagnostic=said).text == "550 5.7.1 bad link https://backbone.example/s/…/"


def test_report_without_a_word_is_given_some():
    assert failure(status="", diagnostic="").text == "It was returned without a reason."


# Whatever else may come


def test_report_cut_off_after_its_status_is_read_and_before_it_is_not():
    whole = report(MAILING)
    after = whole.index(b"Remote-MTA")
    before = whole.index(b"Action: failed") + 8
    assert returned.read(whole[:after]).failure == Failure(True, "5.1.1")
    assert returned.read(whole[:before]).failure is None


def test_cut_off_anywhere_it_says_nothing_else():
    whole = report(MAILING)
    found = {returned.read(whole[:end]).failure for end in range(0, len(whole), 3)}
    assert {failure.blames_address for failure in found if failure} <= {True, False}
    assert None in found
    assert GONE in found


def test_bare_line_ends_are_read_as_well():
    assert returned.read(report(MAILING).replace(b"\r\n", b"\n")).failure == GONE


def nested(content):
    return b"Content-Type: multipart/mixed; boundary=outer\r\n\r\n--outer\r\n%b\r\n--outer--\r\n" % content


@pytest.mark.parametrize("wrap", [nested, lambda content: b"Content-Type: message/rfc822\r\n\r\n" + content])
def test_report_inside_another_mail_is_not_looked_at(wrap):
    read = returned.read(wrap(report(MAILING)))
    assert (read.failure, mailing_named_in(read.delivered_to)) == (None, None)


def hostile_mails():
    """Mails of the size of what is fetched, each made to be slow or to break a parser."""
    size = 128 * 1024
    head = (
        f"To: {return_path_of(7)}\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b".encode()
    )
    inner = b"".join(b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n, n + 1) for n in range(2_000))
    letters = bytes(random.Random(7).randrange(256) for _ in range(size))
    return {
        "nested": head + b"0\r\n\r\n" + inner,
        "boundaries": head + b"\r\n\r\n" + b"--b\r\n" * (size // 5),
        "parts": head + b"\r\n\r\n" + b"--b\r\nContent-Type: message/delivery-status\r\n\r\n" * 2_000,
        "blank lines": head + b"\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n" + b"\r\n" * (size // 2),
        "people": head
        + b"\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        + b"Action: failed\r\n\r\n" * 8_000,
        "quotes": head + b'; x="' + b';"' * (size // 2) + b"\r\n\r\n",
        "parameters": head + b"; a*0*=utf-8''%00" * 6_000 + b"\r\n\r\n",
        "no such charset": head + b"; boundary*=no-such'en'%62\r\n\r\n--b\r\n",
        "headers": b"To: a\r\n" * (size // 7),
        "one header": b"To: " + b"bounces+" * (size // 8),
        "folded": b"To:" + b"\r\n x" * (size // 4),
        "colons": b":" * size,
        "nulls": b"\0" * size,
        "noise": letters,
        "base64": head + b"\r\n\r\n" + base64.b64encode(letters),
        "nothing": b"",
        "utf-16": report(MAILING).decode().encode("utf-16"),
    }


def test_hostile_mails_are_read_in_no_time_and_blame_nobody():
    for name, content in hostile_mails().items():
        began = time.process_time()
        read = returned.read(content)
        mailing_named_in(read.delivered_to)
        assert time.process_time() - began < 1, name
        assert read.failure is None or read.failure.blames_address is False, name
