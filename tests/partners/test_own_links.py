"""Staff close a partner's link to their own page, and stop or resume what reminds them."""

import pytest
from django.urls import reverse

from initiatives.models import HistoryEntry
from tests.factories import ContactFactory

pytestmark = pytest.mark.django_db


def address(contact, name):
    return reverse(f"partners:{name}", args=[contact.initiative.slug, contact.pk])


def test_closing_a_link_is_told_and_needs_the_permission(staff, committee_member, initiative):
    contact = ContactFactory(initiative=initiative)
    here = address(contact, "contact-link")
    assert [committee_member.post(here).status_code, staff.get(here).status_code] == [403, 405]
    page = staff.post(here, follow=True).content.decode()
    entry = HistoryEntry.objects.get()
    assert (entry.verb, entry.before, entry.after) == ("contact_link_renewed", {"link_version": 1}, {"link_version": 2})
    assert "was closed. Their next mail carries a new one." in page


def test_reminders_are_stopped_and_resumed_by_staff(staff, initiative, other_initiative):
    contact, foreign = ContactFactory(initiative=initiative), ContactFactory(initiative=other_initiative)
    seen = []
    for wanted in ("no", "yes"):
        staff.post(address(contact, "contact-reminders"), {"wanted": wanted})
        contact.refresh_from_db()
        seen.append(contact.wants_reminders)
    assert seen == [False, True]
    for name in ("contact-reminders", "contact-link"):
        assert staff.post(reverse(f"partners:{name}", args=[initiative.slug, foreign.pk])).status_code == 404
