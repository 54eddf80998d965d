"""The search box finds what a member may see in their initiative, and nothing else."""

import pytest
from bs4 import BeautifulSoup

from backbone.models import ActionItem, Activity, Minutes
from backbone.queries.search import KINDS
from initiatives.permissions import Role
from tests.backbone.factories import ActivityFactory, MeetingFactory
from tests.factories import ContactFactory, GroupFactory, OrganisationFactory, SeatFactory

pytestmark = pytest.mark.django_db
PAGE = "/i/bright-futures/search/"


def found(client, words, **more):
    """{heading: [titles]} as the page shows them."""
    page = BeautifulSoup(client.get(PAGE, {"q": words, **more}).content, "html.parser")
    return {
        section.h2.text: [link.text for link in section.select(".found a")]
        for section in page.select("section.section")
    }


def test_search_finds_partners_people_and_activities(staff, initiative):
    clinic = OrganisationFactory(initiative=initiative, name="Riverside Clinic")
    ContactFactory(initiative=initiative, organisation=clinic, name="Zoë Núñez")
    ActivityFactory(initiative=initiative, title="Met the riverside clinic", outcome="They join.")
    assert found(staff, "RIVERSIDE clinic") == {
        "Organisations": ["Riverside Clinic"],
        "People": ["Zoë Núñez"],
        "Activities": ["Met the riverside clinic"],
    }
    assert found(staff, "nunez zoe") == {"People": ["Zoë Núñez"]}


def test_search_shows_the_words_around_the_find(staff, initiative):
    ActivityFactory(initiative=initiative, title="A talk", outcome="She will share the attendance data of June.")
    page = staff.get(PAGE, {"q": "Attendance"}).content.decode()
    assert "She will share the <mark>attendance</mark> data of June." in page


def test_search_stays_in_the_initiative(staff, initiative, other_initiative):
    OrganisationFactory(initiative=other_initiative, name="Clinic elsewhere")
    ActivityFactory(initiative=other_initiative, title="Clinic elsewhere")
    assert found(staff, "clinic") == {}


@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.FUNDER, Role.OBSERVER, Role.MEMBER])
def test_readers_do_not_find_what_they_may_not_see(client_as, initiative, role):
    OrganisationFactory(initiative=initiative, name="Clinic")
    ContactFactory(initiative=initiative, name="Clinic person")
    ActivityFactory(initiative=initiative, title="Clinic visited")
    assert found(client_as(role), "clinic") == {}
    for code in ("organisations", "people", "activities"):
        assert found(client_as(role), "clinic", **{"in": code}) == {}


def test_deleted_activities_are_not_found(staff, initiative):
    ActivityFactory(initiative=initiative, title="Clinic visited", deleted_at="2026-10-01T10:00Z")
    assert found(staff, "clinic") == {}


def test_members_find_meetings_and_approved_minutes_of_their_groups(client_as, initiative):
    member = client_as(Role.MEMBER)
    own, other = (GroupFactory(initiative=initiative) for _ in range(2))
    SeatFactory(group=own, holder=ContactFactory(initiative=initiative, email=member.user.email))
    for group, title in [(own, "Budget talk"), (other, "Budget secret")]:
        minutes = Minutes.objects.create(
            meeting=MeetingFactory(initiative=initiative, group=group, title=title), text="budget draft"
        )
        for number, text in enumerate(["budget wrong", "the budget was agreed"], 1):
            minutes.approvals.create(number=number, text=text)
    assert found(member, "budget") == {"Meetings": ["Budget talk"], "Minutes": ["Budget talk"]}
    assert found(member, "agreed") == {"Minutes": ["Budget talk"]}
    assert found(member, "wrong") == found(member, "draft") == {}


def test_members_find_their_own_action_items(client_as, initiative):
    member = client_as(Role.MEMBER)
    ActionItem.objects.create(initiative=initiative, title="Call the clinic", owner_staff=member.user)
    ActionItem.objects.create(initiative=initiative, title="Call the clinic again")
    assert found(member, "clinic") == {"Action items": ["Call the clinic"]}


def test_a_stranger_finds_no_page(stranger, initiative):
    assert stranger.get(PAGE, {"q": "x"}).status_code == 404


def test_more_than_a_few_are_counted_on_pages_of_their_own(staff, initiative):
    ActivityFactory.create_batch(30, initiative=initiative, title="Talk")
    assert len(found(staff, "talk")["Activities"]) == 6
    assert len(found(staff, "talk", **{"in": "activities"})["Activities"]) == 25
    assert len(found(staff, "talk", **{"in": "activities", "page": 2})["Activities"]) == 5


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", "' OR 1=1 --", "%", "_", "\\", "\x00", "x" * 50_000])
def test_odd_words_are_only_words(staff, initiative, words):
    ActivityFactory(initiative=initiative, title="Talk")
    answer = staff.get(PAGE, {"q": words, "in": "user__password", "page": "a"})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()
    assert found(staff, words) == {}


def test_hostile_titles_stay_words(staff, initiative):
    ActivityFactory(initiative=initiative, title="<img src=x onerror=alert(1)> talk")
    page = staff.get(PAGE, {"q": "img"}).content.decode()
    assert "&lt;<mark>img</mark> src=x" in page
    assert "<img src=x" not in page


@pytest.mark.parametrize("rows", [1, 3, 3_000])
def test_search_asks_each_table_once(staff, initiative, rows, django_assert_num_queries):
    activities = [
        Activity(initiative=initiative, title=f"Talk {number}", held_on="2026-10-01", minutes=30)
        for number in range(rows)
    ]
    Activity.objects.bulk_create(activities)
    staff.get(PAGE)
    with django_assert_num_queries(3 + len(KINDS)):
        staff.get(PAGE, {"q": "talk"})
