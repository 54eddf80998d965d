"""Counting the log: what changes a period, what does not, who sees the figure and the rows beneath it."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backbone import tasks
from backbone.actions import log_figures
from backbone.actions.activities import change_activity, log_activity
from backbone.actions.log_figures import count_log
from backbone.models import Activity, Attendance, LogCount, LogPeriod
from backbone.queries.dashboard import dashboard
from backbone.queries.figure_page import figure_page
from backbone.queries.log_facts import initiatives_to_count, log_facts
from backbone.queries.results_file import rows
from indicators.models import Publication, Result
from initiatives.actions import restoring
from initiatives.models import Initiative
from initiatives.permissions import Role
from partners.actions import groups as group_actions
from partners.models import Commitment, Group
from tests.backbone.factories import ActivityFactory, AgendaItemFactory, DecisionFactory, MeetingFactory
from tests.factories import ContactFactory, GroupFactory, OrganisationFactory, SeatFactory, SectorFactory
from tests.indicators.factories import PublicationFactory, ResultFactory

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
MONTH, QUARTER, FISCAL_YEAR = "month", "quarter", "fiscal_year"


@pytest.fixture
def committee(initiative):
    return GroupFactory(initiative=initiative, name="Steering committee", kind=Group.Kind.STEERING_COMMITTEE)


@pytest.fixture
def today(initiative):
    return initiative.today()


def contact_logged(initiative, on, by, **values):
    policy = initiative.functions.get(code="policy")
    return log_activity(
        initiative=initiative, title="Call", held_on=on, minutes=30, functions={policy: 1}, by=by, **values
    )


def counted(initiative, code="AP1", kind=MONTH):
    """{first day: n} of an indicator in every period that tells of it."""
    count_log(initiative_id=initiative.pk)
    found = Result.objects.filter(
        publication__log_period__initiative=initiative, publication__log_period__kind=kind, code=code, breakdown=""
    )
    return {r.publication.starts_on: r.n for r in found.select_related("publication") if r.shown}


def first_of(day):
    return day.replace(day=1)


def months_before(day, number):
    for _ in range(number):
        day = first_of(day) - DAY
    return first_of(day)


def test_late_entry_is_counted_where_it_belongs(initiative, staff, today):
    contact_logged(initiative, today, staff.user)
    assert counted(initiative) == {first_of(today): 1}
    contact_logged(initiative, months_before(today, 3), staff.user)
    assert counted(initiative) == {months_before(today, 3): 1, first_of(today): 1}
    assert LogPeriod.objects.filter(kind=MONTH).count() == 4


def test_deleted_row_leaves_its_period_and_comes_back_restored(initiative, staff, today):
    activity = contact_logged(initiative, months_before(today, 2), staff.user)
    contact_logged(initiative, today, staff.user)
    assert len(counted(initiative)) == 2
    restoring.delete(row=activity, by=staff.user)
    assert counted(initiative) == {first_of(today): 1}
    assert LogPeriod.objects.filter(kind=MONTH).count() == 1
    restoring.restore(row=activity, by=staff.user)
    assert counted(initiative) == {months_before(today, 2): 1, first_of(today): 1}


def test_row_moved_from_one_period_to_another_changes_both(initiative, staff, today):
    activity = contact_logged(initiative, months_before(today, 2), staff.user)
    contact_logged(initiative, months_before(today, 2), staff.user)
    assert counted(initiative) == {months_before(today, 2): 2}
    functions = {share.function: 1 for share in activity.shares.all()}
    change_activity(
        activity=activity,
        title="Call",
        held_on=months_before(today, 1),
        minutes=30,
        functions=functions,
        by=staff.user,
    )
    assert counted(initiative) == {months_before(today, 2): 1, months_before(today, 1): 1}


def test_empty_period_between_two_others_is_missing_and_not_zero(initiative, staff, today):
    for day in (months_before(today, 2), today):
        contact_logged(initiative, day, staff.user)
    count_log(initiative_id=initiative.pk)
    period = LogPeriod.objects.get(kind=MONTH, starts_on=months_before(today, 1))
    empty = period.publication.results.get(code="AP1")
    assert (empty.n, empty.shown, empty.is_shown) == (0, {}, True)


def test_counting_again_writes_nothing(initiative, staff, today):
    contact_logged(initiative, today, staff.user)
    count_log(initiative_id=initiative.pk)
    before = list(Publication.objects.values_list("pk", flat=True))
    entries = initiative.history.count()
    count_log(initiative_id=initiative.pk)
    assert list(Publication.objects.values_list("pk", flat=True)) == before
    assert initiative.history.count() == entries
    assert len(before) == 3


def test_new_publication_replaces_the_one_of_its_period_and_leaves_the_others(initiative, staff, today):
    contact_logged(initiative, months_before(today, 12), staff.user)
    count_log(initiative_id=initiative.pk)
    kept = set(Publication.objects.values_list("pk", flat=True))
    contact_logged(initiative, today, staff.user)
    count_log(initiative_id=initiative.pk)
    now = set(Publication.objects.values_list("pk", flat=True))
    assert (len(now), len(now - kept), len(kept - now)) == (len(kept), 3, 3)


def test_other_worker_in_the_same_moment_wins_and_nothing_is_left_of_ours(initiative, staff, today, monkeypatch):
    contact_logged(initiative, today, staff.user)
    count_log(initiative_id=initiative.pk)
    contact_logged(initiative, today, staff.user)
    publish = log_figures.publish_results

    def overtaken(**values):
        made = publish(**values)
        LogPeriod.objects.update(publication=PublicationFactory(initiative=initiative, source_kind="log"))
        return made

    LogPeriod.objects.exclude(kind=MONTH).delete()
    monkeypatch.setattr(log_figures, "publish_results", overtaken)
    number = Publication.objects.filter(comparability_key="log_month").count()
    count_log(initiative_id=initiative.pk)
    assert Publication.objects.filter(comparability_key="log_month").count() == number
    assert LogCount.objects.get().history_id < initiative.history.latest("pk").pk


def test_sweep_finds_what_changed_and_looks_twice(initiative, staff, today):
    assert initiatives_to_count() == [initiative.pk]
    for _ in range(2):
        count_log(initiative_id=initiative.pk)
    assert initiatives_to_count() == []
    contact_logged(initiative, today, staff.user)
    assert initiatives_to_count() == [initiative.pk]
    count_log(initiative_id=initiative.pk)
    assert LogCount.objects.get().is_settled is False
    assert initiatives_to_count() == [initiative.pk]
    count_log(initiative_id=initiative.pk)
    assert initiatives_to_count() == []


def test_worker_counts_each_initiative_that_is_behind_and_no_other(initiative, monkeypatch):
    rung = []
    monkeypatch.setattr(tasks.count_log, "delay", rung.append)
    tasks.sweep_log()
    assert rung == [initiative.pk]
    for _ in range(2):
        tasks.count_log(initiative.pk)
    tasks.sweep_log()
    assert rung == [initiative.pk]


def test_sweep_finds_every_initiative_on_a_new_day(initiative, today):
    for _ in range(2):
        count_log(initiative_id=initiative.pk)
    LogCount.objects.update(counted_on=today - DAY)
    assert initiatives_to_count() == [initiative.pk]


def test_fiscal_year_that_begins_in_another_month_moves_its_periods(initiative, staff, today):
    contact_logged(initiative, today, staff.user)
    count_log(initiative_id=initiative.pk)
    month = today.month % 12 + 1
    Initiative.objects.update(fiscal_year_starts_in=month)
    count_log(initiative_id=initiative.pk)
    year = LogPeriod.objects.get(kind=FISCAL_YEAR)
    assert (year.starts_on.month, year.ends_on.month) == (month, today.month)
    assert year.starts_on <= today <= year.ends_on


def test_day_of_a_meeting_is_that_of_the_initiatives_zone(initiative, committee):
    Initiative.objects.update(time_zone="America/Chicago")
    initiative.refresh_from_db()
    meeting = MeetingFactory(
        initiative=initiative, group=committee, starts_at=datetime.datetime(2026, 10, 1, 3, tzinfo=datetime.UTC)
    )
    AgendaItemFactory(meeting=meeting, kind="strategic")
    (held,) = log_facts(initiative).meetings
    assert (held.day, held.agenda, held.is_of_committee) == (datetime.date(2026, 9, 30), (True,), True)


@pytest.mark.parametrize("change", ["cancelled_at", "deleted_at", "starts_at"])
def test_meeting_that_did_not_take_place_is_not_counted(initiative, committee, change):
    moment = datetime.datetime(2026, 10, 1, 15, tzinfo=datetime.UTC)
    values = {"starts_at": moment} | {change: moment + 5_000 * DAY if change == "starts_at" else moment}
    AgendaItemFactory(meeting=MeetingFactory(initiative=initiative, group=committee, **values), kind="strategic")
    assert log_facts(initiative).meetings == ()


def test_rows_of_others_are_not_counted(initiative, other_initiative, staff, today):
    contact_logged(other_initiative, today, staff.user)
    foreign = GroupFactory(initiative=other_initiative, kind=Group.Kind.STEERING_COMMITTEE)
    group_actions.want(group=foreign, seats={SectorFactory(initiative=other_initiative): 2}, by=staff.user)
    DecisionFactory(initiative=other_initiative, body=foreign)
    count_log(initiative_id=initiative.pk)
    assert Publication.objects.filter(initiative=initiative).count() == 0


def test_counting_costs_the_same_queries_for_few_rows_and_many(initiative, committee, staff, today):
    costs = []
    for number in (1, 30):
        for _ in range(number):
            meeting = MeetingFactory(
                initiative=initiative, group=committee, starts_at=datetime.datetime.now(datetime.UTC)
            )
            AgendaItemFactory(meeting=meeting)
            Attendance.objects.create(
                meeting=meeting, contact=ContactFactory(initiative=initiative), state=Attendance.State.PRESENT
            )
            contact_logged(initiative, today, staff.user)
            DecisionFactory(initiative=initiative, body=committee, raised_on=today)
        with CaptureQueriesContext(connection) as queries:
            log_facts(initiative)
        costs.append(len(queries))
    assert costs[0] == costs[1]


@pytest.fixture
def logged(initiative, committee, staff, today):
    """A quarter of everything, told by each indicator that the log feeds."""
    sectors = [SectorFactory(initiative=initiative, name=name) for name in ("Health", "Schools")]
    organisations = [OrganisationFactory(initiative=initiative, sector=sectors[0]) for _ in range(6)]
    people = [ContactFactory(initiative=initiative, organisation=each) for each in organisations]
    seats = [SeatFactory(group=committee, holder=person, sector=sectors[0]) for person in people]
    group_actions.want(group=committee, seats={sectors[0]: 2, sectors[1]: 2, None: 1}, by=staff.user)
    now = datetime.datetime.now(datetime.UTC)
    meeting = MeetingFactory(initiative=initiative, group=committee, starts_at=now, title="Committee in autumn")
    for number, (person, seat) in enumerate(zip(people, seats, strict=True)):
        state = Attendance.State.PRESENT if number < 4 else Attendance.State.EXCUSED
        Attendance.objects.create(
            meeting=meeting, contact=person, seat=seat, sector=sectors[0], organisation=person.organisation, state=state
        )
    for kind in ("strategic", "information"):
        AgendaItemFactory(meeting=meeting, kind=kind, title=f"Item {kind}")
    DecisionFactory(
        initiative=initiative, body=committee, title="Whether to go on", raised_on=today - 9 * DAY, decided_on=today
    )
    for each in organisations:
        Commitment.objects.create(
            initiative=initiative,
            organisation=each,
            title="Two hours a month",
            kind=Commitment.Kind.TIME,
            made_on=today,
            due_on=today,
            state=Commitment.State.KEPT,
            settled_on=today,
        )
    contact_logged(initiative, today, staff.user, behind_the_scenes=True)
    count_log(initiative_id=initiative.pk)
    return meeting


def governance(initiative):
    """{code: figure} of the log on the committee's page."""
    page = dashboard(initiative).figures()
    cards = [*page.governance, *(card for function in page.functions for card in function.indicators)]
    return {card.code: figure for card in cards for figure in card.figures if figure.source == "log"}


