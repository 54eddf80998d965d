import pytest

from accounts.models import User
from tests.conftest import client_of
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def host():
    return client_of(UserFactory(email="host@example.org", is_staff=True, is_superuser=True))


def test_admin_is_entered_through_our_own_sign_in(client):
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/accounts/login/?next=")
    assert client.post("/admin/login/", {"username": "host@example.org", "password": "x"}).status_code == 302


def test_admin_is_closed_to_members(director):
    assert director.get("/admin/", follow=True).status_code == 403


def test_host_sees_people_and_initiatives(host):
    MembershipFactory()
    for page in ("accounts/user/", "initiatives/initiative/", "initiatives/membership/"):
        assert host.get(f"/admin/{page}").status_code == 200


def test_people_are_never_deleted_in_bulk(host):
    person = UserFactory()
    action = {"action": "delete_selected", "_selected_action": [person.pk], "post": "yes"}
    host.post("/admin/accounts/user/", action)
    host.post(f"/admin/accounts/user/{person.pk}/delete/", {"post": "yes"})
    assert User.objects.filter(pk=person.pk).exists()


def test_memberships_are_changed_inside_only(host):
    member = MembershipFactory()
    assert host.post(f"/admin/initiatives/membership/{member.pk}/change/", {"role": "director"}).status_code == 403
    assert host.get("/admin/initiatives/membership/add/").status_code == 403


@pytest.mark.parametrize(
    "query", ["password__startswith=!", "email__startswith=a", "sign_in_links__digest__startswith=a"]
)
def test_filters_in_the_address_tell_no_secret(host, query):
    assert host.get(f"/admin/accounts/user/?{query}").status_code == 400


def test_sorting_by_an_unlisted_column_changes_nothing(host):
    UserFactory.create_batch(2)
    plain = host.get("/admin/accounts/user/?o=1").context["cl"].queryset.query.order_by
    assert not [name for name in plain if "password" in name]
    assert host.get("/admin/accounts/user/?o=password").status_code in {200, 302}
