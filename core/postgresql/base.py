"""Django's PostgreSQL with kept connections that are checked without asking the server, and with prepared statements."""

import select
import time

from django.db.backends.postgresql import base, operations

# After so many seconds of silence a connection is asked again whether it lives: a machine that vanished says no goodbye.
ASK_AFTER_SECONDS = 20


class PreparedCursor(base.ServerBindingCursor):
    """Has the server keep the plan of what it runs. Only for statements whose text stays the same.

    It lives as long as its connection: a new one finds out again how each column is read, which takes longer than to read.
    """

    def execute(self, query, params=None):
        return super().execute(query, params, prepare=True)

    def close(self):
        """Nothing: the next request runs its statements here, too."""


class DatabaseOperations(operations.DatabaseOperations):
    def last_executed_query(self, cursor, sql, params):
        """Also of a prepared statement, of which psycopg keeps no text: what is logged and what tests look at is whole."""
        return super().last_executed_query(cursor, sql, params) or self.compose_sql(sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
    _heard_at = 0.0
    _prepared = None

    def close_if_health_check_failed(self):
        """Django asks the server SELECT 1 before the first statement of each request. A server that ended a connection
        has already said so: then there is something to read where nobody asked for anything."""
        if self.connection is None or not self.health_check_enabled or self.health_check_done:
            return
        now = time.monotonic()
        if now - self._heard_at < ASK_AFTER_SECONDS and self._is_quiet():
            self.health_check_done = True
        else:
            super().close_if_health_check_failed()
        self._heard_at = now

    def _is_quiet(self):
        poll = select.poll()
        try:
            poll.register(self.connection.fileno(), select.POLLIN)
            return not poll.poll(0)
        except (base.Database.Error, OSError, ValueError):
            return False

    def prepared_cursor(self):
        """The cursor that prepares what it runs, for one statement at a time; like cursor() where DATABASE_PREPARE is off."""
        if self.settings_dict["OPTIONS"].get("prepare_threshold") is None:
            return self.cursor()
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            if self._prepared is None or self._prepared.connection is not self.connection:
                self._prepared = PreparedCursor(self.connection)
            return self._prepare_cursor(self._prepared)
