"""What mails remind whom of next, and what became of the last ones."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from backbone.queries import reminders
from initiatives.permissions import Permission, requires


@require_safe
@requires(Permission.COMMITMENT_VIEW)
def reminder_list(request):
    """Names and words alone: the links in the mails are for their readers."""
    later, silent = reminders.next_mails(request.initiative, now=timezone.now())
    context = {"later": later, "silent": silent, "last": reminders.last_mails(request.initiative)}
    return render(request, "backbone/reminder_list.html", context)
