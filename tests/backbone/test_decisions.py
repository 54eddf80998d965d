"""The register of decisions: its ladder and its scope, raising, recording, two at once, and how timely they are."""

import csv
import datetime
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from backbone.actions.decisions import (
    DecisionConflict,
    change_decision,
    delete_decision,
    raise_decision,
    record_decision,
)
from backbone.models import AgendaItem, Decision, Meeting
from backbone.queries.decisions import committee_times, decisions_of_meeting, times_in_words
from initiatives.actions import restoring
from initiatives.models import HistoryEntry
from initiatives.permissions import Role
from partners.models import Group, Seat
from tests.backbone.factories import DecisionFactory
from tests.conftest import client_of
from tests.factories import ContactFactory, GroupFactory, MembershipFactory, SeatFactory

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"
DAY = datetime.timedelta(days=1)


def address(name, initiative, *arguments):
    return reverse(f"backbone:decision-{name}", args=[initiative.slug, *arguments])


def seated(initiative, group, role=Role.CO_CHAIR, seat=Seat.Role.CO_CHAIR):
    """A signed-in member with a seat on `group`."""
    membership = MembershipFactory(initiative=initiative, role=role)
    contact = ContactFactory(initiative=initiative, email=membership.user.email)
    SeatFactory(group=group, holder=contact, role=seat)
    client = client_of(membership.user)
    client.membership = membership
    return client


def meeting_of(initiative, group=None, **fields):
    fields = {"title": "Monthly meeting", "starts_at": timezone.now() - DAY, "time_zone": "UTC"} | fields
    return Meeting.objects.create(initiative=initiative, group=group, **fields)


def typed(**changes):
    return {"title": "Which schools begin?", "raised_on": "2026-10-01"} | changes


def recorded(**changes):
    return {"outcome": "The two on the east side.", "decided_on": "2026-10-14", "version": "0"} | changes


def errors_of(answer):
    return {name: list(errors) for name, errors in answer.context["form"].errors.items()}


def test_register_opens_for_those_who_may_read_and_for_nobody_else(client_as, stranger, initiative):
    answers = {role: client_as(role).get(address("list", initiative)).status_code for role in Role}
    assert answers == {role: 403 if role in (Role.FUNDER, Role.OBSERVER) else 200 for role in Role}
    assert stranger.get(address("list", initiative)).status_code == 404


def test_members_read_the_decisions_of_bodies_where_they_hold_a_seat(staff, client_as, initiative):
    own, other = GroupFactory.create_batch(2, initiative=initiative)
    seen, hidden, of_nobody = (DecisionFactory(initiative=initiative, body=body) for body in (own, other, None))
    member = seated(initiative, own, Role.MEMBER, Seat.Role.MEMBER)
    shown = {
        client: {row.decision for row in client.get(address("list", initiative)).context["rows"]}
        for client in (staff, member, client_as(Role.COMMITTEE))
    }
    assert list(shown.values()) == [{seen, hidden, of_nobody}, {seen}, set()]
    found = [member.get(address("detail", initiative, row.pk)).status_code for row in (seen, hidden, of_nobody)]
    assert found == [200, 404, 404]


def test_the_choice_of_bodies_and_the_file_stay_in_the_same_scope(initiative):
    own, other = (GroupFactory(initiative=initiative, name=name) for name in ("Own group", "Closed group"))
    DecisionFactory(initiative=initiative, body=own, title="Seen")
    DecisionFactory(initiative=initiative, body=other, title="Hidden")
    member = seated(initiative, own, Role.MEMBER, Seat.Role.MEMBER)
    page = member.get(address("list", initiative), {"body": other.pk})
    assert "Closed group" not in page.content.decode()
    lines = b"".join(member.get(address("export", initiative))).decode()
    assert ("Seen" in lines, "Hidden" in lines) == (True, False)


