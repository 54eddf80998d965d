"""The pages of an initiative's settings, each up the same ladder."""

import datetime

import pytest
from django.test import Client

from initiatives.models import HistoryEntry, Initiative
from initiatives.permissions import PERMISSIONS_OF_ROLE, Permission, Role
from initiatives.quiet import QuietTime
from tests.conftest import client_of
from tests.factories import MembershipFactory

BASE = "/i/bright-futures/settings/"
SETTINGS = {
    "name": "Bright Futures",
    "time_zone": "America/Lima",
    "default_language": "es",
    "currency": "pen",
    "fiscal_year_starts_in": "7",
    "threshold": "4",
    "retention_months": "12",
}
# Page and the permission it needs.
PAGES = {
    "": Permission.AGENDA_VIEW,
    "initiative/": Permission.INITIATIVE_EDIT,
    "quiet/": Permission.INITIATIVE_EDIT,
    "agenda/": Permission.AGENDA_VIEW,
    "agenda/edit/": Permission.AGENDA_EDIT,
    "functions/": Permission.AGENDA_EDIT,
    "members/": Permission.MEMBERS_VIEW,
    "members/new/": Permission.MEMBERS_EDIT,
    "permissions/": Permission.MEMBERS_VIEW,
}


@pytest.mark.parametrize("role", Role)
def test_pages_open_to_exactly_the_roles_that_may(client_as, role):
    client = client_as(role)
    opened = {page for page in PAGES if client.get(BASE + page).status_code == 200}
    assert opened == {page for page, permission in PAGES.items() if permission in PERMISSIONS_OF_ROLE[role]}
    assert {client.get(BASE + page).status_code for page in set(PAGES) - opened} <= {403}


@pytest.mark.parametrize("page", PAGES)
def test_strangers_find_nothing_and_the_signed_out_are_asked_to_sign_in(stranger, client, initiative, page):
    assert stranger.get(BASE + page).status_code == 404
    assert stranger.post(BASE + page, SETTINGS).status_code == 404
    assert client.get(BASE + page).status_code in {302, 404}


def test_directors_of_another_initiative_are_strangers_here(initiative, other_initiative):
    client = client_of(MembershipFactory(initiative=other_initiative, role=Role.DIRECTOR).user)
    assert client.post(BASE + "initiative/", SETTINGS).status_code == 404
    assert HistoryEntry.objects.count() == 0


def test_settings_are_saved(director, initiative):
    response = director.post(BASE + "initiative/", SETTINGS, follow=True)
    assert "The settings were saved." in response.content.decode()
    initiative.refresh_from_db()
    assert (initiative.time_zone, initiative.currency, initiative.fiscal_year_starts_in, initiative.threshold) == (
        "America/Lima",
        "PEN",
        7,
        4,
    )
    assert HistoryEntry.objects.get().by == director.user


QUIET = {
    "quiet_from": "21:00",
    "quiet_until": "07:30",
    "quiet_weekends": "on",
    "holidays": "12-25\n2026-04-06\n12-25",
    "mail_gap_days": "5",
    "sends_reminders": "",
}


