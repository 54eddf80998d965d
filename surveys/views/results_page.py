"""The results of a round for everyone who was asked, at /s/<token>/results/, and the same page as staff see it before."""

import hashlib

from django.conf import settings
from django.core.cache import caches
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import require_safe

from initiatives.permissions import Permission, requires
from surveys.queries import results_page as queries
from surveys.queries.answering import response_of
from surveys.queries.rounds import round_of
from surveys.views.answering import survey_link

TEMPLATE = "surveys/results.html"


@survey_link
@require_safe
def results(request, invitation, language):
    state = queries.state_of(invitation.round) if queries.may_see_results(invitation) else None
    if state is None:
        return redirect(f"/s/{invitation.token}/?language={language}")
    response = response_of(invitation)
    language = _language(request, response.language if response else "", invitation.language)
    # Kept whole, because it holds nothing of the person: not their token either, all its links are relative.
    name = hashlib.sha256(f"{TEMPLATE}:{state}:{language}".encode()).hexdigest()
    page = caches["pages"].get(name)
    if page is None:
        with translation.override(language):
            page = render_to_string(TEMPLATE, _shown(invitation.round_id, language), request)
        caches["pages"].set(name, page)
    return HttpResponse(page)


@requires(Permission.ROUND_VIEW)
@require_safe
def round_results(request, round_id):
    """What partners see, or will see once it is published."""
    round = get_object_or_404(round_of(request.initiative), pk=round_id)
    if queries.state_of(round) is None:
        return redirect(round)
    language = _language(request, round.initiative.default_language)
    with translation.override(language):
        shown = _shown(round.pk, language, with_draft=True) | {"is_preview": True}
        return render(request, TEMPLATE, shown)


def _language(request, *wished):
    offered = [code for code, _name in settings.SURVEY_LANGUAGES]
    return next((code for code in (request.GET.get("language"), *wished) if code in offered), offered[0])


def _shown(round_id, language, **options):
    page = queries.results_page(round_id, language, **options)
    return {"page": page, "round": page.round, "language": language, "languages": _names()}


def _names():
    """[(code, its own name)]: everybody finds their language without reading another."""
    return [(code, translation.get_language_info(code)["name_local"]) for code, _name in settings.SURVEY_LANGUAGES]
