"""The agenda of a meeting, item by item."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from backbone.actions import agendas
from backbone.forms.agendas import AgendaItemForm
from backbone.queries.agendas import visible_items
from backbone.views.meeting_door import meeting_to_change, require_own
from initiatives.permissions import Permission, requires

MARKS = {"yes": True, "no": False, "": None}
WAYS = {"up": -1, "down": 1}


def _item_to_change(request, pk):
    item = get_object_or_404(visible_items(request.membership), pk=pk)
    require_own(request, item.meeting)
    return item


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MEETING_LOG)
def item_add(request, pk):
    meeting = meeting_to_change(request, pk)
    form = AgendaItemForm(request.POST or None, membership=request.membership, meeting=meeting)
    if form.is_valid():
        item = agendas.add_item(meeting=meeting, values=form.values, by=request.user)
        messages.success(request, _("“%(title)s” was added to the agenda.") % {"title": item})
        return _to_agenda(meeting)
    return render(request, "backbone/agenda_item_form.html", {"form": form, "meeting": meeting, "item": None})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MEETING_LOG)
def item_edit(request, pk):
    item = _item_to_change(request, pk)
    form = AgendaItemForm(request.POST or None, instance=item, membership=request.membership, meeting=item.meeting)
    if form.is_valid():
        changed = agendas.change_item(item=item, values=form.values, by=request.user)
        messages.success(request, _("“%(title)s” was changed.") % {"title": changed})
        return _to_agenda(item.meeting)
    return render(request, "backbone/agenda_item_form.html", {"form": form, "meeting": item.meeting, "item": item})


@require_POST
@requires(Permission.MEETING_LOG)
def item_move(request, pk):
    item = _item_to_change(request, pk)
    agendas.move_item(item=item, places=WAYS.get(request.POST.get("way"), 0), by=request.user)
    return _to_agenda(item.meeting)


@require_POST
@requires(Permission.MEETING_LOG)
def item_mark(request, pk):
    item = _item_to_change(request, pk)
    if request.POST.get("reached") in MARKS:
        agendas.mark_item(item=item, was_reached=MARKS[request.POST["reached"]], by=request.user)
    return _to_agenda(item.meeting)


@require_POST
@requires(Permission.MEETING_LOG)
def item_remove(request, pk):
    item = _item_to_change(request, pk)
    agendas.remove_item(item=item, by=request.user)
    messages.success(request, _("“%(title)s” was taken off the agenda.") % {"title": item})
    return _to_agenda(item.meeting)


@require_POST
@requires(Permission.MEETING_LOG)
def agenda_carry(request, pk):
    meeting = meeting_to_change(request, pk)
    later, number = agendas.carry_over(meeting=meeting, by=request.user)
    if later is None:
        messages.error(request, _("No later meeting is planned. Plan one, then carry the items over."))
    else:
        told = ngettext("%(number)s item was carried over.", "%(number)s items were carried over.", number)
        messages.success(request, told % {"number": number})
    return redirect(later or meeting)


def _to_agenda(meeting):
    return redirect(f"{meeting.get_absolute_url()}#agenda")
