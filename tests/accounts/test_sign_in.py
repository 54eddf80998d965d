"""Signing in with a code by mail."""

import re
import time

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from tests.conftest import client_of
from tests.factories import UserFactory

LOGIN, CODE = "/accounts/login/", "/accounts/login/code/"
pytestmark = pytest.mark.django_db


def ask(client, email, **extra):
    return client.post(LOGIN, {"email": email}, **extra)


def mailed_code():
    return re.search(r"^ {4}(\S+)$", mail.outbox[-1].body, re.M)[1]


def is_signed_in(client):
    return "_auth_user_id" in client.session


def wrong(code):
    return code.translate(str.maketrans("BCDFGHJKLMNPQRSTVWXZ", "CDFGHJKLMNPQRSTVWXZB"))


def test_code_from_the_mail_signs_in(client):
    UserFactory(email="ana@example.org")
    assert ask(client, "Ana@Example.org").url == CODE
    assert mail.outbox[-1].to == ["ana@example.org"]
    assert client.post(CODE, {"code": mailed_code().lower()}).url == "/"
    assert is_signed_in(client)


def test_session_key_changes_on_signing_in(client):
    UserFactory(email="ana@example.org")
    ask(client, "ana@example.org")
    before = client.session.session_key
    client.post(CODE, {"code": mailed_code()})
    assert client.session.session_key != before


def test_unknown_address_sees_the_same_and_gets_no_mail(client):
    UserFactory(email="ana@example.org")
    pages = {}
    for email in ("ana@example.org", "bob@example.org"):
        visitor = Client()
        response = ask(visitor, email)
        again = visitor.post(CODE, {"code": "BBBB-BBBB"})
        page = visitor.get(CODE).content.decode() + again.content.decode()
        pages[email] = (response.status_code, response.url, again.status_code, scrubbed(page, email))
    assert pages["ana@example.org"] == pages["bob@example.org"]
    assert [message.to for message in mail.outbox] == [["ana@example.org"]]
    assert User.objects.count() == 1


def scrubbed(page, email):
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", page).replace(email, "ADDRESS")


def test_unknown_address_takes_the_same_way_through_the_worker(client, monkeypatch):
    """The mail server is never waited for in the request, so its time tells nothing."""
    UserFactory(email="ana@example.org")
    queued = []
    monkeypatch.setattr("accounts.adapter.mail_code.delay", queued.append)
    ask(Client(), "ana@example.org")
    ask(Client(), "bob@example.org")
    assert (len(queued), mail.outbox) == (2, [])


def test_inactive_person_gets_no_code(client):
    UserFactory(email="ana@example.org", is_active=False)
    assert ask(client, "ana@example.org").url == CODE
    assert mail.outbox == []


def test_five_wrong_tries_end_the_code(client):
    UserFactory(email="ana@example.org")
    ask(client, "ana@example.org")
    code = mailed_code()
    answers = [client.post(CODE, {"code": wrong(code)}).status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 302]
    client.post(CODE, {"code": code})
    assert not is_signed_in(client)


def test_fourth_wrong_try_still_leaves_one(client):
    UserFactory(email="ana@example.org")
    ask(client, "ana@example.org")
    code = mailed_code()
    for _ in range(4):
        page = client.post(CODE, {"code": wrong(code)})
    assert "That is not the code we sent." in page.content.decode()
    client.post(CODE, {"code": code})
    assert is_signed_in(client)


def test_tries_are_counted_outside_the_session(client):
    """Requests at the same time all read the session as it was: only a count in the cache holds them."""
    UserFactory(email="ana@example.org")
    ask(client, "ana@example.org")
    code, frozen = mailed_code(), dict(client.session)
    for _ in range(5):
        client.post(CODE, {"code": wrong(code)})
        session = client.session
        session.update(frozen)
        session.save()
    client.post(CODE, {"code": code})
    assert not is_signed_in(client)


def test_code_expires_after_ten_minutes(client, monkeypatch):
    UserFactory(email="ana@example.org")
    ask(client, "ana@example.org")
    code, now = mailed_code(), time.time()
    monkeypatch.setattr("allauth.account.internal.flows.code_verification.time.time", lambda: now + 601)
    response = client.post(CODE, {"code": code}, follow=True)
    assert "That code has expired" in response.content.decode()
    assert not is_signed_in(client)


