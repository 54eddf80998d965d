import datetime
import re

import pytest

from initiatives.models import HistoryEntry
from initiatives.permissions import Role
from partners.models import Contact
from surveys.actions import invitations, rounds
from surveys.models import Invitation, Mailing, Round
from surveys.queries.answering import is_open
from surveys.queries.rosters import forecast, roster
from tests.factories import (
    ContactFactory,
    GroupFactory,
    MembershipFactory,
    OrganisationFactory,
    SeatFactory,
    SectorFactory,
)
from tests.surveys.factories import MailingFactory, RoundFactory

pytestmark = pytest.mark.django_db
PARTNERS = "backbone_effectiveness_partners"
BASE = "/i/bright-futures/rounds/"


def form_data(initiative, **changes):
    return {
        "title": "Spring survey",
        "instrument": PARTNERS,
        "mode": "confidential",
        "roster": "all",
        "closes_on": initiative.today() + datetime.timedelta(days=14),
        "reminder_days": "7, 3",
        "sender_name": "Bright Futures",
        "reply_to": "hello@example.org",
    } | changes


@pytest.fixture
def draft(initiative):
    return RoundFactory(initiative=initiative, state=Round.State.DRAFT, opened_at=None, prepared_at=None)


def send(client, round):
    return client.post(f"{BASE}{round.pk}/send/", {"digest": roster(round).digest}, follow=True)


def test_a_draft_gets_its_texts_in_every_language_and_nothing_is_sent(staff, initiative):
    ContactFactory(initiative=initiative)
    answer = staff.post(f"{BASE}new/", form_data(initiative))
    round = Round.objects.get()
    assert answer.url == round.get_absolute_url()
    assert (round.state, round.reminder_days, round.texts.count()) == ("draft", [3, 7], 24)
    assert (Invitation.objects.count(), Mailing.objects.count()) == (0, 0)


def test_a_draft_that_cannot_be_is_shown_again_with_what_was_typed(staff, initiative):
    data = form_data(initiative, closes_on="2020-01-01", reminder_days="soon", title="Kept <title>")
    page = staff.post(f"{BASE}new/", data).content.decode()
    assert Round.objects.count() == 0
    assert "This day has passed." in page
    assert "Write the days after opening as numbers" in page
    assert "Kept &lt;title&gt;" in page


def test_a_mode_that_is_not_offered_cannot_be_chosen(staff, initiative):
    staff.post(f"{BASE}new/", form_data(initiative, mode="open"))
    assert Round.objects.count() == 0


def test_the_roster_leaves_out_backbone_staff_and_people_who_left(initiative, draft):
    asked = ContactFactory(initiative=initiative)
    staff_contact = ContactFactory(initiative=initiative, email="staff@example.org")
    MembershipFactory(initiative=initiative, role=Role.STAFF, user__email=staff_contact.email)
    ContactFactory(initiative=initiative, left_on=datetime.date(2020, 1, 1))
    gone = ContactFactory(initiative=initiative, reachability=Contact.Reachability.OPTED_OUT)
    found = roster(draft)
    assert (found.contacts, found.unreachable) == ((asked,), (gone,))


def test_one_lead_contact_per_organisation_is_the_flagged_one_or_the_first(initiative, draft):
    one, two = OrganisationFactory.create_batch(2, initiative=initiative)
    ContactFactory(initiative=initiative, organisation=one)
    lead = ContactFactory(initiative=initiative, organisation=one, is_lead=True)
    first = ContactFactory(initiative=initiative, organisation=two)
    ContactFactory(initiative=initiative, organisation=two)
    draft.roster = Round.Roster.LEAD
    assert set(roster(draft).contacts) == {lead, first}


def test_a_round_for_a_group_asks_those_who_hold_a_seat(initiative, draft):
    group = GroupFactory(initiative=initiative)
    seat = SeatFactory(group=group)
    ContactFactory(initiative=initiative)
    draft.groups.add(group)
    assert roster(draft).contacts == (seat.holder,)


