"""The mailbox of the return path, polled over a real connection: what is asked for, what is marked, what stands in the way."""

import shutil
import ssl
import subprocess

import pytest

from surveys import tasks
from surveys.actions import returned_mail
from surveys.mail import inbox
from surveys.mail.inbox import Inbox, InboxUnavailable, place_of
from surveys.models import Mailing
from tests.surveys.factories import MailingFactory
from tests.surveys.imap import DROP, running_imap
from tests.surveys.reports import report

pytestmark = pytest.mark.django_db
NOISE = b"To: bounces@backbone.example\r\nSubject: Buy now\r\n\r\nCheap!\r\n"


@pytest.fixture
def mailing(return_path):
    return MailingFactory(state=Mailing.State.SENT)


def state(mailing):
    return Mailing.objects.get(pk=mailing.pk).state


def test_poll_reads_everything_once_and_marks_it(imap, mailing):
    imap.deliver(NOISE, report(mailing), NOISE)
    assert returned_mail.read_mailbox() == 3
    assert (state(mailing), imap.unread) == (Mailing.State.BOUNCED, [])
    assert returned_mail.read_mailbox() == 0
    assert 'LOGIN bounces "secret-word"' in imap.heard
    assert 'SELECT "Returned mail"' in imap.heard


def test_task_of_the_beat_polls(imap, mailing, settings):
    name = settings.CELERY_BEAT_SCHEDULE["read-returned-mail"]["task"]
    imap.deliver(report(mailing))
    getattr(tasks, name.removeprefix("surveys.tasks.")).delay()
    assert state(mailing) == Mailing.State.BOUNCED


@pytest.mark.parametrize("name", ["RETURN_PATH", "BOUNCE_MAILBOX"])
def test_without_either_setting_nobody_is_asked(imap, mailing, settings, name):
    imap.deliver(report(mailing))
    setattr(settings, name, "")
    assert (returned_mail.read_mailbox(), imap.heard) == (0, [])


def test_mail_seen_by_a_person_is_read_nevertheless(imap, mailing):
    imap.deliver(report(mailing))
    imap.flags[1].add("\\Seen")
    returned_mail.read_mailbox()
    assert state(mailing) == Mailing.State.BOUNCED


def test_kill_between_book_and_mark_is_harmless(imap, mailing):
    imap.deliver(report(mailing))
    imap.replies["STORE"] = lambda _line: DROP
    assert (returned_mail.read_mailbox(), state(mailing), imap.unread) == (0, Mailing.State.BOUNCED, [1])
    del imap.replies["STORE"]
    assert (returned_mail.read_mailbox(), imap.unread) == (1, [])


def test_second_reader_steps_back(imap, mailing):
    imap.deliver(report(mailing))
    returned_mail.cache.add(returned_mail.LOCK, True, 60)
    assert (returned_mail.read_mailbox(), imap.heard) == (0, [])


def test_reader_gives_its_turn_back_whatever_happens(imap, mailing):
    imap.replies["SEARCH"] = lambda _line: DROP
    returned_mail.read_mailbox()
    assert returned_mail.cache.get(returned_mail.LOCK) is None


def test_one_poll_ends_and_the_next_goes_on(imap, mailing, monkeypatch):
    monkeypatch.setattr(returned_mail, "MAILS_AT_ONCE", 3)
    imap.deliver(*[NOISE] * 4, report(mailing))
    assert (returned_mail.read_mailbox(), state(mailing)) == (3, Mailing.State.SENT)
    assert (returned_mail.read_mailbox(), state(mailing)) == (2, Mailing.State.BOUNCED)


def test_poll_ends_after_its_time(imap, mailing, monkeypatch):
    monkeypatch.setattr(returned_mail, "SECONDS_AT_ONCE", -1)
    imap.deliver(report(mailing))
    assert (returned_mail.read_mailbox(), imap.unread) == (0, [1])


def test_full_mailbox_is_searched_piece_by_piece(imap, mailing, monkeypatch):
    monkeypatch.setattr(inbox, "WINDOW", 2)
    imap.deliver(NOISE, NOISE, NOISE, NOISE, report(mailing))
    returned_mail.read_mailbox()
    searches = [line for line in imap.heard if line.startswith("UID SEARCH")]
    assert searches == [f"UID SEARCH {window} UNANSWERED UNDELETED" for window in ("1:2", "3:4", "5:5")]
    assert state(mailing) == Mailing.State.BOUNCED


def test_fifty_megabytes_are_fetched_by_their_beginning(imap, mailing):
    imap.deliver(report(mailing) + b"x" * 50_000_000)
    with Inbox(place_url(imap)) as box:
        assert len(box.content("1")) == inbox.MOST_BYTES
    returned_mail.read_mailbox()
    assert (state(mailing), imap.unread) == (Mailing.State.BOUNCED, [])
    assert {line for line in imap.heard if "FETCH" in line} == {"UID FETCH 1 (BODY.PEEK[]<0.131072>)"}