def test_committees_page_shows_the_figures_of_the_log_beside_those_of_surveys(initiative, logged):
    ResultFactory(publication=PublicationFactory(initiative=initiative, audience="committee"), code="BI3")
    said = {code: f"{f.figure} {f.words}" for code, f in governance(initiative).items() if f.is_shown}
    assert said == {
        "SC1": "2 of 5 wanted seats are held (40\u202f%)",
        "SA2": "1 of 2 wanted sectors took part (50\u202f%)",
        "BI1": "1 of 2 agenda items were strategic (50\u202f%)",
        "BI3": "9 days from raised to decided",
        "AP1": "1 contact logged",
        "PCT-P": "4 of 6 expected took part (67\u202f%)",
        "PCT-C": "6 of 6 promises due were kept (100\u202f%)",
    }
    (card,) = [card for card in dashboard(initiative).figures().governance if card.code == "BI3"]
    assert [figure.source for figure in card.figures] == ["log", "survey"]


def test_figure_says_its_period_and_how_it_came_about(initiative, logged):
    figure = governance(initiative)["SA2"]
    assert figure.period.endswith(" so far")
    assert figure.sentences == (
        "Of 2 sectors that the groups want, 1 took part in a meeting, by the roll of 1 meeting.",
        "Not there yet: Schools.",
    )


