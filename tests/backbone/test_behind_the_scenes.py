"""What happened behind the scenes counts in totals, and is told to nobody who may not read the log."""

import pytest
from django.urls import reverse

from backbone.models import Activity
from backbone.queries.activities import minutes_by_month
from initiatives.permissions import Role
from tests.backbone.factories import ActivityFactory
from tests.backbone.test_activities import address, typed
from tests.conftest import client_of
from tests.factories import GroupFactory, MembershipFactory
from tests.indicators.factories import PublicationFactory
from tests.journeys.walk import walk

pytestmark = pytest.mark.django_db
TITLE = "Told the mayor what two partners say of each other"


@pytest.fixture
def hushed(initiative):
    return ActivityFactory(
        initiative=initiative, title=TITLE, outcome=TITLE, behind_the_scenes=True, group=GroupFactory(initiative=initiative),
        minutes=70, held_on=initiative.today(),
    )  # fmt: skip


def pages(client, initiative):
    found = walk(client, reverse("backbone:dashboard", args=[initiative.slug]))
    return {route: client.get(page).content.decode() for route, page in found.items()}


@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.CO_CHAIR, Role.MEMBER, Role.FUNDER, Role.OBSERVER])
def test_no_page_of_a_role_without_the_log_tells_of_it(initiative, hushed, role):
    told = pages(client_of(MembershipFactory(initiative=initiative, role=role).user), initiative)
    assert "backbone:dashboard" in told
    assert [route for route, page in told.items() if TITLE in page] == []


def test_the_same_walk_finds_it_on_pages_of_staff(staff, initiative, hushed):
    told = [route for route, page in pages(staff, initiative).items() if TITLE in page]
    assert {"backbone:activity-list", "backbone:activity-edit"} <= set(told)


def test_its_minutes_count(committee_member, initiative, hushed):
    month = hushed.held_on.year, hushed.held_on.month
    assert minutes_by_month(initiative, hushed.held_on, hushed.held_on) == {month: {"vision": 70}}
    PublicationFactory(initiative=initiative)
    assert "1 h 10 min of 1 h 10 min logged" in committee_member.get(address("dashboard", initiative)).content.decode()


def test_form_says_what_it_means_and_keeps_it(staff, initiative):
    page = staff.get(address("activity-add", initiative)).content.decode()
    assert "shown to the backbone alone, and never told to the committee or to partners." in page
    staff.post(address("activity-add", initiative), typed(initiative, behind_the_scenes="on"))
    activity = Activity.objects.get()
    assert activity.behind_the_scenes
    again = staff.get(address("activity-again", initiative, activity.pk)).context["form"]
    assert again["behind_the_scenes"].value() is True
    staff.post(address("activity-edit", initiative, activity.pk), typed(initiative))
    activity.refresh_from_db()
    assert not activity.behind_the_scenes
