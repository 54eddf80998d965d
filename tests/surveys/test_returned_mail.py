"""A mail that was taken and comes back: what the report does to the mailing, the contact, the round and the pages."""

import pytest

from initiatives.models import HistoryEntry
from partners.actions import contacts
from partners.models import Contact
from surveys.actions import delivery, returned_mail
from surveys.mail.return_path import mailing_named_in
from surveys.mail.return_path import return_path as return_path_of
from surveys.models import Invitation, Mailing
from tests.surveys.factories import InvitationFactory, MailingFactory, RoundFactory
from tests.surveys.reports import report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("return_path")]
Kind, State = Mailing.Kind, Mailing.State
SAID = "550 5.1.1 no such user"


@pytest.fixture
def mailing(initiative):
    return MailingFactory(invitation__round=RoundFactory(initiative=initiative), state=State.SENT)


def fresh(row):
    row.refresh_from_db()
    return row


def reached(mailing):
    """What became of the mail, of the invitation and of the contact."""
    invitation = fresh(mailing.invitation)
    return fresh(mailing).state, invitation.state, fresh(invitation.contact).reachability


# The way out


def test_envelope_names_the_mailing_and_the_header_names_us(sink, initiative):
    mailing = MailingFactory(invitation__round=RoundFactory(initiative=initiative))
    delivery.send_slice(round_id=mailing.round_id)
    (taken,) = sink.taken
    assert taken.sender == return_path_of(mailing.pk)
    assert mailing_named_in(taken.sender) == mailing.pk
    assert b'From: "Kim Lee" <mail@backbone.example>\r\n' in taken.content
    assert b"bounces" not in taken.content


def test_without_a_return_path_the_envelope_is_the_sender(sink, initiative, settings):
    settings.RETURN_PATH = ""
    mailing = MailingFactory(invitation__round=RoundFactory(initiative=initiative))
    delivery.send_slice(round_id=mailing.round_id)
    assert [taken.sender for taken in sink.taken] == ["mail@backbone.example"]


# What a report does


@pytest.mark.parametrize("state", [State.SENT, State.UNCERTAIN, State.IN_FLIGHT])
@pytest.mark.parametrize("kind", Kind.values)
def test_wrong_address_is_marked_whatever_the_mail_was(mailing, kind, state):
    Mailing.objects.update(kind=kind, state=state, claim="a")
    assert returned_mail.receive(content=report(mailing)) is True
    assert reached(mailing) == (State.BOUNCED, Invitation.State.BOUNCED, "bounced")
    assert (mailing.reply, mailing.claim, mailing.invitation.contact.reachability_reason) == (SAID, "", SAID)
    entry = HistoryEntry.objects.get(verb="contact.bounced")
    assert (entry.reason, entry.by, entry.object_id) == (SAID, None, mailing.invitation.contact_id)


@pytest.mark.parametrize("state", [State.DUE, State.CLAIMED, State.STOPPED, State.FAILED, State.BOUNCED])
def test_mail_that_is_not_under_way_cannot_come_back(mailing, state):
    Mailing.objects.update(state=state)
    assert returned_mail.receive(content=report(mailing)) is False
    assert reached(mailing) == (state, Invitation.State.INVITED, "reachable")
    assert HistoryEntry.objects.count() == 0


def test_reminders_of_all_rounds_stop(mailing):
    contact = mailing.invitation.contact
    elsewhere = InvitationFactory(contact=contact, round=RoundFactory(initiative=contact.initiative))
    waiting = [
        MailingFactory(invitation=invitation, kind=Kind.REMINDER, number=1)
        for invitation in (mailing.invitation, elsewhere)
    ]
    returned_mail.receive(content=report(mailing))
    assert [fresh(reminder).state for reminder in waiting] == [State.STOPPED, State.STOPPED]


def test_answered_invitation_stays_answered(mailing):
    Invitation.objects.update(state=Invitation.State.FINISHED)
    returned_mail.receive(content=report(mailing))
    assert reached(mailing) == (State.BOUNCED, Invitation.State.FINISHED, "bounced")


def test_who_wants_no_more_mail_is_not_called_unreachable(mailing):
    Contact.objects.update(reachability=Contact.Reachability.OPTED_OUT)
    returned_mail.receive(content=report(mailing))
    assert reached(mailing)[2] == "opted_out"


def test_contact_whose_address_was_corrected_meanwhile_stays_reachable(mailing):
    Contact.objects.update(email="right@partner.example")
    returned_mail.receive(content=report(mailing))
    assert reached(mailing) == (State.BOUNCED, Invitation.State.BOUNCED, "reachable")


def test_others_are_left_alone(mailing):
    other = MailingFactory(invitation__round=mailing.round, state=State.SENT)
    returned_mail.receive(content=report(mailing))
    assert reached(other) == (State.SENT, Invitation.State.INVITED, "reachable")


@pytest.mark.parametrize("status", ["5.7.1", "5.2.2", "5.1.8", "5.4.4", "4.4.7", "5.0.0"])
def test_failure_that_does_not_blame_the_address_waits_for_staff(mailing, status):
    returned_mail.receive(content=report(mailing, status=status, diagnostic="smtp; 550 no"))
    assert reached(mailing) == (State.FAILED, Invitation.State.INVITED, "reachable")
    entry = HistoryEntry.objects.get()
    assert (entry.verb, entry.reason, entry.object_label) == ("mailing.returned", "550 no", mailing.invitation.name)


