"""The list of activities, and what can be changed in it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backbone.actions import activities
from backbone.forms.activities import ActivityFilterForm
from backbone.forms.activity_list import ActivityRowForm, SeveralForm
from backbone.queries import activities as log
from initiatives.permissions import Permission, requires

ACTIVITIES_ON_A_PAGE = 25


@require_safe
@requires(Permission.ACTIVITY_VIEW)
def activity_list(request):
    return _list_page(request, SeveralForm(initiative=request.initiative))


@require_POST
@requires(Permission.ACTIVITY_LOG)
def activity_several(request):
    """Change or delete those chosen in the list, of this initiative alone: all of them or none."""
    form = SeveralForm(request.POST, initiative=request.initiative)
    if not form.is_valid():
        return _list_page(request, form)
    chosen = form.cleaned_data["chosen"]
    if form.cleaned_data["delete"]:
        _delete(request, list(chosen))
    else:
        number = activities.change_parts(activities=chosen, parts=form.parts, by=request.user)
        said = ngettext("%(number)d activity was changed.", "%(number)d activities were changed.", number)
        messages.success(request, said % {"number": number})
    return redirect(f"{reverse('backbone:activity-list', args=[request.initiative.slug])}?{request.GET.urlencode()}")


def _delete(request, chosen):
    activities.delete_activities(activities=chosen, by=request.user)
    said = ngettext(
        "%(number)d activity was deleted. It can be restored for 30 days: Settings, Deleted.",
        "%(number)d activities were deleted. They can be restored for 30 days: Settings, Deleted.",
        len(chosen),
    )
    messages.success(request, said % {"number": len(chosen)})


def _list_page(request, several):
    form = ActivityFilterForm(request.GET, initiative=request.initiative)
    found = log.activities(request.initiative, form.filters)
    page = Paginator(found, ACTIVITIES_ON_A_PAGE).get_page(request.GET.get("page"))
    chosen = request.POST.getlist("chosen")
    context = {"form": form, "page": page, "rows": log.activity_rows(page), "several": several, "chosen": chosen}
    return render(request, "backbone/activity_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ACTIVITY_LOG)
def activity_row(request, pk):
    """One row of the list: its form, or itself after saving and after `?shown`. Without htmx its page does the same."""
    activity = get_object_or_404(log.activities(request.initiative), pk=pk)
    if not request.htmx:
        return redirect(activity)
    form = ActivityRowForm(request.POST or None, initiative=request.initiative, activity=activity)
    is_shown, is_saved = "shown" in request.GET, form.is_valid()
    if is_saved:
        activities.change_parts(activities=[activity], parts=form.parts, by=request.user)
        activity = log.activities(request.initiative).get(pk=pk)
    if is_shown or is_saved:
        [row] = log.activity_rows([activity])
        return render(request, "backbone/_activity_row.html", {"row": row, "is_saved": is_saved, "returned": True})
    return render(request, "backbone/_activity_row_form.html", {"form": form, "activity": activity})
