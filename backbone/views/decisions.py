"""The register of decisions, and the page of each."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backbone.actions import decisions
from backbone.forms.decisions import DecisionFilterForm, DecisionForm, RecordForm
from backbone.queries import decisions as register
from core import csv
from initiatives.permissions import Permission, requires
from initiatives.views.deleting import reason_of, say_deleted

DECISIONS_ON_A_PAGE = 25
LONGEST_KEY = 18
NOT_LED = gettext_lazy(
    "Co-chairs write down decisions of the groups they lead, and this is not one of them. Ask the backbone."
)


def _found(request):
    """(the filter form, the decisions it leaves)."""
    groups = register.groups_seen(request.membership)
    form = DecisionFilterForm(request.GET, initiative=request.initiative, groups=groups)
    visible = register.visible_decisions(request.membership)
    return form, register.filtered(visible, today=request.initiative.today(), **form.filters)


@require_safe
@requires(Permission.DECISION_VIEW)
def decision_list(request):
    form, found = _found(request)
    page = Paginator(register.in_order(found), DECISIONS_ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [register.row_of(decision, request.initiative.today()) for decision in page]
    may_raise = request.membership.is_backbone or register.groups_decided_for(request.membership).exists()
    context = {"form": form, "page": page, "rows": rows, "may_raise": may_raise}
    context |= {"times": register.times_in_words(request.membership)}
    return render(request, "backbone/decision_list.html", context)


@require_safe
@requires(Permission.DECISION_VIEW)
def decision_export(request):
    """The register as the filters leave it."""
    _form, found = _found(request)
    lines = csv.write(register.export_rows(found, request.initiative.today()))
    name = f"decisions-{request.initiative.slug}-{request.initiative.today()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
@requires(Permission.DECISION_VIEW)
def decision_detail(request, pk):
    decision = get_object_or_404(register.in_order(register.visible_decisions(request.membership)), pk=pk)
    context = {
        "decision": decision,
        "row": register.row_of(decision, request.initiative.today()),
        "meetings": register.meeting_places(request.membership, decision),
        "items": register.items_of(request.membership, decision),
        "may_change": register.may_change(request.membership, decision),
    }
    return render(request, "backbone/decision_detail.html", context)


def _named(request, name, rows):
    """The row that `?name=` names, None without one; 404 for what is none of theirs."""
    key = request.GET.get(name, "")
    if not key:
        return None
    if not key.isdecimal() or len(key) > LONGEST_KEY:
        raise Http404
    return get_object_or_404(rows, pk=int(key))


def _to_change(request, pk):
    """A decision the member may change; 404 for one they may not read, 403 with a sentence for one of another's group."""
    decision = get_object_or_404(register.visible_decisions(request.membership).select_related("initiative"), pk=pk)
    if not register.may_change(request.membership, decision):
        raise PermissionDenied(NOT_LED)
    return decision


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DECISION_EDIT)
def decision_add(request):
    """A new decision, perhaps out of a meeting or an item of its agenda."""
    groups = register.groups_decided_for(request.membership)
    if not request.membership.is_backbone and not groups.exists():
        raise PermissionDenied(NOT_LED)
    item = _named(request, "agenda_item", register.origin_items(request.membership))
    meeting = item.meeting if item else _named(request, "meeting", register.origin_meetings(request.membership))
    initial = _beginning(request, meeting, item)
    form = DecisionForm(request.POST or None, initial=initial, membership=request.membership, groups=groups)
    if form.is_valid():
        origin = {"raised_in": meeting, "agenda_item": item}
        decision = decisions.raise_decision(
            initiative=request.initiative, values=form.values, **origin, by=request.user
        )
        messages.success(request, _("“%(title)s” was raised.") % {"title": decision})
        return redirect(_record_address(decision, meeting) if "record" in request.POST else decision)
    context = {"form": form, "decision": None, "meeting": meeting, "groups": groups}
    return render(request, "backbone/decision_form.html", context)


def _beginning(request, meeting, item):
    if meeting is None:
        return {}
    held_on = meeting.starts_at.astimezone(request.initiative.zone).date()
    raised_on = min(held_on, request.initiative.today())
    return {"body": meeting.group_id, "raised_on": raised_on, "title": item.title if item else ""}


def _record_address(decision, meeting):
    address = reverse("backbone:decision-record", args=[decision.initiative.slug, decision.pk])
    return f"{address}?meeting={meeting.pk}" if meeting else address


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DECISION_EDIT)
def decision_edit(request, pk):
    decision = _to_change(request, pk)
    groups = register.groups_decided_for(request.membership)

    def form_of(data):
        return DecisionForm(data, instance=decision, membership=request.membership, groups=groups)

    return _change_page(request, decision, form_of, decisions.change_decision, "backbone/decision_form.html")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DECISION_EDIT)
def decision_record(request, pk):
    decision = _to_change(request, pk)
    meeting = _named(request, "meeting", register.origin_meetings(request.membership)) or register.held_in(decision)
    initial = {"meeting": meeting and meeting.pk} | _decided(request, decision, meeting)

    def form_of(data):
        return RecordForm(data, instance=decision, initial=initial, membership=request.membership)

    return _change_page(request, decision, form_of, decisions.record_decision, "backbone/decision_record.html")


def _decided(request, decision, meeting):
    """A decision is usually recorded on the day of its meeting."""
    if decision.decided_on or meeting is None:
        return {}
    held_on = meeting.starts_at.astimezone(request.initiative.zone).date()
    return {"decided_on": max(min(held_on, request.initiative.today()), decision.raised_on)}


def _change_page(request, decision, form_of, action, template):
    form, theirs = form_of(request.POST or None), None
    if form.is_valid():
        told = {"version": form.version_begun, "values": form.values, "reason": form.reason_given}
        try:
            changed = action(decision=decision, **told, by=request.user)
        except decisions.DecisionConflict as conflict:
            theirs = conflict.decision
            # What was typed stays; saving once more replaces theirs, knowingly.
            again = request.POST.copy()
            again["version"] = theirs.version
            form = form_of(again)
        else:
            messages.success(request, _("“%(title)s” was saved.") % {"title": changed})
            return redirect(changed)
    decision.refresh_from_db()
    context = {"form": form, "decision": decision, "theirs": theirs and register.said_by(theirs)}
    return render(request, template, context, status=409 if theirs else 200)


@require_POST
@requires(Permission.DECISION_EDIT)
def decision_reopen(request, pk):
    decision = _to_change(request, pk)
    decisions.reopen_decision(decision=decision, version=decision.version, reason=reason_of(request), by=request.user)
    messages.success(request, _("“%(title)s” is open again.") % {"title": decision})
    return redirect(decision)


@require_POST
@requires(Permission.DECISION_EDIT)
def decision_delete(request, pk):
    decision = _to_change(request, pk)
    if decisions.delete_decision(decision=decision, reason=reason_of(request), by=request.user):
        say_deleted(request, decision)
    return redirect("backbone:decision-list", request.initiative.slug)
