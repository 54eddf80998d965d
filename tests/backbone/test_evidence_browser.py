"""The pages of evidence in a real browser: accessible, inside the screen, and asking only for what belongs to the kind."""

import pytest
from playwright.sync_api import expect

from backbone.actions.attachments import attach
from backbone.models import TargetAudience
from tests.backbone.factories import EvidenceFactory
from tests.backbone.test_attachments import PDF
from tests.design.test_browser import DESK, PHONE, violations
from tests.factories import ContactFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOME = "/i/bright-futures/evidence/"


@pytest.fixture
def pages(initiative, director):
    contact = ContactFactory(initiative=initiative)
    TargetAudience.objects.create(initiative=initiative, name="City council")
    entry = EvidenceFactory(
        initiative=initiative, confirmed_by=contact, partners=[contact.organisation], description="x" * 300
    )
    attach(owner=entry, name="A file with a long name of many words.pdf", kind="pdf", content=PDF, by=director.user)
    EvidenceFactory(initiative=initiative, kind="community_action", people_least=10, people_most=20)
    return [HOME, f"{HOME}new/", f"{HOME}{entry.pk}/", f"{HOME}{entry.pk}/edit/"]


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESK, "light")], ids=["phone", "desk"])
def test_axe_finds_nothing_on_pages_of_evidence(opened, pages, size, scheme):
    for address in pages:
        page = opened(address, size, scheme)
        page.evaluate("document.querySelectorAll('main details').forEach((details) => { details.open = true; })")
        assert violations(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"], address
        assert page.complaints == []


def test_people_and_target_audiences_are_asked_of_their_kind(opened, pages):
    page = opened(f"{HOME}new/")
    people, council = page.get_by_label("How many people?"), page.get_by_label("City council")
    expect(people).to_be_hidden()
    page.get_by_label("Community action").check()
    expect(people).to_be_visible()
    expect(council).to_be_hidden()
    page.get_by_label("Policy advocacy").check()
    expect(people).to_be_hidden()
    expect(council).to_be_visible()
