"""Sending: what the worker does for a round, from the first claim to the history entry, in slices as the task runs them."""

import smtplib
import time

from django.conf import settings
from django.test.utils import override_settings

from bench import world
from bench.floors import sending as floor
from bench.report import RUNS, Goal, Row, alternating
from bench.servers import sink
from initiatives.models import HistoryEntry
from surveys.actions.delivery import send_slice
from surveys.models import Mailing

KNOWN = 7030
SLOW_MILLISECONDS, SLOW_CONNECTIONS = 5, 8


def measure(stage):
    initiative = world.make_initiative("Bright Futures")
    contacts = world.make_contacts(initiative, stage.size(3000, least=300))
    yield from _fast(stage, initiative, contacts)
    yield from _slow(initiative, contacts[: stage.size(1200, least=200)])


def _fast(stage, initiative, contacts):
    with sink() as port, _mail_server(port, settings.MAIL_CONNECTIONS):
        bench = _Bench(initiative, contacts, port)
        bench.rate()
        measured = alternating(bench.rate, lambda: floor.rate(port, stage.size(4000)))
        note = f"claim, durable sent mark and history, over {settings.MAIL_CONNECTIONS} connections"
        yield bench.row("sending-fast", *measured, Goal(least=0.4), KNOWN, note, taken_besides=RUNS * stage.size(4000))


def _slow(initiative, contacts):
    with sink(SLOW_MILLISECONDS) as port, _mail_server(port, SLOW_CONNECTIONS):
        bench = _Bench(initiative, contacts, port)
        limit = floor.slow_limit(SLOW_CONNECTIONS, SLOW_MILLISECONDS)
        measured = alternating(bench.rate, lambda: limit)
        note = f"{SLOW_MILLISECONDS} ms a reply, {SLOW_CONNECTIONS} connections; the floor is connections / (4 x reply time)"
        yield bench.row("sending-slow", *measured, Goal(least=0.8), None, note)


def _mail_server(port, connections):
    server = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": port, "MAIL_CONNECTIONS": connections}
    return override_settings(**server)


class _Bench:
    def __init__(self, initiative, contacts, port):
        self.initiative, self.contacts, self.port, self.sent, self.wrong = initiative, contacts, port, 0, []

    def rate(self):
        """Mails a second of a new round, all of it."""
        round = world.make_round(self.initiative)
        world.make_mailings_due(round, world.invite(round, self.contacts))
        began = time.perf_counter()
        while send_slice(round_id=round.pk):
            pass
        seconds = time.perf_counter() - began
        done = Mailing.objects.filter(round=round, state=Mailing.State.SENT).count()
        told = HistoryEntry.objects.filter(object_kind="surveys.round", object_id=round.pk, verb="round.mails_sent")
        if done != len(self.contacts) or sum(entry.after["sent"] for entry in told) != done:
            self.wrong.append(f"{done} of {len(self.contacts)} mails are marked as sent")
        self.sent += done
        return done / seconds

    def row(self, name, ours, floor, goal, known, note, *, taken_besides=0):
        with smtplib.SMTP("127.0.0.1", self.port) as connection:
            taken = int(connection.noop()[1]) - taken_besides
        if taken != self.sent:
            self.wrong.append(f"the server took {taken} of {self.sent} mails")
        note = "; ".join([note, *self.wrong[:2]])
        return Row(name, "mails/s", ours, floor, goal, known, note, sound=not self.wrong)
