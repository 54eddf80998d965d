from celery import shared_task
from django.db import OperationalError

from partners.actions import imports


@shared_task
def check_import(import_id):
    """Read a received file and keep its report."""
    try:
        imports.check(import_id=import_id)
    except OperationalError:
        # The database was away or busy: the sweep tries again.
        raise
    except Exception:
        imports.give_up(import_id=import_id)
        raise


@shared_task
def run_import(import_id):
    """Import a confirmed file, or go on with one that a worker left."""
    try:
        imports.run(import_id=import_id)
    except OperationalError:
        # The database was away or busy: the sweep tries again.
        raise
    except Exception:
        imports.give_up(import_id=import_id)
        raise


@shared_task
def sweep():
    """Find imports that wait or that a worker left behind: each minute, so that a lost broker loses nothing."""
    to_check, to_run = imports.due()
    for import_id in to_check:
        check_import.delay(import_id)
    for import_id in to_run:
        run_import.delay(import_id)
