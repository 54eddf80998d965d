"""A partner answers at /s/<token>/, without signing in."""

from contextlib import suppress
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.decorators import decorator_from_middleware
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from surveys import definition
from surveys.actions import answering as actions
from surveys.actions import withdrawing
from surveys.models import Invitation, Round
from surveys.queries import answering, pages, pooling
from surveys.views import anonymous

# Rounds in which a page may be kept, by us and in the browser's tab, before it is sent.
KEPT_MODES = (Round.Mode.CONFIDENTIAL, Round.Mode.NAMED)


class _FormToken(CsrfViewMiddleware):
    """Checks the form token, and leaves to `survey_link` what becomes of a form without a good one."""

    def _reject(self, request, reason):
        request.refusal = super()._reject(request, reason)


def survey_link(view):
    """Turn the token into an invitation, in its language, or say that the link opens nothing. No page is kept or quoted.

    Such a view is reached before any session is looked at (surveys.middleware), so it checks its form token itself.
    """

    @login_not_required
    @decorator_from_middleware(_FormToken)
    @wraps(view)
    def opened(request, token, **kwargs):
        invitation, refusal = answering.invitation_behind(token), getattr(request, "refusal", None)
        if invitation is None:
            return _quiet(refusal or render(request, "surveys/link_unknown.html", status=404))
        invitation.token = token
        language = answering.language_for(invitation, request.GET.get("language"))
        with translation.override(language):
            if refusal:
                return _quiet(_not_taken(request, invitation, language, **kwargs) or refusal)
            return _quiet(_for_script(request, view(request, invitation, language, **kwargs)))

    opened.is_survey_link = True
    return opened


def _quiet(response):
    # The origin alone: no Referer holds a token, and a form still says where it comes from. Under "no-referrer" browsers
    # send "Origin: null" with a form, and the check against forged requests refuses that.
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "max-age=0, no-cache, no-store, must-revalidate, private"
    return response


def _for_script(request, response):
    """Whoever sends a page by script (static/js/survey-send.js) is told where to go; the browser goes there itself."""
    if response.status_code == 302 and "X-Survey-Page" in request.headers:
        return JsonResponse({"next": response.url})
    return response


def _not_taken(request, invitation, language, number=None):
    """A page whose form token is too old, shown again with what was typed and a good one: nothing is stored. Or None."""
    sections = answering.definition_of(invitation.round.instrument_version).sections
    if number is None or not 1 <= number <= len(sections):
        return None
    if over := _over(request, invitation, language):
        return over
    if invitation.round.is_anonymous:
        return anonymous.not_taken(request, invitation, language, number)
    page = definition.parse_answers(sections[number - 1], request.POST, complete=False)
    return _again(request, invitation, language, number, page, status=403, is_too_old=True)


def _over(request, invitation, language):
    """The page for a link that takes no answers (any more), or None."""
    response = answering.response_of(invitation)
    template = {
        Invitation.State.FINISHED: "surveys/answer_thanks.html" if response else "surveys/answer_withdrawn.html",
        Invitation.State.WITHDRAWN: "surveys/answer_withdrawn.html",
        Invitation.State.LEFT: "surveys/answer_noted.html",
        Invitation.State.WRONG_PERSON: "surveys/answer_noted.html",
    }.get(invitation.state)
    if template is None and invitation.round.is_anonymous and pooling.has_answered(invitation):
        template = "surveys/answer_thanks.html"
    if template is None and not answering.is_open(invitation.round):
        template = "surveys/answer_closed.html"
    shown = {"invitation": invitation, "round": invitation.round, "language": language}
    shown |= {"has_answers": response is not None}
    return render(request, template, shown) if template else None


@survey_link
@require_safe
def welcome(request, invitation, language):
    document = answering.definition_of(invitation.round.instrument_version)
    shown = {
        "invitation": invitation,
        "round": invitation.round,
        "document": document,
        "minutes": definition.minutes(document, language),
        "language": language,
        "languages": pages.language_names(document),
        "standing_in": pages.standing_in(document, language, document.title, document.introduction),
        "has_begun": bool(answering.draft_of(invitation).answers),
    }
    return _over(request, invitation, language) or render(request, "surveys/answer_welcome.html", shown)