def test_sending_invites_exactly_the_previewed_list(director, initiative, draft, django_capture_on_commit_callbacks):
    contacts = ContactFactory.create_batch(3, initiative=initiative)
    with django_capture_on_commit_callbacks(execute=True):
        send(director, draft)
    draft.refresh_from_db()
    assert (draft.state, draft.prepared_at is not None) == ("open", True)
    assert {invitation.contact for invitation in draft.invitations.all()} == set(contacts)
    assert list(Mailing.objects.values_list("kind", "number")) == [("invitation", 0)] * 3


def test_sending_is_refused_when_the_list_is_not_the_previewed_one(director, initiative, draft):
    ContactFactory(initiative=initiative)
    digest = roster(draft).digest
    ContactFactory(initiative=initiative)
    page = director.post(f"{BASE}{draft.pk}/send/", {"digest": digest}, follow=True).content.decode()
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert "the list of those who are asked has changed" in page


def test_sending_twice_opens_once(director, initiative, draft):
    ContactFactory(initiative=initiative)
    send(director, draft)
    page = send(director, draft).content.decode()
    assert HistoryEntry.objects.filter(verb="round.opened").count() == 1
    assert "already sent" in page


def test_sending_costs_the_same_for_three_and_for_sixty(director, initiative, django_assert_max_num_queries):
    for number in (3, 57):
        ContactFactory.create_batch(number, initiative=initiative)
        round = RoundFactory(initiative=initiative, state=Round.State.DRAFT)
        digest = roster(round).digest
        with django_assert_max_num_queries(18):
            director.post(f"{BASE}{round.pk}/send/", {"digest": digest})
        round.refresh_from_db()
        assert round.state == "open"


def test_staff_prepare_but_do_not_send(staff, initiative, draft):
    ContactFactory(initiative=initiative)
    assert staff.get(f"{BASE}{draft.pk}/preview/").status_code == 200
    assert staff.post(f"{BASE}{draft.pk}/send/", {"digest": roster(draft).digest}).status_code == 403
    draft.refresh_from_db()
    assert draft.state == "draft"


@pytest.mark.parametrize("path", ["", "new/", "{id}/", "{id}/change/", "{id}/sectors/", "{id}/preview/"])
def test_pages_of_rounds_are_closed_to_members_without_the_permission(committee_member, draft, path):
    assert committee_member.get(BASE + path.format(id=draft.pk)).status_code == 403


def test_preparing_twice_and_after_a_kill_invites_everyone_once(initiative):
    contacts = ContactFactory.create_batch(3, initiative=initiative)
    round = RoundFactory(initiative=initiative, prepared_at=None, frozen_roster=[c.pk for c in contacts])
    Invitation.objects.create(round=round, contact=contacts[0], email=contacts[0].email, name="x", language="en")
    invitations.prepare(round_id=round.pk)
    invitations.prepare(round_id=round.pk)
    assert sorted(round.invitations.values_list("contact", flat=True)) == sorted(c.pk for c in contacts)


def test_sector_cluster_groups_and_tenure_are_copied_at_sending(initiative):
    contact = ContactFactory(initiative=initiative, partner_since=datetime.date(2020, 1, 15))
    group = GroupFactory(initiative=initiative, name="Data group")
    SeatFactory(group=group, holder=contact)
    round = RoundFactory(initiative=initiative, state=Round.State.DRAFT)
    sector = contact.organisation.sector
    rounds.merge_sectors(round=round, names={sector: "Schools"}, by=None)
    round.frozen_roster = [contact.pk]
    round.save()
    invitations.prepare(round_id=round.pk)
    row = round.invitations.get()
    assert (row.sector_name, row.cluster_name, row.group_names) == (sector.name, "Schools", ["Data group"])
    assert row.tenure_months >= 12 * 6


def test_a_reminder_goes_to_those_who_have_not_finished_and_only_once(initiative):
    round = RoundFactory(initiative=initiative, reminder_days=[1])
    for state in (Invitation.State.INVITED, Invitation.State.FINISHED):
        contact = ContactFactory(initiative=initiative)
        Invitation.objects.create(
            round=round, contact=contact, email=contact.email, name="x", language="en", state=state
        )
    assert invitations.queue_due_reminder(round_id=round.pk) is False
    Round.objects.update(opened_at=round.opened_at - datetime.timedelta(days=2))
    assert invitations.queue_due_reminder(round_id=round.pk) is True
    invitations.queue_due_reminder(round_id=round.pk)
    assert Mailing.objects.values_list("invitation__state", "number").get() == ("invited", 1)


