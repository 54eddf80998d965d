"""Inviting people to a meeting, telling them of changes, and the file for one's own calendar."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backbone.actions.meeting_mails import published_file, samples_of, send_again, tell
from backbone.forms.invitations import InvitationForm
from backbone.queries.invitations import begins_with_series, notice_for, progress_of, trouble_with, visible_mails
from backbone.views.meeting_door import meeting_to_change, meeting_to_read, require_own
from initiatives.permissions import Permission, requires


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MEETING_LOG)
def meeting_invite(request, pk):
    """Shows exactly who gets which mail. POST sends to that list; if it is another one by now, it is shown again."""
    meeting = meeting_to_change(request, pk)
    form = InvitationForm(
        request.POST or request.GET or None,
        membership=request.membership,
        meeting=meeting,
        whole_series=begins_with_series(meeting),
    )
    notice = notice_for(meeting, **form.choice)
    if request.method == "POST" and _may_leave(request, notice):
        number = tell(notice=notice, by=request.user)
        told = ngettext("%(number)s mail leaves now.", "%(number)s mails leave now.", number)
        messages.success(request, told % {"number": number})
        return redirect(meeting)
    context = {
        "meeting": meeting,
        "form": form,
        "notice": notice,
        "samples": samples_of(notice=notice, by=request.user),
    }
    context["chosen"] = form.chosen
    return render(request, "backbone/meeting_invite.html", context)


def _may_leave(request, notice):
    """Whether the list is the one that was looked at, and there is somebody on it."""
    if notice.meeting.is_over:
        messages.error(request, _("This meeting is over. Nobody can be invited to it any more."))
    elif set(request.POST.getlist("recipient")) != set(notice.keys):
        messages.error(request, _("The list has changed since you opened this page. Look at it once more, then send."))
    elif not notice.recipients:
        messages.error(request, _("There is nobody to write to. Choose guests or staff, or give seats on the group."))
    else:
        return True
    return False


@require_safe
@requires(Permission.MEETING_LOG)
def meeting_mails(request, pk):
    """The part of the meeting's page that says how far sending has come."""
    meeting = meeting_to_change(request, pk)
    context = {"meeting": meeting, "mails": progress_of(meeting), "trouble": trouble_with(meeting)}
    return render(request, "backbone/_meeting_mails.html", context)


@require_POST
@requires(Permission.MEETING_LOG)
def meeting_mail_again(request, pk):
    mail = get_object_or_404(visible_mails(request.membership), pk=pk)
    require_own(request, mail.meeting)
    if send_again(mail=mail, by=request.user):
        messages.success(request, _("The mail to %(name)s leaves again.") % {"name": mail.contact or mail.user})
    return redirect(mail.meeting)


@require_safe
@requires(Permission.MEETING_VIEW)
def meeting_file(request, pk):
    meeting = meeting_to_read(request, pk)
    content = published_file(meeting=meeting)
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="meeting.ics"'
    return answer
