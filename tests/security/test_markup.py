"""Markup and worse in every text of every row, and in every parameter of every address."""

import re
from urllib.parse import urljoin

import pytest
from django.db import models
from django.db.models import JSONField

from accounts.models import User
from initiatives.models import HistoryEntry
from initiatives.queries import snapshot
from tests.architecture.rows import FOREIGN_KEY, make_every_row
from tests.conftest import client_of
from tests.factories import UserFactory
from tests.security.world import addresses, differences, every_row, text_of

pytestmark = pytest.mark.django_db
MARKUP = "\"'><svg/onload=hit()>{{7*7}}{%x%}"
# Either form would be live markup or a template that ran; escaped text holds neither.
LIVE = re.compile(r"<svg/onload|(?<!\{)49(?=\{%x%\})")
# Texts that are keys or keep a form of their own, so that no page would open with markup in them.
KEYS = {
    "initiatives.Initiative": {"time_zone", "currency"},
    "initiatives.HistoryEntry": {"object_kind"},
    "indicators.Publication": {"audience", "comparability_key"},
    "indicators.Result": {"code", "breakdown"},
    "indicators.PublicationNotice": {"claim"},
    "backbone.Meeting": {"time_zone"},
    "backbone.MeetingSeries": {"time_zone", "recurrence"},
    "surveys.Instrument": {"code"},
    "surveys.InstrumentVersion": {"digest"},
    "surveys.Invitation": {"language"},
    "surveys.Mailing": {"claim"},
    "surveys.Response": {"language"},
}
PLAIN = (models.SlugField, models.EmailField)


def texts_of(model):
    """The fields of a model that hold words somebody wrote."""
    fields = (f for f in model._meta.concrete_fields if isinstance(f, models.CharField | models.TextField))
    keys = KEYS.get(model._meta.label, set())
    return [f for f in fields if not f.choices and not isinstance(f, PLAIN) and f.name not in keys]


def make_hostile(row):
    for field in texts_of(type(row)):
        setattr(row, field.attname, MARKUP[: field.max_length or None])
    for field in row._meta.concrete_fields:
        if isinstance(field, JSONField) and row._meta.label in {"initiatives.HistoryEntry"}:
            setattr(row, field.attname, {MARKUP: MARKUP})
    row.save()


@pytest.fixture
def hostile(initiative, director):
    """A row of every table with markup in each of its texts, the people's names among them."""
    for row in make_every_row(initiative).values():
        make_hostile(row)
    User.objects.update(name=MARKUP)
    initiative.refresh_from_db()
    return initiative


@pytest.mark.parametrize("state", ["draft", "open", "closed", "cancelled"])
def test_markup_in_any_text_is_text_on_every_page(director, hostile, state):
    hostile.rounds.update(state=state)
    shown = 0
    for address in addresses(hostile.slug, key=FOREIGN_KEY):
        answer = director.get(address, follow=True)
        if not answer["Content-Type"].startswith("text/html"):
            # A file to save, or plain text that no browser takes for a page.
            assert "attachment" in answer.get("Content-Disposition", "") or address == "/health/", address
            continue
        page = answer.content.decode()
        assert LIVE.findall(page) == [], address
        shown += "&lt;svg/onload" in page
    assert shown > 20


def test_markup_is_text_in_the_admin(hostile):
    host = client_of(UserFactory(email="host@example.org", is_staff=True, is_superuser=True))
    person = hostile.memberships.first().user
    changed = host.post(f"/admin/accounts/user/{person.pk}/change/", {"email": "new@example.org", "name": MARKUP})
    assert changed.status_code == 302
    tables = ["accounts/user", "initiatives/initiative", "initiatives/membership"]
    pages = ["/admin/", *(f"/admin/{table}/" for table in tables)]
    pages += [f"/admin/accounts/user/{person.pk}/{rest}/" for rest in ("change", "history")]
    pages += [f"/admin/initiatives/initiative/{hostile.pk}/change/"]
    shown = [host.get(page).content.decode() for page in pages]
    assert [page for page, text in zip(pages, shown, strict=True) if LIVE.search(text)] == []
    assert "&lt;svg/onload" in shown[1]


HOSTILE_VALUES = [MARKUP, "\x00", "\ud800", "9" * 60, "' OR 1=1 --", "a\r\nSet-Cookie: stolen=1", "//evil.example/"]
NAMES = """page search q order sort o sector group organisation function since until year month person left lead kind
reachability language next role code all history filter fields user__password__startswith"""


def is_ours(answer):
    """Whether a redirect, as a browser reads it, stays on this site."""
    target = answer.get("Location", "/").replace("\\", "/")
    return urljoin("http://testserver/a/", target).startswith("http://testserver/")


def query_of(page, value):
    """Every parameter that the page knows of, and those that others had, with a hostile value."""
    known = re.findall(r'<(?:input|select|textarea)[^>]* name="([\w-]+)"', page)
    return dict.fromkeys([*NAMES.split(), *known, MARKUP], value)


def test_no_parameter_of_any_page_is_markup_an_error_or_a_way_out(director, initiative):
    make_every_row(initiative)
    pages = {address: director.get(address) for address in addresses(initiative.slug, key=FOREIGN_KEY)}
    before = every_row()
    for address, plain in pages.items():
        for value in HOSTILE_VALUES:
            query = query_of(text_of(plain), value.encode("utf-8", "surrogatepass"))
            answer = director.get(address, query)
            assert answer.status_code in {200, 302, 400, 403, 404, 405, 410}, (address, value)
            assert LIVE.search(text_of(answer)) is None, (address, value)
            assert is_ours(answer), (address, value)
            assert "stolen" not in answer.cookies, (address, value)
    assert differences(before, every_row()) == []


@pytest.mark.parametrize("value", [MARKUP, "\x00", "9" * 18, "//evil.example/\r\nSet-Cookie: stolen=1"])
def test_no_field_of_any_form_is_an_error_or_a_way_out(director, initiative, value):
    """Whatever is typed into whichever field: the page answers, and what was typed comes back as text."""
    make_every_row(initiative)
    for address in addresses(initiative.slug, key=FOREIGN_KEY):
        if not address.startswith("/i/") or any(word in address for word in ("remove", "delete")):
            continue
        page = director.get(address)
        if page.status_code != 200 or page.streaming:
            continue
        answer = director.post(address, query_of(text_of(page), value))
        assert answer.status_code in {200, 302, 403, 404, 405, 409, 422}, address
        assert LIVE.search(text_of(answer)) is None, address
        assert is_ours(answer), address


def test_history_keeps_a_hostile_value_as_it_was_and_nothing_secret(hostile):
    entry = HistoryEntry.objects.filter(initiative=hostile).first()
    assert (entry.before, entry.after) == ({MARKUP: MARKUP}, {MARKUP: MARKUP})
    person = hostile.memberships.first().user
    assert "password" not in snapshot(person, ["email", "name"])
