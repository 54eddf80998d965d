"""What each member sets for themselves."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from initiatives.actions import memberships
from initiatives.forms import OwnSettingsForm
from initiatives.permissions import Permission, requires


@requires(Permission.AGENDA_VIEW)
def own_edit(request):
    form = OwnSettingsForm(request.POST or None, membership=request.membership)
    if form.is_valid():
        memberships.change_own(membership=request.membership, values=form.cleaned_data)
        messages.success(request, _("Your settings were saved."))
        return redirect("initiatives:own-edit", request.initiative.slug)
    return render(request, "initiatives/own_edit.html", {"form": form})
