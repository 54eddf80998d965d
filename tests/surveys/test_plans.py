"""Rounds that come round by themselves: drafted once like the last one, told to directors, and sent by nobody."""

import datetime
from threading import Thread

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from initiatives.models import HistoryEntry
from initiatives.permissions import Role
from surveys import definition
from surveys.actions import plans, rounds
from surveys.models import Invitation, Mailing, Round, RoundPlan
from surveys.queries.plans import plans_to_draft
from surveys.queries.rounds import work_on_rounds
from surveys.tasks import sweep_rounds
from tests.factories import ContactFactory, GroupFactory, MembershipFactory
from tests.surveys.factories import SHIPPED, RoundFactory

pytestmark = pytest.mark.django_db
BASE = "/i/bright-futures/rounds/repeat/"
DAY = datetime.timedelta(days=1)
FORM = {"months": ["3", "9"], "day": "1", "days_open": "21", "lead_days": "14", "is_active": "on"}


@pytest.fixture
def at(monkeypatch):
    def set_clock(text):
        moment = datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_clock("2026-02-14T12:00")
    return set_clock


@pytest.fixture
def last(initiative, at):
    return RoundFactory(
        initiative=initiative,
        instrument_version__instrument__code=SHIPPED,
        state=Round.State.CLOSED,
        mode=Round.Mode.NAMED,
        roster=Round.Roster.LEAD,
        one_organisation_one_voice=True,
        reminder_days=[5, 10],
        title="Autumn survey",
    )


@pytest.fixture
def plan(last):
    instrument = last.instrument_version.instrument
    return RoundPlan.objects.create(initiative=last.initiative, instrument=instrument, months=[3, 9], lead_days=14)


def test_next_round_is_there_in_time_and_like_the_last(plan, last, at):
    group = GroupFactory(initiative=plan.initiative)
    last.groups.add(group)
    last.texts.filter(kind="invitation").update(subject="Our own words")
    sector = ContactFactory(initiative=plan.initiative).organisation.sector
    Round.objects.filter(pk=last.pk).update(state="draft")
    rounds.merge_sectors(round=last, names={sector: "Schools"}, by=None)
    Round.objects.filter(pk=last.pk).update(state="closed")
    assert plans.draft_due(plan_id=plan.pk) is None
    at("2026-02-15T00:00")
    round = plans.draft_due(plan_id=plan.pk)
    assert (round.state, round.title, round.opens_on, round.closes_on) == (
        "draft",
        "Survey of 2026-03",
        datetime.date(2026, 3, 1),
        datetime.date(2026, 3, 22),
    )
    assert (round.mode, round.roster, round.one_organisation_one_voice) == ("named", "lead", True)
    assert (round.reminder_days, round.sender_name, round.reply_to) == ([5, 10], last.sender_name, last.reply_to)
    assert (list(round.groups.all()), list(round.sectors.all())) == ([group], [])
    assert list(round.clusters.values_list("name", "members__sector")) == [("Schools", sector.pk)]
    assert round.texts.get(kind="invitation", language="en").subject == "Our own words"
    assert round.texts.filter(kind="invitation").count() == 4
    assert round.frozen_roster == []
    entry = HistoryEntry.objects.get(verb="round.drafted")
    assert (entry.by, entry.object_id, entry.after["made_from"]) == (None, round.pk, last.pk)


def test_newest_version_of_the_instrument_is_asked(plan, last, at):
    at("2026-02-20T12:00")
    last.instrument_version.digest = "an older text"
    last.instrument_version.save()
    round = plans.draft_due(plan_id=plan.pk)
    assert round.instrument_version.number == 2
    assert round.instrument_version.digest == definition.digest(definition.load_shipped(SHIPPED))


def test_each_occurrence_is_drafted_once_even_after_it_was_discarded(plan, at):
    at("2026-02-20T12:00")
    assert plans_to_draft() == [plan.pk]
    round = plans.draft_due(plan_id=plan.pk)
    assert (plans.draft_due(plan_id=plan.pk), plans_to_draft()) == (None, [])
    rounds.discard(round=round, by=None)
    assert (plans.draft_due(plan_id=plan.pk), plans_to_draft()) == (None, [])
    at("2026-08-18T12:00")
    assert plans.draft_due(plan_id=plan.pk).planned_for == datetime.date(2026, 9, 1)


