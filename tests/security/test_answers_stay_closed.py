"""Nobody reads what a person answered in a confidential round: no role, no page, no file, no mail, no log, no history."""

import logging

import pytest

from initiatives.models import HistoryEntry
from initiatives.permissions import Role
from surveys.actions.closing import close_round
from surveys.models import Invitation, Response
from surveys.tokens import survey_token
from tests.architecture.rows import FOREIGN_KEY, make_every_row
from tests.conftest import client_of
from tests.factories import UserFactory
from tests.security.world import addresses, text_of
from tests.surveys.factories import InvitationFactory

pytestmark = pytest.mark.django_db
SECRET = "Only Ana could have written these words"


@pytest.fixture
def invitation(initiative, client):
    invitation = InvitationFactory(round__initiative=initiative, language="en")
    address = f"/s/{survey_token(invitation.pk, 1)}/"
    for number in (1, 2, 3, 4, 5):
        client.post(f"{address}{number}/", {"gv1_recall": SECRET, "comment": SECRET, "go": "save"})
    assert SECRET in Response.objects.get().answers.values()
    return invitation


def read_by(reader, slug, keys):
    """Everything that a reader finds at every address, with each of these keys."""
    found = (reader.get(address) for key in keys for address in addresses(slug, key=key))
    return "".join(text_of(answer) for answer in found)


@pytest.mark.parametrize("stage", ["open", "closed"])
def test_nobody_reads_an_answer_of_a_confidential_round_anywhere(
    client_as, initiative, invitation, caplog, sink, stage
):
    caplog.set_level(logging.DEBUG)
    token, keys = survey_token(invitation.pk, 1), {1, invitation.pk, invitation.round_id, invitation.contact_id}
    if stage == "closed":
        Invitation.objects.filter(pk=invitation.pk).update(state="finished")
        Response.objects.update(submitted_at="2026-01-01T00:00Z")
        type(invitation.round).objects.update(closes_on="2026-01-01")
        assert close_round(round_id=invitation.round_id) is True
    readers = [client_as(role) for role in Role]
    readers.append(client_of(UserFactory(is_staff=True, is_superuser=True)))
    shown = [read_by(reader, initiative.slug, keys) for reader in readers]
    shown += [caplog.text, str(list(HistoryEntry.objects.values())), str([mail.content for mail in sink.taken])]
    assert [number for number, text in enumerate(shown) if SECRET in text or token in text] == []


def test_while_a_round_is_open_members_learn_only_how_many_have_answered(committee_member, initiative, invitation):
    page = committee_member.get(f"/i/{initiative.slug}/").content.decode()
    assert "0 of 1 invited" in page
    assert [word for word in (invitation.name, invitation.email, SECRET) if word in page] == []


def test_the_link_itself_shows_nothing_after_the_submit(client, initiative, invitation):
    Invitation.objects.filter(pk=invitation.pk).update(state="finished")
    address = f"/s/{survey_token(invitation.pk, 1)}/"
    pages = [client.get(address), client.get(f"{address}1/"), client.post(f"{address}1/", {"go": "save"}, follow=True)]
    assert [SECRET in page.content.decode() for page in pages] == [False, False, False]


def test_the_walk_reads_pages_that_hold_something(director, initiative, invitation):
    make_every_row(initiative)
    assert invitation.contact.name in read_by(director, initiative.slug, {invitation.contact_id, FOREIGN_KEY})
