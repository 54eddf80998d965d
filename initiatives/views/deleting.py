"""What is said when something was deleted, with the way back beside it."""

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from initiatives.permissions import Permission

LONGEST_REASON = 500


def reason_of(request):
    """Why something is deleted, where the form asks for it: one line for the history."""
    return " ".join(request.POST.get("reason", "").split())[:LONGEST_REASON]


def say_deleted(request, row):
    """Tell that a `Restorable` row was deleted; whoever may restore finds the button for it right there."""
    undo = ""
    if request.membership.can(Permission.RESTORE):
        undo = reverse("backbone:deleted-restore", args=[request.initiative.slug, row._meta.model_name, row.pk])
    messages.success(request, _("“%(title)s” was deleted.") % {"title": row}, extra_tags=undo)
