"""Storing one response: the POST that makes the answers final, validated and committed, through the whole application."""

import itertools
import random
import time
from urllib.parse import urlencode

from bench import world
from bench.floors import storing as floor
from bench.floors.empty import CSRF, empty_application
from bench.paths.inprocess import SECRET, Caller
from bench.report import RUNS, Goal, Row, alternating
from surveys.models import Response
from surveys.queries.answering import definition_of
from surveys.tokens import survey_token

# One of two processes of the raw driver alone; the empty view comes on top.
KNOWN = 2000


def measure(stage):
    from django.core.wsgi import get_wsgi_application

    number = stage.size(300, least=20)
    initiative = world.make_initiative("Bright Futures")
    round = world.make_round(initiative)
    invitations = iter(world.invite(round, world.make_contacts(initiative, (RUNS + 1) * number)))
    sections, chance = definition_of(round.instrument_version).sections, random.Random(3)
    caller, refused = Caller(get_wsgi_application()), []

    def form(section, button):
        fields = {"csrfmiddlewaretoken": SECRET, **world.section_answers(section, chance), "go": button}
        return urlencode(fields).encode()

    def ours():
        """Final submits a second. All but the last section were saved before, so that the whole response is checked."""
        posts = []
        for invitation in itertools.islice(invitations, number):
            address = f"/s/{survey_token(invitation.pk, invitation.link_version)}"
            for place, section in enumerate(sections[:-1], start=1):
                caller.post(f"{address}/{place}/", form(section, "next"))
            posts.append((f"{address}/{len(sections)}/?language=en", form(sections[-1], "submit")))
        began = time.perf_counter()
        statuses = [caller.post(address, body)[0] for address, body in posts]
        seconds = time.perf_counter() - began
        refused.extend(status for status in statuses if status != 302)
        return number / seconds

    with stage.connect() as connection:
        connection.execute(floor.TABLE)
        keys, body = itertools.count(), form(sections[-1], "submit")
        answers = world.answers_to(round.instrument_version, chance)

        def empty_and_insert():
            with empty_application(CSRF) as application:
                empty = Caller(application)
                began = time.perf_counter()
                for _ in range(number):
                    empty.post("/checked/", body)
                    floor.store(connection, next(keys), answers)
                return number / (time.perf_counter() - began)

        ours()
        measured = alternating(ours, empty_and_insert)
    whole = [
        len(answers)
        for answers in Response.objects.filter(submitted_at__isnull=False).values_list("answers", flat=True)
    ]
    stored = len(whole) == (RUNS + 1) * number and min(whole) == sum(len(section.codes) for section in sections)
    note = "one process; " + (
        "the floor is an empty CSRF-checked view and a raw insert" if stored and not refused else "WRONG"
    )
    yield Row("storing", "responses/s", *measured, Goal(least=0.6), KNOWN / 2, note, sound=stored and not refused)
