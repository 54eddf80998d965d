"""What the pages and the worker read about earlier rounds that are brought in."""

from django.utils.translation import gettext as _

from indicators.words.figures import decimal_words
from surveys import definition
from surveys.models import InstrumentVersion, PastImport, Round
from surveys.past import figures
from surveys.past.columns import ORGANISATION
from surveys.queries.answering import definition_of


def past_imports(initiative):
    """The imports of an initiative without their files, newest first."""
    found = initiative.past_imports.defer("content").select_related("created_by", "initiative", "round")
    return found.select_related("instrument_version__instrument")


def questionnaires(initiative):
    """[(name, Definition, number)] of all that can be chosen, the newest of each first.

    A name is "code:number" of a published version, or the code alone of a shipped text that was not used here yet.
    """
    found = InstrumentVersion.objects.filter(instrument__initiative=initiative).select_related("instrument")
    published = [
        (f"{version.instrument.code}:{version.number}", definition_of(version), version.number)
        for version in found.defer("definition").order_by("instrument__code", "-number")
    ]
    here = {name.partition(":")[0] for name, _definition, _number in published}
    shipped = [(code, definition.load_shipped(code), 1) for code in definition.SHIPPED if code not in here]
    return sorted(published + shipped, key=lambda found: _place(found[1].code))


def _place(code):
    """Shipped questionnaires in their own order, others after them."""
    return definition.SHIPPED.index(code) if code in definition.SHIPPED else len(definition.SHIPPED)


def version_named(initiative, name):
    """The version of "code:number", or None."""
    code, _colon, number = name.partition(":")
    if not number.isdecimal():
        return None
    found = InstrumentVersion.objects.filter(instrument__initiative=initiative, instrument__code=code)
    return found.select_related("instrument").filter(number=int(number[:6])).first()


def round_of_that_day(initiative, version, day):
    """A round of the same questionnaire that closed, or closes, on that day: an earlier round is brought in once."""
    rounds = initiative.rounds.exclude(state=Round.State.CANCELLED)
    return rounds.filter(instrument_version__instrument=version.instrument_id, closes_on=day).first()


def same_file(past_import):
    """Whether the very same file was confirmed before for the same questionnaire."""
    taken = past_import.initiative.past_imports.filter(state__in=PastImport.TAKEN).exclude(pk=past_import.pk)
    version = past_import.instrument_version_id
    return taken.filter(digest=past_import.digest, instrument_version=version).exists()


def needs_organisations_said(report):
    """Whether the file does not tell who is of one organisation, so that a person has to say that there were several."""
    return ORGANISATION not in {column["target"] for column in report.get("columns", [])}


def sector_names(initiative):
    return list(initiative.sectors.values_list("name", flat=True))


def chosen_questionnaire(initiative, name):
    """(name, Definition) of the one with that name, or of the first there is."""
    found = {each: asked for each, asked, _number in questionnaires(initiative)}
    name = name if name in found else next(iter(found))
    return name, found[name]


def template_of(asked):
    """The rows of a file to fill in with published figures: one for each statement of a Definition."""
    return [figures.TEMPLATE, *([item.code, str(item.text), "", "", ""] for item in asked.items())]


def figures_in_words(past_import):
    """[(statement, count, n, percentage at one decimal)] of a checked import of published figures."""
    rows = past_import.report.get("figures", [])
    if not rows:
        return []
    text_of = {item.code: str(item.text) for item in definition_of(past_import.instrument_version).items()}
    return [(text_of[code], count, n, decimal_words(percent)) for _row, code, count, n, percent in rows]


def taking_back_refusal(round):
    """Why a round that was brought in cannot be taken back: a sentence, or ""."""
    if round.state != Round.State.CLOSED:
        return _("Its figures are being computed. Try again in a few minutes.")
    return later_round() if Round.objects.filter(compared_with=round).exists() else ""


def later_round():
    return _(
        "A later round was published against this one, and what it says of the change is frozen. So this round stays as "
        "well."
    )
