"""Files of activities: sent as downloads and never shown inside a page of ours."""

from django.contrib import messages
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backbone.actions import attachments
from backbone.forms.activities import ActivityForm
from backbone.forms.attachments import AttachmentForm
from backbone.queries import attachments as files
from backbone.views.activities import activity_page, edit_address
from initiatives.permissions import Permission, requires


@require_POST
@requires(Permission.ACTIVITY_LOG)
def attachment_add(request, pk):
    activity = get_object_or_404(request.initiative.activities, pk=pk)
    form = AttachmentForm(request.POST, request.FILES, initiative=request.initiative, activity=activity)
    if not form.is_valid():
        whole = ActivityForm(instance=activity, initiative=request.initiative, user=request.user)
        return activity_page(request, whole, activity=activity, file_form=form)
    name = form.cleaned_data["file"].name
    kept = attachments.attach(activity=activity, name=name, kind=form.kind, content=form.content, by=request.user)
    messages.success(request, _("“%(name)s” was added.") % {"name": kept})
    return redirect(edit_address(request, activity))


@require_safe
@requires(Permission.ACTIVITY_VIEW)
def attachment_download(request, pk):
    attachment = get_object_or_404(files.attachments(request.initiative), pk=pk)
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=attachment.name),
        "Content-Length": attachment.size,
        # Should a browser show it all the same: as something without scripts, forms or an origin.
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingHttpResponse(files.content_of(attachment), content_type=attachment.content_type, headers=headers)


@require_POST
@requires(Permission.ACTIVITY_LOG)
def attachment_delete(request, pk):
    attachment = get_object_or_404(files.attachments(request.initiative), pk=pk)
    attachments.detach(attachment=attachment, by=request.user)
    messages.success(request, _("“%(name)s” was deleted.") % {"name": attachment})
    return redirect(edit_address(request, attachment.activity))
