"""The activity log: its ladder, its form, its filters, and the time by function and month."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from backbone.actions.activities import change_activity, delete_activity, log_activity
from backbone.models import Activity, ActivityFunction
from backbone.queries.activities import last_months, minutes_by_month, time_table, total_by_function
from initiatives.models import HistoryEntry
from initiatives.permissions import Role
from tests.backbone.factories import ActivityFactory
from tests.factories import GroupFactory, MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
PAGES = ["activity-list", "activity-time", "activity-add"]
HOSTILE = "<script>alert(1)</script>"
OCTOBER = datetime.date(2026, 10, 1), datetime.date(2026, 10, 31)


def address(name, initiative, *arguments):
    return reverse(f"backbone:{name}", args=[initiative.slug, *arguments])


def function(initiative, code):
    return initiative.functions.get(code=code)


def typed(initiative, **changes):
    """What somebody types who fills in no more than is needed."""
    fields = {"title": "Call with the district", "minutes": "30", "functions": [function(initiative, "vision").pk]}
    return fields | {"held_on": "2026-10-14"} | changes


def errors_of(answer):
    return {name: list(errors) for name, errors in answer.context["form"].errors.items()}


def shares_of(activity):
    return dict(activity.shares.values_list("function__code", "weight"))


@pytest.mark.parametrize("name", PAGES)
def test_page_opens_for_the_backbone_and_for_nobody_else(name, staff, stranger, client_as, initiative):
    assert staff.get(address(name, initiative)).status_code == 200
    assert stranger.get(address(name, initiative)).status_code == 404
    for role in (Role.COMMITTEE, Role.CO_CHAIR, Role.MEMBER, Role.FUNDER, Role.OBSERVER):
        assert client_as(role).get(address(name, initiative)).status_code == 403


@pytest.mark.parametrize("name", ["activity-edit", "activity-delete"])
def test_activity_of_another_initiative_does_not_exist_here(name, staff, initiative, other_initiative):
    foreign = ActivityFactory(initiative=other_initiative)
    assert staff.post(address(name, initiative, foreign.pk), typed(initiative)).status_code == 404
    assert list(Activity.objects.all()) == [foreign]


def test_deleting_needs_a_post_and_the_permission(staff, committee_member, initiative):
    activity = ActivityFactory(initiative=initiative)
    here = address("activity-delete", initiative, activity.pk)
    assert [staff.get(here).status_code, committee_member.post(here).status_code] == [405, 403]
    assert Activity.objects.count() == 1


def test_three_answers_are_enough_and_the_rest_begins_sensibly(staff, initiative):
    staff.get(address("activity-add", initiative))
    fields = staff.get(address("activity-add", initiative)).context["form"].initial
    assert fields["held_on"] == initiative.today()
    assert fields["people"] == [staff.user.pk]
    answer = staff.post(address("activity-add", initiative), typed(initiative, people=fields["people"]))
    assert answer.url == address("activity-list", initiative)
    logged = Activity.objects.get()
    assert (logged.title, logged.minutes, shares_of(logged)) == ("Call with the district", 30, {"vision": 1})
    assert list(logged.people.all()) == [staff.user]
    assert logged.created_by == staff.user


@pytest.mark.parametrize("name", ["people", "partners", "functions", "group"])
def test_a_key_larger_than_any_key_is_refused_and_writes_nothing(staff, initiative, name):
    answer = staff.post(address("activity-add", initiative), typed(initiative, **{name: ["9" * 60]}))
    assert answer.status_code in (200, 400)
    assert Activity.objects.count() == 0


def test_today_is_the_day_in_the_zone_of_the_initiative(staff, initiative, monkeypatch):
    late = datetime.datetime(2026, 10, 14, 23, 30, tzinfo=datetime.UTC)
    monkeypatch.setattr(timezone, "now", lambda: late)
    initiative.time_zone = "Pacific/Auckland"
    initiative.save()
    page = staff.get(address("activity-add", initiative)).content.decode()
    field = re.search(r'<input[^>]*name="held_on"[^>]*>', page)[0]
    assert re.search(r'value="([^"]*)"', field)[1] == "2026-10-15"


def test_everything_typed_is_stored(staff, initiative):
    colleague = MembershipFactory(initiative=initiative).user
    partner, group = OrganisationFactory(initiative=initiative), GroupFactory(initiative=initiative)
    vision, policy = function(initiative, "vision"), function(initiative, "policy")
    fields = typed(
        initiative,
        minutes="other",
        other_minutes="50",
        functions=[vision.pk, policy.pk],
        people=[staff.user.pk, colleague.pk],
        partners=[partner.pk],
        group=group.pk,
        outcome="They join the data group.",
    )
    staff.post(address("activity-add", initiative), fields | {f"weight_{policy.pk}": "3"})
    logged = Activity.objects.get()
    assert (logged.minutes, logged.group, logged.outcome) == (50, group, "They join the data group.")
    assert shares_of(logged) == {"vision": 1, "policy": 3}
    assert set(logged.people.all()) == {staff.user, colleague}
    assert list(logged.partners.all()) == [partner]


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"title": ""}, {"title": ["Write in a few words what you did."]}),
        ({"functions": []}, {"functions": ["Choose at least one function."]}),
        ({"minutes": ""}, {"minutes": ["Say how long it took: choose a length or type the minutes."]}),
        ({"minutes": "other"}, {"minutes": ["Say how long it took: choose a length or type the minutes."]}),
        ({"other_minutes": "45"}, {"minutes": ["You chose 30 minutes and typed 45. Keep one of them."]}),
        (
            {"minutes": "", "other_minutes": "1441"},
            {"other_minutes": ["Ensure this value is less than or equal to 1440."]},
        ),
    ],
)
def test_what_is_refused_is_said_and_nothing_is_lost(staff, initiative, changes, errors):
    answer = staff.post(address("activity-add", initiative), typed(initiative, outcome="Much came of it", **changes))
    assert errors_of(answer) == errors
    assert Activity.objects.count() == HistoryEntry.objects.count() == 0
    page = answer.content.decode()
    assert [sentence for sentences in errors.values() for sentence in sentences if sentence not in page] == []
    assert "Much came of it</textarea>" in page
    assert [str(value) for value in answer.context["form"]["functions"].value()] == [
        str(pk) for pk in changes.get("functions", typed(initiative)["functions"])
    ]


def test_foreign_rows_are_no_choice_and_are_refused(staff, initiative, other_initiative):
    fields = typed(
        initiative,
        functions=[function(other_initiative, "vision").pk],
        people=[MembershipFactory(initiative=other_initiative).user.pk],
        partners=[OrganisationFactory(initiative=other_initiative, name="Elsewhere").pk],
        group=GroupFactory(initiative=other_initiative, name="Foreign group").pk,
    )
    answer = staff.post(address("activity-add", initiative), fields)
    assert sorted(errors_of(answer)) == ["functions", "group", "partners", "people"]
    assert [word for word in ("Elsewhere", "Foreign group") if word in answer.content.decode()] == []
    assert Activity.objects.count() == 0


def test_only_the_backbone_is_offered_as_staff(staff, initiative):
    MembershipFactory(initiative=initiative, role=Role.COMMITTEE)
    form = staff.get(address("activity-add", initiative)).context["form"]
    assert list(form.fields["people"].queryset) == [staff.user]


def test_changing_keeps_people_who_left_and_functions_switched_off(staff, initiative):
    former = MembershipFactory(initiative=initiative)
    activity = ActivityFactory(initiative=initiative, people=[former.user], functions={"policy": 2})
    former.delete()
    initiative.functions.filter(code="policy").update(enabled=False)
    here = address("activity-edit", initiative, activity.pk)
    form = staff.get(here).context["form"]
    staff.post(here, typed(initiative, people=form.initial["people"], functions=form.initial["functions"]))
    assert list(activity.people.all()) == [former.user]
    assert shares_of(activity) == {"policy": 1}


@pytest.mark.parametrize(
    ("stored", "changes", "minutes"),
    [
        (45, {"minutes": "30", "other_minutes": "45"}, 30),
        (45, {"minutes": "other", "other_minutes": "45"}, 45),
        (30, {"minutes": "other", "other_minutes": "20"}, 20),
    ],
)
def test_changing_the_length_takes_what_was_changed(staff, initiative, stored, changes, minutes):
    activity = ActivityFactory(initiative=initiative, minutes=stored)
    staff.post(address("activity-edit", initiative, activity.pk), typed(initiative, **changes))
    activity.refresh_from_db()
    assert activity.minutes == minutes


def test_history_tells_of_logging_changing_and_deleting(director, initiative):
    vision, policy = function(initiative, "vision"), function(initiative, "policy")
    said = {"title": "Call", "held_on": datetime.date(2026, 10, 14), "minutes": 30}
    activity = log_activity(
        initiative=initiative, **said, functions={vision: 1}, people=[director.user], by=director.user
    )
    change_activity(activity=activity, **said | {"minutes": 45}, functions={policy: 2}, by=director.user)
    delete_activity(activity=activity, by=director.user)
    logged, changed, deleted = HistoryEntry.objects.order_by("id")
    assert logged.after == {
        "title": "Call", "held_on": "2026-10-14", "minutes": 30, "outcome": "", "behind_the_scenes": False,
        "people": [director.user.pk], "partners": [], "functions": {"vision": 1}, "kind": "work",
        "engagement_level": "", "audience": "", "topic": "", "days": "", "target_audiences": [],
    }  # fmt: skip
    assert changed.before == {"minutes": 30, "people": [director.user.pk], "functions": {"vision": 1}}
    assert changed.after == {"minutes": 45, "people": [], "functions": {"policy": 2}}
    assert (deleted.verb, deleted.before["minutes"], Activity.objects.count()) == ("activity_deleted", 45, 0)


def test_change_without_a_difference_is_not_told(staff, initiative):
    activity = ActivityFactory(initiative=initiative, title="Call with the district")
    staff.post(address("activity-edit", initiative, activity.pk), typed(initiative))
    assert HistoryEntry.objects.count() == 0


def test_activity_without_a_function_is_refused_before_anything_is_written(director, initiative):
    with pytest.raises(ValueError, match="at least one function"):
        log_activity(
            initiative=initiative, title="Call", held_on=OCTOBER[0], minutes=30, functions={}, by=director.user
        )
    assert Activity.objects.count() == ActivityFunction.objects.count() == 0


def test_deleting_takes_the_activity_out(staff, initiative):
    gone, stays = ActivityFactory.create_batch(2, initiative=initiative)
    answer = staff.post(address("activity-delete", initiative, gone.pk), follow=True)
    assert list(Activity.objects.all()) == [stays]
    assert f"“{gone.title}” was deleted." in answer.content.decode()


def test_list_is_filtered_by_each_of_its_filters(staff, initiative):
    person = MembershipFactory(initiative=initiative).user
    group, partner = GroupFactory(initiative=initiative), OrganisationFactory(initiative=initiative)
    found = ActivityFactory(
        initiative=initiative, group=group, people=[person], functions={"policy": 1}, held_on=datetime.date(2026, 9, 1)
    )
    found.partners.add(partner)
    other = ActivityFactory(initiative=initiative, people=[staff.user])
    here = address("activity-list", initiative)
    narrow = {
        "function": function(initiative, "policy").pk,
        "person": person.pk,
        "group": group.pk,
        "partner": partner.pk,
    }
    for name, value in [*narrow.items(), ("until", "2026-09-01")]:
        assert list(staff.get(here, {name: value}).context["page"]) == [found], name
    assert list(staff.get(here, {"since": "2026-09-02"}).context["page"]) == [other]
    assert list(staff.get(here, narrow).context["page"]) == [found]


def test_filter_that_makes_no_sense_is_refused_at_its_field(staff, initiative, other_initiative):
    here = address("activity-list", initiative)
    answer = staff.get(here, {"since": "2026-10-02", "until": "2026-10-01"})
    assert errors_of(answer) == {"until": ["This day lies before the first one. Change one of the two."]}
    foreign = function(other_initiative, "policy").pk
    assert list(errors_of(staff.get(here, {"function": foreign}))) == ["function"]


def test_list_is_paged_newest_first_and_keeps_its_filters(staff, initiative):
    for day in range(1, 31):
        ActivityFactory(initiative=initiative, held_on=datetime.date(2026, 9, day))
    answer = staff.get(address("activity-list", initiative), {"since": "2026-09-03"})
    assert [row.activity.held_on.day for row in answer.context["rows"]] == list(range(30, 5, -1))
    assert "?since=2026-09-03&amp;page=2" in answer.content.decode()


@pytest.mark.parametrize("name", ["activity-list", "activity-time"])
def test_pages_cost_the_same_queries_with_one_and_three_activities(name, staff, initiative):
    counts = []
    for number in (1, 2):
        for _ in range(number):
            activity = ActivityFactory(initiative=initiative, people=[staff.user], functions={"vision": 1, "policy": 1})
            activity.partners.add(OrganisationFactory(initiative=initiative))
        with CaptureQueriesContext(connection) as queries:
            staff.get(address(name, initiative))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_hostile_names_stay_text(staff, initiative):
    initiative.functions.filter(code="vision").update(label=HOSTILE)
    activity = ActivityFactory(
        initiative=initiative, title=HOSTILE, outcome=HOSTILE, group=GroupFactory(initiative=initiative, name=HOSTILE),
        people=[MembershipFactory(initiative=initiative, user__name=HOSTILE).user], held_on=initiative.today(),
    )  # fmt: skip
    activity.partners.add(OrganisationFactory(initiative=initiative, name=HOSTILE))
    for name, *arguments in [("activity-list",), ("activity-time",), ("activity-edit", activity.pk)]:
        page = staff.get(address(name, initiative, *arguments)).content.decode()
        assert HOSTILE not in page
        assert "&lt;script&gt;" in page


def test_minutes_of_a_month_add_up_over_functions_with_everybody_present(staff, director, initiative):
    both = [staff.user, director.user]
    ActivityFactory(
        initiative=initiative, minutes=50, people=both, functions={"vision": 1, "policy": 1, "community": 1}
    )
    ActivityFactory(initiative=initiative, minutes=10, functions={"vision": 3, "policy": 1})
    ActivityFactory(initiative=initiative, minutes=20, held_on=datetime.date(2026, 9, 30))
    by_month = minutes_by_month(initiative, datetime.date(2026, 9, 1), OCTOBER[1])
    assert by_month == {(2026, 9): {"vision": 20}, (2026, 10): {"vision": 42, "policy": 35, "community": 33}}
    assert sum(by_month[2026, 10].values()) == 2 * 50 + 10
    assert total_by_function(by_month) == {"vision": 62, "policy": 35, "community": 33}


def test_minutes_of_others_and_of_other_months_are_not_counted(initiative, other_initiative):
    ActivityFactory(initiative=other_initiative)
    for day in (datetime.date(2026, 9, 30), datetime.date(2026, 11, 1)):
        ActivityFactory(initiative=initiative, held_on=day)
    assert minutes_by_month(initiative, *OCTOBER) == {}


def test_table_and_chart_say_the_same(initiative):
    ActivityFactory(initiative=initiative, minutes=90, functions={"vision": 2, "policy": 1})
    table = time_table(initiative, *OCTOBER)
    (month, cells, together, _phase) = table.rows[0]
    assert (month, together, table.total) == ("Oct 2026", "1 h 30 min", "1 h 30 min")
    assert [words for _function, words in cells if words != "–"] == ["1 h", "30 min"]
    assert cells == table.totals
    assert table.chart.rows == [["Oct", *(words for _function, words in cells)]]


def test_month_without_anything_logged_is_a_dash_and_never_a_zero(staff, initiative):
    assert time_table(initiative, *OCTOBER).chart is None
    assert "Nothing was logged in these months." in staff.get(address("activity-time", initiative)).content.decode()


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (datetime.date(2026, 12, 31), datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)),
        (datetime.date(2026, 2, 3), datetime.date(2025, 3, 1), datetime.date(2026, 2, 28)),
        (datetime.date(2028, 2, 29), datetime.date(2027, 3, 1), datetime.date(2028, 2, 29)),
    ],
)
def test_last_twelve_months_end_with_this_one(today, first, last):
    assert last_months(today) == (first, last)
