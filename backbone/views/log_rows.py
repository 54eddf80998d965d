"""The rows beneath a figure of the log, as far as the reader may see them."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from backbone.counting import FED
from backbone.queries.log_figures import log_rows
from indicators.catalogue import catalogue
from initiatives.permissions import Permission, requires

ROWS_ON_A_PAGE = 50


@require_safe
@requires(Permission.DASHBOARD_VIEW)
def rows(request, indicator, pk):
    period = get_object_or_404(request.initiative.log_periods.select_related("publication"), pk=pk)
    if indicator not in FED:
        raise Http404
    shown = log_rows(request.membership, period, indicator)
    page = Paginator(shown.found, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    lines = [shown.row(each) for each in page]
    context = {"indicator": catalogue()[indicator], "shown": shown, "page": page, "lines": lines}
    return render(request, "backbone/log_rows.html", context)
