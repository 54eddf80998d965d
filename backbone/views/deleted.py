"""What was deleted, and the way back for 30 days."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from backbone.queries import deleted
from core.ways_back import way_back
from initiatives.actions import restoring
from initiatives.permissions import Permission, requires

ROWS_ON_A_PAGE = 50


@require_safe
@requires(Permission.RESTORE)
def deleted_list(request):
    found = deleted.deleted_rows(request.initiative)
    page = Paginator(found, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "backbone/deleted_list.html", {"page": page})


@require_POST
@requires(Permission.RESTORE)
def deleted_restore(request, kind, pk):
    row = get_object_or_404(deleted.of_kind(request.initiative, kind), pk=pk)
    if restoring.restore(row=row, by=request.user):
        messages.success(request, _("“%(title)s” was restored.") % {"title": row})
    elif row.deleted_at is None:
        messages.info(request, _("“%(title)s” is there already.") % {"title": row})
    else:
        messages.error(request, _("“%(title)s” was deleted too long ago to be restored.") % {"title": row})
    back = way_back(request, within=request.initiative.get_absolute_url())
    return redirect(back or reverse("backbone:deleted-list", args=[request.initiative.slug]))


@require_POST
@requires(Permission.RESTORE)
def deleted_several(request):
    """Bring back each row that was ticked; what is gone or stands already is left out."""
    chosen = deleted.chosen_rows(request.initiative, request.POST.getlist("row")[:ROWS_ON_A_PAGE])
    number = sum(restoring.restore(row=row, by=request.user) for row in chosen)
    if number:
        told = ngettext("%(number)d was restored.", "%(number)d were restored.", number)
        messages.success(request, told % {"number": number})
    else:
        messages.warning(request, _("Nothing was restored: tick what you want back."))
    return redirect("backbone:deleted-list", request.initiative.slug)
