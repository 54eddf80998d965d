"""Answers leaving the application: who may ask, who decides, and the files. Each act is a POST, a download too: it is
recorded, and an address alone opens nothing."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from initiatives.permissions import Permission, requires
from surveys.actions import exporting, releasing
from surveys.actions.rounds import RoundRefused
from surveys.forms.releases import FileForm
from surveys.models import AnswersFile
from surveys.queries import releases
from surveys.queries.rounds import round_of


def _round(request, round_id):
    """The round, for the few who have to do with its answers; 403 with a sentence for other members."""
    round = get_object_or_404(round_of(request.initiative), pk=round_id)
    if not releases.sees_answers_page(request.membership, round):
        raise PermissionDenied(
            _("Answers of a named round are for the backbone; those of any other for its data steward and a director.")
        )
    return round


def _back(request, round):
    return redirect("surveys:round-answers", request.initiative.slug, round.pk)


@require_safe
@requires(Permission.DASHBOARD_VIEW)
def round_answers(request, round_id):
    round = _round(request, round_id)
    usable = releases.usable_release(round)
    shown = {
        "round": round,
        "is_named": round.mode == round.Mode.NAMED,
        "refusal": releases.refusal(round),
        "releases": releases.releases_of(round),
        "usable": usable,
        "can_ask": releases.can_ask(request.membership, round),
        "can_order": releases.may_download(request.membership, round, usable),
        "form": FileForm(),
        "files": releases.own_files(request.user, round),
        "others": releases.stewarded_rounds(request.initiative, request.user.pk).exclude(pk=round.pk),
    }
    return render(request, "surveys/round_answers.html", shown)


@require_POST
@requires(Permission.DASHBOARD_VIEW)
def release_request(request, round_id):
    round = _round(request, round_id)
    try:
        releasing.request(round=round, purpose=request.POST.get("purpose", ""), by=request.user)
    except RoundRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The release was asked for. A director who is not you has to decide."))
    return _back(request, round)


@require_POST
@requires(Permission.ROUND_RELEASE)
def release_decide(request, release_id):
    release = get_object_or_404(releases.releases_for(request.initiative), pk=release_id)
    act = releasing.approve if request.POST.get("decision") == "approve" else releasing.refuse
    try:
        act(release=release, by=request.user)
    except RoundRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Your decision was recorded."))
    return _back(request, release.round)


@require_POST
@requires(Permission.DASHBOARD_VIEW)
def file_order(request, round_id):
    round = _round(request, round_id)
    release, form = releases.usable_release(round), FileForm(request.POST)
    if not releases.may_download(request.membership, round, release):
        messages.error(request, releases.refusal(round) or _("These answers have not been released to you."))
    elif form.is_valid():
        chosen = {"format": form.cleaned_data["format"], "language": get_language()}
        try:
            exporting.order(round=round, release=release, **chosen, by=request.user)
        except RoundRefused as refusal:
            messages.error(request, str(refusal))
    else:
        messages.error(request, _("Choose one of the files that are offered."))
    return _back(request, round)


@require_safe
@requires(Permission.DASHBOARD_VIEW)
def file_progress(request, round_id):
    round = _round(request, round_id)
    files = releases.own_files(request.user, round)
    if request.htmx and not any(file.is_busy for file in files):
        return HttpResponseClientRefresh()
    return render(request, "surveys/_answer_files.html", {"round": round, "files": files})


@require_POST
@requires(Permission.DASHBOARD_VIEW)
def file_download(request, key):
    found = releases.own_files_in(request.initiative, request.user)
    file = get_object_or_404(found, key=key, state=AnswersFile.State.READY)
    if not releases.may_download(request.membership, file.round, file.release):
        raise Http404
    try:
        exporting.record_download(file=file, by=request.user)
    except RoundRefused:
        raise Http404 from None
    answer = StreamingHttpResponse(releases.parts_of(file), content_type=file.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{file.file_name}"'
    answer["Content-Length"] = file.size
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
