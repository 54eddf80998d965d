"""What a mail looks like to the program that reads it, and that no name, title or address adds anything to it."""

import email
from email.policy import default as modern

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from surveys.mail.headers import AddressUnusable, mailbox, unstructured, wire_address
from surveys.mail.message import CompiledMessage, Envelope, Recipient, on_the_wire
from surveys.mail.replies import Reply, Stage, Verdict, judge
from surveys.models import RoundText
from surveys.queries.messages import RoundMessages
from surveys.tokens import read_survey_token, read_unsubscribe_token
from tests.surveys.factories import MailingFactory, RoundFactory

HEADERS = [
    "From", "Reply-To", "List-Unsubscribe-Post", "Auto-Submitted", "MIME-Version", "Content-Type",
    "Content-Transfer-Encoding", "To", "Subject", "Date", "Message-ID", "List-Unsubscribe",
]  # fmt: skip
HOSTILE = [
    "Kim\r\nBcc: all@elsewhere.example",
    "Kim\nBcc: all@elsewhere.example",
    "Kim\r\n\r\nA second body",
    "Kim\x85Bcc: x\u2028Bcc: y\u2029Bcc: z\x0bBcc: v\x0cBcc: w\x00",
    'Kim" <all@elsewhere.example>, "Lee',
    "Kim <all@elsewhere.example>",
    "=?utf-8?q?Kim=0D=0ABcc:_all@elsewhere.example?=",
    "\ue000link\ue001 {link} {unsubscribe_link}",
    "Zoë Ångström-Ñuñez " * 9,
    "李小龍",
    "",
]


def compiled(subject="For {first_name}", body="Hello {name},\n\n{link}\n", **fields):
    envelope = Envelope(fields.pop("sender_name", "Kim Lee"), "mail@backbone.example", "kim@backbone.example")
    fixed = {"initiative": "Bright Futures", "sender": "Kim", "closes_on": "1 May", "minutes": 9} | fields
    return CompiledMessage(subject=subject, body=body, fields=fixed, envelope=envelope)


def recipient(name="Ana Ruiz", address="ana@partner.example", **fields):
    values = {
        "name": name,
        "first_name": name,
        "organisation": "Casa",
        "link": "https://b.example/s/abc/",
        "unsubscribe_link": "https://b.example/u/def/",
    }
    return Recipient(address, name, "m1@b.example", values | fields)


def read(content):
    return email.message_from_bytes(content, policy=modern)


def test_mail_says_who_writes_to_whom_and_how_to_stop_it():
    message = read(compiled().merge(recipient()))
    assert message.keys() == HEADERS
    assert message["From"] == "Kim Lee <mail@backbone.example>"
    assert message["To"] == "Ana Ruiz <ana@partner.example>"
    assert message["Reply-To"] == "kim@backbone.example"
    assert message["List-Unsubscribe"] == "<https://b.example/u/def/>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Message-ID"] == "<m1@b.example>"
    assert message.get_content().split() == ["Hello", "Ana", "Ruiz,", "https://b.example/s/abc/"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_name_stays_a_name(hostile):
    content = compiled().merge(recipient(name=hostile))
    message = read(content)
    assert message.keys() == HEADERS
    (to,) = message["To"].addresses
    assert to.addr_spec == "ana@partner.example"
    shown = "".join(c if c.isprintable() else " " for c in hostile)
    # Python's reader puts a blank between two encoded words of a name, which RFC 2047 does not.
    assert "".join(to.display_name.split()) == "".join(shown.split())
    assert len(message.get_content().splitlines()) == 3


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_sender_title_and_organisation_stay_text(hostile):
    mail = compiled(subject="{initiative}: {organisation}", sender_name=hostile, initiative=hostile)
    message = read(mail.merge(recipient(organisation=hostile)))
    assert message.keys() == HEADERS
    assert [a.addr_spec for a in message["From"].addresses] == ["mail@backbone.example"]


@given(st.text(max_size=200))
@examples(max_examples=300, deadline=None)
def test_whatever_the_name_is_the_mail_has_the_same_headers_and_one_recipient(name):
    content = compiled().merge(recipient(name=name))
    assert read(content).keys() == HEADERS
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n\ue000\ue001{}"), max_size=400))
@examples(max_examples=300, deadline=None)
def test_text_arrives_as_it_was_written(line):
    body = f".\n..{line}\nend"
    found = read(compiled(body=body).merge(recipient())).get_payload(decode=True).decode()
    assert found == f".\r\n..{line}\r\nend\r\n"


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=200))
@examples(max_examples=300, deadline=None)
def test_subject_is_read_as_it_was_written(text):
    raw = f"Subject: {unstructured(text)}\r\n\r\n".encode()
    assert read(raw)["Subject"] == text


def test_lines_that_begin_with_a_dot_are_doubled_on_the_wire():
    assert on_the_wire(b".a\r\nb.\r\n..\r\n") == b"..a\r\nb.\r\n...\r\n.\r\n"