def test_co_chairs_write_for_the_groups_they_lead_and_for_no_other(initiative):
    led, sits = GroupFactory.create_batch(2, initiative=initiative)
    chair = seated(initiative, led)
    SeatFactory(group=sits, holder=initiative.contacts.get(email=chair.membership.user.email))
    own, read, foreign = (
        DecisionFactory(initiative=initiative, body=body) for body in (led, sits, GroupFactory(initiative=initiative))
    )
    for name, fields in [("edit", typed(body=led.pk)), ("record", recorded()), ("reopen", {}), ("delete", {})]:
        found = [chair.post(address(name, initiative, row.pk), fields).status_code for row in (read, foreign)]
        assert found == [403, 404], name
    assert chair.get(address("edit", initiative, own.pk)).status_code == 200
    # Nor into a body that they do not lead.
    answer = chair.post(address("edit", initiative, own.pk), typed(body=sits.pk, version="0"))
    assert list(errors_of(answer)) == ["body"]
    assert set(Decision.objects.values_list("body", "version")) == {(d.body_id, 0) for d in (own, read, foreign)}


def test_co_chair_must_name_a_body_and_one_without_a_group_is_told_why(initiative, client_as):
    chair = seated(initiative, GroupFactory(initiative=initiative))
    assert list(errors_of(chair.post(address("add", initiative), typed()))) == ["body"]
    answer = client_as(Role.CO_CHAIR).get(address("add", initiative))
    assert (answer.status_code, "Co-chairs write down decisions" in answer.content.decode()) == (403, True)


@pytest.mark.parametrize("name", ["detail", "edit", "record", "reopen", "delete"])
def test_decision_of_another_initiative_does_not_exist_here(name, staff, initiative, other_initiative):
    foreign = DecisionFactory(initiative=other_initiative)
    here = address(name, initiative, foreign.pk)
    assert staff.get(here).status_code in (404, 405)
    assert staff.post(here, recorded()).status_code in (404, 405)
    assert Decision.objects.get().version == 0


def test_two_fields_are_enough_to_raise_a_decision(staff, initiative):
    answer = staff.post(address("add", initiative), typed())
    decision = Decision.objects.get()
    assert (answer.url, decision.title, decision.created_by) == (
        decision.get_absolute_url(),
        "Which schools begin?",
        staff.user,
    )
    assert HistoryEntry.objects.get().verb == "decision_raised"


def test_everything_typed_is_stored_and_shown(staff, initiative):
    body = GroupFactory(initiative=initiative)
    owner = ContactFactory(initiative=initiative)
    fields = typed(body=body.pk, needed_by="2026-10-20", options="One; two", owner=f"contact-{owner.pk}")
    answer = staff.post(address("add", initiative), fields | {"record": "1"})
    decision = Decision.objects.get()
    assert answer.url == address("record", initiative, decision.pk)
    assert (decision.body, decision.options, decision.owner) == (body, "One; two", owner)
    rest = {"rationale": "Nearest", "dissent": "One", "recusal": "The head", "review_on": "2027-10-14"}
    staff.post(answer.url, recorded(**rest))
    page = staff.get(decision.get_absolute_url()).content.decode()
    words = ["Which schools begin?", "One; two", "The two on the east side.", "Nearest", "The head", "14 October 2027"]
    assert [word for word in [*words, str(body), str(owner)] if word not in page] == []


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        (typed(title=""), {"title": ["Write in a few words what is to be decided."]}),
        (typed(raised_on="2999-01-01"), {"raised_on": ["This day has not come yet. Choose today or an earlier one."]}),
        (
            typed(owner="staff-999999"),
            {"owner": ["Select a valid choice. staff-999999 is not one of the available choices."]},
        ),
    ],
)
def test_what_is_refused_is_said_and_nothing_is_lost(staff, initiative, fields, errors):
    answer = staff.post(address("add", initiative), fields | {"options": "Much thought"})
    assert errors_of(answer) == errors
    assert "Much thought</textarea>" in answer.content.decode()
    assert Decision.objects.count() == HistoryEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"outcome": ""}, "outcome"),
        ({"decided_on": ""}, "decided_on"),
        ({"decided_on": "2026-09-30"}, "decided_on"),
        ({"decided_on": "2999-01-01"}, "decided_on"),
        ({"review_on": "2026-10-13"}, "review_on"),
    ],
)
def test_a_record_that_cannot_be_is_refused(staff, initiative, changes, field):
    decision = DecisionFactory(initiative=initiative)
    answer = staff.post(address("record", initiative, decision.pk), recorded(rationale="Because", **changes))
    assert list(errors_of(answer)) == [field]
    assert "Because</textarea>" in answer.content.decode()
    assert Decision.objects.get().decided_on is None


