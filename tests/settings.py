"""The product's settings as tests see them: own folder under the checkout, own broker, plain static storage."""

import atexit
import os
import shutil
from pathlib import Path

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
# Two runs in one checkout stay apart; xdist's own id is the same for all workers of a run.
RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:8]
VAR_DIR = Path(__file__).resolve().parent.parent / "var" / "tests" / f"{WORKER}-{RUN}"
VAR_DIR.mkdir(parents=True, exist_ok=True)
atexit.register(shutil.rmtree, VAR_DIR, ignore_errors=True)
os.environ.update(DEBUG="1", VAR_DIR=str(VAR_DIR), BASE_URL="http://localhost:8000", EMAIL_URL="outbox:")

from config.settings import *  # noqa: E402, F403
from config.settings import BROKER_DIR, BROKER_SOCKET, CACHES, EMBEDDED_BROKER  # noqa: E402

if EMBEDDED_BROKER:
    from core import broker

    BROKER = broker.start(BROKER_SOCKET, BROKER_DIR, durable=False)
    atexit.register(BROKER.kill)
else:
    # A server may be shared with other workers, or hold more than ours: clearing takes away only what this run wrote.
    CACHES["default"] |= {"BACKEND": "tests.plugins.cache.OwnKeysCache", "KEY_PREFIX": f"backbone-test-{WORKER}-{RUN}"}
CACHES["pages"]["TIMEOUT"] = None  # as without DEBUG
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