@pytest.mark.parametrize(
    ("address", "wire"),
    [("ana@partner.example", "ana@partner.example"), ("ana@bücher.example", "ana@xn--bcher-kva.example"),
     ("o'neil+x@a-b.example", "o'neil+x@a-b.example")],
)  # fmt: skip
def test_address_is_written_as_smtp_takes_it(address, wire):
    assert wire_address(address) == wire


@pytest.mark.parametrize(
    "address",
    ["", "ana", "a b@x.example", "a@x.example>\r\nRCPT TO:<b@y.example", "<a@x.example>", "a@x.example\n", "a,b@x.example",
     "jörg@x.example", "a@", "@x.example", "a@-x.example", "a" * 250 + "@x.example", 'a"b@x.example'],
)  # fmt: skip
def test_address_that_could_say_more_than_an_address_is_refused(address):
    if address.strip() == "a@x.example":
        assert wire_address(address) == "a@x.example"
        return
    with pytest.raises(AddressUnusable):
        mailbox("Kim", address)


@pytest.mark.django_db
def test_link_opens_the_invitation_and_a_reminder_carries_the_same(settings):
    invited = MailingFactory()
    reminder = MailingFactory(invitation=invited.invitation, kind="reminder", number=1)
    messages = RoundMessages(invited.round)
    first, second = (read(messages.content_for(mailing)) for mailing in (invited, reminder))
    link = first.get_content().splitlines()[2]
    assert link == second.get_content().splitlines()[2]
    assert link.startswith(f"{settings.BASE_URL}/s/")
    assert read_survey_token(link.split("/")[-2]) == (invited.invitation_id, 1)
    assert read_unsubscribe_token(first["List-Unsubscribe"].split("/")[-2]) == invited.invitation_id
    assert first["Message-ID"] != second["Message-ID"]


@pytest.mark.django_db
def test_each_reads_the_mail_in_their_language_or_the_initiatives(initiative):
    round = RoundFactory(initiative=initiative)
    RoundText.objects.create(round=round, kind="invitation", language="es", subject="Para {name}", body="{link}")
    subjects = {}
    for language in ("es", "fr", "en"):
        mailing = MailingFactory(invitation__round=round, invitation__language=language, invitation__name="Ana")
        subjects[language] = read(RoundMessages(round).content_for(mailing))["Subject"]
    assert subjects == {"es": "Para Ana", "fr": "invitation for Ana", "en": "invitation for Ana"}


@pytest.mark.django_db
def test_every_mail_says_in_its_text_how_to_stop_it():
    mailing = MailingFactory()
    message = read(RoundMessages(mailing.round).content_for(mailing))
    assert message["List-Unsubscribe"].strip("<>") in message.get_content()


@pytest.mark.django_db
def test_mail_for_a_thousand_recipients_is_compiled_once(django_assert_num_queries):
    mailings = [MailingFactory() for _ in range(2)]
    mailings[1].invitation.round = mailings[0].round
    messages = RoundMessages(mailings[0].round)
    messages.content_for(mailings[0])
    with django_assert_num_queries(0):
        messages.content_for(mailings[1])


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        (Reply(Stage.HANDED_OVER, 250, "2.0.0 ok"), Verdict.SENT),
        (Reply(Stage.HANDED_OVER, 0), Verdict.UNCERTAIN),
        (Reply(Stage.CONTENT, 0), Verdict.LATER),
        (Reply(Stage.RECIPIENT, 550, "5.1.1 x"), Verdict.BOUNCED),
        (Reply(Stage.RECIPIENT, 550, "5.2.1 x"), Verdict.BOUNCED),
        (Reply(Stage.RECIPIENT, 550, "5.2.2 x"), Verdict.REFUSED),
        (Reply(Stage.RECIPIENT, 550, "5.7.1 see 5.1.1"), Verdict.PAUSE),
        (Reply(Stage.RECIPIENT, 550, "mailbox 5.1.1 unknown"), Verdict.REFUSED),
        (Reply(Stage.RECIPIENT, 450, "5.1.1 x"), Verdict.LATER),
        (Reply(Stage.SENDER, 550, "5.1.1 x"), Verdict.PAUSE),
        (Reply(Stage.HANDED_OVER, 550, "5.1.1 x"), Verdict.PAUSE),
        (Reply(Stage.SIGN_IN, 454, "4.7.0 x"), Verdict.LATER),
        (Reply(Stage.HANDED_OVER, 354, "odd"), Verdict.LATER),
    ],
)
def test_reply_is_judged_by_stage_and_code(reply, verdict):
    assert judge(reply) is verdict


def test_dates_are_those_of_sending():
    message = read(compiled().merge(recipient()))
    assert abs((message["Date"].datetime - timezone.now()).total_seconds()) < 5
