"""`migrate`, one at a time: several containers may start at once."""

import contextlib
import fcntl

from django.conf import settings
from django.core.management import BaseCommand, call_command
from django.db import connection

# Any number will do, as long as nothing else in this database takes it.
ADVISORY_LOCK = 7_302_115_008


class Command(BaseCommand):
    help = "Applies the migrations under a lock, so that programs that start together do not migrate together."

    def handle(self, *args, **options):
        lock = postgres_lock if connection.vendor == "postgresql" else file_lock
        with lock():
            call_command("migrate", interactive=False, verbosity=options["verbosity"])


@contextlib.contextmanager
def postgres_lock():
    """An advisory lock of this session; Django has no call for it, hence the SQL. It ends with the connection at the latest."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])


@contextlib.contextmanager
def file_lock():
    with (settings.VAR_DIR / "migrate.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
