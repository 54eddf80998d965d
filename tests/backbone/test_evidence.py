"""Evidence entries: written, changed, found and counted only with a source."""

import datetime

import pytest

from backbone.actions import evidence as entries
from backbone.models import Evidence
from backbone.queries.evidence import sourced
from initiatives.actions import restoring
from initiatives.models import HistoryEntry
from tests.backbone.factories import EvidenceFactory
from tests.factories import ContactFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 10, 14)


def told():
    return list(HistoryEntry.objects.order_by("id").values_list("verb", flat=True))


def test_added_entry_is_told_with_its_partners(staff, initiative):
    partner = OrganisationFactory(initiative=initiative)
    values = {"kind": "data_use", "happened_on": DAY, "title": "The clinic used the data", "partners": [partner]}
    entry = entries.add(initiative=initiative, values=values, by=staff.user)
    history = HistoryEntry.objects.get()
    assert (entry.created_by, list(entry.partners.all())) == (staff.user, [partner])
    assert (history.verb, history.after["partners"], history.after["happened_on"]) == (
        "evidence_added",
        [partner.pk],
        "2026-10-14",
    )


def test_change_sets_what_is_named_and_tells_nothing_where_nothing_differs(staff, initiative):
    partner = OrganisationFactory(initiative=initiative)
    entry = EvidenceFactory(initiative=initiative, partners=[partner], title="Before")
    for _time in range(2):
        entries.change(evidence=entry, values={"title": "After", "people_least": 5, "people_most": 9}, by=staff.user)
    entry.refresh_from_db()
    assert (entry.title, entry.people_written, list(entry.partners.all())) == ("After", "5-9", [partner])
    history = HistoryEntry.objects.get()
    assert (history.verb, history.before) == (
        "evidence_changed",
        {"title": "Before", "people_least": None, "people_most": None},
    )


def test_deleted_entry_comes_back(staff, initiative):
    entry = EvidenceFactory(initiative=initiative)
    assert entries.delete(evidence=entry, reason="Twice", by=staff.user)
    assert not entries.delete(evidence=entry, by=staff.user)
    assert Evidence.objects.count() == 0
    restoring.restore(row=entry, by=staff.user)
    assert (Evidence.objects.get(), told()) == (entry, ["evidence_deleted", "evidence_restored"])


def test_a_source_is_a_link_a_file_or_somebody_who_confirmed_it(initiative):
    EvidenceFactory(initiative=initiative)
    linked = EvidenceFactory(initiative=initiative, source_link="https://news.example/a")
    by_contact = EvidenceFactory(initiative=initiative, confirmed_by=ContactFactory(initiative=initiative))
    by_name = EvidenceFactory(initiative=initiative, confirmed_by_other="The mayor")
    filed = EvidenceFactory(initiative=initiative)
    for _time in range(2):
        filed.attachments.create(name="a.pdf", kind="pdf", size=1)
    assert sorted(sourced(initiative.evidence.all()), key=lambda row: row.pk) == [linked, by_contact, by_name, filed]
