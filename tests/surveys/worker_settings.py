"""Settings of a worker that a test starts as its own process: the product's, with a queue of its own."""

import os

from config.settings import *  # noqa: F403
from config.settings import CACHES

CELERY_TASK_DEFAULT_QUEUE = os.environ["TEST_QUEUE"]
CACHES["default"]["KEY_PREFIX"] = os.environ["TEST_QUEUE"]
