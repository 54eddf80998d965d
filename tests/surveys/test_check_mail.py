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
