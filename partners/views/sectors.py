from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from initiatives.permissions import Permission, requires
from partners import queries
from partners.actions import sectors
from partners.forms import SectorForm, SectorMergeForm


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PARTNERS_EDIT)
def sector_list(request):
    form = SectorForm(request.POST or None, initiative=request.initiative)
    if form.is_valid():
        sector = sectors.add(initiative=request.initiative, values=form.cleaned_data, by=request.user)
        messages.success(request, _("%(name)s was added.") % {"name": sector})
        return redirect("partners:sector-list", request.initiative.slug)
    context = {"form": form, "sectors": queries.sectors(request.initiative)}
    return render(request, "partners/sector_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PARTNERS_EDIT)
def sector_edit(request, pk):
    sector = get_object_or_404(request.initiative.sectors, pk=pk)
    form = SectorForm(request.POST or None, instance=sector, initiative=request.initiative)
    if form.is_valid():
        sectors.rename(sector=sector, values=form.cleaned_data, by=request.user)
        messages.success(request, _("The sector was renamed to %(name)s.") % {"name": form.cleaned_data["name"]})
        return redirect("partners:sector-list", request.initiative.slug)
    sector.refresh_from_db()
    merge_form = SectorMergeForm(initiative=request.initiative, sector=sector)
    return render(request, "partners/sector_form.html", {"form": form, "merge_form": merge_form, "sector": sector})


@require_POST
@requires(Permission.PARTNERS_EDIT)
def sector_merge(request, pk):
    sector = get_object_or_404(request.initiative.sectors, pk=pk)
    merge_form = SectorMergeForm(request.POST, initiative=request.initiative, sector=sector)
    if merge_form.is_valid():
        into = merge_form.cleaned_data["into"]
        try:
            sectors.merge(sector=sector, into=into, by=request.user)
        except sectors.InUse:
            merge_form.add_error("into", _("A survey round names both sectors. Merge them there, or after it closed."))
        else:
            messages.success(request, _("%(name)s was merged into %(into)s.") % {"name": sector, "into": into})
            return redirect("partners:sector-list", request.initiative.slug)
    form = SectorForm(instance=sector, initiative=request.initiative)
    return render(request, "partners/sector_form.html", {"form": form, "merge_form": merge_form, "sector": sector})
