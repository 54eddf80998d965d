"""The roll: who is expected, what is saved, two who take it at once, and levels of engagement."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backbone.models import Attendance
from backbone.queries.roll import roll_lines
from initiatives.models import HistoryEntry
from initiatives.permissions import Role
from partners.models import Seat
from tests.backbone.factories import AttendanceFactory, MeetingFactory
from tests.backbone.test_meetings import address, seat
from tests.factories import ContactFactory, GroupFactory, OrganisationFactory, SeatFactory, SectorFactory

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)
HELD = datetime.datetime(2026, 11, 18, 15, tzinfo=datetime.UTC)
HOSTILE = "<script>alert(1)</script>"
ROUTES = ["meeting-roll", "meeting-engagement"]


@pytest.fixture(autouse=True)
def november(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def group(initiative):
    return GroupFactory(initiative=initiative, name="Steering committee")


@pytest.fixture
def meeting(initiative, group):
    return MeetingFactory(initiative=initiative, group=group, starts_at=HELD)


@pytest.fixture
def co_chair(client_as, group):
    client = client_as(Role.CO_CHAIR)
    seat(client, group, Seat.Role.CO_CHAIR)
    return client


def page_of(client, meeting, **query):
    return client.get(address("meeting-roll", meeting.initiative, meeting.pk), query).context["form"]


def typed(form, states, **fields):
    """What the browser sends back of `form`; `states`: {contact: state}, others as they are chosen."""
    chosen = {row.line.contact.pk: row.state for row in form.rows} | {
        contact.pk: said for contact, said in states.items()
    }
    also = [contact.pk for contact in form.also]
    return {f"state_{key}": said for key, said in chosen.items()} | {"shown": form.as_shown, "also": also} | fields


def save(client, meeting, states, form=None, **fields):
    here = address("meeting-roll", meeting.initiative, meeting.pk)
    return client.post(here, typed(form or page_of(client, meeting), states, save="1", **fields))


def states_of(meeting):
    return {line.contact.name: line.state for line in meeting.roll.select_related("contact")}


def holders(group, *names, **fields):
    initiative = group.initiative
    return [
        SeatFactory(group=group, holder=ContactFactory(initiative=initiative, name=name), **fields).holder
        for name in names
    ]


@pytest.mark.parametrize("route", ROUTES)
def test_roll_opens_for_those_who_log_the_meeting(
    route, staff, committee_member, stranger, client_as, meeting, co_chair
):
    here = address(route, meeting.initiative, meeting.pk)
    assert staff.get(here).status_code == 200
    assert [client.get(here).status_code for client in (committee_member, client_as(Role.MEMBER), stranger)] == [
        403,
        403,
        404,
    ]
    assert co_chair.get(here).status_code == {"meeting-roll": 200, "meeting-engagement": 403}[route]


@pytest.mark.parametrize("route", ROUTES)
def test_roll_of_another_initiative_or_group_is_not_to_be_had(
    route, staff, client_as, other_initiative, initiative, meeting
):
    foreign = MeetingFactory(initiative=other_initiative)
    assert staff.post(address(route, initiative, foreign.pk), {"save": "1"}).status_code == 404
    elsewhere = client_as(Role.CO_CHAIR)
    seat(elsewhere, GroupFactory(initiative=initiative), Seat.Role.CO_CHAIR)
    here = address(route, initiative, meeting.pk)
    contact = ContactFactory(initiative=initiative)
    answer = elsewhere.post(here, {"save": "1", "also": contact.pk, f"state_{contact.pk}": "present"})
    assert answer.status_code == {"meeting-roll": 404, "meeting-engagement": 403}[route]
    assert Attendance.objects.count() == 0


def test_expected_are_those_who_held_a_seat_on_that_day(staff, meeting, group):
    ada, bo = holders(group, "Ada", "bo")
    holders(group, "Too early", starts_on=datetime.date(2026, 11, 19))
    holders(group, "Too late", ends_on=datetime.date(2026, 11, 17))
    SeatFactory(group=group, holder=None)
    holders(GroupFactory(initiative=meeting.initiative), "Elsewhere")
    guest = AttendanceFactory(meeting=meeting, contact__name="Zoe").contact
    assert [row.line.contact for row in page_of(staff, meeting).rows] == [ada, bo, guest]


def test_the_day_is_that_of_the_place_of_the_meeting(staff, meeting, group):
    (ada,) = holders(group, "Ada", starts_on=datetime.date(2026, 11, 19))
    assert page_of(staff, meeting).rows == []
    meeting.time_zone = "Pacific/Auckland"
    meeting.save()
    assert [row.line.contact for row in page_of(staff, meeting).rows] == [ada]


@pytest.mark.parametrize(
    ("fields", "query", "start"),
    [
        ({}, {}, "present"),
        ({"link": "https://meet.example/x"}, {}, "remote"),
        ({"link": "https://meet.example/x", "place": "Town hall"}, {}, "present"),
        ({"starts_at": NOW + datetime.timedelta(days=1)}, {}, ""),
        ({}, {"start": "absent"}, "absent"),
        ({}, {"start": ""}, ""),
        ({}, {"start": "proxy"}, ""),
        ({}, {"start": HOSTILE}, ""),
    ],
)
def test_everybody_begins_as_what_is_likely_or_asked_for(staff, meeting, group, fields, query, start):
    holders(group, "Ada", "Bo")
    for name, value in fields.items():
        setattr(meeting, name, value)
    meeting.save()
    assert [row.state for row in page_of(staff, meeting, **query).rows] == [start, start]
    assert Attendance.objects.count() == 0


def test_what_was_chosen_is_saved_with_seat_organisation_and_sector_of_that_day(staff, meeting, group):
    organisation, sector = (
        OrganisationFactory(initiative=meeting.initiative),
        SectorFactory(initiative=meeting.initiative),
    )
    ada, bo = holders(group, "Ada", "Bo", organisation=organisation, sector=sector)
    answer = save(staff, meeting, {bo: "excused"})
    assert answer.url == meeting.get_absolute_url()
    assert states_of(meeting) == {"Ada": "present", "Bo": "excused"}
    line = meeting.roll.get(contact=ada)
    assert (line.seat, line.organisation, line.sector) == (ada.seats.get(), organisation, sector)
    group.seats.update(organisation=OrganisationFactory(initiative=meeting.initiative), sector=None)
    save(staff, meeting, {ada: "remote"})
    line.refresh_from_db()
    assert (line.state, line.organisation, line.sector) == ("remote", organisation, sector)


def test_without_a_seat_of_an_organisation_the_persons_own_counts(staff, meeting):
    guest = ContactFactory(initiative=meeting.initiative)
    save(staff, meeting, {guest: "present"}, also=[guest.pk])
    line = meeting.roll.get()
    assert (line.seat, line.organisation, line.sector) == (None, guest.organisation, guest.organisation.sector)


def test_one_save_is_one_entry_of_what_differs_and_none_where_nothing_does(staff, meeting, group):
    ada, bo = holders(group, "Ada", "Bo")
    save(staff, meeting, {})
    save(staff, meeting, {bo: "absent"})
    save(staff, meeting, {})
    first, second = HistoryEntry.objects.filter(verb="roll_taken").order_by("id")
    assert first.after == {str(ada.pk): ["present", None, ""], str(bo.pk): ["present", None, ""]}
    assert (second.before, second.after) == ({str(bo.pk): ["present", None, ""]}, {str(bo.pk): ["absent", None, ""]})


def test_not_noted_takes_a_line_off_the_roll(staff, meeting, group):
    _ada, bo = holders(group, "Ada", "Bo")
    save(staff, meeting, {})
    save(staff, meeting, {bo: ""})
    assert states_of(meeting) == {"Ada": "present"}


@pytest.mark.parametrize("typed_name", ["Carla Diaz, North School", "carla  diaz"])
def test_a_proxy_who_is_a_contact_is_known_by_name(staff, meeting, group, typed_name):
    (ada,) = holders(group, "Ada")
    ada.organisation.name = "North School"
    ada.organisation.save()
    carla = ContactFactory(initiative=meeting.initiative, name="Carla Diaz", organisation=ada.organisation)
    save(staff, meeting, {ada: "proxy"}, **{f"proxy_{ada.pk}": typed_name})
    line = meeting.roll.get()
    assert (line.proxy, line.proxy_name, line.told) == (carla, "", "Carla Diaz for Ada")
    assert page_of(staff, meeting).rows[0].proxy == "Carla Diaz, North School"


def test_any_other_proxy_is_a_name_and_may_be_left_out(staff, meeting, group):
    ada, bo = holders(group, "Ada", "Bo")
    save(staff, meeting, {ada: "proxy", bo: "proxy"}, **{f"proxy_{ada.pk}": " A neighbour "})
    assert [line.told for line in meeting.roll.all()] == ["A neighbour for Ada", "somebody for Bo"]


def test_a_name_is_kept_only_where_a_proxy_came(staff, meeting, group):
    (ada,) = holders(group, "Ada")
    save(staff, meeting, {ada: "present"}, **{f"proxy_{ada.pk}": "A neighbour"})
    assert [(line.state, line.proxy_name) for line in meeting.roll.all()] == [("present", "")]


def test_guests_are_found_and_added_without_losing_what_was_tapped(staff, meeting, group):
    (ada,) = holders(group, "Ada")
    guest = ContactFactory(initiative=meeting.initiative, name="Grace Guest")
    ContactFactory(initiative=meeting.initiative, name="Somebody else")
    here = address("meeting-roll", meeting.initiative, meeting.pk)
    form = page_of(staff, meeting)
    found = staff.post(here, typed(form, {ada: "excused"}, search="grace", find="1")).context["form"]
    assert (found.found, [row.state for row in found.rows]) == ([guest], ["excused"])
    added = staff.post(here, typed(found, {}, add=guest.pk)).context["form"]
    assert [(row.line.contact, row.state) for row in added.rows] == [(ada, "excused"), (guest, "present")]
    assert Attendance.objects.count() == 0
    save(staff, meeting, {}, form=added)
    assert states_of(meeting) == {"Ada": "excused", "Grace Guest": "present"}


def test_enter_saves_and_in_the_search_it_looks_for_somebody(staff, meeting, group):
    holders(group, "Ada")
    here, form = address("meeting-roll", meeting.initiative, meeting.pk), page_of(staff, meeting)
    assert staff.post(here, typed(form, {}, enter="1", search="grace")).status_code == 200
    assert Attendance.objects.count() == 0
    assert staff.post(here, typed(form, {}, enter="1", search="")).status_code == 302


def test_co_chairs_find_the_people_of_their_groups_alone(co_chair, meeting, group):
    ContactFactory(initiative=meeting.initiative, name="Grace Guest")
    here = address("meeting-roll", meeting.initiative, meeting.pk)
    form = co_chair.post(here, {"search": "Grace", "find": "1"}).context["form"]
    assert form.found == []
    stranger = ContactFactory(initiative=meeting.initiative)
    save(co_chair, meeting, {stranger: "present"}, also=[stranger.pk])
    assert stranger.name not in states_of(meeting)


def test_people_of_another_initiative_are_neither_found_nor_added(staff, meeting, other_initiative):
    foreign = ContactFactory(initiative=other_initiative, name="Foreign Guest")
    here = address("meeting-roll", meeting.initiative, meeting.pk)
    assert staff.post(here, {"search": "Foreign", "find": "1"}).context["form"].found == []
    save(staff, meeting, {foreign: "present"}, also=[foreign.pk], add=foreign.pk)
    assert Attendance.objects.count() == 0


def test_a_line_that_somebody_else_changed_meanwhile_stays_and_is_shown(staff, director, meeting, group):
    ada, bo, cy = holders(group, "Ada", "Bo", "Cy")
    save(staff, meeting, {})
    first, second = page_of(staff, meeting), page_of(director, meeting)
    save(director, meeting, {ada: "excused", bo: "absent"}, form=second)
    answer = save(staff, meeting, {ada: "remote", cy: "remote"}, form=first)
    assert answer.status_code == 409
    assert states_of(meeting) == {"Ada": "excused", "Bo": "absent", "Cy": "remote"}
    rows = {row.line.contact: (row.state, row.note) for row in answer.context["form"].rows}
    assert rows[ada] == ("excused", "Noted meanwhile by somebody else. You had chosen: remote.")
    assert (rows[bo], rows[cy]) == (("absent", ""), ("remote", ""))
    assert "1 line was changed by somebody else" in answer.content.decode()
    save(staff, meeting, {ada: "remote"}, form=answer.context["form"])
    assert states_of(meeting)["Ada"] == "remote"


def test_two_who_begin_at_once_do_not_write_over_each_other(staff, director, meeting, group):
    ada, bo = holders(group, "Ada", "Bo")
    first, second = page_of(staff, meeting), page_of(director, meeting)
    save(staff, meeting, {ada: "excused"}, form=first)
    answer = save(director, meeting, {bo: "proxy"}, form=second, **{f"proxy_{bo.pk}": "Nan"})
    assert states_of(meeting) == {"Ada": "excused", "Bo": "present"}
    assert [row.note for row in answer.context["form"].rows] == [
        "Noted meanwhile by somebody else. You had chosen: present.",
        "Noted meanwhile by somebody else. You had chosen: proxy (Nan).",
    ]


@pytest.mark.parametrize("shown", ["", "[]", "{", '{"1": 1}', '{"a": ["present", null, ""]}', "[" * 100_000, None])
def test_a_page_that_does_not_say_what_it_showed_overwrites_nothing(staff, meeting, group, shown):
    (ada,) = holders(group, "Ada")
    save(staff, meeting, {ada: "excused"})
    fields = {} if shown is None else {"shown": shown}
    here = address("meeting-roll", meeting.initiative, meeting.pk)
    answer = staff.post(here, {f"state_{ada.pk}": "present", "save": "1"} | fields)
    assert (answer.status_code, states_of(meeting)) == (409, {"Ada": "excused"})


def test_states_and_keys_that_do_not_exist_are_not_noted(staff, meeting, group):
    (ada,) = holders(group, "Ada")
    save(staff, meeting, {ada: "asleep"}, also=["9" * 60, "x"], add="9" * 60)
    assert Attendance.objects.count() == 0


@pytest.mark.parametrize("route", ROUTES)
def test_page_costs_the_same_queries_with_one_three_and_many_people(route, staff, meeting, group):
    counts = []
    for number in (1, 2, 27):
        for holder in holders(group, *[f"Person {place}" for place in range(number)]):
            AttendanceFactory(meeting=meeting, contact=holder, seat=holder.seats.get())
        with CaptureQueriesContext(connection) as queries:
            staff.get(address(route, meeting.initiative, meeting.pk))
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2]


def test_saving_costs_the_same_queries_with_three_and_thirty_people(staff, meeting, group):
    counts = []
    for number in (3, 27):
        holders(group, *[f"Person {place}" for place in range(number)])
        form = page_of(staff, meeting, start="present")
        with CaptureQueriesContext(connection) as queries:
            save(staff, meeting, {}, form=form)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_hostile_names_stay_text(staff, meeting, group):
    holders(group, HOSTILE)
    for _turn in range(2):
        page = staff.get(address("meeting-roll", meeting.initiative, meeting.pk)).content.decode()
        assert (HOSTILE in page, '<span class="roll-name">&lt;script&gt;' in page) == (False, True)
        save(staff, meeting, {}, **{f"proxy_{holder.pk}": HOSTILE for holder in meeting.initiative.contacts.all()})
        meeting.roll.update(state="proxy", proxy_name=HOSTILE)
    for where in (meeting.get_absolute_url(), address("meeting-engagement", meeting.initiative, meeting.pk)):
        assert HOSTILE not in staff.get(where).content.decode()


# Levels of engagement


def note(client, meeting, levels, form=None):
    here = address("meeting-engagement", meeting.initiative, meeting.pk)
    form = form or client.get(here).context["form"]
    chosen = {row.line.contact.pk: row.state for row in form.rows} | {
        contact.pk: level for contact, level in levels.items()
    }
    return client.post(here, {f"level_{key}": level for key, level in chosen.items()} | {"shown": form.as_shown})


def test_levels_are_noted_for_those_who_took_part_and_missing_stays_missing(staff, meeting):
    lines = [
        AttendanceFactory(meeting=meeting, state=state) for state in ("present", "remote", "proxy", "excused", "absent")
    ]
    there = [line.contact for line in lines]
    note(staff, meeting, dict(zip(there, ["0", "3", "", "2", "2"], strict=True)))
    assert [line.engagement for line in meeting.roll.order_by("id")] == [0, 3, None, None, None]
    entry = HistoryEntry.objects.get(verb="engagement_noted")
    assert entry.after == {str(there[0].pk): 0, str(there[1].pk): 3}


@pytest.mark.parametrize("level", ["4", "-1", "x", "1.5"])
def test_a_level_that_does_not_exist_is_not_noted(staff, meeting, level):
    line = AttendanceFactory(meeting=meeting)
    note(staff, meeting, {line.contact: level})
    assert meeting.roll.get().engagement is None


def test_a_level_that_somebody_else_changed_meanwhile_stays(staff, director, meeting):
    line = AttendanceFactory(meeting=meeting)
    here = address("meeting-engagement", meeting.initiative, meeting.pk)
    form = staff.get(here).context["form"]
    note(director, meeting, {line.contact: "1"})
    answer = note(staff, meeting, {line.contact: "3"}, form=form)
    assert (answer.status_code, meeting.roll.get().engagement) == (409, 1)
    assert answer.context["form"].rows[0].note == "Noted meanwhile by somebody else. You had chosen: 3."


def test_changing_the_roll_keeps_the_level(staff, meeting):
    line = AttendanceFactory(meeting=meeting, engagement=2)
    save(staff, meeting, {line.contact: "remote"})
    assert [(line.state, line.engagement) for line in meeting.roll.all()] == [("remote", 2)]


def test_levels_are_told_to_the_backbone_alone(staff, co_chair, meeting):
    AttendanceFactory(meeting=meeting, engagement=3)
    link = address("meeting-engagement", meeting.initiative, meeting.pk)
    assert link in staff.get(meeting.get_absolute_url()).content.decode()
    assert link not in co_chair.get(meeting.get_absolute_url()).content.decode()


def test_roll_lines_are_in_the_order_of_names_whatever_their_case(meeting, group):
    holders(group, "beth", "Ada", "Cy")
    assert [line.contact.name for line in roll_lines(meeting)] == ["Ada", "beth", "Cy"]
