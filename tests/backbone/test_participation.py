"""Participation, commitment and trust by partner: for the backbone alone, by name, true, and at the same cost for 3,000."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backbone.models import Attendance
from backbone.queries.participation import export_rows, participation, period_named
from initiatives.models import Initiative
from initiatives.permissions import Role
from partners.models import Commitment, Organisation
from tests.backbone.factories import MeetingFactory
from tests.factories import ContactFactory, GroupFactory, OrganisationFactory, SeatFactory, SectorFactory
from tests.indicators.factories import HiddenResultFactory, PublicationFactory, ResultFactory

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
OTHERS = [role for role in Role if role not in (Role.DIRECTOR, Role.STAFF)]


def address(initiative, name="list"):
    return reverse(f"backbone:participation-{name}", args=[initiative.slug])


@pytest.fixture
def health(initiative):
    return SectorFactory(initiative=initiative, name="Health")


@pytest.fixture
def clinic(initiative, health):
    return OrganisationFactory(initiative=initiative, name="Clinic", sector=health)


def came(initiative, organisation, state, *, seat=True, engagement=None, days_ago=0):
    person = ContactFactory(initiative=initiative, organisation=organisation)
    at = datetime.datetime.now(datetime.UTC) - days_ago * DAY
    Attendance.objects.create(
        meeting=MeetingFactory(initiative=initiative, starts_at=at),
        contact=person,
        organisation=organisation,
        seat=SeatFactory(group=GroupFactory(initiative=initiative), holder=person) if seat else None,
        state=state,
        engagement=engagement,
    )


def promised(organisation, state, due_on, **values):
    settled = {"settled_on": due_on} if state != Commitment.State.MADE else {}
    Commitment.objects.create(
        initiative=organisation.initiative,
        organisation=organisation,
        title="Something",
        kind=values.pop("kind", Commitment.Kind.TIME),
        made_on=due_on - 400 * DAY,
        due_on=due_on,
        state=state,
        **settled,
        **values,
    )


def row_of(initiative, name, period="fiscal_year"):
    found = participation(initiative, *period_named(initiative, period))
    return next(row for row in [*found.partners, *found.sectors] if row.name == name)


@pytest.mark.parametrize("name", ["list", "export"])
def test_page_and_file_are_for_the_backbone_alone(client_as, stranger, initiative, name):
    assert [client_as(role).get(address(initiative, name)).status_code for role in (Role.DIRECTOR, Role.STAFF)] == [
        200
    ] * 2
    assert [client_as(role).get(address(initiative, name)).status_code for role in OTHERS] == [403] * len(OTHERS)
    assert stranger.get(address(initiative, name)).status_code == 404
    assert client_as(Role.STAFF).post(address(initiative, name)).status_code == 405


def test_roll_of_a_partner_is_that_of_its_people_with_a_seat(initiative, clinic):
    came(initiative, clinic, "present", engagement=3)
    came(initiative, clinic, "remote", engagement=2)
    came(initiative, clinic, "excused")
    came(initiative, clinic, "present", seat=False, engagement=0)
    came(initiative, clinic, "present", days_ago=800)
    row = row_of(initiative, "Clinic")
    assert (row.there, row.lines, row.guests, row.engagement, row.noted) == (2, 3, 1, 2.5, 2)


def test_promises_count_when_they_were_due_by_kind_and_currency(initiative, clinic):
    today = initiative.today()
    promised(clinic, "kept", today, kind="money", amount=Decimal(500), currency="USD")
    promised(clinic, "not_kept", today, kind="money", amount=Decimal(200), currency="USD")
    promised(clinic, "partly", today, kind="money", amount=Decimal(70), currency="EUR")
    promised(clinic, "released", today)
    promised(clinic, "made", today)
    promised(clinic, "kept", today - 800 * DAY)
    row = row_of(initiative, "Clinic")
    assert (row.kept, row.due, row.kinds_in_words) == (1, 3, "money 1 of 3")
    assert row.money_in_words == "EUR 0 of 70, USD 500 of 700"


def test_nothing_noted_is_missing_and_not_zero(staff, initiative, clinic):
    row = row_of(initiative, "Clinic")
    assert (row.attendance, row.engagement, row.kept_share) == (None, None, None)
    (_header, told) = export_rows(participation(initiative, *period_named(initiative, "quarter")))
    assert told[4:16] == [""] * 12


def test_sector_is_the_sum_of_its_partners(initiative, health, clinic):
    other = OrganisationFactory(initiative=initiative, name="Hospital", sector=health)
    came(initiative, clinic, "present", engagement=1)
    came(initiative, other, "absent")
    promised(other, "kept", initiative.today())
    row = row_of(initiative, "Health")
    assert (row.there, row.lines, row.engagement, row.kept, row.due) == (1, 2, 1.0, 1, 1)
    assert row_of(initiative, "Hospital").kinds["time"] == [1, 1]


def names(client, initiative, **query):
    return [row.name for row in client.get(address(initiative), query).context["page"]]


def test_partners_stand_by_name_until_staff_ask_for_another_order(staff, initiative, clinic):
    arts = OrganisationFactory(initiative=initiative, name="Arts")
    came(initiative, arts, "absent")
    came(initiative, clinic, "present")
    OrganisationFactory(initiative=initiative, name="Bakery")
    assert names(staff, initiative) == ["Arts", "Bakery", "Clinic"]
    assert names(staff, initiative, order="attendance") == ["Arts", "Clinic", "Bakery"]
    assert names(staff, initiative, order="kept; drop table", period="'") == ["Arts", "Bakery", "Clinic"]


def test_period_is_that_of_the_fiscal_year_of_the_initiative(initiative):
    Initiative.objects.update(fiscal_year_starts_in=initiative.today().month)
    initiative.refresh_from_db()
    first, last = period_named(initiative, "fiscal_year")
    assert first == initiative.today().replace(day=1)
    assert period_named(initiative, "last_fiscal_year") == (first.replace(year=first.year - 1), first - DAY)
    assert period_named(initiative, "last_quarter")[1] == first - DAY
    assert last > first


def test_trust_stands_for_all_and_for_sectors_as_shown_and_never_by_partner(staff, initiative, clinic):
    publication = PublicationFactory(initiative=initiative, title="Autumn survey")
    ResultFactory(publication=publication, code="PCT-T")
    ResultFactory(
        publication=publication,
        code="PCT-T",
        breakdown="sector",
        cell="Health",
        n=12,
        shown={"count": 8, "percent": 67},
    )
    HiddenResultFactory(publication=publication, code="PCT-T", breakdown="sector", cell="Schools")
    context = staff.get(address(initiative)).context
    ((figure, sectors),) = context["trust"]
    assert figure.figure == "14 of 18"
    assert sectors == [("Health", "8 of 12 (67\u202f%)"), ("Schools", "too few answers to show")]
    assert "so there is no figure by partner" in staff.get(address(initiative)).content.decode()


def test_partners_of_others_and_those_who_left_before_are_not_there(staff, initiative, other_initiative, clinic):
    OrganisationFactory(initiative=other_initiative, name="Foreign")
    OrganisationFactory(initiative=initiative, name="Gone", left_on=initiative.today() - 800 * DAY)
    assert names(staff, initiative) == ["Clinic"]


def test_file_runs_nothing_in_a_spreadsheet(staff, initiative):
    OrganisationFactory(initiative=initiative, name="=1+1")
    content = b"".join(staff.get(address(initiative, "export")).streaming_content).decode()
    assert "'=1+1" in content


def test_page_costs_the_same_queries_for_one_three_and_3000_partners(staff, initiative, health):
    costs = []
    for number in (1, 2, 2_997):
        Organisation.objects.bulk_create(
            Organisation(
                initiative=initiative, name=f"Partner {number} {n}", folded_name=f"partner{number}{n}", sector=health
            )
            for n in range(number)
        )
        today = initiative.today()
        Commitment.objects.bulk_create(
            Commitment(
                initiative=initiative,
                organisation=each,
                title="x",
                kind="time",
                made_on=today,
                due_on=today,
                state="made",
            )
            for each in initiative.organisations.filter(name__startswith=f"Partner {number} ")
        )
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(address(initiative)).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] == costs[2] <= 12
