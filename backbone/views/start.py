"""The front door, a new initiative, and the demo's one-click sign-in."""

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.permissions import may_start_initiatives
from backbone.actions import start
from backbone.queries.demo import demo_people
from core.network import loopback_only
from initiatives.forms import StartForm
from initiatives.queries import initiatives_of


def front_door(request):
    """One initiative: straight to its page. Several or none: the list, with a way to start one for those who may."""
    memberships = list(initiatives_of(request.user))
    if len(memberships) == 1 and "all" not in request.GET:
        return redirect(memberships[0].initiative)
    return render(request, "backbone/start_front_door.html", {"memberships": memberships})


@may_start_initiatives
def initiative_create(request):
    form = StartForm(request.POST or None)
    if form.is_valid() and (initiative := _start(request, form)):
        return redirect(initiative)
    return render(request, "backbone/start_initiative.html", {"form": form})


def _start(request, form):
    try:
        return start.start_initiative(values=form.cleaned_data, by=request.user)
    except ValidationError as error:
        form.add_error(None, error)


@login_not_required
@loopback_only
@require_POST
def demo_sign_in(request, role):
    member = next((member for member in demo_people(request) if member.role == role), None)
    if member is None:
        raise Http404
    login(request, member.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect(member.initiative)
