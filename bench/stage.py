"""Where a measurement runs: the product with production-like settings on a database, a broker and folders of its own."""

import os
import secrets
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

SERVER = os.environ.get("DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/postgres"
DURABILITY = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


class NoServer(Exception):
    """The message says what is missing."""


@dataclass(frozen=True)
class Stage:
    """`scale` shrinks or widens all sizes (BENCH_SCALE, 1 by default); `not_durable` names settings that are switched off."""

    database_url: str
    scale: float
    not_durable: tuple

    def size(self, number, *, least=1):
        return max(least, round(number * self.scale))

    def connect(self):
        """A raw connection for a floor: psycopg, autocommit."""
        return psycopg.connect(self.database_url, autocommit=True)


def _server():
    try:
        return psycopg.connect(SERVER, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        raise NoServer(
            f"No PostgreSQL answers at {urlsplit(SERVER).hostname}:{urlsplit(SERVER).port or 5432}, and floors are measured "
            f"on nothing else. Start one, or set DATABASE_URL to a server where databases may be made. ({error})"
        ) from error


@contextmanager
def staged(name):
    """Make the database, start the broker, set up Django, give a `Stage`; take all of it away again."""
    database = f"backbone_bench_{name}_{os.getpid()}"
    with _server() as server, tempfile.TemporaryDirectory(prefix="backbone-bench-") as folder:
        off = [key for key, value in DURABILITY.items() if server.execute(f"SHOW {key}").fetchone()[0] != value]
        server.execute(f'CREATE DATABASE "{database}"')
        try:
            url = urlsplit(SERVER)._replace(path=f"/{database}").geturl()
            _environment(url, Path(folder))
            with _broker():
                _set_up()
                yield Stage(url, float(os.environ.get("BENCH_SCALE", "1")), tuple(off))
        finally:
            _close_connections()
            server.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


def _environment(url, folder):
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings",
        DEBUG="0",
        DATABASE_URL=url,
        REDIS_URL="",
        VAR_DIR=str(folder),
        SECRET_KEY=secrets.token_urlsafe(48),
        SURVEY_LINK_KEY=secrets.token_urlsafe(48),
        BASE_URL="http://localhost:8000",
        EMAIL_URL="smtp://127.0.0.1:1",
        MAIL_PER_SECOND="0",
        LOG_LEVEL="ERROR",
    )
    os.environ.setdefault("STATIC_ROOT", str(folder / "static"))


@contextmanager
def _broker():
    from django.conf import settings

    from core import broker

    process = broker.start(settings.BROKER_SOCKET, settings.BROKER_DIR, durable=False)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _set_up():
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    if not Path(os.environ["STATIC_ROOT"], "staticfiles.json").exists():
        call_command("collectstatic", verbosity=0, interactive=False)


def _close_connections():
    from django.db import connections

    connections.close_all()
