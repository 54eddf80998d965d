"""Two at once: real threads on real connections."""

import threading

import pytest
from django.db import connection

from accounts.actions import setup, sign_in
from accounts.models import User
from core import limits
from tests.factories import UserFactory


def at_once(count, work):
    """Run `work(number)` in `count` threads that start together; returns the results, errors included."""
    barrier, results = threading.Barrier(count), [None] * count

    def run(number):
        barrier.wait()
        try:
            results[number] = work(number)
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_of_two_who_set_up_at_once_one_wins():
    token = setup.make_link()
    results = at_once(2, lambda n: setup.complete(token=token, name=f"P{n}", email=f"p{n}@example.org"))
    assert sorted(type(result).__name__ for result in results) == ["SetupClosed", "User"]
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_five_who_use_a_sign_in_link_at_once_one_gets_in():
    UserFactory(email="ana@example.org")
    token = sign_in.make_link(email="ana@example.org")
    results = at_once(5, lambda n: sign_in.use_link(token=token))
    assert sorted(type(result).__name__ for result in results) == ["LinkUnusable"] * 4 + ["User"]


def test_of_forty_at_once_only_the_allowed_pass():
    results = at_once(40, lambda n: limits.within("try", "ana", times=5, seconds=60))
    assert results.count(True) == 5
