from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from initiatives.permissions import Permission, requires
from partners import queries
from partners.actions import contacts
from partners.forms import ContactFilterForm, ContactForm

PAGE_ROWS = 25


@require_safe
@requires(Permission.PARTNERS_VIEW)
def contact_list(request):
    form = ContactFilterForm(request.GET, initiative=request.initiative)
    page = Paginator(queries.contacts(request.initiative, **form.filters), PAGE_ROWS).get_page(request.GET.get("page"))
    return render(request, "partners/contact_list.html", {"form": form, "page": page})


@require_safe
@requires(Permission.PARTNERS_VIEW)
def contact_detail(request, pk):
    contact = get_object_or_404(request.initiative.contacts.select_related("organisation__sector"), pk=pk)
    open_seats, ended_seats = queries.seats_of(request.initiative, holder=contact)
    context = {"contact": contact, "open_seats": open_seats, "ended_seats": ended_seats}
    return render(request, "partners/contact_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PARTNERS_EDIT)
def contact_add(request):
    initial = {"organisation": request.GET.get("organisation"), "language": request.initiative.default_language}
    form = ContactForm(request.POST or None, initial=initial, initiative=request.initiative)
    if form.is_valid():
        contact = contacts.add(initiative=request.initiative, values=form.cleaned_data, by=request.user)
        messages.success(request, _("%(name)s was added.") % {"name": contact})
        return redirect(contact)
    return render(request, "partners/contact_form.html", {"form": form, "contact": None})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PARTNERS_EDIT)
def contact_edit(request, pk):
    contact = get_object_or_404(request.initiative.contacts, pk=pk)
    form = ContactForm(request.POST or None, instance=contact, initiative=request.initiative)
    if form.is_valid():
        contact = contacts.change(contact=contact, values=form.cleaned_data, by=request.user)
        messages.success(request, _("%(name)s was changed.") % {"name": contact})
        return redirect(contact)
    contact.refresh_from_db()
    return render(request, "partners/contact_form.html", {"form": form, "contact": contact})


@require_POST
@requires(Permission.PARTNERS_EDIT)
def contact_link(request, pk):
    """Close every link to this person's own page that was mailed so far."""
    contact = get_object_or_404(request.initiative.contacts, pk=pk)
    contacts.renew_link(contact=contact, by=request.user)
    messages.success(
        request, _("The old link of %(name)s was closed. Their next mail carries a new one.") % {"name": contact}
    )
    return redirect(contact)


@require_POST
@requires(Permission.PARTNERS_EDIT)
def contact_reminders(request, pk):
    contact = get_object_or_404(request.initiative.contacts, pk=pk)
    wanted = request.POST.get("wanted") == "yes"
    contacts.set_reminders(contact=contact, wanted=wanted, by=request.user)
    said = _("%(name)s is reminded by mail again.") if wanted else _("%(name)s is not reminded by mail any more.")
    messages.success(request, said % {"name": contact})
    return redirect(contact)


@require_POST
@requires(Permission.PARTNERS_EDIT)
def contact_reachable(request, pk):
    contact = get_object_or_404(request.initiative.contacts, pk=pk)
    contacts.set_reachability(contact=contact, reachability=contacts.Reachability.REACHABLE, by=request.user)
    messages.success(request, _("%(name)s was marked as reachable again.") % {"name": contact})
    return redirect(contact)