def test_worker_that_was_slower_meets_the_constraint(plan, at, monkeypatch):
    at("2026-02-20T12:00")
    quicker = []

    def meanwhile(plan):
        if not quicker:
            quicker.append(None)
            quicker.append(plans.draft_due(plan_id=plan.pk))
        return plan.instrument.versions.first()

    monkeypatch.setattr(plans, "_newest_version", meanwhile)
    assert plans.draft_due(plan_id=plan.pk) is None
    assert list(Round.objects.filter(plan=plan)) == quicker[1:]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_draft_one_round(plan, at):
    at("2026-02-20T12:00")
    made = []

    def work():
        try:
            made.append(plans.draft_due(plan_id=plan.pk))
        finally:
            connection.close()

    workers = [Thread(target=work) for _n in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(made) == 2
    assert Round.objects.filter(plan=plan).count() == 1
    assert HistoryEntry.objects.filter(verb="round.drafted").count() == 1


@pytest.mark.parametrize(
    ("zone", "moment", "is_due"),
    [
        # Midnight of 15 February comes to Auckland first and to Honolulu last.
        ("Pacific/Auckland", "2026-02-14T11:00", True),
        ("Pacific/Auckland", "2026-02-14T10:59", False),
        ("Pacific/Honolulu", "2026-02-15T09:59", False),
        ("Pacific/Honolulu", "2026-02-15T10:00", True),
    ],
)
def test_day_of_the_draft_begins_in_the_initiatives_zone(plan, at, zone, moment, is_due):
    type(plan.initiative).objects.update(time_zone=zone)
    at(moment)
    assert (plans.draft_due(plan_id=plan.pk) is not None) is is_due


def test_what_was_missed_is_not_made_up_for(plan, at):
    at("2026-03-02T12:00")
    assert (plans_to_draft(), plans.draft_due(plan_id=plan.pk)) == ([], None)
    at("2026-03-01T12:00")
    assert plans_to_draft() == [plan.pk]


def test_stopped_plan_and_one_without_a_sent_round_draft_nothing(plan, last, at):
    at("2026-02-20T12:00")
    Round.objects.filter(pk=last.pk).update(state="cancelled")
    assert plans.draft_due(plan_id=plan.pk) is None
    Round.objects.filter(pk=last.pk).update(state="closed", origin="figures")
    assert plans.draft_due(plan_id=plan.pk) is None
    Round.objects.filter(pk=last.pk).update(origin="asked")
    RoundPlan.objects.update(is_active=False)
    assert (plans_to_draft(), plans.draft_due(plan_id=plan.pk)) == ([], None)


@pytest.fixture
def outbox(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return mail.outbox


def test_sweep_drafts_and_tells_directors_with_a_link_and_sends_nothing(
    plan, at, outbox, django_capture_on_commit_callbacks
):
    director = MembershipFactory(initiative=plan.initiative, role=Role.DIRECTOR).user
    MembershipFactory(initiative=plan.initiative, role=Role.STAFF)
    ContactFactory(initiative=plan.initiative)
    at("2026-02-20T12:00")
    for _run in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            sweep_rounds()
    round = Round.objects.get(plan=plan)
    (message,) = outbox
    assert message.to == [director.email]
    assert round.get_absolute_url() in message.body
    assert "It would open on 1 March 2026." in message.body
    assert (round.state, Invitation.objects.count(), Mailing.objects.count()) == ("draft", 0, 0)


def test_directors_are_reminded_once_and_the_draft_stays_a_draft(plan, at, outbox):
    MembershipFactory(initiative=plan.initiative, role=Role.DIRECTOR)
    at("2026-02-20T12:00")
    round = plans.draft_due(plan_id=plan.pk)
    told = []
    for text in ("2026-02-20T12:01", "2026-02-20T12:02", "2026-02-25T23:59", "2026-02-26T00:01", "2026-03-09T00:00"):
        at(text)
        told.append(
            sum(plans.tell_of_draft(round_id=key) for key in work_on_rounds(now=timezone.now())["tell_of_draft"])
        )
    assert told == [1, 0, 0, 1, 0]
    assert ["You are reminded this once" in message.body for message in outbox] == [False, True]
    round.refresh_from_db()
    assert round.state == "draft"


def test_draft_that_was_sent_needs_no_reminder(plan, at, outbox):
    MembershipFactory(initiative=plan.initiative, role=Role.DIRECTOR)
    at("2026-02-20T12:00")
    round = plans.draft_due(plan_id=plan.pk)
    plans.tell_of_draft(round_id=round.pk)
    Round.objects.filter(pk=round.pk).update(state="scheduled")
    at("2026-02-27T12:00")
    assert (work_on_rounds(now=timezone.now())["tell_of_draft"], plans.tell_of_draft(round_id=round.pk)) == ([], 0)
    assert len(outbox) == 1


# Pages


@pytest.mark.parametrize(("page", "staff_status"), [("", 200), ("new/", 200), ("{id}/", 200)])
def test_pages_open_to_the_backbone_only(client_as, stranger, plan, page, staff_status):
    address = BASE + page.format(id=plan.pk)
    assert client_as(Role.STAFF).get(address).status_code == staff_status
    assert client_as(Role.COMMITTEE).get(address).status_code == 403
    assert stranger.get(address).status_code == 404


def test_plan_of_another_initiative_does_not_exist(director, plan, other_initiative):
    RoundPlan.objects.update(initiative=other_initiative)
    assert director.get(f"{BASE}{plan.pk}/").status_code == 404
    assert director.post(f"{BASE}{plan.pk}/", FORM).status_code == 404


def test_staff_repeat_a_survey_and_history_tells(staff, last):
    data = FORM | {"instrument": last.instrument_version.instrument_id}
    page = staff.post(f"{BASE}new/", data, follow=True).content.decode()
    plan = RoundPlan.objects.get()
    assert (plan.months, plan.day, plan.lead_days, plan.created_by) == ([3, 9], 1, 14, staff.user)
    assert "15 February 2026" in page
    assert "1 March 2026" in page
    assert HistoryEntry.objects.get(verb="round_plan.added").by == staff.user


@pytest.mark.parametrize(
    "bad", [{"months": []}, {"months": ["13"]}, {"day": "32"}, {"day": "0"}, {"lead_days": "91"}, {"days_open": "0"}]
)
def test_bad_plan_writes_nothing(staff, last, plan, bad):
    answer = staff.post(f"{BASE}{plan.pk}/", FORM | {"day": "5"} | bad)
    assert answer.status_code == 200
    plan.refresh_from_db()
    assert (plan.months, plan.day) == ([3, 9], 1)
    assert HistoryEntry.objects.count() == 0


def test_plan_is_changed_and_stopped(staff, plan):
    data = {name: value for name, value in FORM.items() if name != "is_active"} | {"months": ["1"], "day": "31"}
    page = staff.post(f"{BASE}{plan.pk}/", data, follow=True).content.decode()
    plan.refresh_from_db()
    assert (plan.months, plan.day, plan.is_active) == ([1], 31, False)
    assert "stopped" in page
    entry = HistoryEntry.objects.get(verb="round_plan.changed")
    assert (entry.before["months"], entry.after["months"]) == ([3, 9], [1])


def test_instrument_without_a_sent_round_or_with_a_plan_cannot_be_chosen(staff, plan, last):
    other = RoundFactory(initiative=plan.initiative, state=Round.State.DRAFT).instrument_version.instrument_id
    for instrument in (other, plan.instrument_id):
        assert staff.post(f"{BASE}new/", FORM | {"instrument": instrument}).status_code == 200
    assert RoundPlan.objects.count() == 1


def test_list_leads_to_the_draft_and_the_draft_says_where_it_came_from(staff, plan, at):
    at("2026-02-20T12:00")
    round = plans.draft_due(plan_id=plan.pk)
    assert round.get_absolute_url() in staff.get(BASE).content.decode()
    assert "Drafted by itself" in staff.get(round.get_absolute_url()).content.decode()


def test_list_costs_the_same_for_one_and_three_plans(staff, plan, initiative, django_assert_num_queries):
    staff.get(BASE)
    with django_assert_num_queries(6):
        staff.get(BASE)
    for _n in range(2):
        instrument = RoundFactory(initiative=initiative).instrument_version.instrument
        RoundPlan.objects.create(initiative=initiative, instrument=instrument, months=[5])
    with django_assert_num_queries(6):
        staff.get(BASE)
