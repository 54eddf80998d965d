"""Actions write what happens now. The demo has a past, so its dates are set back afterwards, here and field by field."""

import datetime
from contextlib import contextmanager

from django.db.models import Max

NINE = datetime.time(9)


def moment(*, initiative, day, time=NINE):
    """That time of that day in the initiative's zone."""
    return datetime.datetime.combine(day, time, tzinfo=initiative.zone)


@contextmanager
def happening(*, initiative, day):
    """What history is told inside happened on the morning of `day`."""
    last = initiative.history.aggregate(last=Max("id"))["last"] or 0
    yield
    initiative.history.filter(id__gt=last).update(happened_at=moment(initiative=initiative, day=day))
