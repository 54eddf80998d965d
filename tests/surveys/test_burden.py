"""What people were asked for: counted per quarter of the initiative's year, in one query, and said before sending."""

import datetime

import pytest
from django.utils import timezone

from initiatives.permissions import Role
from surveys.actions import rounds
from surveys.models import Round
from surveys.queries.burden import Burden, burdens
from surveys.queries.rosters import roster
from tests.factories import ContactFactory
from tests.surveys.factories import InvitationFactory, MailingFactory, RoundFactory

pytestmark = pytest.mark.django_db
BASE = "/i/bright-futures/rounds/"
TODAY = datetime.date(2026, 3, 10)


def moment(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: moment("2026-03-10T12:00"))


@pytest.fixture
def contact(initiative):
    return ContactFactory(initiative=initiative, name="Ana Ruiz")


def asked(contact, opened, minutes, *sent, **fields):
    """Somebody was invited to a round, and got mails at some moments."""
    round = RoundFactory(initiative=contact.initiative, opened_at=moment(opened), minutes=minutes, **fields)
    invitation = InvitationFactory(round=round, contact=contact)
    for number, text in enumerate(sent):
        kind = "reminder" if number else "invitation"
        MailingFactory(invitation=invitation, kind=kind, number=number, state="sent", sent_at=moment(text))
    return invitation


def test_surveys_count_where_they_opened_and_mails_where_they_were_sent(initiative, contact):
    asked(contact, "2025-12-20T12:00", 20, "2025-12-20T12:00", "2026-01-02T12:00")
    asked(contact, "2026-01-10T12:00", 15, "2026-01-10T12:00", "2026-01-17T12:00")
    invitation = asked(contact, "2026-03-05T12:00", 10, "2026-03-05T12:00")
    MailingFactory(invitation=invitation, kind="reminder", number=1)
    other = ContactFactory(initiative=initiative)
    asked(other, "2026-03-05T12:00", None)
    assert burdens(initiative, on=TODAY) == {contact.pk: Burden(2, 25, 4), other.pk: Burden(1, 0, 0)}
    assert burdens(initiative, [other], on=TODAY) == {other.pk: Burden(1, 0, 0)}
    assert burdens(initiative, on=datetime.date(2025, 12, 31))[contact.pk] == Burden(1, 20, 1)


def test_quarter_is_that_of_the_fiscal_year_in_the_initiatives_zone(initiative, contact):
    initiative.fiscal_year_starts_in, initiative.time_zone = 3, "Pacific/Auckland"
    # Midnight of 1 March in Auckland is 11:00 of the day before in UTC.
    asked(contact, "2026-02-28T10:59", 20)
    asked(contact, "2026-02-28T11:00", 10)
    assert burdens(initiative, on=TODAY)[contact.pk] == Burden(1, 10, 0)


def test_drafts_scheduled_and_brought_in_rounds_ask_nobody_and_long_closed_ones_are_not_read(initiative, contact):
    InvitationFactory(
        round=RoundFactory(initiative=initiative, state="scheduled", opened_at=None, minutes=9), contact=contact
    )
    asked(contact, "2026-03-01T12:00", 20, state="closed", origin="figures")
    asked(contact, "2025-03-01T12:00", 20, state="closed", closed_at=moment("2025-04-01T12:00"))
    assert burdens(initiative, on=TODAY) == {contact.pk: Burden()}


def test_everybody_costs_one_query(initiative, contact, django_assert_num_queries):
    for _n in range(3):
        asked(contact, "2026-03-01T12:00", 20, "2026-03-01T12:00")
        asked(ContactFactory(initiative=initiative), "2026-03-01T12:00", 20)
    with django_assert_num_queries(1):
        assert len(burdens(initiative, on=TODAY)) == 4


def test_sending_notes_how_long_answering_takes(initiative, contact):
    round = RoundFactory(initiative=initiative, state=Round.State.DRAFT, opened_at=None)
    sent = rounds.send(round=round, digest=roster(round).digest, by=None)
    assert sent.minutes > 0
    InvitationFactory(round=round, contact=contact)
    assert burdens(initiative, on=TODAY) == {contact.pk: Burden(1, sent.minutes, 0)}


@pytest.fixture
def pages(contact):
    return [f"{BASE}asked/contact/{contact.pk}/", f"{BASE}asked/organisation/{contact.organisation_id}/"]


def test_pages_and_windows_say_it_in_words(staff, contact, pages):
    asked(contact, "2026-01-10T12:00", 15, "2026-01-10T12:00")
    asked(contact, "2026-03-05T12:00", 30, "2026-03-05T12:00", "2026-03-08T12:00")
    for page in pages:
        whole = staff.get(page).content.decode()
        window = staff.get(page, headers={"hx-request": "true"}).content.decode()
        for text in (whole, window):
            assert "2 surveys, 45 minutes, 3 mails" in text
            assert "1 January 2026 to 31 March 2026" in text
        assert ("<html" in whole, "<html" in window) == (True, False)


def test_pages_of_partners_have_the_window(staff, contact, pages):
    for detail, window in zip((contact, contact.organisation), pages, strict=True):
        assert f'hx-get="{window}"' in staff.get(detail.get_absolute_url()).content.decode()


def test_ladder(client_as, stranger, pages, other_initiative):
    foreign = ContactFactory(initiative=other_initiative)
    for page in pages:
        assert client_as(Role.COMMITTEE).get(page).status_code == 403
        assert stranger.get(page).status_code == 404
    director = client_as(Role.DIRECTOR)
    assert director.get(f"{BASE}asked/contact/{foreign.pk}/").status_code == 404
    assert director.get(f"{BASE}asked/organisation/{foreign.organisation_id}/").status_code == 404


def test_who_has_left_is_not_on_the_organisations_page(staff, contact, pages):
    ContactFactory(
        initiative=contact.initiative, organisation=contact.organisation, name="Gone", left_on=datetime.date(2026, 1, 1)
    )
    page = staff.get(pages[1]).content.decode()
    assert ("Ana Ruiz" in page, "Gone" in page) == (True, False)


def test_preview_counts_this_round_and_warns_of_the_third(staff, initiative, contact):
    ContactFactory(initiative=initiative)
    draft = RoundFactory(initiative=initiative, state=Round.State.DRAFT, opened_at=None)
    asked(contact, "2026-01-10T12:00", 15, "2026-01-10T12:00")
    assert "more than two surveys" not in staff.get(f"{BASE}{draft.pk}/preview/").content.decode()
    asked(contact, "2026-02-10T12:00", 15, "2026-02-10T12:00")
    page = staff.get(f"{BASE}{draft.pk}/preview/").content.decode()
    assert "1 person would get more than two surveys from 1 January 2026 to 31 March 2026." in page
    assert "3 surveys, " in page
    assert "1 survey, " in page


def test_round_of_the_next_quarter_is_counted_there(staff, initiative, contact):
    for month in (1, 2):
        asked(contact, f"2026-0{month}-10T12:00", 15)
    draft = RoundFactory(
        initiative=initiative,
        state=Round.State.DRAFT,
        opened_at=None,
        opens_on=datetime.date(2026, 4, 1),
        closes_on=datetime.date(2026, 4, 20),
    )
    assert "more than two surveys" not in staff.get(f"{BASE}{draft.pk}/preview/").content.decode()
