"""Answering: a visit is a GET and a POST of every section, the last of which makes the answers final."""

import json
import os
import random
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings

from bench import world
from bench.load import drive, request
from bench.report import RUNS, Goal, Row, alternating, percentile
from bench.servers import web
from surveys.models import Response
from surveys.queries import pages
from surveys.queries.answering import definition_of
from surveys.tokens import survey_token

# 708 visits a second were measured with a GET and a POST each.
KNOWN_REQUESTS = 2 * 708
SECRET = "b" * 32


def measure(stage):
    visits, at_tail = stage.size(240, least=16), stage.size(320, least=32)
    stored = stage.size(4000)
    initiative = world.make_initiative("Bright Futures")
    rounds = world.make_round(initiative)
    people = 2 * RUNS * (visits + at_tail) + 2 * RUNS * visits
    contacts = world.make_contacts(initiative, people + 5 * stored)
    invitations = iter(world.invite(rounds, contacts[:people]))
    crowd = world.invite(rounds, contacts[people:], state="finished")
    world.respond(rounds, crowd[:stored])
    os.environ["BENCH_PAGES"] = str(_write_pages(rounds.instrument_version))
    bench = _Bench(rounds.instrument_version, invitations)
    with web("config.wsgi") as ours, web("bench.floors.answering:application") as floor:
        bench.warm_up(ours, floor)
        yield bench.rate_row(ours, floor, visits)
        yield bench.tail_row(ours, floor, at_tail)
        few = bench.rate(ours, visits)
        world.respond(rounds, crowd[stored:])
        yield bench.flat_row(ours, visits, few, stored)


def _write_pages(version):
    """The product's compiled pages in English, for the floor: the same bytes go over the wire."""
    sections = definition_of(version).sections
    compiled = [_pieces(pages.compiled_page(version, "en", number)) for number in range(1, len(sections) + 1)]
    choices = {code: _choices(q) for section in sections for q in section.questions for code in q.codes}
    path = Path(settings.VAR_DIR) / "pages.json"
    path.write_text(json.dumps({"pages": compiled, "choices": choices}))
    return path


def _pieces(page):
    """Markup and places in turn, each place as kind:name:value."""
    pieces = list(page.pieces)
    pieces[1::2] = [name if kind == "field" else f"{kind}:{name}:{value}" for kind, name, value in page.places]
    return pieces


def _choices(question):
    if question.kind == "long_text":
        return {}
    return question.scale.values if question.kind == "matrix" else {o.code: o.code for o in question.options}


class _Bench:
    def __init__(self, version, invitations):
        self.sections = definition_of(version).sections
        self.invitations, self.chance, self.wrong = invitations, random.Random(7), []

    def warm_up(self, *ports):
        for port in ports:
            self.drive(port, 8, together=8)

    def rate(self, port, number):
        return self.drive(port, number, together=8).rate

    def drive(self, port, number, *, together):
        before = Response.objects.filter(submitted_at__isnull=False).count()
        done = drive(port, [self.visit(port) for _ in range(number)], together=together)
        stored = Response.objects.filter(submitted_at__isnull=False).count() - before
        self.wrong += done.refused[:1]
        if stored != number:
            self.wrong.append(f"{stored} of {number} responses were stored")
        return done

    def visit(self, port):
        invitation = next(self.invitations)
        path = f"/s/{survey_token(invitation.pk, invitation.link_version)}/"
        requests = []
        for number, section in enumerate(self.sections, start=1):
            form = {"csrfmiddlewaretoken": SECRET, **world.section_answers(section, self.chance)}
            form["go"] = "submit" if number == len(self.sections) else "next"
            address = f"{path}{number}/?language=en"
            cookie, body = f"csrftoken={SECRET}", urlencode(form).encode()
            requests.append((request("GET", address, port=port, cookie=cookie), b"200"))
            requests.append((request("POST", address, port=port, cookie=cookie, body=body), b"302"))
        return requests

    def checked(self, row, **changes):
        note = "; ".join(filter(None, [changes.pop("note", ""), *self.wrong[:2]]))
        return Row(**row, note=note, sound=not self.wrong)

    def rate_row(self, ours, floor, visits):
        measured = alternating(lambda: self.rate(ours, visits), lambda: self.rate(floor, visits))
        known = KNOWN_REQUESTS / (2 * len(self.sections))
        note = f"{2 * len(self.sections)} requests a visit, 8 at once"
        fields = {"ours": measured[0], "floor": measured[1], "goal": Goal(least=0.5), "known": round(known)}
        return self.checked({"name": "answering", "unit": "visits/s", **fields}, note=note)

    def tail_row(self, ours, floor, visits):
        """p99 over p50 of single requests with 32 at once: ours has to keep it below 4, whatever the floor does."""
        loads = {ours: [], floor: []}

        def shape(port):
            load = self.drive(port, visits, together=32)
            loads[port].append(load)
            return percentile(load.latencies, 0.99) / percentile(load.latencies, 0.5)

        measured = alternating(lambda: shape(ours), lambda: shape(floor))
        p50, p99 = (
            sorted(percentile(load.latencies, s) for load in loads[ours])[RUNS // 2] * 1000 for s in (0.5, 0.99)
        )
        note = (
            f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, the floor's p99 is {measured[1]:.1f} x its p50; held against 1 x p50"
        )
        fields = {"ours": measured[0], "floor": 1.0, "goal": Goal(most=4)}
        return self.checked({"name": "answering-tail", "unit": "p99/p50", **fields}, note=note)

    def flat_row(self, port, visits, first, stored):
        few = [first]
        many = [self.rate(port, visits) for _ in range(RUNS)]
        note = f"{5 * stored} responses stored, held against {stored}"
        fields = {"ours": sorted(many)[RUNS // 2], "floor": few[0], "goal": Goal(least=0.8)}
        return self.checked({"name": "answering-flat", "unit": "visits/s", **fields}, note=note)
