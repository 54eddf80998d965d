"""Every address, asked by everybody who may not: nothing is written, nothing is told."""

import functools

import pytest
from django.contrib import admin
from django.test import Client

from initiatives.permissions import PERMISSIONS_OF_ROLE, Permission, Role
from tests.architecture.doors import routes
from tests.architecture.rows import FOREIGN_KEY, make_every_row
from tests.conftest import client_of
from tests.factories import MembershipFactory, UserFactory
from tests.security.world import addresses, differences, every_row, filled

pytestmark = pytest.mark.django_db
UNSAFE = ["post", "put", "patch", "delete"]
# The one address that takes a POST without a form token, by name (RFC 8058: a mail program has none).
EXEMPT = {"answering:unsubscribe", "own:stop"}
FIELDS = {"decision": "again", "name": "Hostile", "title": "Hostile", "role": "director", "closes_on": "2020-01-01"}


@functools.cache
def inside():
    return [route for route in routes() if route.is_inside]


@pytest.fixture
def rows(initiative):
    return make_every_row(initiative)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.DIRECTOR])
def test_role_without_the_permission_is_refused_and_nothing_is_written(client_as, initiative, rows, role):
    member, answers = client_as(role), {}
    refused = [route for route in inside() if route.view.permission not in PERMISSIONS_OF_ROLE[role]]
    assert refused, f"{role} may do everything: the walk has nothing to walk"
    before = every_row()
    for route in refused:
        address = filled(route, initiative.slug, FOREIGN_KEY)
        answers[route.name] = {getattr(member, method)(address, FIELDS).status_code for method in ("get", "post")}
    assert {name: found for name, found in answers.items() if not found <= {403, 405} or found == {405}} == {}
    assert differences(before, every_row()) == []


def test_nobody_but_a_director_has_the_permissions_that_send_or_admit():
    powerful = {Permission.ROUND_SEND, Permission.MEMBERS_EDIT, Permission.INITIATIVE_EDIT}
    assert [role for role in Role if PERMISSIONS_OF_ROLE[role] & powerful] == [Role.DIRECTOR]


def test_strangers_and_the_signed_out_write_nothing_anywhere(client, stranger, initiative, rows):
    before = every_row()
    for address in addresses(initiative.slug, key=FOREIGN_KEY):
        if address.startswith("/i/"):
            assert stranger.post(address, FIELDS).status_code == 404, address
            assert client.post(address, FIELDS)["Location"].startswith("/accounts/login/?next=/i/"), address
    assert differences(before, every_row()) == []


def test_director_elsewhere_writes_nothing_here(other_initiative, initiative, rows):
    foreign = client_of(MembershipFactory(initiative=other_initiative, role=Role.DIRECTOR).user)
    before = every_row()
    for route in inside():
        for slug in (initiative.slug, other_initiative.slug):
            if slug == initiative.slug or "<int:" in route.path:
                assert foreign.post(filled(route, slug, FOREIGN_KEY), FIELDS).status_code in {404, 405}, route.name
    assert differences(before, every_row()) == []


def test_no_unsafe_method_passes_without_the_form_token_but_the_named_one(director, initiative, rows):
    careful = Client(enforce_csrf_checks=True)
    careful.cookies = director.cookies
    before, answers = every_row(), {}
    for route in routes():
        address = filled(route, initiative.slug, FOREIGN_KEY)
        answers[route.name] = {getattr(careful, method)(address, FIELDS).status_code for method in UNSAFE}
    assert {name for name, found in answers.items() if found != {403}} == EXEMPT
    assert differences(before, every_row()) == []


def test_a_form_token_in_the_address_is_no_form_token(director, initiative):
    careful = Client(enforce_csrf_checks=True)
    careful.cookies = director.cookies
    careful.get(f"/i/{initiative.slug}/partners/sectors/")
    token = careful.cookies["csrftoken"].value
    address = f"/i/{initiative.slug}/partners/organisations/new/?csrfmiddlewaretoken={token}"
    assert careful.post(address, {"name": "By link"}).status_code == 403


def test_members_have_no_way_into_the_admin(client_as, initiative):
    pages = ["/admin/", "/admin/accounts/user/", "/admin/initiatives/membership/", "/admin/password_change/"]
    for role in Role:
        member = client_as(role)
        for page in pages:
            answer = member.get(page, follow=True)
            assert (answer.status_code, "Site administration" in answer.content.decode()) == (403, False), (role, page)


def test_the_admin_holds_no_table_of_answers_invitations_or_links():
    assert {model._meta.label for model in admin.site._registry} == {
        "auth.Group",
        "account.EmailAddress",
        "accounts.User",
        "initiatives.Initiative",
        "initiatives.Membership",
    }


@pytest.fixture
def host(db):
    return client_of(UserFactory(email="host@example.org", is_staff=True, is_superuser=True))


LOOKUPS = ["password__startswith", "user__password__startswith", "memberships__user__password__startswith"]
LOOKUPS += ["rounds__responses__answers__icontains", "rounds__invitations__response__answers__comment__startswith"]


@pytest.mark.parametrize("lookup", LOOKUPS)
@pytest.mark.parametrize(
    "table", ["accounts/user", "account/emailaddress", "initiatives/initiative", "initiatives/membership"]
)
def test_no_lookup_of_the_admin_reaches_a_secret(host, table, lookup):
    answer = host.get(f"/admin/{table}/", {lookup: "a"})
    # Refused, or sent back to the list with an error: never a list that was filtered.
    assert (answer.status_code, answer.get("Location", "?e=1")) in {(400, "?e=1"), (302, f"/admin/{table}/?e=1")}
