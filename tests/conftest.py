"""People are roles: `director`, `staff`, `committee_member`, `stranger` are signed-in clients; `initiative` is theirs."""

import gc

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import translation

from initiatives.permissions import Role
from tests.factories import InitiativeFactory, MembershipFactory, UserFactory
from tests.transactions import watched

pytest_plugins = ["pytester", "tests.plugins.browser"]


def pytest_collection_finish():
    """What was imported stays: the garbage collector need not walk it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def empty_cache():
    for name in ("default", "pages"):
        caches[name].clear()


@pytest.fixture(autouse=True)
def own_language():
    """A request leaves its language behind in its thread; no test begins in that of the one before."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def short_transactions():
    with watched() as findings:
        yield
    assert findings == []


@pytest.fixture
def initiative(db):
    return InitiativeFactory(name="Bright Futures", slug="bright-futures")


@pytest.fixture
def other_initiative(db):
    return InitiativeFactory(name="Other Valley", slug="other-valley")


def client_of(user):
    """A browser in which `user` is signed in; CSRF is checked only where a test asks for it."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.user = user
    return client


@pytest.fixture
def client_as(initiative):
    """Call with a role to get a signed-in client of a member who has it: `client_as(Role.FUNDER)`."""

    def make(role, **fields):
        return client_of(MembershipFactory(initiative=initiative, role=role, **fields).user)

    return make


@pytest.fixture
def director(client_as):
    return client_as(Role.DIRECTOR)


@pytest.fixture
def staff(client_as):
    return client_as(Role.STAFF)


@pytest.fixture
def committee_member(client_as):
    return client_as(Role.COMMITTEE)


@pytest.fixture
def stranger(db):
    return client_of(UserFactory(name="Stranger"))
