"""Kept connections and prepared statements on PostgreSQL; SQLite has neither."""

import select

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from core.statements import changed_rows

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL keeps connections between requests"),
]
PREPARED = "SELECT count(*) FROM pg_prepared_statements"


@pytest.fixture
def kept():
    """The connection as the server finds it at the beginning of a request."""
    connection.ensure_connection()
    connection.health_check_enabled = True
    _begin_request()
    connection.close_if_health_check_failed()
    _begin_request()
    yield
    connection.close()


def _begin_request():
    connection.health_check_done = False


def _backend():
    with connection.cursor() as cursor:
        return cursor.execute("SELECT pg_backend_pid()").fetchone()[0]


def _end(backend):
    """As a restart of the server does; comes back once the connection has heard of it."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [backend])
    other.close()
    select.select([connection.connection.fileno()], [], [], 5)


def test_connection_that_lives_is_kept_without_asking_the_server(kept, monkeypatch):
    monkeypatch.setattr(connection, "is_usable", lambda: False)
    raw = connection.connection
    connection.close_if_health_check_failed()
    assert connection.connection is raw


def test_connection_that_was_silent_for_long_is_asked(kept, monkeypatch):
    monkeypatch.setattr("core.postgresql.base.ASK_AFTER_SECONDS", 0)
    monkeypatch.setattr(connection, "is_usable", lambda: False)
    connection.close_if_health_check_failed()
    assert connection.connection is None


def test_request_after_the_server_ended_the_connection_gets_a_new_one(kept):
    before = _backend()
    _end(before)
    _begin_request()
    assert _backend() != before


def test_connection_that_ends_within_a_request_is_not_hidden(kept):
    _end(_backend())
    with pytest.raises(OperationalError):
        _backend()


@pytest.mark.parametrize(("threshold", "kept_plans"), [(5, 1), (None, 0)])
def test_kept_statements_are_prepared_unless_that_is_switched_off(kept, threshold, kept_plans, monkeypatch):
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "prepare_threshold", threshold)
    connection.close()
    assert [changed_rows("SELECT %s::int", 1) for _time in range(2)] == [1, 1]
    with connection.cursor() as cursor:
        assert cursor.execute(PREPARED).fetchone() == (kept_plans,)


def test_text_of_a_prepared_statement_is_known_to_whoever_looks():
    with CaptureQueriesContext(connection) as queries:
        changed_rows("SELECT %s::int", 41)
    assert [query["sql"] for query in queries] == ["SELECT 41::int"]
