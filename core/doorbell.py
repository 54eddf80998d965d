"""Telling a worker that something waits. The database is the truth: a ring that gets lost is made good by the next sweep."""

import logging
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)
_is_quiet = ContextVar("doorbell_is_quiet", default=False)


@contextmanager
def quiet():
    """Inside, ringing calls nobody: for whoever does the worker's part at once, as loading the demo does."""
    token = _is_quiet.set(True)
    try:
        yield
    finally:
        _is_quiet.reset(token)


def ring(task, *arguments):
    """Queue the Celery task with this dotted name once the present transaction has been committed."""
    if _is_quiet.get():
        return
    transaction.on_commit(lambda: _ring_now(task, arguments))


def _ring_now(task, arguments):
    try:
        import_string(task).delay(*arguments)
    except OperationalError:
        logger.warning("The broker did not take %s%s; the next sweep will find it.", task, arguments)