def test_quarter_that_tells_nothing_yet_leaves_the_place_to_the_one_before(initiative, staff, today):
    contact_logged(initiative, months_before(today, 3), staff.user)
    count_log(initiative_id=initiative.pk)
    assert governance(initiative)["AP1"].figure == "1"
    assert not governance(initiative)["AP1"].period.endswith("so far")
    contact_logged(initiative, today, staff.user)
    contact_logged(initiative, today, staff.user)
    count_log(initiative_id=initiative.pk)
    assert governance(initiative)["AP1"].figure == "2"


def test_few_people_are_told_of_as_too_few(initiative, logged, today):
    Initiative.objects.update(threshold=7)
    count_log(initiative_id=initiative.pk)
    figures = governance(initiative)
    assert [figures[code].state for code in ("PCT-P", "PCT-C", "SC1")] == ["hidden", "hidden", "shown"]
    assert Result.objects.filter(code="PCT-P", is_shown=True, n__gt=0).count() == 0
    assert "What fewer than 7 partners did" in figures["PCT-P"].sentences[0]


def figure_address(initiative, code):
    return reverse("backbone:dashboard-figure", args=[initiative.slug, code])


def rows_address(initiative, code, kind=QUARTER):
    period = initiative.log_periods.filter(kind=kind).latest("starts_on")
    return reverse("backbone:log-rows", args=[initiative.slug, code, period.pk])


