import gc
import time

import pytest
from django.db import connection, transaction

from tests.transactions import seconds_of_its_own, watched

EXPECTED = ["write in chunks"] if connection.vendor == "sqlite" else []


def told(findings):
    return [sentence.split(": ")[1].rstrip(".") for sentence in findings]


def compute(seconds):
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


@pytest.mark.django_db
def test_a_long_transaction_is_found_and_a_short_one_is_not():
    with watched(longest=0.02) as findings:
        with transaction.atomic():
            time.sleep(0.03)
        with transaction.atomic():
            pass
    assert told(findings) == EXPECTED


@pytest.mark.django_db
def test_a_transaction_that_computes_is_found():
    with watched(longest=0.05) as findings, transaction.atomic():
        compute(0.1)
    assert told(findings) == EXPECTED


@pytest.mark.django_db
def test_garbage_of_the_test_process_is_not_counted():
    garbage = [[] for _each in range(2_000_000)]
    with watched(longest=0.02) as findings, transaction.atomic():
        gc.collect()
    assert (told(findings), len(garbage)) == ([], 2_000_000)


def test_time_in_which_another_thread_computed_is_not_counted(monkeypatch):
    now = {"monotonic": 0.0, "process_time": 0.0, "thread_time": 0.0}
    for clock in now:
        monkeypatch.setattr(time, clock, lambda clock=clock: now[clock])
    began = seconds_of_its_own()
    now |= {"monotonic": 5.0, "process_time": 4.5, "thread_time": 0.5}
    assert seconds_of_its_own() - began == pytest.approx(1.0, abs=0.1)