@survey_link
@require_http_methods(["GET", "HEAD", "POST"])
def section(request, invitation, language, number):
    sections = answering.definition_of(invitation.round.instrument_version).sections
    if not 1 <= number <= len(sections):
        raise Http404
    if over := _over(request, invitation, language):
        return over
    if invitation.round.is_anonymous:
        return anonymous.section(request, invitation, language, number)
    if request.method == "POST":
        return _save(request, invitation, language, number)
    draft = answering.draft_of(invitation).answers
    typed = pages.as_typed(draft)
    # Sent back here from the submit: something that is needed was left out.
    if "check" in request.GET:
        page = definition.parse_answers(sections[number - 1], typed, before=draft)
        return _again(request, invitation, language, number, page, status=200)
    return _page(request, invitation, language, number, typed, answering.hidden_questions(invitation, number))


def _page(request, invitation, language, number, typed, hidden):
    page = pages.compiled_page(invitation.round.instrument_version, language, number)
    fields = _fields(request, invitation)
    return HttpResponse(page.render(values=typed, fields=fields, hidden=hidden))


def _fields(request, invitation):
    return {
        "csrf_token_value": get_token(request),
        "base": f"/s/{invitation.token}/",
        "initiative_name": invitation.round.initiative.name,
        "notice": "",
        "keep": "tab" if invitation.round.mode in KEPT_MODES else "",
    }


def _save(request, invitation, language, number):
    """Keep the page, then go where the pressed button leads; what was typed is shown again where it cannot be kept."""
    document = answering.definition_of(invitation.round.instrument_version)
    asked = document.sections[number - 1]
    wanted = request.POST.get("go", "next")
    before = answering.draft_of(invitation).answers if asked.has_conditions else None
    page = definition.parse_answers(asked, request.POST, complete=wanted in {"next", "submit"}, before=before)
    finish = wanted == "submit" and not page.errors
    gap = answering.first_gap(invitation, asked, page.answers) if finish else None
    act = actions.submit_response if finish and not gap else actions.save_page
    try:
        act(invitation=invitation, section=asked, answers=page.answers, language=language)
    except actions.NotOpen:
        return redirect("answering:welcome", invitation.token)
    if page.errors:
        return _again(request, invitation, language, number, page)
    if gap:
        return HttpResponseRedirect(f"/s/{invitation.token}/{gap}/?language={language}&check=1")
    if document.has_conditions:
        number = answering.page_beside(invitation, asked, page.answers, number, wanted)
    return HttpResponseRedirect(_next_address(invitation.token, language, number, wanted, finish))


def _again(request, invitation, language, number, page, *, status=422, **fields):
    version = invitation.round.instrument_version
    hidden = answering.hidden_questions(invitation, number)
    kept = {"values": page.typed, "errors": page.errors, "hidden": hidden, **_fields(request, invitation), **fields}
    return render(
        request, "surveys/answer_page.html", pages.page_context(version, language, number, **kept), status=status
    )


def _next_address(token, language, number, wanted, finish):
    """Where a saved page leads: on, back, the same page in another language, or the thanks."""
    if finish:
        return f"/s/{token}/?language={language}"
    number += {"next": 1, "back": -1}.get(wanted, 0)
    chosen = wanted.removeprefix("language-") if wanted.startswith("language-") else language
    return f"/s/{token}/{number}/?language={chosen}" if number else f"/s/{token}/?language={chosen}"


@survey_link
@require_POST
def left(request, invitation, language):
    with suppress(actions.NotOpen):
        actions.say_left(invitation=invitation)
    return redirect("answering:welcome", invitation.token)


@survey_link
@require_POST
def someone_else(request, invitation, language):
    with suppress(actions.NotOpen):
        actions.say_someone_else(invitation=invitation, note=request.POST.get("note", "").strip())
    return redirect("answering:welcome", invitation.token)


@survey_link
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request, invitation, language):
    """GET asks, POST deletes the answers; final ones as well, whether the round is still open or not."""
    if answering.response_of(invitation) is None:
        return redirect(f"/s/{invitation.token}/?language={language}")
    template = "surveys/answer_withdraw.html"
    shown = {"invitation": invitation, "round": invitation.round, "language": language}
    if request.method == "POST":
        try:
            withdrawing.withdraw(invitation=invitation)
        except withdrawing.NothingToWithdraw:
            return render(request, template, shown | {"is_being_counted": True}, status=409)
        return redirect(f"/s/{invitation.token}/?language={language}")
    return render(request, template, shown)