def test_raised_day_cannot_move_past_the_decision(staff, initiative):
    decision = DecisionFactory(initiative=initiative, decided_on=datetime.date(2026, 10, 14), outcome="Yes")
    answer = staff.post(address("edit", initiative, decision.pk), typed(raised_on="2026-10-15", version="0"))
    assert errors_of(answer) == {"raised_on": ["It was decided before this day. Choose an earlier one."]}


def test_of_two_who_record_at_once_one_wins_and_the_other_loses_nothing(staff, director, initiative):
    decision = DecisionFactory(initiative=initiative)
    here = address("record", initiative, decision.pk)
    assert staff.post(here, recorded(outcome="Theirs")).status_code == 302
    answer = director.post(here, recorded(outcome="Mine", rationale="My reasons"))
    page = answer.content.decode()
    assert (answer.status_code, Decision.objects.get().outcome) == (409, "Theirs")
    assert [
        word for word in ("Theirs", ">\nMine</textarea>", "My reasons", "Nothing you typed is lost") if word not in page
    ] == []
    # Knowing theirs, they may save once more.
    again = answer.context["form"]["version"].value()
    assert director.post(here, recorded(outcome="Both", version=again)).status_code == 302
    assert Decision.objects.get().outcome == "Both"
    assert list(HistoryEntry.objects.order_by("id").values_list("verb", flat=True)) == [
        "decision_recorded",
        "decision_changed",
    ]


def test_saving_the_same_twice_is_no_conflict_and_told_once(staff, initiative):
    decision = DecisionFactory(initiative=initiative)
    here = address("record", initiative, decision.pk)
    assert [staff.post(here, recorded()).status_code for _ in range(2)] == [302, 302]
    assert (Decision.objects.get().version, HistoryEntry.objects.count()) == (1, 1)


def test_what_was_deleted_meanwhile_is_not_written(director, initiative):
    decision = DecisionFactory(initiative=initiative)
    delete_decision(decision=decision, by=director.user)
    with pytest.raises(DecisionConflict):
        record_decision(decision=decision, version=0, values={"outcome": "Late"}, by=director.user)
    assert Decision.with_deleted.get().outcome == ""


def test_changing_with_a_reason_is_told_with_it(director, initiative):
    decision = DecisionFactory(initiative=initiative)
    fields = typed(title="Which two schools begin?", version="0", reason="Said more clearly")
    director.post(address("edit", initiative, decision.pk), fields)
    entry = HistoryEntry.objects.get()
    assert (entry.verb, entry.reason, entry.after["title"]) == (
        "decision_changed",
        "Said more clearly",
        "Which two schools begin?",
    )


def test_opening_again_keeps_what_was_written(staff, initiative):
    decision = DecisionFactory(initiative=initiative, decided_on=datetime.date(2026, 10, 14), outcome="Yes")
    staff.post(address("reopen", initiative, decision.pk), {"reason": "No quorum"})
    decision.refresh_from_db()
    assert (decision.decided_on, decision.outcome) == (None, "Yes")
    assert (HistoryEntry.objects.get().verb, HistoryEntry.objects.get().reason) == ("decision_reopened", "No quorum")


def test_withdrawing_takes_it_out_with_a_reason_and_undo_brings_it_back(staff, initiative):
    decision = DecisionFactory(initiative=initiative)
    page = staff.post(address("delete", initiative, decision.pk), {"reason": "Overtaken"}, follow=True)
    undo = reverse("backbone:deleted-restore", args=[initiative.slug, "decision", decision.pk])
    assert (Decision.objects.count(), HistoryEntry.objects.get().reason) == (0, "Overtaken")
    assert f'action="{undo}"' in page.content.decode()
    staff.post(undo)
    assert Decision.objects.get() == decision


