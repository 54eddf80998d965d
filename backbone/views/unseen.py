from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from backbone.queries.unseen import UNSEEN_DAYS, unseen_partners
from initiatives.permissions import Permission, requires

PARTNERS_ON_A_PAGE = 50


@require_safe
@requires(Permission.COMMITMENT_VIEW)
def unseen_list(request):
    """Partners whom nobody of the backbone has seen for long."""
    page = Paginator(unseen_partners(request.initiative), PARTNERS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "backbone/unseen_list.html", {"page": page, "days": UNSEEN_DAYS})
