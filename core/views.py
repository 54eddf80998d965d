from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db import connection
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import outbox
from core.network import loopback_only

MAILS_ON_A_PAGE = 50


@login_not_required
@require_safe
def health(request):
    """Answers 200 when the database answers; for health checks of the container and the supervisor."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@loopback_only
@require_safe
def outbox_list(request):
    page = Paginator(outbox.names(), MAILS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "core/outbox_list.html", {"page": page, "mails": [outbox.read(name) for name in page]})


@login_not_required
@loopback_only
@require_safe
def outbox_detail(request, name):
    if name not in outbox.names():
        raise Http404
    return render(request, "core/outbox_detail.html", {"mail": outbox.read(name)})
