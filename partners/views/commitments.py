"""What partners promised: the list with its sums, one promise, and the file."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import csv
from initiatives.permissions import Permission, requires
from initiatives.views.deleting import reason_of, say_deleted
from partners import queries
from partners.actions import commitments
from partners.forms import CommitmentFilterForm, CommitmentForm, SettleForm

PAGE_ROWS = 25


@require_safe
@requires(Permission.COMMITMENT_VIEW)
def commitment_list(request):
    form = CommitmentFilterForm(request.GET, initiative=request.initiative)
    found = queries.commitments(request.initiative, **form.filters)
    page = Paginator(found, PAGE_ROWS).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "sums": queries.commitment_sums(found), "today": request.initiative.today()}
    return render(request, "partners/commitment_list.html", context)


@require_safe
@requires(Permission.COMMITMENT_VIEW)
def commitment_export(request):
    form = CommitmentFilterForm(request.GET, initiative=request.initiative)
    found = queries.commitments(request.initiative, **form.filters)
    lines = csv.write(queries.commitment_file_rows(found, request.initiative.zone))
    name = f"commitments-{request.initiative.slug}-{request.initiative.today()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
@requires(Permission.COMMITMENT_VIEW)
def commitment_detail(request, pk):
    commitment = get_object_or_404(queries.commitments(request.initiative), pk=pk)
    context = {"commitment": commitment, "form": SettleForm(commitment=commitment), "today": request.initiative.today()}
    return render(request, "partners/commitment_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.COMMITMENT_EDIT)
def commitment_add(request):
    initial = {"organisation": request.GET.get("organisation"), "currency": request.initiative.currency}
    form = CommitmentForm(request.POST or None, initial=initial, initiative=request.initiative)
    if form.is_valid():
        commitment = commitments.add(initiative=request.initiative, values=form.cleaned_data, by=request.user)
        messages.success(request, _("“%(title)s” was written down.") % {"title": commitment})
        return redirect(commitment)
    return render(request, "partners/commitment_form.html", {"form": form, "commitment": None})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.COMMITMENT_EDIT)
def commitment_edit(request, pk):
    commitment = get_object_or_404(queries.commitments(request.initiative), pk=pk)
    form = CommitmentForm(request.POST or None, instance=commitment, initiative=request.initiative)
    if form.is_valid():
        changed = commitments.change(commitment=commitment, values=form.cleaned_data, by=request.user)
        messages.success(request, _("“%(title)s” was changed.") % {"title": changed})
        return redirect(changed)
    commitment.refresh_from_db()
    return render(request, "partners/commitment_form.html", {"form": form, "commitment": commitment})


@require_POST
@requires(Permission.COMMITMENT_EDIT)
def commitment_settle(request, pk):
    commitment = get_object_or_404(queries.commitments(request.initiative), pk=pk)
    form = SettleForm(request.POST, commitment=commitment)
    if not form.is_valid():
        context = {"commitment": commitment, "form": form, "today": request.initiative.today()}
        return render(request, "partners/commitment_detail.html", context, status=422)
    if commitments.settle(commitment=commitment, **form.cleaned_data, by=request.user):
        messages.success(request, _("It was noted what became of “%(title)s”.") % {"title": commitment})
    return redirect(commitment)


@require_POST
@requires(Permission.COMMITMENT_EDIT)
def commitment_delete(request, pk):
    commitment = get_object_or_404(queries.commitments(request.initiative), pk=pk)
    if commitments.delete(commitment=commitment, reason=reason_of(request), by=request.user):
        say_deleted(request, commitment)
    return redirect("partners:commitment-list", request.initiative.slug)