def test_reopening_and_withdrawing_need_a_post(staff, initiative):
    decision = DecisionFactory(initiative=initiative)
    assert [staff.get(address(name, initiative, decision.pk)).status_code for name in ("reopen", "delete")] == [
        405,
        405,
    ]


def test_raised_from_an_agenda_item_it_begins_filled_in_and_the_item_points_to_it(staff, initiative):
    group = GroupFactory(initiative=initiative)
    meeting = meeting_of(initiative, group)
    item = AgendaItem.objects.create(meeting=meeting, title="Choose the schools", kind="decision")
    here = f"{address('add', initiative)}?agenda_item={item.pk}"
    form = staff.get(here).context["form"]
    assert (form["title"].value(), form["body"].value()) == ("Choose the schools", group.pk)
    answer = staff.post(here, typed(title="Choose the schools", body=group.pk, record="1"))
    item.refresh_from_db()
    assert (item.decision.title, item.decision.raised_in) == ("Choose the schools", meeting)
    assert answer.url == f"{address('record', initiative, item.decision.pk)}?meeting={meeting.pk}"
    assert staff.get(answer.url).context["form"]["meeting"].value() == meeting.pk


def test_agenda_item_that_has_a_decision_keeps_it(director, initiative):
    first = DecisionFactory(initiative=initiative)
    item = AgendaItem.objects.create(meeting=meeting_of(initiative), title="Schools", decision=first)
    for expected in (first, None):
        new = raise_decision(
            initiative=initiative,
            values={"title": "Again", "raised_on": datetime.date(2026, 10, 1)},
            agenda_item=item,
            by=director.user,
        )
        item.refresh_from_db()
        assert item.decision == (expected or new)
        delete_decision(decision=first, by=director.user)


@pytest.mark.parametrize("name", ["meeting", "agenda_item"])
def test_origin_of_another_initiative_or_group_is_no_origin(name, staff, initiative, other_initiative):
    elsewhere = meeting_of(other_initiative, GroupFactory(initiative=other_initiative))
    closed = meeting_of(initiative, GroupFactory(initiative=initiative))
    items = [AgendaItem.objects.create(meeting=meeting, title="Item") for meeting in (elsewhere, closed)]
    foreign, own = [elsewhere, closed] if name == "meeting" else items
    chair = seated(initiative, GroupFactory(initiative=initiative))
    found = [
        client.post(f"{address('add', initiative)}?{name}={key}", typed()).status_code
        for client, key in [(staff, foreign.pk), (chair, own.pk), (staff, "x"), (staff, "9" * 60)]
    ]
    assert found == [404, 404, 404, 404]
    assert Decision.objects.count() == 0
    assert AgendaItem.objects.filter(decision__isnull=False).count() == 0


def test_meeting_to_record_stays_within_the_initiative(staff, initiative, other_initiative):
    decision = DecisionFactory(initiative=initiative)
    foreign = meeting_of(other_initiative)
    answer = staff.post(address("record", initiative, decision.pk), recorded(meeting=foreign.pk))
    assert list(errors_of(answer)) == ["meeting"]
    assert staff.get(f"{address('record', initiative, decision.pk)}?meeting={foreign.pk}").status_code == 404


def test_meeting_names_what_it_raised_decided_or_had_on_its_agenda_within_the_scope(initiative, director):
    own, other = GroupFactory.create_batch(2, initiative=initiative)
    meeting = meeting_of(initiative)
    raised = DecisionFactory(initiative=initiative, body=own, raised_in=meeting)
    decided = DecisionFactory(initiative=initiative, body=other, meeting=meeting)
    listed = DecisionFactory(initiative=initiative, body=own)
    AgendaItem.objects.create(meeting=meeting, title="Listed", decision=listed)
    DecisionFactory(initiative=initiative, body=own)
    member = seated(initiative, own, Role.MEMBER, Seat.Role.MEMBER)
    everybody = director.user.memberships.get()

    def found(membership):
        return {row.decision for row in decisions_of_meeting(membership, meeting)}

    assert [found(everybody), found(member.membership)] == [{raised, decided, listed}, {raised, listed}]
    restoring.delete(row=listed, by=None)
    assert found(everybody) == {raised, decided}


