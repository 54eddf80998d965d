"""What was deleted waits for 30 days: the page, the way back, and the end."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from backbone.actions.deleted import delete_for_good
from backbone.models import Activity, ActivityFunction
from backbone.queries.activities import minutes_by_month, people_of_log
from backbone.queries.deleted import KINDS
from backbone.tasks import sweep_deleted
from config.settings import CELERY_BEAT_SCHEDULE
from initiatives.actions import restoring
from initiatives.models import HistoryEntry, Restorable
from initiatives.permissions import Role
from tests.architecture.rows import make_every_row
from tests.backbone.factories import ActivityFactory
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db
OCTOBER = datetime.date(2026, 10, 1), datetime.date(2026, 10, 31)
DAY = datetime.timedelta(days=1)
HOSTILE = "<script>alert(1)</script>"


def address(initiative, name="deleted-list", *arguments):
    return reverse(f"backbone:{name}", args=[initiative.slug, *arguments])


def restore_address(initiative, row):
    return address(initiative, "deleted-restore", row._meta.model_name, row.pk)


def delete(row, by=None, days_ago=0):
    restoring.delete(row=row, by=by)
    type(row).with_deleted.filter(pk=row.pk).update(deleted_at=timezone.now() - days_ago * DAY)
    return row


def test_page_opens_for_the_backbone_and_for_nobody_else(staff, director, stranger, client_as, initiative):
    assert [client.get(address(initiative)).status_code for client in (staff, director, stranger)] == [200, 200, 404]
    for role in (Role.COMMITTEE, Role.CO_CHAIR, Role.MEMBER, Role.FUNDER, Role.OBSERVER):
        assert client_as(role).get(address(initiative)).status_code == 403


def test_restoring_needs_a_post_the_permission_and_the_own_initiative(staff, client_as, initiative, other_initiative):
    gone = delete(ActivityFactory(initiative=initiative))
    foreign = delete(ActivityFactory(initiative=other_initiative))
    assert staff.get(restore_address(initiative, gone)).status_code == 405
    assert client_as(Role.CO_CHAIR).post(restore_address(initiative, gone)).status_code == 403
    assert staff.post(restore_address(initiative, foreign)).status_code == 404
    assert staff.post(address(initiative, "deleted-restore", "user", staff.user.pk)).status_code == 404
    assert Activity.objects.count() == 0


def test_every_kind_that_can_be_restored_is_listed_with_who_and_when(staff, initiative):
    rows = [row for model, row in make_every_row(initiative).items() if issubclass(model, Restorable)]
    assert sorted(row._meta.model_name for row in rows) == sorted(KINDS)
    for row in rows:
        delete(row, by=staff.user)
    listed = staff.get(address(initiative)).context["page"].object_list
    assert {(row.kind, row.pk, row.deleted_by) for row in listed} == {
        (row._meta.model_name, row.pk, str(staff.user)) for row in rows
    }
    for row in rows:
        staff.post(restore_address(initiative, row))
    assert [type(row).objects.filter(pk=row.pk).count() for row in rows] == [1] * len(rows)
    assert staff.get(address(initiative)).context["page"].paginator.count == 0


def test_list_is_newest_first_of_thirty_days_and_of_this_initiative(staff, initiative, other_initiative):
    old, new = (delete(ActivityFactory(initiative=initiative), days_ago=days) for days in (29, 1))
    delete(ActivityFactory(initiative=initiative), days_ago=31)
    delete(ActivityFactory(initiative=other_initiative))
    ActivityFactory(initiative=initiative)
    assert [row.pk for row in staff.get(address(initiative)).context["page"]] == [new.pk, old.pk]


def test_page_costs_the_same_with_one_and_with_three(staff, initiative):
    counts = []
    for number in (1, 2):
        for _ in range(number):
            delete(ActivityFactory(initiative=initiative), by=staff.user)
        with CaptureQueriesContext(connection) as queries:
            staff.get(address(initiative))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_undo_stands_in_the_message_and_leads_back_to_the_page(staff, initiative):
    activity = ActivityFactory(initiative=initiative)
    page = staff.post(
        reverse("backbone:activity-delete", args=[initiative.slug, activity.pk]), follow=True
    ).content.decode()
    here, undo = reverse("backbone:activity-list", args=[initiative.slug]), restore_address(initiative, activity)
    assert f'action="{undo}"' in page
    assert f'name="next" value="{here}"' in page
    answer = staff.post(undo, {"next": here})
    assert (answer.url, Activity.objects.get()) == (here, activity)
    assert f"“{activity.title}” was restored." in staff.get(here).content.decode()


def test_undo_leads_to_no_other_site(staff, initiative):
    gone = delete(ActivityFactory(initiative=initiative))
    answer = staff.post(restore_address(initiative, gone), {"next": "https://elsewhere.example/"})
    assert answer.url == address(initiative)


def test_restoring_twice_says_so_and_is_told_once(staff, initiative):
    gone = delete(ActivityFactory(initiative=initiative))
    for words in ("was restored.", "is there already."):
        assert words in staff.post(restore_address(initiative, gone), follow=True).content.decode()
    assert HistoryEntry.objects.filter(verb="activity_restored").count() == 1


def test_what_was_deleted_too_long_ago_is_not_restored(staff, initiative):
    gone = delete(ActivityFactory(initiative=initiative), days_ago=31)
    assert "too long ago" in staff.post(restore_address(initiative, gone), follow=True).content.decode()
    assert Activity.objects.count() == 0


def test_deleted_activity_is_counted_nowhere_and_comes_back_as_it_was(staff, initiative):
    activity = ActivityFactory(initiative=initiative, people=[MembershipFactory(initiative=initiative).user])
    activity.people.first().memberships.all().delete()
    before = minutes_by_month(initiative, *OCTOBER), list(people_of_log(initiative))
    delete(activity)
    assert (minutes_by_month(initiative, *OCTOBER), list(people_of_log(initiative))) == ({}, [staff.user])
    restoring.restore(row=activity, by=staff.user)
    assert (minutes_by_month(initiative, *OCTOBER), list(people_of_log(initiative))) == before


def test_after_thirty_days_it_goes_for_good_with_all_that_hung_on_it(initiative, monkeypatch):
    monkeypatch.setattr(restoring, "CHUNK", 2)
    for _ in range(5):
        delete(ActivityFactory(initiative=initiative), days_ago=31)
    stays = [delete(ActivityFactory(initiative=initiative), days_ago=30), ActivityFactory(initiative=initiative)]
    assert [delete_for_good(), delete_for_good()] == [5, 0]
    assert set(Activity.with_deleted.all()) == set(stays)
    assert ActivityFunction.objects.count() == 2


def test_the_worker_clears_away_by_itself(initiative):
    delete(ActivityFactory(initiative=initiative), days_ago=31)
    sweep_deleted()
    assert Activity.with_deleted.count() == 0
    assert "backbone.tasks.sweep_deleted" in {entry["task"] for entry in CELERY_BEAT_SCHEDULE.values()}


def test_of_two_who_delete_at_once_one_is_told_of(initiative, staff):
    activity = ActivityFactory(initiative=initiative)
    assert [restoring.delete(row=activity, by=staff.user) for _ in range(2)] == [True, False]
    assert HistoryEntry.objects.filter(verb="activity_deleted").count() == 1


def test_hostile_titles_stay_text(staff, initiative):
    delete(ActivityFactory(initiative=initiative, title=HOSTILE))
    page = staff.get(address(initiative)).content.decode()
    assert (HOSTILE in page, "&lt;script&gt;" in page) == (False, True)


def test_several_are_restored_at_once_and_none_of_others(staff, client_as, initiative, other_initiative):
    one, two, stays = (delete(ActivityFactory(initiative=initiative)) for _ in range(3))
    foreign = delete(ActivityFactory(initiative=other_initiative))
    here = address(initiative, "deleted-several")
    words = [f"activity-{row.pk}" for row in (one, two, foreign)] + ["user-1", "activity-x", "", "activity-" + "9" * 60]
    assert client_as(Role.CO_CHAIR).post(here, {"row": words}).status_code == 403
    assert staff.get(here).status_code == 405
    assert "2 were restored." in staff.post(here, {"row": words}, follow=True).content.decode()
    assert set(Activity.objects.all()) == {one, two}
    assert stays not in Activity.objects.all()
    assert "Nothing was restored" in staff.post(here, follow=True).content.decode()
