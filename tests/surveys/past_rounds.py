"""Earlier rounds brought in from start to end, for the tests of what becomes of them."""

import datetime
from pathlib import Path

from surveys.actions import closing, instruments, past
from surveys.models import PastImport, Round

EARLIER = Path(__file__).resolve().parent.parent / "data/earlier"
PARTNERS = "backbone_effectiveness_partners"
ANSWERS, FIGURES = PastImport.Kind.ANSWERS, PastImport.Kind.FIGURES


def fixture(name):
    return (EARLIER / name).read_bytes()


def received(initiative, content, *, kind=ANSWERS, days_ago=365, by=None, invited=None, version=None, **fields):
    questionnaire = f"{version.instrument.code}:{version.number}" if version else PARTNERS
    if version is None and initiative.instruments.filter(code=PARTNERS).exists():
        questionnaire = f"{PARTNERS}:1"
    past_import = PastImport(
        initiative=initiative,
        kind=kind,
        title="Survey of then",
        closes_on=initiative.today() - datetime.timedelta(days=days_ago),
        invited=invited,
        **fields,
    )
    return past.receive(
        past_import=past_import, questionnaire=questionnaire, file_name="then.csv", content=content, by=by
    )


def checked(initiative, content, **fields):
    past_import = received(initiative, content, **fields)
    past.check(import_id=past_import.pk)
    past_import.refresh_from_db()
    return past_import


def mapped(past_import, **mapping):
    """The import after somebody chose values or columns, checked again."""
    past.map_columns(past_import=past_import, mapping=mapping)
    past.check(import_id=past_import.pk)
    past_import.refresh_from_db()
    return past_import


def brought_in(initiative, content, *, by=None, **fields):
    """The closed round of a file; what it does not say about organisations is said."""
    past_import = checked(initiative, content, by=by, **fields)
    past.confirm(past_import=past_import, several_organisations=True, by=by)
    past.store(import_id=past_import.pk)
    past_import.refresh_from_db()
    closing.close_round(round_id=past_import.round_id)
    return Round.objects.get(pk=past_import.round_id)


def published(initiative, **fields):
    instruments.install_shipped(initiative=initiative, by=None)
    return brought_in(initiative, fields.pop("content"), kind=FIGURES, **fields)
