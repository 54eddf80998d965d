"""Participation, commitment and trust by partner and sector: for the backbone alone."""

from django.core.paginator import Paginator
from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from backbone.forms.participation import ParticipationForm
from backbone.queries import participation as queries
from core import csv
from initiatives.permissions import Permission, requires

PARTNERS_ON_A_PAGE = 25


def _form_and_page(request):
    form = ParticipationForm(request.GET or None, initiative=request.initiative)
    period, order = form.chosen if form.is_bound else (queries.THIS_YEAR, queries.NAME)
    days = queries.period_named(request.initiative, period)
    return form, queries.participation(request.initiative, *days, order=order)


@require_safe
@requires(Permission.COMMITMENT_VIEW)
def participation_list(request):
    form, found = _form_and_page(request)
    page = Paginator(found.partners, PARTNERS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "found": found, "page": page, "trust": queries.trust(request.initiative)}
    return render(request, "backbone/participation_list.html", context)


@require_safe
@requires(Permission.COMMITMENT_VIEW)
def participation_export(request):
    _form, found = _form_and_page(request)
    name = f"participation-{request.initiative.slug}-{found.first}-{found.last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    lines = csv.write(queries.export_rows(found))
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)