def test_a_scheduled_round_opens_on_its_day_in_its_own_zone(director, initiative, draft):
    ContactFactory(initiative=initiative)
    draft.opens_on = initiative.today() + datetime.timedelta(days=1)
    draft.save()
    send(director, draft)
    draft.refresh_from_db()
    assert draft.state == "scheduled"
    assert rounds.open_due(round_id=draft.pk) is False
    Round.objects.update(opens_on=initiative.today())
    assert rounds.open_due(round_id=draft.pk) is True
    assert rounds.open_due(round_id=draft.pk) is False


def test_extending_works_only_before_closing(director, initiative):
    round = RoundFactory(initiative=initiative)
    later = round.closes_on + datetime.timedelta(days=5)
    director.post(f"{BASE}{round.pk}/closing-day/", {"closes_on": later})
    round.refresh_from_db()
    assert round.closes_on == later
    Round.objects.update(state=Round.State.CLOSED)
    page = director.post(f"{BASE}{round.pk}/closing-day/", {"closes_on": later}, follow=True).content.decode()
    assert "cannot be moved" in page


def test_the_proposal_merges_sectors_so_that_nobody_stays_hidden(staff, initiative, draft):
    for _sector in range(4):
        organisations = OrganisationFactory.create_batch(2, initiative=initiative)
        sector = organisations[0].sector
        for organisation in organisations:
            organisation.sector = sector
            organisation.save()
            ContactFactory.create_batch(2, initiative=initiative, organisation=organisation)
    assert len(forecast(draft, roster(draft).contacts).hidden) == 4
    staff.post(f"{BASE}{draft.pk}/sectors/proposal/")
    assert forecast(draft, roster(draft).contacts).hidden == ()


@pytest.fixture
def four_sectors(initiative):
    """Four sectors, each of two organisations with two contacts: too few to be shown alone."""
    organisations = [
        OrganisationFactory(initiative=initiative, sector=sector)
        for sector in SectorFactory.create_batch(4, initiative=initiative)
        for _ in range(2)
    ]
    for organisation in organisations:
        ContactFactory.create_batch(2, initiative=initiative, organisation=organisation)
    return [organisation.sector for organisation in organisations[::2]]


def test_ways_to_merge_are_compared_without_saving(staff, initiative, draft, four_sectors):
    names = {f"sector-{sector.pk}": "Half" if place < 2 else "" for place, sector in enumerate(four_sectors)}
    page = staff.post(f"{BASE}{draft.pk}/sectors/", names | {"look": "1"})
    compared = page.context["compared"]
    told = [
        (way.shown_count, len(way.hidden), way.kept_back) for way in (compared.now, compared.proposal, compared.typed)
    ]
    assert told == [(0, 4, 8), (2, 0, 0), (0, 3, 9)]
    assert (page.status_code, draft.clusters.count(), HistoryEntry.objects.count()) == (200, 0, 0)
    assert [page.content.decode().count(f'value="{name}"') for name in ("Half", "1")] == [2, 1]


def test_the_proposal_is_marked_where_it_is_in_use_under_any_name(staff, initiative, draft, four_sectors):
    address = f"{BASE}{draft.pk}/sectors/"
    page = staff.get(address)
    assert (page.context["compared"].proposal_in_use, b"Use the proposal" in page.content) == (False, True)
    staff.post(f"{address}proposal/")
    fields = staff.get(address).context["form"].fields.items()
    staff.post(address, {name: f"Our {field.initial}" for name, field in fields})
    page = staff.get(address)
    assert (page.context["compared"].proposal_in_use, b"Use the proposal" in page.content) == (True, False)


def test_names_that_are_too_long_are_compared_with_nothing_and_not_saved(staff, draft, four_sectors):
    page = staff.post(f"{BASE}{draft.pk}/sectors/", {f"sector-{four_sectors[0].pk}": "x" * 121, "look": "1"})
    assert (page.context["compared"].typed, draft.clusters.count()) == (None, 0)
    assert "at most 120 characters" in page.content.decode()


