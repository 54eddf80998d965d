"""Real children (small shell scripts, each with a child of its own) under a real supervisor in a process of its own."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.house.processes import hear_signals

ROOT = Path(__file__).resolve().parents[2]
# Notes its start, starts a grandchild that ignores TERM, and notes its end.
CHILD = """
echo "{name} started $$" >> {notes}
sh -c 'trap "" TERM; echo "{name}-child started $$" >> {notes}; exec sleep 60' &
trap 'echo "{name} ended $$" >> {notes}; exit 0' TERM
wait
"""
STUBBORN = "trap '' TERM; echo \"{name} started $$\" >> {notes}; while :; do sleep 1; done"
RUNNER = """
import sys
from core.supervisor import Service, Supervisor
scripts = eval(sys.argv[1])
services = [Service(name, ["sh", "-c", text], ground=name == "ground") for name, text in scripts.items()]
Supervisor(services, grace=float(sys.argv[2])).run(started=lambda: print("all started", flush=True))
"""


class Run:
    """A supervisor at work: its process and what its children noted, as (name, what, pid)."""

    def __init__(self, folder, grace, **scripts):
        self.path = folder / "notes"
        self.path.touch()
        texts = {name: text.format(name=name, notes=self.path) for name, text in scripts.items()}
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUNNER, repr(texts), str(grace)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=hear_signals,
        )

    def notes(self, what, name=None):
        rows = [line.split() for line in self.path.read_text().splitlines()]
        return [int(pid) for who, did, pid in rows if did == what and name in (None, who)]

    def ended(self):
        return [line.split()[0] for line in self.path.read_text().splitlines() if " ended " in line]


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(condition, seconds=8):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert condition()


@pytest.fixture
def supervise(tmp_path):
    """Start a supervisor over scripts by name and wait until all their processes run."""
    runs = []

    def start(grace=1, **scripts):
        run = Run(tmp_path, grace, **scripts)
        runs.append(run)
        expected = sum(2 if text is CHILD else 1 for text in scripts.values())
        wait_until(lambda: len(run.notes("started")) == expected)
        return run

    yield start
    for run in runs:
        run.process.kill()
        run.process.communicate()
        for pid in filter(is_alive, run.notes("started")):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_all_children_and_theirs(supervise, number):
    run = supervise(ground=CHILD, web=CHILD)
    run.process.send_signal(number)
    assert run.process.wait(8) == 0
    assert [pid for pid in run.notes("started") if is_alive(pid)] == []


def test_the_ground_starts_first_and_ends_last(supervise):
    run = supervise(web=CHILD, ground=CHILD, worker=CHILD)
    run.process.terminate()
    run.process.wait(8)
    assert run.notes("started", "ground")[0] < min(run.notes("started", "web") + run.notes("started", "worker"))
    assert run.ended()[-1] == "ground"


def test_a_killed_supervisor_leaves_no_orphan(supervise):
    run = supervise(ground=CHILD, web=CHILD, stubborn=STUBBORN)
    run.process.kill()
    wait_until(lambda: not any(map(is_alive, run.notes("started"))))


def test_a_dead_child_starts_again_and_leaves_nothing_behind(supervise):
    run = supervise(web=CHILD)
    (leader,), (grandchild,) = run.notes("started", "web"), run.notes("started", "web-child")
    os.kill(leader, signal.SIGKILL)
    wait_until(lambda: len(run.notes("started", "web")) == 2)
    assert not is_alive(grandchild)
    assert is_alive(run.notes("started", "web")[1])


def test_a_child_that_will_not_end_is_killed_after_the_grace(supervise):
    run = supervise(stubborn=STUBBORN, grace=0.5)
    run.process.terminate()
    assert run.process.wait(5) == 0
    assert not is_alive(run.notes("started")[0])


def test_a_second_signal_does_not_wait_for_the_grace(supervise):
    run = supervise(stubborn=STUBBORN, grace=60)
    run.process.terminate()
    time.sleep(0.4)
    run.process.terminate()
    assert run.process.wait(5) == 0


def test_without_its_ground_nothing_else_starts(tmp_path):
    program = (
        "from core.supervisor import Service, Supervisor\n"
        "services = [Service('broker', ['false'], ready=lambda: False, ground=True), Service('web', ['touch', 'web'])]\n"
        "Supervisor(services).run()"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.stderr.splitlines()[-1].endswith("The broker did not start, and nothing runs without it.")
    assert list(tmp_path.iterdir()) == []


def test_the_next_one_starts_when_the_one_before_is_ready(tmp_path):
    program = (
        "import os\nfrom core.supervisor import Service, Supervisor\n"
        "first = Service('first', ['sh', '-c', 'sleep 0.3; touch ready; sleep 9'], ready=lambda: os.path.exists('ready'))\n"
        "second = Service('second', ['sh', '-c', 'ls > seen; sleep 9'])\n"
        "supervisor = Supervisor([first, second], grace=1)\n"
        "supervisor.run(started=lambda: (supervisor.stopping.wait(0.3), supervisor.stopping.set()))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment).returncode == 0
    assert "ready" in (tmp_path / "seen").read_text().split()
