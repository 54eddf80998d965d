"""The ladder of every partner page: works, 403 without the permission, 404 for strangers and foreign rows; one query count."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from initiatives.models import HistoryEntry
from initiatives.permissions import Role
from partners.models import Contact, Group, Organisation, Seat, Sector
from tests.factories import ContactFactory, GroupFactory, OrganisationFactory, SeatFactory, SectorFactory

LISTS = ["organisation-list", "contact-list", "sector-list", "group-list", "import-list"]
PAGES = [*LISTS, "organisation-add", "contact-add", "group-add", "import-new", "import-template", "export"]


def address(name, initiative, *arguments):
    return reverse(f"partners:{name}", args=[initiative.slug, *arguments])


def text(client, name, initiative, /, *arguments, **query):
    answer = client.get(address(name, initiative, *arguments), query)
    assert answer.status_code == 200
    return answer.content.decode()


def post(client, name, initiative, /, *arguments, **fields):
    return client.post(address(name, initiative, *arguments), fields)


def errors_of(answer):
    return {name: list(errors) for name, errors in answer.context["form"].errors.items()}


@pytest.mark.parametrize("name", PAGES)
def test_page_opens_for_staff_and_for_nobody_without_the_permission(name, staff, stranger, client_as, initiative):
    assert staff.get(address(name, initiative)).status_code == 200
    assert stranger.get(address(name, initiative)).status_code == 404
    for role in (Role.COMMITTEE, Role.CO_CHAIR, Role.MEMBER, Role.FUNDER, Role.OBSERVER):
        assert client_as(role).get(address(name, initiative)).status_code == 403


@pytest.mark.parametrize("name", ["contact-reachable", "seat-end", "sector-merge", "import-confirm", "import-cancel"])
def test_action_is_refused_by_get_and_without_the_permission(name, staff, committee_member, initiative):
    assert staff.get(address(name, initiative, 1)).status_code == 405
    assert committee_member.post(address(name, initiative, 1)).status_code == 403


@pytest.mark.parametrize("name", LISTS)
def test_list_costs_the_same_queries_with_one_and_three_rows(name, staff, initiative):
    counts = []
    for number in (1, 2):
        for _ in range(number):
            group = GroupFactory(initiative=initiative)
            contact = ContactFactory(initiative=initiative)
            SeatFactory(group=group, holder=contact)
            initiative.partner_imports.create(file_name="a.csv", content=b"", created_by=staff.user)
        with CaptureQueriesContext(connection) as queries:
            staff.get(address(name, initiative))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_details_cost_the_same_queries_with_one_and_three_seats(staff, initiative):
    contact = ContactFactory(initiative=initiative)
    pages = [("contact-detail", contact.pk), ("organisation-detail", contact.organisation_id)]
    counts = []
    for number in (1, 2):
        for _ in range(number):
            SeatFactory(group=GroupFactory(initiative=initiative), holder=contact, organisation=contact.organisation)
        with CaptureQueriesContext(connection) as queries:
            for name, pk in pages:
                staff.get(address(name, initiative, pk))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_list_shows_only_rows_of_its_own_initiative(staff, initiative, other_initiative):
    ContactFactory(initiative=other_initiative, name="Foreign", organisation__name="Elsewhere")
    GroupFactory(initiative=other_initiative, name="Foreign group")
    SectorFactory(initiative=other_initiative, name="Foreign sector")
    pages = "".join(text(staff, name, initiative) for name in LISTS)
    assert [word for word in ("Foreign", "Elsewhere", "Foreign group", "Foreign sector") if word in pages] == []


def test_organisation_list_counts_contacts_who_have_not_left(staff, initiative):
    organisation = OrganisationFactory(initiative=initiative)
    ContactFactory(initiative=initiative, organisation=organisation)
    ContactFactory(initiative=initiative, organisation=organisation, left_on=datetime.date(2026, 1, 1))
    page = staff.get(address("organisation-list", initiative)).context["page"]
    assert [row.people for row in page] == [1]


@pytest.mark.parametrize("search", ["river", "ANA", "ana@", "River-bend"])
def test_organisations_are_found_by_their_name_and_their_people(staff, initiative, search):
    found = OrganisationFactory(initiative=initiative, name="Riverbend")
    ContactFactory(initiative=initiative, organisation=found, name="Ana", email="ana@riverbend.example")
    OrganisationFactory(initiative=initiative, name="Harbor")
    page = staff.get(address("organisation-list", initiative), {"search": search}).context["page"]
    assert list(page) == [found]


def test_organisations_are_filtered_by_sector(staff, initiative):
    found = OrganisationFactory(initiative=initiative)
    OrganisationFactory(initiative=initiative)
    page = staff.get(address("organisation-list", initiative), {"sector": found.sector_id}).context["page"]
    assert list(page) == [found]


def test_sector_of_another_initiative_is_no_filter_and_no_choice(staff, initiative, other_initiative):
    foreign = SectorFactory(initiative=other_initiative)
    assert "Select a valid choice" in text(staff, "organisation-list", initiative, sector=foreign.pk)
    answer = post(staff, "organisation-add", initiative, name="Org", sector=foreign.pk)
    assert list(errors_of(answer)) == ["sector"]
    assert Organisation.objects.count() == 0


def test_contacts_are_ordered_only_by_what_is_on_the_list(staff, initiative):
    organisation = OrganisationFactory(initiative=initiative, name="B")
    last = ContactFactory(initiative=initiative, name="Ana", organisation=organisation)
    first = ContactFactory(initiative=initiative, name="Ben", organisation__name="A")
    here = address("contact-list", initiative)
    assert list(staff.get(here, {"order": "organisation"}).context["page"]) == [first, last]
    for order in ("organisation__initiative__memberships__user__password", "-email", "?"):
        assert list(staff.get(here, {"order": order}).context["page"]) == [last, first]


def test_long_list_is_paged_and_keeps_its_filters(staff, initiative):
    organisation = OrganisationFactory(initiative=initiative, name="Org")
    ContactFactory.create_batch(26, initiative=initiative, organisation=organisation)
    page = text(staff, "contact-list", initiative, search="Org")
    assert "?search=Org&amp;page=2" in page
    assert len(staff.get(address("contact-list", initiative), {"page": 2}).context["page"]) == 1


def test_organisation_is_added_with_history(staff, initiative):
    sector = SectorFactory(initiative=initiative)
    answer = post(staff, "organisation-add", initiative, name="  New   Org ", sector=sector.pk)
    organisation = Organisation.objects.get()
    assert (answer.url, organisation.name, organisation.sector) == (organisation.get_absolute_url(), "New Org", sector)
    entry = HistoryEntry.objects.get()
    assert (entry.verb, entry.by, entry.after["name"]) == ("organisation_added", staff.user, "New Org")


@pytest.mark.parametrize("name", ["RIVER-BEND", "river bend", "Riverbend "])
def test_organisation_with_a_name_that_is_here_is_shown_again_as_typed(staff, initiative, name):
    OrganisationFactory(initiative=initiative, name="Riverbend")
    answer = post(staff, "organisation-add", initiative, name=name, notes="typed before")
    assert errors_of(answer) == {"name": ["“Riverbend” is here already. Choose another name, or open that one."]}
    assert "typed before" in answer.content.decode()
    assert Organisation.objects.count() == 1


def test_organisation_change_is_told_from_before_to_after(staff, initiative):
    organisation = OrganisationFactory(initiative=initiative, name="Old")
    post(staff, "organisation-edit", initiative, organisation.pk, name="New", sector=organisation.sector_id)
    entry = HistoryEntry.objects.get()
    assert (entry.verb, entry.before, entry.after) == ("organisation_changed", {"name": "Old"}, {"name": "New"})


def contact_fields(organisation, **fields):
    plain = {"organisation": organisation.pk, "name": "Ana", "email": "ana@org.example", "language": "es"}
    return plain | fields


def test_contact_is_added_with_a_lower_case_address(staff, initiative):
    organisation = OrganisationFactory(initiative=initiative)
    answer = post(staff, "contact-add", initiative, **contact_fields(organisation, email="ANA@Org.Example"))
    contact = Contact.objects.get()
    assert (answer.url, contact.email, contact.language) == (contact.get_absolute_url(), "ana@org.example", "es")


def test_second_contact_with_an_address_is_refused_by_name(staff, initiative):
    here = ContactFactory(initiative=initiative, name="Ben", email="ana@org.example")
    answer = post(staff, "contact-add", initiative, **contact_fields(here.organisation, email="Ana@ORG.example"))
    assert errors_of(answer) == {"email": ["Ben has this address already. Each person needs their own."]}
    assert Contact.objects.count() == 1


def test_new_lead_contact_takes_the_place_of_the_old(staff, initiative):
    old = ContactFactory(initiative=initiative, is_lead=True)
    answer = post(staff, "contact-add", initiative, **contact_fields(old.organisation, is_lead="on"))
    assert answer.status_code == 302
    assert list(Contact.objects.filter(is_lead=True).values_list("name", flat=True)) == ["Ana"]
    assert HistoryEntry.objects.filter(verb="contact_changed", object_id=old.pk).get().after == {"is_lead": False}


def test_lead_contact_who_moves_takes_the_lead_there(staff, initiative):
    mover = ContactFactory(initiative=initiative, is_lead=True)
    old = ContactFactory(initiative=initiative, is_lead=True)
    fields = contact_fields(old.organisation, name=mover.name, email=mover.email, is_lead="on")
    assert post(staff, "contact-edit", initiative, mover.pk, **fields).status_code == 302
    assert list(Contact.objects.filter(is_lead=True)) == [mover]


def test_somebody_who_left_cannot_be_lead_contact(staff, initiative):
    organisation = OrganisationFactory(initiative=initiative)
    answer = post(staff, "contact-add", initiative, **contact_fields(organisation, is_lead="on", left_on="2026-01-01"))
    assert list(errors_of(answer)) == ["is_lead"]
    assert Contact.objects.count() == 0


def test_contact_of_another_initiatives_organisation_is_refused(staff, initiative, other_initiative):
    foreign = OrganisationFactory(initiative=other_initiative)
    answer = post(staff, "contact-add", initiative, **contact_fields(foreign))
    assert list(errors_of(answer)) == ["organisation"]
    assert Contact.objects.count() == 0


def test_contact_whose_mail_comes_back_shows_why_and_is_reachable_again_by_post(staff, initiative):
    contact = ContactFactory(
        initiative=initiative, reachability="bounced", reachability_reason="550 5.1.1 no such user"
    )
    assert "550 5.1.1 no such user" in text(staff, "contact-detail", initiative, contact.pk)
    answer = post(staff, "contact-reachable", initiative, contact.pk)
    contact.refresh_from_db()
    assert (answer.url, contact.reachability, contact.reachability_reason) == (
        contact.get_absolute_url(),
        "reachable",
        "",
    )


def test_sector_is_renamed_with_history(staff, initiative):
    sector = SectorFactory(initiative=initiative, name="Media")
    post(staff, "sector-edit", initiative, sector.pk, name="MEDIA")
    sector.refresh_from_db()
    assert (sector.name, HistoryEntry.objects.get().after) == ("MEDIA", {"name": "MEDIA"})


def test_merged_sector_hands_over_organisations_and_seats(staff, initiative):
    old, new = SectorFactory(initiative=initiative, name="Old"), SectorFactory(initiative=initiative, name="New")
    organisation = OrganisationFactory(initiative=initiative, sector=old)
    seat = SeatFactory(group=GroupFactory(initiative=initiative), sector=old)
    post(staff, "sector-merge", initiative, old.pk, into=new.pk)
    organisation.refresh_from_db()
    seat.refresh_from_db()
    assert (organisation.sector, seat.sector) == (new, new)
    assert not Sector.objects.filter(pk=old.pk).exists()
    assert HistoryEntry.objects.get().before == {"sector": "Old"}


def test_sector_is_not_merged_into_itself_nor_into_a_foreign_one(staff, initiative, other_initiative):
    sector, foreign = SectorFactory(initiative=initiative), SectorFactory(initiative=other_initiative)
    for into in (sector, foreign):
        answer = post(staff, "sector-merge", initiative, sector.pk, into=into.pk)
        assert list(answer.context["merge_form"].errors) == ["into"]
    assert Sector.objects.count() == 2


def test_group_name_with_a_semicolon_is_refused(staff, initiative):
    answer = post(staff, "group-add", initiative, name="Data; careers", kind="working_group")
    assert list(errors_of(answer)) == ["name"]
    assert Group.objects.count() == 0


def test_group_that_ends_before_it_starts_is_refused(staff, initiative):
    fields = {"name": "Data", "kind": "working_group", "starts_on": "2026-02-01", "ends_on": "2026-01-01"}
    answer = post(staff, "group-add", initiative, **fields)
    assert errors_of(answer) == {"__all__": ["The end lies before the start. Change one of the two dates."]}
    assert Group.objects.count() == 0


def seat_fields(group, /, **fields):
    return {"group": group.pk, "role": "member", "starts_on": "2026-01-01"} | fields


def test_seat_takes_organisation_and_sector_of_its_holder(staff, initiative):
    group, contact = GroupFactory(initiative=initiative), ContactFactory(initiative=initiative)
    post(staff, "seat-add", initiative, group.pk, **seat_fields(group, holder=contact.pk))
    seat = Seat.objects.get()
    assert (seat.holder, seat.organisation, seat.sector) == (
        contact,
        contact.organisation,
        contact.organisation.sector,
    )
    assert initiative.memberships.filter(user__email=contact.email).count() == 0


def test_vacant_seat_for_lived_experience_stands_without_a_person(staff, initiative):
    group = GroupFactory(initiative=initiative)
    post(staff, "seat-add", initiative, group.pk, **seat_fields(group, lived_experience="on"))
    assert (Seat.objects.get().holder, Seat.objects.get().lived_experience) == (None, True)
    page = text(staff, "group-detail", initiative, group.pk)
    assert ("vacant" in page, "lived experience" in page) == (True, True)


def test_second_open_seat_of_one_person_on_a_group_is_refused(staff, initiative):
    seat = SeatFactory(group=GroupFactory(initiative=initiative))
    answer = post(staff, "seat-add", initiative, seat.group_id, **seat_fields(seat.group, holder=seat.holder_id))
    assert errors_of(answer) == {"__all__": ["This person holds an open seat there already. Change that seat instead."]}
    assert Seat.objects.count() == 1


@pytest.mark.parametrize("field", ["group", "holder", "organisation", "sector"])
def test_seat_takes_no_row_of_another_initiative(staff, initiative, other_initiative, field):
    group = GroupFactory(initiative=initiative)
    foreign = ContactFactory(initiative=other_initiative)
    rows = {
        "group": GroupFactory(initiative=other_initiative),
        "holder": foreign,
        "organisation": foreign.organisation,
        "sector": foreign.organisation.sector,
    }
    answer = post(staff, "seat-add", initiative, group.pk, **seat_fields(group, **{field: rows[field].pk}))
    assert list(errors_of(answer)) == [field]
    assert Seat.objects.count() == 0


@pytest.mark.parametrize(
    ("kind", "role", "membership"),
    [
        ("steering_committee", "member", Role.COMMITTEE),
        ("working_group", "co_chair", Role.CO_CHAIR),
        ("working_group", "chair", Role.CO_CHAIR),
        ("working_group", "member", Role.MEMBER),
    ],
)
def test_seat_makes_its_holder_a_member_with_the_role_of_the_seat(director, initiative, kind, role, membership):
    group, contact = GroupFactory(initiative=initiative, kind=kind), ContactFactory(initiative=initiative)
    fields = seat_fields(group, holder=contact.pk, role=role, may_sign_in="on")
    assert post(director, "seat-add", initiative, group.pk, **fields).status_code == 302
    assert initiative.memberships.get(user__email=contact.email).role == membership


def test_seat_raises_a_role_and_never_lowers_one(director, initiative, client_as):
    member, colleague = client_as(Role.MEMBER).user, client_as(Role.STAFF).user
    group = GroupFactory(initiative=initiative, kind="steering_committee")
    for user in (member, colleague):
        contact = ContactFactory(initiative=initiative, email=user.email)
        fields = seat_fields(group, holder=contact.pk, may_sign_in="on")
        post(director, "seat-add", initiative, group.pk, **fields)
    assert initiative.memberships.get(user=member).role == Role.COMMITTEE
    assert initiative.memberships.get(user=colleague).role == Role.STAFF


def test_staff_who_may_not_invite_make_no_member_by_a_seat(staff, initiative):
    group, contact = GroupFactory(initiative=initiative), ContactFactory(initiative=initiative)
    post(staff, "seat-add", initiative, group.pk, **seat_fields(group, holder=contact.pk, may_sign_in="on"))
    assert (Seat.objects.count(), initiative.memberships.filter(user__email=contact.email).count()) == (1, 0)


def test_ended_seat_ends_today_and_stays_on_the_page(staff, initiative):
    seat = SeatFactory(group=GroupFactory(initiative=initiative))
    post(staff, "seat-end", initiative, seat.pk)
    seat.refresh_from_db()
    assert seat.ends_on == initiative.today()
    Seat.objects.update(ends_on=datetime.date(2026, 1, 2))
    assert "Ended seats" in text(staff, "group-detail", initiative, seat.group_id)
