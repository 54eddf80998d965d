"""The committee's page as a signed-in member gets it: after something changed (cold), again (warm), and with five times
the rounds, responses and log rows."""

import datetime
import time
from statistics import median

from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backbone.models import Activity, ActivityFunction
from bench import world
from bench.floors import dashboard as floor
from bench.floors.empty import empty_application, empty_behind_the_door
from bench.paths.inprocess import Caller
from bench.report import RUNS, Goal, Row, alternating
from indicators.models import Publication
from initiatives.permissions import Role
from surveys.actions.closing import close_round
from surveys.models import Invitation

COLD_QUERIES, WARM_QUERIES = 12, 4
KNOWN_COLD, KNOWN_EMPTY = 3.7, 1 / 0.00015
PARTNERS, ROUNDS, ACTIVITIES, TIMES = 60, 2, 300, 5
PAGES = 10


def measure(stage):
    from django.core.wsgi import get_wsgi_application

    few = _Page(get_wsgi_application(), "Small Valley", 1, stage)
    many = _Page(get_wsgi_application(), "Large Valley", TIMES, stage)
    with stage.connect() as raw:
        yield _cold_row(few, raw)
    yield _warm_row(few, stage.size(200, least=50))
    yield _flat_row(few, many)


class _Page:
    def __init__(self, application, name, times, stage):
        self.initiative = world.make_initiative(name)
        contacts = world.make_contacts(self.initiative, PARTNERS * times)
        for place in range(stage.size(ROUNDS, least=2) * times):
            self._closed_round(contacts, place, times)
        self._log(stage.size(ACTIVITIES, least=100) * times)
        member = world.make_member(self.initiative, Role.COMMITTEE)
        self.caller, self.address = Caller(application).sign_in(member), self.initiative.get_absolute_url()
        self.statuses = set()
        self.publication = Publication.objects.filter(initiative=self.initiative, reader_level="inside").latest("pk").pk

    def _closed_round(self, contacts, place, times):
        round = world.make_round(self.initiative, closes_in_days=-1)
        invitations = world.invite(round, contacts, state=Invitation.State.FINISHED)
        world.respond(round, invitations, seed=place)
        assert close_round(round_id=round.pk), "the round was not closed"

    def _log(self, number):
        today, functions = self.initiative.today(), list(self.initiative.functions.all())
        rows = Activity.objects.bulk_create(
            Activity(
                initiative=self.initiative,
                title=f"Meeting {place}",
                held_on=today - datetime.timedelta(days=place % 360),
                minutes=60,
            )
            for place in range(number)
        )
        ActivityFunction.objects.bulk_create(
            ActivityFunction(activity=row, function=functions[place % 6]) for place, row in enumerate(rows)
        )

    def milliseconds(self):
        began = time.perf_counter()
        status, self.body = self.caller.get(self.address)
        self.statuses.add(status)
        return (time.perf_counter() - began) * 1000

    def forget(self):
        """Everything that is kept between requests, so that the next page is made anew."""
        for name in ("default", "pages"):
            caches[name].clear()

    def cold(self):
        self.forget()
        return self.milliseconds()

    def queries(self, *, cold):
        if cold:
            self.forget()
        with CaptureQueriesContext(connection) as asked:
            self.milliseconds()
        return len(asked)


def _cold_row(page, raw):
    page.cold()
    floor.page(raw, page.publication)
    measured = alternating(
        lambda: median(page.cold() for _ in range(PAGES)), lambda: median(_floor_page(raw, page) for _ in range(PAGES))
    )
    queries = page.queries(cold=True)
    note = f"{queries} queries, at most {COLD_QUERIES}; {len(page.body)} bytes"
    sound = queries <= COLD_QUERIES and page.statuses == {200}
    return Row("dashboard-cold", "ms", *measured, Goal(most=2), KNOWN_COLD, note, sound=sound)


def _floor_page(raw, page):
    began = time.perf_counter()
    floor.page(raw, page.publication)
    return (time.perf_counter() - began) * 1000


def _warm_row(page, number):
    def rate():
        page.milliseconds()
        began = time.perf_counter()
        for _ in range(number):
            page.milliseconds()
        return number / (time.perf_counter() - began)

    def empty():
        with empty_application() as application:
            return _rate_of(Caller(application), "/", number)

    def door():
        with empty_behind_the_door() as application:
            caller = Caller(application)
            caller.cookies = page.caller.cookies
            return _rate_of(caller, page.address, number)

    measured = alternating(rate, empty)
    inside = alternating(rate, door)
    queries = page.queries(cold=False)
    note = f"{queries} queries, at most {WARM_QUERIES}; the empty view has no middleware; "
    note += f"{inside[0] / inside[1]:.2f} of an empty view behind the same sign-in and door ({inside[1]:.0f}/s)"
    sound = queries <= WARM_QUERIES and page.statuses == {200}
    return Row("dashboard-warm", "pages/s", *measured, Goal(least=0.25), KNOWN_EMPTY, note, sound=sound)


def _rate_of(caller, address, number):
    assert caller.get(address)[0] == 200
    began = time.perf_counter()
    for _ in range(number):
        caller.get(address)
    return number / (time.perf_counter() - began)


def _flat_row(few, many):
    def cold(page):
        return median(page.cold() for _ in range(PAGES))

    many.cold()
    measured = alternating(lambda: cold(many), lambda: cold(few))
    asked = many.queries(cold=True), few.queries(cold=True)
    note = f"{TIMES} x rounds, responses and log rows, held against 1 x; {asked[0]} and {asked[1]} queries; {RUNS} runs"
    sound = asked[0] <= asked[1] and many.statuses == {200}
    return Row("dashboard-flat", "ms", *measured, Goal(most=1.5), None, note, sound=sound)
