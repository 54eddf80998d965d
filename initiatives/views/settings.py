"""The settings of an initiative, its functions, the table of permissions, and deleting the demo."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from initiatives.actions import functions, initiatives
from initiatives.forms import FunctionsForm, InitiativeSettingsForm, QuietForm, months
from initiatives.permissions import Permission, Role, requires
from initiatives.queries import permission_matrix


@requires(Permission.AGENDA_VIEW)
def settings(request):
    month = dict(months())[request.initiative.fiscal_year_starts_in]
    return render(request, "initiatives/settings.html", {"fiscal_month": month})


@requires(Permission.INITIATIVE_EDIT)
def initiative_edit(request):
    form = InitiativeSettingsForm(request.POST or None, instance=request.initiative)
    if not form.is_valid():
        # The form has written what was typed onto its instance; the page around it shows what is stored.
        request.initiative.refresh_from_db()
        return render(request, "initiatives/initiative_edit.html", {"form": form})
    initiatives.change_settings(initiative=request.initiative, changes=form.cleaned_data, by=request.user)
    messages.success(request, _("The settings were saved."))
    return redirect("initiatives:settings", request.initiative.slug)


@requires(Permission.INITIATIVE_EDIT)
def quiet_edit(request):
    form = QuietForm(request.POST or None, instance=request.initiative)
    if not form.is_valid():
        request.initiative.refresh_from_db()
        return render(request, "initiatives/quiet_edit.html", {"form": form})
    initiatives.change_settings(initiative=request.initiative, changes=form.cleaned_data, by=request.user)
    messages.success(request, _("The settings were saved. They count for mails that are due from now on."))
    return redirect("initiatives:settings", request.initiative.slug)


@requires(Permission.AGENDA_EDIT)
def functions_edit(request):
    form = FunctionsForm(request.POST or None, initiative=request.initiative)
    if not form.is_valid():
        return render(request, "initiatives/functions_edit.html", {"form": form})
    functions.change(
        initiative=request.initiative,
        labels=form.labels,
        equity_enabled=form.cleaned_data["equity_enabled"],
        by=request.user,
    )
    messages.success(request, _("The functions were saved."))
    return redirect("initiatives:settings", request.initiative.slug)


@requires(Permission.MEMBERS_VIEW)
def permission_list(request):
    return render(request, "initiatives/permission_list.html", {"roles": Role.labels, "rows": permission_matrix()})


@requires(Permission.INITIATIVE_EDIT)
def demo_delete(request):
    if not request.initiative.is_demo:
        messages.error(request, _("Only the demo can be deleted here, and this is not the demo."))
        return redirect("initiatives:settings", request.initiative.slug)
    if request.method != "POST":
        return render(request, "initiatives/demo_delete.html")
    initiatives.delete_demo(initiative=request.initiative)
    messages.success(request, _("The demo was deleted."))
    return redirect("/")
