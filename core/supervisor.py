"""Several programs in the foreground as one: started in order, restarted when they die, stopped together, never orphaned.

Each child leads a session of its own, so that Ctrl-C and a closed terminal reach only the supervisor, which then stops the
others in order. A keeper process holds the other end of a pipe: when the supervisor is gone, however it went, the pipe
closes and the keeper ends every group that is left, grandchildren included.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from core.processes import child_environment, die_with_parent, signal_group

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE = 30.0  # seconds to become ready
GRACE = 20.0  # seconds between TERM and KILL
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0  # seconds before a dead child is started again
STEADY = 60.0  # a child that lived this many seconds starts over with the first wait


@dataclass
class Service:
    """A program to keep running. The next one starts when it is `ready`, or `PATIENCE` is over.

    The others lean on a `ground` service: it must become ready, starts before them and stops after them.
    """

    name: str
    command: list[str]
    ready: Callable[[], bool] = lambda: True
    ground: bool = False
    process: subprocess.Popen | None = field(default=None, init=False)
    started: float = field(default=0.0, init=False)
    wait: float = field(default=FIRST_WAIT, init=False)
    due: float = field(default=0.0, init=False)

    @property
    def alive(self):
        return self.process is not None and self.process.poll() is None


class NotStarted(Exception):
    """A ground service did not become ready; the message says which."""


class Supervisor:
    def __init__(self, services: list[Service], *, say: Callable[[str], None] = print, grace: float = GRACE):
        self.services = services
        self.say, self.grace = say, grace
        self.stopping = threading.Event()
        self.keeper = None

    def run(self, prepare: Callable[[], None] = lambda: None, started: Callable[[], None] = lambda: None) -> None:
        """Start the ground, call `prepare`, start the others, call `started`, keep them running until a signal says stop."""
        for number in STOP_SIGNALS:
            if signal.getsignal(number) != signal.SIG_IGN:  # started with nohup, say
                signal.signal(number, self._on_signal)
        self.keeper = start_keeper(self.grace)
        try:
            self.start_all(ground=True)
            prepare()
            self.start_all(ground=False)
            if not self.stopping.is_set():
                started()
            while not self.stopping.wait(0.2):
                self.restart_the_dead()
        finally:
            self.stop()

    def _on_signal(self, number, frame):
        if self.stopping.is_set():  # asked twice: no more waiting
            for service in self.services:
                if service.alive:
                    signal_group(service.process.pid, signal.SIGKILL)
        self.stopping.set()

    def start_all(self, *, ground: bool) -> None:
        for service in self.services:
            if service.ground == ground and not self.stopping.is_set():
                self.start(service)
                self.wait_for(service)

    def wait_for(self, service: Service) -> None:
        deadline = time.monotonic() + PATIENCE
        while not (ready := service.ready()) and service.alive and time.monotonic() < deadline:
            if self.stopping.wait(0.05):
                return
        if service.ground and not ready:
            raise NotStarted(f"The {service.name} did not start, and nothing runs without it.")

    def start(self, service: Service) -> None:
        service.started = time.monotonic()
        service.process = subprocess.Popen(  # noqa: S603 - our own words
            service.command,
            stdin=subprocess.DEVNULL,
            env=child_environment(),
            start_new_session=True,
            preexec_fn=die_with_parent(),
        )
        self.tell_keeper(f"+{service.process.pid}")

    def tell_keeper(self, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):
            os.write(self.keeper, f"{line}\n".encode())

    def clear_up(self, service: Service) -> None:
        """End what a dead leader left of its group. The keeper forgets the number, which the system may give out again."""
        signal_group(service.process.pid, signal.SIGKILL)
        self.tell_keeper(f"-{service.process.pid}")

    def restart_the_dead(self) -> None:
        now = time.monotonic()
        for service in self.services:
            if service.alive:
                continue
            if not service.due:
                self.clear_up(service)
                service.wait = FIRST_WAIT if now - service.started > STEADY else service.wait
                service.due, service.wait = now + service.wait, min(service.wait * 2, LONGEST_WAIT)
                code = service.process.returncode
                self.say(f"{service.name} ended with code {code}; it starts again in {service.due - now:g} s.")
            elif now >= service.due:
                service.due = 0.0
                self.start(service)

    def stop(self) -> None:
        """TERM to each leader, KILL to its group when the grace is over; ground services last."""
        for ground in (False, True):
            services = [service for service in self.services if service.ground == ground and service.process]
            wait_for_end(services, self.grace)
            for service in services:
                self.clear_up(service)
                service.process.wait()
        os.close(self.keeper)


def wait_for_end(services: list[Service], grace: float) -> None:
    """TERM to each leader, then wait until all have ended or the grace is over."""
    for service in services:
        if service.alive:
            service.process.terminate()
    deadline = time.monotonic() + grace
    for service in services:
        with contextlib.suppress(subprocess.TimeoutExpired):
            service.process.wait(max(0.0, deadline - time.monotonic()))


def start_keeper(grace: float) -> int:
    """Fork the keeper; the writing end of its pipe. It reads `+pid` and `-pid` of group leaders until the pipe closes."""
    sys.stdout.flush()
    sys.stderr.flush()
    reading, writing = os.pipe()
    if os.fork():
        os.close(reading)
        return writing
    try:
        os.close(writing)
        keep(reading, grace)
    finally:
        os._exit(0)


def keep(reading: int, grace: float) -> None:
    """The keeper's whole life: wait for the end of the pipe, then end every group it was told of."""
    os.setsid()
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    with os.fdopen(reading) as told:
        groups = set()
        for line in told:
            (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
    left = [pid for pid in groups if signal_group(pid, signal.SIGTERM)]
    deadline = time.monotonic() + grace
    while left and time.monotonic() < deadline:
        time.sleep(0.1)
        left = [pid for pid in left if signal_group(pid, 0)]
    for pid in left:
        signal_group(pid, signal.SIGKILL)