CODES = ["SC1", "SA2", "BI1", "BI3", "AP1", "PCT-P", "PCT-C"]


@pytest.mark.parametrize("code", CODES)
def test_every_role_opens_figure_and_rows_and_strangers_do_not(client_as, stranger, initiative, logged, code):
    for address in (figure_address(initiative, code), rows_address(initiative, code)):
        assert stranger.get(address).status_code == 404
        assert [client_as(role).get(address).status_code for role in Role] == [200] * len(Role)
    page = client_as(Role.OBSERVER).get(figure_address(initiative, code)).content.decode()
    assert rows_address(initiative, code) in page


def test_rows_of_another_initiative_or_indicator_do_not_exist(director, initiative, other_initiative, logged, today):
    contact_logged(other_initiative, today, director.user)
    count_log(initiative_id=other_initiative.pk)
    foreign = other_initiative.log_periods.first()
    for code, key in (("AP1", foreign.pk), ("GV1", initiative.log_periods.first().pk)):
        assert director.get(reverse("backbone:log-rows", args=[initiative.slug, code, key])).status_code == 404


def titles(client, address):
    return [title for title, _address, _facts in client.get(address).context["lines"]]


def test_rows_beneath_a_figure_are_those_that_the_reader_may_open(client_as, staff, initiative, committee, logged):
    address = {code: rows_address(initiative, code) for code in CODES}
    assert titles(staff, address["BI1"]) == ["Item strategic", "Item information"]
    assert titles(staff, address["BI3"]) == ["Whether to go on"]
    assert titles(staff, address["PCT-P"]) == ["Committee in autumn"]
    assert titles(staff, address["AP1"]) == ["Call"]
    assert len(titles(staff, address["PCT-C"])) == 6
    observer = client_as(Role.OBSERVER)
    assert [titles(observer, address[code]) for code in ("BI1", "BI3", "PCT-P", "AP1", "PCT-C")] == [[]] * 5
    member = client_as(Role.COMMITTEE)
    assert titles(member, address["BI3"]) == []
    SeatFactory(group=committee, holder=ContactFactory(initiative=initiative, email=member.user.email))
    assert titles(member, address["BI3"]) == ["Whether to go on"]
    assert titles(member, address["BI1"]) == ["Item strategic", "Item information"]


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.DIRECTOR, Role.STAFF)])
def test_activity_behind_the_scenes_is_counted_and_told_to_nobody_outside_the_log(client_as, initiative, logged, role):
    Activity.objects.update(title="Calmed two partners")
    client = client_as(role)
    for address in (figure_address(initiative, "AP1"), rows_address(initiative, "AP1")):
        page = client.get(address).content.decode()
        assert "Calmed two partners" not in page
        assert "1 contact logged" in " ".join(page.replace("</span>", "").split()).replace(
            '<span class="explained-words">', ""
        )


