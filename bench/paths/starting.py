"""Pressing *send*: the request of the director, and what the worker then prepares."""

import itertools
import time
from urllib.parse import urlencode

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench import world
from bench.floors import starting as floor
from bench.paths.inprocess import SECRET, Caller
from bench.report import Goal, Row, alternating
from initiatives.permissions import Role
from surveys.actions.invitations import prepare
from surveys.models import Mailing, Round
from surveys.queries.rosters import roster

MOST_SECONDS = 2


def measure(stage):
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
    many = _Sender(application, "Large Valley", stage.size(2500, least=250))
    few = _Sender(application, "Small Valley", many.people // 10)
    few.seconds(), many.seconds()
    with stage.connect() as raw:
        raw.execute(floor.TABLE)
        numbers = itertools.count()
        measured = alternating(many.seconds, lambda: floor.seconds(raw, next(numbers), many.initiative.pk))
    prepared = many.prepared_in()
    note = f"{many.people} invitations: ours has to stay under {MOST_SECONDS} s; the worker prepared all in {prepared:.1f} s"
    yield Row("starting", "s", *measured, Goal(ours=MOST_SECONDS), None, note, sound=many.is_right())
    asked, fewer = many.queries(), few.queries()
    note = f"{many.people} invitations, held against {few.people}"
    yield Row("starting-queries", "queries", asked, fewer, Goal(most=1), None, note, sound=few.is_right())


class _Sender:
    def __init__(self, application, name, people):
        self.initiative, self.people = world.make_initiative(name), people
        world.make_contacts(self.initiative, people)
        self.caller = Caller(application).sign_in(world.make_member(self.initiative, Role.DIRECTOR))
        self.wrong = 0

    def seconds(self):
        self.round = world.make_round(self.initiative, state=Round.State.DRAFT)
        address = reverse("surveys:round-send", args=[self.initiative.slug, self.round.pk])
        body = urlencode({"csrfmiddlewaretoken": SECRET, "digest": roster(self.round).digest}).encode()
        began = time.perf_counter()
        self.caller.post(address, body)
        spent = time.perf_counter() - began
        self.wrong += not Round.objects.filter(pk=self.round.pk, state=Round.State.OPEN).exists()
        return spent

    def queries(self):
        with CaptureQueriesContext(connection) as asked:
            self.seconds()
        begin = next(place for place, query in enumerate(asked) if "django_session" in query["sql"])
        return len(asked.captured_queries) - begin

    def prepared_in(self):
        began = time.perf_counter()
        prepare(round_id=self.round.pk)
        spent = time.perf_counter() - began
        self.wrong += Mailing.objects.filter(round=self.round, state="due").count() != self.people
        return spent

    def is_right(self):
        return not self.wrong
