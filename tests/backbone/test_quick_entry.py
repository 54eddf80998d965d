"""Logging from every page: the link of each page, beginning like last time, and the way back."""

import pytest

from backbone.models import Activity
from backbone.queries.activities import recent_patterns
from initiatives.permissions import Role
from tests.backbone.factories import ActivityFactory
from tests.backbone.test_activities import address, function, typed
from tests.factories import GroupFactory, MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
SHORTCUT = 'data-shortcut="l"'


@pytest.mark.parametrize("name", ["dashboard", "activity-list", "activity-add"])
def test_every_page_of_staff_leads_to_the_form(staff, initiative, name):
    page = staff.get(address(name, initiative)).content.decode()
    assert page.count(SHORTCUT) == 1
    assert f'<a href="{address("activity-add", initiative)}" title="Log an activity (L)"' in page


@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.CO_CHAIR, Role.MEMBER, Role.FUNDER, Role.OBSERVER])
def test_the_key_is_off_for_whoever_may_not_log(client_as, initiative, role):
    assert SHORTCUT not in client_as(role).get(address("dashboard", initiative)).content.decode()


def test_after_saving_one_is_back_where_one_came_from(staff, initiative):
    partners = f"/i/{initiative.slug}/partners/?page=1"
    form = staff.get(address("activity-add", initiative), headers={"Referer": f"http://testserver{partners}"})
    assert form.context["back"] == partners
    answer = staff.post(address("activity-add", initiative), typed(initiative, next=form.context["back"]))
    assert (answer.status_code, answer.url) == (302, partners)


@pytest.mark.parametrize("name", ["activity-add", "activity-edit"])
@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/i/bright-futures/", "/i/other-valley/"])
def test_saving_leads_to_no_other_site(staff, initiative, other_initiative, name, target):
    arguments = [ActivityFactory(initiative=initiative).pk] if name == "activity-edit" else []
    here = address(name, initiative, *arguments)
    assert staff.post(here, typed(initiative, next=target)).url == address("activity-list", initiative)
    assert "evil.example" not in staff.get(here, {"next": target}).content.decode()


def test_a_refused_form_still_knows_the_way_back(staff, initiative):
    home = address("dashboard", initiative)
    page = staff.post(address("activity-add", initiative), typed(initiative, title="", next=home)).content.decode()
    assert f'<input type="hidden" name="next" value="{home}">' in page


def test_like_last_time_takes_all_but_title_day_and_outcome(staff, initiative):
    colleague = MembershipFactory(initiative=initiative).user
    partner, group = OrganisationFactory(initiative=initiative), GroupFactory(initiative=initiative)
    like = ActivityFactory(
        initiative=initiative, minutes=50, group=group, people=[colleague], functions={"vision": 1, "policy": 3},
        outcome="They agreed.", created_by=staff.user,
    )  # fmt: skip
    like.partners.add(partner)
    page = staff.get(address("activity-again", initiative, like.pk))
    form = page.context["form"]
    assert [form[name].value() for name in ("title", "held_on", "outcome")] == [None, initiative.today(), None]
    assert [form[name].value() for name in ("minutes", "other_minutes", "group")] == ["other", 50, group.pk]
    assert [form[name].value() for name in ("people", "partners")] == [[colleague.pk], [partner.pk]]
    assert form[f"weight_{function(initiative, 'policy').pk}"].value() == 3
    assert f'action="{address("activity-add", initiative)}"' in page.content.decode()
    assert Activity.objects.count() == 1


def test_a_form_that_begins_like_another_writes_a_new_activity(staff, initiative):
    like = ActivityFactory(initiative=initiative, created_by=staff.user)
    fields = staff.get(address("activity-again", initiative, like.pk)).context["form"].initial
    staff.post(address("activity-add", initiative), typed(initiative, minutes=fields["minutes"]))
    assert Activity.objects.count() == 2


def test_what_one_logged_last_is_offered_once_for_each_title(staff, initiative, other_initiative):
    for title in ("Oldest", "Call", "Visit", "Call", "Board"):
        newest = ActivityFactory(initiative=initiative, title=title, created_by=staff.user)
    ActivityFactory(initiative=initiative, title="Of a colleague")
    ActivityFactory(initiative=other_initiative, title="Elsewhere", created_by=staff.user)
    assert [row.title for row in recent_patterns(initiative, staff.user)] == ["Board", "Call", "Visit"]
    assert recent_patterns(initiative, staff.user)[0] == newest


def test_an_activity_of_another_initiative_is_no_pattern(staff, committee_member, initiative, other_initiative):
    foreign = ActivityFactory(initiative=other_initiative)
    assert staff.get(address("activity-again", initiative, foreign.pk)).status_code == 404
    own = ActivityFactory(initiative=initiative)
    assert committee_member.get(address("activity-again", initiative, own.pk)).status_code == 403
