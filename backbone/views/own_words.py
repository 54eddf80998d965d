"""What people wrote in their own words to one question, as it was released to members."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from backbone.queries.own_words import all_own_words
from indicators.queries.publications import publications
from initiatives.permissions import Permission, requires

TEXTS_ON_A_PAGE = 50


@require_safe
@requires(Permission.DASHBOARD_VIEW)
def own_words(request, pk, question):
    publication = get_object_or_404(publications(request.initiative), pk=pk)
    found = all_own_words(request.initiative)
    shown = next((each for each in found if (each.publication, each.told.code) == (publication, question)), None)
    if shown is None:
        return redirect("backbone:dashboard", request.initiative.slug)
    page = Paginator(shown.told.texts, TEXTS_ON_A_PAGE).get_page(request.GET.get("page"))
    others = [each for each in found if each is not shown]
    return render(request, "backbone/own_words.html", {"shown": shown, "page": page, "others": others})
