"""Servers in processes of their own: gunicorn as the product runs it, and a mail server that takes everything."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager


@contextmanager
def web(application, **environment):
    """gunicorn with the product's own configuration and `application`; gives the port it listens on."""
    port = free_port()
    variables = os.environ | {"PORT": str(port), "BIND": "127.0.0.1"} | environment
    command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", application]
    with _running(command, variables):
        _wait_for(port)
        yield port


@contextmanager
def sink(milliseconds=0):
    """A mail server on its port that answers each command after `milliseconds`."""
    port = free_port()
    with _running([sys.executable, "-m", "bench.sink", str(port), str(milliseconds)], os.environ):
        _wait_for(port)
        yield port


@contextmanager
def _running(command, environment):
    process = subprocess.Popen(command, env=environment)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(port, seconds=30):
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise TimeoutError(f"Nothing answers on port {port} after {seconds} seconds.") from None
            time.sleep(0.05)
