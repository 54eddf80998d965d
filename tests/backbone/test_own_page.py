"""A partner's own page: what its link opens, what it never does, and what it says to whom."""

import datetime
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backbone.tokens import own_page_token, stop_token
from core.logs import mask_links
from initiatives.models import HistoryEntry
from partners.actions import contacts
from partners.models import Commitment
from surveys import tokens
from surveys.tokens import survey_token, unsubscribe_token
from tests.backbone.follow_ups import ActionItemFactory, CommitmentFactory
from tests.factories import ContactFactory

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def contact(initiative):
    return ContactFactory(initiative=initiative, name="Ana Ruiz", email="ana@partner.example")


@pytest.fixture
def item(initiative, contact):
    return ActionItemFactory(initiative=initiative, owner_contact=contact, title="Book the hall")


@pytest.fixture
def promise(initiative, contact):
    return CommitmentFactory(initiative=initiative, contact=contact, title="Forty hours of tutoring")


def link(contact, rest=""):
    return f"/own/{own_page_token(contact)}/{rest}"


def everything(item, promise):
    """What must not change by looking."""
    return [
        *type(item).with_deleted.order_by("pk").values(),
        *Commitment.with_deleted.order_by("pk").values(),
        *type(item.owner_contact).objects.values("wants_reminders", "link_version"),
        HistoryEntry.objects.count(),
    ]


def test_page_shows_their_own_and_nobody_elses(client, contact, item, promise, initiative, other_initiative):
    ActionItemFactory(
        initiative=initiative, title="of somebody else", owner_contact=ContactFactory(initiative=initiative)
    )
    same_address = ContactFactory(initiative=other_initiative, email=contact.email)
    ActionItemFactory(initiative=other_initiative, title="in another initiative", owner_contact=same_address)
    CommitmentFactory(initiative=initiative, title="of a colleague", organisation=contact.organisation,
                      contact=ContactFactory(initiative=initiative, organisation=contact.organisation))  # fmt: skip
    page = client.get(link(contact)).content.decode()
    shown = ("Book the hall", "Forty hours of tutoring", "of somebody else", "in another initiative", "of a colleague")
    assert [words in page for words in shown] == [True, True, False, False, False]


def test_looking_with_every_method_that_must_not_act_changes_nothing(client, contact, item, promise):
    before = everything(item, promise)
    addresses = [link(contact, rest) for rest in ("", f"done/{item.pk}/", f"confirm/{promise.pk}/",
                 f"dispute/{promise.pk}/", "reminders/")]  # fmt: skip
    addresses.append(f"/stop/{stop_token(contact)}/")
    answers = {client.generic(method, address).status_code for method in ("GET", "HEAD") for address in addresses}
    assert answers == {200, 405}
    assert everything(item, promise) == before


def test_scanner_that_follows_every_link_of_the_page_changes_nothing(client, contact, item, promise):
    before = everything(item, promise)
    page = client.get(link(contact)).content.decode()
    found = {address for address in re.findall(r'(?:href|action)="([^"]+)"', page) if "/static/" not in address}
    assert len(found) > 7
    for address in found:
        client.get(address if address.startswith("/") else link(contact) + address)
    assert everything(item, promise) == before


def test_done_is_done_once_and_history_says_by_whom(client, contact, item):
    for _ in range(2):
        answer = client.post(link(contact, f"done/{item.pk}/"))
        assert answer.url == link(contact) + "?language=en&said=done"
    item.refresh_from_db()
    assert (item.state, item.done_on) == ("done", contact.initiative.today())
    entry = HistoryEntry.objects.get()
    assert (entry.verb, entry.by, entry.reason) == ("actionitem_moved", None, "Ana Ruiz <ana@partner.example>")
    assert "It was marked as done." in client.get(answer.url).content.decode()


def test_what_staff_dropped_is_not_brought_back(client, contact, item):
    type(item).objects.update(state="dropped")
    client.post(link(contact, f"done/{item.pk}/"))
    item.refresh_from_db()
    assert (item.state, HistoryEntry.objects.count()) == ("dropped", 0)


def test_staff_undo_what_a_partner_marked(client, staff, contact, item):
    client.post(link(contact, f"done/{item.pk}/"))
    staff.post(reverse("backbone:action-item-move", args=[item.initiative.slug, item.pk]), {"state": "open"})
    assert "Book the hall" in client.get(link(contact)).content.decode().split('id="waiting"')[1]


def test_confirming_and_disputing_are_noted_once(client, contact, promise):
    for _ in range(2):
        client.post(link(contact, f"confirm/{promise.pk}/"))
    promise.refresh_from_db()
    assert (promise.confirmed_at is not None, promise.disputed_at) == (True, None)
    for _ in range(2):
        client.post(link(contact, f"dispute/{promise.pk}/"), {"note": "Twenty\r\nhours\x00"})
    promise.refresh_from_db()
    assert (promise.confirmed_at, promise.disputed_at is not None, promise.dispute) == (None, True, "Twenty hours")
    assert [entry.verb for entry in HistoryEntry.objects.order_by("id")] == [
        "commitment_confirmed",
        "commitment_disputed",
    ]


