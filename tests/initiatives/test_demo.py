import pytest

from accounts.models import User
from initiatives.actions import initiatives
from initiatives.models import Initiative
from initiatives.permissions import Role
from tests.architecture.rows import make_every_row
from tests.conftest import client_of
from tests.factories import InitiativeFactory, MembershipFactory

DELETE = "/i/demo/settings/demo/delete/"


@pytest.fixture
def demo(db):
    return InitiativeFactory(name="Demo", slug="demo", is_demo=True)


@pytest.fixture
def demo_director(demo):
    return client_of(MembershipFactory(initiative=demo, role=Role.DIRECTOR, user__email="ana@demo.example").user)


def test_deleting_the_demo_takes_every_row_and_nothing_else(demo, initiative, django_assert_max_num_queries):
    kept = MembershipFactory(initiative=initiative).user
    make_every_row(demo)
    initiatives.delete_demo(initiative=demo)
    assert list(Initiative.objects.all()) == [initiative]
    assert initiative.functions.count() == 7
    assert User.objects.filter(pk=kept.pk).exists()


def test_made_up_people_go_and_real_ones_stay(demo, initiative):
    gone = MembershipFactory(initiative=demo, user__email="ana@demo.example").user
    real = MembershipFactory(initiative=demo, user__email="bob@foundation.org").user
    elsewhere = MembershipFactory(initiative=demo, user__email="eve@demo.example").user
    MembershipFactory(initiative=initiative, user=elsewhere)
    initiatives.delete_demo(initiative=demo)
    assert not User.objects.filter(pk=gone.pk).exists()
    assert set(User.objects.filter(pk__in=[real.pk, elsewhere.pk])) == {real, elsewhere}


def test_director_deletes_the_demo_after_confirming(demo_director, demo):
    assert "cannot be taken back" in demo_director.get(DELETE).content.decode()
    assert Initiative.objects.count() == 1
    assert demo_director.post(DELETE).url == "/"
    assert Initiative.objects.count() == 0
    assert demo_director.get("/").url == "/accounts/login/?next=/"


@pytest.mark.parametrize("role", [role for role in Role if role != Role.DIRECTOR])
def test_others_do_not_delete_the_demo(demo, role):
    member = client_of(MembershipFactory(initiative=demo, role=role).user)
    assert member.post(DELETE).status_code == 403
    assert Initiative.objects.count() == 1


def test_strangers_do_not_delete_the_demo(demo, stranger):
    assert stranger.post(DELETE).status_code == 404


def test_real_initiative_is_not_deleted(director, initiative):
    page = director.post("/i/bright-futures/settings/demo/delete/", follow=True).content.decode()
    assert "this is not the demo" in page
    with pytest.raises(ValueError, match="only the demo"):
        initiatives.delete_demo(initiative=initiative)
    assert Initiative.objects.count() == 1
