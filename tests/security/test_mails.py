"""Mails: who gets them, what stands in them, and what happens to a database when a scanner opens every link."""

import re
from urllib.parse import urljoin

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.actions import setup, sign_in
from initiatives.actions import memberships
from initiatives.permissions import Role
from surveys.actions import rounds
from surveys.actions.closing import close_round
from surveys.models import Invitation, Mailing, Round, RoundText
from surveys.queries.rosters import roster
from surveys.tasks import prepare_round, send_round, sweep_rounds
from tests.factories import ContactFactory, MembershipFactory, UserFactory
from tests.security.world import differences, every_row
from tests.surveys.closing_rounds import agrees, open_round, plain_roster, small_version
from tests.surveys.factories import RoundFactory

pytestmark = pytest.mark.django_db
ADDRESS = re.compile(r"https?://[^\s<>\"]+")
FORGED = {"Host": "localhost", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
FORGED |= {"X-Original-Host": "evil.example", "X-Host": "evil.example", "Origin": "https://evil.example"}


@pytest.fixture
def mailbox(sink, django_capture_on_commit_callbacks):
    """Do something, with all that it rings for; afterwards `mailbox.mails` are the (recipient, text) that left."""

    class Mailbox:
        doing = django_capture_on_commit_callbacks

        @property
        def mails(self):
            return [(mail.recipient, mail.content.decode("utf-8", "replace")) for mail in sink.taken]

    return Mailbox()


@pytest.fixture
def draft(initiative):
    round = RoundFactory(initiative=initiative, state=Round.State.DRAFT, opened_at=None, prepared_at=None)
    ContactFactory(initiative=initiative, name="Ana", email="ana@org.example")
    return round


def every_mail(initiative, director, draft, mailbox, headers):
    """Have every kind of mail leave that the product sends; all that a browser can start is started by a browser."""
    base = f"/i/{initiative.slug}"
    with mailbox.doing(execute=True):
        Client().post("/accounts/login/", {"email": director.user.email}, headers=headers)
        fields = {"email": "new@org.example", "name": "New", "role": "member"}
        director.post(f"{base}/settings/members/new/", fields, headers=headers)
        director.post(f"{base}/rounds/{draft.pk}/test/", headers=headers)
    with mailbox.doing(execute=True):
        director.post(f"{base}/rounds/{draft.pk}/send/", {"digest": roster(draft).digest}, headers=headers)
    prepare_round(draft.pk)
    send_round(draft.pk)
    with mailbox.doing(execute=True):
        ended = open_round(plain_roster(initiative, 2), agrees(1, 2), version=small_version(initiative, number=2))
        close_round(round_id=ended.pk)


def test_forged_host_stands_in_no_mail(initiative, director, draft, mailbox):
    every_mail(initiative, director, draft, mailbox, FORGED)
    assert len(mailbox.mails) >= 5
    links = {link.split("/")[2] for _to, text in mailbox.mails for link in ADDRESS.findall(text)}
    assert (links, [to for to, text in mailbox.mails if "evil.example" in text]) == ({"localhost:8000"}, [])


@pytest.fixture
def links(initiative, director, draft, mailbox):
    """The path of every link in every mail, and of the links that a terminal prints."""
    every_mail(initiative, director, draft, mailbox, {})
    found = {link for _to, text in mailbox.mails for link in ADDRESS.findall(text.replace("=\r\n", ""))}
    paths = {"/" + link.split("/", 3)[3].rstrip(".,)>") for link in found if link.count("/") > 2}
    paths |= {
        f"/accounts/setup/{setup.make_link()}/",
        f"/accounts/signin/{sign_in.make_link(email='new@org.example')}/",
    }
    kinds = {path.split("/")[1] for path in paths}
    assert kinds >= {"s", "u", "p", "accounts", "i"}
    return sorted(paths)


def test_scanner_that_opens_every_link_changes_nothing(links):
    before, scanner = every_row(), Client()
    for path in links:
        for method in ("get", "head", "options", "get"):
            answer = getattr(scanner, method)(path, follow=method == "get")
            assert answer.status_code in {200, 302, 405}, (method, path)
    assert differences(before, every_row()) == []


def test_scanner_that_follows_what_is_on_the_pages_changes_nothing(links):
    before, scanner, seen, waiting = every_row(), Client(), set(), list(links)
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        page = scanner.get(path, follow=True)
        base = page.request["PATH_INFO"]
        waiting += [_absolute(base, href) for href in re.findall(r'(?:href|action)="([^"#]+)"', page.content.decode())]
        waiting = [found for found in waiting if found.startswith("/") and not found.startswith(("/static/", "/demo/"))]
    assert len(seen) > len(links)
    assert differences(before, every_row()) == []


def _absolute(base, href):
    return urljoin(base, href.replace("&amp;", "&"))


def test_mails_of_a_round_go_to_exactly_the_previewed_people(initiative, director, draft, mailbox):
    ContactFactory(initiative=initiative, email="left@org.example", left_on="2026-01-01")
    ContactFactory(initiative=initiative, email="wants-none@org.example", reachability="opted_out")
    ContactFactory(email="elsewhere@org.example")
    page = director.get(f"/i/{initiative.slug}/rounds/{draft.pk}/preview/").content.decode()
    previewed = roster(draft)
    with mailbox.doing(execute=True):
        rounds.send(round=draft, digest=previewed.digest, by=director.user)
    ContactFactory(initiative=initiative, email="came-later@org.example")
    prepare_round(draft.pk)
    send_round(draft.pk)
    assert [to for to, _text in mailbox.mails] == ["ana@org.example"]
    assert "ana@org.example" in page
    assert {contact.email for contact in previewed.contacts} == {"ana@org.example"}


@pytest.mark.parametrize(
    "words", ["{{7*7}}", "{name.__class__}", "{0}", "{settings.SECRET_KEY}", "%(name)s{%x%}", "{link!r}"]
)
def test_texts_of_a_mail_run_nothing(director, initiative, draft, words):
    text = draft.texts.get(kind=RoundText.Kind.INVITATION)
    address = f"/i/{initiative.slug}/rounds/texts/{text.pk}/"
    answer = director.post(address, {"subject": "Hello", "body": f"{words} {{link}}"})
    text.refresh_from_db()
    stored = text.body.startswith(words)
    assert (answer.status_code, stored) in {(200, False), (422, False), (302, words.startswith("%"))}


@pytest.mark.parametrize(
    "name", ["{{7*7}}{link}", "{name.__class__}", "%(x)s", "Ana\r\nBcc: all@evil.example", "{% x %}"]
)
def test_names_in_a_mail_run_nothing_and_add_no_header(initiative, director, draft, mailbox, name):
    initiative.contacts.update(name=name)
    with mailbox.doing(execute=True):
        rounds.send(round=draft, digest=roster(draft).digest, by=director.user)
    prepare_round(draft.pk)
    send_round(draft.pk)
    (recipient, text), *others = mailbox.mails
    head, _blank, body = text.partition("\r\n\r\n")
    assert (recipient, others) == ("ana@org.example", [])
    assert [line for line in head.split("\r\n") if line.lower().startswith("bcc")] == []
    assert ("49" in body.split("http")[0], "class '" in body) == (False, False)


def test_tests_to_oneself_end_after_ten_an_hour(initiative, director, draft, mailbox):
    for _time in range(12):
        with mailbox.doing(execute=True):
            director.post(
                f"/i/{initiative.slug}/rounds/{draft.pk}/test/", headers={"X-Forwarded-For": f"10.0.0.{_time}"}
            )
    languages = 4
    assert [to for to, _text in mailbox.mails] == [director.user.email] * 10 * languages


def test_one_address_is_invited_three_times_a_day_from_all_initiatives(initiative, mailbox):
    founders = [MembershipFactory(role=Role.DIRECTOR) for _number in range(5)]
    for founder in founders:
        with mailbox.doing(execute=True):
            try:
                memberships.invite(
                    initiative=founder.initiative,
                    email="victim@org.example",
                    name="",
                    role=Role.MEMBER,
                    by=founder.user,
                )
            except memberships.ValidationError:
                continue
    assert [to for to, _text in mailbox.mails] == ["victim@org.example"] * 3


def test_codes_to_one_address_end_whoever_asks(mailbox):
    person = UserFactory()
    for number in range(8):
        with mailbox.doing(execute=True):
            Client(REMOTE_ADDR=f"192.0.2.{number}").post("/accounts/login/", {"email": person.email})
    assert [to for to, _text in mailbox.mails] == [person.email] * 5


def test_sweep_that_runs_again_and_again_mails_nobody_twice(initiative, director, draft, mailbox):
    with mailbox.doing(execute=True):
        rounds.send(round=draft, digest=roster(draft).digest, by=director.user)
    for _time in range(3):
        with mailbox.doing(execute=True):
            sweep_rounds()
            prepare_round(draft.pk)
            send_round(draft.pk)
        cache.clear()
    assert (len(mailbox.mails), Mailing.objects.count(), Invitation.objects.count()) == (1, 1, 1)
