from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from backbone.queries import search as finding
from core.highlighting import words_of
from initiatives.permissions import Permission, requires

FOUND_ON_A_PAGE = 25


@require_safe
@requires(Permission.DASHBOARD_VIEW)
def search(request):
    """`?q=` the words; `?in=` one kind alone, with pages."""
    words = words_of(request.GET.get("q", ""))
    kind = finding.kinds_for(request.membership).get(request.GET.get("in"))
    context = {"words": words, "looked_for": " ".join(words)}
    if kind and words:
        rows = finding.rows_of(request.membership, kind, words)
        page = Paginator(rows, FOUND_ON_A_PAGE).get_page(request.GET.get("page"))
        context |= {"kind": kind, "page": page, "rows": finding.found_rows(page, kind, words)}
    elif words:
        context["kinds"] = finding.found_kinds(request.membership, words)
    return render(request, "backbone/search.html", context)
