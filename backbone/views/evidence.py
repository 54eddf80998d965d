"""Evidence entries, and the page of each with its files."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backbone.actions import evidence as writing
from backbone.forms.attachments import AttachmentForm
from backbone.forms.evidence import EvidenceFilterForm, EvidenceForm
from backbone.models import EvidenceAttachment
from backbone.queries import evidence as entries
from backbone.views.attachments import as_download, keep_file, take_away
from initiatives.permissions import Permission, requires
from initiatives.views.deleting import reason_of, say_deleted

ENTRIES_ON_A_PAGE = 25


@require_safe
@requires(Permission.EVIDENCE_VIEW)
def evidence_list(request):
    form = EvidenceFilterForm(request.GET, initiative=request.initiative)
    found = entries.entries(request.initiative, form.filters)
    page = Paginator(found, ENTRIES_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "rows": [entries.evidence_row(evidence) for evidence in page]}
    context["without_source"] = entries.without_source(request.initiative)
    return render(request, "backbone/evidence_list.html", context)


@require_safe
@requires(Permission.EVIDENCE_VIEW)
def evidence_detail(request, pk):
    return _page(request, pk)


def _page(request, pk, file_form=None):
    evidence = get_object_or_404(entries.entries(request.initiative), pk=pk)
    if file_form is None and request.membership.can(Permission.EVIDENCE_EDIT):
        file_form = AttachmentForm(initiative=request.initiative, owner=evidence)
    context = {
        "evidence": evidence,
        "row": entries.evidence_row(evidence),
        "indicator": entries.indicator_of(evidence),
        "stories": entries.stories_of(evidence),
        "files": evidence.attachments.all(),
        "file_form": file_form,
    }
    return render(request, "backbone/evidence_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EVIDENCE_EDIT)
def evidence_add(request):
    form = EvidenceForm(request.POST or None, request.FILES or None, initiative=request.initiative)
    form.begin_with(**EvidenceFilterForm(request.GET, initiative=request.initiative).filters)
    if form.is_valid():
        told = {"values": form.values, "file": form.file_values}
        evidence = writing.add(initiative=request.initiative, **told, by=request.user)
        messages.success(request, _("“%(title)s” was added.") % {"title": evidence})
        _say_if_not_counted(request, evidence)
        return redirect(evidence)
    return render(request, "backbone/evidence_form.html", {"form": form, "evidence": None})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EVIDENCE_EDIT)
def evidence_edit(request, pk):
    evidence = get_object_or_404(request.initiative.evidence.select_related("initiative"), pk=pk)
    title, files = evidence.title, request.FILES or None
    form = EvidenceForm(request.POST or None, files, instance=evidence, initiative=request.initiative)
    if form.is_valid():
        told = {"values": form.values, "file": form.file_values}
        changed = writing.change(evidence=evidence, **told, by=request.user)
        messages.success(request, _("“%(title)s” was changed.") % {"title": changed})
        _say_if_not_counted(request, changed)
        return redirect(changed)
    return render(request, "backbone/evidence_form.html", {"form": form, "evidence": evidence, "title": title})


def _say_if_not_counted(request, evidence):
    if not entries.is_sourced(evidence):
        messages.warning(request, _("Not counted yet: add a link, a file, or who confirmed it."))


@require_POST
@requires(Permission.EVIDENCE_EDIT)
def evidence_delete(request, pk):
    evidence = get_object_or_404(request.initiative.evidence.select_related("initiative"), pk=pk)
    if writing.delete(evidence=evidence, reason=reason_of(request), by=request.user):
        say_deleted(request, evidence)
    return redirect("backbone:evidence-list", request.initiative.slug)


@require_POST
@requires(Permission.EVIDENCE_EDIT)
def evidence_file_add(request, pk):
    evidence = get_object_or_404(request.initiative.evidence.select_related("initiative"), pk=pk)
    refused = keep_file(request, evidence)
    return _page(request, pk, refused) if refused else redirect(evidence)


@require_safe
@requires(Permission.EVIDENCE_VIEW)
def evidence_file(request, pk):
    return as_download(request, EvidenceAttachment, pk)


@require_POST
@requires(Permission.EVIDENCE_EDIT)
def evidence_file_delete(request, pk):
    evidence = take_away(request, EvidenceAttachment, pk)
    _say_if_not_counted(request, evidence)
    return redirect(evidence)
