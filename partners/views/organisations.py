from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from initiatives.permissions import Permission, requires
from partners import queries
from partners.actions import organisations
from partners.forms import OrganisationFilterForm, OrganisationForm

PAGE_ROWS = 25


@require_safe
@requires(Permission.PARTNERS_VIEW)
def organisation_list(request):
    form = OrganisationFilterForm(request.GET, initiative=request.initiative)
    found = queries.organisations(request.initiative, **form.filters)
    page = Paginator(found, PAGE_ROWS).get_page(request.GET.get("page"))
    return render(request, "partners/organisation_list.html", {"form": form, "page": page})


@require_safe
@requires(Permission.PARTNERS_VIEW)
def organisation_detail(request, pk):
    organisation = get_object_or_404(request.initiative.organisations.select_related("sector"), pk=pk)
    open_seats, ended_seats = queries.seats_of(request.initiative, organisation=organisation)
    context = {
        "organisation": organisation,
        "people": queries.organisation_people(organisation),
        "open_seats": open_seats,
        "ended_seats": ended_seats,
        "today": request.initiative.today(),
    }
    if request.membership.can(Permission.COMMITMENT_VIEW):
        context["commitments"] = queries.commitments(request.initiative, organisation=organisation)
    return render(request, "partners/organisation_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PARTNERS_EDIT)
def organisation_add(request):
    form = OrganisationForm(request.POST or None, initiative=request.initiative)
    if form.is_valid():
        organisation = organisations.add(initiative=request.initiative, values=form.cleaned_data, by=request.user)
        messages.success(request, _("%(name)s was added.") % {"name": organisation})
        return redirect(organisation)
    return render(request, "partners/organisation_form.html", {"form": form, "organisation": None})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PARTNERS_EDIT)
def organisation_edit(request, pk):
    organisation = get_object_or_404(request.initiative.organisations, pk=pk)
    form = OrganisationForm(request.POST or None, instance=organisation, initiative=request.initiative)
    if form.is_valid():
        organisation = organisations.change(organisation=organisation, values=form.cleaned_data, by=request.user)
        messages.success(request, _("%(name)s was changed.") % {"name": organisation})
        return redirect(organisation)
    organisation.refresh_from_db()
    return render(request, "partners/organisation_form.html", {"form": form, "organisation": organisation})
