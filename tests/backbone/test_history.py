"""The history of changes: who may read it, in which words it tells, and that it stays within its initiative."""

import csv
import datetime
import io
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from backbone.actions.activities import change_activity, delete_activity, log_activity
from backbone.actions.decisions import change_decision, raise_decision
from backbone.queries import history
from backbone.queries.history import KINDS, Change, rows_of
from initiatives.actions import agendas
from initiatives.actions.history import record
from initiatives.models import HistoryEntry, Restorable
from initiatives.permissions import Role
from partners.actions import groups
from partners.models import Group
from tests.architecture.rows import FOREIGN_KEY, make_every_row
from tests.backbone.factories import ActivityFactory, DecisionFactory
from tests.factories import ContactFactory, GroupFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"
DAY = datetime.timedelta(days=1)


def address(initiative, name="list", *arguments):
    return reverse(f"backbone:history-{name}", args=[initiative.slug, *arguments])


def told(initiative, target, before=None, after=None, **fields):
    fields = {"verb": f"{target._meta.model_name}_changed", "by": None} | fields
    return record(initiative=initiative, target=target, before=before, after=after, **fields)


def changes_of(entry):
    return rows_of([entry], entry.initiative)[0].changes


@pytest.mark.parametrize("name", ["list", "export", "object"])
def test_history_opens_for_the_backbone_and_for_nobody_else(name, staff, director, stranger, client_as, initiative):
    arguments = ["decision", DecisionFactory(initiative=initiative).pk] if name == "object" else []
    here = address(initiative, name, *arguments)
    assert [client.get(here).status_code for client in (staff, director, stranger)] == [200, 200, 404]
    for role in (Role.COMMITTEE, Role.CO_CHAIR, Role.MEMBER, Role.FUNDER, Role.OBSERVER):
        assert client_as(role).get(here).status_code == 403


def test_each_kind_has_a_page_here_and_none_for_the_things_of_others(staff, initiative, other_initiative):
    own, foreign = make_every_row(initiative), make_rows_elsewhere(other_initiative)

    def found(rows):
        return {
            staff.get(address(initiative, "object", kind, rows[model].pk)).status_code
            for kind, model in KINDS.items()
            if model in rows
        }

    assert [found(own), found(foreign)] == [{200}, {404}]
    words = ["user", "response", "invitation", "nothing"]
    assert {staff.get(address(initiative, "object", word, FOREIGN_KEY)).status_code for word in words} == {404}


def make_rows_elsewhere(initiative):
    """Rows of another initiative with keys of their own, each with an entry in its history."""
    rows = [
        ActivityFactory(initiative=initiative),
        DecisionFactory(initiative=initiative),
        GroupFactory(initiative=initiative),
        ContactFactory(initiative=initiative),
        initiative,
    ]
    for row in rows:
        told(initiative, row, after={"title": "Secret elsewhere"})
    return {type(row): row for row in rows}


def test_history_of_others_is_not_listed_and_their_names_are_not_told(staff, initiative, other_initiative):
    foreign = GroupFactory(initiative=other_initiative, name="Foreign group")
    told(other_initiative, foreign, after={"name": "Foreign group"})
    decision = DecisionFactory(initiative=initiative)
    told(initiative, decision, after={"body": foreign.pk})
    page = staff.get(address(initiative)).content.decode()
    assert ("Foreign group" in page, "no longer here" in page) == (False, True)


def test_words_for_an_activity_from_the_first_day_to_the_last(staff, initiative):
    partner, group = OrganisationFactory(initiative=initiative, name="Library"), GroupFactory(initiative=initiative)
    functions = {initiative.functions.get(code="vision"): 1}
    said = {"title": "Call", "held_on": datetime.date(2026, 10, 14), "minutes": 30, "functions": functions}
    activity = log_activity(initiative=initiative, **said, by=staff.user)
    change_activity(activity=activity, **said | {"minutes": 45, "partners": [partner], "group": group}, by=staff.user)
    delete_activity(activity=activity, reason="Twice in the log", by=staff.user)
    page = staff.get(address(initiative, "object", "activity", activity.pk))
    deleted, changed, logged = page.context["rows"]
    assert [row.done for row in (logged, changed, deleted)] == ["logged", "changed", "deleted"]
    assert set(changed.changes) == {
        Change("Minutes", "30", "45"),
        Change("Partners", "–", "Library"),
        Change("Committee or group", "–", str(group)),
    }
    assert Change("Date", "", "14 October 2026") in logged.changes
    assert Change("Functions", "", "Guide vision and strategy: 1") in logged.changes
    assert (deleted.reason, deleted.who) == ("Twice in the log", str(staff.user))
    assert "Reason: Twice in the log" in page.content.decode()


