"""Files of activities, and what the files of every thing share: sent as downloads and never shown inside a page of ours."""

from django.contrib import messages
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backbone.actions import attachments
from backbone.forms.activities import ActivityForm
from backbone.forms.attachments import AttachmentForm
from backbone.models import ActivityAttachment
from backbone.queries import attachments as files
from backbone.views.activities import activity_page, edit_address
from initiatives.permissions import Permission, requires


def as_download(request, model, pk):
    """The file `pk` of one kind of thing (`model`, such as EvidenceAttachment), or 404."""
    attachment = get_object_or_404(files.attachments(request.initiative, model), pk=pk)
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=attachment.name),
        "Content-Length": attachment.size,
        # Should a browser show it all the same: as something without scripts, forms or an origin.
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingHttpResponse(files.content_of(attachment), content_type=attachment.content_type, headers=headers)


def keep_file(request, owner):
    """Add the file that was sent to its owner and say so. Returns the form where it was refused, otherwise None."""
    form = AttachmentForm(request.POST, request.FILES, initiative=request.initiative, owner=owner)
    if not form.is_valid():
        return form
    kept = attachments.attach(owner=owner, **form.cleaned_data["file"].values, by=request.user)
    messages.success(request, _("“%(name)s” was added.") % {"name": kept})
    return None


def take_away(request, model, pk):
    """Delete the file `pk` of one kind of thing, or 404, and say so. Returns whose file it was."""
    attachment = get_object_or_404(files.attachments(request.initiative, model), pk=pk)
    attachments.detach(attachment=attachment, by=request.user)
    messages.success(request, _("“%(name)s” was deleted.") % {"name": attachment})
    return attachment.owner


@require_POST
@requires(Permission.ACTIVITY_LOG)
def attachment_add(request, pk):
    activity = get_object_or_404(request.initiative.activities, pk=pk)
    if refused := keep_file(request, activity):
        whole = ActivityForm(instance=activity, initiative=request.initiative, user=request.user)
        return activity_page(request, whole, activity=activity, file_form=refused)
    return redirect(edit_address(request, activity))


@require_safe
@requires(Permission.ACTIVITY_VIEW)
def attachment_download(request, pk):
    return as_download(request, ActivityAttachment, pk)


@require_POST
@requires(Permission.ACTIVITY_LOG)
def attachment_delete(request, pk):
    return redirect(edit_address(request, take_away(request, ActivityAttachment, pk)))
