"""What the pages about instruments and their languages show."""

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.core import signing
from django.db.models import Count

from surveys import definition
from surveys.models import InstrumentVersion, Round
from surveys.translating import place_of

SALT = "surveys.translations"
# A dry run that was looked at this long ago is looked at again.
LONGEST_LOOK = 24 * 60 * 60


@dataclass(frozen=True)
class Meter:
    """How far a language of a questionnaire is."""

    code: str
    name: str
    done: int
    total: int

    @property
    def missing(self):
        return self.total - self.done

    @property
    def percent(self):
        return self.done * 100 // self.total


@dataclass(frozen=True)
class Questionnaire:
    """An instrument as an initiative has it, or as Backbone ships it where it was not used here yet (`versions` is empty)."""

    code: str
    values: dict
    versions: tuple = ()

    @cached_property
    def document(self):
        return definition.parse(self.values)

    @property
    def number(self):
        return self.versions[0].number if self.versions else 0

    @property
    def rounds(self):
        return sum(version.sent for version in self.versions)

    @cached_property
    def meters(self):
        return meters_of(self.values)

    @property
    def source(self):
        return _name(self.values["languages"][0])

    @property
    def not_begun(self):
        return [_name(code) for code, _words in settings.SURVEY_LANGUAGES if code not in self.values["languages"]]


def meters_of(values):
    return [Meter(code, _name(code), *counts) for code, counts in definition.progress(values).items()]


def lines_of(values, found):
    """What a file would change, for its page: {row, place, source, language, before, after} of each text."""
    known = {text.key: text for text in definition.texts(values)}
    source = values["languages"][0]
    return [
        {
            "row": found.rows[key, code],
            "place": place_of(known[key]),
            "source": known[key].words[source],
            "code": code,
            "language": _name(code),
            "before": known[key].words.get(code, ""),
            "after": text,
        }
        for (key, code), text in found.changes.items()
    ]


def _name(code):
    return dict(settings.SURVEY_LANGUAGES).get(code, code)


def questionnaires(initiative):
    """Every Questionnaire an initiative can ask, the shipped ones first and in their order; one query."""
    versions = {}
    for version in _versions(initiative):
        versions.setdefault(version.instrument.code, []).append(version)
    codes = [*definition.SHIPPED, *(code for code in versions if code not in definition.SHIPPED)]
    return [_questionnaire(code, versions.get(code, ())) for code in codes]


def questionnaire(initiative, code):
    """The Questionnaire of that code, or None."""
    versions = _versions(initiative).filter(instrument__code=code)
    return _questionnaire(code, versions) if versions or code in definition.SHIPPED else None


def _versions(initiative):
    found = InstrumentVersion.objects.filter(instrument__initiative=initiative).select_related("instrument")
    return found.annotate(sent=Count("rounds")).order_by("instrument__code", "-number")


def _questionnaire(code, versions):
    values = versions[0].definition if versions else definition.to_json(definition.load_shipped(code))
    return Questionnaire(code, values, tuple(versions))


def rounds_of(initiative, code):
    """The rounds that asked a version of an instrument, newest first."""
    asked = initiative.rounds.filter(instrument_version__instrument__code=code)
    return asked.select_related("instrument_version").order_by("-pk")


def is_behind(round):
    """Whether a draft asks a version that is not the newest."""
    newest = round.instrument_version.instrument.versions.values_list("number", flat=True).first()
    return round.state == Round.State.DRAFT and newest > round.instrument_version.number


def signed_changes(initiative, questionnaire, changes):
    """What a dry run found, for its page to bring back: nobody can alter it, and it fits this initiative and version alone."""
    listed = [[key, language, text] for (key, language), text in changes.items()]
    held = [initiative.pk, questionnaire.code, questionnaire.number, listed]
    return signing.dumps(held, salt=SALT, compress=True)


def changes_in(initiative, code, signed):
    """(number of the version, changes) of `signed_changes`; None where it is not ours, for something else, or a day old."""
    try:
        pk, held_code, number, listed = signing.loads(signed, salt=SALT, max_age=LONGEST_LOOK)
    except signing.BadSignature:
        return None
    if (pk, held_code) != (initiative.pk, code):
        return None
    return number, {(key, language): text for key, language, text in listed}