def test_keys_become_names_choices_labels_and_days_words(initiative, staff):
    group = GroupFactory(initiative=initiative)
    entry = told(
        initiative,
        group,
        before={"kind": "working_group", "starts_on": "2026-01-02", "purpose": ""},
        after={"kind": "steering_committee", "starts_on": None, "purpose": "Decide"},
    )
    assert set(changes_of(entry)) == {
        Change("Kind", "Working group", "Steering committee"),
        Change("Since", "2 January 2026", "–"),
        Change("Purpose", "–", "Decide"),
    }
    decision = DecisionFactory(initiative=initiative)
    entry = told(initiative, decision, before={"owner_staff": staff.user.pk}, after={"owner_staff": None})
    assert changes_of(entry) == [Change("Staff", str(staff.user), "–")]


def test_goals_and_switches_are_told_in_words(initiative, director):
    texts = {"problem": "P", "population": "", "vision": "", "principles": ""}
    goals = [("Read", "By third grade"), ("Graduate", "")]
    agendas.write(initiative=initiative, version=0, texts=texts, goals=goals, by=director.user)
    assert changes_of(HistoryEntry.objects.get()) == [
        Change("The problem we share", "–", "P"),
        Change("Goals", "–", "Read: By third grade; Graduate"),
    ]
    entry = told(
        initiative, initiative, {"equity": {"label": "", "enabled": False}}, {"equity": {"label": "", "enabled": True}}
    )
    assert [(change.name, change.after) for change in changes_of(entry)] == [
        ("Ensure a focus on equity", "Label: ; In use: yes")
    ]


@pytest.mark.parametrize(
    "value", [None, "", "x", "2026-99-99", "9" * 40, -1, [], ["x", 1, None], {}, {"a": [1]}, True, 1.5]
)
def test_no_value_that_was_ever_written_breaks_the_page(staff, initiative, value):
    decision = DecisionFactory(initiative=initiative)
    names = [
        "title",
        "body",
        "raised_on",
        "owner_staff",
        "initiative",
        "agenda_items",
        "created_at",
        "unknown",
        "",
        "pk",
    ]
    told(initiative, decision, after=dict.fromkeys(names, value))
    HistoryEntry.objects.create(initiative=initiative, verb="x.y", object_kind="gone.model", after={"a": value})
    HistoryEntry.objects.create(initiative=initiative, verb="", object_kind="")
    assert staff.get(address(initiative)).status_code == 200
    assert staff.get(address(initiative, "object", "decision", decision.pk)).status_code == 200
    assert b"".join(staff.get(address(initiative, "export"))).count(b"\r\n") > 2


def test_history_is_filtered_by_who_kind_and_days(staff, director, initiative):
    decision, group = DecisionFactory(initiative=initiative), GroupFactory(initiative=initiative)
    old = told(initiative, decision, after={"title": "A"}, by=staff.user)
    new = told(initiative, group, after={"name": "B"}, by=director.user)
    HistoryEntry.objects.filter(pk=old.pk).update(happened_at=timezone.now() - 10 * DAY)
    today = initiative.today()
    cases = [
        ({"who": staff.user.pk}, [old]),
        ({"kind": "group"}, [new]),
        ({"since": (today - 2 * DAY).isoformat()}, [new]),
        ({"until": (today - 10 * DAY).isoformat()}, [old]),
        ({"until": (today - 11 * DAY).isoformat()}, []),
        ({}, [new, old]),
    ]
    for filters, expected in cases:
        assert list(staff.get(address(initiative), filters).context["page"]) == expected, filters


def test_filters_offer_nobody_of_another_initiative(staff, initiative, other_initiative):
    outsider = UserFactory(name="Outsider")
    told(other_initiative, GroupFactory(initiative=other_initiative), by=outsider)
    answer = staff.get(address(initiative), {"who": outsider.pk, "kind": "user", "since": "x"})
    assert sorted(answer.context["form"].errors) == ["kind", "since", "who"]
    assert "Outsider" not in answer.content.decode()


def test_day_is_that_of_the_initiative(staff, initiative):
    initiative.time_zone = "Pacific/Auckland"
    initiative.save()
    entry = told(initiative, DecisionFactory(initiative=initiative), after={"title": "A"})
    late = datetime.datetime(2026, 10, 14, 23, 30, tzinfo=datetime.UTC)
    HistoryEntry.objects.filter(pk=entry.pk).update(happened_at=late)
    assert list(staff.get(address(initiative), {"since": "2026-10-15", "until": "2026-10-15"}).context["page"]) == [
        entry
    ]
    assert "15 October 2026" in staff.get(address(initiative)).content.decode()


