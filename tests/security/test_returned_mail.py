"""What somebody can do who may write to the mailbox of the return path: nothing, but say once that a mail came back."""

import pytest

from surveys.actions import reachability, returned_mail
from surveys.mail.return_path import return_path as return_path_of
from surveys.models import Mailing
from surveys.queries.messages import RoundMessages
from tests.security.test_races import in_thread, while_waiting
from tests.security.world import differences, every_row
from tests.surveys.factories import MailingFactory
from tests.surveys.imap import running_imap
from tests.surveys.reports import report

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("return_path")]
TELLTALES = ["initiatives.HistoryEntry", "partners.Contact", "surveys.Invitation", "surveys.Mailing"]


@pytest.fixture
def return_path(settings):
    settings.RETURN_PATH = "bounces@backbone.example"


@pytest.fixture
def mailing(return_path):
    return MailingFactory(state=Mailing.State.SENT)


def told(mailing):
    """How often the history says that mail to the contact comes back."""
    return mailing.invitation.contact.initiative.history.filter(verb="contact.bounced").count()


def test_two_readers_at_once_mark_once(mailing):
    content = report(mailing)
    second = while_waiting(
        lambda: returned_mail.receive(content=content), lambda: returned_mail.receive(content=content)
    )
    assert (second, told(mailing)) == (False, 1)


def test_two_polls_at_once_past_the_lock_mark_once(mailing, settings, monkeypatch):
    monkeypatch.setattr(returned_mail.cache, "add", lambda *_arguments: True)
    with running_imap() as imap:
        settings.BOUNCE_MAILBOX = f"imap://bounces:word@127.0.0.1:{imap.port}"
        imap.deliver(*[report(mailing)] * 20)
        results = []
        for thread in [in_thread(returned_mail.read_mailbox, results) for _poll in range(2)]:
            thread.join(20)
        assert (imap.unread, told(mailing), [type(count) for count in results]) == ([], 1, [int, int])


def test_bounce_beside_an_opt_out_leaves_the_person_opted_out(mailing):
    while_waiting(
        lambda: reachability.opt_out(invitation=mailing.invitation),
        lambda: returned_mail.receive(content=report(mailing)),
    )
    mailing.invitation.contact.refresh_from_db()
    assert mailing.invitation.contact.reachability == "opted_out"


def test_hostile_report_writes_four_tables_and_makes_no_person(mailing):
    before = every_row()
    hostile = "<script>alert(1)</script>\n\tFrom: New Person <new@person.example>"
    returned_mail.receive(content=report(mailing, diagnostic=f"smtp; 550 5.1.1 {hostile}"))
    after = every_row()
    assert differences(before, after) == sorted(TELLTALES, key=list(after).index)
    grown = {table for table in after if len(after[table]) != len(before[table])}
    assert grown == {"initiatives.HistoryEntry"}


@pytest.mark.parametrize(
    "forge",
    [
        lambda address: address.replace("+0", "+1", 1),
        lambda address: address.replace("@", "0@", 1),
        lambda address: address.replace("backbone.example", "evil.example"),
        lambda address: "bounces+" + "0" * 48 + "@backbone.example",
    ],
)
def test_forged_return_path_writes_nothing(mailing, forge):
    before = every_row()
    returned_mail.receive(content=report(mailing, to=forge(return_path_of(mailing.pk))))
    assert differences(before, every_row()) == []


def test_nothing_in_a_mail_is_worth_a_return_path(mailing):
    """Whoever holds the mail itself, its link, its Message-ID and the address for opting out, cannot send it back."""
    content = RoundMessages(mailing.round).content_for(mailing)
    before = every_row()
    for word in content.decode().replace("=\r\n", "").replace("/", " ").replace("@", " ").split():
        returned_mail.receive(content=report(mailing, to=f"bounces+{word.strip('<>')}@backbone.example"))
    assert differences(before, every_row()) == []