def test_one_address_gets_five_codes_in_ten_minutes():
    UserFactory(email="ana@example.org")
    for number in range(7):
        response = ask(Client(REMOTE_ADDR=f"10.0.0.{number}"), "ana@example.org")
    assert len(mail.outbox) == 5
    assert "Wait ten minutes" in response.content.decode()


def test_one_network_asks_for_twenty_codes_a_minute():
    answers = [ask(Client(), f"person{n}@example.org").status_code for n in range(21)]
    assert answers == [302] * 20 + [200]


def test_forged_forwarding_header_beats_no_limit():
    forged = [ask(Client(), f"p{n}@example.org", HTTP_X_FORWARDED_FOR=f"10.1.1.{n}").status_code for n in range(21)]
    assert forged[-1] == 200


def test_address_appended_by_our_own_proxy_counts(settings):
    settings.TRUSTED_PROXY_COUNT = 1
    answers = [
        ask(Client(), f"p{n}@example.org", HTTP_X_FORWARDED_FOR=f"1.2.3.4, 10.1.1.{n}").status_code for n in range(21)
    ]
    assert set(answers) == {302}


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "http:///evil.example", "http://localhost/start/"],
)
def test_next_leads_nowhere_else(client, target):
    UserFactory(email="ana@example.org")
    client.post(LOGIN, {"email": "ana@example.org", "next": target})
    assert client.post(CODE, {"code": mailed_code(), "next": target}).url == "/"


def test_next_within_the_site_is_kept(client):
    UserFactory(email="ana@example.org")
    response = client.post(LOGIN, {"email": "ana@example.org", "next": "/i/valley/"})
    assert response.url == f"{CODE}?next=%2Fi%2Fvalley%2F"
    assert 'name="next" value="/i/valley/"' in client.get(response.url).content.decode()
    assert client.post(response.url, {"code": mailed_code(), "next": "/i/valley/"}).url == "/i/valley/"


def test_mail_names_the_configured_address_whatever_host_was_asked(client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    UserFactory(email="ana@example.org")
    ask(client, "ana@example.org", HTTP_HOST="evil.example", HTTP_X_FORWARDED_HOST="evil.example")
    message = mail.outbox[-1]
    assert "http://localhost:8000" in message.body
    assert "evil" not in message.body + message.subject + str(message.message())


def test_mail_comes_in_the_persons_language(client):
    UserFactory(email="ana@example.org", language="es")
    ask(client, "ana@example.org", HTTP_ACCEPT_LANGUAGE="fr")
    assert mail.outbox[-1].subject == "Su código para entrar en Backbone"


def test_code_is_mailed_once_though_the_task_runs_twice(client, monkeypatch):
    UserFactory(email="ana@example.org")
    letters = []
    monkeypatch.setattr("accounts.adapter.mail_code.delay", letters.append)
    ask(client, "ana@example.org")
    from accounts.tasks import mail_code

    mail_code(letters[0])
    mail_code(letters[0])
    assert len(mail.outbox) == 1


def test_another_address_can_be_typed_while_a_code_is_on_its_way(client):
    ask(client, "wrong@example.org")
    assert client.get(LOGIN).status_code == 200


def test_signing_out_needs_a_post():
    client = client_of(UserFactory())
    assert client.get("/accounts/logout/").status_code == 200
    assert is_signed_in(client)
    client.post("/accounts/logout/")
    assert not is_signed_in(client)


def test_deactivated_person_loses_the_session():
    client = client_of(UserFactory())
    assert client.get("/").status_code == 200
    User.objects.update(is_active=False)
    assert client.get("/").url == "/accounts/login/?next=/"


def test_signup_and_passwords_do_not_exist(client):
    for path in ("signup/", "password/reset/", "password/set/", "email/"):
        assert client.get(f"/accounts/{path}").status_code in {302, 404}
        assert client.post(f"/accounts/{path}", {"email": "x@example.org"}).status_code in {302, 404}
    assert User.objects.count() == 0


@pytest.mark.parametrize("path", [LOGIN, CODE, "/accounts/logout/", "/accounts/setup/abc/", "/accounts/signin/abc/"])
def test_posts_without_csrf_token_are_refused(path):
    assert Client(enforce_csrf_checks=True).post(path, {"email": "ana@example.org"}).status_code == 403
