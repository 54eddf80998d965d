"""Opting out by the link in a mail: a button for people, one click for mail programs, nothing on GET and HEAD."""

import pytest
from django.test import Client

from initiatives.models import HistoryEntry
from surveys import tokens
from surveys.models import Mailing
from tests.factories import ContactFactory
from tests.surveys.factories import InvitationFactory, MailingFactory, RoundFactory

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def invitation(initiative):
    return InvitationFactory(round__initiative=initiative)


def link(invitation):
    return f"/u/{tokens.unsubscribe_token(invitation.pk)}/"


def reached(invitation):
    invitation.refresh_from_db()
    invitation.contact.refresh_from_db()
    return invitation.state, invitation.contact.reachability


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_link_changes_nothing(client, invitation, method):
    assert getattr(client, method)(link(invitation)).status_code == 200
    assert reached(invitation) == ("invited", "reachable")


def test_one_click_of_a_mail_program_opts_out_without_cookie_or_csrf_token(invitation):
    mail_program = Client(enforce_csrf_checks=True)
    answer = mail_program.post(link(invitation), ONE_CLICK)
    assert answer.status_code == 200
    assert reached(invitation) == ("opted_out", "opted_out")


def test_opting_out_stops_what_is_due_in_every_round(client, invitation):
    other_round = RoundFactory(
        initiative=invitation.round.initiative, instrument_version=invitation.round.instrument_version
    )
    other = InvitationFactory(round=other_round, contact=invitation.contact)
    due = [MailingFactory(invitation=each) for each in (invitation, other)]
    kept = MailingFactory(invitation__round=other_round)
    client.post(link(invitation))
    states = [Mailing.objects.get(pk=mailing.pk).state for mailing in (*due, kept)]
    assert states == ["stopped", "stopped", "due"]
    assert reached(other) == ("opted_out", "opted_out")


def test_opting_out_twice_is_told_once(client, invitation):
    client.post(link(invitation))
    page = client.post(link(invitation))
    assert "no longer writes to" in page.content.decode()
    entry = HistoryEntry.objects.get(verb="contact.opted_out")
    assert (entry.before, entry.after) == ({"reachability": "reachable"}, {"reachability": "opted_out"})


def test_somebody_who_has_answered_stays_counted_as_such(client, initiative):
    invitation = InvitationFactory(round__initiative=initiative, state="finished")
    client.post(link(invitation))
    assert reached(invitation) == ("finished", "opted_out")


def test_opting_out_here_leaves_the_same_address_elsewhere(client, invitation, other_initiative):
    elsewhere = ContactFactory(initiative=other_initiative, email=invitation.contact.email)
    client.post(link(invitation))
    elsewhere.refresh_from_db()
    assert elsewhere.reachability == "reachable"


@pytest.mark.parametrize("make", [lambda i: tokens.survey_token(i.pk, 1), lambda i: "x" * 32, lambda i: "short"])
def test_other_tokens_opt_nobody_out(client, invitation, make):
    assert client.post(f"/u/{make(invitation)}/").status_code == 404
    assert reached(invitation) == ("invited", "reachable")


def test_page_speaks_the_language_of_the_person_and_is_not_quoted_or_kept(client, initiative):
    invitation = InvitationFactory(round__initiative=initiative, language="fr")
    page = client.get(link(invitation))
    assert '<html lang="fr"' in page.content.decode()
    assert page["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page["Cache-Control"]


def test_hostile_name_is_shown_as_text(client, initiative):
    initiative.name = "<script>alert(1)</script>"
    initiative.save()
    invitation = InvitationFactory(round__initiative=initiative)
    assert b"<script>alert" not in client.get(link(invitation)).content
