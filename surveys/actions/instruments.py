"""Instruments as an initiative has them: shipped texts become versions, and a published version never changes."""

from django.db import transaction

from initiatives.actions import history
from surveys import definition
from surveys.models import Instrument, InstrumentVersion


def install_shipped(*, initiative, by):
    """Give `initiative` the shipped instruments; a shipped text that changed since becomes a new version.

    Returns the newest InstrumentVersion of each, by code. Running it again changes nothing.
    """
    return {code: _install(initiative, code, by) for code in definition.SHIPPED}


@transaction.atomic
def _install(initiative, code, by):
    shipped = definition.load_shipped(code)
    content = definition.to_json(shipped)
    instrument, _created = Instrument.objects.get_or_create(
        initiative=initiative, code=code, defaults={"audience": shipped.audience}
    )
    newest = instrument.versions.first()
    digest = definition.digest(shipped)
    if newest is not None and newest.digest == digest:
        return newest
    version = InstrumentVersion.objects.create(
        instrument=instrument, number=newest.number + 1 if newest else 1, definition=content, digest=digest
    )
    after = {"code": code, "number": version.number}
    history.record(initiative=initiative, verb="instrument.published", target=version, after=after, by=by)
    return version
