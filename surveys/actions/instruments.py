"""Instruments as an initiative has them: shipped texts and translations become versions, and a published version never
changes."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from initiatives.actions import history
from surveys import definition
from surveys.actions.rounds import require_draft
from surveys.models import Instrument, InstrumentVersion, Round

Origin = InstrumentVersion.Origin


class TranslationRefused(Exception):
    """The translations cannot be published as they stand; the message is a sentence for the person who asked."""


def install_shipped(*, initiative, by):
    """Give `initiative` the shipped instruments; a shipped text that changed since becomes a new version, in which what the
    initiative translated itself is kept where it still fits.

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
    if instrument.versions.filter(digest=definition.digest(shipped)).exists():
        return newest
    version = _publish(instrument, newest, content, Origin.SHIPPED, by)
    base = instrument.versions.filter(origin=Origin.SHIPPED).exclude(pk=version.pk).first()
    own = definition.carried_over(content, base.definition, newest.definition) if base else {}
    return _publish(instrument, version, definition.translated(content, own), Origin.TRANSLATED, by) if own else version


def publish_translations(*, initiative, code, number, changes, by):
    """Publish a new version of an instrument with {(key, language): text} put into version `number`; 0 is a shipped text that
    was not used here yet, which becomes version 1 first.

    Rounds stay comparable: nothing but texts is touched, and codes stay. Raises TranslationRefused where version `number`
    is not the newest any more, and where nothing would change.
    """
    newest = InstrumentVersion.objects.filter(instrument__initiative=initiative, instrument__code=code).first()
    if (newest.number if newest else 0) != number:
        raise TranslationRefused(_("Since you looked, a newer version was published. Upload the file again."))
    newest = newest or install_shipped(initiative=initiative, by=by)[code]
    content = definition.translated(newest.definition, changes)
    if content == newest.definition:
        raise TranslationRefused(_("The file says what the questionnaire says already. Nothing was published."))
    try:
        with transaction.atomic():
            return _publish(newest.instrument, newest, content, Origin.TRANSLATED, by)
    except IntegrityError:
        raise TranslationRefused(_("Since you looked, a newer version was published. Upload the file again.")) from None


def _publish(instrument, newest, content, origin, by):
    checked = definition.parse(content)
    version = InstrumentVersion.objects.create(
        instrument=instrument,
        number=newest.number + 1 if newest else 1,
        definition=definition.to_json(checked),
        digest=definition.digest(checked),
        origin=origin,
    )
    after = {"code": instrument.code, "number": version.number}
    if origin == Origin.TRANSLATED:
        after["languages"] = ", ".join(checked.languages)
    history.record(initiative=instrument.initiative, verb="instrument.published", target=version, after=after, by=by)
    return version


@transaction.atomic
def take_newest(*, round, by):
    """Let a draft ask the newest version of its instrument. Returns it; RoundRefused where the round was sent."""
    version = round.instrument_version.instrument.versions.first()
    changed = Round.objects.filter(pk=round.pk, state=Round.State.DRAFT).update(instrument_version=version)
    if not changed:
        require_draft(round=Round(state=Round.State.OPEN))
    before, after = {"version": round.instrument_version.number}, {"version": version.number}
    round.instrument_version = version
    history.record(
        initiative=round.initiative, verb="round.version_taken", target=round, before=before, after=after, by=by
    )
    return version