def test_register_is_filtered_by_each_of_its_filters(staff, initiative):
    body, today = GroupFactory(initiative=initiative), initiative.today()
    old = {"raised_on": today - 90 * DAY}
    overdue = DecisionFactory(initiative=initiative, **old, needed_by=today - DAY, title="Bus lines")
    due_today = DecisionFactory(initiative=initiative, **old, needed_by=today, body=body)
    decided = DecisionFactory(initiative=initiative, **old, decided_on=today - DAY, outcome="Read aloud")
    review = DecisionFactory(initiative=initiative, **old, decided_on=today - 60 * DAY, review_on=today)
    cases = [
        ({"state": "open"}, {overdue, due_today}),
        ({"state": "overdue"}, {overdue}),
        ({"state": "decided"}, {decided, review}),
        ({"state": "review"}, {review}),
        ({"body": body.pk}, {due_today}),
        ({"since": (today - 2 * DAY).isoformat()}, {decided}),
        ({"until": (today - 61 * DAY).isoformat(), "since": (today - 80 * DAY).isoformat()}, set()),
        ({"since": (today - 60 * DAY).isoformat(), "until": (today - 60 * DAY).isoformat()}, {review}),
        ({"search": "bus LINES"}, {overdue}),
        ({"search": "aloud"}, {decided}),
        ({}, {overdue, due_today, decided, review}),
    ]
    for filters, expected in cases:
        rows = staff.get(address("list", initiative), filters).context["rows"]
        assert {row.decision for row in rows} == expected, filters
    labels = {row.decision: row.state for row in staff.get(address("list", initiative)).context["rows"]}
    assert labels == {overdue: "overdue", due_today: "open", decided: "decided", review: "review"}
    assert list(labels) == [overdue, due_today, decided, review]


def test_filter_that_makes_no_sense_is_refused_at_its_field(staff, initiative, other_initiative):
    foreign = GroupFactory(initiative=other_initiative)
    answer = staff.get(address("list", initiative), {"body": foreign.pk, "state": "secret", "search": "x" * 201})
    assert sorted(errors_of(answer)) == ["body", "search", "state"]


def make_many(initiative, number):
    body, owner = GroupFactory(initiative=initiative), ContactFactory(initiative=initiative)
    Decision.objects.bulk_create(
        Decision(
            initiative=initiative, title=f"Decision {n}", raised_on=datetime.date(2026, 1, 1), body=body,
            owner_contact=owner, needed_by=datetime.date(2026, 2, 1),
        )
        for n in range(number)
    )  # fmt: skip


def test_register_costs_the_same_with_one_three_and_three_thousand(staff, initiative):
    counts = []
    for number in (1, 2, 2_997):
        make_many(initiative, number)
        with CaptureQueriesContext(connection) as queries:
            answer = staff.get(address("list", initiative))
        counts.append(len(queries))
    assert counts == [counts[0]] * 3
    assert (answer.context["page"].paginator.count, len(answer.context["rows"])) == (3_000, 25)


def test_file_is_the_filtered_register_and_no_cell_of_it_runs(staff, initiative):
    DecisionFactory(
        initiative=initiative, title="=1+1", outcome="@sum", rationale="+1", dissent="-2", recusal="\tx",
        decided_on=datetime.date(2026, 10, 1), body=GroupFactory(initiative=initiative, name="=body"),
    )  # fmt: skip
    DecisionFactory(initiative=initiative, title="Open")
    answer = staff.get(address("export", initiative), {"state": "decided"})
    lines = b"".join(answer).decode("utf-8-sig")
    _header, row = csv.reader(io.StringIO(lines))
    assert row[:3] == ["'=1+1", "'=body", "decided"]
    assert row[6:12] == ["2026-10-01", "0", "'@sum", "'+1", "'-2", "'\tx"]
    assert "attachment" in answer["Content-Disposition"]


