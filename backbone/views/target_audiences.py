"""The people who have to be won for policy, and when somebody last spoke with them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backbone.actions import policy
from backbone.forms.policy import AudienceFilterForm, TargetAudienceForm
from backbone.queries import target_audiences as queries
from initiatives.permissions import Permission, requires

AUDIENCES_ON_A_PAGE = 25


def _audience(request, pk):
    return get_object_or_404(queries.audiences_of(request.initiative).select_related("initiative"), pk=pk)


@require_safe
@requires(Permission.POLICY_VIEW)
def audience_list(request):
    form = AudienceFilterForm(request.GET, initiative=request.initiative)
    found = queries.with_contacts(request.membership, queries.audiences_of(request.initiative))
    found = queries.in_order(queries.filtered(request.initiative, found, **form.filters))
    page = Paginator(found, AUDIENCES_ON_A_PAGE).get_page(request.GET.get("page"))
    quiet, total = queries.quiet_of_all(request.membership)
    context = {"form": form, "page": page, "rows": queries.rows_of(page, request.membership)}
    context |= {"quiet": quiet, "total": total, "days": queries.QUIET_DAYS}
    return render(request, "backbone/policy_audience_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.POLICY_EDIT)
def audience_add(request):
    form = TargetAudienceForm(request.POST or None, initiative=request.initiative)
    if form.is_valid():
        audience = policy.add_audience(initiative=request.initiative, values=form.values, by=request.user)
        messages.success(request, _("“%(title)s” was added.") % {"title": audience})
        return redirect("backbone:policy-audience-list", request.initiative.slug)
    return render(request, "backbone/policy_audience_form.html", {"form": form, "audience": None})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.POLICY_EDIT)
def audience_edit(request, pk):
    audience = _audience(request, pk)
    form = TargetAudienceForm(request.POST or None, instance=audience, initiative=request.initiative)
    if form.is_valid():
        changed = policy.change_audience(audience=audience, values=form.values, by=request.user)
        messages.success(request, _("“%(title)s” was changed.") % {"title": changed})
        return redirect("backbone:policy-audience-list", request.initiative.slug)
    audience.refresh_from_db()
    return render(request, "backbone/policy_audience_form.html", {"form": form, "audience": audience})


@require_POST
@requires(Permission.POLICY_EDIT)
def audience_delete(request, pk):
    audience = _audience(request, pk)
    try:
        policy.delete_audience(audience=audience, by=request.user)
    except policy.AudienceInUse as in_use:
        messages.error(request, _in_use_words(audience, in_use.counts))
        return redirect(audience)
    messages.success(request, _("“%(title)s” was deleted.") % {"title": audience})
    return redirect("backbone:policy-audience-list", request.initiative.slug)


def _in_use_words(audience, counts):
    words = {"title": audience} | counts
    return (
        _(
            "“%(title)s” is still named: by activities (%(activities)d), evidence (%(evidence)d) and policy items "
            "(%(policy_items)d). Take it off them first. What was deleted in the last 30 days counts, too."
        )
        % words
    )
