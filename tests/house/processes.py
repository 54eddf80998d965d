"""Running our own commands as somebody at a terminal does, apart from the settings of the tests."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OF_THE_TESTS = {"DATABASE_URL", "REDIS_URL", "EMAIL_URL", "DJANGO_SETTINGS_MODULE", "DEBUG", "VAR_DIR", "BASE_URL"}


def environment(**settings):
    kept = {name: value for name, value in os.environ.items() if name not in OF_THE_TESTS}
    return kept | {name: str(value) for name, value in settings.items()}


def hear_signals():
    """Undo what a shell in the background or nohup does: a child of theirs would not hear INT or HUP."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def start(*words, **settings):
    return subprocess.Popen(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=environment(**settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=hear_signals,
    )


def run(*words, **settings):
    """Exit code and output of `manage.py words` under these settings."""
    process = start(*words, **settings)
    try:
        output, _ = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return process.returncode, output


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def of_folder(folder):
    """Pids of living processes of the Backbone that keeps its data in `folder`, however they are related."""
    mine = f"VAR_DIR={folder}".encode()
    # The broker writes its title over its environment; the title names its socket.
    socket = f"unixsocket:{folder}/".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if mine in (entry / "environ").read_bytes().split(b"\0") or socket in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found
