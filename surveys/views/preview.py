"""The questions as partners will see them, at /p/<token>/ from a test mail; nothing is stored."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from initiatives.permissions import Permission, requires
from surveys import definition
from surveys.queries import pages, previews
from surveys.queries.answering import definition_of
from surveys.queries.rounds import round_of
from surveys.tokens import preview_token


@requires(Permission.ROUND_VIEW)
@require_safe
def round_questions(request, round_id):
    round = get_object_or_404(round_of(request.initiative), pk=round_id)
    return redirect("answering:preview", preview_token(round.pk))


@login_not_required
@never_cache
@require_safe
def preview(request, token):
    round = previews.round_behind(token)
    if round is None:
        return render(request, "surveys/link_unknown.html", status=404)
    document = definition_of(round.instrument_version)
    language = _language(request, document)
    shown = {"round": round, "document": document, "language": language, "languages": pages.language_names(document)}
    shown["standing_in"] = pages.standing_in(document, language, document.title, document.introduction)
    with translation.override(language):
        shown |= {"minutes": definition.minutes(document, language), "is_preview": True}
        return _unread(render(request, "surveys/answer_welcome.html", shown))


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preview_section(request, token, number):
    round = previews.round_behind(token)
    if round is None or not 1 <= number <= len(definition_of(round.instrument_version).sections):
        raise Http404
    language = _language(request, definition_of(round.instrument_version))
    if request.method == "POST":
        return redirect(_next_address(round, token, number, language, request.POST.get("go", "next")))
    with translation.override(language):
        notice = _("This is a preview. Nothing is stored.")
        fields = {"csrf_token_value": get_token(request), "base": f"/p/{token}/", "notice": notice, "carried": ""}
        page = pages.compiled_page(round.instrument_version, language, number, is_anonymous=round.is_anonymous)
        text = page.render(values={}, fields=fields | {"initiative_name": round.initiative.name})
    return _unread(HttpResponse(text))


def _language(request, document):
    wanted = request.GET.get("language")
    return wanted if wanted in document.languages else document.languages[0]


def _next_address(round, token, number, language, wanted):
    total = len(definition_of(round.instrument_version).sections)
    number += {"next": 1, "back": -1}.get(wanted, 0)
    chosen = wanted.removeprefix("language-") if wanted.startswith("language-") else language
    inside = 1 <= number <= total and wanted != "submit"
    return f"/p/{token}/{number}/?language={chosen}" if inside else f"/p/{token}/?language={chosen}"


def _unread(response):
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
