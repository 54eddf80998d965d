"""What a partner was asked for this quarter: windows in the pages of a contact and of an organisation, and pages of their own."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from initiatives.permissions import Permission, requires
from surveys.queries.burden import asked_of


@requires(Permission.ROUND_VIEW)
@require_safe
def contact_burden(request, contact_id):
    contact = get_object_or_404(request.initiative.contacts, pk=contact_id)
    return _shown(request, contact, [contact])


@requires(Permission.ROUND_VIEW)
@require_safe
def organisation_burden(request, organisation_id):
    organisation = get_object_or_404(request.initiative.organisations, pk=organisation_id)
    return _shown(request, organisation, organisation.contacts.filter(left_on=None).order_by("name", "pk"))


def _shown(request, partner, contacts):
    template = "surveys/_burden.html" if request.htmx else "surveys/burden.html"
    return render(request, template, {"partner": partner, "asked": asked_of(request.initiative, contacts)})