def test_hostile_words_stay_text(staff, initiative):
    meeting = meeting_of(initiative, title=HOSTILE)
    decision = DecisionFactory(
        initiative=initiative, title=HOSTILE, options=HOSTILE, outcome=HOSTILE, dissent=HOSTILE, raised_in=meeting,
        decided_on=datetime.date(2026, 10, 1), body=GroupFactory(initiative=initiative, name=HOSTILE),
        owner_contact=ContactFactory(initiative=initiative, name=HOSTILE),
    )  # fmt: skip
    conflict = staff.post(address("record", initiative, decision.pk), recorded(outcome=HOSTILE, version="9"))
    pages = [staff.get(address(name, initiative, decision.pk)) for name in ("detail", "edit", "record")]
    for answer in [conflict, staff.get(address("list", initiative)), *pages]:
        page = answer.content.decode()
        assert (HOSTILE in page, "&lt;script&gt;" in page) == (False, True)


@pytest.fixture
def committee(initiative):
    return GroupFactory(initiative=initiative, kind=Group.Kind.STEERING_COMMITTEE)


def test_times_are_those_of_the_committee_without_what_was_deleted(initiative, committee):
    first, last = datetime.date(2026, 7, 1), datetime.date(2026, 9, 30)
    days = {"raised_on": first, "needed_by": first + 10 * DAY}
    # Entered late: its own days count, not the day on which it was written down.
    DecisionFactory(initiative=initiative, body=committee, **days, decided_on=first + 4 * DAY)
    DecisionFactory(initiative=initiative, body=committee, **days)
    DecisionFactory(initiative=initiative, body=GroupFactory(initiative=initiative), **days, decided_on=last)
    gone = DecisionFactory(initiative=initiative, body=committee, **days, decided_on=first + 90 * DAY)
    restoring.delete(row=gone, by=None)
    times = committee_times(initiative, first, last)
    assert (times.median_days, times.decided, times.in_time, times.needed) == (4, 1, 1, 2)
    assert (times.open, times.overdue) == (1, 1)
    restoring.restore(row=gone, by=None)
    assert committee_times(initiative, first, last).median_days == 47


def test_head_of_the_register_tells_the_present_fiscal_year_to_staff_and_committee(initiative, committee, client_as):
    initiative.fiscal_year_starts_in = initiative.today().month
    initiative.save()
    first, today = initiative.today().replace(day=1), initiative.today()
    long_ago = {"raised_on": first - 60 * DAY, "body": committee}
    DecisionFactory(initiative=initiative, **long_ago, needed_by=first - DAY, decided_on=first - DAY)
    DecisionFactory(initiative=initiative, **long_ago, needed_by=today, decided_on=None)
    DecisionFactory(initiative=initiative, raised_on=today, body=committee, decided_on=today)
    for role in (Role.STAFF, Role.COMMITTEE, Role.DIRECTOR):
        times = client_as(role).get(address("list", initiative)).context["times"]
        assert (times.median, times.decided, times.in_time, times.open, times.overdue) == ("0 days", 1, "–", 1, 0)
    assert client_as(Role.CO_CHAIR).get(address("list", initiative)).context["times"] is None


def test_head_without_decisions_says_so_and_shows_no_zero(staff, initiative, committee):
    page = staff.get(address("list", initiative)).content.decode()
    assert "Nothing was raised or decided in this fiscal year yet." in page
    assert times_in_words(staff.user.memberships.get()).median == "–"


@pytest.mark.parametrize(
    ("starts_in", "day", "year"),
    [
        (1, "2026-11-23", ("2026-01-01", "2026-12-31")),
        (7, "2026-06-30", ("2025-07-01", "2026-06-30")),
        (7, "2026-07-01", ("2026-07-01", "2027-06-30")),
        (3, "2024-02-29", ("2023-03-01", "2024-02-29")),
    ],
)
def test_fiscal_year_of_a_day(initiative, starts_in, day, year):
    initiative.fiscal_year_starts_in = starts_in
    found = initiative.fiscal_year(datetime.date.fromisoformat(day))
    assert tuple(each.isoformat() for each in found) == year


def test_change_of_the_question_leaves_the_answer_alone(director, initiative):
    decision = DecisionFactory(initiative=initiative, decided_on=datetime.date(2026, 10, 14), outcome="Yes")
    change_decision(decision=decision, version=0, values={"title": "New words"}, by=director.user)
    decision.refresh_from_db()
    assert (decision.title, decision.outcome, decision.version) == ("New words", "Yes", 1)