def test_what_is_settled_takes_no_word_any_more(client, contact, promise):
    Commitment.objects.update(state="kept", settled_on=promise.made_on)
    client.post(link(contact, f"dispute/{promise.pk}/"), {"note": "late"})
    promise.refresh_from_db()
    assert (promise.disputed_at, promise.dispute) == (None, "")


def test_link_opens_nothing_of_others(client, contact, item, promise, initiative):
    other = ContactFactory(initiative=initiative)
    for rest in (f"done/{item.pk}/", f"confirm/{promise.pk}/", f"dispute/{promise.pk}/", f"done/{9**30}/"):
        assert client.post(link(other, rest)).status_code == 404
    assert HistoryEntry.objects.count() == 0


def test_every_wrong_token_gets_the_same_page(client, contact, item):
    good = own_page_token(contact)
    wrong = [good[:-1] + ("A" if good[-1] != "A" else "B"), good[:-1], "x" * 32, good + "=", stop_token(contact),
             survey_token(contact.pk, contact.link_version), unsubscribe_token(contact.pk), tokens.make(b"own-page", 10**12, 1)]  # fmt: skip
    pages = {(answer.status_code, answer.content) for token in wrong for answer in [client.get(f"/own/{token}/")]}
    assert len(pages) == 1
    assert [status for status, _page in pages] == [404]
    assert client.post(f"/own/{wrong[0]}/done/{item.pk}/").status_code == 404


def test_renewed_link_closes_the_old_one_and_a_new_address_does_so_too(client, director, contact):
    old = link(contact)
    contact = contacts.renew_link(contact=contact, by=director.user)
    assert [client.get(old).status_code, client.get(link(contact)).status_code] == [404, 200]
    old = link(contact)
    contact = contacts.change(contact=contact, values={"email": "new@partner.example"}, by=director.user)
    assert [client.get(old).status_code, client.get(link(contact)).status_code] == [404, 200]


@pytest.mark.parametrize("who", ["contact", "organisation"])
def test_whoever_left_is_told_so_and_shown_nothing(client, contact, item, promise, who):
    row = contact if who == "contact" else contact.organisation
    type(row).objects.filter(pk=row.pk).update(left_on=timezone.now().date())
    page = client.get(link(contact)).content.decode()
    assert ("You no longer take part" in page, "Book the hall" in page, "Forty hours" in page) == (True, False, False)
    client.post(link(contact, f"done/{item.pk}/"))
    assert HistoryEntry.objects.count() == 0


def test_page_is_kept_quoted_framed_and_indexed_nowhere(client, contact, item):
    for address in (link(contact), f"/stop/{stop_token(contact)}/", f"/own/{'x' * 32}/"):
        answer = client.get(address)
        assert "no-store" in answer["Cache-Control"]
        assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("strict-origin", "noindex, nofollow")
        assert answer["X-Frame-Options"] == "DENY"
    assert own_page_token(contact) not in mask_links(f"GET {link(contact, 'done/7/')} 302")
    assert stop_token(contact) not in mask_links(f"GET /stop/{stop_token(contact)}/")


def test_page_speaks_the_language_of_the_contact_and_of_the_switch(client, contact, item):
    type(contact).objects.update(language="ar")
    page = client.get(link(contact)).content.decode()
    assert 'lang="ar" dir="rtl"' in page
    assert ["What you agreed to do" in page, "To be done" in page] == [False, False]
    assert "What you agreed to do" in client.get(link(contact), {"language": "en"}).content.decode()
    assert client.get(link(contact), {"language": '"><script>'}).status_code == 200


def test_forms_want_the_form_token_and_stopping_does_not(contact, item):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(link(contact, f"done/{item.pk}/")).status_code == 403
    assert strict.post(f"/stop/{stop_token(contact)}/").status_code == 200
    contact.refresh_from_db()
    assert (contact.wants_reminders, HistoryEntry.objects.get().reason) == (False, "Ana Ruiz <ana@partner.example>")


def test_reminders_are_stopped_and_wanted_again_on_the_page(client, contact):
    seen = []
    for wanted in ("no", "no", "yes"):
        client.post(link(contact, "reminders/"), {"wanted": wanted})
        contact.refresh_from_db()
        seen.append(contact.wants_reminders)
    assert (seen, HistoryEntry.objects.count()) == ([False, False, True], 2)


def test_old_stop_link_goes_on_working_after_the_link_was_renewed(client, director, contact):
    old = f"/stop/{stop_token(contact)}/"
    contacts.renew_link(contact=contact, by=director.user)
    client.post(old)
    contact.refresh_from_db()
    assert contact.wants_reminders is False


def test_hostile_words_stay_text(client, initiative):
    contact = ContactFactory(initiative=initiative, name=HOSTILE, organisation__name=HOSTILE)
    ActionItemFactory(initiative=initiative, owner_contact=contact, title=HOSTILE)
    CommitmentFactory(initiative=initiative, contact=contact, title=HOSTILE, unit=HOSTILE, amount=3)
    assert HOSTILE not in client.get(link(contact), {"said": HOSTILE}).content.decode()
