"""The phase the initiative is in: what it asks of the backbone, and where the hours go."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from backbone import stages
from backbone.actions import phases as actions
from backbone.forms.milestones import PhaseModelForm
from backbone.queries.phase_hours import phase_page
from backbone.queries.phases import chosen_model
from initiatives.permissions import Permission, requires


@require_safe
@requires(Permission.PROGRESS_VIEW)
def phases(request):
    return render(request, "backbone/phase_detail.html", {"page": phase_page(request.initiative)})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PROGRESS_EDIT)
def phases_choose(request):
    chosen = chosen_model(request.initiative)
    initial = {"model": chosen.code if chosen else ""}
    form = PhaseModelForm(request.POST or None, initial=initial, initiative=request.initiative)
    if form.is_valid():
        model = actions.choose(initiative=request.initiative, model=form.cleaned_data["model"], by=request.user)
        messages.success(request, _("“%(model)s” was chosen.") % {"model": model})
        return redirect("backbone:milestone-phases", request.initiative.slug)
    context = {"form": form, "models": stages.phase_models(), "chosen": chosen}
    return render(request, "backbone/phase_choose.html", context)
