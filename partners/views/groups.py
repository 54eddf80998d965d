from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from initiatives.permissions import Permission, requires
from partners import queries
from partners.actions import groups, seats
from partners.forms import GroupForm, SeatForm, WantedMixForm


@require_safe
@requires(Permission.PARTNERS_VIEW)
def group_list(request):
    return render(request, "partners/group_list.html", {"groups": queries.groups(request.initiative)})


@require_safe
@requires(Permission.PARTNERS_VIEW)
def group_detail(request, pk):
    group = get_object_or_404(request.initiative.groups, pk=pk)
    open_seats, ended_seats = queries.seats_of(request.initiative, group=group)
    mix = queries.mix_of_group(request.initiative, group, open_seats)
    context = {"group": group, "open_seats": open_seats, "ended_seats": ended_seats, "mix": mix}
    return render(request, "partners/group_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PARTNERS_EDIT)
def group_add(request):
    form = GroupForm(request.POST or None, initiative=request.initiative)
    if form.is_valid():
        group = groups.add(initiative=request.initiative, values=form.cleaned_data, by=request.user)
        messages.success(request, _("%(name)s was added.") % {"name": group})
        return redirect(group)
    return render(request, "partners/group_form.html", {"form": form, "group": None})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PARTNERS_EDIT)
def group_edit(request, pk):
    group = get_object_or_404(request.initiative.groups, pk=pk)
    form = GroupForm(request.POST or None, instance=group, initiative=request.initiative)
    if form.is_valid():
        group = groups.change(group=group, values=form.cleaned_data, by=request.user)
        messages.success(request, _("%(name)s was changed.") % {"name": group})
        return redirect(group)
    group.refresh_from_db()
    return render(request, "partners/group_form.html", {"form": form, "group": group})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PARTNERS_EDIT)
def group_wanted(request, pk):
    group = get_object_or_404(request.initiative.groups, pk=pk)
    sectors, wanted = queries.sectors_to_want(request.initiative), queries.wanted_of(group)
    form = WantedMixForm(request.POST or None, initiative=request.initiative, sectors=sectors, wanted=wanted)
    if form.is_valid():
        groups.want(group=group, seats=form.seats, by=request.user)
        messages.success(request, _("The wanted mix of %(name)s was saved.") % {"name": group})
        return redirect(group)
    return render(request, "partners/group_wanted.html", {"form": form, "group": group})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PARTNERS_EDIT)
def seat_add(request, pk):
    group = get_object_or_404(request.initiative.groups, pk=pk)
    initial = {"group": group, "starts_on": request.initiative.today()}
    form = SeatForm(
        request.POST or None, initial=initial, initiative=request.initiative, may_invite=_may_invite(request)
    )
    if form.is_valid() and (seat := _give(request, form)):
        messages.success(request, _("The seat was added."))
        return redirect(seat.group)
    return render(request, "partners/seat_form.html", {"form": form, "group": group, "seat": None})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PARTNERS_EDIT)
def seat_edit(request, pk):
    seat = get_object_or_404(queries.seats(request.initiative), pk=pk)
    group = seat.group
    form = SeatForm(request.POST or None, instance=seat, initiative=request.initiative, may_invite=_may_invite(request))
    if form.is_valid() and (changed := _change(request, form, seat)):
        messages.success(request, _("The seat was changed."))
        return redirect(changed.group)
    return render(request, "partners/seat_form.html", {"form": form, "group": group, "seat": seat})


@require_POST
@requires(Permission.PARTNERS_EDIT)
def seat_end(request, pk):
    seat = get_object_or_404(queries.seats(request.initiative), pk=pk)
    seats.end(seat=seat, ends_on=request.initiative.today(), by=request.user)
    messages.success(request, _("The seat was ended."))
    return redirect(seat.group)


def _give(request, form):
    """The new seat; None when its holder cannot be invited, which the form then says."""
    try:
        return seats.give(
            initiative=request.initiative, values=form.values, may_sign_in=form.admits_holder, by=request.user
        )
    except ValidationError as refusal:
        form.add_error("may_sign_in", refusal.messages)


def _change(request, form, seat):
    try:
        return seats.change(seat=seat, values=form.values, may_sign_in=form.admits_holder, by=request.user)
    except ValidationError as refusal:
        form.add_error("may_sign_in", refusal.messages)


def _may_invite(request):
    """A seat may make its holder a member; only those who may invite members may do that."""
    return request.membership.can(Permission.MEMBERS_EDIT)
