"""The pages of an anonymous questionnaire. Nothing is stored before the one submit: the earlier pages come with each form."""

from contextlib import suppress

from django.http import HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import render

from surveys import carrying, definition
from surveys.actions import answering as actions
from surveys.queries import answering, pages


def section(request, invitation, language, number):
    """One page: GET shows the first one, empty; POST leads on, back, to another language, or submits."""
    if request.method != "POST":
        return _page(request, invitation, language, 1, {}) if number == 1 else _to(invitation, language, "1/")
    asked = answering.definition_of(invitation.round.instrument_version).sections[number - 1]
    wanted = request.POST.get("go", "next")
    complete = wanted in {"next", "submit"}
    try:
        earlier = _carried(request, invitation, number)
    except carrying.NotOurs:
        answers = definition.parse_answers(asked, request.POST, complete=False).answers
        return _again(request, invitation, language, 1, answers, is_lost=True)
    page = definition.parse_answers(asked, request.POST, complete=complete, before=earlier)
    answers = {code: value for code, value in earlier.items() if code not in asked.codes} | page.answers
    if page.errors:
        told = {"typed": page.typed, "errors": page.errors}
        return _again(request, invitation, language, number, answers, **told)
    if wanted == "submit":
        return _submit(request, invitation, language, answers)
    return _page(request, invitation, *_next_page(invitation, language, number, wanted, answers), answers)


def _carried(request, invitation, number):
    text = request.POST.get("carried", "")
    return carrying.unpack(invitation, text) if text or number > 1 else {}


def _submit(request, invitation, language, answers):
    """Take all pages, or lead to the first on which something is needed that was left out."""
    document = answering.definition_of(invitation.round.instrument_version)
    if gap := definition.first_gap(document, answers) if document.may_have_gaps else None:
        page = definition.parse_answers(document.sections[gap - 1], definition.as_typed(answers), before=answers)
        return _again(request, invitation, language, gap, answers, typed=page.typed, errors=page.errors)
    with suppress(actions.NotOpen):
        actions.submit_anonymous(invitation=invitation, answers=answers)
    return _to(invitation, language)


def _to(invitation, language, rest=""):
    return HttpResponseRedirect(f"/s/{invitation.token}/{rest}?language={language}")


def _next_page(invitation, language, number, wanted, answers):
    """The language and number of the page that the pressed button leads to: one that asks this person something."""
    document = answering.definition_of(invitation.round.instrument_version)
    chosen = wanted.removeprefix("language-")
    if wanted.startswith("language-") and chosen in document.languages:
        return chosen, number
    step = {"next": 1, "back": -1}.get(wanted, 0)
    number += step
    while step and document.has_conditions and 1 < number < len(document.sections):
        if not definition.nothing_to_ask(document, document.sections[number - 1], answers):
            break
        number += step
    return language, min(max(number, 1), len(document.sections))


def _page(request, invitation, language, number, answers):
    page = pages.compiled_page(invitation.round.instrument_version, language, number, is_anonymous=True)
    fields, hidden = _fields(request, invitation, answers), _hidden(invitation, number, answers)
    return HttpResponse(page.render(values=pages.as_typed(answers), fields=fields, hidden=hidden))


def _hidden(invitation, number, answers):
    document = answering.definition_of(invitation.round.instrument_version)
    section = document.sections[number - 1]
    return definition.hidden_on(document, section, answers) if section.has_conditions else frozenset()


def not_taken(request, invitation, language, number):
    """A page whose form token is too old, with what was typed, the earlier pages and a good token; None for a forged one."""
    asked = answering.definition_of(invitation.round.instrument_version).sections[number - 1]
    try:
        earlier = _carried(request, invitation, number)
    except carrying.NotOurs:
        return None
    page = definition.parse_answers(asked, request.POST, complete=False, before=earlier)
    answers = {code: value for code, value in earlier.items() if code not in asked.codes} | page.answers
    shown = {"typed": page.typed, "errors": page.errors, "status": 403, "is_too_old": True}
    return _again(request, invitation, language, number, answers, **shown)


def _again(request, invitation, language, number, answers, *, typed=None, errors=None, status=422, **told):
    """The page with what is wrong: what was typed is in it, and all other pages travel on."""
    shown = {
        "values": pages.as_typed(answers) if typed is None else typed,
        "errors": errors,
        "is_anonymous": True,
        **told,
    }
    context = pages.page_context(
        invitation.round.instrument_version,
        language,
        number,
        hidden=_hidden(invitation, number, answers),
        **shown,
        **_fields(request, invitation, answers),
    )
    return render(request, "surveys/answer_page.html", context, status=status)


def _fields(request, invitation, answers):
    return {
        "csrf_token_value": get_token(request),
        "base": f"/s/{invitation.token}/",
        "initiative_name": invitation.round.initiative.name,
        "notice": "",
        "keep": "page",
        "carried": carrying.pack(invitation, answers),
    }
