import pytest
from django.core.exceptions import ValidationError

from initiatives.actions import initiatives
from initiatives.models import HistoryEntry, Initiative
from initiatives.permissions import Role
from initiatives.queries import free_slug
from tests.factories import InitiativeFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_starting_makes_director_functions_and_history():
    ana = UserFactory(name="Ana")
    initiative = initiatives.start(name="Río Alto", time_zone="America/Lima", currency="PEN", by=ana)
    assert initiative.slug == "rio-alto"
    assert list(initiative.memberships.values_list("user", "role")) == [(ana.pk, Role.DIRECTOR)]
    assert [(f.code, f.enabled) for f in initiative.functions.all()] == [
        ("vision", True),
        ("alignment", True),
        ("measurement", True),
        ("community", True),
        ("policy", True),
        ("resources", True),
        ("equity", False),
    ]
    entry = HistoryEntry.objects.get()
    assert (entry.verb, entry.by, entry.before) == ("started", ana, {})
    assert entry.after == {
        "slug": "rio-alto",
        "name": "Río Alto",
        "time_zone": "America/Lima",
        "default_language": "en",
        "currency": "PEN",
        "fiscal_year_starts_in": 1,
        "threshold": 5,
        "retention_months": 24,
        "quiet_weekends": False,
        "holidays": [],
        "mail_gap_days": 3,
        "sends_reminders": True,
    }


def test_taken_short_name_is_refused_and_writes_nothing():
    InitiativeFactory(slug="valley")
    with pytest.raises(ValidationError, match="Another initiative uses this short name"):
        initiatives.start(name="Valley", slug="valley", by=UserFactory())
    assert (Initiative.objects.count(), HistoryEntry.objects.count()) == (1, 0)


def test_proposed_short_name_is_free():
    InitiativeFactory(slug="valley")
    InitiativeFactory(slug="valley-2")
    assert [free_slug("Valley"), free_slug("…"), free_slug("Hill " * 30)] == [
        "valley-3",
        "initiative",
        "hill-" * 9 + "hill",
    ]


def test_change_of_settings_keeps_exactly_what_differs(initiative):
    ana = UserFactory(name="Ana")
    initiatives.change_settings(initiative=initiative, changes={"currency": "EUR", "threshold": 5}, by=ana)
    entry = HistoryEntry.objects.get()
    assert (entry.verb, entry.by_label) == ("settings_changed", "Ana")
    assert (entry.before, entry.after) == ({"currency": "USD"}, {"currency": "EUR"})


def test_change_to_the_same_values_leaves_no_history(initiative):
    initiatives.change_settings(initiative=initiative, changes={"currency": "USD"}, by=UserFactory())
    assert HistoryEntry.objects.count() == 0


def test_slug_and_demo_flag_are_no_settings(initiative):
    with pytest.raises(ValueError, match="is_demo"):
        initiatives.change_settings(initiative=initiative, changes={"is_demo": True}, by=UserFactory())
