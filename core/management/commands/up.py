"""Start everything in the foreground: broker, web, worker and beat under one supervisor."""

import errno
import fcntl
import os
import socket
import subprocess
import sys
import time
import urllib.request
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command, get_commands
from django.db import connections

from core import broker
from core.embedded import UnsafeFolder
from core.supervisor import NotStarted, Service, Supervisor

LOCK_PATIENCE = 3.0  # seconds: what an earlier run left is ended by its keeper within moments


class Command(BaseCommand):
    help = "Starts web, worker, beat and (unless REDIS_URL is set) the broker; Ctrl-C stops them."
    requires_system_checks = []

    def handle(self, *args, **options):
        lock = the_only_one(settings.VAR_DIR / "up.lock")
        refuse_taken_port(settings.BIND, settings.PORT)
        try:
            ground = [broker_service()] if settings.EMBEDDED_BROKER else []
            services = [*ground, web_service(), worker_service(), beat_service()]
            Supervisor(services, say=self.say).run(prepare=self.prepare, started=self.greet)
        except (broker.BrokerMissing, UnsafeFolder) as error:
            raise CommandError(str(error)) from error
        except NotStarted as error:
            raise CommandError(f"{error} Its log is {settings.BROKER_DIR / 'server.log'}.") from error
        finally:
            lock.close()
        self.say("Everything has stopped.")

    def say(self, text):
        self.stdout.write(text)
        self.stdout.flush()

    def prepare(self):
        """Bring the tables and the static files up to date, and load the demo on the first run."""
        call_command("migrate_locked", verbosity=0)
        if not settings.DEBUG:
            call_command("collectstatic", interactive=False, verbosity=0)
        elif settings.DEMO and "demo" in get_commands():
            # The command knows whether there is an initiative already; core knows no subject.
            demo = subprocess.run([sys.executable, "manage.py", "demo", "--first-run"], cwd=settings.BASE_DIR)
            if demo.returncode:
                self.say("The demo could not be loaded; the lines above say why. Backbone starts without it.")
        connections.close_all()  # what follows needs no database

    def greet(self):
        self.say(greeting() if web_answers() else "The web server does not answer yet; the lines above say why.")


def the_only_one(path: Path):
    """Hold the lock of this folder while we run; the system lets go of it, however we end."""
    file = path.open("w")
    deadline = time.monotonic() + LOCK_PATIENCE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise CommandError(
                    f"Backbone already runs from this folder ({path.parent}). Stop it there first with Ctrl-C."
                ) from None
            time.sleep(0.1)


def refuse_taken_port(host, port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = "is taken by another program" if error.errno == errno.EADDRINUSE else "cannot be used"
            raise CommandError(
                f"Port {port} {reason}. Stop that program, or choose another port: PORT={port + 1} make run"
            ) from None


def broker_service():
    broker.prepare(settings.BROKER_SOCKET, settings.BROKER_DIR)
    return Service(
        "broker",
        broker.command(settings.BROKER_SOCKET, settings.BROKER_DIR),
        ready=partial(broker.answers, settings.BROKER_SOCKET),
        ground=True,
    )


def web_service():
    command = [sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn", "config.wsgi"]
    return Service("web", command, ready=web_answers)


def celery(*words):
    return [sys.executable, "-m", "celery", "--quiet", "-A", "config", *words]


def worker_service():
    """Threads share one process on a small machine; beside real servers, processes use every core."""
    pool = "threads" if settings.EMBEDDED_BROKER else "prefork"
    quick = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return Service(
        "worker", celery("worker", "-P", pool, "-c", str(settings.WORKER_CONCURRENCY), "-l", settings.LOG_LEVEL, *quick)
    )


def beat_service():
    return Service("beat", celery("beat", "--pidfile=", "-l", settings.LOG_LEVEL))


def web_answers():
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{settings.PORT}/health/", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def greeting():
    address = f"http://localhost:{settings.PORT}"
    lines = [f"Backbone runs at {address}"]
    if settings.DEMO and "demo" in get_commands():
        lines.append("Sign in: open it; while the demo is loaded, one click lets you in as any of its people.")
    else:
        command = f"{os.path.relpath(sys.executable)} manage.py setup_link"
        lines.append(f"Sign in: the first director's link is made by: {'DEBUG=1 ' * settings.DEBUG}{command}")
    if settings.EMAIL_URL.startswith("outbox:"):
        lines.append(f"Mails, with their sign-in codes and survey links, wait at {address}/outbox/")
    return "\n".join([*lines, "Stop everything with Ctrl-C."])