def test_names_of_seat_holders_are_for_those_who_see_partners(client_as, staff, initiative, logged):
    address, name = rows_address(initiative, "SC1"), initiative.contacts.first().name
    assert name in staff.get(address).content.decode()
    for role in (Role.COMMITTEE, Role.FUNDER):
        assert name not in client_as(role).get(address).content.decode()


def test_rows_of_a_figure_that_is_not_shown_are_for_the_backbone(client_as, staff, initiative, committee, logged):
    Initiative.objects.update(threshold=7)
    count_log(initiative_id=initiative.pk)
    member = client_as(Role.COMMITTEE)
    SeatFactory(group=committee, holder=ContactFactory(initiative=initiative, email=member.user.email))
    assert titles(member, rows_address(initiative, "PCT-P")) == []
    assert titles(staff, rows_address(initiative, "PCT-P")) == ["Committee in autumn"]


def test_rows_cost_the_same_queries_with_one_and_many(staff, initiative, committee, today):
    costs = []
    for number in (1, 20):
        for _ in range(number):
            meeting = MeetingFactory(
                initiative=initiative, group=committee, starts_at=datetime.datetime.now(datetime.UTC)
            )
            AgendaItemFactory(meeting=meeting)
        count_log(initiative_id=initiative.pk)
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(rows_address(initiative, "BI1")).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_figure_page_lists_every_period_that_tells_something(initiative, staff, today):
    for number in (0, 1, 4):
        contact_logged(initiative, months_before(today, number), staff.user)
    count_log(initiative_id=initiative.pk)
    page = figure_page(initiative, "AP1").log
    months = dict(page.periods)["month"]
    assert [words for _period, words, _key in months] == ["1 contact logged"] * 3
    assert page.figure.figure == governance(initiative)["AP1"].figure


def test_file_has_the_figures_of_the_log_in_the_words_of_the_page(initiative, logged):
    found = {(row[6], row[9]): row for row in rows(initiative) if row[0] == "log"}
    told = [found[code, ""][10:14] for code in ("SC1", "BI3", "PCT-P")]
    assert told == [
        ["2 of 5 wanted seats are held (40\u202f%)", 2, 5, 40.0],
        ["9 days from raised to decided", "", 1, ""],
        ["4 of 6 expected took part (67\u202f%)", 4, 6, 66.7],
    ]
    assert found["SC1", "Health"][10] == "6 held, 2 wanted"
    assert {len(row) for row in found.values()} == {28}


def test_nothing_at_all_is_published_of_a_log_without_rows(initiative):
    ActivityFactory(initiative=initiative, functions={"vision": 1})
    count_log(initiative_id=initiative.pk)
    assert Publication.objects.count() == 0


def test_pages_cost_the_same_queries_with_few_periods_and_many(client_as, initiative, staff, today):
    member, costs = client_as(Role.COMMITTEE), []
    for months in (0, 14):
        contact_logged(initiative, months_before(today, months), staff.user)
        count_log(initiative_id=initiative.pk)
        with CaptureQueriesContext(connection) as queries:
            for address in (initiative.get_absolute_url(), figure_address(initiative, "AP1")):
                assert member.get(address).status_code == 200
        costs.append(len(queries))
    assert LogPeriod.objects.count() > 20
    assert costs[0] == costs[1]