def test_a_text_without_a_link_or_with_an_unknown_field_is_not_saved(staff, draft):
    text = draft.texts.get(kind="invitation")
    before = text.body
    page = staff.post(f"{BASE}texts/{text.pk}/", {"subject": "Hello", "body": "Hi {x.__class__}"}).content.decode()
    text.refresh_from_db()
    assert text.body == before
    assert "{link}" in page
    assert "{x.__class__}" in page


def test_lists_cost_the_same_for_one_and_three_rounds(director, initiative, django_assert_num_queries):
    RoundFactory(initiative=initiative)
    director.get(BASE)
    with django_assert_num_queries(4):
        director.get(BASE)
    RoundFactory.create_batch(2, initiative=initiative)
    with django_assert_num_queries(4):
        director.get(BASE)


def test_list_has_the_newest_round_first(director, initiative):
    for title in ("Oldest", "Middle", "Newest"):
        RoundFactory(initiative=initiative, title=title)
    page = director.get(BASE).content.decode()
    assert sorted(["Oldest", "Middle", "Newest"], key=page.index) == ["Newest", "Middle", "Oldest"]


def test_a_round_of_another_initiative_does_not_exist(director, other_initiative):
    round = RoundFactory(initiative=other_initiative)
    assert director.get(f"{BASE}{round.pk}/").status_code == 404
    assert director.post(f"{BASE}{round.pk}/pause/").status_code == 404
    round.refresh_from_db()
    assert round.paused_at is None


def test_hostile_titles_stay_text(director, initiative):
    round = RoundFactory(initiative=initiative, title="<img src=x onerror=alert(1)>")
    for path in ("", f"{round.pk}/"):
        page = director.get(BASE + path).content.decode()
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page


def test_closing_now_ends_the_round_at_once_and_keeps_the_true_day(director, initiative):
    round = RoundFactory(initiative=initiative)
    director.post(f"{BASE}{round.pk}/close/")
    round.refresh_from_db()
    assert (round.closes_on, round.closes_at) == (initiative.today(), round.ended_at)
    assert (round.state, is_open(round)) == ("open", False)


def test_a_test_mail_names_the_initiative_and_opens_the_preview_in_its_language(
    client, staff, initiative, draft, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(f"{BASE}{draft.pk}/test/")
    assert len(mailoutbox) == 4
    assert [mail.body.count("{") for mail in mailoutbox] == [0, 0, 0, 0]
    (french,) = (mail.body for mail in mailoutbox if mail.subject.startswith("[Essai]"))
    link = next(word for word in french.split() if "/p/" in word).removeprefix("http://localhost:8000")
    assert '<html lang="fr"' in client.get(link).content.decode()


def test_the_test_sends_each_mail_of_the_round(staff, draft, mailoutbox, django_capture_on_commit_callbacks):
    Round.objects.update(notice_days=3, reminder_days=[7], thanks="submit")
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(f"{BASE}{draft.pk}/test/")
    english = [mail.subject for mail in mailoutbox if mail.subject.startswith("[Test]")]
    first = staff.user.name.split()[0]
    assert english == [f"[Test] {kind} for {first}" for kind in ("notice", "invitation", "reminder", "thanks")]
    assert len(mailoutbox) == 16


def test_a_round_that_was_brought_in_stands_where_its_time_was(staff, initiative):
    today = initiative.today()
    for title, days in (("Now", 0), ("Long ago", 700), ("Last year", 300)):
        RoundFactory(initiative=initiative, title=title, closes_on=today - datetime.timedelta(days=days))
    page = staff.get(BASE).content.decode()
    assert re.findall(r"Now|Last year|Long ago", page) == ["Now", "Last year", "Long ago"]


def test_a_mail_that_was_given_up_can_only_be_sent_again(director, initiative):
    round = RoundFactory(initiative=initiative)
    MailingFactory(invitation__round=round, state="failed", reply="451 try later")
    page = director.get(f"{BASE}{round.pk}/").content.decode()
    assert ("Send again" in page, "Count as sent" in page) == (True, False)
    MailingFactory(invitation__round=round, state="uncertain")
    assert "Count as sent" in director.get(f"{BASE}{round.pk}/").content.decode()
