"""The door: the slug in the address becomes `request.initiative` and `request.membership`, or 404."""

from django.http import Http404
from django.utils import timezone

from initiatives.queries import membership_for


class InitiativeMiddleware:
    """Takes `slug` out of the view's arguments, so that no view can look an initiative up by itself.

    A stranger gets the same 404 as for an address that does not exist.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.initiative = request.membership = None
        with timezone.override(None):
            return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.resolver_match.route.startswith("i/<slug:slug>/"):
            return
        membership = membership_for(user=request.user, slug=kwargs.pop("slug"))
        if membership is None:
            raise Http404
        request.membership = membership
        request.initiative = membership.initiative
        timezone.activate(request.initiative.zone)
