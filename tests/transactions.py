"""A write transaction holds up every other writer on SQLite: in tests, one that lasts longer than half a second fails.

It is measured on SQLite, where waiting for the lock happens before the transaction begins; on PostgreSQL a wait for another
writer's row would be counted as work. Every test runs on both, so nothing escapes.
"""

import gc
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from django.db import connections
from django.db.transaction import Atomic

LONGEST_SECONDS = 0.5
SCHEDULER = Path("/proc/thread-self/schedstat")
own = threading.local()


def note_collection(phase, _info):
    """The heap of a test process is large, and collecting it once takes as long as the bound: see `seconds_of_its_own`."""
    if phase == "start":
        own.since = time.monotonic()
    else:
        own.collected = getattr(own, "collected", 0.0) + time.monotonic() - own.since


def seconds_of_its_own():
    """The clock of this thread, running or asleep, without the time that was nobody's fault.

    That is the time in which it waited for a processor, in which Python collected the garbage of the whole test process
    in it, and in which other threads of the process computed and so held the interpreter.
    """
    waited = 0
    with suppress(OSError, IndexError, ValueError):
        waited = int(SCHEDULER.read_text().split()[1])
    others = time.process_time() - time.thread_time()
    return time.monotonic() - waited / 1e9 - getattr(own, "collected", 0.0) - others


@contextmanager
def watched(longest=LONGEST_SECONDS):
    """Yields a list that collects a sentence for each outermost transaction, of any thread, that took too long."""
    state, findings = threading.local(), []
    enter, leave = Atomic.__enter__, Atomic.__exit__

    def watched_enter(atomic):
        result = enter(atomic)
        if not atomic._from_testcase:
            state.depth = getattr(state, "depth", 0) + 1
            if state.depth == 1:
                state.began = seconds_of_its_own()
        return result

    def watched_leave(atomic, *error):
        # Looked at before leaving: what waits for the commit, such as a task that is run at once in tests, comes after it.
        ended = seconds_of_its_own()
        try:
            return leave(atomic, *error)
        finally:
            if not atomic._from_testcase:
                state.depth -= 1
                seconds = ended - state.began
                if state.depth == 0 and seconds > longest and connections[atomic.using or "default"].vendor == "sqlite":
                    findings.append(f"A transaction took {seconds:.2f} s, the bound is {longest:g} s: write in chunks.")

    Atomic.__enter__, Atomic.__exit__ = watched_enter, watched_leave
    gc.callbacks.append(note_collection)
    try:
        yield findings
    finally:
        Atomic.__enter__, Atomic.__exit__ = enter, leave
        gc.callbacks.remove(note_collection)
