"""Bringing in an earlier round: the list, the two ways in, and the page that shows the dry run until it is confirmed."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from core import csv
from initiatives.permissions import Permission, requires
from surveys.actions import past
from surveys.forms.past import MappingForm, PastFiguresForm, PastForm
from surveys.models import PastImport
from surveys.past.report import readable
from surveys.queries import past as queries

PAGE_ROWS = 25


@require_safe
@requires(Permission.ROUND_EDIT)
def past_list(request):
    page = Paginator(queries.past_imports(request.initiative), PAGE_ROWS).get_page(request.GET.get("page"))
    return render(request, "surveys/past_list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ROUND_EDIT)
def past_answers(request):
    form = PastForm(request.POST or None, request.FILES or None, initiative=request.initiative)
    if request.method == "POST" and form.is_valid():
        return redirect(_received(request, form))
    return render(request, "surveys/past_answers.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ROUND_EDIT)
def past_figures(request):
    chosen = queries.chosen_questionnaire(request.initiative, request.GET.get("instrument", ""))
    files = request.FILES or None
    form = PastFiguresForm(request.POST or None, files, initiative=request.initiative, questionnaire=chosen)
    if request.method == "POST" and form.is_valid():
        return redirect(_received(request, form))
    context = {"form": form, "chosen": chosen[0], "questionnaires": queries.questionnaires(request.initiative)}
    return render(request, "surveys/past_figures.html", context)


@require_safe
@requires(Permission.ROUND_EDIT)
def past_template(request):
    _name, asked = queries.chosen_questionnaire(request.initiative, request.GET.get("instrument", ""))
    content = b"".join(csv.write(queries.template_of(asked)))
    headers = {"Content-Disposition": 'attachment; filename="published-figures-template.csv"'}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
@requires(Permission.ROUND_EDIT)
def past_detail(request, import_id):
    past_import = get_object_or_404(queries.past_imports(request.initiative), pk=import_id)
    return _detail(request, past_import, _mapping_form(request, past_import))


@require_safe
@requires(Permission.ROUND_EDIT)
def past_progress(request, import_id):
    past_import = get_object_or_404(queries.past_imports(request.initiative), pk=import_id)
    if not past_import.is_busy and request.htmx:
        return HttpResponseClientRefresh()
    return render(request, "surveys/_past_progress.html", {"past_import": past_import})


@require_POST
@requires(Permission.ROUND_EDIT)
def past_columns(request, import_id):
    past_import = get_object_or_404(queries.past_imports(request.initiative), pk=import_id)
    form = _mapping_form(request, past_import, request.POST)
    if form and not form.is_valid():
        return _detail(request, past_import, form)
    if not form or not past.map_columns(past_import=past_import, mapping=form.mapping()):
        messages.warning(request, _("This file was confirmed or cancelled before. Nothing was changed."))
    return redirect(past_import)


@require_POST
@requires(Permission.ROUND_EDIT)
def past_confirm(request, import_id):
    past_import = get_object_or_404(queries.past_imports(request.initiative), pk=import_id)
    said = request.POST.get("several_organisations") == "yes"
    try:
        if not past.confirm(past_import=past_import, several_organisations=said, by=request.user):
            messages.warning(request, _("This file was confirmed or cancelled before. Nothing was changed."))
    except past.PastRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(past_import)


@require_POST
@requires(Permission.ROUND_EDIT)
def past_cancel(request, import_id):
    past_import = get_object_or_404(queries.past_imports(request.initiative), pk=import_id)
    if past.cancel(past_import=past_import, by=request.user):
        messages.success(request, _("The file was put away. Nothing of it is kept."))
    else:
        messages.warning(request, _("The import had ended already. Nothing was changed."))
    return redirect(past_import)


@require_POST
@requires(Permission.ROUND_SEND)
def past_take_back(request, import_id):
    past_import = get_object_or_404(queries.past_imports(request.initiative), pk=import_id)
    try:
        taken = past.take_back(past_import=past_import, by=request.user)
    except past.PastRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(past_import)
    if taken:
        messages.success(request, _("The round was taken back, with its figures and answers."))
    else:
        messages.warning(request, _("There is no round of this import any more. Nothing was changed."))
    return redirect("surveys:past-list", request.initiative.slug)


def _received(request, form):
    return past.receive(
        past_import=form.unsaved(),
        questionnaire=form.cleaned_data["instrument"],
        file_name=form.file_name,
        content=form.content,
        by=request.user,
    )


def _mapping_form(request, past_import, data=None):
    """The form of columns and values while it can be changed; None before the check and after the confirmation."""
    if past_import.state != PastImport.State.CHECKED or past_import.kind != PastImport.Kind.ANSWERS:
        return None
    return MappingForm(data, initiative=request.initiative, past_import=past_import)


def _detail(request, past_import, form):
    context = {
        "past_import": past_import,
        "report": readable(past_import.report),
        "form": form,
        "figures": queries.figures_in_words(past_import),
        "needs_organisations_said": queries.needs_organisations_said(past_import.report),
        "stays": queries.taking_back_refusal(past_import.round) if past_import.round else "",
    }
    return render(request, "surveys/past_detail.html", context)
