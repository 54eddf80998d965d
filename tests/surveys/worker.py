"""A real Celery worker in its own process, on the database and the broker of the running test."""

import contextlib
import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import redis
from celery import Celery
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


def database_url():
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    password = f":{database['PASSWORD']}" if database["PASSWORD"] else ""
    return f"postgres://{database['USER']}{password}@{database['HOST']}:{database['PORT']}/{database['NAME']}"


class Worker:
    """Start, kill and restart it; `ask` puts a task into its queue. What it writes goes to the file `log`."""

    def __init__(self, log, pool, **environment):
        self.queue = f"test-{uuid.uuid4().hex[:12]}"
        self.log, self.pool, self.process = Path(log), pool, None
        self.broker = Celery("test", broker=settings.CELERY_BROKER_URL, set_as_current=False)
        self.broker.conf.task_default_queue = self.queue
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.surveys.worker_settings",
            "DATABASE_URL": database_url(),
            "REDIS_URL": settings.REDIS_URL,
            "TEST_QUEUE": self.queue,
            "SKIP_CHECKS": "1",  # Django's own checks take half of the start, and the suite runs them anyway
            **{name: str(value) for name, value in environment.items()},
        }

    def start(self):
        words = ["worker", "-P", self.pool, "-c", "2", "-l", "INFO"]
        quick = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "celery", "--quiet", "-A", "config", *words, *quick],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self):
        """SIGKILL to the worker and all its children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def wait(self):
        return self.process.wait(timeout=10)

    def ask(self, task, *ids):
        self.broker.send_task(task, args=ids)

    def forget(self):
        """Take out of the broker what waits for this worker; all there is where the broker is our own."""
        client = redis.from_url(settings.CELERY_BROKER_URL.replace("redis+socket://", "unix://"))
        client.delete(self.queue) if settings.REDIS_URL else client.flushall()
        client.close()

    def close(self):
        if self.process is not None:
            self.kill()
            self.wait()
        self.forget()
        self.broker.close()
