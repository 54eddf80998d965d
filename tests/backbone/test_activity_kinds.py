"""Kinds of activity: what each asks for, what is refused, and how the list and the history tell it."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backbone import activity_kinds
from backbone.actions.activities import change_activity, log_activity
from backbone.models import Activity, TargetAudience
from backbone.queries.activity_kinds import facts_of
from backbone.queries.history import Change, rows_of
from initiatives.models import HistoryEntry
from tests.backbone.factories import ActivityFactory
from tests.backbone.test_activities import HOSTILE, address, errors_of, function, typed
from tests.backbone.test_activity_list import HTMX, row_fields, several
from tests.factories import OrganisationFactory

pytestmark = pytest.mark.django_db
Kind = Activity.Kind
CONSULT = {"kind": "engagement", "engagement_level": "consult", "reached": "40 to 60"}
ASSIST = {"kind": "assistance", "topic": "data agreements", "days": "2.5"}


def audience_of(initiative, name="City council"):
    return TargetAudience.objects.create(initiative=initiative, name=name)


def engaged(initiative, **said):
    said = {"kind": Kind.ENGAGEMENT, "engagement_level": "consult", "people_least": 40, "people_most": 60} | said
    return ActivityFactory(initiative=initiative, **said)


def facts_stored(activity):
    activity.refresh_from_db()
    return activity.kind, activity.engagement_level, activity.audience, activity.topic, activity.days


@pytest.mark.parametrize(
    ("fields", "stored"),
    [
        ({}, ("work", "", "", "", None)),
        (CONSULT, ("engagement", "consult", "", "", None)),
        ({"kind": "communication", "audience": "Parents"}, ("communication", "", "Parents", "", None)),
        (ASSIST, ("assistance", "", "", "data agreements", Decimal("2.5"))),
    ],
)
def test_each_kind_stores_its_own_facts(staff, initiative, fields, stored):
    assert staff.post(address("activity-add", initiative), typed(initiative, **fields)).status_code == 302
    assert facts_stored(Activity.objects.get()) == stored


@pytest.mark.parametrize(
    ("text", "least", "most"), [("", None, None), ("120", 120, 120), ("40-60", 40, 60), ("1,200 to 1,500", 1200, 1500)]
)
def test_people_reached_are_a_number_or_a_range_and_missing_is_not_zero(staff, initiative, text, least, most):
    staff.post(address("activity-add", initiative), typed(initiative, **CONSULT | {"reached": text}))
    logged = Activity.objects.get()
    assert (logged.people_least, logged.people_most) == (least, most)


SENTENCES = activity_kinds.SENTENCES


@pytest.mark.parametrize(
    ("fields", "name", "sentence"),
    [
        ({"kind": "engagement"}, "engagement_level", SENTENCES["no_engagement_level"]),
        ({"kind": "assistance", "days": "1"}, "topic", SENTENCES["no_topic"]),
        ({"kind": "communication"}, "audience", SENTENCES["no_audience"]),
        ({"kind": "achievement", "audience": "All"}, "partners", SENTENCES["no_partner"]),
        ({"engagement_level": "lead"}, "engagement_level", SENTENCES["foreign_engagement_level"]),
        ({"reached": "40"}, "reached", SENTENCES["foreign_people"]),
        ({"audience": "Parents"}, "audience", SENTENCES["foreign_audience"]),
        (CONSULT | {"topic": "Data"}, "topic", SENTENCES["foreign_topic"]),
        (CONSULT | {"days": "0"}, "days", SENTENCES["foreign_days"]),
        (CONSULT | {"reached": "many"}, "reached", "Write a number of people, such as 120, or two of them, such as 100-150."),
        (CONSULT | {"reached": "60-40"}, "reached", "The first number is larger than the second. Write the smaller one first."),
        (ASSIST | {"days": "soon"}, "days", "Write the days as a number, such as 2 or 2.5."),
        ({"kind": "party"}, "kind", "Select a valid choice. party is not one of the available choices."),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_kind_is_said_beside_it_and_nothing_is_lost(staff, initiative, fields, name, sentence):
    answer = staff.post(address("activity-add", initiative), typed(initiative, outcome="Much", **fields))
    assert errors_of(answer) == {name: [sentence]}
    form = answer.context["form"]
    assert {key: form[key].value() for key in fields} == fields
    assert (form.has_details, Activity.objects.count()) == (True, 0)


def test_a_field_that_was_refused_is_not_hidden_by_the_script(staff, initiative):
    page = staff.post(address("activity-add", initiative), typed(initiative, audience="Parents"))
    staying = {asked.field.name for asked in page.context["form"].kind_fields if asked.stays}
    assert staying == {"audience"}
    assert page.content.decode().count('data-show-if="kind"') == 4


def test_the_fields_of_each_kind_are_those_the_script_shows(staff, initiative):
    form = staff.get(address("activity-add", initiative)).context["form"]
    shown = {kind: {f.field.name for f in form.kind_fields if kind in f.values.split()} for kind in Kind.values}
    named = {"people": "reached"}
    assert shown == {
        kind: {named.get(name, name) for name in fields} for kind, fields in Activity.FIELDS_OF_KIND.items()
    }
    assert form["kind"].value() == "work"
    assert form.has_details is False


def test_target_audiences_are_asked_only_where_there_are_some(staff, initiative, other_initiative):
    audience_of(other_initiative, "Elsewhere")
    here = address("activity-add", initiative)
    assert "target_audiences" not in staff.get(here).content.decode()
    council = audience_of(initiative)
    page = staff.get(here)
    assert list(page.context["form"].fields["target_audiences"].queryset) == [council]
    policy = function(initiative, "policy")
    assert f'data-show-if="functions" data-show-values="{policy.pk}"' in page.content.decode()


def test_target_audiences_belong_to_policy_alone(staff, initiative, other_initiative):
    council, foreign = audience_of(initiative), audience_of(other_initiative)
    here, policy = address("activity-add", initiative), function(initiative, "policy").pk
    answer = staff.post(here, typed(initiative, target_audiences=[council.pk]))
    assert errors_of(answer) == {"target_audiences": [SENTENCES["not_policy"]]}
    assert list(errors_of(staff.post(here, typed(initiative, functions=[policy], target_audiences=[foreign.pk])))) == [
        "target_audiences"
    ]
    staff.post(here, typed(initiative, functions=[policy], target_audiences=[council.pk]))
    assert list(Activity.objects.get().target_audiences.all()) == [council]


def test_an_achievement_of_partners_names_them(staff, initiative):
    partner = OrganisationFactory(initiative=initiative)
    fields = {"kind": "achievement", "audience": "Readers", "partners": [partner.pk], "reached": "2500"}
    staff.post(address("activity-add", initiative), typed(initiative, **fields))
    assert list(initiative.activities.filter(kind="achievement", partners=partner)) == [Activity.objects.get()]


def test_changing_the_kind_empties_nothing_by_itself(staff, initiative):
    activity = engaged(initiative)
    here = address("activity-edit", initiative, activity.pk)
    form = staff.get(here).context["form"]
    assert (form["kind"].value(), form["reached"].value(), form.has_details) == ("engagement", "40-60", True)
    answer = staff.post(here, typed(initiative, **CONSULT | {"kind": "work"}))
    assert sorted(errors_of(answer)) == ["engagement_level", "reached"]
    staff.post(here, typed(initiative, kind="work"))
    assert facts_stored(activity) == ("work", "", "", "", None)


def test_form_that_was_open_before_kinds_were_asked_refuses_to_lose_one(staff, initiative):
    activity = engaged(initiative)
    answer = staff.post(address("activity-edit", initiative, activity.pk), typed(initiative))
    assert errors_of(answer) == {"engagement_level": [SENTENCES["no_engagement_level"]]}
    assert facts_stored(activity)[:2] == ("engagement", "consult")


def test_like_last_time_takes_the_kind_and_not_how_many_came(staff, initiative):
    like = ActivityFactory(
        initiative=initiative,
        kind=Kind.ASSISTANCE,
        topic="Data",
        days=2,
        functions={"policy": 1},
        created_by=staff.user,
    )
    like.target_audiences.add(audience_of(initiative))
    form = staff.get(address("activity-again", initiative, like.pk)).context["form"]
    names = ("kind", "topic", "days", "reached", "target_audiences")
    assert [form[name].value() for name in names] == ["assistance", "Data", None, "", [TargetAudience.objects.get().pk]]
    assert form.has_details is True


@pytest.mark.parametrize(
    ("said", "partners", "words"),
    [
        ({}, 1, ""),
        ({"kind": "engagement", "engagement_level": "consult", "people_least": 40, "people_most": 60}, 0, "consult · 40 to 60 people"),
        ({"kind": "engagement", "engagement_level": "lead"}, 0, "lead"),
        ({"kind": "assistance", "topic": "data agreements", "days": Decimal("2.5")}, 3, "on data agreements · 2.5 days · 3 partners"),
        ({"kind": "assistance", "topic": "law", "days": Decimal("1.0")}, 1, "on law · 1 day · 1 partner"),
        ({"kind": "communication", "audience": "parents", "people_least": 1200, "people_most": 1200}, 2, "for parents · 1,200 people"),
        ({"kind": "achievement", "audience": "all", "people_least": 1, "people_most": 1}, 1, "for all · 1 person · 1 partner"),
        ({"kind": "assistance"}, 2, "2 partners"),
    ],
)  # fmt: skip
def test_list_tells_the_facts_of_a_kind_in_words(staff, initiative, said, partners, words):
    activity = ActivityFactory(initiative=initiative, **said)
    activity.partners.set(OrganisationFactory.create_batch(partners, initiative=initiative))
    page = staff.get(address("activity-list", initiative)).content.decode()
    assert facts_of(activity) == words
    assert (words in page, "badge-log" in page) == (True, bool(words))


def test_list_is_filtered_by_kind_and_by_level(staff, initiative):
    consulted, led = engaged(initiative), engaged(initiative, engagement_level="lead")
    ActivityFactory(initiative=initiative)
    here = address("activity-list", initiative)
    assert set(staff.get(here, {"kind": "engagement"}).context["page"]) == {consulted, led}
    assert list(staff.get(here, {"engagement_level": "lead"}).context["page"]) == [led]
    assert list(errors_of(staff.get(here, {"kind": "party"}))) == ["kind"]


def test_list_costs_the_same_queries_with_one_and_three_of_each_kind(staff, initiative):
    counts, council = [], audience_of(initiative)
    for number in (1, 2):
        for place in range(number):
            row = engaged(initiative, functions={"policy": 1})
            row.target_audiences.add(council)
            row.partners.add(OrganisationFactory(initiative=initiative, name=f"Partner {number} {place}"))
        with CaptureQueriesContext(connection) as queries:
            page = staff.get(address("activity-list", initiative)).content.decode()
        counts.append(len(queries))
    assert (page.count("Spoke with City council"), len(set(counts))) == (3, 1)


def test_row_form_keeps_the_kind_and_does_not_take_policy_from_audiences(staff, initiative):
    activity = engaged(initiative, functions={"policy": 1})
    activity.target_audiences.add(audience_of(initiative))
    here = address("activity-row", initiative, activity.pk)
    vision = [function(initiative, "vision").pk]
    refused = staff.post(here, row_fields(activity, functions=vision), headers=HTMX).content.decode()
    assert "so it serves policy. Take these out on its page first." in refused
    assert "Saved" in staff.post(here, row_fields(activity, title="Better"), headers=HTMX).content.decode()
    assert facts_stored(activity)[:2] == ("engagement", "consult")
    assert (activity.title, activity.people_least, activity.target_audiences.count()) == ("Better", 40, 1)


def test_several_become_engagement_of_one_level_and_other_work_again(staff, initiative):
    rows = ActivityFactory.create_batch(2, initiative=initiative)
    assert several(staff, initiative, rows, kind="engagement:involve").status_code == 302
    assert [facts_stored(row)[:2] for row in rows] == [("engagement", "involve")] * 2
    several(staff, initiative, rows, kind="work")
    assert [facts_stored(row)[:2] for row in rows] == [("work", "")] * 2
    refused = several(staff, initiative, rows, kind="assistance")
    assert refused.context["several"].errors.keys() == {"kind"}


def test_several_never_lose_what_was_written_of_one(staff, initiative):
    told = engaged(initiative, title="Hearing", functions={"policy": 1})
    told.target_audiences.add(audience_of(initiative))
    rows = [told, ActivityFactory(initiative=initiative)]
    answer = several(staff, initiative, rows, kind="work", function=function(initiative, "vision").pk)
    assert dict(answer.context["several"].errors) == {
        "kind": ["“Hearing” tells facts of its own kind, which would be lost. Change its kind on its page."],
        "function": [
            "“Hearing” says with which target audiences you spoke, so it serves policy. Change it on its page."
        ],
    }
    assert HistoryEntry.objects.count() == 0
    several(staff, initiative, rows, kind="engagement:lead")
    assert (facts_stored(told)[:2], told.people_most) == (("engagement", "lead"), 60)


def test_history_tells_kind_facts_and_audiences_in_words(initiative, director):
    council = audience_of(initiative)
    said = {"title": "Hearing", "held_on": datetime.date(2026, 10, 14), "minutes": 30}
    said["functions"] = {function(initiative, "policy"): 1}
    activity = log_activity(initiative=initiative, **said, kind="assistance", topic="Data", days=2, by=director.user)
    changed = {"kind": "engagement", "engagement_level": "consult", "people_least": 40, "people_most": 60}
    change_activity(activity=activity, **said, **changed, target_audiences=[council], by=director.user)
    change_activity(activity=activity, **said, **changed, target_audiences=[council], by=director.user)
    [row, _logged] = rows_of(initiative.history.order_by("-id"), initiative)
    assert set(row.changes) == {
        Change("Kind", "technical assistance", "community engagement"),
        Change("Level of engagement", "–", "consult"),
        Change("People, at least", "–", "40"),
        Change("People, at most", "–", "60"),
        Change("Topic", "Data", "–"),
        Change("Days", "2", "–"),
        Change("Target audiences", "–", "City council"),
    }


def test_days_that_are_the_same_are_no_change(staff, initiative):
    activity = ActivityFactory(
        initiative=initiative, title="Call with the district", kind="assistance", topic="Data", days=2
    )
    fields = ASSIST | {"topic": "Data", "days": "2.0"}
    staff.post(address("activity-edit", initiative, activity.pk), typed(initiative, **fields))
    assert HistoryEntry.objects.count() == 0


def test_markup_typed_into_the_facts_stays_text(staff, initiative):
    council = audience_of(initiative, HOSTILE)
    for said in ({"kind": "assistance", "topic": HOSTILE}, {"kind": "communication", "audience": HOSTILE}):
        row = ActivityFactory(initiative=initiative, functions={"policy": 1}, **said)
        row.target_audiences.add(council)
    for name, *arguments in [("activity-list",), ("activity-edit", row.pk)]:
        page = staff.get(address(name, initiative, *arguments)).content.decode()
        assert (HOSTILE in page, "&lt;script&gt;" in page) == (False, True)
