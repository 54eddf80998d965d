"""Who is a member: inviting, changing roles, removing. People of other initiatives are never listed or looked up."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from initiatives.actions import memberships
from initiatives.forms import InviteForm, RoleForm
from initiatives.permissions import Permission, requires
from initiatives.queries import members_of


@requires(Permission.MEMBERS_VIEW)
def member_list(request):
    return render(request, "initiatives/member_list.html", {"members": members_of(request.initiative)})


@requires(Permission.MEMBERS_EDIT)
def member_create(request):
    form = InviteForm(request.POST or None, initiative=request.initiative)
    if form.is_valid() and (member := _invite(request, form)):
        messages.success(request, _("%(name)s was invited.") % {"name": member.user})
        return redirect("initiatives:member-list", request.initiative.slug)
    return render(request, "initiatives/member_create.html", {"form": form})


def _invite(request, form):
    try:
        return memberships.invite(initiative=request.initiative, **form.cleaned_data, by=request.user)
    except ValidationError as error:
        form.add_error(None, error)


@requires(Permission.MEMBERS_EDIT)
def member_edit(request, pk):
    member = get_object_or_404(request.initiative.memberships.select_related("user"), pk=pk)
    form = RoleForm(request.POST or None, initiative=request.initiative, initial={"role": member.role})
    if form.is_valid():
        try:
            memberships.change_role(membership=member, role=form.cleaned_data["role"], by=request.user)
        except ValidationError as error:
            form.add_error("role", error)
        else:
            messages.success(request, _("The role of %(name)s was changed.") % {"name": member.user})
            return redirect("initiatives:member-list", request.initiative.slug)
    return render(request, "initiatives/member_edit.html", {"form": form, "member": member})


@requires(Permission.MEMBERS_EDIT)
@require_POST
def member_delete(request, pk):
    member = get_object_or_404(request.initiative.memberships.select_related("user"), pk=pk)
    try:
        memberships.remove(membership=member, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("initiatives:member-edit", request.initiative.slug, pk)
    messages.success(request, _("%(name)s was removed.") % {"name": member.user})
    where = "/" if member.user == request.user else reverse("initiatives:member-list", args=[request.initiative.slug])
    return redirect(where)
