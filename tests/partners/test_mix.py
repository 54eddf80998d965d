"""The wanted mix: its arithmetic, the page of a group against it, and the form that sets it."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from initiatives.models import HistoryEntry
from initiatives.permissions import Role
from partners.actions import groups, sectors
from partners.mix import MixLine, SeatFacts, mix_of
from partners.models import WantedSeats
from partners.queries import mix_of_group, seats_of
from tests.factories import GroupFactory, SeatFactory, SectorFactory

HEALTH, SCHOOLS = 1, 2
DAY = datetime.timedelta(days=1)


def seat(sector, *, lived=False, held=True):
    return SeatFacts(sector, lived, held)


def test_seats_beyond_what_is_wanted_make_up_for_nothing():
    mix = mix_of([seat(HEALTH)] * 4 + [seat(SCHOOLS)], {HEALTH: 2, SCHOOLS: 2})
    assert (mix.wanted, mix.filled) == (4, 3)
    assert mix.sectors[HEALTH] == MixLine(wanted=2, held=4, vacant=0)
    assert [line.missing for line in mix.sectors.values()] == [0, 1]


def test_vacant_seats_stand_apart_and_fill_nothing():
    mix = mix_of([seat(HEALTH, held=False), seat(HEALTH)], {HEALTH: 2})
    assert mix.sectors[HEALTH] == MixLine(wanted=2, held=1, vacant=1)
    assert (mix.wanted, mix.filled) == (2, 1)


def test_seat_for_lived_experience_counts_for_its_sector_too():
    mix = mix_of([seat(HEALTH, lived=True), seat(None, lived=True)], {HEALTH: 1}, 3)
    assert mix.lived_experience == MixLine(wanted=3, held=2, vacant=0)
    assert mix.sectors[None] == MixLine(wanted=0, held=1, vacant=0)
    assert (mix.wanted, mix.filled) == (4, 3)


def test_nothing_wanted_is_nothing_to_fill():
    assert (mix_of([seat(HEALTH)], {}).wanted, mix_of([], {}).sectors) == (0, {})


@pytest.fixture
def group(initiative):
    return GroupFactory(initiative=initiative, name="Data group")


@pytest.fixture
def health(initiative):
    return SectorFactory(initiative=initiative, name="Health")


def address(name, group):
    return reverse(f"partners:{name}", args=[group.initiative.slug, group.pk])


def test_form_opens_for_staff_and_for_nobody_without_the_permission(staff, stranger, client_as, group):
    assert staff.get(address("group-wanted", group)).status_code == 200
    assert stranger.get(address("group-wanted", group)).status_code == 404
    refused = [client_as(role).post(address("group-wanted", group)).status_code for role in list(Role)[2:]]
    assert refused == [403] * 5


def test_group_of_another_initiative_does_not_exist(staff, other_initiative, initiative):
    foreign = GroupFactory(initiative=other_initiative)
    assert staff.get(reverse("partners:group-wanted", args=[initiative.slug, foreign.pk])).status_code == 404


def test_form_sets_the_whole_mix_and_history_tells_it(staff, group, health):
    schools = SectorFactory(initiative=group.initiative, name="Schools")
    groups.want(group=group, seats={schools: 3}, by=staff.user)
    fields = {f"sector_{health.pk}": "2", f"sector_{schools.pk}": "", "lived_experience": "1"}
    assert staff.post(address("group-wanted", group), fields).status_code == 302
    assert set(group.wanted_seats.values_list("sector", "seats")) == {(health.pk, 2), (None, 1)}
    entry = HistoryEntry.objects.filter(verb="wanted_seats_changed").latest("pk")
    assert (entry.before, entry.after) == ({"Schools": 3}, {"Health": 2, "lived experience": 1})


def test_same_mix_again_tells_nothing(staff, group, health):
    groups.want(group=group, seats={health: 2}, by=staff.user)
    groups.want(group=group, seats={health: 2, None: 0}, by=staff.user)
    assert HistoryEntry.objects.filter(verb="wanted_seats_changed").count() == 1


@pytest.mark.parametrize("typed", ["-1", "201", "two"])
def test_what_is_no_number_of_seats_is_shown_and_nothing_written(staff, group, health, typed):
    answer = staff.post(address("group-wanted", group), {f"sector_{health.pk}": typed, "lived_experience": "4"})
    assert list(answer.context["form"].errors) == [f"sector_{health.pk}"]
    assert answer.context["form"]["lived_experience"].value() == "4"
    assert WantedSeats.objects.count() == 0


def test_page_shows_wanted_against_held_and_vacant_seats_apart(staff, group, health):
    SeatFactory(group=group, sector=health)
    SeatFactory(group=group, sector=health, holder=None)
    SeatFactory(group=group, sector=health, starts_on=group.initiative.today() + DAY)
    groups.want(group=group, seats={health: 3}, by=staff.user)
    mix = mix_of_group(group.initiative, group, seats_of(group.initiative, group=group)[0])
    assert mix.lines == [(health, MixLine(wanted=3, held=1, vacant=1))]
    page = " ".join(staff.get(address("group-detail", group)).content.decode().split())
    assert "1 of 3</span>" in page
    assert "2 seats" in page


def test_vacancies_and_terms_that_end_within_60_days_are_named(staff, group):
    today = group.initiative.today()
    ending = [SeatFactory(group=group, ends_on=today + days * DAY) for days in (60, 61, 0)]
    vacant = SeatFactory(group=group, holder=None)
    mix = mix_of_group(group.initiative, group, seats_of(group.initiative, group=group)[0])
    assert mix.ending == [ending[2], ending[0]]
    assert mix.vacancies == [vacant]


def test_group_page_costs_the_same_queries_with_one_and_three_sectors(staff, group):
    counts = []
    for number in (1, 2):
        wanted = {SectorFactory(initiative=group.initiative): 2 for _ in range(number)}
        for sector in wanted:
            SeatFactory(group=group, sector=sector)
        groups.want(group=group, seats=wanted, by=staff.user)
        with CaptureQueriesContext(connection) as queries:
            staff.get(address("group-detail", group))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_merged_sectors_add_up_in_the_mix(staff, group, health):
    clinics = SectorFactory(initiative=group.initiative, name="Clinics")
    groups.want(group=group, seats={health: 2, clinics: 1}, by=staff.user)
    sectors.merge(sector=clinics, into=health, by=staff.user)
    assert list(group.wanted_seats.values_list("sector", "seats")) == [(health.pk, 3)]