def test_replayed_report_changes_nothing(mailing):
    assert [returned_mail.receive(content=report(mailing)) for _time in range(2)] == [True, False]
    assert HistoryEntry.objects.count() == 1


def test_old_report_does_not_undo_what_staff_know_better(mailing, staff):
    returned_mail.receive(content=report(mailing))
    contact = fresh(mailing.invitation.contact)
    contacts.set_reachability(contact=contact, reachability=contacts.Reachability.REACHABLE, by=staff.user)
    assert returned_mail.receive(content=report(mailing)) is False
    assert fresh(contact).reachability == "reachable"


def test_report_makes_no_row_but_history(mailing):
    before = Contact.objects.count(), Invitation.objects.count(), Mailing.objects.count()
    returned_mail.receive(content=report(mailing))
    assert (Contact.objects.count(), Invitation.objects.count(), Mailing.objects.count()) == before


# What is no report, or not ours


@pytest.mark.parametrize(
    "changes",
    [
        {"action": "delayed", "status": "4.4.1"},
        {"action": "delivered", "status": "2.1.5"},
        {"action": "relayed", "status": "2.0.0"},
        {"kind": "disposition-notification"},
        {"kind": "feedback-report"},
        {"people": "Final-Recipient: rfc822; a@b.example\nAction: delivered\nStatus: 2.0.0\n\n"},
    ],
    ids=str,
)
def test_mail_that_may_have_arrived_changes_nothing(mailing, changes):
    assert returned_mail.receive(content=report(mailing, **changes)) is False
    assert reached(mailing) == (State.SENT, Invitation.State.INVITED, "reachable")


def test_out_of_office_changes_nothing(mailing):
    content = (
        f"To: {return_path_of(mailing.pk)}\r\nFrom: {mailing.invitation.email}\r\nSubject: Out of office\r\n"
        "Auto-Submitted: auto-replied\r\nContent-Type: text/plain\r\n\r\n"
        "I have left.\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    )
    assert returned_mail.receive(content=content.encode()) is False
    assert reached(mailing) == (State.SENT, Invitation.State.INVITED, "reachable")


@pytest.mark.parametrize(
    "to",
    [
        "",
        "mail@backbone.example",
        "bounces@backbone.example",
        "bounces+000000000007000100000000000000000000000000000000@backbone.example",
    ],
)
def test_report_without_a_sealed_address_is_ignored_however_convincing(mailing, to):
    assert returned_mail.receive(content=report(mailing, to=to)) is False
    assert reached(mailing) == (State.SENT, Invitation.State.INVITED, "reachable")


def test_report_that_names_two_mailings_is_ignored(mailing):
    other = MailingFactory(invitation__round=mailing.round, state=State.SENT)
    content = report(mailing, before=f"X-Original-To: {return_path_of(other.pk)}\n")
    assert returned_mail.receive(content=content) is False
    assert [fresh(each).state for each in (mailing, other)] == [State.SENT, State.SENT]


def test_sealed_address_in_the_text_of_a_mail_counts_for_nothing(mailing):
    content = report(mailing, to="bounces@backbone.example", diagnostic=f"smtp; 550 5.1.1 {return_path_of(mailing.pk)}")
    assert returned_mail.receive(content=content) is False


def test_address_folded_to_capitals_is_still_ours(mailing):
    assert returned_mail.receive(content=report(mailing, to=return_path_of(mailing.pk).upper())) is True


def test_report_about_a_mailing_that_is_gone_is_harmless(mailing):
    content = report(mailing)
    mailing.delete()
    assert returned_mail.receive(content=content) is False


# The pages

HOSTILE = "smtp; 550 5.1.1 <script>alert(1)</script>\n\t<img src=x onerror=alert(1)>\x1b[31m\u202e{{7*7}} gone"
SHOWN = "550 5.1.1 &lt;script&gt;alert(1)&lt;/script&gt; &lt;img src=x onerror=alert(1)&gt; [31m {{7*7}} gone"


def pages_of(mailing):
    contact = mailing.invitation.contact
    slug = contact.initiative.slug
    return {"contact": f"/i/{slug}/partners/contacts/{contact.pk}/", "round": mailing.round.get_absolute_url()}


def test_hostile_words_of_a_mail_server_are_text_on_the_pages(mailing, director):
    returned_mail.receive(content=report(mailing, diagnostic=HOSTILE))
    found = {name: director.get(page).content.decode() for name, page in pages_of(mailing).items()}
    assert {name: page.count(SHOWN) for name, page in found.items()} == {"contact": 1, "round": 1}
    assert [name for name, page in found.items() if "<script>alert" in page or "<img src=x" in page] == []


def test_hostile_words_are_text_among_the_mails_that_wait(mailing, director):
    returned_mail.receive(content=report(mailing, status="5.7.1", diagnostic=HOSTILE.replace("5.1.1", "5.7.1")))
    page = director.get(pages_of(mailing)["round"]).content.decode()
    assert (page.count(SHOWN.replace("5.1.1", "5.7.1")), page.count("<script>alert")) == (1, 0)


def test_round_lists_what_came_back_to_staff_and_to_nobody_else(mailing, staff, committee_member):
    returned_mail.receive(content=report(mailing))
    seen = [client.get(pages_of(mailing)["round"]) for client in (staff, committee_member)]
    assert [answer.content.decode().count(SAID) for answer in seen] == [1, 0]


def test_round_without_returned_mail_says_nothing_of_it(mailing, director):
    assert "Mails that came back" not in director.get(pages_of(mailing)["round"]).content.decode()
