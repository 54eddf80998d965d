"""Where the initiative stands in each model of stages: read by everybody, with the grounds by the backbone alone."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backbone import stages
from backbone.actions import milestones as actions
from backbone.forms.attachments import AttachmentForm
from backbone.forms.milestones import MilestoneForm, ReviewForm
from backbone.models import CriterionReviewAttachment, MilestoneAttachment
from backbone.queries import milestones
from backbone.queries.phases import chosen_model
from backbone.views.attachments import as_download, keep_file, take_away
from indicators.catalogue import catalogue
from initiatives.permissions import Permission, requires
from initiatives.views.deleting import reason_of, say_deleted


def _model_or_404(code):
    model = stages.model(code)
    if model is None:
        raise Http404
    return model


@require_safe
@requires(Permission.PROGRESS_VIEW)
def milestone_list(request):
    rows = milestones.model_rows(request.initiative, chosen_model(request.initiative))
    return render(request, "backbone/milestone_list.html", {"rows": rows})


@require_safe
@requires(Permission.PROGRESS_VIEW)
def milestone_model(request, model):
    model = _model_or_404(model)
    context = {
        "page": milestones.model_page(request.membership, model),
        "sees_grounds": milestones.may_see_grounds(request.membership),
        "indicator": catalogue()[model.indicator] if model.indicator else None,
        "is_chosen": model == chosen_model(request.initiative),
    }
    return render(request, "backbone/milestone_model.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PROGRESS_EDIT)
def milestone_add(request, model):
    """A stage that was reached, or gone back to."""
    model = _model_or_404(model)
    initial = {"stage": request.GET.get("stage", "")}
    form = MilestoneForm(
        request.POST or None, request.FILES or None, initial=initial, model=model, initiative=request.initiative
    )
    if form.is_valid():
        told = {"model": model.code, "values": form.values, "file": form.file_given}
        milestone = actions.reach(initiative=request.initiative, **told, by=request.user)
        messages.success(request, _("“%(title)s” was written down.") % {"title": milestone})
        return redirect("backbone:milestone-model", request.initiative.slug, model.code)
    return render(request, "backbone/milestone_form.html", {"form": form, "model": model, "milestone": None})


def _to_change(request, pk):
    """A milestone of a model that the product still knows."""
    milestone = get_object_or_404(milestones.milestones_of(request.initiative), pk=pk)
    return milestone, _model_or_404(milestone.model)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PROGRESS_EDIT)
def milestone_edit(request, pk):
    milestone, model = _to_change(request, pk)
    form = MilestoneForm(request.POST or None, instance=milestone, model=model, initiative=request.initiative)
    if form.is_valid():
        told = {"values": form.values, "reason": form.cleaned_data["reason"]}
        changed = actions.change(milestone=milestone, **told, by=request.user)
        messages.success(request, _("“%(title)s” was saved.") % {"title": changed})
        return redirect(changed)
    return _edit_page(request, form, milestone, model, AttachmentForm(initiative=request.initiative, owner=milestone))


def _edit_page(request, form, milestone, model, file_form):
    milestone.refresh_from_db()
    context = {"form": form, "model": model, "milestone": milestone, "file_form": file_form}
    return render(request, "backbone/milestone_form.html", context | {"files": milestone.attachments.all()})


@require_POST
@requires(Permission.PROGRESS_EDIT)
def milestone_delete(request, pk):
    milestone, _model = _to_change(request, pk)
    if actions.delete(milestone=milestone, reason=reason_of(request), by=request.user):
        say_deleted(request, milestone)
    return redirect("backbone:milestone-model", request.initiative.slug, milestone.model)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PROGRESS_EDIT)
def milestone_review(request, model, criterion):
    """How far a criterion is met: said anew, what was said before stays."""
    model = _model_or_404(model)
    criterion = model.criterion(criterion)
    if criterion is None:
        raise Http404
    form = ReviewForm(request.POST or None, request.FILES or None, initiative=request.initiative)
    if form.is_valid():
        told = {"model": model.code, "values": form.values | {"criterion": criterion.code}, "file": form.file_given}
        actions.review(initiative=request.initiative, **told, by=request.user)
        messages.success(request, _("“%(criterion)s” was reviewed.") % {"criterion": criterion.label})
        return redirect("backbone:milestone-model", request.initiative.slug, model.code)
    context = {"form": form, "model": model, "criterion": criterion}
    return render(request, "backbone/milestone_review.html", context)


@require_POST
@requires(Permission.PROGRESS_EDIT)
def milestone_file_add(request, pk):
    milestone, model = _to_change(request, pk)
    if refused := keep_file(request, milestone):
        form = MilestoneForm(instance=milestone, model=model, initiative=request.initiative)
        return _edit_page(request, form, milestone, model, refused)
    return redirect("backbone:milestone-edit", request.initiative.slug, milestone.pk)


@require_safe
@requires(Permission.EVIDENCE_VIEW)
def milestone_file(request, pk):
    return as_download(request, MilestoneAttachment, pk)


@require_POST
@requires(Permission.PROGRESS_EDIT)
def milestone_file_delete(request, pk):
    milestone = take_away(request, MilestoneAttachment, pk)
    return redirect("backbone:milestone-edit", request.initiative.slug, milestone.pk)


@require_safe
@requires(Permission.EVIDENCE_VIEW)
def review_file(request, pk):
    return as_download(request, CriterionReviewAttachment, pk)
