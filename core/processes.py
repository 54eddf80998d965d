"""Child processes that do not outlive us."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
# Looked up before any fork: between fork and exec nothing may load a library.
_prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None


def die_with_parent() -> Callable[[], None]:
    """For Popen's `preexec_fn`: the kernel sends TERM when the thread that started the child is gone. Linux only.

    Elsewhere it does nothing; the supervisor's keeper ends what is left over on every system.
    """
    parent = os.getpid()

    def prepare():
        if _prctl is not None:
            _prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
            if os.getppid() != parent:  # it died before the line above
                os._exit(1)

    return prepare


def child_environment() -> dict[str, str]:
    """Our environment with one thread for linear algebra, where nobody asked for more.

    Our matrices are a few hundred wide at most: a pool per process costs more in waking its threads, and in keeping the
    other core busy while they wait, than it ever saves.
    """
    return {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", **os.environ}


def signal_group(pid: int, number: int) -> bool:
    """Send a signal to the process group that `pid` leads; False when nobody of it is left."""
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):  # macOS says EPERM of a group of zombies
        return False
    return True
