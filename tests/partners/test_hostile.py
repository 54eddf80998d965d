"""Names with markup on every screen, query parameters with anything in them, lines that would forge a log."""

import pytest
from django.urls import reverse

from initiatives.models import HistoryEntry
from partners.actions import imports
from partners.models import Contact
from tests.factories import ContactFactory, GroupFactory, OrganisationFactory, SeatFactory, SectorFactory
from tests.partners.test_imports import checked, imported
from tests.partners.test_roster import FILE

MARKUP = '<script>alert("x")</script><img src=x onerror=alert(1)>{{ settings.SECRET_KEY }}'
FUZZ = [
    "'",
    '"><script>alert(1)</script>',
    "-1",
    "0",
    "9" * 40,
    "1e9",
    "%00",
    "\x00",
    "a\r\nSet-Cookie: x=1",
    "(1;DROP TABLE partners_contact)",
    "user__password__startswith",
    "²",
    "\ud7ff\uffff",
    "x" * 5_000,
]
LISTS = ["organisation-list", "contact-list", "sector-list", "group-list", "import-list", "contact-add", "seat-add"]


@pytest.fixture
def hostile_pages(initiative):
    """The addresses of every screen, with rows whose every text is markup."""
    sector = SectorFactory(initiative=initiative, name=MARKUP)
    organisation = OrganisationFactory(initiative=initiative, name=MARKUP, sector=sector, notes=MARKUP)
    contact = ContactFactory(
        initiative=initiative,
        organisation=organisation,
        name=MARKUP,
        role=MARKUP,
        reachability="bounced",
        reachability_reason=MARKUP,
    )
    group = GroupFactory(initiative=initiative, name=MARKUP, purpose=MARKUP)
    seat = SeatFactory(group=group, holder=contact, organisation=organisation, sector=sector)
    SeatFactory(group=group, organisation=organisation, sector=sector, ends_on="2026-01-02")
    content = f'Organisation,Sector,Name,Email,Role,Language\n"{MARKUP.replace(chr(34), chr(34) * 2)}",,,,,\n'
    kept = checked(initiative, content.encode())
    named = {
        "organisation": organisation.pk,
        "contact": contact.pk,
        "group": group.pk,
    }
    pages = [(f"{noun}-{verb}", [pk]) for noun, pk in named.items() for verb in ("detail", "edit")]
    pages += [(f"{noun}-{verb}", []) for noun in named for verb in ("list", "add")]
    pages += [("sector-list", []), ("sector-edit", [sector.pk]), ("seat-add", [group.pk]), ("seat-edit", [seat.pk])]
    pages += [("import-list", []), ("import-detail", [kept.pk]), ("import-progress", [kept.pk])]
    return [reverse(f"partners:{name}", args=[initiative.slug, *keys]) for name, keys in pages]


def test_markup_in_names_is_text_on_every_screen(director, hostile_pages):
    for address in hostile_pages:
        page = director.get(address).content.decode()
        assert ("<script>alert" in page, "<img src=x" in page) == (False, False), address


def test_hostile_rows_of_the_shared_file_are_text_on_every_screen(director, initiative):
    partner_import = imported(initiative, FILE.read_bytes())
    contact = Contact.objects.get(email="markup@hostile.example")
    pages = [partner_import, contact, contact.organisation]
    shown = "".join(director.get(row.get_absolute_url()).content.decode() for row in pages)
    assert "<script>alert(1)" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "{{ settings.SECRET_KEY }}" in shown


@pytest.mark.parametrize("value", FUZZ)
def test_query_parameters_change_no_status_and_are_never_markup(director, initiative, value):
    group = GroupFactory(initiative=initiative)
    ContactFactory(initiative=initiative)
    names = ("search", "sector", "group", "order", "page", "left", "lead", "reachability", "organisation", "unknown")
    for name in LISTS:
        keys = [group.pk] if name == "seat-add" else []
        address = reverse(f"partners:{name}", args=[initiative.slug, *keys])
        answer = director.get(address, dict.fromkeys(names, value))
        assert answer.status_code == 200
        assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize("pk", ["0", "9" * 30])
def test_keys_that_no_row_has_are_not_found(director, initiative, pk):
    address = reverse("partners:contact-detail", args=[initiative.slug, 1]).replace("/1/", f"/{pk}/")
    assert director.get(address).status_code == 404


def test_line_break_in_a_name_forges_no_line(director, initiative):
    organisation = OrganisationFactory(initiative=initiative)
    fields = {
        "organisation": organisation.pk,
        "name": "Ana\r\nERROR forged",
        "email": "a@org.example",
        "language": "en",
    }
    director.post(reverse("partners:contact-add", args=[initiative.slug]), fields)
    assert Contact.objects.get().name == "Ana ERROR forged"
    assert HistoryEntry.objects.get().object_label == "Ana ERROR forged"


def test_line_break_in_a_file_name_forges_no_line(initiative):
    received = imports.receive(initiative=initiative, file_name="C:\\x\\a\r\nERROR b\u202e.csv", content=b"x", by=None)
    assert received.file_name == "a ERROR b.csv"


def test_refused_request_leaves_rows_unchanged(committee_member, initiative):
    contact = ContactFactory(initiative=initiative, name="Before")
    before = list(Contact.objects.values())
    fields = {"organisation": contact.organisation_id, "name": "After", "email": "b@org.example", "language": "en"}
    answer = committee_member.post(reverse("partners:contact-edit", args=[initiative.slug, contact.pk]), fields)
    assert (answer.status_code, list(Contact.objects.values())) == (403, before)
