"""`manage.py up` as it is: broker, web, worker and beat on a free port, in a folder of its own."""

import contextlib
import signal
import socket
import sys
import time
import urllib.request

import pytest

from tests.house import processes

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are counted in /proc"),
]


def settle(folder, expected=0, seconds=15):
    """The number of processes of `folder`, once it is `expected` or time is up."""
    deadline = time.monotonic() + seconds
    while len(processes.of_folder(folder)) != expected and time.monotonic() < deadline:
        time.sleep(0.1)
    return len(processes.of_folder(folder))


@pytest.fixture
def up(tmp_path):
    """Backbone running: its process, port and folder; whatever is left is killed afterwards."""
    port = processes.free_port()
    process = processes.start("up", DEBUG=1, DEMO=0, PORT=port, VAR_DIR=tmp_path)
    process.port, process.folder, process.lines = port, tmp_path, []
    for line in process.stdout:
        process.lines.append(line.strip())
        if line.startswith(("Stop everything", "The web server does not answer")):
            break
    yield process
    process.kill()
    process.stdout.close()
    process.wait()
    settle(tmp_path)


def test_one_command_runs_everything_and_stops_it(up):
    with urllib.request.urlopen(f"http://127.0.0.1:{up.port}/health/") as answer:
        assert answer.read() == b"ok\n"
    assert f"Backbone runs at http://localhost:{up.port}" in up.lines
    # Supervisor, keeper, broker, worker, beat, and the web server with its two workers.
    assert settle(up.folder, expected=8) == 8
    code, said = processes.run("up", DEBUG=1, DEMO=0, PORT=processes.free_port(), VAR_DIR=up.folder)
    assert (code, "Backbone already runs from this folder" in said) == (1, True)
    up.send_signal(signal.SIGTERM)
    assert up.wait(30) == 0
    assert settle(up.folder) == 0


def test_a_killed_supervisor_leaves_nothing_running_and_can_start_again(up):
    up.kill()
    up.wait()
    assert settle(up.folder) == 0
    with taken_port() as port:
        assert f"Port {port} is taken" in processes.run("up", DEBUG=1, DEMO=0, PORT=port, VAR_DIR=up.folder)[1]


@contextlib.contextmanager
def taken_port():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_taken_port_is_said_in_one_sentence(tmp_path):
    with taken_port() as port:
        code, said = processes.run("up", DEBUG=1, DEMO=0, PORT=port, VAR_DIR=tmp_path)
    assert code == 1
    assert said.strip() == (
        f"CommandError: Port {port} is taken by another program. "
        f"Stop that program, or choose another port: PORT={port + 1} make run"
    )