@pytest.mark.parametrize("name", ["list", "object"])
def test_page_costs_the_same_with_one_and_with_three(name, staff, initiative):
    decision, counts = DecisionFactory(initiative=initiative), []
    for number in (1, 2):
        for _ in range(number):
            group = GroupFactory(initiative=initiative)
            told(initiative, decision, {"body": None}, {"body": group.pk, "owner_staff": staff.user.pk}, by=staff.user)
        with CaptureQueriesContext(connection) as queries:
            staff.get(address(initiative, name, *(["decision", decision.pk] if name == "object" else [])))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_file_has_a_row_for_each_value_and_no_cell_of_it_runs(staff, initiative, monkeypatch):
    monkeypatch.setattr(history, "EXPORTED_AT_ONCE", 2)
    decision = DecisionFactory(initiative=initiative, title="=1+1")
    for number in range(5):
        told(initiative, decision, {"title": f"={number}"}, {"title": "@x", "options": "-1"}, reason="+why")
    lines = b"".join(staff.get(address(initiative, "export"), {"kind": "decision"})).decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(lines))
    assert (len(header), len(rows)) == (9, 10)
    assert rows[0][1:] == [
        "the program",
        "Decision",
        "'=1+1",
        "changed",
        "What is to be decided",
        "'=4",
        "'@x",
        "'+why",
    ]
    assert rows[-1][5:8] == ["Options", "", "'-1"]


def test_hostile_values_stay_text(staff, initiative):
    User.objects.filter(pk=staff.user.pk).update(name=HOSTILE)
    staff.user.refresh_from_db()
    decision = DecisionFactory(initiative=initiative, title=HOSTILE)
    group = GroupFactory(initiative=initiative, name=HOSTILE)
    values = {"title": HOSTILE, "options": {HOSTILE: [HOSTILE]}, "body": group.pk, HOSTILE: HOSTILE}
    told(initiative, decision, {"title": f"{HOSTILE}\n{HOSTILE}"}, values, reason=HOSTILE, by=staff.user)
    for here in (address(initiative), address(initiative, "object", "decision", decision.pk)):
        page = staff.get(here).content.decode()
        assert (HOSTILE in page, page.count("&lt;script&gt;") >= 7) == (False, True)


def test_page_of_a_thing_that_is_gone_for_good_still_tells_of_it(staff, initiative):
    decision = raise_decision(
        initiative=initiative, values={"title": "Buses", "raised_on": datetime.date(2026, 10, 1)}, by=staff.user
    )
    key, here = decision.pk, address(initiative, "object", "decision", decision.pk)
    assert decision.get_absolute_url() in staff.get(here).content.decode()
    decision.delete()
    page = staff.get(here).content.decode()
    assert ("History of “Buses”" in page, reverse("backbone:decision-detail", args=[initiative.slug, key]) in page) == (
        True,
        False,
    )


@pytest.mark.parametrize("role", [Role.STAFF, Role.CO_CHAIR])
def test_link_to_the_history_stands_only_where_it_opens(role, client_as, initiative):
    client = client_as(role)
    group = GroupFactory(initiative=initiative)
    seat = ContactFactory(initiative=initiative, email=client.user.email)
    group.seats.create(holder=seat)
    decision = DecisionFactory(initiative=initiative, body=group)
    page = client.get(decision.get_absolute_url()).content.decode()
    assert (address(initiative, "object", "decision", decision.pk) in page) == (role == Role.STAFF)


def test_every_page_of_one_thing_leads_to_its_history(director, initiative):
    rows = make_every_row(initiative)
    linked = {}
    for kind in (
        "activity",
        "meeting",
        "decision",
        "actionitem",
        "commitment",
        "organisation",
        "contact",
        "group",
        "round",
    ):
        row = rows[KINDS[kind]]
        linked[kind] = (
            address(initiative, "object", kind, row.pk) in director.get(row.get_absolute_url()).content.decode()
        )
    assert set(linked.values()) == {True}, linked
    settings = director.get(reverse("initiatives:settings", args=[initiative.slug])).content.decode()
    assert address(initiative, "object", "initiative", initiative.pk) in settings
    assert (
        "?kind=commonagenda"
        in director.get(reverse("initiatives:agenda-detail", args=[initiative.slug])).content.decode()
    )


def test_everything_that_can_be_restored_has_a_history_page():
    restorable = {model._meta.model_name for model in Restorable.__subclasses__()}
    assert restorable - set(KINDS) == set()


def test_reason_is_kept_with_each_deletion_and_cut_to_one_line(staff, initiative):
    activity = ActivityFactory(initiative=initiative)
    here = reverse("backbone:activity-delete", args=[initiative.slug, activity.pk])
    staff.post(here, {"reason": "Logged\ntwice " + "x" * 600})
    reason = HistoryEntry.objects.get(verb="activity_deleted").reason
    assert (reason.startswith("Logged twice x"), len(reason)) == (True, 500)


def test_no_entry_of_a_change_keeps_more_than_what_differs(director, initiative):
    group = groups.add(initiative=initiative, values={"name": "A", "kind": Group.Kind.WORKING_GROUP}, by=director.user)
    groups.change(group=group, values={"name": "B", "kind": Group.Kind.WORKING_GROUP}, by=director.user)
    entry = HistoryEntry.objects.get(verb="group_changed")
    assert json.dumps([entry.before, entry.after]) == '[{"name": "A"}, {"name": "B"}]'
    decision = DecisionFactory(initiative=initiative)
    change_decision(decision=decision, version=0, values={"title": decision.title}, by=director.user)
    assert not HistoryEntry.objects.filter(object_kind="backbone.decision").exists()