def place_url(imap, scheme="imap"):
    return f"{scheme}://bounces:secret-word@127.0.0.1:{imap.port}/INBOX"


def test_mail_that_the_server_cannot_read_holds_up_no_other(imap, mailing):
    imap.deliver(NOISE, report(mailing))
    imap.replies["FETCH 1"] = lambda _line: "NO broken"
    assert (returned_mail.read_mailbox(), state(mailing), imap.unread) == (2, Mailing.State.BOUNCED, [])


def test_mail_that_cannot_be_parsed_holds_up_no_other(imap, mailing, monkeypatch, caplog):
    def read(content):
        if content == NOISE:
            raise RecursionError
        return sound(content)

    sound = returned_mail.returned.read
    monkeypatch.setattr(returned_mail.returned, "read", read)
    imap.deliver(NOISE, report(mailing))
    assert (returned_mail.read_mailbox(), state(mailing), imap.unread) == (2, Mailing.State.BOUNCED, [])
    assert "was passed over" in caplog.text


@pytest.mark.parametrize("command", ["LOGIN", "SELECT", "SEARCH", "FETCH", "STORE"])
@pytest.mark.parametrize("reply", [DROP, "BAD what", "+ garbage\r\n\x00"], ids=["drop", "bad", "garbage"])
def test_server_that_fails_is_logged_without_the_password(imap, mailing, caplog, monkeypatch, command, reply):
    monkeypatch.setattr(inbox, "SECONDS", 0.5)
    imap.deliver(NOISE)
    imap.replies[command] = lambda _line: reply
    assert returned_mail.read_mailbox() == 0
    assert f"The mailbox Returned mail of bounces at 127.0.0.1:{imap.port} cannot be read: " in caplog.text
    assert "secret-word" not in caplog.text


def test_wrong_password_and_a_missing_folder_are_told(imap):
    for command, said in (("LOGIN", "NO [AUTHENTICATIONFAILED] wrong"), ("SELECT", "NO no such folder")):
        imap.replies = {command: lambda _line, said=said: said}
        with pytest.raises(InboxUnavailable, match=said.rpartition(" ")[2]), Inbox(place_url(imap)):
            pass


def test_server_that_is_not_there_is_logged(imap, caplog):
    imap.server.server_close()
    assert returned_mail.read_mailbox() == 0
    assert "cannot be read" in caplog.text


# Where the mailbox is


def test_place_is_taken_apart_and_decoded():
    place = place_of("imaps://kim%40org.example:p%3Aw@mail.org.example/Sent/Returned%20mail")
    assert str(place) == "Sent/Returned mail of kim@org.example at mail.org.example:993"
    assert (place.password, "p:w" in repr(place)) == ("p:w", False)


@pytest.mark.parametrize(
    "url",
    [
        "imaps://mail.org.example/INBOX",
        "imaps://kim@mail.org.example",
        "imaps://kim:secret@",
        "pop3://kim:secret@mail.org.example",
        "imaps://kim:secret@mail.org.example:port",
        "imaps://kim:a%0D%0Ab%20DELETE%20INBOX@mail.org.example",
        "imaps://kim:secret@mail.org.example/a%0Ab",
        "secret",
        "imap://kim:secret@mail.org.example",
    ],
)
def test_what_is_no_mailbox_is_refused_in_a_sentence_without_the_password(url):
    with pytest.raises(InboxUnavailable, match="BOUNCE_MAILBOX") as refused:
        place_of(url)
    assert "secret" not in str(refused.value)


# Encryption


def test_password_is_never_sent_to_a_server_that_does_not_encrypt(imap):
    for scheme in ("imaps", "imap+tls"):
        with pytest.raises(InboxUnavailable), Inbox(place_url(imap, scheme)):
            pass
    assert [line for line in imap.heard if "secret-word" in line] == []


@pytest.fixture
def certificate(tmp_path):
    """A server's certificate for 127.0.0.1 that nobody trusts; the file of the certificate is `certificate.pem`."""
    if not shutil.which("openssl"):
        pytest.skip("There is no openssl here to make a certificate with.")
    made = [
        "-keyout",
        tmp_path / "key.pem",
        "-out",
        tmp_path / "certificate.pem",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
    ]
    kind = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=127.0.0.1"]
    subprocess.run(["openssl", *kind, *made], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    return context


def test_certificate_that_nobody_vouches_for_is_refused(certificate):
    with running_imap(certificate) as imap:
        with pytest.raises(InboxUnavailable, match="CERTIFICATE_VERIFY_FAILED"), Inbox(place_url(imap, "imaps")):
            pass
        assert imap.heard == []


def test_encrypted_mailbox_is_read(certificate, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    with running_imap(certificate) as imap:
        imap.deliver(NOISE)
        with Inbox(place_url(imap, "imaps")) as box:
            assert (box.count, box.content("1")) == (1, NOISE)
