"""The one-time links that manage.py prints."""

import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.actions import setup, sign_in
from accounts.models import Installation, SetupLink, SignInLink, User
from accounts.queries import digest_of
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
ANA = {"name": "Ana", "email": "Ana@example.org"}


def printed(*command):
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue().strip()


def path_of(url):
    assert url.startswith("http://localhost:8000/accounts/")
    return url.removeprefix("http://localhost:8000")


def test_setup_link_makes_the_first_director(client):
    path = path_of(printed("setup_link"))
    assert client.post(path, ANA).url == "/start/"
    person = User.objects.get()
    assert (person.name, person.email, person.may_start_initiatives) == ("Ana", "ana@example.org", True)
    assert client.session["_auth_user_id"] == str(person.pk)
    assert SetupLink.objects.get().used_by == person


def test_looking_at_the_setup_link_changes_nothing(client):
    path = path_of(printed("setup_link"))
    for _ in range(3):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200
    assert (SetupLink.objects.get().used_at, Installation.objects.count(), User.objects.count()) == (None, 0, 0)


def test_setup_link_works_once(client):
    path = path_of(printed("setup_link"))
    client.post(path, ANA)
    assert client.post(path, {"name": "Eve", "email": "eve@example.org"}).status_code == 410
    assert client.get(path).status_code == 410
    assert User.objects.count() == 1


def test_bad_setup_form_is_shown_with_what_was_typed(client):
    path = path_of(printed("setup_link"))
    page = client.post(path, {"name": "Ana Pérez", "email": "ana"})
    assert 'value="Ana Pérez"' in page.content.decode()
    assert (User.objects.count(), Installation.objects.count()) == (0, 0)


def test_two_links_make_one_director():
    first, second = setup.make_link(), setup.make_link()
    setup.complete(token=first, **ANA)
    with pytest.raises(setup.SetupClosed):
        setup.complete(token=second, name="Eve", email="eve@example.org")
    assert (User.objects.count(), SetupLink.objects.filter(used_at=None).count()) == (1, 1)


def test_setup_stays_closed_though_everybody_is_deleted(client):
    path = path_of(printed("setup_link"))
    setup.complete(token=setup.make_link(), **ANA)
    User.objects.all().delete()
    assert client.post(path, ANA).status_code == 410
    with pytest.raises(CommandError, match="Setup is closed"):
        call_command("setup_link")


def test_setup_link_expires_after_a_day(client):
    path = path_of(printed("setup_link"))
    left = SetupLink.objects.get().expires_at - timezone.now()
    assert datetime.timedelta(hours=23, minutes=59) < left <= datetime.timedelta(hours=24)
    SetupLink.objects.update(expires_at=timezone.now())
    assert client.post(path, ANA).status_code == 410
    assert User.objects.count() == 0


@pytest.mark.parametrize("forged", ["x", "0" * 43, "../admin"])
def test_forged_setup_tokens_open_nothing(client, forged):
    printed("setup_link")
    assert client.post(f"/accounts/setup/{forged}/", ANA).status_code in {404, 410}
    assert User.objects.count() == 0


def test_digest_is_no_key(client):
    """A leaked table holds digests; none of them works as a token."""
    printed("setup_link")
    UserFactory(email="bob@example.org")
    sign_in.make_link(email="bob@example.org")
    for row, kind in ((SetupLink.objects.get(), "setup"), (SignInLink.objects.get(), "signin")):
        assert client.post(f"/accounts/{kind}/{row.digest}/", ANA).status_code == 410


def test_setup_with_a_known_address_takes_that_person(client):
    known = UserFactory(email="ana@example.org", name="", is_active=False)
    setup.complete(token=setup.make_link(), **ANA)
    known.refresh_from_db()
    assert (known.name, known.is_active, known.may_start_initiatives) == ("Ana", True, True)


def test_sign_in_link_signs_in_after_the_button(client):
    person = UserFactory(email="ana@example.org")
    path = path_of(printed("signin_link", "ANA@example.org"))
    client.get(path)
    assert "_auth_user_id" not in client.session
    assert client.post(path).url == "/"
    assert client.session["_auth_user_id"] == str(person.pk)


def test_sign_in_link_works_once_and_expires(client):
    UserFactory(email="ana@example.org")
    used, late = sign_in.make_link(email="ana@example.org"), sign_in.make_link(email="ana@example.org")
    sign_in.use_link(token=used)
    SignInLink.objects.filter(digest=digest_of(late)).update(expires_at=timezone.now())
    for token in (used, late):
        assert client.post(f"/accounts/signin/{token}/").status_code == 410
        with pytest.raises(sign_in.LinkUnusable):
            sign_in.use_link(token=token)
    assert "_auth_user_id" not in client.session


def test_sign_in_link_lasts_fifteen_minutes():
    UserFactory(email="ana@example.org")
    sign_in.make_link(email="ana@example.org")
    left = SignInLink.objects.get().expires_at - timezone.now()
    assert datetime.timedelta(minutes=14, seconds=50) < left <= datetime.timedelta(minutes=15)


def test_sign_in_link_of_somebody_deactivated_since_opens_nothing(client):
    person = UserFactory(email="ana@example.org")
    path = path_of(printed("signin_link", person.email))
    User.objects.update(is_active=False)
    assert client.post(path).status_code == 410


def test_sign_in_link_for_nobody_says_so():
    with pytest.raises(CommandError, match=r"Nobody who can sign in has the address bob@example\.org"):
        call_command("signin_link", "bob@example.org")
