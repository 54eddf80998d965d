import pytest
from django.core.management import CommandError, call_command


def run(capsys):
    call_command("check_mail")
    return capsys.readouterr().out


def test_server_that_accepts_us_is_well_and_nothing_was_sent(sink, capsys, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "kim", "secret-word"
    found = run(capsys)
    assert f"ok  Connected to 127.0.0.1:{sink.port}, NOT encrypted." in found
    assert "ok  Signed in as kim." in found
    assert "ok  mail@backbone.example may send." in found
    assert "secret-word" not in found
    assert sink.taken == []


@pytest.mark.parametrize(
    "record", ["TXT record at backbone.example", "_domainkey.backbone.example", "_dmarc.backbone.example"]
)
def test_records_name_the_senders_domain(sink, capsys, record):
    assert record in run(capsys)


@pytest.mark.parametrize(
    ("stage", "reply", "sentence"),
    [
        ("CONNECT", "554 5.3.2 closed", "failed us while connecting: 554 5.3.2 closed"),
        ("AUTH", "535 5.7.8 wrong password", "failed us while signing in: 535 5.7.8 wrong password"),
        ("MAIL", "553 5.7.1 not your address", "does not accept mail@backbone.example as sender"),
    ],
)
def test_what_stands_in_the_way_is_named_with_what_to_do(sink, settings, stage, reply, sentence):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "kim", "secret-word"
    sink.replies[stage] = lambda _argument: reply
    with pytest.raises(CommandError) as failure:
        call_command("check_mail")
    assert sentence in str(failure.value)
    assert "secret-word" not in str(failure.value)


def test_server_that_is_not_there_is_named(sink, settings):
    sink.server.server_close()
    with pytest.raises(CommandError, match="failed us while connecting"):
        call_command("check_mail")


def test_sender_without_an_address_is_refused(sink, settings):
    settings.DEFAULT_FROM_EMAIL = "Our initiative"
    with pytest.raises(CommandError, match="DEFAULT_FROM_EMAIL"):
        call_command("check_mail")


def test_outbox_is_said_to_send_nothing(capsys, settings):
    settings.EMAIL_BACKEND = "core.outbox.EmailBackend"
    assert "Mails do not leave" in run(capsys)


# The way back


@pytest.fixture
def mailbox(sink, imap):
    """A mail server and a mailbox that both take us."""
    imap.deliver(b"To: a\r\n\r\n", b"To: b\r\n\r\n")
    return imap


def test_return_path_and_mailbox_that_work_are_well_and_nothing_was_read(mailbox, capsys):
    found = run(capsys)
    assert "+000000000000000" in found.partition("ok  bounces")[2].partition("@backbone.example may send.")[0]
    assert (
        f"ok  Signed in to the mailbox Returned mail of bounces at 127.0.0.1:{mailbox.port}; it holds 2 mails." in found
    )
    assert ("secret-word" in found, mailbox.unread) == (False, [1, 2])


def test_records_of_the_return_path_name_its_domain(mailbox, capsys, settings):
    settings.RETURN_PATH = "bounces@returned.example"
    found = " ".join(run(capsys).split())
    assert "the SPF record above belongs at returned.example;" in found
    assert "only where returned.example and backbone.example belong to one organisation" in found


def test_return_path_of_the_senders_own_domain_needs_no_further_record(mailbox, capsys):
    found = " ".join(run(capsys).split())
    assert "Receivers look up SPF at backbone.example, the domain of that address." in found
    assert "It is not the domain of the sender" not in found


def test_server_that_takes_the_sender_but_not_the_return_path_is_named(sink, mailbox):
    sink.replies["MAIL"] = lambda address: "553 5.7.1 not yours" if address.startswith("bounces+") else None
    with pytest.raises(CommandError, match="not yours Set RETURN_PATH to an address"):
        call_command("check_mail")


@pytest.mark.parametrize(
    ("name", "sentence"), [("RETURN_PATH", "RETURN_PATH is not set"), ("BOUNCE_MAILBOX", "BOUNCE_MAILBOX is not set")]
)
def test_missing_half_is_named(mailbox, capsys, settings, name, sentence):
    setattr(settings, name, "")
    assert (sentence in run(capsys), mailbox.heard) == (True, [])


def test_mailbox_that_refuses_us_is_named_with_what_to_do(mailbox):
    mailbox.replies["LOGIN"] = lambda _line: "NO [AUTHENTICATIONFAILED] wrong"
    with pytest.raises(CommandError) as failure:
        call_command("check_mail")
    assert "[AUTHENTICATIONFAILED] wrong. Check BOUNCE_MAILBOX" in str(failure.value)
    assert "secret-word" not in str(failure.value)
