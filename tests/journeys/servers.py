"""The product as it runs: a web server in its own process, on the database and the broker of the running test."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

from tests.surveys.worker import ROOT

SECONDS_TO_START = 60


def free_port():
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return chosen.getsockname()[1]


class Web:
    """`environment`: what the worker of the same test was given, so that both share queue, cache and keys."""

    def __init__(self, log, port, environment):
        self.url, self.log = f"http://127.0.0.1:{port}", log
        own = {"PORT": str(port), "BASE_URL": self.url, "WEB_WORKERS": "1", "WEB_THREADS": "4"}
        self.environment = environment | own
        self.process = None

    def start(self):
        command = [sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn", "config.wsgi"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + SECONDS_TO_START
        while not self.answers():
            is_alive = self.process.poll() is None and time.monotonic() < deadline
            assert is_alive, self.log.read_text()[-3000:]
            time.sleep(0.2)

    def answers(self):
        try:
            with urllib.request.urlopen(f"{self.url}/health/", timeout=5) as response:
                return response.status == 200
        except OSError:
            return False

    def close(self):
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=10)
