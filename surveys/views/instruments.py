"""Instruments and their languages: the list, one instrument, the translators' file out and in."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from initiatives.permissions import Permission, requires
from surveys import definition, translating
from surveys.actions import instruments
from surveys.actions.rounds import RoundRefused
from surveys.forms.instruments import TranslationsForm
from surveys.queries import instruments as queries
from surveys.queries.rounds import round_of

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {"csv": (translating.as_csv, "text/csv; charset=utf-8"), "xlsx": (translating.as_workbook, WORKBOOK)}


@requires(Permission.ROUND_VIEW)
@require_safe
def instrument_list(request):
    return render(request, "surveys/instrument_list.html", {"found": queries.questionnaires(request.initiative)})


@requires(Permission.ROUND_VIEW)
@require_safe
def instrument_detail(request, instrument):
    asked = _questionnaire(request, instrument)
    return _detail(request, asked, TranslationsForm(values=asked.values))


@requires(Permission.ROUND_EDIT)
@require_safe
def instrument_file(request, instrument, ending):
    asked = _questionnaire(request, instrument)
    if ending not in FORMATS:
        raise Http404
    written, content_type = FORMATS[ending]
    name = f"{asked.code}-version-{asked.number}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(written(asked.values), content_type=content_type, headers=headers)


@requires(Permission.ROUND_EDIT)
@require_POST
def instrument_upload(request, instrument):
    """The dry run: what the file would change. Nothing is written."""
    asked = _questionnaire(request, instrument)
    form = TranslationsForm(request.POST, request.FILES, values=asked.values)
    if not form.is_valid():
        return _detail(request, asked, form, status=422)
    found = form.found
    shown = {
        "asked": asked,
        "found": found,
        "meters": queries.meters_of(definition.translated(asked.values, found.changes)),
        "lines": queries.lines_of(asked.values, found),
        "outdated_rows": ", ".join(str(row) for row, _key in found.outdated),
        "signed": queries.signed_changes(request.initiative, asked, found.changes),
    }
    return render(request, "surveys/instrument_upload.html", shown)


@requires(Permission.ROUND_EDIT)
@require_POST
def instrument_publish(request, instrument):
    asked = _questionnaire(request, instrument)
    held = queries.changes_in(request.initiative, asked.code, request.POST.get("signed", ""))
    if held is None:
        messages.error(request, _("What was looked at cannot be found again. Upload the file once more."))
        return redirect("surveys:instrument-detail", request.initiative.slug, asked.code)
    number, changes = held
    try:
        version = instruments.publish_translations(
            initiative=request.initiative, code=asked.code, number=number, changes=changes, by=request.user
        )
        messages.success(request, _("Version %(number)s was published.") % {"number": version.number})
    except instruments.TranslationRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("surveys:instrument-detail", request.initiative.slug, asked.code)


@requires(Permission.ROUND_EDIT)
@require_POST
def round_version(request, round_id):
    round = get_object_or_404(round_of(request.initiative), pk=round_id)
    try:
        version = instruments.take_newest(round=round, by=request.user)
        messages.success(request, _("The draft now asks version %(number)s.") % {"number": version.number})
    except RoundRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(round)


def _questionnaire(request, code):
    asked = queries.questionnaire(request.initiative, code)
    if asked is None:
        raise Http404
    return asked


def _detail(request, asked, form, status=200):
    shown = {"asked": asked, "form": form, "rounds": queries.rounds_of(request.initiative, asked.code)}
    return render(request, "surveys/instrument_detail.html", shown, status=status)
