"""The committee's page, and the page behind each of its figures."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from backbone import markup
from backbone.queries.dashboard import dashboard as dashboard_of
from backbone.queries.figure_page import figure_page
from backbone.queries.first_hour import first_hour, next_index
from backbone.views.kept import render_kept
from initiatives.permissions import Permission, requires
from surveys.queries.closing import missing_people


@require_safe
@requires(Permission.DASHBOARD_VIEW)
def dashboard(request):
    page = dashboard_of(request.initiative)
    context, opened = {"page": page}, markup.open_rounds(page.open_rounds)
    if page.has_surveys:
        return render_kept(request, "backbone/dashboard.html", context, key=page.key, open_rounds=opened)
    steps = first_hour(request.initiative)
    context |= {"steps": steps, "next_index": next_index(steps), "open_rounds": opened}
    return render(request, "backbone/dashboard.html", context)


@require_safe
@requires(Permission.DASHBOARD_VIEW)
def figure_detail(request, code):
    page = figure_page(request.initiative, code)
    if page is None:
        raise Http404
    return render(request, "backbone/figure_detail.html", {"page": page})


@require_safe
@requires(Permission.ROUND_VIEW)
def missing(request, pk):
    """Who has not answered a round, by name: for staff only."""
    round = get_object_or_404(request.initiative.rounds, pk=pk)
    context = {"round": round, "people": missing_people(round)}
    return render(request, "backbone/dashboard_missing.html", context)
