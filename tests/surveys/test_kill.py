"""A real worker is killed twenty times while it sends: nobody gets a mail twice, and nothing is lost.

The mail server of the test pulls the trigger, so each kill hits a known moment of the conversation; twelve of the twenty
fall between the final dot and the record, while the server keeps its 250 back.
"""

import os
import random
import re
import threading
import time
from collections import Counter

import pytest
from django.db import connection

from surveys.models import Invitation, Mailing
from tests.factories import ContactFactory, InitiativeFactory, OrganisationFactory
from tests.surveys.factories import RoundFactory
from tests.surveys.sink import running_sink
from tests.surveys.worker import Worker

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
MAILS, KILLS, CONNECTIONS = 300, 20, 3
AFTER_THE_DOT, ELSEWHERE = "TEXT", ["MAIL", "RCPT", "DATA"]
UNSETTLED = [Mailing.State.DUE, Mailing.State.CLAIMED, Mailing.State.IN_FLIGHT]
SURVEY_LINK = re.compile(rb"/[su]/[A-Za-z0-9_-]{32}")


class Trigger:
    """Kills the worker at the `after`th time a stage is reached, and keeps every 250 back for a moment."""

    def __init__(self, sink, seed):
        self.sink, self.chance, self.lock = sink, random.Random(seed), threading.Lock()
        self.worker, self.stage, self.left = None, None, 0
        self.fired = threading.Event()
        self.connected_at_kill = 0
        for stage in (AFTER_THE_DOT, *ELSEWHERE):
            sink.replies[stage] = lambda _argument, stage=stage: self.reached(stage)

    def load(self, worker, stage, after):
        with self.lock:
            self.worker, self.stage, self.left = worker, stage, after
            self.fired.clear()

    def reached(self, stage):
        with self.lock:
            self.left -= stage == self.stage
            if stage == self.stage and self.left == 0:
                self.connected_at_kill = len(self.sink.connected)
                self.worker.kill()
                self.fired.set()
        if stage == AFTER_THE_DOT:
            time.sleep(self.chance.uniform(0.005, 0.03))


def make_round(count):
    initiative = InitiativeFactory()
    round = RoundFactory(initiative=initiative)
    organisation = OrganisationFactory(initiative=initiative)
    for _ in range(count):
        contact = ContactFactory(initiative=initiative, organisation=organisation)
        invitation = Invitation.objects.create(
            round=round, contact=contact, email=contact.email, name=contact.name, language="en"
        )
        Mailing.objects.create(invitation=invitation, round=round, kind="invitation", due_at=round.opened_at)
    return round


@pytest.fixture
def sink():
    with running_sink() as sink:
        yield sink


@pytest.fixture
def worker(sink, tmp_path):
    pool = "threads" if connection.vendor == "sqlite" else "prefork"
    worker = Worker(
        tmp_path / "worker.log",
        pool,
        EMAIL_URL=f"smtp://127.0.0.1:{sink.port}",
        MAIL_CONNECTIONS=CONNECTIONS,
        MAIL_PER_SECOND=0,
        MAIL_LEASE_SECONDS=2,
    )
    yield worker
    worker.close()


def sweep_until(worker, is_done, seconds):
    """Be the beat: ask for a sweep again and again until `is_done`."""
    deadline = time.monotonic() + seconds
    while not is_done():
        assert time.monotonic() < deadline, f"not done after {seconds} seconds:\n{worker.log.read_text()[-3000:]}"
        worker.ask("surveys.tasks.sweep_sending")
        time.sleep(0.3)


def all_settled(round):
    return not round.mailings.filter(state__in=UNSETTLED).exists()


def in_flight(round):
    return set(round.mailings.filter(state=Mailing.State.IN_FLIGHT).values_list("pk", flat=True))


def assert_certain_once_and_uncertain_at_most_once(round, sink):
    got = Counter(taken.recipient for taken in sink.taken)
    states = dict(round.mailings.values_list("invitation__email", "state"))
    assert set(states.values()) <= {Mailing.State.SENT, Mailing.State.UNCERTAIN}
    assert {a: got[a] for a, state in states.items() if state == Mailing.State.SENT and got[a] != 1} == {}
    assert {a: got[a] for a, state in states.items() if state == Mailing.State.UNCERTAIN and got[a] > 1} == {}
    assert set(got) <= set(states)
    return Counter(states.values())


def test_twenty_kills_double_nothing_and_lose_nothing(sink, worker, capsys):
    seed = int(os.environ.get("KILL_SEED", random.SystemRandom().randrange(10**6)))
    with capsys.disabled():
        print(f"\nKILL_SEED={seed}", end="")  # noqa: T201 - names the run that failed
    chance, trigger, round = random.Random(seed), Trigger(sink, seed), make_round(MAILS)
    stages = [AFTER_THE_DOT] * 12 + [chance.choice(ELSEWHERE) for _ in range(KILLS - 12)]
    chance.shuffle(stages)
    killed_in_flight, fired = set(), Counter()
    for number, stage in enumerate(stages):
        trigger.load(worker, stage, after=chance.randint(2, 10))
        worker.start()
        sweep_until(worker, trigger.fired.is_set, seconds=60)
        worker.wait()
        new = in_flight(round) - killed_in_flight
        assert len(new) <= trigger.connected_at_kill <= CONNECTIONS
        killed_in_flight |= new
        fired[stage == AFTER_THE_DOT] += bool(new)
        if number % 5 == 4:
            worker.forget()
    trigger.load(worker, None, 0)
    worker.start()
    sweep_until(worker, lambda: all_settled(round), seconds=60)
    counts = assert_certain_once_and_uncertain_at_most_once(round, sink)
    with capsys.disabled():
        print(f"\n{KILLS} kills, {fired[True]} of them after the dot; {dict(counts)}")  # noqa: T201
    assert fired[True] >= 8
    assert set(round.mailings.filter(state=Mailing.State.UNCERTAIN).values_list("pk", flat=True)) == killed_in_flight
    assert SURVEY_LINK.findall(worker.log.read_bytes()) == []


def test_flushed_broker_and_two_senders_at_once_double_nothing(sink, worker):
    round = make_round(120)
    sink.seconds_per_reply = 0.003
    worker.start()
    for portion in (20, 50, 80):
        sweep_until(worker, lambda portion=portion: len(sink.taken) >= portion, seconds=60)
        worker.forget()
    sweep_until(worker, lambda: all_settled(round), seconds=60)
    assert assert_certain_once_and_uncertain_at_most_once(round, sink) == {Mailing.State.SENT: 120}
