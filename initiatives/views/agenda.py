"""The common agenda: reading it, and writing a new version."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from initiatives.actions import agendas
from initiatives.forms import AgendaForm, GoalFormSet
from initiatives.permissions import Permission, requires
from initiatives.queries import AGENDA_TEXTS, agenda_snapshot, agenda_version, current_agenda


@requires(Permission.AGENDA_VIEW)
def agenda_detail(request):
    words = {"agenda": current_agenda(request.initiative), "goals": request.initiative.goals.all()}
    return render(request, "initiatives/agenda_detail.html", words)


@requires(Permission.AGENDA_EDIT)
def agenda_edit(request):
    form, goals = _forms(request)
    if request.method != "POST" or not (form.is_valid() & goals.is_valid()):
        return render(request, "initiatives/agenda_edit.html", {"form": form, "goals": goals})
    texts = {name: form.cleaned_data[name] for name in AGENDA_TEXTS}
    version = form.cleaned_data["version"]
    try:
        agendas.write(initiative=request.initiative, version=version, texts=texts, goals=goals.goals(), by=request.user)
    except agendas.EditConflict:
        return _show_conflict(request, goals)
    messages.success(request, _("The common agenda was saved."))
    return redirect("initiatives:agenda-detail", request.initiative.slug)


def _forms(request):
    now = agenda_snapshot(request.initiative)
    goals = [{"title": title, "description": description} for title, description in now.pop("goals")]
    initial = now | {"version": agenda_version(request.initiative)}
    data = request.POST if request.method == "POST" else None
    return AgendaForm(data, initiative=request.initiative, initial=initial), GoalFormSet(
        data, initial=goals, prefix="goals"
    )


def _show_conflict(request, goals):
    """What was typed stays, beside what the other person saved; saving once more replaces theirs, knowingly."""
    data = request.POST.copy()
    data["version"] = agenda_version(request.initiative)
    form = AgendaForm(data, initiative=request.initiative)
    words = {"form": form, "goals": goals, "theirs": agenda_snapshot(request.initiative)}
    return render(request, "initiatives/agenda_edit.html", words, status=409)
