"""What every answer carries, pages and refusals alike, outside DEBUG as a real server runs."""

import pytest
from django.contrib.auth.hashers import is_password_usable
from django.test import Client, override_settings
from django.urls import path

from accounts.actions import people, sign_in
from config.settings import CONTENT_SECURITY_POLICY
from config.urls import urlpatterns as own
from core import middleware
from tests.factories import UserFactory
from tests.security.world import addresses

pytestmark = pytest.mark.django_db
DIRECTIVES = CONTENT_SECURITY_POLICY["DIRECTIVES"]


def policy(answer):
    """{directive: its words} of the Content-Security-Policy."""
    parts = (part.split() for part in answer["Content-Security-Policy"].split(";"))
    return {words[0]: words[1:] for words in parts}


def breaks(request):
    raise RuntimeError("as a bug of ours would")


urlpatterns = [path("breaks/", breaks), *own]


def test_policy_allows_no_foreign_host_and_nothing_inline():
    words = {str(word) for values in DIRECTIVES.values() for word in values}
    assert words == {"'self'", "'none'", "data:"}
    assert [str(word) for word in DIRECTIVES["img-src"]] == ["'self'", "data:"]
    assert {name for name, values in DIRECTIVES.items() if "data:" in values} == {"img-src"}


@pytest.mark.parametrize("who", ["client", "director", "stranger"])
def test_every_answer_carries_the_policy_and_may_not_be_framed(request, initiative, who):
    visitor, wanted = request.getfixturevalue(who), {k: [str(w) for w in v] for k, v in DIRECTIVES.items()}
    for address in [*addresses(initiative.slug, key=1), "/no/such/page/", "/admin/"]:
        answer = visitor.get(address)
        assert policy(answer) == wanted, address
        assert (answer["X-Frame-Options"], answer["X-Content-Type-Options"]) == ("DENY", "nosniff"), address


@override_settings(ROOT_URLCONF="tests.security.test_headers")
def test_an_error_of_ours_carries_the_policy_and_tells_nothing(director):
    director.raise_request_exception = False
    answer = director.get("/breaks/")
    assert (answer.status_code, "frame-ancestors" in policy(answer)) == (500, True)
    shown = answer.content.decode()
    assert [word for word in ("RuntimeError", "as a bug", "Traceback", "settings") if word in shown] == []


@pytest.mark.parametrize("host", ["evil.example", "localhost:8000@evil.example", "evil.example:8000"])
def test_a_host_that_is_not_ours_is_refused(client, host):
    answer = client.get("/accounts/login/", headers={"Host": host})
    assert (answer.status_code, "evil.example" in answer.content.decode()) == (400, False)
    assert "frame-ancestors" in policy(answer)


def test_what_a_signed_in_person_saw_is_kept_nowhere(director, initiative):
    for address in addresses(initiative.slug, key=1):
        assert "no-store" in director.get(address).get("Cache-Control", ""), address


@pytest.mark.parametrize("https", [True, False])
def test_cookies_are_closed_to_scripts_and_other_sites(client, settings, https):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = https
    person = UserFactory()
    address = f"/accounts/signin/{sign_in.make_link(email=person.email)}/"
    client.get(address)
    client.post(address)
    session, form_token = client.cookies["sessionid"], client.cookies["csrftoken"]
    assert (session["httponly"], session["samesite"], bool(session["secure"])) == (True, "Lax", https)
    assert (form_token["samesite"], bool(form_token["secure"])) == ("Lax", https)


def test_a_visitor_without_a_reason_gets_no_session(client):
    client.get("/accounts/login/")
    client.get("/s/" + "A" * 32 + "/")
    assert "sessionid" not in client.cookies


def test_people_have_no_password_that_could_be_guessed():
    person = people.find_or_make(email="ana@org.example", name="Ana")
    assert is_password_usable(person.password) is False
    assert Client().login(email="ana@org.example", password="") is False


@pytest.mark.parametrize("address", ["/accounts/login/", "/s/x/", "/admin/login/", "/u/x/"])
def test_a_body_beyond_all_reason_is_refused_unread(client, address):
    length = str(middleware.LARGEST_BODY + 1)
    answer = client.generic("POST", address, b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=length)
    assert (answer.status_code, "64 MB" in answer.content.decode()) == (413, True)
    assert "frame-ancestors" in policy(answer)


@pytest.mark.parametrize("length", ["", "-1", "x", "\u00b2"])
def test_a_length_that_is_none_breaks_nothing(client, length):
    answer = client.generic("GET", "/accounts/login/", CONTENT_LENGTH=length)
    assert answer.status_code == 200