def test_quiet_time_is_saved_and_written_into_history(director, initiative):
    page = director.post(BASE + "quiet/", QUIET, follow=True).content.decode()
    initiative.refresh_from_db()
    assert initiative.quiet_time == QuietTime(
        datetime.time(21), datetime.time(7, 30), True, frozenset({"12-25", "2026-04-06"})
    )
    assert HistoryEntry.objects.get().after == {
        "quiet_from": "21:00:00",
        "quiet_until": "07:30:00",
        "quiet_weekends": True,
        "holidays": ["12-25", "2026-04-06"],
        "mail_gap_days": 5,
        "sends_reminders": False,
    }
    assert "from 21:00 until 07:30 where each person is; no mails on Saturdays and Sundays" in page


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("quiet_until", "", "Quiet hours need a beginning and an end."),
        ("quiet_until", "21:00", "end when they begin"),
        ("quiet_from", "25:00", "valid time"),
        ("holidays", "soon", "“soon” is no day"),
        ("holidays", "\n".join(f"2026-{m:02}-{d:02}" for m in (1, 2, 3) for d in range(1, 22)), "more than 60 days"),
        ("mail_gap_days", "31", "less than or equal to 30"),
    ],
)
def test_bad_quiet_time_is_shown_and_not_written(director, initiative, field, value, sentence):
    page = director.post(BASE + "quiet/", QUIET | {field: value}).content.decode()
    assert sentence in page
    initiative.refresh_from_db()
    assert (initiative.quiet_time, initiative.mail_gap_days) == (QuietTime(), 3)
    assert HistoryEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("threshold", "2", "greater than or equal to 3"),
        ("retention_months", "0", "greater than or equal to 1"),
        ("currency", "XX1", "no currency code"),
        ("time_zone", "Mars/Base", "Select a valid choice"),
        ("fiscal_year_starts_in", "13", "Select a valid choice"),
        ("name", "", "required"),
    ],
)
def test_bad_settings_are_shown_and_not_written(director, initiative, field, value, sentence):
    page = director.post(BASE + "initiative/", SETTINGS | {"name": "Typed", field: value}).content.decode()
    assert sentence in page
    assert field == "name" or 'value="Typed"' in page
    assert Initiative.objects.get().currency == "USD"
    assert HistoryEntry.objects.count() == 0


def test_refused_request_leaves_rows_unchanged(staff, initiative):
    page = staff.post(BASE + "initiative/", SETTINGS)
    assert page.status_code == 403
    assert "Change the initiative&#x27;s settings" in page.content.decode()
    assert Initiative.objects.get().currency == "USD"


def test_posts_without_csrf_token_are_refused(initiative):
    member = MembershipFactory(initiative=initiative, role=Role.DIRECTOR)
    client = Client(enforce_csrf_checks=True)
    client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    pages = [page for page in PAGES if page not in {"", "agenda/", "members/", "permissions/"}]
    pages += [f"members/{member.pk}/", f"members/{member.pk}/remove/", "demo/delete/"]
    assert {client.post(BASE + page, SETTINGS).status_code for page in pages} == {403}
    assert HistoryEntry.objects.count() == 0


def test_matrix_shows_the_table_that_decides(director, initiative):
    rows = director.get(BASE + "permissions/").context["rows"]
    assert len(rows) == len(Permission)
    by_label = dict(rows)
    for permission in Permission:
        assert by_label[permission.label] == [permission in PERMISSIONS_OF_ROLE[role] for role in Role]


def test_functions_take_labels_and_the_seventh(director, initiative):
    labels = {f"label_{f.code}": f.label for f in initiative.functions.all()}
    director.post(BASE + "functions/", labels | {"label_community": "Public will", "equity_enabled": "on"})
    functions = {f.code: f for f in initiative.functions.all()}
    assert (str(functions["community"]), functions["equity"].enabled) == ("Public will", True)
    assert str(functions["vision"]) == "Guide vision and strategy"
    entry = HistoryEntry.objects.get()
    assert entry.before == {
        "community": {"label": "", "enabled": True},
        "equity": {"label": "", "enabled": False},
    }
    assert entry.after == {
        "community": {"label": "Public will", "enabled": True},
        "equity": {"label": "", "enabled": True},
    }


def test_too_long_label_is_shown_and_not_written(director, initiative):
    page = director.post(BASE + "functions/", {"label_vision": "v" * 121, "label_policy": "Typed"})
    assert "at most 120 characters" in page.content.decode()
    assert 'value="Typed"' in page.content.decode()
    assert HistoryEntry.objects.count() == 0


def test_hostile_names_are_shown_as_text(director, initiative):
    director.post(BASE + "initiative/", SETTINGS | {"name": "<script>alert(1)</script>"})
    for page in PAGES:
        assert "<script>alert" not in director.get(BASE + page).content.decode()
